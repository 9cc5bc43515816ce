"""Movements by keys, in whatever has the focus."""

from __future__ import annotations

from enum import Enum, auto

from textual.containers import ScrollableContainer
from textual.widgets import OptionList


class Step(Enum):
    """A movement by keys, in whatever has the focus."""

    DOWN = auto()
    UP = auto()
    PAGE_DOWN = auto()
    PAGE_UP = auto()
    FIRST = auto()
    LAST = auto()


def step_options(options: OptionList, step: Step) -> None:
    """Do a step in a short list."""
    moves = {
        Step.DOWN: options.action_cursor_down,
        Step.UP: options.action_cursor_up,
        Step.PAGE_DOWN: options.action_page_down,
        Step.PAGE_UP: options.action_page_up,
        Step.FIRST: options.action_first,
        Step.LAST: options.action_last,
    }
    moves[step]()


def scroll(view: ScrollableContainer, step: Step) -> None:
    """Do a step in something that scrolls."""
    match step:
        case Step.DOWN:
            view.scroll_down(animate=False)
        case Step.UP:
            view.scroll_up(animate=False)
        case Step.PAGE_DOWN:
            view.scroll_page_down(animate=False)
        case Step.PAGE_UP:
            view.scroll_page_up(animate=False)
        case Step.FIRST:
            view.action_scroll_home()
        case Step.LAST:
            view.action_scroll_end()
