"""Forks of Codex sessions: what was said before stands in another rollout, up to a byte."""

from __future__ import annotations

from pathlib import Path

import pytest
import zstandard

from sessiontui.backends.codex import Codex
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.session import SessionRef
from tests.formats.codex_stores import (
    FIRST,
    SECOND,
    THIRD,
    answer,
    append,
    begun,
    event,
    json_line,
    meta,
    prompt,
    record,
    turn_context,
    write,
)

BEFORE = b"".join((meta(), begun(1), turn_context("gpt-x", 1), prompt("plant beans", 1),
                   answer("in May", 2), begun(3), prompt("and peas?", 3)))  # fmt: skip


def forked(key: str, parent: str, end: int, *lines: bytes, ordinals: int = 99) -> list[bytes]:
    """The lines of a fork of the beginning of another rollout."""
    base = {"thread_id": parent, "end_ordinal_exclusive": ordinals, "end_byte_offset": end}
    about = meta(key, 10, forked_from_id=parent, history_base=base, cwd="/home/dev/fork")
    aborted = event("turn_aborted", 10, turn_id="t1", reason="interrupted")
    return [about, aborted, *lines]


def said(store: Codex, key: str) -> list[str]:
    messages = list(store.messages(key))
    assert [m.index for m in messages] == list(range(len(messages)))
    assert store.text_since(key, None).items == list(texts_of(messages))
    for bounds in ((0, 2), (1, None), (-2, None), (3, 5)):
        assert list(store.messages(key, *bounds)) == messages[slice(*bounds)]
    return [b.text for m in messages for b in m.blocks if b.kind == "text"]


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    return write(tmp_path, [BEFORE, answer("in March", 4), prompt("said later", 5)])


def test_a_fork_begins_with_what_was_said_before_it(tmp_path: Path, parent: Path) -> None:
    write(tmp_path, forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11)), SECOND)
    store = Codex.open(tmp_path)
    assert said(store, SECOND) == [
        "plant beans", "in May", "and peas?", "The turn was interrupted", "and kale?",
    ]  # fmt: skip
    session = store.get(SECOND)
    assert session is not None
    assert session.parent == SessionRef(store.store_id, FIRST)
    assert session.message_count == 4
    assert session.extra["inherited_messages"] == 3
    assert session.title == "and kale?"
    assert str(session.workspace) == "/home/dev/fork"
    assert session.turn_open is False
    assert session.problem is None
    assert [m.model for m in store.messages(SECOND)][1] == "gpt-x"
    assert said(store, FIRST)[-1] == "said later"


def test_a_fork_without_a_prompt_of_its_own_has_the_title_of_its_parent(
    tmp_path: Path, parent: Path
) -> None:
    write(tmp_path, forked(SECOND, FIRST, len(BEFORE)), SECOND)
    write(tmp_path, forked(THIRD, SECOND, 0), THIRD)
    big = [event("thread_settings_applied", 12, x="y" * 1000) for _ in range(200)]
    store = Codex.open(tmp_path)
    assert {s.title for s in store.scan()} == {"plant beans"}
    write(tmp_path, forked(SECOND, FIRST, len(BEFORE), *big), SECOND)
    (looked,) = store.scan((SECOND,))
    assert (looked.title, looked.message_count) == ("plant beans", None)


def test_a_fork_of_a_fork_begins_at_the_very_beginning(tmp_path: Path, parent: Path) -> None:
    lines = forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11))
    path = write(tmp_path, [*lines, answer("in June", 12)], SECOND)
    end = len(b"".join(lines))
    write(tmp_path, forked(THIRD, SECOND, end, prompt("and figs?", 21)), THIRD)
    store = Codex.open(tmp_path)
    assert said(store, THIRD) == [
        "plant beans", "in May", "and peas?", "The turn was interrupted", "and kale?",
        "The turn was interrupted", "and figs?",
    ]  # fmt: skip
    assert path.exists()


def test_growth_of_the_parent_changes_nothing_in_a_fork(tmp_path: Path, parent: Path) -> None:
    fork = write(tmp_path, forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11)), SECOND)
    store = Codex.open(tmp_path)
    batch = store.text_since(SECOND, None)
    append(parent, answer("much later", 50))
    append(fork, answer("in June", 51))
    for reader in (store, Codex.open(tmp_path)):
        after = reader.text_since(SECOND, batch.cursor)
        assert not after.restart
        assert [(i.message_index, i.text) for i in after.items] == [(5, "in June")]
        assert after.session == reader.get(SECOND)


@pytest.mark.parametrize("how", ["gone", "shorter", "rewritten", "other records"])
def test_a_fork_whose_parent_is_not_what_it_was_shows_its_own_part_and_says_so(
    tmp_path: Path, parent: Path, how: str
) -> None:
    fork = forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11), ordinals=4)
    write(tmp_path, fork, SECOND)
    store = Codex.open(tmp_path)
    before = store.text_since(SECOND, None)
    match how:
        case "gone":
            parent.unlink()
        case "shorter":
            parent.write_bytes(BEFORE[:-40])
        case "rewritten":
            parent.write_bytes(BEFORE.replace(b"plant beans", b"sow leeks and beans") * 2)
        case _:
            late = {"timestamp": "2026-05-01T10:00:00.000Z", "ordinal": 4, "type": "event_msg"}
            line = json_line(late | {"payload": {"type": "warning", "message": "x"}})
            filler = b"x" * (len(BEFORE) - len(line) - 1) + b"\n"
            parent.write_bytes(filler + line)
    for reader in (store, Codex.open(tmp_path)):
        assert said(reader, SECOND) == ["The turn was interrupted", "and kale?"]
        first = next(reader.messages(SECOND))
        assert first.is_damaged
        session = reader.get(SECOND)
        assert session is not None
        assert "what was said before is missing" in str(session.problem)
        assert session.message_count == 1
        after = reader.text_since(SECOND, before.cursor)
        assert after.restart
        again = reader.text_since(SECOND, after.cursor)
        assert (again.restart, again.items) == (False, [])


