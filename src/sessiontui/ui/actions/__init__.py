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

__all__ = ["ACTION", "ACTIONS", "Action", "Scope", "Topic", "actions_of"]

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


def actions_of(scope: Scope) -> tuple[Action, ...]:
    """The actions of a screen, in the order of the table."""
    return tuple(action for action in ACTIONS if scope in action.scopes)
