"""Actions of the topic Program: what concerns the program."""

from __future__ import annotations

from sessiontui.ui.actions.action import (
    ALL,
    SESSION,
    Action,
    Topic,
)

PROGRAM: tuple[Action, ...] = (
    Action(
        "stores",
        ("S",),
        "stores",
        "Every store: where it is, how it is, what it cannot do",
        Topic.PROGRAM,
        SESSION,
        footer=30,
    ),
    Action(
        "statistics",
        ("#",),
        "numbers",
        "How much there is, when it was written, the largest sessions",
        Topic.PROGRAM,
        SESSION,
        footer=31,
    ),
    Action(
        "palette",
        ("ctrl+p",),
        "palette",
        "Every action, session, view, store and theme by name",
        Topic.PROGRAM,
        ALL,
        in_palette=False,
    ),
    Action("theme", (), "change the theme", "Choose the colours", Topic.PROGRAM, ALL),
    Action(
        "settings",
        ("comma",),
        "settings",
        "Open the settings file in your editor, and take over what was changed",
        Topic.PROGRAM,
        ALL,
    ),
    Action(
        "help",
        ("?", "f1"),
        "help",
        "The keys that work on this screen",
        Topic.PROGRAM,
        ALL,
        footer=99,
    ),
    Action("quit", ("q",), "quit", "Leave the program", Topic.PROGRAM, ALL, footer=91),
)
