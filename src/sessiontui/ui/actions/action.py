"""What an action is: something a person can do, its keys, and where it belongs."""

from __future__ import annotations

from enum import StrEnum

from sessiontui.domain.store import Capability
from sessiontui.domain.value import PlainValue


class Scope(StrEnum):
    """The screens an action belongs to."""

    BROWSE = "browse"
    TRANSCRIPT = "transcript"
    STORES = "stores"
    JOURNAL = "journal"
    STATISTICS = "statistics"
    MARKED = "marked sessions"


class Topic(StrEnum):
    """What an action is about: the headings of the help screen, in this order."""

    FIND = "Find"
    ARRANGE = "Arrange"
    READ = "Read"
    CHANGE = "Change"
    MOVE = "Move"
    PROGRAM = "Program"


class Action(PlainValue):
    """Something a person can do.

    `keys` are names as Textual knows them, or single characters; none means palette only.
    `title` is what the footer and the palette say, `help` one sentence. `capability` is what the
    store must support. `danger`: the first press asks, the second does. `footer` orders the
    footer, most useful first; None keeps an action out of it. Actions of the same `series`, one
    sentence, follow each other and share a line where keys are listed.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    topic: Topic
    scopes: frozenset[Scope]
    capability: Capability | None = None
    danger: bool = False
    footer: int | None = None
    in_palette: bool = True
    series: str | None = None


BROWSE = frozenset({Scope.BROWSE})
TRANSCRIPT = frozenset({Scope.TRANSCRIPT})
STORES = frozenset({Scope.STORES})
JOURNAL = frozenset({Scope.JOURNAL})
STATISTICS = frozenset({Scope.STATISTICS})
MARKED = frozenset({Scope.MARKED})
SESSION = BROWSE | TRANSCRIPT
ALL = frozenset(Scope)
