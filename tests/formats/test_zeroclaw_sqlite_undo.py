"""Undo in zeroclaw's chat database: the same rows again, and nothing that came since is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.backend import ClearOnly, ClearScope, SnapshotScope
from sessiontui.domain.errors import SessionMissing, UndoRefused
from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionPatch, SessionState
from tests.building import text_message
from tests.formats.zeroclaw_stores import CHAT_VERSIONS, Owner, add_chat, at, chat_database, run

EVERYTHING, METADATA = SnapshotScope.EVERYTHING, SnapshotScope.METADATA


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one rich session and another one."""
    database = chat_database(tmp_path / "sessions" / "sessions.db")
    add_chat(
        database, "gw_oslo", "plan [IMAGE:/tmp/a.png]", "museum", name="trip", channel_id="irc"
    )
    owner = Owner(database)
    owner.append("gw_oslo", "tool", '{"content":"fjord","tool_call_id":"c"}', at(2))
    owner.insert("gw_oslo", "assistant", b"\x00\xff", at(3))
    run(
        database,
        "INSERT INTO sessions (session_key, role, content, created_at) "
        "VALUES ('gw_oslo', 'user', CAST(x'6869ff00' AS TEXT), 'never')",
    )
    add_chat(database, "gw_other", "why is the kettle slow", minute=9)
    return database


@pytest.fixture
def store(path: Path) -> Iterator[ZeroclawSqlite]:
    """The open store of `path`."""
    backend = ZeroclawSqlite.open(path)
    yield backend
    backend.close()


@pytest.fixture
def owner(path: Path) -> Owner:
    """zeroclaw on the same database."""
    return Owner(path)


