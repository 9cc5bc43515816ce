"""What the screen says: questions, outcomes, counts, empty states. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.domain.backend import Footprint, FootprintPart
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.report import Action, ActionReport, JournalEntry, Skipped
from sessiontui.domain.session import SessionRef
from sessiontui.domain.store import StoreInfo
from sessiontui.domain.verdict import STATUS_WORDS
from sessiontui.ui.change_words import outcome_words, question_words
from sessiontui.ui.list_order import ListOrder, ListSort
from sessiontui.ui.listing import Listing, empty_notice, found_words
from sessiontui.ui.widgets.arrangement import Arrangement
from sessiontui.ui.widgets.details_panel import middle_cut, time_span, time_words
from sessiontui.ui.widgets.key_footer import FooterKey, keys_that_fit
from sessiontui.ui.widgets.status_line import Counts, Progress
from tests.ui.stories import empty_story
from tests.unit.test_session_rows import ROW

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REF, OTHER = SessionRef("s", "a"), SessionRef("s", "b")
TITLES = {REF: "trip plan", OTHER: "boom"}


def test_the_question_names_what_goes() -> None:
    row = ROW._replace(message_count=4, size_bytes=12_000)
    asked = question_words(Action.DELETE, row, "d")
    expected = "delete trip plan: 4 messages, 12 KB, zeroclaw. d again deletes, esc keeps"
    assert asked == expected
    parts = (FootprintPart("a", Path("a"), 5), FootprintPart("b", Path("b"), 5))
    assert "10 bytes, 2 files" in question_words(Action.DELETE, row, "D", Footprint(parts))
    asked = question_words(Action.CLEAR, row._replace(message_count=None), "c")
    assert asked == "clear trip plan: zeroclaw, the session stays. c again clears, esc keeps"


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            ActionReport(action=Action.DELETE, done=(REF,), undo_id="1", removed_messages=4),
            "Deleted trip plan (4 messages). Press u to bring it back.",
        ),
        (
            ActionReport(action=Action.CLEAR, done=(REF,), undo_id="1", removed_messages=1),
            "Cleared trip plan (1 message). Press u to bring them back.",
        ),
        (
            ActionReport(action=Action.CURE, done=(REF,), undo_id="1"),
            "Set trip plan to idle. Press u to take it back.",
        ),
        (
            ActionReport(action=Action.RENAME, done=(REF,), undo_id="1"),
            "Renamed to new. Press u to take it back.",
        ),
        (ActionReport(action=Action.CURE), "Nothing was changed."),
        (
            ActionReport(action=Action.DELETE, done=(REF,), notes=("the bot may post again",)),
            "Deleted trip plan. The bot may post again.",
        ),
    ],
)
def test_an_outcome_says_what_happened_and_how_to_take_it_back(
    report: ActionReport, said: str
) -> None:
    outcome = outcome_words(report, TITLES, "u", new_title="new")
    assert outcome.text == said
    assert outcome.severity == "information"


def test_a_partial_failure_names_both() -> None:
    report = ActionReport(
        action=Action.DELETE,
        done=(REF,),
        skipped=(Skipped(ref=OTHER, reason="it is running", code=4),),
        undo_id="1",
    )
    outcome = outcome_words(report, TITLES, "U")
    assert outcome.text == (
        "Deleted trip plan. Press U to bring it back. “boom” was not deleted: it is running."
    )
    assert outcome.severity == "warning"


def test_an_empty_title_says_what_it_means() -> None:
    report = ActionReport(action=Action.RENAME, done=(REF,), undo_id="1")
    assert "has its automatic title again" in outcome_words(report, TITLES, "u").text


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.DELETE, "Brought back trip plan."),
        (Action.CLEAR, "Brought back the messages of trip plan."),
        (Action.RENAME, "Took back the title of trip plan."),
        (Action.CURE, "Took back the cure of trip plan."),
        (Action.UNDO, "Took back the undo of trip plan."),
    ],
)
def test_an_undo_says_what_it_took_back(action: Action, said: str) -> None:
    entry = JournalEntry(id="1", at=NOW, action=action, refs=(REF,), titles=("trip plan",))
    report = ActionReport(action=Action.UNDO, done=(REF,))
    assert outcome_words(report, {}, "u", undone=entry).text == said


def listing(text: str, total: int | None, hits: int, corrected: str | None = None) -> Listing:
    """An answer of which only the counts matter."""
    return Listing(parse_query(text, NOW), Arrangement((ROW,)), total, hits, corrected, None)


def test_the_box_counts_what_was_found() -> None:
    assert found_words(listing("", 1, 0), 0.1) == ""
    assert found_words(listing("oslo", 18, 41), 0.003) == "18 sessions · 41 hits · 3 ms"
    assert found_words(listing("is:idle", 1, 0), 0.003) == "1 session · 3 ms"
    assert found_words(listing("oslo", None, 1), 0) == "1+ sessions · 1 hit · 0 ms"
    corrected = found_words(listing("olso", 2, 3, "oslo"), 0)
    assert corrected == "showing results for oslo · 2 sessions · 3 hits"


def test_orders_go_round_with_relevance_while_words_are_searched() -> None:
    order, seen = ListOrder(), []
    query = parse_query("oslo", NOW)
    for _ in range(8):
        order = order.next(query)
        seen.append(order.sort_for(query))
    assert seen[0] is ListSort.ACTIVITY
    assert seen[-1] is ListSort.RELEVANCE
    assert len(set(seen)) == 8
    assert order == ListOrder()
    turned = ListOrder(ListSort.TITLE, reverse=True).applied(Query())
    assert (turned.sort, turned.reverse) == (SortKey.TITLE, True)
    # Relevance means nothing without words: the usual order is shown then.
    assert ListOrder(ListSort.RELEVANCE).sort_for(Query()) is ListSort.ACTIVITY


def test_names_are_put_in_order_by_the_list_itself() -> None:
    rows = [ROW._replace(agent=agent) for agent in ("scout", None, "Coder", "scout")]
    order = ListOrder(ListSort.AGENT)
    assert order.applied(Query()).sort is SortKey.ACTIVITY
    agents = [row.agent for row in order.sorted_rows(rows, Query())]
    assert agents == ["Coder", "scout", "scout", None]
    turned = [row.agent for row in order.replace(reverse=True).sorted_rows(rows, Query())]
    assert turned == ["scout", "scout", "Coder", None]
    stores = [ROW._replace(ref=SessionRef(store, "k")) for store in ("b", "a")]
    found = ListOrder(ListSort.STORE).sorted_rows(stores, Query())
    assert [row.ref.store for row in found] == ["a", "b"]


def test_an_empty_list_says_what_would_change_that(tmp_path: Path) -> None:
    store = empty_story(tmp_path).store.info()
    sick = store.replace(available=False, problem="no permission")

    def said(text: str, stores: tuple[StoreInfo, ...] | None, *, indexing: bool = False) -> str:
        query = parse_query(text, NOW)
        notice = empty_notice(text, query, stores, 0, indexing=indexing)
        return " ".join((notice.title, *notice.hints))

    assert said("", None) == "looking for sessions"
    assert "--store FORMAT:PATH" in said("", ())
    assert "no permission" in said("", (sick,))
    assert said("", (store,), indexing=True).startswith("reading the stores")
    assert said("", (store, sick)).startswith("no sessions in 1 store")
    assert "Take a filter away" in said("is:stuck", (store,))
    assert "Fewer words match more" in said("a b", (store,))
    assert "in:tools" not in said("in:tools ab", (store,)).split("matches “in:tools ab”")[1]
    assert "tool output" in said("in:tools ab", (store,))


def test_times_are_told_as_people_say_them() -> None:
    assert time_words(NOW - timedelta(hours=3), NOW) == "today 09:00"
    assert time_words(NOW - timedelta(hours=13), NOW) == "yesterday 23:00"
    assert time_words(NOW - timedelta(days=30), NOW) == "21 Oct 12:00"
    assert time_words(NOW - timedelta(days=400), NOW) == "16 Oct 2025"
    assert time_span(NOW - timedelta(hours=2), NOW, NOW) == "today 10:00 → 12:00"
    assert time_span(NOW - timedelta(days=1), NOW, NOW) == "yesterday 12:00 → today 12:00"
    assert time_span(NOW, NOW, NOW) == "today 12:00"
    assert time_span(None, NOW, NOW) == "today 12:00"
    assert time_span(NOW, None, NOW) == "began today 12:00"
    assert time_span(None, None, NOW) == ""


def test_ids_are_cut_in_their_middle() -> None:
    assert middle_cut("gw_6f1e000000000000006666", 13) == "gw_6f1…006666"
    assert middle_cut("short", 13) == "short"


def test_the_footer_keeps_help_and_whole_words() -> None:
    keys = tuple(FooterKey(name, name[0], name) for name in ("read", "search", "delete", "help"))
    assert keys_that_fit(keys, 80) == keys
    assert keys_that_fit(keys, 25) == (keys[0], keys[-1])
    assert keys_that_fit(keys, 15) == (keys[0], keys[-1])
    assert keys_that_fit(keys, 14) == (keys[-1],)
    assert keys_that_fit(keys, 5) == ()
    assert keys_that_fit((), 5) == ()


def test_only_what_needs_a_person_is_counted() -> None:
    rows = [ROW, ROW._replace(status="stuck"), ROW._replace(status="error")]
    counts = Counts.of(rows)
    assert counts.sessions == 3
    assert dict(counts.statuses) == {"stuck": 1, "error": 1}
    assert STATUS_WORDS["error"] == "failed"


def test_progress_never_says_it_is_done_before_it_is() -> None:
    def progress(done: int, total: int | None) -> Progress:
        kind = StoreEventKind.INDEXING
        return Progress.of(StoreEvent(kind=kind, store="astrid-3f9a1c", done=done, total=total))

    assert progress(42, 100).words == "indexing astrid 42%"
    assert progress(100, 100).words == "indexing astrid 99%"
    assert progress(1234, None).words == "indexing astrid 1,234"
    done, still = progress(50, 100).bar
    assert len(done + still) == 9
