"""What nobody typed is quiet, and prose that was broken to fit a page flows again."""

from __future__ import annotations

import pytest

from sessiontui.domain.message import Role
from sessiontui.ui.widgets.folding import Fold
from tests.transcripts import message
from tests.unit.rendering import COLOURS, RENDERER, lines_of, opened, shown

SUMMARY = "This session goes on.\n\nSummary:\n" + "\n".join(f"{n}. point" for n in range(9))


def test_what_the_program_said_for_a_person_is_dim_and_shown_in_part() -> None:
    sample = message(0, Role.USER, SUMMARY, human=False)
    rendered = RENDERER.render(sample, 60)
    assert lines_of(rendered) == [
        "user",
        "This session goes on.",
        "",
        "Summary:",
        "… 9 more lines, 81 bytes",
    ]
    assert rendered.strip(1)._segments[0].style == COLOURS.system
    assert rendered.click_target(4) == (0, Fold.FULL)
    whole = RENDERER.render(sample, 60, folding=opened(b0=Fold.FULL))
    assert lines_of(whole)[-1] == "8. point"
    assert whole.folds() == {0: (Fold.FULL, Fold.OPEN)}


def test_what_a_person_typed_is_shown_whole() -> None:
    assert lines_of(RENDERER.render(message(0, Role.USER, SUMMARY), 60))[-1] == "8. point"


WRAPPED = """There it is: the own cart is removed before the guest cart takes
its place, and an empty guest cart counts as one. A visitor who
only looked around loses it."""


def test_a_paragraph_that_was_broken_to_fit_a_page_flows_again() -> None:
    assert shown(WRAPPED, width=200) == [WRAPPED.replace("\n", " ")]


@pytest.mark.parametrize(
    "text",
    [
        "name: Anna\nplace: Oslo",
        "These are the places that we shall see on the first of two days:\nthe museum",
        "**Museum** in the morning, as soon as it opens, so at ten o'clock\n**Harbour** later",
        "a line that is long enough to have been broken, but was ended by hand  \nand goes on",
    ],
)
def test_line_ends_that_somebody_meant_stay(text: str) -> None:
    assert len(shown(text, width=200)) == 2


def test_things_to_do_in_a_list_have_their_box_for_a_bullet() -> None:
    assert shown("- [x] tickets\n- [ ] hotel\n- hats") == ["☑ tickets", "☐ hotel", "• hats"]
