"""Keys as people read and write them, and the keymap of the settings file. Knows no terminal."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.ui.actions import ACTION, Scope, actions_of

_KEY_WORDS = {
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
}
_SIGN_NAMES = {
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
"""Signs whose names are not those of Unicode."""
_NAMED = frozenset(
    {
        *("escape", "enter", "tab", "space", "backspace", "delete", "insert"),
        *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
    }
)
_SPELLINGS = {
    **{words: key for key, words in _KEY_WORDS.items()},
    **{f"F{number}": f"f{number}" for number in range(1, 25)},
    "page_down": "pagedown",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "return": "enter",
}
"""Other names that people may write, above all those that help shows."""
_DIGITS = "0123456789"
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})


def key_words(key: str) -> str:
    """A key as people read it: `esc`, `?`, `ctrl+p`, `F1`."""
    modifiers, plus, last = key.rpartition("+")
    if not plus or not last:
        modifiers, plus, last = "", "", key
    return f"{modifiers}{plus}{_last_words(last)}"


def _last_words(key: str) -> str:
    if key in _KEY_WORDS:
        return _KEY_WORDS[key]
    if key in _NAMED:
        return key.upper() if key[0] == "f" and key[1:].isdigit() else key
    return _sign(key) or key


def _sign(name: str) -> str | None:
    """The sign that a name such as `question_mark` means; None when it means none."""
    if len(name) == 1:
        return name
    if name in _SIGN_NAMES:
        return _SIGN_NAMES[name]
    try:
        return unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return None


def _spelt(key: str) -> str:
    modifiers, plus, last = key.strip().rpartition("+")
    return f"{modifiers}{plus}{_SPELLINGS.get(last, last)}" if last else key.strip()


def is_key(key: str) -> bool:
    """Whether a key of this name can be pressed."""
    modifiers, plus, last = _spelt(key).rpartition("+")
    if not plus or not last:
        return last in _NAMED or _sign(_spelt(key)) is not None
    return (last in _NAMED or _sign(last) is not None) and set(modifiers.split("+")) <= _MODIFIERS


def keys_of(action_id: str, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys that call an action under a checked keymap; none for some."""
    if action_id in keymap:
        return tuple(keymap[action_id].split(","))
    return ACTION[action_id].keys


def series_words(keys: Sequence[str]) -> str:
    """Keys as people read them; digits that follow each other as `1-5`."""
    words = [key_words(key) for key in keys]
    digits = "".join(words)
    if len(words) > 2 and len(digits) == len(words) and digits in _DIGITS:
        return f"{words[0]}-{words[-1]}"
    return " ".join(words)


def key_in_words(action_id: str, keymap: Mapping[str, str] = MappingProxyType({})) -> str:
    """The first key of an action, for sentences; of one without, how to come to it."""
    keys = keys_of(action_id, keymap)
    if keys:
        return key_words(keys[0])
    return f"{key_in_words('palette', keymap)} {ACTION[action_id].title}"


class CheckedKeymap(NamedTuple):
    """What of a keymap can be used, and what is wrong with the rest of it."""

    keys: Mapping[str, str]
    problems: tuple[SettingsInvalid, ...] = ()


def checked_keymap(keymap: Mapping[str, str]) -> CheckedKeymap:
    """Sort out what cannot be used of a keymap (keys, separated by commas, by action id).

    That is: an unknown action, an unknown or empty key, and a key that would mean two things on one
    screen. What is concerned keeps its default keys; each is a problem that says how to mend it.
    """
    problems: list[SettingsInvalid] = []
    kept: dict[str, str] = {}
    for action_id, keys in keymap.items():
        problem = _problem_of(action_id, keys)
        if problem is None:
            kept[action_id] = ",".join(map(_spelt, keys.split(",")))
        else:
            problems.append(problem)
    while (clash := _clash(kept)) is not None:
        key, first, second = clash
        problems.append(
            SettingsInvalid(
                f"keymap: {key} would mean both {first} and {second}",
                f"give {first} or {second} another key",
            )
        )
        # Without both of them what is left has at most the clashes it had.
        for action_id in (first, second):
            kept.pop(action_id, None)
    return CheckedKeymap(kept, tuple(problems))


def _problem_of(action_id: str, keys: str) -> SettingsInvalid | None:
    if action_id not in ACTION:
        near = difflib.get_close_matches(action_id, ACTION, n=1)
        hint = f"did you mean {near[0]}" if near else "`sessiontui config actions` lists them"
        return SettingsInvalid(f"keymap: there is no action {action_id}", hint)
    for key in keys.split(","):
        if not key.strip():
            return SettingsInvalid(
                f"keymap: {action_id} has an empty key",
                "name keys such as D or ctrl+d; the comma itself is called comma",
            )
        if not is_key(key):
            return SettingsInvalid(
                f"keymap: {action_id} has {key.strip()}, which is no key",
                "name keys such as D, ctrl+d, f2, pageup or question_mark",
            )
    return None


def _clash(keymap: Mapping[str, str]) -> tuple[str, str, str] | None:
    """A key in words and two actions of one screen that it would mean."""
    for scope in Scope:
        meant: dict[str, str] = {}
        for action in actions_of(scope):
            for key in keys_of(action.id, keymap):
                words = key_words(key)
                other = meant.setdefault(words, action.id)
                if other != action.id:
                    return words, other, action.id
    return None
