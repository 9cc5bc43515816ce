"""Changing zeroclaw's chat database as zeroclaw would."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite, full_text
from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.errors import (
    BadKey,
    ChangedUnderneath,
    SessionMissing,
    StoreBusy,
    Unsupported,
)
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState, TitleSource
from sessiontui.storage import sqlite_store
from tests.building import text_message
from tests.formats.zeroclaw_stores import CHAT_VERSIONS, Owner, add_chat, at, chat_database, run

MORE = text_message(Role.USER, "and when it rains?")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the newest layout with two sessions."""
    database = chat_database(tmp_path / "sessions" / "sessions.db")
    add_chat(
        database, "gw_oslo", "plan two days in Oslo", "museum", name="trip", agent_alias="scout"
    )
    add_chat(database, "gw_other", "why is the kettle slow", "limescale", minute=9)
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


def texts(store: ZeroclawSqlite, key: str) -> list[str]:
    return [b.text for m in store.messages(key) for b in m.blocks if b.kind == "text"]


def column(path: Path, name: str, key: str = "gw_oslo") -> object:
    sql = f"SELECT {name} FROM session_metadata WHERE session_key = ?"
    return run(path, sql, key)[0][0]


def test_behaviour_5_and_9_append_and_remove_last_keep_the_count(
    store: ZeroclawSqlite, path: Path
) -> None:
    store.append("gw_oslo", MORE)
    assert texts(store, "gw_oslo")[-1] == "and when it rains?"
    assert column(path, "message_count") == 3
    moved = column(path, "last_activity")
    assert moved != at(1)
    for left in (2, 1, 0):
        assert store.remove_last("gw_oslo")
        assert column(path, "message_count") == left
    assert column(path, "last_activity") == moved
    assert not store.remove_last("gw_oslo")
    assert not store.remove_last("nobody")
    assert column(path, "message_count") == 0
    assert store.exists("gw_oslo")


def test_an_append_makes_the_session_as_zeroclaw_does(store: ZeroclawSqlite, owner: Owner) -> None:
    store.append("new", MORE)
    assert ("new", 1) in owner.listed()
    owner.insert("lost", "user", "without metadata")
    store.append("lost", MORE)
    assert ("lost", 2) in owner.listed()


def test_behaviour_6_update_last_replaces_the_last_message_in_place(
    store: ZeroclawSqlite, path: Path
) -> None:
    before = run(path, "SELECT id, created_at FROM sessions WHERE content = 'museum'")
    assert store.update_last("gw_oslo", text_message(Role.ASSISTANT, "harbour"))
    assert texts(store, "gw_oslo") == ["plan two days in Oslo", "harbour"]
    assert run(path, "SELECT id, created_at FROM sessions WHERE content = 'harbour'") == before
    assert column(path, "message_count") == 2
    assert not store.update_last("nobody", MORE)


