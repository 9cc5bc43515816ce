"""A first look at a rollout, which costs the same for a file of any size: its head and its tail."""

from __future__ import annotations

from typing import NamedTuple

from sessiontui.backends.codex.content import Contents
from sessiontui.backends.codex.reading import Reading, RolloutShelf
from sessiontui.backends.codex.tree import RolloutFile, RolloutTree
from sessiontui.records.codex_places import Places
from sessiontui.records.codex_reader import RolloutReader
from sessiontui.records.codex_state import State

_STEP = 1 << 16
_MOST_HEAD = 1 << 20
_MOST_FORKS = 64


class Look(NamedTuple):
    """What was seen of a rollout; without `complete`, nothing in it was counted."""

    reading: Reading
    complete: bool


def first_look(
    file: RolloutFile, tree: RolloutTree, contents: Contents, shelf: RolloutShelf
) -> Look:
    """Look at a rollout; a small one is read whole. Raises `StoreMissing`, `StoreUnreadable`."""
    head = _head(file, contents)
    base = head.origin.base if head.origin is not None else None
    size = file.state.size + (base.end if base is not None else 0)
    if not file.compressed and size <= 2 * _STEP:
        return Look(shelf.overview(file), complete=True)
    if not head.prompt and base is not None:
        head.inherited_prompt = _inherited_prompt(file, base.rollout, tree, contents)
    if file.compressed:
        # Its end is not known without all that is before it; the file keeps the rollout's time.
        _join(head, State())
        head.moved, head.tokens = "", None
        return Look(Reading(head, file.state, False, None, None), complete=False)
    with contents.open(file.path) as content:
        start = max(0, content.size - _STEP)
        rest = content.at(start, content.size - start)
        reader = RolloutReader(State(), tools=False, places=Places())
        reader.feed(rest if start == 0 else rest[rest.find(b"\n") + 1 :])
        reader.finish()
        _join(head, reader.state)
        return Look(Reading(head, content.state, reader.unfinished, None, None), complete=False)


def _head(file: RolloutFile, contents: Contents) -> State:
    reader = RolloutReader(State(), tools=False, places=Places())
    seen = 0
    for block in contents.beginning(file.path):
        reader.feed(block)
        seen += len(block)
        if (reader.state.origin is not None and reader.state.prompt) or seen >= _MOST_HEAD:
            break
    return reader.state


def _inherited_prompt(
    file: RolloutFile, rollout: str, tree: RolloutTree, contents: Contents
) -> str:
    seen = {file.rollout}
    while rollout not in seen and len(seen) < _MOST_FORKS:
        seen.add(rollout)
        parent = tree.rollout(rollout.lower())
        if parent is None or parent.kind is not None:
            break
        head = _head(parent, contents)
        base = head.origin.base if head.origin is not None else None
        if head.prompt or base is None:
            return head.prompt
        rollout = base.rollout
    return ""


def _join(head: State, tail: State) -> None:
    """Take over what the last records say."""
    head.moved = tail.moved or head.moved
    head.model, head.effort = tail.model or head.model, tail.effort or head.effort
    head.name = tail.name or head.name
    head.tokens = head.tokens if tail.tokens is None else tail.tokens
    # A turn that began before the tail, and has no end in it, is one that nothing tells of.
    head.tells_turns, head.opens = tail.tells_turns, None
    head.turn, head.turn_at, head.failed = tail.turn, tail.turn_at, tail.failed
