"""The bot's own move from its JSON file to its database, done on a person's command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.errors import (
    StoreUnreadable,
    Unsupported,
)
from tests.formats.hermes_bot_stores import (
    CART,
    BotHome,
    legacy_entry,
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


def test_all_entries_move_and_existing_rows_win(bot: BotHome, store: HermesBot) -> None:
    path = bot.with_legacy(
        {
            CART: legacy_entry(CART, repo="older"),
            "1.0": legacy_entry("other", status="stopped", created_at="2026-03-15T10:00:00+02:00"),
            "2.0": legacy_entry(
                "2.0", status="error", last_active="2026-03-15T10:00:00.120000000Z"
            ),
        }
    )
    content = path.read_bytes()
    path.with_suffix(".json.bak").write_text("an older backup")
    before = row_of(bot, CART)
    assert store.migrate(dry_run=True) == ("1.0", "2.0")
    assert path.exists()
    assert store.migrate() == ("1.0", "2.0")
    assert row_of(bot, CART) == before
    assert row_of(bot, "1.0")["created_at"] == "2026-03-15T08:00:00+00:00"
    assert row_of(bot, "1.0")["status"] == "active"
    assert row_of(bot, "2.0")["last_active"] == "2026-03-15T10:00:00.120+00:00"
    assert row_of(bot, "2.0")["status"] == "error"
    assert not path.exists()
    assert path.with_suffix(".json.bak").read_bytes() == content
    with pytest.raises(Unsupported):
        store.migrate()


def test_a_json_store_moves_into_a_database_of_its_own(bot: BotHome) -> None:
    path = bot.with_legacy({CART: legacy_entry(CART)})
    assert HermesBot.open(path).migrate(dry_run=True) == (CART,)
    assert not bot.database.exists()
    assert HermesBot.open(path).migrate() == (CART,)
    assert list(HermesBot.open(bot.database).keys()) == [CART]


def test_an_empty_json_store_is_only_put_aside(bot: BotHome) -> None:
    path = bot.with_legacy({})
    assert HermesBot.open(path).migrate() == ()
    assert (bot.database.exists(), path.exists()) == (False, False)
    assert json.loads(path.with_suffix(".json.bak").read_text()) == {}


@pytest.mark.parametrize(
    "bad",
    [
        {"status": {"stopped": "active"}},
        {"status": "paused"},
        {"agent_kind": "other"},
        {"total_turns": -1},
        {"total_turns": 1.0},
        {"created_at": "yesterday"},
        {"model": 5},
        {"session_id": None},
    ],
)
def test_one_bad_entry_keeps_all_out(
    bot: BotHome, store: HermesBot, bad: dict[str, object]
) -> None:
    path = bot.with_legacy({"1.0": legacy_entry("1.0"), "2.0": legacy_entry("2.0", **bad)})
    before = stored_rows(bot.database), path.read_bytes()
    for dry_run in (True, False):
        with pytest.raises(StoreUnreadable, match=r"2\.0"):
            store.migrate(dry_run=dry_run)
    assert (stored_rows(bot.database), path.read_bytes()) == before
