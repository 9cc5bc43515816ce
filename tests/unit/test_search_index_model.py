"""The index finds what a plain look at every word finds, whatever happened before."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.message import Role, ToolResultBlock
from sessiontui.domain.query import Query, SortKey, Term
from tests.building import text_message
from tests.unit.indexing import WAYS, Indexed, in_a_way

WORDS = ("alpha", "beta", "gamma", "alphabet", "bet", "東京", "京都")
KEYS = ("one", "two")

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
terms = st.builds(
    lambda words, prefix: Term(" ".join(words), len(words) > 1, prefix and len(words) == 1),
    st.lists(st.sampled_from((*WORDS, "alp", "京")), min_size=1, max_size=2),
    st.booleans(),
)
queries = st.builds(
    Query,
    terms=st.lists(st.lists(terms, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple),
    excluded=st.lists(terms, max_size=2).map(tuple),
    in_tools=st.booleans(),
    sort=st.sampled_from((SortKey.RELEVANCE, SortKey.ACTIVITY)),
)
steps = st.one_of(
    st.tuples(
        st.just("put"),
        st.sampled_from(KEYS),
        texts,
        st.lists(st.tuples(st.booleans(), texts), max_size=4),
    ),
    st.tuples(st.just("append"), st.sampled_from(KEYS), texts),
    st.tuples(st.just("drop"), st.sampled_from(KEYS)),
    st.tuples(st.just("delete"), st.sampled_from(KEYS)),
    st.tuples(st.just("sync")),
)


def meets(text: str, term: Term) -> bool:
    """Whether a term stands in a text, looked at word by word."""
    words = re.findall(r"[a-z]+|[東京都]+", text)
    wanted = term.text.split()
    for start in range(len(words) - len(wanted) + 1):
        pairs = list(zip(words[start:], wanted, strict=False))
        last = len(pairs) - 1
        if all(
            given_word == word or ((term.prefix and place == last) and given_word.startswith(word))
            for place, (given_word, word) in enumerate(pairs)
        ):
            return True
    return False


def stands_in(text: str, term: Term) -> bool:
    """The same; words of CJK characters are substrings each on its own."""
    if re.search("[東京都]", term.text):
        latin = [word for word in term.text.split() if word.isascii()]
        cjk = [word for word in term.text.split() if not word.isascii()]
        kept = Term(" ".join(latin), len(latin) > 1, term.prefix)
        return all(word in text for word in cjk) and (not latin or meets(text, kept))
    return meets(text, term)


def expected(held: dict[str, tuple[str, list[tuple[bool, str]]]], query: Query) -> set[str]:
    found = set()
    for key, (title, messages) in held.items():
        spoken = [text for of_tool, text in messages if query.in_tools or not of_tool]
        places = [title, *spoken]
        if all(
            any(stands_in(place, term) for term in group for place in places)
            for group in query.terms
        ) and not any(stands_in(place, term) for term in query.excluded for place in places):
            found.add(key)
    return found


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None)
@given(happened=st.lists(steps, min_size=1, max_size=16), asked=st.lists(queries, max_size=8))
def test_the_same_sessions_as_a_plain_look(
    way: str, happened: list[tuple[object, ...]], asked: list[Query]
) -> None:
    held: dict[str, tuple[str, list[tuple[bool, str]]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        indexed = in_a_way(Path(folder), way)
        for step in (*happened, ("sync",)):
            match step:
                case ("put", str(key), str(title), list(messages)):
                    said = [
                        ToolResultBlock(text=text) if of_tool else text
                        for of_tool, text in messages
                    ]
                    indexed.put(key, *said, title=title)
                    held[key] = (title, list(messages))
                case ("append", str(key), str(text)) if key in held:
                    indexed.store.append(key, text_message(Role.USER, text))
                    held[key][1].append((False, text))
                case ("drop", str(key)) if key in held:
                    if indexed.store.remove_last(key):
                        held[key][1].pop()
                case ("delete", str(key)):
                    indexed.store.delete(key)
                    held.pop(key, None)
                case ("sync",):
                    indexed.sync.run()
                    # What one answer leaves for the next must not outlive the next change.
                    for query in asked[:1]:
                        assert found(indexed, query) == expected(held, query), query
        for query in asked:
            assert found(indexed, query) == expected(held, query), query
        indexed.index.close()


def found(indexed: Indexed, query: Query) -> set[str]:
    """The sessions that are found as typed; looks whether the page is as it should be."""
    page = indexed.rows(query, limit=50)
    assert page.complete
    assert page.total in {None, len(page.rows)}
    assert all(bool(row.hit_count) == bool(query.terms) for row in page.rows)
    return set() if page.corrected else {row.ref.key for row in page.rows}
