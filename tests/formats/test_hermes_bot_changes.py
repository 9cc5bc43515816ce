"""Changing hermes-bot's rows, and taking that back."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.backend import SnapshotScope
from sessiontui.domain.errors import (
    ChangedUnderneath,
    SessionMissing,
    StoreBusy,
    UndoRefused,
    Unsupported,
)
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState
from sessiontui.domain.store import Capability
from sessiontui.storage import sqlite_store
from tests.building import text_message
from tests.formats.claude_code_lines import encoded, prompt
from tests.formats.hermes_bot_stores import (
    CART,
    CART_SESSION,
    COLUMNS,
    DOCS,
    FAILED,
    STARTING,
    BotHome,
    bot_row,
    row_of,
    stored_rows,
)


@pytest.fixture
def bot(tmp_path: Path) -> BotHome:
    return BotHome(tmp_path / "kim")


@pytest.fixture
def store(bot: BotHome) -> Iterator[HermesBot]:
    backend = HermesBot.open(bot.with_rows())
    yield backend
    backend.close()


# -- update ------------------------------------------------------------------------------------


def test_a_cure_sets_the_status_of_one_row_and_nothing_else(bot: BotHome, store: HermesBot) -> None:
    before = stored_rows(bot.database)
    store.patch(FAILED, SessionPatch(state=SessionState.IDLE))
    after = stored_rows(bot.database)
    assert after[:2] == before[:2]
    differing = [n for n, a, b in zip(COLUMNS, before[2], after[2], strict=True) if a != b]
    assert differing == ["status"]
    assert row_of(bot, FAILED)["status"] == "active"


def test_an_update_writes_the_owners_own_terms_and_persists(bot: BotHome, store: HermesBot) -> None:
    berlin = datetime.fromisoformat("2026-03-20T09:30:15.250000+01:00")
    store.patch(
        CART,
        SessionPatch(
            repo="docs", workspace=Path(DOCS), model=None, turns=9, native_id="s2",
            last_activity=berlin, state=SessionState.ERROR,
        ),
    )  # fmt: skip
    row = row_of(bot, CART)
    assert row["last_active"] == "2026-03-20T08:30:15.250+00:00"
    assert (row["repo"], row["repo_path"], row["session_id"]) == ("docs", DOCS, "s2")
    assert (row["status"], row["total_turns"], row["model"]) == ("error", 9, None)
    session = HermesBot.open(bot.database).get(CART)
    assert session is not None
    assert session.last_activity == berlin
    assert session.turns == 9


def test_an_update_of_an_unknown_thread_is_an_error(store: HermesBot) -> None:
    with pytest.raises(SessionMissing):
        store.patch("nonexistent", SessionPatch(turns=5))


def test_trap_13_times_are_written_so_that_the_owners_pruning_sees_them_right(
    bot: BotHome, store: HermesBot
) -> None:
    for moment, written in (
        (datetime(2026, 3, 18, 12, 0, tzinfo=UTC), "2026-03-18T12:00:00+00:00"),
        (datetime(2026, 3, 18, 12, 0, 0, 5000, tzinfo=UTC), "2026-03-18T12:00:00.005+00:00"),
        (datetime(2026, 3, 18, 12, 0, 0, 5, tzinfo=UTC), "2026-03-18T12:00:00.000005+00:00"),
    ):
        store.patch(CART, SessionPatch(last_activity=moment))
        assert row_of(bot, CART)["last_active"] == written


@pytest.mark.parametrize(
    ("changes", "capability"),
    [
        (SessionPatch(title="a name"), Capability.RENAME),
        (SessionPatch(agent="other"), Capability.SET_AGENT),
        (SessionPatch(channel="C1"), Capability.SET_CONTEXT),
        (SessionPatch(repo=None), Capability.SET_CONTEXT),
        (SessionPatch(turns=-1), Capability.SET_CONTEXT),
        (SessionPatch(state=SessionState.RUNNING), Capability.SET_STATE),
        (SessionPatch(turn_id="t"), Capability.SET_STATE),
    ],
)
def test_what_the_table_cannot_hold_is_refused_and_nothing_is_written(
    bot: BotHome, store: HermesBot, changes: SessionPatch, capability: Capability
) -> None:
    before = stored_rows(bot.database)
    with pytest.raises(Unsupported) as caught:
        store.patch(CART, changes)
    assert caught.value.capability is capability
    assert stored_rows(bot.database) == before


def test_messages_are_claude_codes_and_not_cleared_here(bot: BotHome, store: HermesBot) -> None:
    path = bot.with_transcript()
    before = path.read_bytes()
    with pytest.raises(Unsupported, match="Claude Code"):
        store.clear(CART)
    assert path.read_bytes() == before


# -- delete ------------------------------------------------------------------------------------


def test_forgetting_a_thread_takes_its_row_and_leaves_the_transcript(
    bot: BotHome, store: HermesBot
) -> None:
    path = bot.with_transcript()
    before = path.read_bytes()
    parts = {part.what: part for part in store.footprint(CART).parts}
    assert parts["row of the Slack thread"].size_bytes > 0
    assert parts["stays: Claude Code's transcript"] == (
        "stays: Claude Code's transcript", path, 0
    )  # fmt: skip
    assert store.delete(CART)
    assert [row[1] for row in stored_rows(bot.database)] == [STARTING, FAILED]
    assert path.read_bytes() == before
    assert not store.delete(CART)
    assert "again as a new thread" in store.change_notes[Capability.DELETE]


def test_a_row_without_a_thread_can_be_deleted_and_brought_back(bot: BotHome) -> None:
    bot.with_rows([bot_row(CART), bot_row(None), bot_row(None, session_id=CART_SESSION)])
    store = HermesBot.open(bot.database)
    before = stored_rows(bot.database)
    snapshot = store.snapshot("(no thread)#2", SnapshotScope.EVERYTHING)
    assert store.delete("(no thread)#2")
    assert [row[0] for row in stored_rows(bot.database)] == [1, 3]
    store.restore(snapshot)
    store.restore(snapshot)
    assert stored_rows(bot.database) == before
    store.close()


def test_a_grown_transcript_is_a_reason_not_to_delete(bot: BotHome, store: HermesBot) -> None:
    path = bot.with_transcript()
    seen = dict(store.fingerprints())[CART]
    with path.open("ab") as file:
        file.write(encoded([prompt(9, 3, "more")]))
    with pytest.raises(ChangedUnderneath):
        store.delete(CART, expect=seen)
    assert store.delete(CART, expect=dict(store.fingerprints())[CART])


def test_a_locked_database_is_busy_and_stays_as_it_is(
    bot: BotHome, store: HermesBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "BUSY_SECONDS", 0.05)
    before = stored_rows(bot.database)
    with closing(sqlite3.connect(bot.database, isolation_level=None)) as owner:
        owner.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            store.delete(CART)
        owner.execute("ROLLBACK")
    assert stored_rows(bot.database) == before


# -- undo --------------------------------------------------------------------------------------


def test_an_undone_delete_brings_back_every_cell_and_the_rows_number(bot: BotHome) -> None:
    odd = bot_row(CART, total_turns=-3, model=b"\x00\xff", status="stopped")
    bot.with_rows([bot_row("1.0"), odd, bot_row("3.0")])
    with closing(sqlite3.connect(bot.database)) as owner:
        owner.execute(
            "UPDATE sessions SET repo = CAST(x'ff41' AS TEXT) WHERE thread_ts = ?", (CART,)
        )
        owner.commit()
        owner.text_factory = bytes
        before = owner.execute("SELECT rowid, * FROM sessions ORDER BY rowid").fetchall()
        store = HermesBot.open(bot.database)
        snapshot = store.snapshot(CART, SnapshotScope.EVERYTHING)
        assert store.delete(CART)
        store.restore(snapshot)
        store.restore(snapshot)
        after = owner.execute("SELECT rowid, * FROM sessions ORDER BY rowid").fetchall()
    assert after == before
    store.close()


def test_an_undone_delete_does_not_overwrite_a_new_session_in_the_thread(
    bot: BotHome, store: HermesBot
) -> None:
    snapshot = store.snapshot(CART, SnapshotScope.EVERYTHING)
    store.delete(CART)
    with closing(sqlite3.connect(bot.database)) as owner:
        owner.execute(
            "INSERT INTO sessions VALUES (?, 'new', 'r', '/r', 'claude', 'C', '', '', 'active', 0, "
            "NULL)",
            (CART,),
        )
        owner.commit()
    before = stored_rows(bot.database)
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    assert stored_rows(bot.database) == before


def test_an_undone_cure_is_refused_when_the_bot_has_worked_since(
    bot: BotHome, store: HermesBot
) -> None:
    snapshot = store.snapshot(FAILED, SnapshotScope.METADATA)
    store.patch(FAILED, SessionPatch(state=SessionState.IDLE))
    later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    with closing(sqlite3.connect(bot.database)) as owner:
        owner.execute("UPDATE sessions SET last_active = ? WHERE thread_ts = ?", (later, FAILED))
        owner.commit()
    with pytest.raises(UndoRefused):
        store.restore(snapshot)
    assert row_of(bot, FAILED)["status"] == "active"


def test_a_cure_is_undone_also_by_another_process(bot: BotHome, store: HermesBot) -> None:
    before = stored_rows(bot.database)
    snapshot = store.snapshot(FAILED, SnapshotScope.METADATA)
    moved = datetime(2026, 3, 20, tzinfo=UTC)
    store.patch(FAILED, SessionPatch(state=SessionState.IDLE, last_activity=moved))
    other = HermesBot.open(bot.database)
    other.restore(snapshot)
    other.restore(snapshot)
    assert stored_rows(bot.database) == before
    other.close()
    store.delete(FAILED)
    with pytest.raises(UndoRefused):
        store.restore(snapshot)


# -- insert ------------------------------------------------------------------------------------


def test_inserting_replaces_the_session_of_a_thread(bot: BotHome, store: HermesBot) -> None:
    def put(thread: str, native: str) -> None:
        ref = SessionRef(store.store_id, thread)
        store.put(Session(ref=ref, format=store.format, native_id=native, repo="r"), ())

    put(CART, "s2")
    put("9.0", "s3")
    assert row_of(bot, CART)["session_id"] == "s2"
    assert len(stored_rows(bot.database)) == 4


def test_what_is_not_known_of_an_inserted_session_is_pending(
    bot: BotHome, store: HermesBot
) -> None:
    store.put(Session(ref=SessionRef(store.store_id, "9.0"), format=store.format), ())
    row = row_of(bot, "9.0")
    assert row["session_id"] == "pending-9.0"
    assert (row["status"], row["agent_kind"], row["total_turns"]) == ("active", "claude", 0)
    assert row["created_at"].endswith("+00:00")


def test_a_conversation_put_with_a_session_is_written_where_claude_code_keeps_it(
    bot: BotHome, store: HermesBot
) -> None:
    said = [
        text_message(Role.USER, "fix the cart", datetime(2026, 3, 1, tzinfo=UTC)),
        text_message(Role.ASSISTANT, "done", datetime(2026, 3, 1, 0, 1, tzinfo=UTC)),
    ]
    session = Session(
        ref=SessionRef(store.store_id, "9.0"), format=store.format, native_id=CART_SESSION,
        workspace=Path("/home/kim/a.b"),
    )  # fmt: skip
    store.put(session, said)
    path = bot.projects / "-home-kim-a-b" / f"{CART_SESSION}.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    found = store.get("9.0")
    assert found is not None
    assert (found.message_count, found.turns, found.title) == (2, 1, "fix the cart")
    store.put(session, said[:1])
    assert len(list(store.messages("9.0"))) == 1


def test_a_conversation_of_claude_codes_is_never_overwritten(
    bot: BotHome, store: HermesBot, tmp_path: Path
) -> None:
    path = bot.with_transcript(folder="-elsewhere")
    before = path.read_bytes()
    session = Session(
        ref=SessionRef(store.store_id, "9.0"), format=store.format, native_id=CART_SESSION
    )
    with pytest.raises(ChangedUnderneath):
        store.put(session, [text_message(Role.USER, "x")])
    assert path.read_bytes() == before
    lone = HermesBot.create(tmp_path / "lone" / "sessions.db")
    with pytest.raises(Unsupported, match="no home"):
        lone.put(session, [text_message(Role.USER, "x")])
    assert list(lone.keys()) == []


def test_a_made_store_has_the_owners_layout(bot: BotHome, tmp_path: Path) -> None:
    made = HermesBot.create(tmp_path / "new" / "sessions.db")
    bot.with_rows()

    def layout(path: Path) -> tuple[object, ...]:
        with closing(sqlite3.connect(path)) as connection:
            return (
                connection.execute("SELECT * FROM pragma_table_info('sessions')").fetchall(),
                connection.execute("SELECT name FROM sqlite_master ORDER BY name").fetchall(),
                connection.execute("PRAGMA journal_mode").fetchone(),
            )

    assert layout(made.root) == layout(bot.database)
    assert made.root.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ChangedUnderneath):
        HermesBot.create(made.root)


# -- other writers -----------------------------------------------------------------------------


def _owner_at_work(database: str, transcript: str, rounds: int) -> None:
    """Updates one row and appends to one transcript, as the bot and Claude Code would."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        for number in range(rounds):
            with connection:
                connection.execute(
                    "UPDATE sessions SET total_turns = ? WHERE thread_ts = ?", (number, CART)
                )
            with Path(transcript).open("ab") as file:
                file.write(encoded([prompt(100 + number, 99 + number, f"turn {number}")]))


def test_nothing_of_a_writers_is_lost_while_other_rows_go(bot: BotHome) -> None:
    transcript = bot.with_transcript()
    others = [bot_row(f"{number}.0") for number in range(40)]
    bot.with_rows([bot_row(CART, session_id=CART_SESSION), *others])
    store = HermesBot.open(bot.database)
    rounds = 60
    process = multiprocessing.get_context("spawn").Process(
        target=_owner_at_work, args=(str(bot.database), str(transcript), rounds)
    )
    process.start()
    try:
        for row in others:
            assert store.delete(row["thread_ts"])
            store.patch(CART, SessionPatch(model="other"))
        deadline = time.monotonic() + 30
        while process.is_alive() and time.monotonic() < deadline:
            list(store.scan())
    finally:
        process.join(10)
    assert process.exitcode == 0
    assert [row[1] for row in stored_rows(bot.database)] == [CART]
    row = row_of(bot, CART)
    assert (row["total_turns"], row["model"]) == (rounds - 1, "other")
    assert len(list(store.messages(CART))) == 3 + rounds
    store.close()
