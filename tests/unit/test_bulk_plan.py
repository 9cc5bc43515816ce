"""What is said of a change of many sessions, before, while and after it is made. Pure."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.domain.backend import Footprint, FootprintPart
from sessiontui.domain.change import ChangeProgress, ChangeStage, Prospect
from sessiontui.domain.report import Action, ActionReport, Skipped
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.bulk_plan import CHOSEN, REFUSED, TAKEN_OFF, BulkPlan
from sessiontui.ui.change_words import bulk_outcome_words, progress_words, question_words
from sessiontui.ui.screens.changing import nearest_left
from sessiontui.ui.widgets.row_list import ListRow, figure_widths
from tests.unit.test_session_rows import ROW


def rows(*keys: str, store: str = "s") -> tuple[SessionRow, ...]:
    """Sessions of four messages and 2 KB."""
    return tuple(
        ROW._replace(ref=SessionRef(store, key), title=key, message_count=4, size_bytes=2000)
        for key in keys
    )


def plan(action: Action = Action.DELETE) -> BulkPlan:
    """Three sessions, of which the second cannot be changed."""
    three = (*rows("a", "b"), *rows("c", store="t"))
    refused = Prospect(three[1].ref, refusal="it is running")
    return BulkPlan(action, three, {}).with_prospects([refused])


class TestPlan:
    def test_what_cannot_be_done_stands_at_the_end_with_its_reason(self) -> None:
        lines = plan().lines()
        assert [(line.lead, line.title, line.note) for line in lines] == [
            (CHOSEN, "a", ""),
            (CHOSEN, "c", ""),
            (REFUSED, "b", "it is running"),
        ]
        assert lines[0].figures == ("4 messages", "2.0 KB", "zeroclaw")

    def test_what_is_found_out_counts_more_than_what_the_list_knew(self) -> None:
        found = Prospect(SessionRef("s", "a"), messages=5, size_bytes=9000, fingerprint="f")
        known = plan().with_prospects([found])
        assert known.lines()[0].figures == ("5 messages", "9.0 KB", "zeroclaw")
        assert known.expected == {SessionRef("s", "a"): "f"}

    def test_a_session_can_be_taken_off_and_put_back(self) -> None:
        ref = SessionRef("s", "a")
        without = plan().toggled(ref)
        assert [row.title for row in without.chosen] == ["c"]
        assert (without.lines()[0].lead, without.lines()[0].note) == (TAKEN_OFF, "stays")
        assert without.question == "delete 1 session?"
        assert without.toggled(ref) == plan()

    def test_the_totals_are_of_what_is_chosen(self) -> None:
        assert plan().question == "delete 2 sessions?"
        assert plan().totals == (
            "2 sessions · 8 messages · 4.0 KB in 2 stores · 1 cannot be deleted · looking at 2 more"
        )
        read = plan().with_prospects(Prospect(SessionRef(*ref)) for ref in (("s", "a"), ("t", "c")))
        assert read.totals.endswith("· 1 cannot be deleted")
        assert plan(Action.CURE).totals.startswith("2 sessions in 2 stores · 1 cannot be cured")

    def test_each_note_is_said_once_and_only_of_what_is_chosen(self) -> None:
        noted = [Prospect(row.ref, note="it may post again") for row in plan().rows[::2]]
        assert plan().with_prospects(noted).notes == ("it may post again",)
        off = (
            plan().with_prospects(noted).replace(taken_off=frozenset({noted[0].ref, noted[1].ref}))
        )
        assert off.notes == ()


@pytest.mark.parametrize(
    ("gone", "cursor", "expected"),
    [
        ("bc", 1, "d"),
        ("bcd", 1, "a"),
        ("ab", 2, None),
        ("abcd", 0, None),
        ("a", 9, None),
    ],
)
def test_the_cursor_goes_to_the_nearest_session_that_is_left(
    gone: str, cursor: int, expected: str | None
) -> None:
    found = nearest_left(rows(*"abcd"), cursor, [SessionRef("s", key) for key in gone])
    assert (found and found.key) == expected


class TestOutcome:
    DONE = tuple(SessionRef("s", key) for key in "abc")

    def test_it_counts_and_names_the_undo_key(self) -> None:
        report = ActionReport(action=Action.DELETE, done=self.DONE, undo_id="1", notes=("x", "y"))
        said = bulk_outcome_words(report, "u").text
        assert said == "Deleted 3 sessions. Press u to undo.\nx.\ny."
        assert bulk_outcome_words(report, "u", 2, ("x", "y")).text == (
            "Deleted 3 sessions, 2 skipped. Press u to undo."
        )

    def test_reasons_nobody_knew_before_are_told_once_each(self) -> None:
        skipped = tuple(Skipped(ref=ref, reason="it has changed", code=4) for ref in self.DONE[1:])
        report = ActionReport(action=Action.CLEAR, done=self.DONE[:1], skipped=skipped, undo_id="1")
        outcome = bulk_outcome_words(report, "u", 1)
        assert outcome.text == "Cleared 1 session, 3 skipped. Press u to undo.\n2 × it has changed."
        assert outcome.severity == "warning"

    def test_ended_early_it_says_how_far_it_came(self) -> None:
        report = ActionReport(
            action=Action.DELETE, done=self.DONE[:1], cancelled=self.DONE[1:], undo_id="1"
        )
        assert bulk_outcome_words(report, "u").text == (
            "Stopped: deleted 1 of 3 sessions. Press u to undo."
        )
        nothing = ActionReport(action=Action.CURE, cancelled=self.DONE)
        assert bulk_outcome_words(nothing, "u").text == "Stopped: nothing was cured."


def test_progress_counts_the_session_at_hand() -> None:
    assert progress_words(None, "deleting") == "waiting for its turn"
    stage = ChangeStage.CHANGING
    assert progress_words(ChangeProgress(stage, 30, 300), "deleting") == "deleting  31 of 300"
    assert progress_words(ChangeProgress(ChangeStage.SAVING, 0, 1), "deleting") == "saving a copy"


def test_the_question_names_sub_agents_and_spawned_sessions() -> None:
    belongings = (
        FootprintPart("transcript", Path("a"), 5),
        FootprintPart("sub-agents and tool output", Path("b"), 5),
        FootprintPart("stays: a transcript", Path("c"), 0),
    )
    asked = question_words(Action.DELETE, ROW, "d", Footprint(belongings), 2)
    assert "10 bytes, 2 files, with its sub-agents, " in asked
    assert ", 2 sessions it spawned stay. d again deletes, esc keeps" in asked
    assert "spawned" not in question_words(Action.CLEAR, ROW, "c", None, 2)


def test_figures_keep_their_columns_and_the_last_ones_go_first() -> None:
    lines = [ListRow(1, "✓", "x", ("4 messages", "12 KB", "zeroclaw")), ListRow(2, "–", "y")]
    assert figure_widths(lines, 80) == (10, 5, 8)
    assert figure_widths(lines, 55) == (10, 5)
    assert figure_widths(lines, 20) == ()
