"""Keys as people write them, and what becomes of a keymap that is wrong in places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.actions import ACTION, ACTIONS, Scope, actions_of
from sessiontui.ui.keymap import checked_keymap, is_key, key_in_words, key_words, keys_of


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("escape", "esc"),
        ("question_mark", "?"),
        ("less_than_sign", "<"),
        ("comma", ","),
        ("ctrl+p", "ctrl+p"),
        ("ctrl+pageup", "ctrl+page up"),
        ("shift+tab", "shift+tab"),
        ("f1", "F1"),
        ("f", "f"),
        ("+", "+"),
        ("G", "G"),
    ],
)
def test_keys_are_told_as_people_read_them(key: str, words: str) -> None:
    assert key_words(key) == words
    assert is_key(key)


@pytest.mark.parametrize("key", ["", "ctlr+d", "ctrl+", "enterr", "f25", "two words"])
def test_what_cannot_be_pressed_is_no_key(key: str) -> None:
    assert not is_key(key)


def test_every_declared_key_can_be_written_into_a_keymap() -> None:
    for action in ACTIONS:
        for key in action.keys:
            assert is_key(key), (action.id, key)
            assert is_key(key_words(key)), key_words(key)


def test_names_that_help_shows_are_understood() -> None:
    written = {"stores": "F2, ctrl+pgdn", "quit": " ctrl+esc "}
    assert checked_keymap(written).keys == {"stores": "f2,ctrl+pagedown", "quit": "ctrl+escape"}
    assert key_in_words("stores", {"stores": "f2,ctrl+pagedown"}) == "F2"


def test_an_action_without_a_key_is_told_by_way_of_the_palette() -> None:
    assert not ACTION["theme"].keys
    assert key_in_words("theme") == "ctrl+p change the theme"
    assert key_in_words("theme", {"palette": "f3"}) == "F3 change the theme"


def test_one_mistake_leaves_the_rest_of_a_keymap_in_force() -> None:
    keys, problems = checked_keymap(
        {"rename": "f4", "delet": "D", "clear": "", "undo": "ctlr+u", "delete": "x"}
    )
    assert keys == {"rename": "f4"}
    told = [(problem.title, problem.hint) for problem in problems]
    assert told == [
        ("keymap: there is no action delet", "did you mean delete"),
        (
            "keymap: clear has an empty key",
            "name keys such as D or ctrl+d; the comma itself is called comma",
        ),
        (
            "keymap: undo has ctlr+u, which is no key",
            "name keys such as D, ctrl+d, f2, pageup or question_mark",
        ),
        ("keymap: x would mean both delete and cure", "give delete or cure another key"),
    ]


_KEYS = st.sampled_from(
    ["a", "d", "x", "?", "ctrl+d", "enter", "escape", "f2", "nonsense", "", "z"]
)


@given(st.dictionaries(st.sampled_from([*ACTION, "nobody"]), _KEYS, max_size=8))
def test_whatever_is_written_no_key_ever_means_two_things(keymap: dict[str, str]) -> None:
    keys, problems = checked_keymap(keymap)
    assert keys.keys() <= keymap.keys()
    assert bool(problems) == (len(keys) < len(keymap))
    for scope in Scope:
        meant = [key_words(key) for action in actions_of(scope) for key in keys_of(action.id, keys)]
        assert len(meant) == len(set(meant))
