"""What derives from ACTIONS: bindings, keys in words, keymaps, the README's table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.ui.actions import ACTION, ACTIONS, Action, Scope, Topic, actions_of

_KEY_WORDS = {
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
    "question_mark": "?",
    "slash": "/",
    "number_sign": "#",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "f1": "F1",
    "down": "↓",
    "up": "↑",
}


def key_words(key: str) -> str:
    """A key as people read it: `esc`, `?`, `ctrl+p`."""
    return _KEY_WORDS.get(key, key)


def bindings_of(scope: Scope) -> list[BindingType]:
    """The bindings of a screen. Their ids are the actions' ids: a keymap names those.

    All have priority: an action is done before the next key is looked at, so that keys typed in
    one go mean the same as keys typed slowly (`/` and then a word). The palette is bound by the
    app.
    """
    return [
        binding_of(action) for action in actions_of(scope) if action.keys and action.id != "palette"
    ]


def binding_of(action: Action, call: str | None = None) -> Binding:
    """The binding of one action; `call` is what it does, by default `perform` of its id."""
    return Binding(
        ",".join(action.keys),
        call or f"perform({action.id!r})",
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
        if binding.id is not None and binding.id in ACTION:
            found[binding.id] = (*found.get(binding.id, ()), key)
    return {
        action_id: tuple(sorted(keys, key=lambda key: _declared_at(action_id, key)))
        for action_id, keys in found.items()
    }


def _declared_at(action_id: str, key: str) -> int:
    declared = ACTION[action_id].keys
    names = [key_words(name) for name in declared]
    return names.index(key_words(key)) if key_words(key) in names else len(names)


def key_table() -> str:
    """The README's table of keys, in Markdown."""
    lines = ["| key | does |", "|---|---|"]
    for topic in Topic:
        for action in ACTIONS:
            if action.topic is topic and action.keys:
                keys = " ".join(f"`{key_words(key)}`" for key in action.keys)
                lines.append(f"| {keys} | {action.help} |")
    return "\n".join(lines) + "\n"


def checked_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """A keymap (keys by action id) that can be used.

    Raises `SettingsInvalid` for an unknown id, naming the nearest, for an empty key, and for a key
    that would mean two things on one screen.
    """
    for action_id, keys in keymap.items():
        if action_id not in ACTION:
            near = difflib.get_close_matches(action_id, ACTION, n=1)
            hint = f"did you mean {near[0]}" if near else "see the keys in the help screen"
            raise SettingsInvalid(f"keymap: there is no action {action_id}", hint)
        if not all(key.strip() for key in keys.split(",")):
            raise SettingsInvalid(
                f"keymap: {action_id} has an empty key", "name keys such as D or ctrl+d"
            )
    for scope in Scope:
        meant: dict[str, str] = {}
        for action in actions_of(scope):
            for key in _keys_of(action, keymap):
                other = meant.setdefault(key, action.id)
                if other != action.id:
                    raise SettingsInvalid(
                        f"keymap: {key_words(key)} would mean both {other} and {action.id}",
                        f"give {other} or {action.id} another key",
                    )
    return dict(keymap)


def _keys_of(action: Action, keymap: Mapping[str, str]) -> tuple[str, ...]:
    if action.id in keymap:
        return tuple(key_words(key.strip()) for key in keymap[action.id].split(","))
    return tuple(key_words(key) for key in action.keys)
