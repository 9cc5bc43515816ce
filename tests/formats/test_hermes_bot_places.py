"""Finding hermes-bot's store by its config, of which only one key is ever looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.backends.hermes_bot.reading import BotReader
from sessiontui.domain.backend import Surroundings
from tests.formats.hermes_bot_stores import CART, BotHome, legacy_entry


@pytest.fixture
def bot(tmp_path: Path) -> BotHome:
    return BotHome(tmp_path / "kim")


def found(bot: BotHome, *, config: str = "", current: Path | None = None) -> list[Path]:
    variables = {"HERMES_CONFIG": config} if config else {}
    surroundings = Surroundings(home=bot.home, variables=variables, current_folder=current)
    places = list(HermesBot.discover(surroundings))
    assert not any("secret" in f"{place}" for place in places)
    return [place.path for place in places]


def test_the_config_of_the_current_folder_names_the_store(bot: BotHome) -> None:
    bot.with_config()
    path = bot.with_rows()
    assert found(bot, current=bot.bot) == [path]
    assert found(bot, current=bot.home) == []
    assert found(bot) == []


def test_the_config_named_by_the_variable_comes_first(bot: BotHome, tmp_path: Path) -> None:
    config = bot.with_config()
    path = bot.with_rows()
    other = BotHome(tmp_path / "other")
    other.with_config()
    assert found(bot, config=str(config), current=other.bot) == [path]
    other.with_rows()
    assert found(bot, config=str(config), current=other.bot) == [path, other.database]
    assert found(bot, config="bot/config.toml", current=bot.home) == [path]
    assert found(bot, config=str(tmp_path / "missing.toml")) == []


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ("", "sessions.db"),
        ('sessions_file = "state/threads.sqlite"', "state/threads.sqlite"),
        ('[slack]\nsessions_file = "ignored.db"', "sessions.db"),
        ("sessions_file = 7", "sessions.db"),
        ("this is no TOML", "sessions.db"),
        ('sessions_file = "hermes"', "hermes"),
    ],
)
def test_the_stores_name_is_a_top_level_key(bot: BotHome, config: str, name: str) -> None:
    (bot.bot / "config.toml").write_text(config)
    path = bot.with_rows()
    target = bot.bot / name
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    assert found(bot, current=bot.bot) == [target]


def test_a_json_file_that_was_not_taken_over_is_found_beside(bot: BotHome) -> None:
    bot.with_config()
    legacy = bot.with_legacy({CART: legacy_entry(CART)})
    assert found(bot, current=bot.bot) == [legacy]
    database = bot.with_rows()
    assert found(bot, current=bot.bot) == [database, legacy]


def test_an_old_config_may_still_name_the_json_file(bot: BotHome) -> None:
    bot.with_config('sessions_file = "sessions.json"')
    legacy = bot.with_legacy({CART: legacy_entry(CART)})
    assert found(bot, current=bot.bot) == [legacy]


def test_a_config_of_another_program_finds_nothing(bot: BotHome) -> None:
    (bot.bot / "config.toml").write_text('name = "something else"')
    (bot.bot / "sessions.db").write_text("no database")
    assert found(bot, current=bot.bot) == []


def test_looking_again_and_again_opens_a_store_once(
    bot: BotHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    judge = BotReader.is_known_layout

    def counting(self: BotReader) -> bool:
        opened.append(self.root)
        return judge(self)

    monkeypatch.setattr(BotReader, "is_known_layout", counting)
    bot.with_config()
    (bot.bot / "sessions.json").write_text("{}")
    path = bot.with_rows()
    for _ in range(5):
        assert found(bot, current=bot.bot) == [path]
    assert opened == [path, bot.legacy]
    bot.with_legacy({CART: legacy_entry(CART)})
    assert found(bot, current=bot.bot) == [path, bot.legacy]
