"""stats: numbers as JSON and as text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sessiontui.cli import stats_text
from sessiontui.domain.bar_signs import LETTERS
from sessiontui.domain.message import Role
from tests.building import text_message
from tests.cli.running import SampleStore, run

HOSTILE = "\x1b]0;owned\x07[/home/x] \x9b31m \u202eback\r\nend"


def item(store: SampleStore, *words: str) -> dict[str, Any]:
    """The numbers of a run."""
    (found,) = store.run("stats", "--json", *words).json("stats")["items"]
    assert isinstance(found, dict)
    return found


def test_the_numbers_are_those_of_the_list(store: SampleStore) -> None:
    sessions = store.run("list", "--json").json("sessions")["items"]
    done = store.run("stats", "--json")
    assert done.code == 0
    found = done.json("stats")["items"][0]
    assert found["sessions"] == len(sessions) == 4
    assert found["messages"] == sum(each["message_count"] or 0 for each in sessions)
    assert found["size_bytes"] == sum(each["size_bytes"] or 0 for each in sessions)
    assert found["tokens"] is None
    assert found["zone"] == "UTC"
    assert (found["begun"], found["pending_sessions"], found["untimed_sessions"]) == (4, 0, 0)
    for field in ("agent", "workspace", "model", "format", "store", "status"):
        items = found["groups"][field]["items"]
        assert sum(each["sessions"] for each in items) == 4, field
        assert found["groups"][field]["others"] is None
    statuses = {each["name"] for each in found["groups"]["status"]["items"]}
    assert statuses == {each["verdict"]["status"] for each in sessions}
    largest = found["top"]["size"]
    assert [each["size_bytes"] for each in largest] == sorted(
        (each["size_bytes"] for each in sessions if each["size_bytes"]), reverse=True
    )
    assert {each["ref"] for each in largest} <= {each["ref"] for each in sessions}


def test_messages_without_times_are_said_to_be_without(store: SampleStore) -> None:
    found = item(store)
    # The messages of the samples have none; one says nothing but the name of an image.
    assert (found["texts"], found["undated_texts"]) == (6, 6)
    assert sum(period["texts"] for period in found["periods"]) == 6
    assert not any(map(sum, found["hours"]))
    assert found["busiest_hours"] == []
    done = store.run("stats")
    assert "6 messages without a time count at the last activity" in done.stderr


def test_messages_with_times_are_counted_by_hours(store: SampleStore) -> None:
    at = store.now - timedelta(days=10)
    said = [text_message(Role.USER, f"and {n}", at + timedelta(hours=3 * n)) for n in range(3)]
    store.put("hours", "By hours", timedelta(days=9), *said)
    found = item(store)
    assert sum(map(sum, found["hours"])) == 3
    assert found["hours"][at.weekday()][at.hour] >= 1
    day = {period["start"]: period for period in item(store, "--by", "day")["periods"]}
    assert day[at.date().isoformat()]["texts"] >= 1
    assert len(found["busiest_hours"]) == 3


def test_a_query_and_a_span_narrow_what_is_counted(store: SampleStore) -> None:
    assert item(store, "agent:scout")["sessions"] == 1
    assert item(store, "--", "-agent:scout -agent:coder")["sessions"] == 2
    assert item(store, "museum")["sessions"] == 1
    found = item(store, "--since", "7d")
    assert (found["sessions"], found["begun"]) == (3, 3)
    assert found["since"].endswith("Z")
    assert item(store, "--since", "7d", "--until", "2d")["sessions"] == 1
    assert item(store, "agent:coder", "--since", "7d")["query"] == "agent:coder"
    assert item(store, "--until", "29d")["sessions"] == 1


def test_the_unit_follows_the_time_or_is_asked_for(store: SampleStore) -> None:
    assert item(store)["by"] == "day"
    for unit in ("day", "week", "month", "year"):
        found = item(store, "--by", unit)
        assert found["by"] == unit
        assert sum(period["begun"] for period in found["periods"]) == 4
    store.put("ancient", "From long ago", timedelta(days=3000))
    assert item(store)["by"] == "year"
    assert item(store, "--since", "30d")["by"] == "day"


def test_only_the_top_is_named_and_the_rest_is_summed(store: SampleStore) -> None:
    for number in range(5):
        store.put(f"more-{number}", "More", timedelta(days=2), agent=f"agent {number}")
    agents = item(store, "--top", "2")["groups"]["agent"]
    assert [each["name"] for each in agents["items"]] == [None, "agent 0"]
    assert agents["others"]["values"] == 6
    assert agents["others"]["sessions"] == 6
    assert all(len(sessions) <= 2 for sessions in item(store, "--top", "2")["top"].values())
    assert "6 more" in store.run("stats", "--top", "2").stdout


def test_nothing_found_is_told_as_everywhere(store: SampleStore) -> None:
    done = store.run("stats", "--json", "agent:nobody")
    value = done.json("stats")
    assert (done.code, value["items"], value["total"]) == (1, [], 0)
    assert "no session matches" in done.stderr
    assert store.run("stats", "agent:nobody").stdout == ""
    assert store.run("stats", "--since", "2099-01-01").code == 1


def test_a_store_without_sessions_gives_nothing(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run("--store", f"memory:{empty}", "stats")
    assert (done.code, done.stdout) == (1, "")
    assert "no session was found" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("agnt:x",), ("--since", "soon"), ("--since", "2d", "--until", "3d"), ("--by", "hour")],
)
def test_what_cannot_be_understood_is_wrong_usage(
    store: SampleStore, words: tuple[str, ...]
) -> None:
    done = store.run("stats", "--json", *words)
    assert (done.code, done.json("error")["code"]) == (2, 2)


def test_the_text_is_compact_and_its_bars_need_no_colour(store: SampleStore) -> None:
    at = store.now - timedelta(days=10)
    store.put("hours", "By hours", timedelta(days=9), text_message(Role.USER, "hello", at))
    done = store.run("stats")
    assert done.code == 0
    assert done.lines[0].startswith("5 sessions, 7 messages")
    assert "\x1b" not in done.stdout
    assert any(line.startswith("agent") and "sessions" in line for line in done.lines)
    (scout,) = (line for line in done.lines if line.startswith("scout"))
    assert "━" in scout
    assert "by hour (UTC)" in done.stdout
    assert sum(line.startswith(("Mon ", "Sun ")) for line in done.lines) == 2
    assert len(done.lines) < 70
    assert max(map(len, done.lines[:20])) <= 100


def test_an_encoding_without_blocks_gets_letters(
    store: SampleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = store.now - timedelta(days=10)
    store.put("hours", "By hours", timedelta(days=9), text_message(Role.USER, "hello", at))
    monkeypatch.setattr(stats_text, "signs_of_terminal", lambda *_: LETTERS)
    text = store.run("stats").stdout
    assert text.isascii()
    assert "====" in text
    assert "##" in text


def test_hostile_titles_and_names_are_harmless(store: SampleStore) -> None:
    store.put("bad", HOSTILE, timedelta(hours=2), agent=HOSTILE, model=HOSTILE)
    done = store.run("stats")
    for code in map(ord, done.stdout + done.stderr):
        assert code == 0x0A or 0x20 <= code < 0x7F or code >= 0xA0
        assert code != 0x202E
    assert "[/home/x]" in done.stdout
    found = item(store)
    assert HOSTILE in {each["name"] for each in found["groups"]["agent"]["items"]}


def test_without_a_sync_what_is_not_read_is_told(store: SampleStore) -> None:
    store.run("list")
    done = store.run("stats", "--no-sync", "--json")
    assert done.json("stats")["items"][0]["pending_sessions"] == 4
    assert "still to be read" in store.run("stats", "--no-sync").stderr
    assert item(store)["pending_sessions"] == 0
