"""The search index: which sessions a query finds, in which order, and what is shown of them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.message import (
    MediaBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.search import Tier
from sessiontui.domain.session import SessionState
from tests.unit.indexing import NOW, WAYS, CountedStore, Indexed, in_a_way, kitchen_of, put_session


@pytest.fixture(params=WAYS, ids=str)
def indexed(request: pytest.FixtureRequest, tmp_path: Path) -> Indexed:
    """An index that finds in each of its ways in turn."""
    return in_a_way(tmp_path, request.param)


@pytest.fixture
def kitchen(indexed: Indexed) -> Indexed:
    """Four sessions about a kitchen, newest first: tea, oven, kettle, sink."""
    return kitchen_of(indexed)


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
    assert kitchen.found("limes") == ["kettle"]
    assert kitchen.found("limes kettle") == []


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
    indexed.put("together", "the harbour museum", title="t", age=old)
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
    assert kitchen.rows("", limit=2).total == (4 if kitchen.whole else None)
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


def test_verdicts_of_open_turns_follow_the_clock(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("run", "go", "on", state=SessionState.RUNNING, age=timedelta(minutes=5))
    indexed.sync.run()
    stores = indexed.store_ids
    assert indexed.index.rows(Query(), stores, NOW.timestamp(), 600).rows[0].status == "running"
    later = NOW.timestamp() + 3_600
    assert indexed.index.rows(Query(), stores, later, 600).rows[0].status == "stuck"
    assert indexed.index.rows(Query(), stores, later, 7_200).rows[0].status == "running"
