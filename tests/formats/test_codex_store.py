"""Codex's folder: which rollouts are sessions, and how each is read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import zstandard

from sessiontui.backends.codex import Codex
from sessiontui.domain.backend import SnapshotScope, Surroundings
from sessiontui.domain.errors import SessionMissing, StoreUnreadable, Unsupported
from sessiontui.domain.session import SessionPatch
from sessiontui.services.backend_registry import backend_class
from tests.formats.codex_stores import (
    FIRST,
    SECOND,
    THIRD,
    answer,
    begun,
    ended,
    meta,
    new_lines,
    path_of,
    prompt,
    state_database,
    tokens,
    write,
)


def titles(store: Codex) -> dict[str, str | None]:
    return {session.ref.key: session.title for session in store.scan()}


def compressed(path: Path) -> Path:
    """Compress a rollout as Codex does with old ones."""
    target = path.with_name(path.name + ".zst")
    target.write_bytes(zstandard.ZstdCompressor().compress(path.read_bytes()))
    path.unlink()
    return target


# -- where it is -------------------------------------------------------------------------------


def test_it_is_found_in_the_home_or_where_its_variable_says(tmp_path: Path) -> None:
    write(tmp_path / ".codex", new_lines())
    write(tmp_path / "elsewhere", new_lines())
    home = Surroundings(home=tmp_path)
    assert [place.path for place in Codex.discover(home)] == [tmp_path / ".codex"]
    named = Surroundings(home=tmp_path, variables={"CODEX_HOME": str(tmp_path / "elsewhere")})
    assert [place.path for place in Codex.discover(named)] == [tmp_path / "elsewhere"]
    assert list(Codex.discover(Surroundings(home=tmp_path / "nobody"))) == []


def test_it_is_known_by_content(tmp_path: Path) -> None:
    assert Codex.find_in(tmp_path) == ()
    write(tmp_path / ".codex", [b'{"role":"user","content":"of another program"}\n'])
    assert Codex.find_in(tmp_path) == ()
    write(tmp_path / ".codex", new_lines(), SECOND)
    assert Codex.find_in(tmp_path) == (tmp_path / ".codex",)
    assert Codex.find_in(tmp_path / ".codex") == (tmp_path / ".codex",)
    state_database(tmp_path / "new" / "state_5.sqlite")
    assert Codex.find_in(tmp_path / "new") == (tmp_path / "new",)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "state_5.sqlite").write_text("no database")
    assert Codex.find_in(tmp_path / "other") == ()


def test_it_is_registered() -> None:
    assert backend_class("codex") is Codex


# -- which files are sessions ------------------------------------------------------------------


def test_archived_sessions_are_there_and_cannot_be_resumed(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    write(tmp_path, [meta(SECOND), prompt("prune roses")], SECOND, archived=True)
    store = Codex.open(tmp_path)
    assert titles(store) == {FIRST: "plant beans", SECOND: "prune roses"}
    archived = store.get(SECOND)
    assert archived is not None
    assert archived.extra["archived"] is True
    assert store.resume_command(SECOND) is None
    command = store.resume_command(FIRST)
    assert command is not None
    assert command.arguments == ("codex", "resume", FIRST)
    assert command.folder == Path("/home/dev/garden")
    assert [m.human for m in store.messages(SECOND)] == [True]


def test_moving_into_the_archive_changes_the_fingerprint(tmp_path: Path) -> None:
    path = write(tmp_path, new_lines())
    store = Codex.open(tmp_path)
    before, stamp = dict(store.fingerprints()), store.stamp()
    target = path_of(tmp_path, archived=True)
    target.parent.mkdir()
    path.rename(target)
    assert dict(store.fingerprints()) != before
    assert store.stamp() != stamp
    session = store.get(FIRST)
    assert session is not None
    assert session.extra["archived"] is True


def test_compressed_rollouts_are_read_and_the_plain_one_wins(tmp_path: Path) -> None:
    beds = (prompt(f"bed {n}", 9) for n in range(400))
    end = (answer("all dug", 10), tokens(9, 10), ended(11))
    path = write(tmp_path, [*new_lines(), begun(8, "t3"), *beds, *end])
    plain = Codex.open(tmp_path).get(FIRST)
    target = compressed(path)
    store = Codex.open(tmp_path)
    (first,) = store.scan()
    assert (first.title, first.message_count) == ("plant beans", None)
    assert (first.turn_open, first.tokens) == (None, None)
    session = store.get(FIRST)
    assert plain is not None
    assert session is not None
    assert session.message_count == plain.message_count == 405
    assert (session.turn_open, session.tokens) == (False, 9)
    assert session.last_activity == plain.last_activity
    assert session.extra["compressed"] is True
    assert [m.index for m in store.messages(FIRST, -2)] == [403, 404]
    batch = store.text_since(FIRST, None)
    assert len(batch.items) == 405
    assert not store.text_since(FIRST, batch.cursor).items
    write(tmp_path, [meta(), prompt("newer")])
    assert titles(store) == {FIRST: "newer"}
    assert target.exists()


@pytest.mark.parametrize("spoil", [lambda data: data[:-9], lambda data: data[:40] + b"\xff" * 40])
def test_a_spoiled_compressed_rollout_says_so(tmp_path: Path, spoil: object) -> None:
    target = compressed(write(tmp_path, [meta(), *(prompt(f"bed {n}") for n in range(99))]))
    assert callable(spoil)
    target.write_bytes(spoil(target.read_bytes()))
    session = Codex.open(tmp_path).get(FIRST)
    assert session is not None
    assert session.problem is not None
    assert "compressed" in session.problem


def test_several_frames_are_one_rollout(tmp_path: Path) -> None:
    path = write(tmp_path, new_lines())
    data = path.read_bytes()
    frames = [zstandard.ZstdCompressor().compress(part) for part in (data[:700], data[700:])]
    path.with_name(path.name + ".zst").write_bytes(b"".join(frames))
    path.unlink()
    assert len(list(Codex.open(tmp_path).messages(FIRST))) == 4


def test_a_thread_taken_back_goes_on_in_its_newest_rollout(tmp_path: Path) -> None:
    older = write(tmp_path, [meta(), prompt("plant beans", 1), answer("in May", 2)])
    end = len(meta() + prompt("plant beans", 1))
    base = {"thread_id": FIRST, "end_ordinal_exclusive": 9, "end_byte_offset": end}
    lines = [meta(FIRST, 5, history_base=base), answer("in June", 6)]
    newer = write(tmp_path, lines, rollout=SECOND)
    newer.rename(newer.with_name(newer.name.replace("T10-00-00", "T11-00-00")))
    store = Codex.open(tmp_path)
    (session,) = store.scan()
    assert (session.ref.key, session.parent, session.message_count) == (FIRST, None, 2)
    assert session.extra["rollout"] == SECOND
    said = [b.text for m in store.messages(FIRST) for b in m.blocks if b.kind == "text"]
    assert said == ["plant beans", "in June"]
    assert older.exists()


def test_other_files_are_no_sessions(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    folder = path_of(tmp_path).parent
    (folder / "notes.jsonl").write_text("{}")
    (folder / "rollout-nameless.jsonl").write_text("{}")
    (tmp_path / "history.jsonl").write_text("{}")
    store = Codex.open(tmp_path)
    assert set(store.keys()) == {FIRST}
    assert store.info().problem == "1 file with a strange name"


def test_what_is_named_like_a_rollout_and_is_no_file_is_listed_with_the_reason(
    tmp_path: Path,
) -> None:
    path_of(tmp_path).mkdir(parents=True)
    os.mkfifo(path_of(tmp_path, SECOND))
    path_of(tmp_path, THIRD).symlink_to("nowhere")
    store = Codex.open(tmp_path)
    problems = {session.ref.key: session.problem for session in store.scan()}
    assert [problems[key] for key in (FIRST, SECOND, THIRD)] == [
        "it is a folder, not a file of records",
        "it is a pipe, not a file of records",
        "it is a link that leads nowhere, not a file of records",
    ]
    assert list(store.messages(SECOND)) == []
    assert store.text_since(SECOND, None).items == []


def test_a_link_to_a_rollout_is_read_and_marked(tmp_path: Path) -> None:
    target = write(tmp_path / "elsewhere", new_lines())
    path = path_of(tmp_path / "root")
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    (session,) = Codex.open(tmp_path / "root").scan()
    assert (session.title, session.extra["link"]) == ("plant beans", True)


def test_a_rollout_that_may_not_be_read_is_listed_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, new_lines())
    opened = os.open

    def forbidden(name: Path, *args: int) -> int:
        if name == path:
            raise PermissionError(13, "no")
        return opened(name, *args)

    monkeypatch.setattr(os, "open", forbidden)
    store = Codex.open(tmp_path)
    (session,) = store.scan()
    assert "permission" in str(session.problem)
    assert store.get(FIRST) == session
    with pytest.raises(StoreUnreadable):
        store.text_since(FIRST, None)


def test_a_listing_that_is_not_complete_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, new_lines())
    scandir = os.scandir

    def forbidden(folder: Path) -> object:
        if folder == path.parent:
            raise PermissionError(13, "no")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", forbidden)
    store = Codex.open(tmp_path)
    with pytest.raises(StoreUnreadable):
        list(store.fingerprints())
    with pytest.raises(StoreUnreadable):
        list(store.scan())
    assert not store.info().available


def test_a_session_that_vanishes_is_gone_and_nothing_fails(tmp_path: Path) -> None:
    path = write(tmp_path, new_lines())
    store = Codex.open(tmp_path)
    assert store.get(FIRST) is not None
    path.unlink()
    assert store.get(FIRST) is None
    assert not store.exists(FIRST)
    assert list(store.messages(FIRST)) == []
    batch = store.text_since(FIRST, None)
    assert (batch.items, batch.session) == ([], None)
    assert dict(store.fingerprints()) == {}


def test_changes_are_refused_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, new_lines())
    store = Codex.open(tmp_path)
    with pytest.raises(Unsupported, match="not built yet"):
        store.delete(FIRST)
    with pytest.raises(Unsupported, match="not built yet"):
        store.patch(FIRST, SessionPatch(title="x"))
    with pytest.raises(SessionMissing):
        store.patch(SECOND, SessionPatch(title="x"))
    with pytest.raises(Unsupported):
        store.snapshot(FIRST, SnapshotScope.METADATA)
