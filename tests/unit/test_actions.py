"""ACTIONS is the only declaration of keys, and everything that derives from it agrees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding

import sessiontui
from sessiontui.domain.store import Capability
from sessiontui.ui.action_keys import (
    UNBOUND,
    bindings_of,
    key_table,
    key_words,
    keys_in_use,
)
from sessiontui.ui.actions import ACTION, ACTIONS, Scope, actions_of, footer_actions
from sessiontui.ui.keymap import checked_keymap, series_words
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.bulk_change import BulkChangeScreen
from sessiontui.ui.screens.journal import JournalScreen
from sessiontui.ui.screens.statistics import StatisticsScreen
from sessiontui.ui.screens.stores import StoresScreen
from sessiontui.ui.screens.transcript import TranscriptScreen

SCREENS: dict[Scope, type[ActionScreen[Any]]] = {
    Scope.BROWSE: BrowseScreen,
    Scope.TRANSCRIPT: TranscriptScreen,
    Scope.STORES: StoresScreen,
    Scope.JOURNAL: JournalScreen,
    Scope.STATISTICS: StatisticsScreen,
    Scope.MARKED: BulkChangeScreen,
}


def test_ids_are_unique_and_every_action_says_what_it_does() -> None:
    assert len(ACTION) == len(ACTIONS)
    for action in ACTIONS:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", action.id)
        assert action.title
        assert action.help[0].isupper()
        assert not action.help.endswith(".")
        assert action.scopes


@pytest.mark.parametrize("scope", list(Scope))
def test_no_key_means_two_things_on_one_screen(scope: Scope) -> None:
    keys = [key for action in actions_of(scope) for key in action.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("scope", list(Scope))
def test_every_action_of_a_screen_is_done_by_it(scope: Scope) -> None:
    screen = SCREENS[scope]
    assert scope is screen.SCOPE
    for action in actions_of(scope):
        assert callable(getattr(screen, f"action_{action.id}", None)), action.id


@pytest.mark.parametrize("scope", list(Scope))
def test_the_bindings_of_a_screen_are_those_of_the_table(scope: Scope) -> None:
    declared = {
        action.id: ",".join(action.keys) or f"{UNBOUND}{action.id}" for action in actions_of(scope)
    }
    bound = {
        str(binding.id): binding.key
        for binding in SCREENS[scope].BINDINGS
        if isinstance(binding, Binding)
    }
    assert bound == declared
    assert [b.key for b in bindings_of(scope) if isinstance(b, Binding)] == list(bound.values())


def test_the_keys_that_scripts_and_hands_rely_on_are_fixed() -> None:
    fixed = {
        "search": "/",
        "open": "enter",
        "back": "escape",
        "rename": "R",
        "delete": "d",
        "clear": "c",
        "cure": "x",
        "undo": "u",
        "quit": "q",
    }
    assert {name: ACTION[name].keys[0] for name in fixed} == fixed


def test_changes_name_the_capability_they_need_and_dangers_ask() -> None:
    assert ACTION["delete"].capability is Capability.DELETE
    assert ACTION["clear"].capability is Capability.CLEAR
    assert ACTION["cure"].capability is Capability.SET_STATE
    assert {action.id for action in ACTIONS if action.danger} == {"delete", "clear"}


def test_the_table_for_the_readme_has_every_key_once() -> None:
    table = key_table()
    alone = [action for action in ACTIONS if action.keys and not action.series]
    for action in alone:
        line = next(line for line in table.splitlines() if f"| {action.help} |" in line)
        assert all(f"`{key_words(key)}`" in line for key in action.keys)
    series = {action.series for action in ACTIONS if action.series}
    assert "| `1-5` | Go to a group: needs you, running," in table
    assert len(table.splitlines()) == 2 + len(alone) + len(series)


def test_keys_of_a_series_are_a_range_only_as_long_as_they_follow_each_other() -> None:
    assert series_words(list("12345")) == "1-5"
    assert series_words(["1", "2", "f3", "4"]) == "1 2 F3 4"
    assert series_words(["1", "3", "5"]) == "1 3 5"
    assert series_words(["4", "5"]) == "4 5"


def test_the_footer_of_a_transcript_begins_with_reading_and_keeps_the_way_back_in_sight() -> None:
    reading = [action.id for action in footer_actions(Scope.TRANSCRIPT)]
    assert reading[1:5] == ["unfold", "find", "next_hit", "outline"]
    assert reading.index("back") < reading.index("rename") < reading.index("delete")
    listing = [action.id for action in footer_actions(Scope.BROWSE)]
    assert listing[:2] == ["open", "search"]
    assert listing.index("resume") < listing.index("clear")
    assert set(reading) == {a.id for a in actions_of(Scope.TRANSCRIPT) if a.footer}


def test_no_other_file_declares_a_key_of_an_action() -> None:
    # What lies over everything else has its own keys to move and to close, and nothing more.
    closing = {"close", "close_all", "answer", "line", "give_up", "step"}
    source = Path(sessiontui.__file__).parent / "ui"
    for path in source.rglob("*.py"):
        for called in re.findall(r'Binding\(\s*"[^"]+",\s*"(\w+)', path.read_text()):
            assert called in closing, path


def test_keys_in_use_follow_what_is_bound_and_keep_the_tables_order() -> None:
    help_keys = [
        ("f1", Binding("f1", "x", id="help")),
        ("question_mark", Binding("?", "x", id="help")),
    ]
    moved = ("ctrl+d", Binding("ctrl+d", "x", id="delete"))
    foreign = ("z", Binding("z", "x", id="not-ours"))
    used = keys_in_use([*help_keys, moved, foreign])
    assert used == {"help": ("question_mark", "f1"), "delete": ("ctrl+d",)}


def test_a_keymap_is_checked_before_it_is_used() -> None:
    assert checked_keymap({"delete": "D"}).keys == {"delete": "D"}
    assert checked_keymap({"delete": "x", "cure": "d"}).keys == {"delete": "x", "cure": "d"}
    for keymap, title in (
        ({"delet": "D"}, "keymap: there is no action delet"),
        ({"delete": "x"}, "keymap: x would mean both delete and cure"),
        ({"delete": "D,"}, "keymap: delete has an empty key"),
    ):
        keys, problems = checked_keymap(keymap)
        assert [problem.title for problem in problems] == [title]
        assert keys == {}
