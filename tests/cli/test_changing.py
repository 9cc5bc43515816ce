"""rename, clear, delete, stuck, undo, journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionState
from tests.building import text_message
from tests.cli.running import SampleStore, run


def test_rename_sets_the_title_and_gives_an_undo_id(store: SampleStore) -> None:
    done = store.run("rename", "trip-2026", "Harbour days", "--json")
    assert done.code == 0
    value = done.json("report")
    assert (value["action"], value["done"]) == ("rename", [store.ref("trip-2026")])
    assert value["undo_id"]
    assert store.title("trip-2026") == "Harbour days"


def test_an_empty_name_returns_to_the_automatic_title(store: SampleStore) -> None:
    assert store.run("rename", "trip-2026", "").code == 0
    assert store.title("trip-2026") == "plan two days in Oslo"


def test_rename_needs_no_yes_and_accepts_one(store: SampleStore) -> None:
    assert store.run("rename", "trip-2026", "A", "--yes").code == 0


@pytest.mark.parametrize(
    "words",
    [("clear", "trip-2026"), ("delete", "trip-2026"), ("stuck", "--cure"), ("undo",)],
)
def test_a_change_needs_a_yes_where_nobody_can_answer(
    store: SampleStore, words: tuple[str, ...]
) -> None:
    done = store.run(*words, "--json")
    assert done.code == 2
    assert "--yes" in done.json("error")["title"]
    assert store.count("trip-2026") == 2


def test_a_dry_run_says_what_would_go_and_changes_nothing(store: SampleStore) -> None:
    for words in (("clear", "log"), ("delete", "log"), ("rename", "log", "x")):
        done = store.run(*words, "--dry-run", "--json")
        assert done.code == 0
        value = done.json("report")
        assert value["dry_run"] is True
        assert value["done"] == [store.ref("log")]
        assert value["undo_id"] is None
    assert store.count("log") == 3
    assert store.title("log") == "What the log says"
    assert store.run("clear", "log", "--dry-run").lines[0].startswith("would clear")


def test_clear_removes_messages_and_keeps_the_session(store: SampleStore) -> None:
    done = store.run("clear", "log", "--yes", "--json")
    assert done.code == 0
    value = done.json("report")
    assert value["removed_messages"] == 3
    assert value["freed_bytes"] > 0
    assert store.count("log") == 0
    assert "3 messages" in done.stderr


def test_clear_can_be_narrowed(store: SampleStore) -> None:
    assert store.run("clear", "trip-2026", "--before", "1", "--yes").code == 0
    assert store.count("trip-2026") == 1
    assert store.run("clear", "log", "--only", "media", "--yes").code == 0
    kinds = [block.kind for m in store.backend.messages("log") for block in m.blocks]
    assert "media" not in kinds
    assert "tool_result" in kinds


def test_delete_takes_several_and_undo_brings_them_back(store: SampleStore) -> None:
    done = store.run("delete", "trip-2026", store.ref("log"), "--yes", "--json")
    assert done.code == 0
    undo_id = done.json("report")["undo_id"]
    assert store.backend.get("log") is None
    back = store.run("undo", undo_id, "--yes", "--json")
    assert back.code == 0
    assert set(back.json("report")["done"]) == {store.ref("trip-2026"), store.ref("log")}
    assert store.count("log") == 3


def test_the_same_session_named_twice_is_deleted_once(store: SampleStore) -> None:
    done = store.run("delete", "log", store.ref("log"), "--yes", "--json")
    assert done.json("report")["done"] == [store.ref("log")]


def test_what_could_not_be_deleted_decides_the_code(store: SampleStore) -> None:
    store.put(
        "live",
        None,
        timedelta(seconds=5),
        text_message(Role.USER, "go"),
        state=SessionState.RUNNING,
        turn_started_at=store.now,
    )
    done = store.run("delete", "log", "live", "nobody", "--yes", "--json")
    assert done.code == 4
    value = done.json("report")
    assert value["done"] == [store.ref("log")]
    assert [item["ref"] for item in value["skipped"]] == [store.ref("live"), "nobody"]
    assert store.backend.get("live") is not None
    assert store.run("delete", "empty", "nobody", "--yes").code == 1


def test_a_live_session_is_refused_unless_forced(store: SampleStore) -> None:
    store.put(
        "live",
        None,
        timedelta(seconds=5),
        text_message(Role.USER, "go"),
        state=SessionState.RUNNING,
        turn_started_at=store.now,
    )
    refused = store.run("delete", "live", "--yes", "--json")
    assert refused.code == 4
    assert refused.json("error")["ref"] == store.ref("live")
    assert store.run("delete", "live", "--yes", "--force").code == 0
    assert store.backend.get("live") is None


def test_read_only_refuses_every_change(store: SampleStore) -> None:
    for words in (
        ("rename", "log", "x"),
        ("clear", "log", "--yes"),
        ("delete", "log", "--yes"),
        ("stuck", "--cure", "--yes"),
    ):
        done = run("--read-only", store.option, *words, "--json")
        assert done.code == 4, words
        assert done.json("error")["code"] == 4
    assert store.count("log") == 3
    store.run("delete", "log", "--yes")
    assert run("--read-only", store.option, "undo", "--yes", "--json").code == 4
    assert store.backend.get("log") is None


def test_stuck_lists_the_evidence_and_cures(store: SampleStore) -> None:
    done = store.run("stuck", "--json")
    assert done.code == 0
    item = done.json("sessions")["items"][0]
    assert (item["key"], item["verdict"]["status"]) == ("index-night", "stuck")
    assert store.run("stuck").lines[1] == "  the store says running"

    planned = store.run("stuck", "--cure", "--dry-run", "--json").json("report")
    assert (planned["dry_run"], planned["done"]) == (True, [store.ref("index-night")])
    cured = store.run("stuck", "--cure", "--yes", "--json")
    assert cured.code == 0
    assert cured.json("report")["done"] == [store.ref("index-night")]
    session = store.backend.get("index-night")
    assert session is not None
    assert (session.state, session.channel) == (SessionState.IDLE, "telegram.home")

    none = store.run("stuck", "--json")
    assert (none.code, none.json("sessions")["items"]) == (1, [])
    again = store.run("stuck", "--cure", "--yes", "--json")
    assert (again.code, again.json("report")["done"]) == (1, [])


def test_a_longer_threshold_finds_nothing_stuck(store: SampleStore) -> None:
    assert store.run("stuck", "--threshold", "6h").code == 1
    assert store.run("stuck", "--threshold", "1h").code == 0


def test_undo_takes_back_the_last_change_first(store: SampleStore) -> None:
    store.run("rename", "log", "First")
    store.run("rename", "log", "Second")
    assert store.run("undo", "--yes").code == 0
    assert store.title("log") == "First"
    assert store.run("undo", "--yes").code == 0
    assert store.title("log") == "What the log says"
    nothing = store.run("undo", "--yes", "--json")
    assert (nothing.code, nothing.json("error")["code"]) == (1, 1)


def test_undo_can_be_tried_first(store: SampleStore) -> None:
    store.run("rename", "log", "New")
    value = store.run("undo", "--dry-run", "--json").json("report")
    assert (value["action"], value["done"], value["dry_run"]) == ("undo", [store.ref("log")], True)
    assert store.title("log") == "New"


def test_an_unknown_undo_id_is_nothing_found(store: SampleStore) -> None:
    done = store.run("undo", "no-such-id", "--yes", "--json")
    assert done.code == 1
    assert "no-such-id" in done.json("error")["title"]


def test_the_journal_lists_changes_newest_first(store: SampleStore) -> None:
    empty = store.run("journal", "--json")
    assert (empty.code, empty.json("journal")["items"]) == (1, [])
    first = store.run("rename", "log", "New", "--json").json("report")["undo_id"]
    second = store.run("delete", "log", "--yes", "--json").json("report")["undo_id"]
    items = store.run("journal", "--json").json("journal")["items"]
    assert [item["id"] for item in items] == [second, first]
    assert [item["action"] for item in items] == ["delete", "rename"]
    assert items[0]["refs"] == [store.ref("log")]
    assert second in store.run("journal").stdout


def test_text_reports_name_the_undo_id_and_keep_reasons_off_stdout(store: SampleStore) -> None:
    done = store.run("delete", "log", "nobody", "--yes")
    assert done.code == 1
    assert done.lines[0].startswith(f"deleted {store.ref('log')} (")
    assert "undo " in done.lines[0]
    assert "skipped nobody" in done.stderr
