"""Sub-agents of Claude Code for tests, beside small sessions; all texts are our own."""

from __future__ import annotations

import json
import os
from pathlib import Path

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.domain.session import Session
from tests.formats.claude_code_lines import Made, answer, call, encoded, prompt, result
from tests.formats.claude_code_stores import FIRST, ClaudeFolder

HELPER = f"agent-a1.{FIRST}"
PLACE = "subagents/agent-a1.jsonl"
NOTE = {"agentType": "Explore", "description": "Count the files", "toolUseId": "t1"}


def aside(made: Made, agent: str = "a1", session: str = FIRST) -> Made:
    """A record in the transcript of a sub-agent."""
    return {**made, "isSidechain": True, "agentId": agent, "sessionId": session}


COUNTED = (
    aside(prompt(1, None, "count the files\nin lib")),
    aside(answer(2, 1, call("Bash", {"command": "ls"}), stop="tool_use")),
    aside(prompt(3, 2, [result("a b")])),
    aside(answer(4, 3, "two files")),
)
SPAWNING = (prompt(1, None, "how big is it"), answer(2, 1, call("Task", {}), stop="tool_use"))


def spawned(
    claude: ClaudeFolder,
    place: str = PLACE,
    *,
    session: str = FIRST,
    records: tuple[Made, ...] = COUNTED,
    note: object = None,
    at: float | None = None,
) -> Path:
    """A sub-agent beside a session, and what is noted of it."""
    path = claude.side_file(session, place, encoded(records))
    if note is not None:
        path.with_name(f"{path.stem}.meta.json").write_text(json.dumps(note))
    if at is not None:
        os.utime(path, (at, at))
    return path


def got(store: ClaudeCode, key: str = HELPER) -> Session:
    session = store.get(key)
    assert session is not None
    return session
