"""Reading zeroclaw's chat database: every layout, every oddity, and its own search."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.backends import zeroclaw_sqlite
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.errors import StoreMissing, StoreUnreadable
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import TextBlock
from sessiontui.domain.query import Query, Term
from sessiontui.domain.session import SessionState, TitleSource
from sessiontui.domain.store import CHANGES, Capability
from sessiontui.domain.verdict import TurnFacts, VerdictStatus, judge
from tests.formats.zeroclaw_stores import (
    CHAT_VERSIONS,
    Owner,
    add_chat,
    at,
    chat_database,
    metadata_columns,
    run,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the newest layout with three sessions."""
    database = chat_database(tmp_path / "sessions" / "sessions.db")
    add_chat(database, "gw_oslo", "plan two days in Oslo", "museum", name="trip", minute=0)
    add_chat(database, "gw_long", "run the long job", minute=5, state="running", turn_id="t1")
    add_chat(database, "discord_ops_998_kim", minute=9, channel_id="discord.ops", room_id="998")
    return database


@pytest.fixture
def store(path: Path) -> Iterator[ZeroclawSqlite]:
    """The open store of `path`."""
    backend = ZeroclawSqlite.open(path)
    yield backend
    backend.close()


@pytest.mark.parametrize("version", CHAT_VERSIONS)
def test_every_layout_is_read_with_its_versions_defaults(version: str, tmp_path: Path) -> None:
    database = chat_database(tmp_path / "sessions.db", version)
    columns = [column.split()[0] for column in metadata_columns(version)]
    given: dict[str, str] = {"name": "n", "state": "error", "agent_alias": "scout"}
    fitting = {column: value for column, value in given.items() if column in columns}
    add_chat(database, "k", "hi", "ho", minute=0, **fitting)
    store = ZeroclawSqlite.open(database)
    session = store.get("k")
    assert session is not None
    assert session.message_count == 2
    assert session.title == ("n" if "name" in columns else "hi")
    assert session.state.value == ("error" if "state" in columns else "idle")
    assert session.agent == ("scout" if "agent_alias" in columns else None)
    info = store.info()
    assert info.available
    assert info.format_version
    for capability, column in {
        Capability.RENAME: "name",
        Capability.SET_STATE: "state",
        Capability.SET_AGENT: "agent_alias",
        Capability.SET_CONTEXT: "channel_id",
    }.items():
        assert (capability in info.capabilities) == (column in columns)
    assert (Capability.RENAME in info.capabilities.why_not) == ("name" not in columns)
    store.close()


def test_versions_are_told_apart(tmp_path: Path) -> None:
    told = {
        ZeroclawSqlite.open(chat_database(tmp_path / v / "sessions.db", v)).info().format_version
        for v in CHAT_VERSIONS
    }
    assert len(told) == len(CHAT_VERSIONS)


@pytest.mark.parametrize("column", ["name", "state", "turn_id", "agent_alias", "sender_id"])
def test_behaviour_18_databases_lacking_a_column_read_as_its_default(
    column: str, tmp_path: Path
) -> None:
    database = chat_database(tmp_path / "sessions.db", "head", left_out=(column,))
    add_chat(database, "k", "hi")
    session = ZeroclawSqlite.open(database).get("k")
    assert session is not None
    assert (session.state, session.turn_id, session.sender) == (SessionState.IDLE, None, None)


def test_behaviour_3_an_unknown_session_is_empty(store: ZeroclawSqlite) -> None:
    assert list(store.messages("nobody")) == []
    assert store.get("nobody") is None
    assert store.text_since("nobody", None).items == []
    for key in ("\ud800", "a\0b", "x" * 5000):
        assert store.get(key) is None
        assert list(store.messages(key)) == []


def test_behaviour_8_sessions_come_by_last_activity_newest_first(
    store: ZeroclawSqlite, path: Path
) -> None:
    ours = [session.ref.key for session in store.sessions()]
    assert ours == [key for key, _ in Owner(path).listed()]


def test_behaviour_14_a_session_exists_once_it_was_written_to(
    store: ZeroclawSqlite, path: Path
) -> None:
    assert not store.exists("new")
    Owner(path).append("new", "user", "hi")
    assert store.exists("new")


def test_behaviour_17_running_and_stuck_are_told_apart(store: ZeroclawSqlite, path: Path) -> None:
    Owner(path).set_state("gw_long", "running", "t1", at(5))
    Owner(path).set_state("gw_oslo", "idle", None, None)
    begun = datetime(2026, 8, 1, 10, 5, tzinfo=UTC)
    session = store.get("gw_long")
    assert session is not None
    assert (session.state, session.turn_id) == (SessionState.RUNNING, "t1")
    facts = TurnFacts.of(session)
    assert judge(facts, begun + timedelta(minutes=5)).status is VerdictStatus.RUNNING
    assert judge(facts, begun + timedelta(hours=5)).status is VerdictStatus.STUCK


def test_behaviour_19_a_session_may_have_no_message(store: ZeroclawSqlite) -> None:
    session = store.get("discord_ops_998_kim")
    assert session is not None
    assert (session.message_count, session.title) == (0, None)
    assert (session.channel, session.room) == ("discord.ops", "998")
    assert list(store.messages("discord_ops_998_kim")) == []


