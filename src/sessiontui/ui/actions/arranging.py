"""Actions of the topic Arrange: what orders and groups the list, folds it and marks in it."""

from __future__ import annotations

from sessiontui.ui.actions.action import BROWSE, Action, Topic

_GROUPS = (
    ("needs you", "what needs you"),
    ("running", "what is running"),
    ("stuck", "what is stuck"),
    ("new", "what is new since you looked"),
    ("everything else", "everything else"),
)
_SORTS = (
    ("activity", "the newest first"),
    ("created", "the youngest first"),
    ("title", "from A to Z"),
    ("messages", "the longest first"),
    ("size", "the largest first"),
    ("store", "store by store"),
    ("agent", "agent by agent"),
)
_GROUPINGS = (
    ("state", "what needs you first, then by day"),
    ("day", "each day by itself"),
    ("workspace", "each workspace by itself"),
    ("store", "each store by itself"),
    ("agent", "each agent by itself"),
    ("none", "one run without headings"),
)


_GO_TO_GROUP = f"Go to a group: {', '.join(title for title, _ in _GROUPS)}"


def _arrange(id_: str, keys: tuple[str, ...], title: str, help_: str) -> Action:
    return Action(id_, keys, title, help_, Topic.ARRANGE, BROWSE)


ARRANGING: tuple[Action, ...] = (
    *(
        _arrange(
            f"group_{number}", (str(number),), f"go to {title}", f"Go to group {number}: {what}"
        ).replace(series=_GO_TO_GROUP)
        for number, (title, what) in enumerate(_GROUPS, 1)
    ),
    Action(
        "mark",
        ("space",),
        "mark",
        "Mark the session, or take its mark away, and go on; changes then concern the marked ones",
        Topic.ARRANGE,
        BROWSE,
        footer=14,
    ),
    _arrange("mark_range", ("v",), "mark a range", "Begin a range that moving extends, or end it"),
    _arrange("mark_all", (), "mark all", "Mark every session in the list"),
    _arrange("mark_others", (), "invert marks", "Mark the others in the list instead"),
    _arrange("unmark", (), "take marks away", "Mark nothing any more"),
    Action(
        "sort",
        ("s",),
        "sort",
        "Sort by the next of activity, created, title, messages, size, store, agent",
        Topic.ARRANGE,
        BROWSE,
        footer=20,
    ),
    _arrange("reverse", (), "reverse the order", "Turn the order of the list around"),
    _arrange(
        "next_grouping",
        ("b",),
        "group by",
        "Group by the next of state, day, workspace, store, agent, nothing",
    ),
    Action(
        "unfold_family",
        ("l", "right"),
        "unfold what is below",
        "Show the sessions that this one spawned, or that were forked from it",
        Topic.ARRANGE,
        BROWSE,
        footer=8,
    ),
    _arrange(
        "fold_family",
        ("h", "left"),
        "fold what is below",
        "Fold them away again; on one of them, go to the session above",
    ),
    _arrange("density", (), "change the density", "One line for each session, or a second one"),
    *(
        _arrange(f"sort_{name}", (), f"sort by {name}", f"Sort by {name}, {how}")
        for name, how in _SORTS
    ),
    *(
        _arrange(
            f"group_by_{name}",
            (),
            "group by nothing" if name == "none" else f"group by {name}",
            f"Group the list: {how}",
        )
        for name, how in _GROUPINGS
    ),
)
