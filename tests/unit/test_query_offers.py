"""Taking offers one after the other, and bringing back earlier queries."""

from __future__ import annotations

from sessiontui.domain.query import FilterField
from sessiontui.services.index_values import FilterValue
from sessiontui.ui.query_offers import QueryCompleter, offers_at
from sessiontui.ui.query_recall import QueryRecall

AGENTS = (FilterValue("scout", 3), FilterValue("coder", 1), FilterValue("scout-2", 1))


def values(field: FilterField) -> tuple[FilterValue, ...]:
    """The values of the agents, and none of anything else."""
    return AGENTS if field is FilterField.AGENT else ()


def looking(text: str) -> QueryCompleter:
    """A completer at the end of a text."""
    completer = QueryCompleter(values)
    completer.look(text, len(text))
    return completer


def choices(text: str) -> list[str]:
    """What is offered at the end of a text."""
    offers = offers_at(text, len(text), values)
    return [] if offers is None else [offer.choice for offer in offers.items]


def test_values_that_exist_are_offered_with_how_many_sessions_have_them() -> None:
    offers = offers_at("agent:", 6, values)
    assert offers is not None
    assert [tuple(offer) for offer in offers.items] == [
        ("scout", "3 sessions"),
        ("coder", "1 session"),
        ("scout-2", "1 session"),
    ]


def test_what_is_said_already_is_not_offered() -> None:
    assert choices("agent:scout") == []
    assert choices("agent:scout-") == ["scout-2"]
    assert choices("title:x") == []
    assert choices("after:") == ["today", "yesterday", "24h", "7d", "30d"]
    assert choices("on:") == ["today", "yesterday"]
    assert choices("in:") == ["tools"]


def test_names_may_be_words_and_open_no_list() -> None:
    completer = looking("st")
    assert not completer.is_open
    assert (completer.ending, completer.next_words) == ("ore:", "store:")
    assert completer.step(1) == ("store:", 6)
    completer.look("store:", 6)
    assert not completer.is_open
    assert completer.step(1) == ("state:", 6)
    completer.look("state:", 6)
    assert completer.is_open
    assert completer.step(-1) == ("store:", 6)
    completer.look("store:", 6)
    completer.look("state:i", 7)
    assert completer.next_words == "idle"


def test_a_single_offer_is_taken_and_what_follows_is_offered() -> None:
    completer = looking("ag")
    assert completer.step(1) == ("agent:", 6)
    completer.look("agent:", 6)
    assert completer.is_open
    assert completer.chosen is None


def test_going_back_needs_something_to_go_back_from() -> None:
    completer = looking("agent:")
    assert completer.step(-1) is None
    assert completer.step(1) == ("agent:scout", 11)
    completer.look("agent:scout", 11)
    assert completer.step(-1) == ("agent:scout-2", 13)


def test_what_was_put_away_stays_away_until_the_text_changes() -> None:
    completer = looking("agent:")
    assert completer.close()
    assert not completer.close()
    completer.look("agent:", 3)
    completer.look("agent:", 6)
    assert completer.step(1) is None
    completer.look("agent:s", 7)
    assert completer.is_open


def test_an_offer_can_be_taken_by_its_number() -> None:
    completer = looking("x agent:")
    assert completer.take(7) is None
    assert completer.take(1) == ("x agent:coder", 13)


def test_the_ending_is_only_shown_where_it_goes_on_what_is_typed() -> None:
    assert looking("agent:sc").ending == "out"
    assert looking("agent:Sc").ending == ""
    completer = QueryCompleter(values)
    completer.look("agent:sc x", 8)
    assert completer.ending == ""


def test_a_walk_through_earlier_queries_begins_and_ends_at_the_empty_box() -> None:
    recall = QueryRecall()
    assert recall.step(1, "") is None
    recall.entries = ("new", "old")
    assert recall.can_begin("")
    assert not recall.can_begin("x")
    assert recall.step(-1, "") is None
    assert [recall.step(1, text) for text in ("", "new", "old")] == ["new", "old", "old"]
    recall.entries = ("newer", "new", "old")
    assert [recall.step(-1, text) for text in ("old", "new")] == ["new", ""]
    assert recall.step(1, "") == "newer"
    assert recall.step(1, "newer and more") is None
    assert recall.step(-1, "newer") is None
