"""A session as it happened, before it is written in a program's format."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from benchmarks.prose import Focus, Prose, project_names
from benchmarks.tool_output import ToolOutput


class Program(StrEnum):
    """Whose format a session is written in; also its format's name."""

    CLAUDE_CODE = "claude-code"
    CODEX = "codex"


class Step(NamedTuple):
    """One tool call. `text` and `thinking` come before it; `output` is escaped for JSON."""

    text: str
    thinking: str
    tool: str
    target: str
    output: str


class Turn(NamedTuple):
    """What a person asked, what was done for it, what was answered."""

    prompt: str
    steps: tuple[Step, ...]
    answer: str


class Conversation(NamedTuple):
    """One session. `began` in seconds since the epoch.

    `turns` are read once, and only as much of them as fits into about `size` bytes (all when it is
    None). `named` is a title that a person gave, `title` one that the program made.
    """

    program: Program
    native_id: str
    workspace: str
    branch: str
    began: float
    turns: Iterable[Turn]
    size: int | None = None
    title: str | None = None
    named: str | None = None


class Project(NamedTuple):
    """A folder that somebody works in."""

    workspace: str
    topic: str
    names: tuple[str, ...]
    branches: tuple[str, ...]


def new_project(chance: random.Random, workspace: str, topic: str) -> Project:
    """A project about a topic, with its own identifiers."""
    names = project_names(chance, topic)
    branches = ("main", "main", f"fix/{names[0].replace('/', '-')}", f"feature/{topic}-2")
    return Project(workspace, topic, tuple(names), branches)


@cache
def tool_output(topic: str, seed: int) -> ToolOutput:
    """The tool output of a topic; made once, since making it costs."""
    return ToolOutput(topic, seed)


def endless_turns(
    chance: random.Random, project: Project, focus: Focus, prose: Prose, seed: int
) -> Iterator[Turn]:
    """Turns about one focus, as many as are wanted."""
    outputs = tool_output(project.topic, seed)
    while True:
        steps = tuple(
            _step(chance, project, focus, prose, outputs)
            for _ in range(min(40, int(chance.lognormvariate(1.5, 0.8))))
        )
        prompt = prose.prompt(_length(chance, 190, 0.9, 6_000))
        yield Turn(prompt, steps, prose.text(_length(chance, 900, 0.7, 9_000)))


def _length(chance: random.Random, median: int, spread: float, most: int) -> int:
    return min(most, int(chance.lognormvariate(math.log(median), spread)))


def _step(
    chance: random.Random, project: Project, focus: Focus, prose: Prose, outputs: ToolOutput
) -> Step:
    text = prose.text(_length(chance, 150, 0.6, 900)) if chance.random() < 0.65 else ""
    thinking = prose.text(_length(chance, 260, 0.7, 3_000)) if chance.random() < 0.12 else ""
    output = outputs.output(chance, _length(chance, 1_600, 1.1, 60_000))
    name = chance.choice(project.names)
    path = f"{project.workspace}/src/{chance.choice(focus.words)}/{name.rpartition('/')[2]}"
    kind = chance.randrange(10)
    if kind < 5:
        command = chance.choice(
            (
                f"grep -rn {name} src | head -40",
                f"python -m pytest tests/test_{chance.choice(focus.words)}.py -x",
                f"git diff HEAD~1 -- {path}",
                f"ls -la {path}",
                f"tail -n 80 logs/{chance.choice(focus.words)}.log",
            )
        )
        return Step(text, thinking, "Bash", command, output)
    if kind < 9:
        return Step(text, thinking, "Read", path, output)
    return Step(text, thinking, "Grep", name, output)