CHANGES: dict[str, Callable[[ZeroclawSqlite], object]] = {
    "delete": lambda store: store.delete("gw_oslo"),
    "clear": lambda store: store.clear("gw_oslo"),
    "clear before": lambda store: store.clear("gw_oslo", ClearScope(before=2)),
    "clear tools": lambda store: store.clear("gw_oslo", ClearScope(only=ClearOnly.TOOL_OUTPUT)),
    "clear media": lambda store: store.clear("gw_oslo", ClearScope(only=ClearOnly.MEDIA)),
    "nothing": lambda store: store.clear("gw_oslo", ClearScope(before=0)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_row_comes_back_with_its_id_time_and_bytes(
    change: Callable[[ZeroclawSqlite], object], store: ZeroclawSqlite, owner: Owner
) -> None:
    before, fingerprints = owner.rows(), dict(store.fingerprints())
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    assert snapshot.fingerprint == fingerprints["gw_oslo"]
    change(store)
    store.restore(snapshot)
    assert owner.rows() == before
    assert dict(store.fingerprints()) == fingerprints
    store.restore(snapshot)
    assert owner.rows() == before
    assert owner.search("fjord") == ["gw_oslo"]
    assert owner.index_is_sound()


@pytest.mark.parametrize("version", CHAT_VERSIONS)
def test_rows_of_every_layout_come_back(version: str, tmp_path: Path) -> None:
    database = chat_database(tmp_path / "sessions.db", version)
    add_chat(database, "k", "wisteria", "yes")
    owner, store = Owner(database), ZeroclawSqlite.open(database)
    before = owner.rows()
    snapshot = store.snapshot("k", EVERYTHING)
    store.delete("k")
    store.restore(snapshot)
    assert owner.rows() == before
    assert owner.search("wisteria") == ["k"]
    store.close()


def test_a_snapshot_of_the_same_session_is_the_same(store: ZeroclawSqlite) -> None:
    for scope in SnapshotScope:
        first, second = (store.snapshot("gw_oslo", scope) for _ in range(2))
        assert first.payload == second.payload
    with pytest.raises(SessionMissing):
        store.snapshot("nobody", EVERYTHING)
    with pytest.raises(SessionMissing):
        store.snapshot("\ud800", METADATA)


def test_messages_written_after_a_clear_stay_behind_the_old_ones(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    store.clear("gw_oslo")
    owner.append("gw_oslo", "user", "a new beginning", "2099-01-01T00:00:00+00:00")
    run(path, "UPDATE session_metadata SET name = 'renamed since' WHERE session_key = 'gw_oslo'")
    for _ in range(2):
        store.restore(snapshot)
        texts = [b.text for m in store.messages("gw_oslo") for b in m.blocks if b.kind == "text"]
        assert texts == ["plan", "museum", "a new beginning"]
        session = store.get("gw_oslo")
        assert session is not None
        assert session.title == "renamed since"
        assert session.last_activity is not None
        assert session.last_activity.year == 2099
        assert ("gw_oslo", 6) in owner.listed()
    assert owner.index_is_sound()


def test_a_deleted_session_that_lives_again_gets_its_past_back(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    store.delete("gw_oslo")
    owner.append("gw_oslo", "user", "hello again", "2099-01-01T00:00:00+00:00")
    sql = "UPDATE session_metadata SET agent_alias = 'maker' WHERE session_key = 'gw_oslo'"
    run(path, sql)
    for _ in range(2):
        store.restore(snapshot)
        session = store.get("gw_oslo")
        assert session is not None
        assert (session.title, session.channel, session.agent) == ("trip", "irc", "maker")
        assert session.created_at is not None
        assert session.created_at.year == 2026
        assert session.last_activity is not None
        assert session.last_activity.year == 2099
        assert ("gw_oslo", 6) in owner.listed()


def test_an_answer_that_went_on_in_place_is_not_overwritten(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_other", EVERYTHING)
    store.clear("gw_other", ClearScope(before=0))
    owner.update_last("gw_other", "why is the kettle so slow", "2099-01-01T00:00:00+00:00")
    before = owner.rows()
    store.restore(snapshot)
    assert owner.rows() == before


def test_undoing_two_cuts_in_the_wrong_order_still_gives_the_text_back(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    both = '{"content":"fjord [IMAGE:/tmp/f.png]","tool_call_id":"c"}'
    run(path, "UPDATE sessions SET content = ? WHERE content LIKE '%fjord%'", both)
    before = owner.rows()
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    store.clear("gw_oslo", ClearScope(only=ClearOnly.MEDIA))
    store.clear("gw_oslo", ClearScope(only=ClearOnly.TOOL_OUTPUT))
    store.restore(snapshot)
    assert owner.rows() == before


def test_an_id_that_another_session_took_refuses_the_undo_and_changes_nothing(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    store.delete("gw_oslo")
    run(
        path,
        "INSERT INTO sessions (id, session_key, role, content, created_at) "
        "VALUES (2, 'gw_other', 'user', 'mine', 't')",
    )
    before = owner.rows()
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    assert owner.rows() == before
    with pytest.raises(UndoRefused):
        store.restore(snapshot.replace(payload=b"{}"))


def test_a_rename_is_undone_and_leaves_what_was_written_since(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_oslo", METADATA)
    assert b"fjord" not in snapshot.payload
    store.patch("gw_oslo", SessionPatch(title="another"))
    owner.append("gw_oslo", "user", "more", "2099-01-01T00:00:00+00:00")
    owner.set_state("gw_oslo", "running", "t9", "2099-01-01T00:00:00+00:00")
    store.restore(snapshot)
    session = store.get("gw_oslo")
    assert session is not None
    assert session.title == "trip"
    assert session.last_activity is not None
    assert session.last_activity.year == 2099
    assert (session.state, session.turn_id) == (SessionState.RUNNING, "t9")


def test_a_cure_is_undone_unless_a_turn_has_been_since(store: ZeroclawSqlite, owner: Owner) -> None:
    owner.set_state("gw_oslo", "running", "t1", at(1))
    before = owner.rows()
    snapshot = store.snapshot("gw_oslo", METADATA)
    store.patch("gw_oslo", SessionPatch(state=SessionState.IDLE))
    store.restore(snapshot)
    assert owner.rows() == before
    store.patch("gw_oslo", SessionPatch(state=SessionState.IDLE))
    owner.append("gw_oslo", "assistant", "the turn ended", at(30))
    store.restore(snapshot)
    session = store.get("gw_oslo")
    assert session is not None
    assert session.state is SessionState.IDLE


def test_a_rename_of_a_session_that_is_gone_is_not_undone(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    snapshot = store.snapshot("gw_oslo", METADATA)
    store.delete("gw_oslo")
    before = owner.rows()
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    assert owner.rows() == before


def test_messages_without_metadata_come_back_without_it(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    owner.insert("lost", "user", "nobody lists me")
    before = owner.rows()
    snapshot = store.snapshot("lost", EVERYTHING)
    store.delete("lost")
    store.restore(snapshot)
    assert owner.rows() == before


def test_columns_and_tables_of_later_versions_come_back_too(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    run(path, "ALTER TABLE sessions ADD COLUMN mood TEXT DEFAULT 'calm'")
    run(
        path,
        "CREATE TABLE attachments (name TEXT, message_id INTEGER "
        "REFERENCES sessions(id) ON DELETE CASCADE)",
    )
    run(path, "INSERT INTO attachments VALUES ('a.pdf', 1), ('other.pdf', 6)")
    before = run(path, "SELECT *, mood FROM sessions, attachments")
    snapshot = store.snapshot("gw_oslo", EVERYTHING)
    store.delete("gw_oslo")
    assert run(path, "SELECT name FROM attachments") == [("other.pdf",)]
    run(path, "ALTER TABLE session_metadata ADD COLUMN surface TEXT DEFAULT 'pane'")
    for _ in range(2):
        store.restore(snapshot)
        assert sorted(run(path, "SELECT *, mood FROM sessions, attachments")) == sorted(before)
    session = store.get("gw_oslo")
    assert session is not None
    assert session.extra["surface"] == "pane"


def test_an_append_through_us_is_written_since_too(store: ZeroclawSqlite) -> None:
    snapshot = store.snapshot("gw_other", EVERYTHING)
    store.clear("gw_other")
    store.append("gw_other", text_message(Role.USER, "more"))
    store.restore(snapshot)
    texts = [b.text for m in store.messages("gw_other") for b in m.blocks if b.kind == "text"]
    assert texts == ["why is the kettle slow", "more"]
