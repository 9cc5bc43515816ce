"""hermes-bot's link to Claude Code's transcripts: finding them, following them, watching them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.hermes_bot import HermesBot
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, TitleSource
from tests.formats.claude_code_lines import encoded, prompt
from tests.formats.hermes_bot_stores import (
    CART,
    CART_SESSION,
    CART_TALK,
    FAILED,
    BotHome,
    bot_row,
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


# -- the link to transcripts -------------------------------------------------------------------


@pytest.mark.parametrize(
    "folder",
    ["-home-kim-shop-app", "-home-kim-shop.app", "-somewhere-else", "-home-kim-shop-app-x1y2z3"],
)
def test_a_transcript_is_found_in_any_of_its_places(
    bot: BotHome, store: HermesBot, folder: str
) -> None:
    path = bot.with_transcript(folder=folder)
    session = store.get(CART)
    assert session is not None
    assert session.extra["transcript"] == str(path)
    assert session.message_count == 3


def test_claude_codes_own_place_comes_before_the_bots(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript(folder="-home-kim-shop.app", records=[prompt(1, None, "the wrong one")])
    bot.with_transcript()
    assert texts(store.messages(CART))[0] == "fix the cart test"


def test_a_repository_that_is_a_link_is_followed(bot: BotHome, tmp_path: Path) -> None:
    real = tmp_path / "real repo"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    rows = [bot_row(CART, session_id=CART_SESSION, repo_path=f"{tmp_path / 'link'}/")]
    bot.with_transcript(folder="".join(c if c.isalnum() else "-" for c in str(real)))
    (session,) = opened(bot.with_rows(rows)).values()
    assert session.message_count == 3
    assert session.workspace == tmp_path / "link"


def test_a_transcript_that_appears_later_is_found_wherever_it_is(
    bot: BotHome, store: HermesBot
) -> None:
    before, stamp = dict(store.fingerprints()), store.stamp()
    assert list(store.messages(CART)) == []
    bot.with_transcript(folder="-another-folder")
    assert store.stamp() != stamp
    assert dict(store.fingerprints())[CART] != before[CART]
    assert len(list(store.messages(CART))) == 3


def test_a_growing_transcript_is_a_change_of_its_session_alone(
    bot: BotHome, store: HermesBot
) -> None:
    path = bot.with_transcript()
    before = dict(store.fingerprints())
    batch = store.text_since(CART, None)
    with path.open("ab") as file:
        file.write(encoded([prompt(4, 3, "thanks")])[:30])
    half = store.text_since(CART, batch.cursor)
    assert (half.items, half.restart) == ([], False)
    with path.open("ab") as file:
        file.write(encoded([prompt(4, 3, "thanks")])[30:])
    after = dict(store.fingerprints())
    assert {key for key in after if after[key] != before[key]} == {CART}
    fresh = store.text_since(CART, half.cursor)
    assert [item.text for item in fresh.items] == ["thanks"]
    assert [*batch.items, *fresh.items] == list(texts_of(store.messages(CART)))


def test_the_home_given_wins_over_the_nearest_and_that_over_the_users(
    bot: BotHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bot.with_rows()
    users = BotHome(tmp_path / "user")
    monkeypatch.setenv("HOME", str(users.home))
    users.with_transcript(records=[prompt(1, None, "of the user")])
    assert texts(HermesBot.open(path).messages(CART)) == []
    for folder in (bot.projects, bot.projects.parent):
        folder.rmdir()
    assert texts(HermesBot.open(path).messages(CART)) == ["of the user"]
    bot.projects.mkdir(parents=True)
    bot.with_transcript(records=[prompt(1, None, "of the nearest")])
    assert texts(HermesBot.open(path).messages(CART)) == ["of the nearest"]
    third = BotHome(tmp_path / "third")
    third.with_transcript(records=[prompt(1, None, "of the one given")])
    given = HermesBot.open(path)
    given.use_home(third.home)
    assert texts(given.messages(CART)) == ["of the one given"]


@pytest.mark.parametrize("native", ["../../../secret", "/etc/passwd", "", ".", "a\0b", "x" * 300])
def test_an_id_that_is_a_path_leads_nowhere(bot: BotHome, native: str) -> None:
    (bot.home / ".claude" / "secret.jsonl").write_bytes(encoded(CART_TALK))
    (session,) = opened(bot.with_rows([bot_row(CART, session_id=native)])).values()
    assert session.message_count is None
    assert "transcript" not in session.extra


def test_a_transcript_titled_by_claude_code_gives_its_title(bot: BotHome, store: HermesBot) -> None:
    bot.with_transcript(records=[*CART_TALK, {"type": "custom-title", "customTitle": "Cart [v2]"}])
    session = store.get(CART)
    assert session is not None
    assert (session.title, session.title_source) == ("Cart [v2]", TitleSource.STORE)


# -- watching ----------------------------------------------------------------------------------


def test_the_folders_of_transcripts_are_watched_too(bot: BotHome, store: HermesBot) -> None:
    found = bot.with_transcript(folder="-somewhere-else")
    roots = store.watch_roots()
    assert {store.root, found.parent} <= set(roots)
    assert bot.projects / "-home-kim-docs" in roots


def test_a_change_of_a_transcript_concerns_its_sessions(bot: BotHome, store: HermesBot) -> None:
    path = bot.with_transcript()
    assert store.changed_keys([path]) == frozenset({CART})
    assert store.changed_keys([path.with_name("other.jsonl"), bot.bot / "notes.txt"]) == frozenset()
    assert store.changed_keys([bot.projects / "-home-kim-docs"]) == frozenset({FAILED})


def test_a_change_of_the_database_concerns_any_session_once(store: HermesBot, bot: BotHome) -> None:
    log = bot.database.with_name("sessions.db-wal")
    assert store.changed_keys([bot.database.with_name("sessions.db-shm")]) == frozenset()
    assert store.changed_keys([bot.database, log]) is None
    settled = time.time_ns() - 10**9
    os.utime(bot.database, ns=(settled, settled))
    assert store.changed_keys([bot.database]) is None
    assert store.changed_keys([bot.database, log]) == frozenset()


def test_an_unchanged_store_has_an_unchanged_stamp_in_every_process(bot: BotHome) -> None:
    path, transcript = bot.with_rows(), bot.with_transcript()
    settled = time.time_ns() - 10**9
    for one in (path, transcript):
        os.utime(one, ns=(settled, settled))
    stamps = set()
    for _ in range(3):
        backend = HermesBot.open(path)
        stamps.add(backend.stamp())
        list(backend.scan())
        stamps.add(backend.stamp())
        backend.close()
    assert len(stamps) == 1
