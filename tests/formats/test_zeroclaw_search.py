"""The search in zeroclaw's own full-text index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.query import Filter, FilterField, Query, Term
from sessiontui.domain.search import Tier
from tests.formats.zeroclaw_stores import Owner, add_chat, chat_database, run


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


def search(store: ZeroclawSqlite, *words: str, **fields: object) -> list[str]:
    query = Query(terms=tuple((Term(word),) for word in words)).replace(**fields)
    return list(dict.fromkeys(key for key, _ in store.search(query)))


def test_the_stores_own_search_is_safe_with_any_words(store: ZeroclawSqlite, path: Path) -> None:
    owner = Owner(path)
    owner.append("gw_words", "user", 'a naïve café, foo-bar don\'t "quo"te" 東京は雨 100% AND')
    assert search(store, "cafe") == ["gw_words"]
    for word in ("CAFÉ", "foo-bar", "don't", 'quo"te', "AND", "100%", "東京", "%"):
        assert search(store, word) == ["gw_words"], word
    assert search(store, "gw") == []
    assert search(store, "caf") == []
    assert search(store, "") == []
    assert list(store.search(Query())) == []
    prefix = Query(terms=((Term("caf", prefix=True),),))
    assert [key for key, _ in store.search(prefix)] == ["gw_words"]
    both = Query(terms=((Term("oslo"), Term("cafe")),))
    assert {key for key, _ in store.search(both)} == {"gw_oslo", "gw_words"}
    without = Query(terms=((Term("oslo"), Term("cafe")),), excluded=(Term("naive"),))
    assert {key for key, _ in store.search(without)} == {"gw_oslo"}


def test_hits_say_where_and_what(store: ZeroclawSqlite, path: Path) -> None:
    Owner(path).append("gw_oslo", "tool", '{"content":"fjord 12 km","tool_call_id":"c"}')
    ((key, hit),) = store.search(Query(terms=((Term("museum"),),)))
    assert (key, hit.message_index, hit.role, hit.tier) == ("gw_oslo", 1, "assistant", Tier.TEXT)
    assert [hit.snippet[a:b] for a, b in hit.matches] == ["museum"]
    assert search(store, "fjord") == []
    assert search(store, "fjord", in_tools=True) == ["gw_oslo"]
    narrowed = (Filter(field=FilterField.TITLE, values=("job",)),)
    assert search(store, "plan", filters=narrowed) == []
    by_role = (Filter(field=FilterField.ROLE, values=("assistant",)),)
    assert search(store, "museum", filters=by_role) == ["gw_oslo"]
    assert search(store, "plan", filters=by_role) == []


def test_trap_6_a_damaged_index_is_not_needed_to_search(tmp_path: Path) -> None:
    database = chat_database(tmp_path / "sessions.db", "v0.5.0")
    add_chat(database, "k", "the wisteria blooms", "yes")
    run(database, "UPDATE sessions SET content = 'the viridian blooms' WHERE id = 1")
    run(database, "DELETE FROM sessions WHERE id = 1")
    with pytest.raises(sqlite3.DatabaseError):
        Owner(database).search("wisteria")
    store = ZeroclawSqlite.open(database)
    assert search(store, "wisteria") == []
    assert search(store, "yes") == ["k"]
    store.close()
