"""Which actions a test shows. `test_every_action.py` fails when no test shows an action."""

from __future__ import annotations

import ast
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec
from unittest.mock import patch

from sessiontui.ui.actions import ACTION
from sessiontui.ui.screens.action_screen import ActionScreen

_Given = ParamSpec("_Given")
_Story = Callable[_Given, Coroutine[Any, Any, None]]

HERE = Path(__file__).parent


def shows(*action_ids: str) -> Callable[[_Story[_Given]], _Story[_Given]]:
    """Say which actions a story does: a story in which one of them was not done fails.

    Done is what a screen was asked for by a key, a click or the palette, and did not refuse.
    """

    def told(story: _Story[_Given]) -> _Story[_Given]:
        @wraps(story)
        async def watched(*args: _Given.args, **kwargs: _Given.kwargs) -> None:
            done: set[str] = set()
            perform = ActionScreen.action_perform

            async def noting(screen: ActionScreen[Any], action_id: str) -> None:
                action = ACTION[action_id]
                if screen.is_relevant(action) and screen.refusal(action) is None:
                    done.add(action_id)
                await perform(screen, action_id)

            with patch.object(ActionScreen, "action_perform", noting):
                await story(*args, **kwargs)
            assert set(action_ids) <= done, f"never done: {set(action_ids) - done}"

        return watched

    return told


def shown_in(source: str) -> set[str]:
    """The actions that the stories of a test file say they show."""
    return {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AsyncFunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == shows.__name__
        for argument in decorator.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def shown() -> set[str]:
    """The actions that any story of the ui shows."""
    files = sorted(HERE.glob("test_*.py"))
    return set().union(*(shown_in(path.read_text(encoding="utf-8")) for path in files))
