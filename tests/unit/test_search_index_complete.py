"""Whole answers are what a plain look at every text gives; first rows are some of them."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.message import ToolResultBlock
from sessiontui.domain.query import Filter, FilterField, Query, SortKey, Term
from sessiontui.domain.session import RowPage
from sessiontui.services.index_pass import SearchLimits
from sessiontui.services.search_index import SearchIndex
from tests.unit.indexing import NOW, Indexed, ticking
from tests.unit.plain_search import Talk, found_plainly

SAID = (
    "alpha", "beta", "alphabet", "gamma", "SessionStore", "session_store", "session-store",
    "session", "store", "Straße", "STRASSE", "C++", "C#", "c", "src/app/main.py", "naïve", "NAIVE",
    "東京", "京都", "東京tower", "方", "🚀", "E0308", "3.11.7", "a => b", "my_SessionStore",
)  # fmt: skip
ASKED = (
    *SAID, "alp", "sess", "sessionStore", "SessionSto", "app/main", "main.py", "京", "tower",
    "strasse", "++", "=>", "naive", "3.11", "zeta", "my_session_store", "my_session_sto",
)  # fmt: skip

texts = st.lists(st.sampled_from(SAID), min_size=1, max_size=5).map(" ".join)
talks = st.builds(
    lambda title, said: Talk(
        title, [(("user", "assistant")[n % 2], *m) for n, m in enumerate(said)]
    ),
    texts,
    st.lists(st.tuples(st.sampled_from((False, False, False, True)), texts), max_size=5),
)
# Shorter beginnings are looked for in titles only, where there is much text.
terms = st.builds(
    lambda words, prefix: Term(
        " ".join(words),
        len(words) > 1,
        prefix and len(words) == 1 and re.search(r"[^\W_]{3}$", words[0]) is not None,
    ),
    st.lists(st.sampled_from(ASKED), min_size=1, max_size=2),
    st.booleans(),
)
filters = st.builds(
    Filter,
    field=st.just(FilterField.TITLE),
    values=st.sampled_from((("alpha",), ("e",), ("京", "SESSION"))),
    negated=st.booleans(),
) | st.builds(
    Filter,
    field=st.just(FilterField.ROLE),
    values=st.sampled_from((("user",), ("assistant", "tool"), ("tool",))),
    negated=st.booleans(),
)
queries = st.builds(
    Query,
    terms=st.lists(st.lists(terms, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple),
    excluded=st.lists(terms, max_size=2).map(tuple),
    filters=st.lists(filters, max_size=2).map(tuple),
    in_tools=st.booleans(),
    sort=st.sampled_from((SortKey.RELEVANCE, SortKey.ACTIVITY, SortKey.TITLE)),
)

FIRST = {
    "settled": SearchLimits(small=0, few=0),
    "asked": SearchLimits(small=0, few=0, texts=0, titles=0),
    "recent words": SearchLimits(small=0, few=0, texts=-1, titles=-1),
    "few rows": SearchLimits(small=0, few=0, texts=1, titles=1, rows=1),
}


def indexed_of(folder: Path, held: dict[str, Talk]) -> Indexed:
    indexed = Indexed(folder)
    for key, talk in held.items():
        said = [ToolResultBlock(text=text) if tool else text for _, tool, text in talk.messages]
        indexed.put(key, *said, title=talk.title)
    indexed.sync.run()
    return indexed


def keys(page: RowPage) -> list[str]:
    return [row.ref.key for row in page.rows]


@settings(max_examples=50, deadline=None)
@given(
    held=st.lists(talks, min_size=1, max_size=8),
    asked=st.lists(queries, min_size=1, max_size=12),
    step=st.sampled_from((0.0, 0.0002, 0.001, 0.01)),
)
def test_whole_answers_are_complete_and_first_rows_are_right(
    held: list[Talk], asked: list[Query], step: float
) -> None:
    named = {f"k{number}": talk for number, talk in enumerate(held)}
    with tempfile.TemporaryDirectory() as folder:
        indexed = indexed_of(Path(folder), named)
        stores = indexed.store_ids
        for query in asked:
            whole = indexed.rows(query)
            expected = found_plainly(named, query)
            assert whole.complete
            assert whole.total == len(whole.rows)
            assert (set() if whole.corrected else set(keys(whole))) == expected, query
            for limits in FIRST.values():
                hurried = SearchIndex(Path(folder) / "cache", limits, ticking(step))
                first = hurried.rows(query, stores, NOW.timestamp(), 600.0, whole=False)
                assert set(keys(first)) <= set(keys(whole)), (query, limits)
                if first.complete:
                    assert first.replace(complete=True) == whole, (query, limits)
                hurried.close()
        indexed.index.close()


@pytest.mark.parametrize("limits", FIRST.values(), ids=FIRST)
def test_with_time_enough_the_first_rows_are_all(tmp_path: Path, limits: SearchLimits) -> None:
    held = {f"k{number}": Talk("t", [("user", False, word)]) for number, word in enumerate(SAID)}
    indexed = indexed_of(tmp_path, held)
    hurried = SearchIndex(tmp_path / "cache", limits.replace(rows=50), lambda: 0.0)
    for word in ASKED:
        query = Query(terms=((Term(word),),), sort=SortKey.RELEVANCE)
        whole = indexed.rows(query)
        if whole.corrected is None:
            first = hurried.rows(query, indexed.store_ids, NOW.timestamp(), 600.0, whole=False)
            assert set(keys(first)) == set(keys(whole)), word
