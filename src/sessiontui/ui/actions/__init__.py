"""ACTIONS: everything a person can do, and the only place where a key is declared.

The bindings of the screens, the command palette, the help screen, the footer and the key table of
the README derive from it (`action_keys`). A screen does an action in its method `action_<id>`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sessiontui.ui.actions.action import Action, Scope, Topic
from sessiontui.ui.actions.arranging import ARRANGING
from sessiontui.ui.actions.changing import CHANGING
from sessiontui.ui.actions.finding import FINDING
from sessiontui.ui.actions.moving import MOVING
from sessiontui.ui.actions.program import PROGRAM
from sessiontui.ui.actions.reading import READING
from sessiontui.ui.actions.taking_out import TAKING_OUT

__all__ = ["ACTION", "ACTIONS", "Action", "Scope", "Topic", "actions_of", "footer_actions"]

ACTIONS: tuple[Action, ...] = (
    *FINDING,
    *READING,
    *CHANGING,
    *TAKING_OUT,
    *MOVING,
    *PROGRAM,
    *ARRANGING,
)

ACTION: Mapping[str, Action] = {action.id: action for action in ACTIONS}


_WHILE_READING = (
    *("cure", "unfold", "find", "next_hit", "outline", "toggle_answers", "back"),
    *("toggle_tools", "copy", "resume"),
)
"""What the footer of a transcript shows first: what reads it, and the way back."""


def footer_actions(scope: Scope) -> list[Action]:
    """The actions that the footer of a screen may show, the most useful first."""
    first = _WHILE_READING if scope is Scope.TRANSCRIPT else ()

    def rank(action: Action) -> tuple[int, int]:
        place = first.index(action.id) if action.id in first else len(first)
        return place, action.footer or 0

    return sorted((action for action in actions_of(scope) if action.footer), key=rank)


def actions_of(scope: Scope) -> tuple[Action, ...]:
    """The actions of a screen, in the order of the table."""
    return tuple(action for action in ACTIONS if scope in action.scopes)