def test_a_parent_that_comes_back_is_read_again(tmp_path: Path, parent: Path) -> None:
    write(tmp_path, forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11)), SECOND)
    hidden = parent.rename(tmp_path / "hidden")
    store = Codex.open(tmp_path)
    without = store.text_since(SECOND, None)
    hidden.rename(parent)
    again = store.text_since(SECOND, without.cursor)
    assert again.restart
    assert len(again.items) == 5
    assert said(store, SECOND)[0] == "plant beans"


def test_a_parent_in_the_archive_or_compressed_is_found(tmp_path: Path, parent: Path) -> None:
    write(tmp_path, forked(SECOND, FIRST, len(BEFORE), prompt("and kale?", 11)), SECOND)
    store = Codex.open(tmp_path)
    batch = store.text_since(SECOND, None)
    archive = tmp_path / "archived_sessions"
    archive.mkdir()
    moved = parent.rename(archive / parent.name)
    assert not store.text_since(SECOND, batch.cursor).restart
    data = zstandard.ZstdCompressor().compress(moved.read_bytes())
    moved.with_name(moved.name + ".zst").write_bytes(data)
    moved.unlink()
    assert not store.text_since(SECOND, batch.cursor).restart
    assert said(store, SECOND)[0] == "plant beans"


def test_a_history_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    lines = forked(SECOND, FIRST, 10, prompt("round", 11))
    path = write(tmp_path, lines, SECOND)
    end = path.stat().st_size
    write(tmp_path, forked(FIRST, SECOND, end, prompt("and round", 12)), FIRST)
    write(tmp_path, forked(SECOND, FIRST, 0, prompt("round", 11)), SECOND)
    write(tmp_path, forked(THIRD, THIRD, 0, prompt("myself", 11)), THIRD)
    store = Codex.open(tmp_path)
    for key in (FIRST, SECOND, THIRD):
        session = store.get(key)
        assert session is not None
        assert session.title


def test_an_older_fork_that_copied_its_history_is_read_as_it_stands(tmp_path: Path) -> None:
    copied = [meta(SECOND, 10, forked_from_id=FIRST), BEFORE, prompt("and kale?", 11)]
    write(tmp_path, copied, SECOND)
    store = Codex.open(tmp_path)
    session = store.get(SECOND)
    assert session is not None
    assert session.parent == SessionRef(store.store_id, FIRST)
    assert session.created_at is not None
    assert session.created_at.second == 10
    assert said(store, SECOND) == ["plant beans", "in May", "and peas?", "and kale?"]


def test_metadata_written_again_only_changes_the_branch(tmp_path: Path) -> None:
    again = meta(FIRST, 9, cwd="/elsewhere", git={"branch": "feature"})
    other = meta(SECOND, 9, git={"branch": "of another"})
    write(tmp_path, [meta(), again, other, record("session_meta", {"id": FIRST}, 9)])
    session = Codex.open(tmp_path).get(FIRST)
    assert session is not None
    assert (session.branch, str(session.workspace)) == ("feature", "/home/dev/garden")


def test_a_parent_is_a_thread_and_never_the_session_itself(tmp_path: Path, parent: Path) -> None:
    def based(key: str, rollout: str, **more: object) -> bytes:
        base = {"thread_id": rollout, "end_ordinal_exclusive": 99, "end_byte_offset": 0}
        return meta(key, 10, history_base=base, **more)

    # Taken back twice: its newest rollout goes on from an older one of its own.
    older, newer, other = (f"019e0000-0000-7000-8000-{number:012x}" for number in (1, 2, 3))
    write(tmp_path, [based(FIRST, FIRST), prompt("again", 11)], rollout=older)
    write(tmp_path, [based(FIRST, older), prompt("and again", 12)], rollout=newer)
    write(tmp_path, [based(SECOND, newer), prompt("elsewhere", 13)], SECOND)
    write(tmp_path, [based(THIRD, other), prompt("from nowhere", 14)], THIRD)
    store = Codex.open(tmp_path)

    def parents() -> dict[str, str | None]:
        found = {s.ref.key: s.parent and s.parent.key for s in store.scan()}
        assert found == {key: (s := store.get(key)) and s.parent and s.parent.key for key in found}
        return found

    assert parents() == {FIRST: None, SECOND: FIRST, THIRD: None}
    write(tmp_path, [meta(THIRD, forked_from_id="../x", parent_thread_id=SECOND.upper())], THIRD)
    assert parents()[THIRD] == SECOND
    write(tmp_path, [meta(THIRD, forked_from_id=7, parent_thread_id="nobody")], THIRD)
    assert parents()[THIRD] is None
