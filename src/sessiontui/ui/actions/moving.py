"""Actions of the topic Move: what moves the cursor and the focus."""

from __future__ import annotations

from sessiontui.ui.actions.action import (
    ALL,
    BROWSE,
    STATISTICS,
    Action,
    Topic,
)

MOVING: tuple[Action, ...] = (
    Action(
        "cursor_down",
        ("down", "j"),
        "down",
        "One row or line down",
        Topic.MOVE,
        ALL,
        in_palette=False,
    ),
    Action("cursor_up", ("up", "k"), "up", "One row or line up", Topic.MOVE, ALL, in_palette=False),
    Action(
        "page_down",
        ("pagedown", "ctrl+f"),
        "page down",
        "One page down",
        Topic.MOVE,
        ALL,
        in_palette=False,
    ),
    Action(
        "page_up",
        ("pageup", "ctrl+b"),
        "page up",
        "One page up",
        Topic.MOVE,
        ALL,
        in_palette=False,
    ),
    Action(
        "go_first",
        ("g", "home"),
        "first",
        "Go to the beginning",
        Topic.MOVE,
        ALL,
        in_palette=False,
    ),
    Action("go_last", ("G", "end"), "last", "Go to the end", Topic.MOVE, ALL, in_palette=False),
    Action(
        "next_pane",
        ("tab",),
        "next pane",
        "Complete what is typed in the search box, or go to the next pane",
        Topic.MOVE,
        BROWSE | STATISTICS,
        in_palette=False,
    ),
    Action(
        "previous_pane",
        ("shift+tab",),
        "previous pane",
        "Go back to the completion or the pane before",
        Topic.MOVE,
        BROWSE | STATISTICS,
        in_palette=False,
    ),
    Action(
        "shrink_list",
        ("less_than_sign",),
        "smaller list",
        "Give the transcript more room, the list less",
        Topic.MOVE,
        BROWSE,
    ),
    Action(
        "grow_list",
        ("greater_than_sign",),
        "larger list",
        "Give the list more room, the transcript less",
        Topic.MOVE,
        BROWSE,
    ),
)
