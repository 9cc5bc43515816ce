"""What derives from ACTIONS: bindings, the keys in use, the README's table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from textual.binding import Binding, BindingType

from sessiontui.ui.actions import ACTION, ACTIONS, Action, Scope, Topic, actions_of
from sessiontui.ui.keymap import key_words, series_words

__all__ = ["bindings_of", "by_line", "key_table", "key_words", "keys_in_use"]

UNBOUND = "unbound-"
"""Begins the stand-in key of an action without keys: a keymap may give it one."""


def bindings_of(scope: Scope) -> list[BindingType]:
    """The bindings of a screen. Their ids are the actions' ids: a keymap names those.

    All have priority: an action is done before the next key is looked at, so that keys typed in
    one go mean the same as keys typed slowly (`/` and then a word).
    """
    return [_binding_of(action) for action in actions_of(scope)]


def _binding_of(action: Action) -> Binding:
    return Binding(
        ",".join(action.keys) or f"{UNBOUND}{action.id}",
        f"perform({action.id!r})",
        action.title,
        show=action.footer is not None,
        id=action.id,
        priority=True,
    )


def keys_in_use(active: Iterable[tuple[str, Binding]]) -> dict[str, tuple[str, ...]]:
    """The keys by which each action is called now (after remapping), from active bindings.

    `active` are (key, binding) pairs, as `Screen.active_bindings` holds them.
    """
    found: dict[str, tuple[str, ...]] = {}
    for key, binding in active:
        if binding.id is not None and binding.id in ACTION and not key.startswith(UNBOUND):
            found[binding.id] = (*found.get(binding.id, ()), key)
    return {
        action_id: tuple(sorted(keys, key=lambda key: _declared_at(action_id, key)))
        for action_id, keys in found.items()
    }


def _declared_at(action_id: str, key: str) -> int:
    declared = ACTION[action_id].keys
    names = [key_words(name) for name in declared]
    return names.index(key_words(key)) if key_words(key) in names else len(names)


def by_line(actions: Iterable[Action]) -> Iterator[tuple[Action, tuple[Action, ...]]]:
    """The actions line by line, as keys are listed: the first of a series, and all of it."""
    for _, found in groupby(actions, key=lambda action: action.series or action.id):
        series = tuple(found)
        yield series[0], series


def key_table() -> str:
    """The README's table of keys, in Markdown."""
    lines = ["| key | does |", "|---|---|"]
    for topic in Topic:
        keyed = [action for action in ACTIONS if action.topic is topic and action.keys]
        for action, series in by_line(keyed):
            if len(series) > 1:
                keys = f"`{series_words([each.keys[0] for each in series])}`"
            else:
                keys = " ".join(f"`{key_words(key)}`" for key in action.keys)
            lines.append(f"| {keys} | {action.series or action.help} |")
    return "\n".join(lines) + "\n"
