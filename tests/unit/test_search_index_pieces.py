"""What is looked for in the index for a term; no text can say more than its words."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.query import Query, Term
from sessiontui.services.index_conditions import Conditions
from sessiontui.services.index_pieces import PieceKind, is_pictorial, pieces_of, sign_pieces_of
from sessiontui.services.index_schema import TOKENIZER

any_text = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=60)
FTS_SYNTAX = ('"', "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR", "text")
syntax = st.lists(st.sampled_from((*FTS_SYNTAX, "word", "京", "ß", " ", "\0"))).map("".join)


def expressions(text: str, *, prefix: bool = False) -> list[str]:
    return [piece.expression() for piece in pieces_of(Term(text, prefix=prefix))]


def test_a_term_becomes_phrases_of_words_and_of_pairs() -> None:
    assert expressions('say "hello-wor', prefix=True) == ['"say  hello-wor"*']
    assert expressions("ab", prefix=True) == ['"ab"']
    assert [piece.spreads for piece in pieces_of(Term("ab", prefix=True), 1)] == [True]
    assert expressions("abc東京都") == ['"abc"', '"東京 京都"']
    assert expressions("京") == ['"京"*']
    assert expressions("--") == []


def test_a_name_is_looked_for_whole_and_by_its_parts() -> None:
    assert expressions("SessionStore") == ['("SessionStore" OR "Session Store")']
    assert expressions("src/HTTPServer2.py") == ['("src/HTTPServer2.py" OR "src/HTTP Server2.py")']
    assert expressions("session_store") == ['("session_store" OR "seßion_store")']
    # A beginning of one letter would stand for nearly everything.
    assert expressions("nameP", prefix=True) == ['("nameP"* OR "name P")']


def test_some_parts_of_a_name_may_stand_together() -> None:
    said = ['("my_session_store" OR "my_seßion_store" OR "my sessionstore" OR "mysession store")']
    assert expressions("my_session_store") == said
    assert expressions("myBigStore") == [
        '("myBigStore" OR "my Big Store" OR "my BigStore" OR "myBig Store")'
    ]
    (name,) = pieces_of(Term("a_b_c_d_e"))
    assert len(name.phrases) == 15
    (longer,) = pieces_of(Term("a_b_c_d_e_f"))
    assert len(longer.phrases) == 1
    # Only names: what signs or spaces separate is several words.
    assert expressions("my/session/tore") == ['("my/session/tore" OR "my/seßion/tore")']


def test_sharp_s_and_two_s_stand_for_each_other() -> None:
    assert expressions("Straße") == ['("Straße" OR "Strasse")']
    assert expressions("STRASSE") == ['("STRASSE" OR "STRAßE")']


def test_a_short_name_keeps_its_signs() -> None:
    for text, signs in (("C++", "c++"), ("F#", "f#")):
        words, held = pieces_of(Term(text, prefix=True))
        assert (words.kind, words.spreads) == (PieceKind.WORDS, False)
        assert (held.kind, held.phrases[0].text) == (PieceKind.SIGNS, signs)
    assert expressions(".env") == ['".env"']


def test_signs_alone_are_looked_for_as_they_are() -> None:
    assert [piece.phrases[0].text for piece in sign_pieces_of(Term(" => "))] == ["=>"]
    assert [piece.phrases[0].text for piece in sign_pieces_of(Term("❤\ufe0f"))] == ["❤"]
    assert sign_pieces_of(Term(" \ufe0f\0")) == ()
    assert is_pictorial(Term("🚀"))
    assert not is_pictorial(Term("=>"))


def test_few_words_may_stand_for_all_that_begin_so() -> None:
    query = Query(terms=((Term("src/ma", prefix=True),), (Term("of"),)))
    conditions = Conditions(query, 1, {"ma": ("ma", "main", "make")})
    given, other = conditions.groups
    _, values = conditions.titles(given)
    assert values == ('("src/ma" OR "src/main" OR "src/make")',)
    assert conditions.is_shortened(given)
    assert not conditions.spreads(given)
    assert not conditions.is_shortened(other)


@pytest.mark.parametrize(
    ("typed", "counting"),
    [
        (["=>"], ["=>"]),
        (["=>", "arrow"], ["arrow"]),
        (["🚀", "rocket"], ["🚀", "rocket"]),
        (["?", "-", "&"], ["?", "-", "&"]),
        ([" "], []),
    ],
)
def test_signs_beside_words_do_not_count_but_pictures_do(
    typed: list[str], counting: list[str]
) -> None:
    conditions = Conditions(Query(terms=tuple((Term(text),) for text in typed)))
    assert [group[0].text for group in conditions.groups] == counting
    assert conditions.hopeless == (not counting)


@settings(max_examples=300)
@given(any_text | syntax, st.booleans(), st.sampled_from((1, 3)))
def test_no_text_is_syntax(text: str, prefix: bool, shortest: int) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"CREATE VIRTUAL TABLE t USING fts5(x, tokenize='{TOKENIZER}')")
        connection.execute("INSERT INTO t VALUES ('nothing that is looked for')")
        for piece in pieces_of(Term(text, prefix=prefix), shortest):
            connection.execute("SELECT * FROM t WHERE t MATCH ?", (piece.expression(),)).fetchall()
    connection.close()
