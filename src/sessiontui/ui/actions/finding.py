"""Actions of the topic Find: what finds sessions and orders them."""

from __future__ import annotations

from sessiontui.ui.actions.action import (
    ALL,
    BROWSE,
    SESSION,
    STORES,
    Action,
    Topic,
)

FINDING: tuple[Action, ...] = (
    Action(
        "show_store",
        ("enter",),
        "its sessions",
        "List the sessions of this store only",
        Topic.FIND,
        STORES,
        footer=1,
    ),
    Action(
        "search",
        ("/",),
        "search",
        "Search titles and conversations, or filter the list",
        Topic.FIND,
        BROWSE,
        footer=2,
    ),
    Action(
        "back",
        ("escape",),
        "back",
        "One step back: transcript, search box, marks, then the filter",
        Topic.FIND,
        ALL,
        footer=90,
        in_palette=False,
    ),
    Action(
        "next_hit",
        ("n",),
        "next hit",
        "Go to the next hit in the transcript",
        Topic.FIND,
        SESSION,
        footer=3,
    ),
    Action(
        "previous_hit",
        ("N",),
        "previous hit",
        "Go to the previous hit in the transcript",
        Topic.FIND,
        SESSION,
    ),
)
