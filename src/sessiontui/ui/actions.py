"""ACTIONS: everything a person can do, and the only place where a key is declared.

The bindings of the screens, the command palette, the help screen, the footer and the key table of
the README derive from it (`action_keys`). A screen does an action in its method `action_<id>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from sessiontui.domain.store import Capability


class Scope(StrEnum):
    """The screens an action belongs to."""

    BROWSE = "browse"
    TRANSCRIPT = "transcript"
    STORES = "stores"
    JOURNAL = "journal"
    STATISTICS = "statistics"


class Topic(StrEnum):
    """What an action is about: the headings of the help screen, in this order."""

    FIND = "Find"
    READ = "Read"
    CHANGE = "Change"
    MOVE = "Move"
    PROGRAM = "Program"


class Action(NamedTuple):
    """Something a person can do.

    `keys` are names as Textual knows them, or single characters; none means palette only.
    `title` is what the footer and the palette say, `help` one sentence. `capability` is what the
    store must support. `danger`: the first press asks, the second does. `footer` orders the
    footer, most useful first; None keeps an action out of it.
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


_BROWSE = frozenset({Scope.BROWSE})
_TRANSCRIPT = frozenset({Scope.TRANSCRIPT})
_STORES = frozenset({Scope.STORES})
_JOURNAL = frozenset({Scope.JOURNAL})
_STATISTICS = frozenset({Scope.STATISTICS})
_SESSION = _BROWSE | _TRANSCRIPT
_ALL = frozenset(Scope)

