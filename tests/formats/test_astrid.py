"""Reading astrid's session files: every shape it writes."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.astrid import Astrid
from sessiontui.backends.astrid.names import uuid_of
from sessiontui.domain.errors import BadKey
from sessiontui.domain.indexed_text import TextKind, texts_of
from sessiontui.domain.message import Message, Role
from sessiontui.domain.query import Query, workspace_filter
from sessiontui.domain.session import Session, TitleSource
from tests.formats.astrid_stores import (
    ALLOWANCE,
    FIRST,
    ODD,
    SECOND,
    TALK,
    AstridHome,
    oldest,
    session,
)


@pytest.fixture
def home(tmp_path: Path) -> AstridHome:
    return AstridHome(tmp_path / "kim" / ".astrid")


@pytest.fixture
def store(home: AstridHome) -> Iterator[Astrid]:
    backend = Astrid.open(home.folder)
    yield backend
    backend.close()


def only(store: Astrid) -> Session:
    """The one session of a store."""
    (found,) = store.scan()
    return found


def shown(store: Astrid, key: str = FIRST) -> list[Message]:
    return list(store.messages(key))


# -- behaviours to keep ------------------------------------------------------------------------


def test_a_saved_session_is_read_with_everything_in_it(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, *TALK, at=1_771_500_000, allowances=[ALLOWANCE], surprise={"kept": True})
    found = only(store)
    assert (found.ref.key, found.native_id, found.agent) == (FIRST, FIRST, "astrid")
    assert found.created_at == datetime(2026, 2, 20, 10, 0, 0, 123456, tzinfo=UTC)
    assert found.last_activity == datetime.fromtimestamp(1_771_500_000, UTC)
    assert (found.message_count, found.tokens, found.turns) == (5, 306, 0)
    assert (found.workspace, found.branch) == (Path("/home/kim/demo"), "main")
    assert found.model == "claude-sonnet-4-20250514"
    assert found.problem is None
    assert found.extra["system_prompt"] == "Be brief."
    assert found.extra["allowances"] == [ALLOWANCE]
    assert found.extra["surprise"] == {"kept": True}
    assert found.extra["tool_call_count"] == 1
    assert str(found.extra["commit"]).startswith("0123")
    assert found.size_bytes == home.path(FIRST).stat().st_size


def test_a_folder_that_is_not_there_yet_is_empty_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / ".astrid" / "sessions"
    store = Astrid.open(folder)
    assert list(store.scan()) == []
    assert list(store.fingerprints()) == []
    info = store.info()
    assert not info.available
    assert "first save" in (info.problem or "")
    assert not folder.parent.exists()


def test_a_home_means_the_sessions_in_it(home: AstridHome) -> None:
    home.save(FIRST)
    assert Astrid.open(home.home).root == home.folder
    assert Astrid.find_in(home.home) == (home.folder,)
    assert Astrid.find_in(home.folder) == (home.folder,)


def test_the_oldest_form_without_optional_fields_is_read(home: AstridHome, store: Astrid) -> None:
    home.write(FIRST, oldest(FIRST, *TALK[:1]))
    found = only(store)
    assert (found.problem, found.message_count, found.workspace) == (None, 1, None)


def test_sessions_come_newest_first_by_the_time_of_their_files(
    home: AstridHome, store: Astrid
) -> None:
    home.save(FIRST, at=1_771_500_000)
    home.save(SECOND, at=1_771_600_000)
    home.save(ODD, at=1_771_400_000)
    assert [s.ref.key for s in store.sessions()] == [SECOND, FIRST, ODD]


def test_other_names_are_not_looked_at(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST)
    for name in ("notes.json", "readme.txt", f"{SECOND}.json.tmp", f"{SECOND}.jsonl", f"{SECOND}",
                 f"{SECOND[:-1]}.json", f"x{SECOND}.json", ".json"):  # fmt: skip
        (home.folder / name).write_text("{}")
    (home.folder / f"{SECOND}.json").mkdir()
    assert list(store.keys()) == [FIRST]


def test_a_workspace_is_matched_exactly_and_none_never(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, workspace_path="/home/kim/Demo/")
    home.save(SECOND, workspace_path=None)

    def inside(path: str) -> list[str]:
        query = Query(filters=(workspace_filter(Path(path)),))
        return [s.ref.key for s in store.sessions(query)]

    assert inside("/home/kim/Demo") == inside("/home/kim/Demo/") == [FIRST]
    assert inside("/home/kim/demo") == inside("/home/kim") == inside("") == []


def test_the_title_falls_back_to_the_first_prompt_and_then_to_the_id(
    home: AstridHome, store: Astrid
) -> None:
    metadata = session(FIRST)["metadata"]
    home.save(FIRST, *TALK, metadata={**metadata, "title": "Files [draft]"})
    assert (only(store).title, only(store).title_source) == ("Files [draft]", TitleSource.STORE)
    home.save(FIRST, *TALK, metadata={**metadata, "title": ""})
    assert (only(store).title, only(store).title_source) == ("list the files", TitleSource.DERIVED)
    home.save(FIRST)
    assert (only(store).title, only(store).title_source) == (
        "Session 4b8f1c52",
        TitleSource.DERIVED,
    )


def test_all_shapes_of_content_and_all_roles_are_shown(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, {"role": "system", "content": "[Previous conversation summary]\nx"}, *TALK)
    found = shown(store)
    assert [m.role for m in found] == [
        Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL, Role.ASSISTANT, Role.USER,
    ]  # fmt: skip
    assert [m.human for m in found] == [False, True, False, False, False, True]
    assert [[block.kind for block in m.blocks] for m in found] == [
        ["text"], ["text"], ["tool_call"], ["tool_result"], ["text"], ["text", "media"],
    ]  # fmt: skip
    called, gave, image = found[2].blocks[0], found[3].blocks[0], found[5].blocks[1]
    assert called.kind == "tool_call"
    assert (called.call_id, called.name, called.arguments) == ("c1", "fs:list", {"path": "."})
    assert gave.kind == "tool_result"
    assert (gave.call_id, gave.text, gave.is_error) == ("c1", "a.txt", False)
    assert image.kind == "media"
    assert (image.media_type, image.size_bytes) == ("image/png", 8)


DROPPED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("unknown role", {"role": "function", "content": "hidden words"}),
    ("no known shape", {"role": "user", "content": None}),
    ("no known shape", {"role": "user", "content": 5}),
    ("no known shape", {"role": "assistant", "content": [{"id": "x", "name": "n"}]}),
    ("no known shape", {"role": "assistant", "content": [{"name": "n", "arguments": {}}]}),
    ("no known shape", {"role": "tool", "content": {"call_id": "c"}}),
    ("no known shape",
     {"role": "tool", "content": {"call_id": "c", "content": "x", "is_error": None}}),
    ("no known shape",
     {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "audio", "data": "x"}]}),
    ("no known shape", {"role": "user", "content": ["text", 1, 2]}),
)  # fmt: skip


@pytest.mark.parametrize(("reason", "message"), DROPPED)
def test_a_message_astrid_drops_is_shown_raw_and_not_counted(
    home: AstridHome, store: Astrid, reason: str, message: dict[str, Any]
) -> None:
    home.save(FIRST, TALK[0], message, TALK[3])
    found = shown(store)
    assert [m.index for m in found] == [0, 1, 2]
    (block,) = found[1].blocks
    assert block.kind == "opaque"
    assert reason in block.type_name
    assert block.data == message
    assert not found[1].human
    assert only(store).message_count == 2
    assert only(store).extra["dropped_messages"] == 1
    assert only(store).problem is None


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ([], []),
        (["c1", "text", True], ["tool_result"]),
        (["c1", "text"], ["tool_result"]),
        ([["c1", "fs:list", {}]], ["tool_call"]),
        ([{"id": "c9", "name": "n", "arguments": 1, "more": 2}], ["tool_call"]),
        ([{"type": "text", "text": "kept", "extra": 1}], ["text"]),
        ({"call_id": "c", "content": "x"}, ["tool_result"]),
        ({"call_id": "c", "content": "x", "more": 1}, ["tool_result"]),
    ],
)
def test_odd_spellings_that_astrid_reads_are_read(
    home: AstridHome, store: Astrid, content: object, kinds: list[str]
) -> None:
    home.save(FIRST, {"role": "assistant", "content": content})
    (found,) = shown(store)
    assert [block.kind for block in found.blocks] == kinds
    assert only(store).message_count == 1


def test_structures_written_as_arrays_are_read(home: AstridHome, store: Astrid) -> None:
    stored = session(FIRST, metadata=["Listed", ["a"], 3, 4, 5, {}])
    stored["messages"] = [["user", "said in an array"]]
    home.write(FIRST, stored)
    found = only(store)
    assert (found.problem, found.title, found.turns) == (None, "Listed", 3)
    assert shown(store)[0].human
    home.write(FIRST, json.dumps(list(stored.values())).encode())
    assert only(store).title == "Listed"


# -- traps -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [FIRST.upper(), FIRST.replace("-", ""), f"urn:uuid:{FIRST}", f"{{{FIRST}}}"]
)
def test_trap_1_names_in_another_spelling_are_opened_as_they_are(
    home: AstridHome, store: Astrid, key: str
) -> None:
    home.write(key, session(FIRST, *TALK))
    found = only(store)
    assert found.ref.key == key
    assert "cannot open it" in (found.problem or "")
    assert found.message_count == 5
    assert len(shown(store, key)) == 5
    assert store.get(FIRST) == found


def test_a_session_is_found_by_any_spelling_and_a_bad_key_is_told(
    home: AstridHome, store: Astrid
) -> None:
    home.save(FIRST)
    home.save(SECOND)
    for spelling in (FIRST, FIRST.upper(), FIRST.replace("-", ""), f"urn:uuid:{FIRST}"):
        found = store.get(spelling)
        assert found is not None
        assert found.ref.key == FIRST
    for bad in ("", "x", FIRST[:-1], "../" + FIRST, "{" + FIRST, FIRST + "\n", "notes"):
        with pytest.raises(BadKey):
            store.get(bad)
        assert list(store.messages(bad)) == []
        assert uuid_of(bad) is None


def test_trap_2_a_copied_file_shows_both_its_ids(home: AstridHome, store: Astrid) -> None:
    home.write(FIRST, session(SECOND, *TALK))
    found = only(store)
    assert (found.ref.key, found.native_id) == (FIRST, SECOND)
    assert SECOND in (found.problem or "")
    home.write(FIRST, session("not-a-uuid", *TALK))
    assert "new one each time" in (only(store).problem or "")
    assert only(store).native_id is None


def test_trap_3_a_save_is_seen_by_its_new_file(home: AstridHome, store: Astrid) -> None:
    path = home.save(FIRST, TALK[0], at=1_771_500_000)
    before, stamp = dict(store.fingerprints()), store.stamp()
    assert len(shown(store)) == 1
    other = path.with_suffix(".json.tmp")
    other.write_bytes(path.read_bytes().replace(b"list", b"LIST"))
    os.utime(other, ns=(1_771_500_000 * 10**9,) * 2)
    other.rename(path)
    assert dict(store.fingerprints()) != before
    assert store.stamp() != stamp
    assert next(texts_of(shown(store))).text == "LIST the files"


def test_trap_5_image_data_is_never_shown(home: AstridHome, store: Astrid) -> None:
    data = "QUJD" * 20_000
    part = {"type": "image", "data": data, "media_type": "image/jpeg"}
    home.save(FIRST, {"role": "user", "content": [part]},
              {"role": "user", "content": [part, {"type": "hologram", "data": data}]})  # fmt: skip
    found = shown(store)
    assert len(str(found)) < 20_000
    media = found[0].blocks[0]
    assert media.kind == "media"
    assert media.size_bytes == 60_000


def test_trap_9_a_newer_version_left_by_a_crash_is_told_of_and_no_session(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, TALK[0])
    before = dict(store.fingerprints())
    path.with_name(f"{FIRST}.json.tmp").write_bytes(b"{}")
    assert list(store.keys()) == [FIRST]
    assert f"{FIRST}.json.tmp" in (only(store).problem or "")
    assert dict(store.fingerprints()) != before


def test_trap_10_sockets_and_tokens_are_left_alone(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST)
    (home.folder / "system.token").write_text("secret")
    with socket.socket(socket.AF_UNIX) as server:
        previous = Path.cwd()
        os.chdir(home.folder)
        try:
            server.bind(f"{SECOND}.json")
        finally:
            os.chdir(previous)
        assert list(store.keys()) == [FIRST]
        assert store.info().session_count == 1


def test_trap_11_links_are_followed_for_reading(home: AstridHome, tmp_path: Path) -> None:
    real = home.save(FIRST, *TALK)
    linked = home.path(SECOND)
    linked.symlink_to(real)
    home.path(ODD).symlink_to(tmp_path / "nowhere")
    (tmp_path / "link").symlink_to(home.folder)
    store = Astrid.open(tmp_path / "link")
    assert store.root == home.folder
    found = {s.ref.key: s for s in store.scan()}
    assert set(found) == {FIRST, SECOND, ODD}
    assert found[SECOND].message_count == 5
    assert "leads nowhere" in (found[ODD].problem or "")
    assert list(store.messages(ODD)) == []


def test_trap_16_a_folder_called_state_db_marks_a_newer_astrid(home: AstridHome) -> None:
    home.save(FIRST)
    for marker in ("state.db", "var/state.db", "var/astrid.volume"):
        path = home.home / marker
        path.parent.mkdir(exist_ok=True)
        path.write_text("ASTVOL1") if marker.endswith("volume") else path.mkdir()
        info = Astrid.open(home.home).info()
        assert info.available
        assert marker in (info.problem or "")
        assert "older versions" in (info.problem or "")
        assert info.session_count == 1
        path.unlink() if marker.endswith("volume") else path.rmdir()
    assert Astrid.open(home.home).info().problem is None


# -- turns and text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("messages", "is_open"),
    [(TALK[:1], True), (TALK[:2], True), (TALK[:3], True), (TALK[:4], False), ((), False)],
)
def test_a_turn_ends_with_an_answer_in_words(
    home: AstridHome, store: Astrid, messages: tuple[dict[str, Any], ...], is_open: bool
) -> None:
    home.save(FIRST, *messages)
    assert only(store).turn_open is is_open


def test_text_is_indexed_once_and_after_a_rewrite_again(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, *TALK[:2])
    first = store.text_since(FIRST, None)
    assert first.restart
    assert [item.kind for item in first.items] == [TextKind.TEXT, TextKind.TOOL_CALL]
    home.save(FIRST, *TALK)
    second = store.text_since(FIRST, first.cursor)
    assert not second.restart
    assert [*first.items, *second.items] == list(texts_of(store.messages(FIRST)))
    home.save(FIRST, *TALK[3:])
    third = store.text_since(FIRST, second.cursor)
    assert third.restart
    assert third.items == list(texts_of(store.messages(FIRST)))


def test_a_change_of_a_file_concerns_its_session(home: AstridHome, store: Astrid) -> None:
    changed = [home.path(FIRST), home.folder / f"{SECOND}.json.tmp", home.folder / "notes.json"]
    assert store.changed_keys(changed) == frozenset({FIRST, SECOND})
    assert store.changed_keys([home.home / f"{FIRST}.json"]) == frozenset()
    assert store.changed_keys([home.folder]) is None


def test_reading_a_hundred_times_changes_no_byte(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, *TALK)
    home.write(SECOND, b"{")

    def content() -> dict[str, tuple[bytes, int]]:
        return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in home.folder.iterdir()}

    before, folder = content(), home.folder.stat().st_mtime_ns
    for _ in range(100):
        store.info()
        store.stamp()
        for found in store.scan():
            list(store.messages(found.ref.key))
            store.text_since(found.ref.key, None)
    assert (content(), home.folder.stat().st_mtime_ns) == (before, folder)
