"""Killed at any point of a change, a store is untouched or what was done can be taken back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

CHANGES = {
    "zeroclaw-sqlite": ("rename", "clear", "delete", "undo"),
    "zeroclaw-jsonl": ("rename", "clear", "delete", "undo"),
    "zeroclaw-acp": ("clear", "delete"),
    "hermes-bot": ("delete", "cure"),
    "astrid": ("clear", "delete"),
}


def attempts(folder: Path, format_name: str, actions: Sequence[str]) -> list[dict[str, Any]]:
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.end_to_end.killed_changes",
            str(folder),
            format_name,
            *actions,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in finished.stdout.splitlines()]


def timeless(session: dict[str, Any] | None) -> dict[str, Any] | None:
    """A session without the time of its last change, which is that of the run."""
    if session is None:
        return None
    return session | {"session": session["session"] | {"last_activity": None}}


def is_between(session: Any, begun: Any, finished: Any, action: str) -> bool:
    """Whether a session is neither as before the change nor as after it."""
    if session is None and action == "undo":
        # It was deleted, and is not yet back.
        return False
    possible = (begun, timeless(finished))
    return session not in possible and timeless(session) not in possible


@pytest.mark.parametrize(("format_name", "actions"), CHANGES.items())
def test_a_killed_change_is_untouched_or_undoable(
    tmp_path: Path, format_name: str, actions: tuple[str, ...]
) -> None:
    first, *tried = attempts(tmp_path, format_name, actions)
    begun, raw = first["first"]["content"], first["first"]["raw"]
    for action in actions:
        mine = [attempt for attempt in tried if attempt["action"] == action]
        whole = mine[-1]
        assert whole["ended"]
        assert whole["report"]["skipped"] == []
        assert whole["report"]["done"] > 0
        assert len(mine) > 8
        finished = whole["found"]["left"]
        assert (finished == begun) == (action == "undo")
        for attempt in mine:
            found, left = attempt["found"], attempt["found"]["left"]
            where = f"{action} killed before call {attempt['calls']} of {len(mine)}"
            for key in begun:
                between = is_between(left.get(key), begun[key], finished.get(key), action)
                assert not between, where
            assert found["undoable"] or left == begun, where
            assert found["skipped"] == [], where
            assert found["after"] == begun, where
            assert found["raw"] == raw, where
            assert found["exhausted"], where
            assert found["unfinished"] == [], where
            assert found["leftovers"] == [], where