ACTIONS: tuple[Action, ...] = (
    Action(
        "open",
        ("enter",),
        "read",
        "Read the transcript in full",
        Topic.READ,
        _BROWSE | _STATISTICS,
        footer=1,
    ),
    Action(
        "unfold",
        ("enter",),
        "unfold",
        "Unfold or fold what the cursor is on",
        Topic.READ,
        _TRANSCRIPT,
        footer=2,
        in_palette=False,
    ),
    Action(
        "show_store",
        ("enter",),
        "its sessions",
        "List the sessions of this store only",
        Topic.FIND,
        _STORES,
        footer=1,
    ),
    Action(
        "search",
        ("/",),
        "search",
        "Search titles and conversations, or filter the list",
        Topic.FIND,
        _BROWSE,
        footer=2,
    ),
    Action(
        "back",
        ("escape",),
        "back",
        "One step back: transcript, search box, then the filter",
        Topic.FIND,
        _ALL,
        footer=90,
        in_palette=False,
    ),
    Action(
        "next_hit",
        ("n",),
        "next hit",
        "Go to the next hit in the transcript",
        Topic.FIND,
        _SESSION,
        footer=3,
    ),
    Action(
        "previous_hit",
        ("N",),
        "previous hit",
        "Go to the previous hit in the transcript",
        Topic.FIND,
        _SESSION,
    ),
    Action(
        "sort",
        ("s",),
        "sort",
        "Sort by the next of activity, created, title, messages, size",
        Topic.FIND,
        _BROWSE,
        footer=20,
    ),
    Action(
        "reverse", (), "reverse the order", "Turn the order of the list around", Topic.FIND, _BROWSE
    ),
    Action("only_stuck", (), "show stuck sessions only", "Filter by is:stuck", Topic.FIND, _BROWSE),
    Action(
        "only_running",
        (),
        "show running sessions only",
        "Filter by is:running",
        Topic.FIND,
        _BROWSE,
    ),
    Action(
        "next_message",
        ("J",),
        "next message",
        "Go to the next message of the transcript",
        Topic.READ,
        _SESSION,
    ),
    Action(
        "previous_message",
        ("K",),
        "previous message",
        "Go to the previous message of the transcript",
        Topic.READ,
        _SESSION,
    ),
    Action(
        "next_prompt",
        ("}",),
        "next prompt",
        "Go to the next thing a person typed",
        Topic.READ,
        _SESSION,
    ),
    Action(
        "previous_prompt",
        ("{",),
        "previous prompt",
        "Go to the previous thing a person typed",
        Topic.READ,
        _SESSION,
    ),
    Action(
        "toggle_tools",
        ("t",),
        "tools",
        "Show or fold what tools were asked and gave back",
        Topic.READ,
        _SESSION,
        footer=21,
    ),
    Action(
        "toggle_thinking",
        ("T",),
        "thinking",
        "Show or fold thinking",
        Topic.READ,
        _SESSION,
        footer=22,
    ),
    Action(
        "toggle_fold",
        ("z",),
        "fold",
        "Show or fold the message at the cursor",
        Topic.READ,
        _SESSION,
    ),
    Action(
        "toggle_follow",
        ("f",),
        "follow",
        "Stay at the end while the session grows",
        Topic.READ,
        _SESSION,
        footer=23,
    ),
    Action(
        "rename",
        ("R",),
        "rename",
        "Give the session a title; an empty one returns to the automatic title",
        Topic.CHANGE,
        _SESSION,
        Capability.RENAME,
        footer=10,
    ),
    Action(
        "delete",
        ("d",),
        "delete",
        "Delete the session and all that belongs to it; the second press does it",
        Topic.CHANGE,
        _SESSION,
        Capability.DELETE,
        danger=True,
        footer=11,
    ),
    Action(
        "clear",
        ("c",),
        "clear",
        "Remove the messages, keep the session; the second press does it",
        Topic.CHANGE,
        _SESSION,
        Capability.CLEAR,
        danger=True,
        footer=12,
    ),
    Action(
        "cure",
        ("x",),
        "cure",
        "Set a stuck session to idle",
        Topic.CHANGE,
        _SESSION,
        Capability.SET_STATE,
        footer=4,
    ),
    Action("undo", ("u",), "undo", "Take back the last change", Topic.CHANGE, _SESSION, footer=13),
    Action(
        "journal",
        ("U",),
        "journal",
        "Every change that can be taken back",
        Topic.CHANGE,
        _SESSION,
        footer=25,
    ),
    Action(
        "undo_entry",
        ("enter",),
        "take back",
        "Take this change back",
        Topic.CHANGE,
        _JOURNAL,
        footer=1,
    ),
    Action(
        "copy_ref",
        ("y",),
        "copy ref",
        "Copy the reference of the session, as commands take it",
        Topic.CHANGE,
        _SESSION,
        footer=24,
    ),
    Action(
        "cursor_down",
        ("down", "j"),
        "down",
        "One row or line down",
        Topic.MOVE,
        _ALL,
        in_palette=False,
    ),
    Action(
        "cursor_up", ("up", "k"), "up", "One row or line up", Topic.MOVE, _ALL, in_palette=False
    ),
    Action(
        "page_down",
        ("pagedown", "ctrl+f"),
        "page down",
        "One page down",
        Topic.MOVE,
        _ALL,
        in_palette=False,
    ),
    Action(
        "page_up",
        ("pageup", "ctrl+b"),
        "page up",
        "One page up",
        Topic.MOVE,
        _ALL,
        in_palette=False,
    ),
    Action(
        "go_first",
        ("g", "home"),
        "first",
        "Go to the beginning",
        Topic.MOVE,
        _ALL,
        in_palette=False,
    ),
    Action("go_last", ("G", "end"), "last", "Go to the end", Topic.MOVE, _ALL, in_palette=False),
    Action(
        "next_pane",
        ("tab",),
        "next pane",
        "Complete what is typed in the search box, or go to the next pane",
        Topic.MOVE,
        _BROWSE | _STATISTICS,
        in_palette=False,
    ),
    Action(
        "previous_pane",
        ("shift+tab",),
        "previous pane",
        "Go back to the completion or the pane before",
        Topic.MOVE,
        _BROWSE | _STATISTICS,
        in_palette=False,
    ),
    Action(
        "stores",
        ("S",),
        "stores",
        "Every store: where it is, how it is, what it cannot do",
        Topic.PROGRAM,
        _SESSION,
        footer=30,
    ),
    Action(
        "statistics",
        ("#",),
        "numbers",
        "How much there is, when it was written, the largest sessions",
        Topic.PROGRAM,
        _SESSION,
        footer=31,
    ),
    Action("span", ("s",), "span", "The next span of time", Topic.READ, _STATISTICS, footer=2),
    Action("grouping", ("b",), "group by", "The next grouping", Topic.READ, _STATISTICS, footer=3),
    Action("measure", ("m",), "measure", "The next amount", Topic.READ, _STATISTICS, footer=4),
    Action(
        "palette",
        ("ctrl+p",),
        "palette",
        "Every action and session by name",
        Topic.PROGRAM,
        _ALL,
        in_palette=False,
    ),
    Action("theme", (), "change the theme", "Choose the colours", Topic.PROGRAM, _ALL),
    Action(
        "help",
        ("?", "f1"),
        "help",
        "The keys that work on this screen",
        Topic.PROGRAM,
        _ALL,
        footer=99,
    ),
    Action("quit", ("q",), "quit", "Leave the program", Topic.PROGRAM, _ALL, footer=91),
)

ACTION: Mapping[str, Action] = {action.id: action for action in ACTIONS}


def actions_of(scope: Scope) -> tuple[Action, ...]:
    """The actions of a screen, in the order of the table."""
    return tuple(action for action in ACTIONS if scope in action.scopes)
