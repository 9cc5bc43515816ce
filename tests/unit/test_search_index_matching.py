"""What is found by what: names by their parts, paths, codes, versions, signs, letters, CJK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.message import ToolResultBlock
from sessiontui.domain.query import Query, Term
from sessiontui.domain.query_parser import parse_query
from sessiontui.services.index_pass import SearchLimits
from tests.unit.indexing import NOW, WAYS, Indexed, in_a_way, ticking

SPELLINGS = ("SessionStore", "sessionStore", "session_store", "session-store", "session store")


@pytest.fixture(params=WAYS, ids=str)
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Indexed:
    """An index that finds in each of its ways in turn."""
    return in_a_way(tmp_path, request.param)


def holding(indexed: Indexed, *texts: str) -> Indexed:
    """Each text in a session of that name."""
    for text in texts:
        indexed.put(text, f"look at {text} please", title="t")
    indexed.sync.run()
    return indexed


def test_a_name_is_found_however_it_is_spelled(indexed: Indexed) -> None:
    holding(indexed, *SPELLINGS, "store of a session", "restoreSessions")
    for spelling in SPELLINGS[:4]:
        assert set(indexed.found(spelling)) == set(SPELLINGS), spelling
    assert set(indexed.found("session store")) == {*SPELLINGS, "store of a session"}
    assert set(indexed.found('"session store"')) == set(SPELLINGS)


def test_a_name_is_found_where_only_some_of_its_parts_stand_together(indexed: Indexed) -> None:
    names = ("my_SessionStore", "mySession_store", "my_session_store", "mySessionStore")
    holding(indexed, *names, "my store of a session", "my_sessions")
    for name in names:
        assert set(indexed.found(name)) == set(names), name
    assert set(indexed.found("my_session_sto")) == set(names)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("src/app/main.py", "src/app/main.py app/main main.py src/app/ app/ma /main src\\app"),
        ("os.path.join(a, b)", "os.path.join path.join join( os.path os.pa"),
        (
            "MyHTTPServer2.start()",
            "MyHTTPServer2 HTTPServer2 myHttpServer2 server2 http my_http_ser",
        ),
        ("error[E0308]: mismatched", "E0308 e0308 error[E0308] E03"),
        ("ERR_MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND module_not_found err-module NOT_FOU"),
        ("TS2345: not assignable", "TS2345 ts2345: TS23"),
        ("0x80070005 denied", "0x80070005 0X8007"),
        ("HTTP/1.1 404 Not Found", "HTTP/1.1 404 http"),
        ("python 3.11.7 is out", "3.11.7 3.11 python"),
        ("ada@example.org wrote", "ada@example.org example.org @example ada@"),
        ("https://x.example/a/b?c=d#e", "https://x.example/a/b?c=d#e x.example/a a/b?c=d"),
        ("set FOO_BAR=baz in .env", "FOO_BAR=baz .env foo_bar $FOO_BAR env"),
        ("C:\\Users\\ada\\x.txt", "C:\\Users\\ada Users\\ada ada\\x.txt"),
        ("Crème BRÛLÉE für zwei", "creme brûlée FUR crème"),
        ("Große Straße 5", "grosse STRASSE straße GROßE strass"),
        ("GROSSE STRASSE", "große straße Strasse"),
        ("naïve cafe\u0301", "naive café CAFÉ nai\u0308ve"),
        ("i prefer C++ to C# here", "C++ c++ C# c#"),
        ("東京tower and kyoto", "東京tower 東京 京 tower 東京towe"),
        ("データベース接続エラー", "データ ベース接続 エラー 接 ース"),
        ("ship it 🚀 now ❤\ufe0f", "🚀 ❤ ❤\ufe0f"),
        ("a => b :: c", "=> ::"),
    ],
)
def test_texts_are_found_by_their_parts(indexed: Indexed, text: str, typed: str) -> None:
    holding(indexed, text, "nothing of the kind")
    for query in typed.split(" "):
        page = indexed.rows(query)
        assert [row.ref.key for row in page.rows] == [text], query
        assert page.corrected is None


def test_short_names_with_signs_are_told_apart(indexed: Indexed) -> None:
    holding(indexed, "C++ code", "C# code", "plain c code")
    assert indexed.found("C++") == ["C++ code"]
    assert indexed.found("c#") == ["C# code"]
    assert len(indexed.found("c")) == 3
    assert set(indexed.found("code -C++")) == {"C# code", "plain c code"}


def test_signs_are_found_in_titles_texts_and_tool_output(indexed: Indexed) -> None:
    indexed.put("titled", "x", title="🚀 launch")
    indexed.put("said", "go 🚀")
    indexed.put("tool", "run", ToolResultBlock(text="done 🚀 in C++"))
    indexed.sync.run()
    assert set(indexed.found("🚀")) == {"titled", "said"}
    assert set(indexed.found("🚀 in:tools")) == {"titled", "said", "tool"}
    assert indexed.found("C++ in:tools") == ["tool"]
    assert set(indexed.found("-🚀")) == {"tool"}
    assert indexed.found("🚀 launch") == ["titled"]


def test_signs_beside_words_do_not_narrow_the_search(indexed: Indexed) -> None:
    holding(indexed, "foo and bar", "foo")
    assert indexed.found("foo & bar ?") == ["foo and bar"]
    assert set(indexed.found("foo -?")) == {"foo and bar", "foo"}


def test_the_last_word_is_a_beginning_also_of_a_name(indexed: Indexed) -> None:
    holding(indexed, "SessionStore", "session_storage", "sessions")
    assert set(indexed.found("sessionSto")) == {"SessionStore", "session_storage"}
    assert set(indexed.found("sess")) == {"SessionStore", "session_storage", "sessions"}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    """A few texts of all kinds, searched as if they were very many, with little time."""
    indexed = Indexed(tmp_path_factory.mktemp("asked"))
    indexed.put("one", "the SessionStore of 東京 🚀 C++ straße", ToolResultBlock(text="a => b"))
    indexed.put("two", "the kettle", "and the oven", title="über alles")
    indexed.sync.run()
    yield indexed
    indexed.index.close()


SYNTAX = (
    '"', "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR(", "text:",
    "in:tools", "role:user", "-", "the", "京", "🚀", "C++", "\0", "\ud800", " ", "\u3000", "ß",
    "=>", "SessionS",
)  # fmt: skip
typed = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=40) | st.lists(
    st.sampled_from(SYNTAX), max_size=12
).map("".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=typed, step=st.sampled_from((0.0, 0.001)), texts=st.sampled_from((-1, 0, 100)))
def test_any_text_is_answered_or_refused_with_the_place(
    asked: Indexed, text: str, step: float, texts: int
) -> None:
    refused: QueryInvalid | None = None
    query = Query()
    try:
        query = parse_query(text, NOW)
    except QueryInvalid as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.start <= refused.end <= len(text)
        return
    asked.rows(query)
    hurried = asked.reopened(SearchLimits(small=0, few=0, texts=texts))
    whole = {row.ref for row in hurried.rows(query).rows}
    hurried.whole, hurried.clock = False, ticking(step)
    assert {row.ref for row in hurried.rows(query).rows} <= whole
    hurried.index.close()


def test_a_query_may_hold_as_much_as_can_be_typed(asked: Indexed) -> None:
    words = [f"word{number}" for number in range(64)]
    query = parse_query(" ".join(words), NOW)
    assert asked.rows(query).rows == ()
    either = parse_query(" OR ".join(["kettle", *words[1:], "京"][:64]), NOW)
    assert [row.ref.key for row in asked.rows(either).rows] == ["two"]
    with pytest.raises(QueryInvalid) as raised:
        parse_query(" ".join([*words, "more"]), NOW)
    assert (raised.value.start, raised.value.end) == (
        len(" ".join(words)) + 1,
        len(" ".join(words)) + 5,
    )
    many = Query(terms=tuple((Term(f"x{number}"),) for number in range(600)))
    assert asked.rows(many).total == 0
