"""Actions of the topic Change: what changes sessions, or takes them elsewhere."""

from __future__ import annotations

from sessiontui.domain.store import Capability
from sessiontui.ui.actions.action import (
    JOURNAL,
    SESSION,
    Action,
    Topic,
)

CHANGING: tuple[Action, ...] = (
    Action(
        "rename",
        ("R",),
        "rename",
        "Give the session a title; an empty one returns to the automatic title",
        Topic.CHANGE,
        SESSION,
        Capability.RENAME,
        footer=10,
    ),
    Action(
        "delete",
        ("d",),
        "delete",
        "Delete the session and all that belongs to it; the second press does it",
        Topic.CHANGE,
        SESSION,
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
        SESSION,
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
        SESSION,
        Capability.SET_STATE,
        footer=4,
    ),
    Action("undo", ("u",), "undo", "Take back the last change", Topic.CHANGE, SESSION, footer=13),
    Action(
        "journal",
        ("U",),
        "journal",
        "Every change that can be taken back",
        Topic.CHANGE,
        SESSION,
        footer=25,
    ),
    Action(
        "undo_entry",
        ("enter",),
        "take back",
        "Take this change back",
        Topic.CHANGE,
        JOURNAL,
        footer=1,
    ),
    Action(
        "copy_ref",
        ("y",),
        "copy ref",
        "Copy the reference of the session, as commands take it",
        Topic.CHANGE,
        SESSION,
        footer=24,
    ),
)