def test_behaviour_21_one_session_equals_its_entry_in_the_list(store: ZeroclawSqlite) -> None:
    for session in store.scan():
        assert store.get(session.ref.key) == session


def test_a_state_of_another_word_is_unknown_and_shown(store: ZeroclawSqlite, path: Path) -> None:
    Owner(path).set_state("gw_oslo", "pondering", None, None)
    session = store.get("gw_oslo")
    assert session is not None
    assert session.state is SessionState.UNKNOWN
    assert session.extra["state"] == "pondering"


def test_columns_of_later_versions_are_kept_as_extra(store: ZeroclawSqlite, path: Path) -> None:
    run(path, "ALTER TABLE session_metadata ADD COLUMN surface TEXT DEFAULT 'pane'")
    session = store.get("gw_oslo")
    assert session is not None
    assert session.extra["surface"] == "pane"


def test_titles_are_names_or_the_first_words(store: ZeroclawSqlite) -> None:
    named, derived = store.get("gw_oslo"), store.get("gw_long")
    assert named is not None
    assert derived is not None
    assert (named.title, named.title_source) == ("trip", TitleSource.STORE)
    assert (derived.title, derived.title_source) == ("run the long job", TitleSource.DERIVED)


def test_messages_without_a_session_are_listed_with_a_problem(
    store: ZeroclawSqlite, path: Path
) -> None:
    Owner(path).insert("lost", "user", "nobody lists me", at(3))
    session = store.get("lost")
    assert session is not None
    assert session.problem
    assert session.message_count == 1
    assert session.last_activity == datetime(2026, 8, 1, 10, 3, 0, 123456, UTC)
    assert session.state is SessionState.UNKNOWN


def test_trap_4_control_characters_stay_in_the_text(store: ZeroclawSqlite, path: Path) -> None:
    text = "a\0b \x1b[31mred [bold]x[/bold] \u202e\r\n"
    Owner(path).append("odd", "user", text)
    (message,) = store.messages("odd")
    assert message.blocks == (TextBlock(text=text),)


def test_trap_5_text_that_is_not_utf8_and_blobs_are_shown_as_damaged(
    store: ZeroclawSqlite, path: Path
) -> None:
    owner = Owner(path)
    owner.append("bad", "user", "before")
    owner.insert("bad", "assistant", b"\x00\xff")
    run(
        path,
        "INSERT INTO sessions (session_key, role, content, created_at) "
        "VALUES ('bad', 'assistant', CAST(x'6869ff' AS TEXT), 'never')",
    )
    owner.insert("bad", "user", "after")
    messages = list(store.messages("bad"))
    assert [m.is_damaged for m in messages] == [False, True, True, False]
    assert [m.index for m in messages] == [0, 1, 2, 3]
    reasons = [b.reason for m in messages for b in m.blocks if b.kind == "damaged"]
    assert reasons == ["content is blob, not text", "content is not UTF-8 at byte 2"]
    session = store.get("bad")
    assert session is not None
    assert session.message_count == 2
    assert session.problem == "2 of its rows cannot be read"


def test_a_key_that_is_no_text_is_reported_with_the_store(
    store: ZeroclawSqlite, path: Path
) -> None:
    run(
        path,
        "INSERT INTO session_metadata (session_key, created_at, last_activity) "
        "VALUES (CAST(x'ff' AS TEXT), 'a', 'b'), (NULL, 'a', 'b')",
    )
    problem = store.info().problem
    assert problem is not None
    assert problem.startswith("2 sessions")
    assert len(list(store.keys())) == 3


def test_trap_9_messages_are_counted_never_taken_from_the_cache(
    store: ZeroclawSqlite, path: Path
) -> None:
    run(path, "UPDATE session_metadata SET message_count = 41")
    session = store.get("gw_oslo")
    assert session is not None
    assert session.message_count == 2
    assert session.extra["message_count"] == 41


def test_trap_20_times_are_parsed_before_they_are_compared(
    store: ZeroclawSqlite, path: Path
) -> None:
    for key, time in (("gw_oslo", "2026-08-01T12:00:00Z"), ("gw_long", "2026-08-01T23:30-08:00")):
        run(
            path,
            "UPDATE session_metadata SET last_activity = ? WHERE session_key = ?",
            *(time.replace("23:30-", "23:30:00-"), key),
        )
    order = [session.ref.key for session in store.sessions()]
    assert order == ["gw_long", "gw_oslo", "discord_ops_998_kim"]
    run(path, "UPDATE session_metadata SET last_activity = 'soon' WHERE session_key = 'gw_oslo'")
    session = store.get("gw_oslo")
    assert session is not None
    assert session.last_activity is None
    assert session.problem == "its last_activity is no time: 'soon'"


