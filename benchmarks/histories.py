"""Histories of two agents like real ones: `python -m benchmarks.histories DIR --megabytes 300`.

Writes a home folder with Claude Code's and Codex's trees. Sizes are log-normal, one byte in twenty
is conversation, nearly all the others are tool output. The same seed and the same end of time give
the same bytes.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.claude_records import ClaudeRecords
from benchmarks.codex_records import CodexRecords, rollout_name
from benchmarks.conversations import (
    Conversation,
    Program,
    Project,
    endless_turns,
    new_project,
)
from benchmarks.prose import LANGUAGE_WEIGHTS, LANGUAGES, Prose, new_focus
from benchmarks.record_values import new_id, quoted, stamp, timed_id
from benchmarks.vocabulary import TOPICS

SESSIONS_PER_MEGABYTE = 2
YEARS = 2
_PROJECTS = 48
_CODEX_OF_15 = 4
_SECONDS_PER_MEGABYTE = 9_000.0
_SPREAD = 1.35
_DAY = 86_400.0
_LINES_AT_ONCE = 400
_PLACES = ("work", "work", "code", "src/clients", "projects")
_KINDS = ("api", "web", "worker", "cli", "core", "tools", "app", "service")


class Written(NamedTuple):
    """What was written of one session."""

    path: Path
    size: int


def today() -> float:
    """The beginning of this day, in seconds since the epoch."""
    now = datetime.now(UTC)
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def projects(seed: int) -> list[Project]:
    """The folders of a history."""
    chance = random.Random(f"{seed} projects")
    topics = list(TOPICS)
    made = []
    for number in range(_PROJECTS):
        topic = topics[number % len(topics)]
        names = chance.sample(TOPICS[topic].split(), 2)
        joint, kind = chance.choice("-_-"), chance.choice(_KINDS)
        folder = f"/home/dev/{chance.choice(_PLACES)}/{names[0]}{joint}{kind}"
        made.append(new_project(chance, folder, topic))
    return made


def conversations(
    megabytes: float, seed: int, until: float, sessions: int | None = None
) -> Iterator[Conversation]:
    """The sessions of a history, together about so big; `until` in seconds since the epoch.

    As many as there are in such a history, unless a number of `sessions` is given.
    """
    chance = random.Random(f"{seed} history")
    folders = projects(seed)
    number = sessions or max(4, round(SESSIONS_PER_MEGABYTE * megabytes))
    sizes = [chance.lognormvariate(0.0, _SPREAD) for _ in range(number)]
    scale = megabytes * 1_000_000 / sum(sizes)
    for place, size in enumerate(sizes):
        own = random.Random(f"{seed} session {place}")
        program = Program.CODEX if place % 15 < _CODEX_OF_15 else Program.CLAUDE_CODE
        # Work is bursty: some projects get most of the sessions, and recent months more.
        project = folders[min(int(own.expovariate(0.08)), _PROJECTS - 1)]
        age = YEARS * 365 * own.random() ** 1.3
        lasts = 3_600 + _SECONDS_PER_MEGABYTE * size * scale / 1_000_000
        began = until - age * _DAY - lasts
        (language,) = own.choices(LANGUAGES, LANGUAGE_WEIGHTS)
        focus = new_focus(own, project.topic, list(project.names), language)
        prose = Prose(own, focus)
        titled = own.random()
        yield Conversation(
            program,
            timed_id(own, began) if program is Program.CODEX else new_id(own),
            project.workspace,
            own.choice(project.branches),
            began,
            endless_turns(own, project, focus, prose, seed),
            max(4_000, int(size * scale)),
            prose.title() if titled < 0.7 else None,
            prose.title() if titled < 0.12 else None,
        )


def write(home: Path, talks: Iterable[Conversation], seed: int) -> list[Written]:
    """Write sessions below a home folder, each with the time of its last record."""
    names: list[str] = []
    written = []
    for talk in talks:
        chance = random.Random(f"{seed} records {talk.native_id}")
        if talk.program is Program.CODEX:
            records: ClaudeRecords | CodexRecords = CodexRecords(talk, chance)
            path = home / ".codex" / "sessions" / rollout_name(talk)
        else:
            records = ClaudeRecords(talk, chance)
            folder = re.sub(r"[^A-Za-z0-9]", "-", talk.workspace)
            path = home / ".claude" / "projects" / folder / f"{talk.native_id}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = records.lines()
        with path.open("wb") as file:
            while some := "".join(islice(lines, _LINES_AT_ONCE)):
                file.write(some.encode())
            size = file.tell()
        os.utime(path, (records.last, records.last))
        name = talk.named or talk.title
        if talk.program is Program.CODEX and name is not None:
            names.append(
                f'{{"id":"{talk.native_id}","thread_name":{quoted(name)},'
                f'"updated_at":"{stamp(records.last)}"}}\n'
            )
        written.append(Written(path, size))
    if names:
        index = home / ".codex" / "session_index.jsonl"
        index.parent.mkdir(parents=True, exist_ok=True)
        with index.open("a", encoding="utf-8") as file:
            file.writelines(names)
    return written


def write_history(
    home: Path,
    megabytes: float,
    seed: int = 1,
    until: float | None = None,
    more: Iterable[Conversation] = (),
) -> list[Written]:
    """Write a history of about so many megabytes, and sessions besides it."""
    until = today() if until is None else until
    return write(home, [*conversations(megabytes, seed, until), *more], seed)


def main() -> int:
    """Write one history and say what it is."""
    parser = argparse.ArgumentParser(prog="benchmarks.histories", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--megabytes", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if (arguments.folder / ".claude").exists() or (arguments.folder / ".codex").exists():
        parser.error(f"{arguments.folder} holds a history already")
    written = write_history(arguments.folder, arguments.megabytes, arguments.seed)
    codex = sum(".codex" in one.path.parts for one in written)
    size = sum(one.size for one in written)
    print(
        f"{len(written):,} sessions ({len(written) - codex:,} Claude Code, {codex:,} Codex), "
        f"{size / 1e6:,.0f} MB, the largest {max(one.size for one in written) / 1e6:,.1f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
