"""Reading hermes-bot: its rows, and the transcripts of Claude Code they point to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.errors import StoreMissing, StoreUnreadable
from sessiontui.domain.message import Message
from sessiontui.domain.query import Filter, FilterField, Query, SortKey
from sessiontui.domain.session import Session, SessionState, TitleSource
from sessiontui.domain.store import Capability
from tests.formats.claude_code_lines import answer, call, prompt, result
from tests.formats.hermes_bot_stores import (
    CART,
    CART_SESSION,
    DOCS,
    FAILED,
    FAILED_SESSION,
    SHOP,
    STARTING,
    BotHome,
    bot_row,
    legacy_entry,
)


@pytest.fixture
def bot(tmp_path: Path) -> BotHome:
    return BotHome(tmp_path / "kim")


@pytest.fixture
def store(bot: BotHome) -> Iterator[HermesBot]:
    backend = HermesBot.open(bot.with_rows())
    yield backend
    backend.close()


def opened(path: Path) -> dict[str, Session]:
    """All sessions of a store, by key."""
    backend = HermesBot.open(path)
    found = {session.ref.key: session for session in backend.scan()}
    backend.close()
    return found


def texts(messages: Iterator[Message]) -> list[str]:
    return [block.text for message in messages for block in message.blocks if block.kind == "text"]


# -- behaviours to keep ------------------------------------------------------------------------


def test_a_row_is_found_by_its_thread_and_an_unknown_thread_is_not(store: HermesBot) -> None:
    session = store.get(CART)
    assert session is not None
    assert (session.thread, session.native_id) == (CART, CART_SESSION)
    assert (session.repo, session.channel, session.workspace) == ("shop", "C0AAA111", Path(SHOP))
    assert (session.model, session.turns, session.agent) == ("claude-opus-4-6", 4, "claude")
    assert session.created_at == datetime(2026, 3, 16, 8, 0, 0, 123456, tzinfo=UTC)
    assert session.last_activity == datetime(2026, 3, 16, 8, 20, 10, 500000, tzinfo=UTC)
    assert session.problem is None
    assert store.get("1773612345.1234") is None
    assert not store.exists("nonexistent")


def test_active_is_everything_but_error(store: HermesBot) -> None:
    idle = Query(filters=(Filter(field=FilterField.STATE, values=("error",), negated=True),))
    assert {session.ref.key for session in store.sessions(idle)} == {CART, STARTING}


def test_a_session_is_found_by_the_agents_id(store: HermesBot) -> None:
    def with_id(native: str) -> list[str]:
        wanted = Query(filters=(Filter(field=FilterField.NATIVE_ID, values=(native,)),))
        return [session.ref.key for session in store.sessions(wanted)]

    assert with_id(CART_SESSION) == [CART]
    assert with_id("s999") == []


def test_opening_again_gives_the_same_rows(bot: BotHome) -> None:
    path = bot.with_rows()
    assert opened(path) == opened(path)
    assert list(opened(path)) == [CART, STARTING, FAILED]


def test_a_missing_file_is_an_empty_store_that_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "sessions.db"
    backend = HermesBot.open(missing)
    info = backend.info()
    assert (info.available, info.writable, info.session_count) == (False, False, None)
    assert str(missing) in (info.problem or "")
    with pytest.raises(StoreMissing):
        list(backend.scan())
    assert list(tmp_path.iterdir()) == [tmp_path / "user-home"]


@pytest.mark.parametrize(
    ("status", "state"),
    [("active", "idle"), ("stopped", "idle"), ("paused", "idle"), ("", "idle"), ("error", "error")],
)
def test_stopped_and_unknown_words_are_active_and_error_is_marked(
    bot: BotHome, status: str, state: str
) -> None:
    (session,) = opened(bot.with_rows([bot_row(CART, status=status)])).values()
    assert session.state is SessionState(state)
    assert session.extra["status"] == status


def test_turns_are_the_prompts_and_their_answers(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript(
        records=[
            prompt(1, None, "first"),
            answer(2, 1, call("Bash", {"command": "ls"}), stop="tool_use"),
            prompt(3, 2, [result("a.txt")]),
            answer(4, 3, "done"),
            prompt(5, 4, "second"),
        ]
    )
    found = list(store.messages(CART))
    assert [m.role.value for m in found] == ["user", "assistant", "tool", "assistant", "user"]
    assert [m.human for m in found] == [True, False, False, False, True]
    session = store.get(CART)
    assert session is not None
    assert session.message_count == 4
    assert session.turn_open is True
    assert (session.title, session.title_source) == ("first", TitleSource.DERIVED)
    assert list(store.messages(FAILED)) == []


def test_a_sub_agents_transcript_is_shown_and_marked(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript(records=[prompt(1, None, "help me", isSidechain=True)])
    session = store.get(CART)
    assert session is not None
    assert "sub-agent" in str(session.extra["sub_agent"])
    assert session.title == "help me"
    assert len(list(store.messages(CART))) == 1


def test_a_plan_is_there_with_its_text(bot: BotHome, store: HermesBot) -> None:
    plan = {"file_path": "/home/kim/.claude/plans/a.md", "content": "# Plan\n- swap the pump"}
    bot.with_transcript(records=[prompt(1, None, "plan"), answer(2, 1, call("Write", plan))])
    assert any("swap the pump" in item.text for item in store.text_since(CART, None).items)


# -- traps -------------------------------------------------------------------------------------


def test_trap_1_a_store_is_known_by_its_columns_and_not_by_its_name(
    bot: BotHome, tmp_path: Path
) -> None:
    path = bot.with_rows()
    named = path.rename(bot.bot / "hermes")
    assert HermesBot.find_in(bot.bot) == (named,)
    foreign = tmp_path / "sessions.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE sessions (id INTEGER, session_key TEXT, content TEXT)")
    assert HermesBot.find_in(foreign) == ()
    info = HermesBot.open(foreign).info()
    assert not info.available
    assert "no hermes-bot database" in (info.problem or "")
    with pytest.raises(StoreUnreadable):
        list(HermesBot.open(foreign).fingerprints())


def test_trap_2_a_thread_is_text_to_its_last_digit(store: HermesBot) -> None:
    assert set(store.keys()) == {"1773612345.123400", "1773700000.000100", "1773500000.000200"}


def test_trap_3_sessions_come_by_their_last_activity(store: HermesBot) -> None:
    assert [s.ref.key for s in store.sessions()] == [STARTING, CART, FAILED]
    by_creation = Query(sort=SortKey.CREATED, reverse=True)
    assert len(list(store.sessions(by_creation))) == 3


def test_trap_4_two_threads_may_share_a_session(bot: BotHome) -> None:
    bot.with_transcript()
    rows = [bot_row(CART, session_id=CART_SESSION), bot_row("2.0", session_id=CART_SESSION)]
    found = opened(bot.with_rows(rows))
    assert [found[key].message_count for key in (CART, "2.0")] == [3, 3]
    backend = HermesBot.open(bot.database)
    concerned = backend.changed_keys([bot.projects / "x" / f"{CART_SESSION}.jsonl"])
    assert concerned == frozenset({CART, "2.0"})


def test_trap_5_turns_are_not_messages_and_nothing_linked_is_nothing_counted(
    bot: BotHome, store: HermesBot
) -> None:
    bot.with_transcript(CART_SESSION, [prompt(1, None, "one")])
    found = {session.ref.key: session for session in store.scan()}
    assert (found[CART].turns, found[CART].message_count) == (4, 1)
    assert (found[FAILED].turns, found[FAILED].message_count) == (1, None)


def test_trap_6_the_stored_agent_says_nothing(bot: BotHome) -> None:
    (session,) = opened(bot.with_rows([bot_row(CART, agent_kind="other")])).values()
    assert (session.agent, session.extra["agent_kind"]) == ("claude", "other")
    assert session.problem is None


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"total_turns": -3}, "total_turns is -3"),
        ({"total_turns": 2**40}, "total_turns is 1,099,511,627,776"),
        ({"total_turns": "many"}, "total_turns is a text"),
        ({"session_id": b"\x00\x01"}, "session_id is no text"),
        ({"model": b"x"}, "model is no text"),
        ({"created_at": "yesterday"}, "created_at is no time"),
        ({"last_active": "2026-03-16 25:00"}, "last_active is no time"),
        ({"repo": b"\xff"}, "repo is no text"),
    ],
)
def test_trap_7_odd_cells_are_shown_with_a_warning(
    bot: BotHome, cells: dict[str, Any], problem: str
) -> None:
    (session,) = opened(bot.with_rows([bot_row(CART, **cells)])).values()
    assert problem in (session.problem or "")
    assert session.display_title == CART


def test_trap_8_a_row_without_a_thread_is_listed_under_a_name_of_its_own(bot: BotHome) -> None:
    path = bot.with_rows([bot_row(CART), bot_row(None, session_id=CART_SESSION)])
    bot.with_transcript()
    found = opened(path)
    assert list(found) == [CART, "(no thread)#2"]
    assert "no thread" in (found["(no thread)#2"].problem or "")
    assert found["(no thread)#2"].message_count == 3
    assert opened(path) == found


def test_trap_9_what_stands_in_the_log_alone_is_read(bot: BotHome) -> None:
    bot.with_rows()
    with closing(sqlite3.connect(bot.database)) as owner:
        owner.execute("UPDATE sessions SET repo = 'moved' WHERE thread_ts = ?", (CART,))
        owner.commit()
        assert bot.database.with_name("sessions.db-wal").stat().st_size > 0
        assert opened(bot.database)[CART].repo == "moved"


def test_trap_9_a_locked_database_can_still_be_read(bot: BotHome) -> None:
    bot.with_rows()
    with closing(sqlite3.connect(bot.database, isolation_level=None)) as owner:
        owner.execute("BEGIN IMMEDIATE")
        assert len(opened(bot.database)) == 3


def test_trap_10_a_row_may_go_while_one_looks(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript()
    assert store.get(CART) is not None
    with closing(sqlite3.connect(bot.database)) as owner:
        owner.execute("DELETE FROM sessions WHERE thread_ts = ?", (CART,))
        owner.commit()
    assert store.get(CART) is None
    assert list(store.messages(CART)) == []
    assert store.text_since(CART, None).items == []
    assert store.resume_command(CART) is None
    assert store.delete(CART) is False


def test_trap_11_leftovers_of_the_json_store_are_no_stores(bot: BotHome) -> None:
    path = bot.with_legacy({CART: legacy_entry(CART)})
    for name in ("sessions.json.tmp", "sessions.json.bak"):
        (bot.bot / name).write_bytes(path.read_bytes())
        assert HermesBot.find_in(bot.bot / name) == ()
    assert HermesBot.find_in(bot.bot) == (path,)


def test_trap_12_a_path_that_cannot_be_read_is_named(bot: BotHome) -> None:
    folder = bot.bot / "sessions.db"
    folder.mkdir()
    info = HermesBot.open(folder).info()
    assert not info.available
    assert str(folder) in (info.problem or "")


def test_trap_14_a_missing_transcript_is_normal_and_a_folder_of_its_name_is_not_opened(
    bot: BotHome, store: HermesBot
) -> None:
    path = bot.with_transcript()
    path.unlink()
    path.mkdir()
    session = store.get(CART)
    assert session is not None
    assert (session.message_count, session.problem) == (None, None)
    assert list(store.messages(CART)) == []


def test_a_pending_session_says_so_and_is_not_resumed(store: HermesBot) -> None:
    session = store.get(STARTING)
    assert session is not None
    assert "first turn" in str(session.extra["pending"])
    assert (session.title, session.problem) == ("(first turn not finished)", None)
    assert store.resume_command(STARTING) is None


def test_resuming_goes_to_claude_in_the_repository(store: HermesBot) -> None:
    command = store.resume_command(FAILED)
    assert command is not None
    assert command.arguments == ("claude", "--resume", FAILED_SESSION)
    assert command.folder == Path(DOCS)


def test_damage_in_a_transcript_is_shown_and_told(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript(
        records=[prompt(1, None, "one"), b"not json", b"\xff\xfe", prompt(2, 1, "")]
    )
    session = store.get(CART)
    assert session is not None
    assert session.problem == "2 damaged lines in its transcript"
    assert sum(message.is_damaged for message in store.messages(CART)) == 2


def test_columns_of_another_version_are_shown_or_missed_but_never_fatal(bot: BotHome) -> None:
    path = bot.with_rows()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE sessions ADD COLUMN mood TEXT DEFAULT 'fine'")
        connection.execute("ALTER TABLE sessions DROP COLUMN model")
    session = opened(path)[CART]
    assert (session.extra["mood"], session.model) == ("fine", None)


def test_reading_a_hundred_times_changes_no_byte(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript()
    bot.with_legacy({"9.0": legacy_entry("9.0")})

    def content() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for path in bot.home.rglob("*")
            if path.is_file() and not path.name.endswith(("-shm", "-wal"))
        }

    before = content()
    legacy = HermesBot.open(bot.legacy)
    for _ in range(100):
        for backend in (store, legacy):
            backend.info()
            backend.stamp()
            for session in backend.scan():
                list(backend.messages(session.ref.key))
            backend.close()
    assert content() == before


# -- the JSON file of 0.1.0 --------------------------------------------------------------------


def test_the_json_store_is_read_leniently_and_never_changed(bot: BotHome) -> None:
    bot.with_transcript()
    path = bot.with_legacy(
        {
            CART: legacy_entry(CART, session_id=CART_SESSION, model=None),
            "2.0": legacy_entry("2.0", status={"stopped": "active"}),
            "3.0": legacy_entry("other", status="error", more="kept"),
            "4.0": {"session_id": "x"},
            "5.0": 7,
        }
    )
    found = opened(path)
    assert list(found) == [CART, "2.0", "3.0", "4.0", "5.0"]
    assert (found[CART].message_count, found[CART].problem) == (3, None)
    assert found["2.0"].state is SessionState.IDLE
    assert found["2.0"].extra["stored_status"] == {"stopped": "active"}
    assert found["3.0"].state is SessionState.ERROR
    assert (found["3.0"].extra["more"], found["3.0"].extra["inner_thread_ts"]) == ("kept", "other")
    assert found["4.0"].problem
    assert found["5.0"].extra["entry"] == 7
    info = HermesBot.open(path).info()
    assert (info.available, info.writable) == (True, False)
    for capability in (Capability.DELETE, Capability.SET_STATE, Capability.PUT):
        assert "0.1.0" in info.capabilities.reason(capability)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a":', b"\xff"])
def test_a_broken_json_store_is_described(bot: BotHome, content: bytes) -> None:
    bot.legacy.write_bytes(content)
    info = HermesBot.open(bot.legacy).info()
    assert not info.available
    assert info.problem
    assert HermesBot.find_in(bot.legacy) == ()


def test_a_json_store_that_was_not_taken_over_is_told_of(bot: BotHome) -> None:
    bot.with_rows()
    assert HermesBot.open(bot.database).info().problem is None
    bot.with_legacy({CART: legacy_entry(CART)})
    assert "sessions.json" in (HermesBot.open(bot.database).info().problem or "")
    assert HermesBot.find_in(bot.bot) == (bot.database, bot.legacy)