def test_trap_11_rows_that_are_only_in_the_log_are_read(tmp_path: Path) -> None:
    database = chat_database(tmp_path / "sessions.db")
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute(
            "INSERT INTO sessions (session_key, role, content, created_at) "
            "VALUES ('k', 'user', 'only in the log', ?)",
            (at(0),),
        )
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("sessions.db", "sessions.db-wal"):
            (copy / name).write_bytes((tmp_path / name).read_bytes())
        # A folder where no shared memory can be made: both files are read from a private copy.
        (copy / "sessions.db-shm").mkdir()
        for folder in (tmp_path, copy):
            store = ZeroclawSqlite.open(folder)
            assert [s.title for s in store.scan()] == ["only in the log"]
            store.close()


def test_trap_12_reading_a_hundred_times_leaves_every_byte(
    store: ZeroclawSqlite, path: Path
) -> None:
    before = {
        file.name: file.read_bytes() for file in path.parent.iterdir() if file.suffix == ".db"
    }
    for _ in range(100):
        store.info()
        store.stamp()
        for session in store.scan():
            list(store.messages(session.ref.key))
            store.text_since(session.ref.key, None)
        list(store.search(Query(terms=((Term("oslo"),),))))
        store.close()
    after = {file.name: file for file in path.parent.iterdir()}
    assert {name: after[name].read_bytes() for name in before} == before
    assert set(after) <= {"sessions.db", "sessions.db-wal", "sessions.db-shm"}


def test_trap_14_a_change_is_seen_by_stamp_and_keys(store: ZeroclawSqlite, path: Path) -> None:
    files = [path, path.with_name("sessions.db-wal")]
    assert store.changed_keys(files) is None
    while store.changed_keys(files) is None:
        pass  # a fresh file may change again within its time stamp
    assert store.changed_keys(files) == frozenset()
    assert store.changed_keys([path.with_name("notes.md")]) == frozenset()
    Owner(path).append("gw_oslo", "user", "more")
    assert store.changed_keys(files) is None
    assert store.watch_roots() == (path.parent,)


def test_trap_14_a_streamed_answer_is_read_again_and_an_append_alone(
    store: ZeroclawSqlite, path: Path
) -> None:
    owner = Owner(path)
    first = store.text_since("gw_oslo", None)
    owner.append("gw_oslo", "user", "and when it rains?")
    second = store.text_since("gw_oslo", first.cursor)
    assert (second.restart, [i.text for i in second.items]) == (False, ["and when it rains?"])
    assert [item.message_index for item in second.items] == [2]
    owner.update_last("gw_oslo", "and when it snows?")
    third = store.text_since("gw_oslo", second.cursor)
    assert third.restart
    assert third.items == list(texts_of(store.messages("gw_oslo")))
    run(path, "DELETE FROM sessions WHERE content = 'museum'")
    assert store.text_since("gw_oslo", third.cursor).restart
    assert store.text_since("gw_oslo", "not a cursor").restart


def test_an_append_is_read_without_the_earlier_rows(path: Path, store: ZeroclawSqlite) -> None:
    Owner(path).append_many("big", [f"line {number}" for number in range(200)])
    cursor = store.text_since("big", None).cursor
    list(store.scan(["big"]))
    Owner(path).append("big", "user", "the newest")
    # Whatever is read again would now be damaged.
    run(path, "UPDATE sessions SET content = x'00' WHERE session_key = 'big' AND id < 150")
    batch = store.text_since("big", cursor)
    assert [(item.message_index, item.text) for item in batch.items] == [(200, "the newest")]
    session = store.get("big")
    assert session is not None
    assert session.message_count == 201


def test_trap_7_without_full_text_search_it_is_read_and_not_changed(
    store: ZeroclawSqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zeroclaw_sqlite, "_has_full_text", lambda: False)
    info = store.info()
    assert info.available
    assert not info.writable
    assert not CHANGES & info.capabilities.supported
    assert "full-text" in info.capabilities.why_not[Capability.DELETE]
    assert len(list(store.scan())) == 3


def test_trap_12_a_file_or_folder_that_may_not_be_written_says_so(
    store: ZeroclawSqlite, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for forbidden in (path, path.parent):
        monkeypatch.setattr(os, "access", lambda asked, _, no=forbidden: asked != no)
        info = store.info()
        assert (info.available, info.writable) == (True, False)
        assert not CHANGES & info.capabilities.supported
        assert path.name in info.capabilities.why_not[Capability.RENAME]


def test_other_databases_and_files_are_not_taken_for_it(tmp_path: Path, path: Path) -> None:
    assert ZeroclawSqlite.find_in(path) == (path,)
    assert ZeroclawSqlite.find_in(path.parent) == (path,)
    other = tmp_path / "sessions.db"
    run(other, "CREATE TABLE sessions (thread_ts TEXT PRIMARY KEY)")
    text = tmp_path / "notes.txt"
    text.write_text("no database at all, but long enough to look like one" * 100)
    for strange in (other, text, tmp_path, tmp_path / "nowhere"):
        assert ZeroclawSqlite.find_in(strange) == ()
    for strange, expected in ((other, StoreUnreadable), (tmp_path / "nowhere", StoreMissing)):
        store = ZeroclawSqlite.open(strange)
        info = store.info()
        assert not info.available
        assert info.problem
        with pytest.raises(expected):
            list(store.fingerprints())
        store.close()
