"""How text becomes words of the index, and what of it a snippet shows. Pure."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.indexed_text import TextItem, TextKind
from sessiontui.domain.printable import printable
from sessiontui.domain.query import Term
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_corrections import edit_distance
from sessiontui.services.index_items import LONGEST_TEXT, items_of, packed, unpacked
from sessiontui.services.index_snippets import SNIPPET_WIDTH, MatchFinder
from sessiontui.services.index_words import (
    cjk_pairs,
    exact,
    from_exact,
    name_parts,
    storable,
)

any_text = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SessionStore", ["Session", "Store"]),
        ("parseJSON", ["parse", "JSON"]),
        ("HTTPServer2 x", ["HTTP", "Server2"]),
        ("sha256Sum", ["sha256", "Sum"]),
        ("ÜberGröße", ["Über", "Größe"]),
        ("abc東京def", ["abc", "def"]),
    ],
)
def test_the_parts_of_names_stand_beside_the_text(text: str, parts: list[str]) -> None:
    found = name_parts(text)
    assert found is not None
    assert found.replace("\ue000", " ").split() == parts


@pytest.mark.parametrize("text", ["plain words", "snake_case", "SHOUTING", "", "東京", "x" * 90])
def test_text_without_names_has_no_parts(text: str) -> None:
    assert name_parts(text) is None


def test_pairs_overlap_and_end_with_the_last_character() -> None:
    # The end of a run is found by its beginning: `都*`.
    assert cjk_pairs("go 東京都 now 前") == "東京 京都 都\ue000 \ue000前 前"
    assert cjk_pairs("nothing of the kind") is None
    assert cjk_pairs(unicodedata.normalize("NFD", "がく")) == "がく く"


@given(any_text)
def test_any_text_can_be_indexed(text: str) -> None:
    storable(text).encode()
    for part in (name_parts(storable(text)), cjk_pairs(storable(text))):
        assert part is None or part.encode()


@given(st.text(st.characters() | st.characters(categories=["Cs"]), max_size=20))
def test_keys_come_back_as_they_were(text: str) -> None:
    stored = exact(text)
    assert stored is not None
    if isinstance(stored, str):
        stored.encode()
    assert from_exact(stored) == text


@given(any_text, st.lists(any_text.map(Term), max_size=3), st.integers(20, 200))
def test_a_snippet_is_one_safe_line_and_its_matches_lie_in_it(
    text: str, terms: list[Term], width: int
) -> None:
    snippet = MatchFinder([(term,) for term in terms]).look(text, width).snippet(width)
    assert "\n" not in snippet.text
    assert printable(snippet.text) == snippet.text
    end = 0
    for start, stop in snippet.matches:
        assert end <= start < stop <= len(snippet.text)
        end = stop


def matched(text: str, *terms: Term) -> list[str]:
    snippet = MatchFinder([(term,) for term in terms]).look(text).snippet()
    return [snippet.text[start:end] for start, end in snippet.matches]


def test_matches_are_whole_words_unless_a_beginning_is_looked_for() -> None:
    assert matched("a storehouse and a store", Term("store")) == ["store"]
    assert matched("a storehouse and a store", Term("store", prefix=True)) == ["store", "store"]
    assert matched("restore SessionStore", Term("store")) == ["Store"]
    assert matched("naïve Naive nai\u0308ve", Term("naïve")) == ["naïve", "Naive", "nai\u0308ve"]
    assert matched("the session_store", Term("session store", phrase=True)) == ["session_store"]
    assert matched("名前を付けて", Term("を付")) == ["を付"]


def test_a_snippet_stands_around_the_place_where_most_words_meet() -> None:
    text = "kettle " + "x " * 300 + "the kettle has limescale " + "y " * 300
    snippet = MatchFinder([(Term("kettle"),), (Term("limescale"),)]).look(text).snippet()
    assert "the kettle has limescale" in snippet.text
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
    assert len(snippet.text) <= SNIPPET_WIDTH + 2
    near = MatchFinder([(Term("kettle"),), (Term("limescale"),)])
    assert near.look("kettle limescale").quality > near.look(text).quality
    assert near.look("limescale").quality < near.look(text).quality
    assert near.look("nothing").quality == 0.0


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [
        ("kettle", "kettle", 0),
        ("ketle", "kettle", 1),
        ("kettel", "kettle", 1),
        ("kattle", "kettle", 1),
        ("kettles", "kettle", 1),
        ("kttel", "kettle", 2),
        ("sink", "kettle", 3),
    ],
)
def test_the_edit_distance_counts_mistakes_up_to_a_limit(
    left: str, right: str, distance: int
) -> None:
    assert edit_distance(left, right, 2) == distance
    assert edit_distance(right, left, 2) == distance


@given(st.text(st.sampled_from("ab "), max_size=50), st.integers(1, 3))
def test_long_texts_are_split_without_losing_anything(text: str, times: int) -> None:
    whole = (text + "x") * (times * LONGEST_TEXT // (len(text) + 1))
    item = TextItem(3, "user", TextKind.TEXT, 1.0, True, whole)
    parts = list(items_of([item], IndexTier.TEXT))
    assert "".join(part.text for part in parts) == whole
    assert all(len(part.text) <= LONGEST_TEXT and part.place == 3 for part in parts)


def test_the_tiers_share_the_texts_of_a_message_between_them() -> None:
    said = [
        TextItem(0, "assistant", TextKind.THINKING, None, False, "hm"),
        TextItem(0, "assistant", TextKind.TOOL_CALL, None, False, "ls"),
        TextItem(0, "assistant", TextKind.TEXT, 5.0, False, "so"),
        TextItem(1, "tool", TextKind.TOOL_RESULT, None, False, " \n"),
        TextItem(2, "odd", TextKind.MEDIA, None, False, "a.png"),
    ]
    texts = [(item.place, item.text) for item in items_of(said, IndexTier.TEXT)]
    assert texts == [(0, "hm\nso"), (2, "a.png")]
    assert [item.text for item in items_of(said, IndexTier.TOOLS)] == ["ls"]


@given(any_text)
def test_tool_output_is_kept_whole(text: str) -> None:
    assert unpacked(packed(storable(text))) == storable(text)