def test_behaviour_10_zeroclaws_search_follows_every_change(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    store.append("gw_oslo", text_message(Role.USER, "wisteria"))
    assert owner.search("wisteria") == ["gw_oslo"]
    store.update_last("gw_oslo", text_message(Role.USER, "viridian"))
    assert (owner.search("wisteria"), owner.search("viridian")) == ([], ["gw_oslo"])
    store.remove_last("gw_oslo")
    assert owner.search("viridian") == []
    assert owner.index_is_sound()


def test_behaviour_11_those_idle_for_long_go_and_newer_ones_stay(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    limit = datetime(2026, 8, 1, 10, 5, tzinfo=UTC)
    stale = [s for s in store.sessions() if s.last_activity and s.last_activity < limit]
    assert [store.delete(s.ref.key, s.fingerprint) for s in stale] == [True]
    assert owner.listed() == [("gw_other", 2)]


def test_behaviour_12_a_clear_keeps_the_session_and_its_name(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    assert store.clear("gw_oslo") == 2
    assert (column(path, "message_count"), column(path, "name")) == (0, "trip")
    assert column(path, "agent_alias") == "scout"
    assert str(column(path, "last_activity")) > at(59)
    assert texts(store, "gw_other") == ["why is the kettle slow", "limescale"]
    before = owner.rows()
    assert store.clear("gw_oslo") == 0
    assert store.clear("nobody") == 0
    assert owner.rows() == before
    store.append("gw_oslo", MORE)
    assert texts(store, "gw_oslo") == ["and when it rains?"]


def test_a_clear_can_stop_before_a_message(store: ZeroclawSqlite, path: Path) -> None:
    store.append("gw_oslo", MORE)
    assert store.clear("gw_oslo", ClearScope(before=2)) == 2
    assert texts(store, "gw_oslo") == ["and when it rains?"]
    assert column(path, "message_count") == 1
    assert store.clear("gw_oslo", ClearScope(before=0)) == 0


def test_a_clear_can_take_tool_output_or_media_only(store: ZeroclawSqlite, owner: Owner) -> None:
    for role, content in (
        ("user", "look [IMAGE:/tmp/cat.png]"),
        ("assistant", '{"content":null,"tool_calls":[{"id":"c","name":"see","arguments":"{}"}]}'),
        ("tool", '{"content":"wisteria 640x480","tool_call_id":"c"}'),
        ("tool", '{"content":"wisteria again","tool_call_id":"d"}'),
    ):
        owner.append("gw_tools", role, content)
    seen = store.get("gw_tools")
    assert seen is not None
    tools = ClearScope(only=ClearOnly.TOOL_OUTPUT, before=3)
    assert store.clear("gw_tools", tools, seen.fingerprint) == 1
    assert owner.search("640x480") == []
    assert owner.search("again") == ["gw_tools"]
    assert store.clear("gw_tools", ClearScope(only=ClearOnly.TOOL_OUTPUT)) == 1
    assert store.clear("gw_tools", ClearScope(only=ClearOnly.TOOL_OUTPUT)) == 0
    results = [b for m in store.messages("gw_tools") for b in m.blocks if b.kind == "tool_result"]
    assert [(r.call_id, r.text) for r in results] == [("c", ""), ("d", "")]
    assert store.clear("gw_tools", ClearScope(only=ClearOnly.MEDIA)) == 1
    assert not [b for m in store.messages("gw_tools") for b in m.blocks if b.kind == "media"]
    after = store.get("gw_tools")
    assert after is not None
    assert after.fingerprint != seen.fingerprint
    assert owner.index_is_sound()


def test_behaviour_13_a_delete_takes_messages_metadata_and_hits(
    store: ZeroclawSqlite, path: Path, owner: Owner
) -> None:
    kept = [row for row in owner.rows() if "gw_other" in str(row)]
    assert store.delete("gw_oslo")
    assert not store.delete("gw_oslo")
    assert not store.delete("nobody")
    assert not store.delete("\ud800")
    assert owner.search("museum") == []
    assert owner.rows() == kept
    assert run(path, "SELECT count(*) FROM sessions WHERE session_key = 'gw_oslo'") == [(0,)]


def test_trap_8_messages_without_metadata_are_deleted_too(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    owner.insert("lost", "user", "nobody lists me")
    assert store.delete("lost")
    assert owner.search("nobody") == []
    assert not store.exists("lost")


def test_behaviour_25_a_finishing_turn_does_not_bring_a_deleted_session_back(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    owner.set_state("gw_oslo", "running", "t1", at(1))
    assert store.delete("gw_oslo")
    assert not owner.exists("gw_oslo")
    owner.set_state("gw_oslo", "idle", None, None)
    assert not store.exists("gw_oslo")


def test_behaviour_15_a_name_is_set_overwritten_and_removed(
    store: ZeroclawSqlite, path: Path
) -> None:
    for title, stored in (("Oslo", "Oslo"), ("  Bergen\n", "Bergen"), ("", None), ("x", "x")):
        store.patch("gw_oslo", SessionPatch(title=title))
        assert column(path, "name") == stored
    store.close()
    again = ZeroclawSqlite.open(path).get("gw_oslo")
    assert again is not None
    assert (again.title, again.title_source) == ("x", TitleSource.STORE)
    store.patch("gw_oslo", SessionPatch(title=None))
    assert column(path, "name") is None
    with pytest.raises(SessionMissing):
        store.patch("nobody", SessionPatch(title="x"))


def test_behaviour_16_states_set_and_clear_the_turn(store: ZeroclawSqlite, path: Path) -> None:
    store.patch("gw_oslo", SessionPatch(state=SessionState.RUNNING, turn_id="t1"))
    assert (column(path, "state"), column(path, "turn_id")) == ("running", "t1")
    assert str(column(path, "turn_started_at")).endswith("+00:00")
    store.patch("gw_oslo", SessionPatch(state=SessionState.ERROR))
    assert (column(path, "state"), column(path, "turn_id")) == ("error", "t1")
    assert column(path, "turn_started_at") is None
    store.patch("gw_oslo", SessionPatch(state=SessionState.IDLE))
    assert (column(path, "state"), column(path, "turn_id")) == ("idle", None)
    with pytest.raises(Unsupported):
        store.patch("gw_oslo", SessionPatch(state=SessionState.UNKNOWN))


def test_a_cure_leaves_all_other_columns_as_they_are(store: ZeroclawSqlite, owner: Owner) -> None:
    owner.set_state("gw_oslo", "running", "t1", at(1))
    before = store.get("gw_oslo")
    store.patch("gw_oslo", SessionPatch(state=SessionState.IDLE))
    after = store.get("gw_oslo")
    assert before is not None
    assert after is not None
    ended = {"state": SessionState.IDLE, "turn_id": None, "turn_started_at": None}
    assert after == before.replace(**ended, fingerprint=after.fingerprint)


def test_behaviour_19_a_blank_context_never_blanks_a_stored_one(
    store: ZeroclawSqlite, path: Path
) -> None:
    store.patch("gw_oslo", SessionPatch(channel=" irc.home ", room="kitchen", sender="owl"))
    store.patch("gw_oslo", SessionPatch(channel="  ", room=None))
    assert (column(path, "channel_id"), column(path, "room_id")) == ("irc.home", None)
    assert column(path, "sender_id") == "owl"


def test_behaviour_20_another_agent_is_given_to_one_session_only(
    store: ZeroclawSqlite, path: Path
) -> None:
    store.patch("gw_oslo", SessionPatch(agent="maker"))
    assert (column(path, "agent_alias"), column(path, "agent_alias", "gw_other")) == ("maker", None)


def test_fields_that_chat_sessions_do_not_have_are_refused(
    store: ZeroclawSqlite, owner: Owner
) -> None:
    before = owner.rows()
    for changes in (SessionPatch(repo="x"), SessionPatch(title="a", model="m")):
        with pytest.raises(Unsupported):
            store.patch("gw_oslo", changes)
    owner.insert("lost", "user", "x")
    with pytest.raises(Unsupported):
        store.patch("lost", SessionPatch(title="a"))
    assert owner.rows()[:4] == before[:4]


def test_a_column_that_an_old_version_lacks_is_refused_with_the_reason(tmp_path: Path) -> None:
    database = chat_database(tmp_path / "sessions.db", "v0.5.0")
    add_chat(database, "k", "hi")
    store = ZeroclawSqlite.open(database)
    for changes in (SessionPatch(title="x"), SessionPatch(state=SessionState.IDLE)):
        with pytest.raises(Unsupported, match="version of zeroclaw"):
            store.patch("k", changes)
    store.append("k", MORE)
    store.put(Session(ref=SessionRef("", "p"), format="", title="dropped"), [MORE])
    assert {key for key, _ in Owner(database).listed()} == {"k", "p"}


def test_what_was_put_is_there_with_its_times_and_fields(store: ZeroclawSqlite) -> None:
    begun = datetime(2026, 3, 1, 8, tzinfo=UTC)
    session = Session(
        ref=SessionRef("", "gw_put"),
        format="",
        title="a name",
        title_source=TitleSource.STORE,
        created_at=begun,
        last_activity=begun.replace(hour=9, microsecond=500),
        state=SessionState.RUNNING,
        turn_id="t",
        turn_started_at=begun,
        agent="scout",
        channel="irc.home",
    )
    for _ in range(2):
        store.put(session, [text_message(Role.USER, "hi", begun)])
    found = store.get("gw_put")
    assert found is not None
    assert found.message_count == 1
    for field in ("title", "created_at", "last_activity", "state", "turn_started_at", "channel"):
        assert getattr(found, field) == getattr(session, field)
    with pytest.raises(BadKey):
        store.put(session.replace(ref=SessionRef("", "\ud800")), [])


CHANGES: dict[str, Callable[[ZeroclawSqlite, str], object]] = {
    "clear": lambda store, seen: store.clear("gw_oslo", expect=seen),
    "delete": lambda store, seen: store.delete("gw_oslo", seen),
    "patch": lambda store, seen: store.patch("gw_oslo", SessionPatch(title="x"), seen),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_session_that_changed_since_it_was_seen_is_left_alone(
    change: Callable[[ZeroclawSqlite, str], object], store: ZeroclawSqlite, owner: Owner
) -> None:
    seen = dict(store.fingerprints())["gw_oslo"]
    owner.append("gw_oslo", "user", "one more")
    before = owner.rows()
    with pytest.raises(ChangedUnderneath):
        change(store, seen)
    assert owner.rows() == before


def test_trap_13_a_locked_database_is_reported_and_unchanged(
    store: ZeroclawSqlite, path: Path, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    before = owner.rows()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            store.delete("gw_oslo")
        assert len(list(store.scan())) == 2
    assert owner.rows() == before


@pytest.mark.parametrize("version", CHAT_VERSIONS)
def test_trap_6_zeroclaws_search_works_after_changes_of_a_desynced_database(
    version: str, tmp_path: Path
) -> None:
    database = chat_database(tmp_path / "sessions.db", version)
    owner = Owner(database)
    add_chat(database, "k", "the wisteria blooms", "yes")
    add_chat(database, "other", "the wisteria grows", "no")
    # As a version without the update trigger left it; a later one may have added the trigger.
    trigger = run(database, "SELECT sql FROM sqlite_master WHERE name = 'sessions_au'")
    run(database, "DROP TRIGGER IF EXISTS sessions_au")
    run(database, "UPDATE sessions SET content = 'the viridian blooms' WHERE id = 1")
    for (sql,) in trigger:
        run(database, sql)
    assert not owner.index_is_sound()
    store = ZeroclawSqlite.open(database)
    assert store.delete("k")
    assert owner.search("wisteria") == ["other"]
    assert owner.search("viridian") == []
    assert store.update_last("other", text_message(Role.ASSISTANT, "quince"))
    assert (owner.search("quince"), owner.search("no")) == (["other"], [])
    assert store.clear("other") == 2
    assert owner.search("wisteria") == []
    assert owner.index_is_sound()
    store.close()


def test_a_large_index_is_compared_only_where_it_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "_WHOLE_CHECK_PAGES", 0)
    database = chat_database(tmp_path / "sessions.db")
    owner = Owner(database)
    add_chat(database, "k", "the wisteria", "yes")
    store = ZeroclawSqlite.open(database)
    store.append("k", MORE)
    assert owner.index_is_sound()
    run(database, "DROP TRIGGER sessions_au")
    run(database, "UPDATE sessions SET content = 'the viridian blooms' WHERE id = 1")
    run(database, "CREATE TRIGGER sessions_au AFTER UPDATE ON sessions BEGIN SELECT 1; END")
    assert store.delete("k")
    assert owner.search("wisteria") == []
    assert owner.index_is_sound()
    store.close()
