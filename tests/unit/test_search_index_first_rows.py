"""The first rows of a search: which ones they are, and what is left for the whole answer."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.query import Query, SortKey, Term
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import RowPage
from sessiontui.services import index_reader
from sessiontui.services.index_conditions import Conditions
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_pass import SearchLimits
from sessiontui.services.index_patience import Patience
from sessiontui.services.index_reader import IndexReader
from sessiontui.services.index_schema import TABLES, create_schema
from sessiontui.services.index_slots import SlotOwners
from sessiontui.services.index_volumes import Volumes, occurrences
from tests.unit.indexing import Indexed, ticking

MANY = 40
LIMITS = SearchLimits(rows=2, seconds=1.0, texts=2, titles=50, small=0, few=0)


def many(folder: Path, limits: SearchLimits = LIMITS, sessions: int = MANY) -> Indexed:
    """Sessions about a kettle, newest first s0, s1, ...; each a day older than the one before."""
    indexed = Indexed(folder, limits)
    for number in range(sessions):
        age = timedelta(days=number + 1)
        indexed.put(f"s{number}", "x", f"the kettle{number} kettle", title="t", age=age)
    indexed.sync.run()
    return indexed


def first(indexed: Indexed, query: Query | str, **changes: object) -> RowPage:
    """The first rows."""
    indexed.whole = False
    page = indexed.rows(query, **changes)
    indexed.whole = True
    return page


def keys(page: RowPage) -> list[str]:
    return [row.ref.key for row in page.rows]


WORD = Query(terms=((Term("kettle"),),), sort=SortKey.RELEVANCE)


def test_the_newest_sessions_come_first_and_all_of_them_when_asked_for(tmp_path: Path) -> None:
    indexed = many(tmp_path)
    page = first(indexed, WORD)
    assert keys(page) == ["s0", "s1"]
    assert (page.total, page.complete) == (None, False)
    assert all(row.snippet == "the kettle0 kettle" for row in page.rows[:1])
    assert {row.hit_count_exact for row in page.rows} == {False}
    whole = indexed.rows(WORD)
    assert (len(whole.rows), whole.total, whole.hits, whole.complete) == (MANY, MANY, MANY, True)
    assert {row.hit_count_exact for row in whole.rows} == {True}


def test_a_session_with_the_words_in_its_title_is_there_however_old(tmp_path: Path) -> None:
    indexed = many(tmp_path)
    indexed.put("titled", "x", title="kettle", age=timedelta(days=300))
    indexed.sync.run()
    page = first(indexed, WORD)
    assert keys(page) == ["titled", "s0"]


def test_what_few_texts_hold_is_found_however_old_and_needs_no_second_question(
    tmp_path: Path,
) -> None:
    indexed = many(tmp_path)
    for query in (
        Query(terms=((Term("kettle39"),),)),
        Query(terms=((Term("kettle39"),), (Term("the"),))),
    ):
        page = first(indexed, query)
        assert keys(page) == ["s39"]
        assert (page.total, page.complete) == (1, True)


def test_when_the_time_is_over_what_was_found_is_the_answer(tmp_path: Path) -> None:
    indexed = many(tmp_path, LIMITS.replace(rows=MANY))
    found = []
    for step in (0.0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.0):
        indexed.clock = ticking(step)
        page = first(indexed, WORD)
        found.append(len(page.rows))
        assert keys(page) == [f"s{number}" for number in range(len(page.rows))]
        assert page.complete == (len(page.rows) == MANY)
        assert not page.corrected
    assert found[0] == MANY
    # The newest few are there however slow the machine is.
    assert 0 < found[-1] < MANY
    indexed.clock = ticking(5.0)
    assert len(indexed.rows(WORD).rows) == MANY
    assert len(indexed.hits(WORD, limit=None).items) == MANY


def test_a_common_beginning_is_looked_for_by_the_words_used_lately(tmp_path: Path) -> None:
    indexed = many(tmp_path, LIMITS.replace(texts=-1))
    query = Query(terms=((Term("kett", prefix=True),),), sort=SortKey.RELEVANCE)
    page = first(indexed, query)
    assert keys(page) == ["s0", "s1"]
    assert not page.complete
    assert page.rows[0].matches
    assert indexed.rows(query).total == MANY


def test_a_beginning_that_is_a_common_word_finds_that_word_first(tmp_path: Path) -> None:
    indexed = many(tmp_path)
    indexed.put("longer", "x", "there", age=timedelta(hours=1))
    indexed.sync.run()
    indexed = indexed.reopened(LIMITS.replace(texts=-1))
    query = Query(terms=((Term("the", prefix=True),),), sort=SortKey.RELEVANCE)
    assert keys(first(indexed, query)) == ["s0", "s1"]
    assert "longer" in keys(indexed.rows(query))


def test_filters_and_excluded_words_hold_for_first_rows(tmp_path: Path) -> None:
    indexed = many(tmp_path)
    indexed.put("other", "x", "kettle", agent="scout", age=timedelta(days=200))
    indexed.put("both", "x", "kettle oven", agent="scout", age=timedelta(days=100))
    indexed.sync.run()
    assert keys(first(indexed, "agent:scout kettle")) == ["both", "other"]
    assert keys(first(indexed, "agent:scout kettle -oven")) == ["other"]
    page = first(indexed, "kettle -the")
    assert keys(page) == ["both", "other"]
    assert page.complete


def test_first_rows_keep_the_order_that_was_asked_for(tmp_path: Path) -> None:
    indexed = many(tmp_path)
    assert keys(first(indexed, WORD, sort=SortKey.ACTIVITY)) == ["s0", "s1"]
    assert keys(first(indexed, WORD, sort=SortKey.ACTIVITY, reverse=True)) == ["s39", "s38"]
    assert keys(first(indexed, WORD, sort=SortKey.ACTIVITY, limit=1)) == ["s0"]
    later = first(indexed, WORD, sort=SortKey.ACTIVITY, offset=3, limit=2)
    assert (keys(later), later.complete) == (["s3", "s4"], True)


@pytest.mark.parametrize("text", ["", "title:t", "-nothing"])
def test_a_list_without_words_begins_with_its_first_rows_too(tmp_path: Path, text: str) -> None:
    indexed = many(tmp_path)
    page = first(indexed, text)
    assert (keys(page), page.total, page.complete) == (["s0", "s1"], None, False)
    whole = indexed.rows(text)
    assert (len(whole.rows), whole.total, whole.complete) == (MANY, MANY, True)


def test_a_small_index_is_always_answered_whole(tmp_path: Path) -> None:
    indexed = many(tmp_path, SearchLimits(rows=2, seconds=0.0))
    for query in (WORD, Query()):
        page = first(indexed, query)
        assert (len(page.rows), page.total, page.complete) == (MANY, MANY, True)


def test_sessions_with_very_many_hits_do_not_hide_the_others(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path, LIMITS.replace(rows=10))
    for number in range(3):
        indexed.put(f"long{number}", *["kettle"] * 2_500, age=timedelta(days=number + 1))
    indexed.put("short", "kettle", age=timedelta(days=9))
    indexed.sync.run()
    page = first(indexed, WORD)
    assert keys(page)[:3] == ["long0", "long1", "long2"]
    assert "short" in keys(page)
    assert [row.hit_count for row in indexed.rows(WORD).rows] == [2_500] * 3 + [1]


def test_a_part_of_a_title_is_found_before_all_titles_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_reader, "_STEPS", 20)
    indexed = many(tmp_path, sessions=200)
    indexed.put("old", "x", "kettle", title="The harbour museum", age=timedelta(days=400))
    indexed.sync.run()
    indexed.clock = ticking(0.02)
    for text in ("title:harb", "title:harb kettle"):
        page = first(indexed, text)
        assert (keys(page), page.complete) == (["old"], False)
        assert indexed.rows(text).total == 1
    assert "old" not in keys(first(indexed, "title:arbour"))
    assert keys(indexed.rows("title:arbour")) == ["old"]


def test_what_stands_nowhere_is_known_at_once_whatever_stands_beside_it(tmp_path: Path) -> None:
    indexed = many(tmp_path, LIMITS.replace(titles=1))
    page = first(indexed, "zzzzz the")
    assert (page.rows, page.total, page.complete) == ((), 0, True)
    page = first(indexed, "kettel39 the")
    assert (keys(page), page.corrected) == ([], None)
    page = first(indexed, "kettlee the")
    assert (len(page.rows), page.corrected) == (2, "kettle the")


def test_the_size_of_what_is_looked_for_is_told_without_reading_it(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("long", *(f"pre{number % 700} other{number}" for number in range(4_000)))
    indexed.sync.run()
    with indexed.index.database.reading() as connection:
        reader = IndexReader(connection, SearchTicket(), SlotOwners(), Patience(None, lambda: 0.0))
        words = TABLES[IndexTier.TEXT].words
        assert 1_000 < occurrences(reader, words, "pre") < 20_000
        assert occurrences(reader, words, "o") > occurrences(reader, words, "other39")
        assert occurrences(reader, words, "zzz") == 0
        volumes = Volumes(reader, Conditions(Query()), 5)
        assert volumes.texts((Term("pre1"),)) == 5
        assert volumes.texts((Term("other1"),)) == 1
        assert volumes.texts((Term("pre1 other1", phrase=True),)) == 1
        assert volumes.is_common((Term("pre1"),))


def test_a_common_word_is_no_rare_beginning_where_no_other_word_follows_it() -> None:
    words = TABLES[IndexTier.TEXT].words
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create_schema(connection)
        connection.executemany(
            f"INSERT INTO {words}(rowid, text) VALUES (?, ?)",
            [(number, "and other things") for number in range(20_000)],
        )
        connection.execute(f"INSERT INTO {words}({words}) VALUES ('optimize')")
        reader = IndexReader(connection, SearchTicket(), SlotOwners(), Patience(None, lambda: 0.0))
        # Nothing else begins so: one page is where such words begin, and where they end.
        assert occurrences(reader, words, "and") == 0
        volumes = Volumes(reader, Conditions(Query()), 5_000)
        assert volumes.of_beginning(words, "and") == 5_000
        assert volumes.is_common((Term("and", prefix=True),))


def test_the_sessions_of_slots_follow_what_is_written(tmp_path: Path) -> None:
    indexed = many(tmp_path, sessions=3)
    owners = SlotOwners()

    def known() -> dict[int, str]:
        with indexed.index.database.reading() as connection:
            names = dict(connection.execute("SELECT id, key FROM session"))
            return {slot: names.get(n, "-") for slot, n in enumerate(owners.of(connection)) if n}

    assert set(known().values()) == {"s0", "s1", "s2"}
    indexed.store.delete("s1")
    indexed.put("new", "x")
    indexed.sync.run()
    assert sorted(known().values()) == ["-", "new", "s0", "s2"]
    indexed.index.database.rebuild()
    assert known() == {}
    indexed.sync.run()
    assert set(known().values()) == {"new", "s0", "s2"}
