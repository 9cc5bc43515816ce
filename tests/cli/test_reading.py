"""stores, list, search, show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import SampleStore, run


def keys(store: SampleStore, *words: str) -> list[str]:
    return [item["key"] for item in store.run("list", "--json", *words).json("sessions")["items"]]


def test_stores_tells_what_was_found(store: SampleStore) -> None:
    done = store.run("stores", "--json")
    assert done.code == 0
    item = done.json("stores")["items"][0]
    assert item["id"] == store.backend.store_id
    assert item["sessions"] == 4
    assert "delete" in item["capabilities"]
    assert item["why_not"]["resume"]
    assert store.backend.store_id in store.run("stores").lines[0]


def test_no_store_is_nothing_found(tmp_path: Path) -> None:
    done = run("--home", str(tmp_path), "stores", "--json")
    assert done.code == 1
    assert done.json("stores")["items"] == []
    assert "--demo" in done.stderr


def test_list_is_newest_first_and_whole(store: SampleStore) -> None:
    done = store.run("list", "--json")
    assert done.code == 0
    value = done.json("sessions")
    assert [item["key"] for item in value["items"]] == ["trip-2026", "index-night", "log", "empty"]
    assert (value["total"], value["next_offset"]) == (4, None)
    stuck = value["items"][1]
    assert stuck["verdict"]["status"] == "stuck"
    assert stuck["verdict"]["evidence"][0] == "the store says running"
    assert (stuck["turn_id"], stuck["title"]) == ("t1", "index the archive")
    assert value["items"][2]["message_count"] == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--format", "memory", "--limit", "1"), ["trip-2026"]),
        (("--format", "astrid"), []),
        (("--state", "error"), ["log"]),
        (("--state", "error", "--state", "running"), ["index-night", "log"]),
        (("--verdict", "stuck"), ["index-night"]),
        (("--workspace", "/home/demo/trips/"), ["trip-2026"]),
        (("--workspace", "/home/demo"), []),
        (("--agent", "CODER"), ["log"]),
        (("--channel", "telegram.home"), ["index-night"]),
        (("--since", "2d"), ["trip-2026", "index-night"]),
        (("--until", "2d"), ["log", "empty"]),
        (("--since", "4d", "--until", "2d"), ["log"]),
        (("--sort", "title"), ["index-night", "empty", "trip-2026", "log"]),
        (("--sort", "messages", "--limit", "1"), ["log"]),
        (("--sort", "created", "--reverse"), ["empty", "log", "index-night", "trip-2026"]),
        (("--offset", "3"), ["empty"]),
    ],
)
def test_list_filters_and_sorts(
    store: SampleStore, words: tuple[str, ...], expected: list[str]
) -> None:
    assert keys(store, *words) == expected


def test_list_pages(store: SampleStore) -> None:
    first = store.run("list", "--json", "--limit", "3").json("sessions")
    assert (first["total"], first["next_offset"]) == (4, 3)
    rest = store.run("list", "--json", "--limit", "3", "--offset", "3").json("sessions")
    assert (len(rest["items"]), rest["next_offset"]) == (1, None)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("sessions", ("list", "--offset", "9")),
        ("sessions", ("list", "--limit", "0")),
        ("hits", ("search", "i", "--limit", "0")),
    ],
)
def test_a_page_without_items_is_not_nothing_found(
    store: SampleStore, kind: str, words: tuple[str, ...]
) -> None:
    done = store.run(*words, "--json")
    value = done.json(kind)
    assert (done.code, value["items"], value["next_offset"]) == (0, [], None)


def test_nothing_that_matches_is_code_1_with_an_envelope(store: SampleStore) -> None:
    done = store.run("list", "--agent", "nobody", "--json")
    assert done.code == 1
    assert done.json("sessions")["items"] == []
    assert store.run("list", "--agent", "nobody").stdout == ""


def test_list_as_text_is_safe_and_whole_off_a_terminal(store: SampleStore) -> None:
    lines = store.run("list").lines
    assert lines[0].split()[0] == "status"
    assert store.ref("trip-2026") in lines[1]
    assert all(line.isprintable() for line in lines)


def test_the_threshold_decides_what_is_stuck(store: SampleStore) -> None:
    assert keys(store, "--verdict", "stuck", "--threshold", "6h") == []
    assert keys(store, "--verdict", "running", "--threshold", "6h") == ["index-night"]


def test_a_store_id_selects_its_sessions(store: SampleStore) -> None:
    assert len(keys(store, "--store-id", store.backend.store_id)) == 4
    assert keys(store, "--store-id", "memory-000000") == []


def test_search_finds_words_with_their_place(store: SampleStore) -> None:
    done = store.run("search", "harbour", "--json")
    assert done.code == 0
    value = done.json("hits")
    item = value["items"][0]
    assert (item["ref"], item["hit_count"]) == (store.ref("trip-2026"), 1)
    hit = item["hits"][0]
    assert (hit["message_index"], hit["role"], hit["tier"]) == (1, "assistant", "text")
    start, end = hit["matches"][0]
    assert hit["snippet"][start:end] == "harbour"


def test_search_reads_tool_output_only_when_asked(store: SampleStore) -> None:
    assert store.run("search", "walrus", "--json").code == 1
    found = store.run("search", "walrus in:tools", "--json").json("hits")
    assert found["items"][0]["ref"] == store.ref("log")
    assert found["items"][0]["hits"][0]["tier"] == "tools"


def test_search_as_text_names_session_and_place(store: SampleStore) -> None:
    lines = store.run("search", "museum").lines
    assert lines[0].startswith("Trip to Oslo")
    assert lines[1].startswith("  #1 assistant: museum first")


def test_a_bad_query_points_at_its_place(store: SampleStore) -> None:
    done = store.run("search", "trip is:sleeping", "--json")
    assert done.code == 2
    value = done.json("error")
    assert "trip is:sleeping"[value["start"] : value["end"]]
    assert "stuck" in value["hint"] + value["title"]


def test_show_has_the_whole_transcript(store: SampleStore) -> None:
    value = store.run("show", store.ref("log"), "--json").json("transcript")
    assert value["session"]["title"] == "What the log says"
    assert [item["index"] for item in value["items"]] == [0, 1, 2]
    assert value["items"][0]["blocks"][0]["text"] == "\x1b[31mprint the log [/b] é 東京"
    assert value["items"][0]["human"] is True
    assert value["total"] == 3


@pytest.mark.parametrize(
    ("words", "indices", "total", "following"),
    [
        (("--start", "1"), [1, 2], 3, None),
        (("--stop", "2"), [0, 1], None, 2),
        (("--stop", "3"), [0, 1, 2], None, None),
        (("--start", "1", "--stop", "2"), [1], None, 2),
        (("--tail", "1"), [2], 3, None),
        (("--tail", "0"), [], None, None),
        (("--start", "-2"), [1, 2], 3, None),
        (("--start", "9"), [], None, None),
    ],
)
def test_show_cuts_as_a_slice_does(
    store: SampleStore,
    words: tuple[str, ...],
    indices: list[int],
    total: int | None,
    following: int | None,
) -> None:
    value = store.run("show", "log", *words, "--json").json("transcript")
    assert [item["index"] for item in value["items"]] == indices
    assert (value["total"], value["next_offset"]) == (total, following)


def test_show_of_an_empty_session_is_no_error(store: SampleStore) -> None:
    done = store.run("show", "empty", "--json")
    assert done.code == 0
    assert done.json("transcript")["total"] == 0


def test_show_as_text_is_readable_and_safe(store: SampleStore) -> None:
    done = store.run("show", "log")
    assert done.code == 0
    assert done.lines[0] == "What the log says"
    assert "\x1b" not in done.stdout
    assert '→ shell {"command": "cat log"}' in done.lines
    assert "← ok" in done.lines


def test_tail_and_slice_exclude_each_other(store: SampleStore) -> None:
    assert store.run("show", "log", "--tail", "1", "--start", "0").code == 2


def test_tail_shows_the_last_messages(store: SampleStore) -> None:
    value = store.run("tail", "log", "-n", "2", "--json").json("transcript")
    assert [item["index"] for item in value["items"]] == [1, 2]
    assert "← ok" in store.run("tail", "log").lines


def test_a_key_or_the_beginning_of_one_names_a_session(store: SampleStore) -> None:
    for name in (store.ref("trip-2026"), "trip-2026", "trip"):
        value = store.run("show", name, "--json").json("transcript")
        assert value["session"]["key"] == "trip-2026"


def test_an_unknown_ref_is_an_error_of_code_1(store: SampleStore) -> None:
    for name in ("nobody", store.ref("nobody"), "memory-000000:trip-2026"):
        done = store.run("show", name, "--json")
        assert (done.code, done.json("error")["code"]) == (1, 1)
    plain = store.run("show", "nobody")
    assert (plain.code, plain.stdout) == (1, "")
    assert plain.stderr.startswith("error: ")


def test_an_ambiguous_ref_lists_the_candidates(store: SampleStore) -> None:
    store.put("trip-2027", None, store.now - store.now)
    done = store.run("show", "trip", "--json")
    assert done.code == 2
    assert done.json("error")["candidates"] == [store.ref("trip-2026"), store.ref("trip-2027")]


def test_without_a_sync_the_index_answers_as_it_is(store: SampleStore) -> None:
    assert len(keys(store)) == 4
    store.put("late", "Late", store.now - store.now)
    assert "late" not in keys(store, "--no-sync")
    assert "late" in keys(store)


def test_json_is_one_line_when_a_program_reads_it(store: SampleStore) -> None:
    assert len(store.run("list", "--json").lines) == 1
    assert "é 東京" in store.run("show", "log", "--json").stdout
    assert json.loads(store.run("show", "log", "--json").stdout)
