"""Changing astrid's session files: one value at a time, and back again byte by byte."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.astrid import Astrid
from sessiontui.backends.astrid.editing import MEDIA_REMOVED, TOOL_OUTPUT_REMOVED
from sessiontui.domain.backend import ClearOnly, ClearScope, SnapshotScope
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionMissing,
    StoreReadOnly,
    StoreUnreadable,
    UndoRefused,
    Unsupported,
)
from sessiontui.domain.session import SessionPatch, SessionState
from sessiontui.domain.store import Capability
from tests.formats.astrid_stores import ALLOWANCE, FIRST, SECOND, TALK, AstridHome, oldest, session

_TIME = 1_771_500_000


@pytest.fixture
def home(tmp_path: Path) -> AstridHome:
    return AstridHome(tmp_path / "kim" / ".astrid")


@pytest.fixture
def store(home: AstridHome) -> Iterator[Astrid]:
    backend = Astrid.open(home.folder)
    yield backend
    backend.close()


def state_of(path: Path) -> tuple[bytes, int, int]:
    found = path.stat()
    return path.read_bytes(), found.st_mtime_ns, found.st_mode


def renamed(store: Astrid, key: str, title: str | None) -> None:
    store.patch(key, SessionPatch(title=title))


# -- rename ------------------------------------------------------------------------------------


def test_a_rename_changes_the_title_and_no_other_byte(home: AstridHome, store: Astrid) -> None:
    # Numbers, escapes and gaps as no writer of ours would put them.
    text = json.dumps(session(FIRST, *TALK, allowances=[ALLOWANCE]), indent=2)
    text = text.replace('"token_count": 306', '"token_count":\t306')
    text = text.replace("100.0", "1.0E+2").replace("list the files", "list \\u0074he files")
    text = text.replace('"model"', '"later field" : [ 1,2 ],\n\n  "model"')
    path = home.write(FIRST, text.encode(), at=_TIME)
    path.chmod(0o640)
    renamed(store, FIRST, 'Files "two" \\ 名前\n')
    title = '"title": "Files \\"two\\" \\\\ 名前\\n"'
    assert path.read_text() == text.replace('"title": null', title)
    assert path.stat().st_mode & 0o777 == 0o640
    assert not list(home.folder.glob("*tmp*"))
    renamed(store, FIRST, None)
    assert path.read_text() == text


def test_a_rename_keeps_the_place_in_the_list(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, *TALK, at=_TIME)
    home.save(SECOND, *TALK, at=_TIME + 60)
    before = [s.last_activity for s in store.sessions()]
    fingerprints = dict(store.fingerprints())
    renamed(store, FIRST, "older")
    assert [s.last_activity for s in store.sessions()] == before
    assert dict(store.fingerprints())[FIRST] != fingerprints[FIRST]
    assert dict(store.fingerprints())[SECOND] == fingerprints[SECOND]
    assert "keeps its time" in store.change_notes[Capability.RENAME]


def test_titles_of_one_length_are_told_apart_by_the_fingerprint(
    home: AstridHome, store: Astrid
) -> None:
    home.save(FIRST, *TALK, at=_TIME)
    seen = set()
    for letter in "abcdefghij":
        renamed(store, FIRST, letter * 3)
        # Without device and inode, which may be reused.
        seen.add(dict(store.fingerprints())[FIRST].split(".", 2)[2])
        (found,) = store.scan()
        assert found.title == letter * 3
    assert len(seen) >= 9


def test_a_title_is_added_where_there_is_none_and_in_arrays(
    home: AstridHome, store: Astrid
) -> None:
    stored = oldest(FIRST, *TALK)
    del stored["metadata"]["title"]
    home.write(FIRST, stored)
    renamed(store, FIRST, "New")
    (found,) = store.scan()
    assert (found.title, found.problem) == ("New", None)
    assert json.loads(home.path(FIRST).read_text()) == {
        **stored, "metadata": {"title": "New", **stored["metadata"]},
    }  # fmt: skip
    home.write(FIRST, session(FIRST, metadata=["Old", [], 0, 0, 0, {}]))
    renamed(store, FIRST, "New")
    assert json.loads(home.path(FIRST).read_text())["metadata"][0] == "New"


def test_only_titles_can_be_set(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST)
    for changes, capability in (
        (SessionPatch(state=SessionState.IDLE), Capability.SET_STATE),
        (SessionPatch(agent="x"), Capability.SET_AGENT),
        (SessionPatch(title="x", channel="y"), Capability.SET_CONTEXT),
    ):
        before = state_of(home.path(FIRST))
        with pytest.raises(Unsupported) as caught:
            store.patch(FIRST, changes)
        assert caught.value.capability is capability
        assert state_of(home.path(FIRST)) == before


# -- clear -------------------------------------------------------------------------------------


def test_trap_8_a_clear_takes_messages_and_tokens_and_nothing_else(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK, at=_TIME, allowances=[ALLOWANCE], later="kept")
    before = json.loads(path.read_text())
    assert store.clear(FIRST) == 5
    after = json.loads(path.read_text())
    assert list(after) == list(before)
    assert after == {**before, "messages": [], "token_count": 0}
    assert '"messages": [],' in path.read_text()
    unchanged = state_of(path)
    assert store.clear(FIRST) == 0
    assert state_of(path) == unchanged


def test_a_clear_up_to_a_message_keeps_the_rest_and_its_tokens(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK)
    assert store.clear(FIRST, ClearScope(before=3)) == 3
    after = json.loads(path.read_text())
    assert after["messages"] == list(TALK[3:])
    assert after["token_count"] == len("One file: a.txt") // 4 + 100
    (found,) = store.scan()
    assert (found.message_count, found.problem) == (2, None)
    assert store.clear(FIRST, ClearScope(before=0)) == 0
    assert store.clear(FIRST, ClearScope(before=99)) == 2


def test_tool_output_and_images_are_cut_and_calls_keep_their_answers(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK)
    before = json.loads(path.read_text())
    assert store.clear(FIRST, ClearScope(only=ClearOnly.TOOL_OUTPUT)) == 1
    assert store.clear(FIRST, ClearScope(only=ClearOnly.TOOL_OUTPUT)) == 0
    assert store.clear(FIRST, ClearScope(only=ClearOnly.MEDIA, before=4)) == 0
    assert store.clear(FIRST, ClearScope(only=ClearOnly.MEDIA)) == 1
    after = json.loads(path.read_text())
    assert after["messages"][2]["content"] == {
        "call_id": "c1", "content": TOOL_OUTPUT_REMOVED, "is_error": False,
    }  # fmt: skip
    assert after["messages"][4]["content"] == [
        {"type": "text", "text": "and this?"}, {"type": "text", "text": MEDIA_REMOVED},
    ]  # fmt: skip
    assert after["token_count"] == 3 + 100 + 100 + 3 + 100
    for index in (0, 1, 3):
        assert after["messages"][index] == before["messages"][index]
    (found,) = store.scan()
    assert (found.message_count, found.problem) == (5, None)


# -- refusals ----------------------------------------------------------------------------------


def test_trap_7_a_file_astrid_refuses_is_never_rewritten(home: AstridHome, store: Astrid) -> None:
    for content in (b"{", session(FIRST, *TALK, token_count=-1), b""):
        path = home.write(FIRST, content, at=_TIME)
        before = state_of(path)
        for change in (lambda: renamed(store, FIRST, "x"), lambda: store.clear(FIRST)):
            with pytest.raises(StoreUnreadable, match="refuses"):
                change()
        assert state_of(path) == before


def test_trap_11_a_link_is_not_rewritten_and_only_the_link_is_deleted(
    home: AstridHome, store: Astrid
) -> None:
    real = home.save(FIRST, *TALK, at=_TIME)
    link = home.path(SECOND)
    link.symlink_to(real)
    before = state_of(real)
    for change in (lambda: renamed(store, SECOND, "x"), lambda: store.clear(SECOND)):
        with pytest.raises(StoreReadOnly):
            change()
    snapshot = store.snapshot(SECOND, SnapshotScope.EVERYTHING)
    assert store.delete(SECOND)
    assert (state_of(real), link.is_symlink()) == (before, False)
    store.restore(snapshot)
    store.restore(snapshot)
    assert link.readlink() == real
    assert state_of(real) == before


def test_a_session_that_changed_is_left_alone(home: AstridHome, store: Astrid) -> None:
    path = home.save(FIRST, *TALK)
    seen = dict(store.fingerprints())[FIRST]
    home.save(FIRST, *TALK[:2])
    before = state_of(path)
    for change in (
        lambda: store.patch(FIRST, SessionPatch(title="x"), expect=seen),
        lambda: store.clear(FIRST, expect=seen),
        lambda: store.delete(FIRST, expect=seen),
    ):
        with pytest.raises(ChangedUnderneath):
            change()
    assert state_of(path) == before


def test_unknown_and_impossible_keys_are_told(store: Astrid) -> None:
    with pytest.raises(SessionMissing):
        renamed(store, FIRST, "x")
    with pytest.raises(SessionMissing):
        store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    assert store.clear(FIRST) == 0
    for change in (
        lambda: renamed(store, "../x", "x"),
        lambda: store.clear("x"),
        lambda: store.delete("x"),
        lambda: store.footprint("x"),
    ):
        with pytest.raises(BadKey):
            change()


# -- delete and undo ---------------------------------------------------------------------------


def test_deleting_a_missing_session_is_no_error(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST)
    assert store.delete(FIRST)
    assert not store.delete(FIRST)
    assert list(home.folder.iterdir()) == []


def test_a_delete_takes_the_newer_version_too_and_both_come_back(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK, at=_TIME)
    newer = home.folder / f"{FIRST}.json.tmp"
    newer.write_bytes(b"{half")
    home.save(SECOND, *TALK)
    assert [part.path for part in store.footprint(FIRST).parts] == [path, newer]
    before = state_of(path), state_of(newer)
    snapshot = store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    assert store.delete(FIRST)
    assert [p.name for p in home.folder.iterdir()] == [f"{SECOND}.json"]
    store.restore(snapshot)
    store.restore(snapshot)
    assert (state_of(path), state_of(newer)) == before


def test_a_damaged_file_can_be_deleted_and_brought_back(home: AstridHome, store: Astrid) -> None:
    path = home.write(FIRST, b"\xff{", at=_TIME)
    before = state_of(path)
    snapshot = store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    assert store.delete(FIRST)
    store.restore(snapshot)
    assert state_of(path) == before


def test_an_undone_clear_gives_back_every_byte_and_the_time(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK, at=_TIME)
    before = state_of(path)
    snapshot = store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    store.clear(FIRST)
    store.restore(snapshot)
    store.restore(snapshot)
    assert state_of(path) == before


def test_an_undone_clear_keeps_a_name_given_since(home: AstridHome, store: Astrid) -> None:
    home.save(FIRST, *TALK, at=_TIME)
    snapshot = store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    store.clear(FIRST)
    renamed(store, FIRST, "since")
    store.restore(snapshot)
    store.restore(snapshot)
    (found,) = store.scan()
    assert (found.title, found.message_count) == ("since", 5)


def test_what_astrid_saved_since_is_not_overwritten_by_an_undo(
    home: AstridHome, store: Astrid
) -> None:
    path = home.save(FIRST, *TALK, at=_TIME)
    cleared_before = store.snapshot(FIRST, SnapshotScope.EVERYTHING)
    store.clear(FIRST)
    home.save(FIRST, *TALK[:1], at=_TIME + 60)
    before = state_of(path)
    with pytest.raises(UndoRefused):
        store.restore(cleared_before)
    assert state_of(path) == before


def test_an_undone_rename_keeps_what_astrid_saved_since(home: AstridHome, store: Astrid) -> None:
    path = home.save(FIRST, *TALK[:2], at=_TIME)
    before = state_of(path)
    snapshot = store.snapshot(FIRST, SnapshotScope.METADATA)
    renamed(store, FIRST, "wrong")
    store.restore(snapshot)
    assert state_of(path) == before
    renamed(store, FIRST, "wrong")
    stored = json.loads(path.read_text())
    home.write(FIRST, {**stored, "messages": list(TALK)}, at=_TIME + 60)
    store.restore(snapshot)
    store.restore(snapshot)
    (found,) = store.scan()
    assert (found.title, found.message_count) == ("list the files", 5)
    home.write(FIRST, b"{", at=_TIME + 120)
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    path.unlink()
    with pytest.raises(UndoRefused):
        store.restore(snapshot)


# -- other writers -----------------------------------------------------------------------------


def _astrid_at_work(path: str, rounds: int) -> None:
    """Saves one session over and over, a message longer each time."""
    target = Path(path)
    for number in range(rounds):
        said = [{"role": "user", "content": f"turn {n}"} for n in range(number + 1)]
        temporary = target.with_suffix(".json.tmp")
        temporary.write_text(json.dumps(session(FIRST, *said), indent=2))
        temporary.rename(target)


def test_nothing_of_astrids_is_lost_while_other_sessions_go(home: AstridHome) -> None:
    keys = [f"{number:08x}-9d0e-4a57-8b1e-2f6c0a9d7e31" for number in range(40)]
    for key in keys:
        home.save(key, *TALK)
    home.save(FIRST)
    rounds = 80
    process = multiprocessing.get_context("spawn").Process(
        target=_astrid_at_work, args=(str(home.path(FIRST)), rounds)
    )
    store = Astrid.open(home.folder)
    process.start()
    try:
        for key in keys:
            renamed(store, key, "to go")
            assert store.delete(key)
        deadline = time.monotonic() + 30
        while process.is_alive() and time.monotonic() < deadline:
            for found in store.scan():
                assert "refuses" not in (found.problem or "")
    finally:
        process.join(10)
    assert process.exitcode == 0
    assert list(store.keys()) == [FIRST]
    assert len(list(store.messages(FIRST))) == rounds
    assert os.listdir(home.folder) == [f"{FIRST}.json"]  # noqa: PTH208
