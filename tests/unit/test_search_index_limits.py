"""The search index where there is too much or nothing to find, or nobody waits any longer."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import SearchInterrupted
from sessiontui.domain.query import Query, Term
from sessiontui.services import index_results
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_pass import SearchLimits
from sessiontui.services.search_index import SearchIndex
from tests.unit.indexing import WAYS, Indexed, in_a_way, kitchen_of


@pytest.fixture(params=WAYS, ids=str)
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Indexed:
    """An index that finds in each of its ways in turn."""
    return in_a_way(tmp_path, request.param)


@pytest.fixture
def kitchen(indexed: Indexed) -> Indexed:
    """Four sessions about a kitchen, newest first: tea, oven, kettle, sink."""
    return kitchen_of(indexed)


def test_a_misspelled_word_finds_its_neighbour_and_says_so(kitchen: Indexed) -> None:
    for text, meant in (
        ("limscale", "limescale"),
        ("ketle ", "kettle"),
        ("ovne ", "oven"),
        ("zetcle nut", None),
        ("lezk ", "leak"),
    ):
        page = kitchen.rows(text)
        if meant is None or meant == "leak":
            assert (page.rows, page.corrected) == ((), None), text
        else:
            assert page.rows, text
            assert page.corrected == meant
            assert page.rows[0].matches
    assert kitchen.hits("limscale -tea").corrected == "limescale -tea"
    assert kitchen.rows("kettle").corrected is None
    assert kitchen.rows("k1ttle").corrected is None


def test_a_correction_prefers_the_nearer_then_the_more_frequent_word(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("a", "coffee", "toffee", "toffee")
    indexed.sync.run()
    assert indexed.rows("xoffee ").corrected == "toffee"
    assert indexed.rows("cofee ").corrected == "coffee"


def test_a_correction_keeps_the_filters(kitchen: Indexed) -> None:
    page = kitchen.rows("limscale -agent:scout title:kettle after:2026-02-01 in:tools")
    assert [row.ref.key for row in page.rows] == ["kettle"]
    assert page.corrected is not None
    assert page.corrected.startswith("limescale -agent:scout title:kettle after:2026-02-01")
    assert page.corrected.endswith("in:tools")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kubernetse", "kubernetes"),
        ("kuberentes", "kubernetes"),
        ("ubernetes", "kubernetes"),
        ("xkubernetes", "kubernetes"),
        ("kubernets", "kubernetes"),
        ("kuberneetis", "kubernetes"),
        ("привте", "привет"),
        ("kubrenetse", None),
        ("kuber", None),
    ],
)
def test_one_mistake_anywhere_or_two_after_a_right_beginning_are_forgiven(
    indexed: Indexed, typed: str, meant: str | None
) -> None:
    indexed.put("a", "kubernetes is down", "привет")
    indexed.sync.run()
    assert indexed.rows(Query(terms=((Term(typed),),))).corrected == meant


def test_words_that_stand_only_in_titles_are_neighbours_too(indexed: Indexed) -> None:
    indexed.put("a", "hello", title="kubernetes")
    indexed.sync.run()
    assert indexed.rows("kubernets ").corrected == "kubernetes"


def test_a_short_beginning_is_looked_for_in_titles_only_where_there_is_much_text(
    tmp_path: Path,
) -> None:
    indexed = Indexed(tmp_path, SearchLimits(small=2))
    indexed.put("a", "kettle", "and more", title="one")
    indexed.put("b", "water", title="kettle")
    indexed.sync.run()
    assert indexed.found("ke") == ["b"]
    assert set(indexed.found("ket")) == {"a", "b"}
    small = SearchIndex(tmp_path / "cache", SearchLimits(small=100))
    query = Query(terms=((Term("ke", prefix=True),),))
    assert small.rows(query, indexed.store_ids, 0.0, 0.0).total == 2


def test_an_interrupt_ends_running_searches_and_no_later_one(kitchen: Indexed) -> None:
    kitchen.index.interrupt()
    assert kitchen.found("limescale") == ["kettle"]
    ticket = SearchTicket()
    threading.Timer(0.05, ticket.interrupt).start()
    with pytest.raises(SearchInterrupted):
        count_for_ever(kitchen.index, ticket)
    with kitchen.index.database.reading() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    with pytest.raises(SearchInterrupted), kitchen.index.database.reading(ticket):
        pass


def count_for_ever(index: SearchIndex, ticket: SearchTicket) -> None:
    with index.database.reading(ticket) as connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        ).fetchone()


def test_a_running_search_is_ended_from_another_thread(
    kitchen: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, ended = threading.Event(), threading.Event()
    check = SearchTicket.check

    calls = iter(range(10_000))

    def slow_check(self: SearchTicket) -> None:
        # The first is made while the connection is being taken.
        if next(calls) == 1:
            started.set()
            assert ended.wait(5)
        check(self)

    monkeypatch.setattr(SearchTicket, "check", slow_check)
    raised: list[BaseException] = []

    def search() -> None:
        try:
            kitchen.rows("kettle")
        except SearchInterrupted as error:
            raised.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    assert started.wait(5)
    kitchen.index.interrupt()
    ended.set()
    thread.join(5)
    assert len(raised) == 1
    monkeypatch.undo()
    assert kitchen.found("limescale") == ["kettle"]


def test_rows_beyond_the_first_have_a_count_and_no_snippet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_results, "MOST_SNIPPETS", 1)
    monkeypatch.setattr(index_results, "FINELY_RANKED", 1)
    monkeypatch.setattr(index_results, "MOST_ROWS", 2)
    indexed = Indexed(tmp_path)
    for number in range(3):
        indexed.put(f"s{number}", "x", "kettle", "kettle", age=timedelta(days=number + 1))
    indexed.sync.run()
    page = indexed.rows("kettle")
    assert [(row.hit_count, row.snippet) for row in page.rows] == [(2, "kettle"), (2, None)]
    assert (page.total, page.hits) == (3, 6)
    assert len(indexed.rows("kettle", limit=3).rows) == 3
    assert all(row.snippet for row in indexed.rows("kettle", limit=3).rows)
