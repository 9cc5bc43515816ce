"""The search index: which sessions a query finds, in which order, and what is shown of them."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import SearchInterrupted
from sessiontui.domain.indexed_text import TextBatch, TextItem, TextKind
from sessiontui.domain.message import (
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.query import Query, SortKey, Term, workspace_filter
from sessiontui.domain.search import IndexTier, Tier
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.index_database import SearchTicket
from sessiontui.services.index_pass import SearchLimits
from sessiontui.services.index_texts import ReadText
from sessiontui.services.search_index import SearchIndex
from tests.unit.indexing import NOW, CountedStore, Indexed, put_session

ONE_BY_ONE = SearchLimits(hits=0)
"""Every word counts as common: sessions are asked one by one."""
GIVING_UP = SearchLimits(hits=0, fruitless=1)
"""The same, and reading through after the first that is asked in vain."""


@pytest.fixture(params=[SearchLimits(), ONE_BY_ONE, GIVING_UP], ids=["whole", "asked", "both"])
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Indexed:
    """An index that finds in each of its ways in turn."""
    indexed = Indexed(tmp_path, request.param)
    indexed.whole_words = request.param.hits == 0
    return indexed


@pytest.fixture
def kitchen(indexed: Indexed) -> Indexed:
    """Four sessions about a kitchen, newest first: tea, oven, kettle, sink."""
    indexed.put("sink", "the sink leaks", "tighten the nut", age=timedelta(days=4))
    indexed.put("kettle", "why is the kettle slow", "limescale: descale it", age=timedelta(days=3))
    indexed.put("oven", "clean the oven", "use a paste", title="Oven and kettle", age=timedelta(2))
    indexed.put("tea", "brew tea", "boil the kettle, then wait", "how long?", age=timedelta(1))
    indexed.sync.run()
    return indexed


def test_without_words_all_sessions_are_listed_newest_first(kitchen: Indexed) -> None:
    page = kitchen.rows()
    assert [row.ref.key for row in page.rows] == ["tea", "oven", "kettle", "sink"]
    assert page.total == 4
    assert page.rows[1].title == "Oven and kettle"
    assert page.rows[2].title == "why is the kettle slow"
    assert all(row.hit_count == 0 and row.snippet is None for row in page.rows)


def test_a_word_finds_the_sessions_whose_title_or_messages_hold_it(kitchen: Indexed) -> None:
    page = kitchen.rows("kettle ")
    assert {row.ref.key for row in page.rows} == {"tea", "oven", "kettle"}
    tea = next(row for row in page.rows if row.ref.key == "tea")
    assert tea.snippet == "boil the kettle, then wait"
    assert [tea.snippet[a:b] for a, b in tea.matches] == ["kettle"]
    assert tea.message_index == 1
    oven = next(row for row in page.rows if row.ref.key == "oven")
    assert (oven.snippet, oven.message_index) == ("Oven and kettle", None)


def test_words_may_stand_in_different_messages_of_a_session(kitchen: Indexed) -> None:
    assert kitchen.found("limescale kettle") == ["kettle"]
    assert kitchen.found("brew wait long") == ["tea"]
    assert kitchen.found("paste kettle") == ["oven"]
    assert kitchen.found("limescale oven") == []


def test_alternatives_phrases_and_excluded_words(kitchen: Indexed) -> None:
    assert set(kitchen.found("limescale OR nut")) == {"kettle", "sink"}
    assert kitchen.found('"the nut"') == ["sink"]
    assert kitchen.found('"nut the"') == []
    assert set(kitchen.found("kettle -tea")) == {"oven", "kettle"}
    assert kitchen.found("-kettle") == ["sink"]
    assert kitchen.found('the -"the kettle" -oven') == ["sink"]


def test_only_the_last_word_is_a_beginning(kitchen: Indexed) -> None:
    kitchen.whole_words = False
    assert kitchen.found("limes") == ["kettle"]
    assert kitchen.found("limes kettle") == []


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


def test_hits_are_counted_and_the_best_come_first(indexed: Indexed) -> None:
    indexed.put("log", "oslo", "no", "oslo rain", "in oslo we trust", "rain in Oslo", "nothing")
    indexed.sync.run()
    page = indexed.hits("oslo rain", hits_per_session=2)
    (found,) = page.items
    assert page.total == 1
    assert (found.hit_count, found.hit_count_exact) == (2, True)
    assert [hit.message_index for hit in found.hits] == [2, 4]
    assert [hit.role for hit in found.hits] == ["user", "user"]
    assert all(hit.tier is Tier.TEXT and hit.at is not None for hit in found.hits)
    assert indexed.rows("oslo rain").hits == 2


def test_a_given_title_is_a_hit_of_its_own_and_one_from_the_first_prompt_is_not(
    indexed: Indexed,
) -> None:
    indexed.put("given", "oslo", title="Oslo")
    indexed.put("derived", "oslo")
    indexed.sync.run()
    items = {item.row.ref.key: item for item in indexed.hits("oslo").items}
    assert [hit.tier for hit in items["given"].hits] == [Tier.TEXT, Tier.TITLE]
    assert [hit.tier for hit in items["derived"].hits] == [Tier.TEXT]
    assert (items["given"].hit_count, items["derived"].hit_count) == (2, 1)


def test_titles_then_closeness_then_recency_decide_the_order(indexed: Indexed) -> None:
    old = timedelta(days=90)
    indexed.put("titled", "hello", title="harbour museum", age=old)
    indexed.put("together", "x", "the harbour museum", title="t", age=old)
    indexed.put("apart", "harbour", "museum", title="t", age=old)
    indexed.put("recent apart", "harbour", "museum", title="t", age=timedelta(hours=1))
    indexed.sync.run()
    assert indexed.found("harbour museum") == ["titled", "together", "recent apart", "apart"]
    items = indexed.hits("harbour museum").items
    assert [item.score for item in items] == sorted((i.score for i in items), reverse=True)


def test_found_sessions_can_be_sorted_like_the_list(kitchen: Indexed) -> None:
    assert kitchen.found("the", sort=SortKey.ACTIVITY) == ["tea", "oven", "kettle", "sink"]
    assert kitchen.found("the", sort=SortKey.ACTIVITY, reverse=True)[0] == "sink"
    assert kitchen.found("the", sort=SortKey.TITLE) == ["tea", "oven", "sink", "kettle"]
    assert kitchen.found("the", sort=SortKey.MESSAGES)[0] == "tea"


def test_pages_of_a_search_follow_each_other(kitchen: Indexed) -> None:
    whole = kitchen.found("the")
    for sort in (SortKey.RELEVANCE, SortKey.ACTIVITY):
        whole = kitchen.found("the", sort=sort)
        parts = [kitchen.found("the", sort=sort, limit=2, offset=n) for n in (0, 2, 4)]
        assert [*parts[0], *parts[1], *parts[2]] == whole
    assert kitchen.rows("", limit=2).total == 4
    assert kitchen.found("", limit=2, offset=1) == ["oven", "kettle"]


def test_tool_output_is_searched_only_when_asked_for(indexed: Indexed) -> None:
    indexed.put(
        "work",
        "read the file",
        ToolCallBlock(name="read_file", arguments={"path": "src/engine.rs"}),
        ToolResultBlock(text="fn ignite() {}"),
        "done",
    )
    indexed.sync.run()
    assert indexed.found("ignite") == []
    assert indexed.found("ignite in:tools") == ["work"]
    assert indexed.found("file in:tools") == ["work"]
    assert indexed.found("engine -ignite in:tools") == []
    hit = indexed.hits("ignite in:tools").items[0].hits[0]
    assert (hit.tier, hit.message_index, hit.snippet) == (Tier.TOOLS, 2, "fn ignite() {}")
    assert indexed.hits("file in:tools").items[0].hit_count == 2


def test_thinking_and_names_of_media_count_as_conversation(indexed: Indexed) -> None:
    indexed.put("thought", "hm", ThinkingBlock(text="perhaps the gasket"))
    indexed.put("photo", MediaBlock(media_type="image/png", name="gasket.png"))
    indexed.sync.run()
    assert set(indexed.found("gasket")) == {"thought", "photo"}


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


def test_a_role_restricts_the_messages_that_match(kitchen: Indexed) -> None:
    assert kitchen.found("role:assistant kettle") == ["tea"]
    assert kitchen.found("role:user kettle") == ["kettle"]
    assert set(kitchen.found("-role:user the")) == {"tea", "sink"}
    assert kitchen.found("role:tool kettle") == []
    assert kitchen.found("role:user,assistant limescale") == ["kettle"]


def test_a_role_without_words_asks_for_sessions_that_have_such_a_message(indexed: Indexed) -> None:
    indexed.put("asked", "anyone there?")
    indexed.put("answered", "anyone there?", "yes")
    indexed.sync.run()
    assert indexed.found("role:assistant") == ["answered"]
    assert indexed.found("-role:assistant") == ["asked"]


def test_has_asks_for_tools_media_and_errors(indexed: Indexed) -> None:
    indexed.put("talk", "hello")
    indexed.put("tools", "go", ToolCallBlock(name="ls"), ToolResultBlock(text="ok"))
    indexed.put("failed", "go", ToolResultBlock(text="no such file", is_error=True))
    indexed.put("photo", "look", MediaBlock(name="a.png"))
    indexed.sync.run()
    assert set(indexed.found("has:tools")) == {"tools", "failed"}
    assert indexed.found("has:error") == ["failed"]
    assert indexed.found("has:media") == ["photo"]
    assert set(indexed.found("has:media,error")) == {"photo", "failed"}
    assert set(indexed.found("-has:tools")) == {"talk", "photo"}
    assert indexed.found("has:tools go -has:error") == ["tools"]


def test_filters_narrow_a_search(kitchen: Indexed) -> None:
    assert kitchen.found("kettle title:oven") == ["oven"]
    assert kitchen.found("kettle after:36h") == ["tea"]
    assert kitchen.found(f"kettle store:{kitchen.store.store_id}") != []
    assert kitchen.found("kettle store:elsewhere") == []


def test_only_sessions_of_open_stores_are_found(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    other = CountedStore(tmp_path / "other")
    indexed.catalogue.open_stores[other.store_id] = other
    indexed.put("same", "kettle")
    put_session(other, "same", ["kettle"])
    indexed.sync.run()
    assert len(indexed.rows("kettle").rows) == len(indexed.rows().rows) == 2
    del indexed.catalogue.open_stores[other.store_id]
    assert [row.ref.store for row in indexed.rows("kettle").rows] == [indexed.store.store_id]
    assert indexed.rows().total == 1
    assert indexed.index.rows(Query(), (), 0.0, 0.0).total == 0


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


def test_more_sessions_than_enough_have_no_total_and_go_on(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path, SearchLimits(hits=3, sessions=4))
    indexed.whole_words = True
    for number in range(9):
        indexed.put(f"s{number}", "x", "kettle", age=timedelta(days=number + 1))
    indexed.put("titled", "x", title="kettle", age=timedelta(days=300))
    indexed.sync.run()
    page = indexed.rows("kettle ", sort=SortKey.ACTIVITY)
    assert [row.ref.key for row in page.rows] == ["s0", "s1", "s2", "s3"]
    assert page.total is None
    best = indexed.rows("kettle ")
    assert best.rows[0].ref.key == "titled"
    everything = indexed.rows("kettle ", sort=SortKey.ACTIVITY, limit=100)
    assert (len(everything.rows), everything.total) == (10, 10)
    assert indexed.found("kettle ", sort=SortKey.ACTIVITY, offset=8, limit=5) == ["s8", "titled"]


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
    with indexed.index.changing() as change:
        batch = TextBatch([said], "c", restart=True)
        change.add_texts([ReadText(1, None, batch, (IndexTier.TEXT,), "f1")])
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


def test_verdicts_of_open_turns_follow_the_clock(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("run", "go", "on", state="running", age=timedelta(minutes=5))
    indexed.sync.run()
    stores = indexed.store_ids
    assert indexed.index.rows(Query(), stores, NOW.timestamp(), 600).rows[0].status == "running"
    later = NOW.timestamp() + 3_600
    assert indexed.index.rows(Query(), stores, later, 600).rows[0].status == "stuck"
    assert indexed.index.rows(Query(), stores, later, 7_200).rows[0].status == "running"
