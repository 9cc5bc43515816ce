"""The search index and all kinds of text: accents, names, CJK, very long or hostile ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.domain.indexed_text import TextBatch, TextItem, TextKind
from sessiontui.domain.message import (
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
)
from sessiontui.domain.query import Query, Term, workspace_filter
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.index_bulk import Spellings
from sessiontui.services.index_texts import ReadText
from tests.unit.indexing import WAYS, Indexed, in_a_way, kitchen_of


@pytest.fixture(params=WAYS, ids=str)
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Indexed:
    """An index that finds in each of its ways in turn."""
    return in_a_way(tmp_path, request.param)


@pytest.fixture
def kitchen(indexed: Indexed) -> Indexed:
    """Four sessions about a kitchen, newest first: tea, oven, kettle, sink."""
    return kitchen_of(indexed)


def test_case_and_accents_do_not_matter(indexed: Indexed) -> None:
    indexed.put("menu", "Crème BRÛLÉE for two")
    indexed.sync.run()
    for text in ("creme", "BRULEE", "crème brûlée", "Cre\u0300me"):
        assert indexed.found(text) == ["menu"], text
    snippet = indexed.rows("brulee").rows[0]
    assert snippet.snippet is not None
    assert [snippet.snippet[a:b] for a, b in snippet.matches] == ["BRÛLÉE"]


def test_names_are_found_by_their_parts(indexed: Indexed) -> None:
    indexed.put("camel", "look at SessionStore please")
    indexed.put("snake", "look at session_store please")
    indexed.put("other", "parseJson and HTTPServer2 please")
    indexed.sync.run()
    assert set(indexed.found("session store")) == {"camel", "snake"}
    assert set(indexed.found('"session store"')) == {"camel", "snake"}
    assert indexed.found("sessionstore") == ["camel"]
    assert indexed.found("json server2") == ["other"]
    assert indexed.found('"json http"') == []


@pytest.mark.parametrize(
    "text", ["京", "東京", "京へ", "前", "日本語 東", "서울", "울에", "abc東京"]
)
def test_cjk_text_is_found_by_any_part(indexed: Indexed, text: str) -> None:
    indexed.put("trip", "名前は日本語で、abc東京へ行く。서울에 간다")
    indexed.put("plain", "nothing of the kind, but abc")
    indexed.sync.run()
    assert indexed.found(text) == ["trip"]
    row = indexed.rows(text).rows[0]
    assert row.snippet is not None
    assert row.matches


def test_cjk_titles_are_found_and_changed(indexed: Indexed) -> None:
    indexed.put("trip", "hello", title="東京の旅")
    indexed.sync.run()
    assert indexed.found("京の") == ["trip"]
    indexed.put("trip", "hello", title="大阪の旅")
    indexed.sync.run()
    assert indexed.found("京の") == []
    assert indexed.found("大阪") == ["trip"]


def test_punctuation_alone_finds_nothing_and_beside_words_is_left_out(kitchen: Indexed) -> None:
    assert kitchen.found(Query(terms=((Term("++"),),))) == []
    assert kitchen.found(Query(terms=((Term("++"),), (Term("limescale"),)))) == ["kettle"]


def test_odd_words_are_no_syntax(kitchen: Indexed) -> None:
    for text in ('a"b', "NEAR(", "AND", "limescale*", "^the", "text:nut", "a\0b", "\ud800"):
        kitchen.found(Query(terms=((Term(text),),)))
    assert kitchen.found(Query(terms=((Term("{limescale}"),),))) == ["kettle"]


def test_stored_text_that_steers_terminals_is_shown_as_symbols(indexed: Indexed) -> None:
    indexed.put("evil", "before \x1b[2J\u202e kettle \r\n\tafter")
    indexed.sync.run()
    row = indexed.rows("kettle").rows[0]
    assert row.snippet == "before ␛[2J� kettle after"
    assert [row.snippet[a:b] for a, b in row.matches] == ["kettle"]


def test_keys_and_texts_that_are_no_unicode_are_kept(indexed: Indexed) -> None:
    store = indexed.store.store_id
    session = Session(
        ref=SessionRef(store, "bad\udcff"),
        format="memory",
        title="t\udc80",
        workspace=Path("/home/\udc80"),
    )
    said = TextItem(0, "user", TextKind.TEXT, None, True, "half \ud83d an emoji and a kettle")
    with indexed.index.changing() as change:
        change.put_sessions([(session, "f1")])
    with indexed.index.changing() as change, change.beside() as beside:
        batch = TextBatch([said], "c", restart=True)
        text = ReadText.of(1, None, batch, (IndexTier.TEXT,), "f1")
        beside.run(change.begin_texts([text], Spellings()))
    assert indexed.found("kettle") == ["bad\udcff"]
    assert indexed.index.refs_beginning("bad\udcff", indexed.store_ids)[0].key == "bad\udcff"
    assert indexed.index.refs_of_key("bad\udcff", indexed.store_ids)[0].key == "bad\udcff"
    row = indexed.rows(Query(filters=(workspace_filter(Path("/home/\udc80")),))).rows[0]
    assert (row.title, row.workspace) == ("t\ufffd", "/home/\udc80")


def test_very_long_messages_are_searched_to_their_end(indexed: Indexed) -> None:
    indexed.put("long", "start " + "word " * 300_000 + "gasket end")
    indexed.sync.run()
    row = indexed.rows("gasket").rows[0]
    assert row.snippet is not None
    assert row.snippet.endswith("word gasket end")


def test_a_long_session_takes_several_slots(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("long", *(f"line {number}" for number in range(9_000)))
    indexed.put("short", "line 8999")
    indexed.sync.run()
    found = {item.row.ref.key: item for item in indexed.hits('"line 8999"').items}
    assert [hit.message_index for hit in found["long"].hits] == [8_999]
    assert indexed.hits("line ", limit=None).items[0].hit_count in {9_000, 1}
    assert sum(item.hit_count for item in indexed.hits("line ").items) == 9_001


def test_all_that_one_message_says_is_one_hit(indexed: Indexed) -> None:
    both = Message(
        index=0,
        role=Role.ASSISTANT,
        blocks=(ThinkingBlock(text="gasket or seal"), TextBlock(text="take the gasket")),
    )
    indexed.put("one", both)
    indexed.sync.run()
    assert indexed.hits("gasket").items[0].hit_count == 1
    assert indexed.hits("seal take").items[0].hits[0].message_index == 0


def test_thinking_and_names_of_media_count_as_conversation(indexed: Indexed) -> None:
    indexed.put("thought", "hm", ThinkingBlock(text="perhaps the gasket"))
    indexed.put("photo", MediaBlock(media_type="image/png", name="gasket.png"))
    indexed.sync.run()
    assert set(indexed.found("gasket")) == {"thought", "photo"}
