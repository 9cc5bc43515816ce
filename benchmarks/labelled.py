"""Labelled queries: a query, the session a person means by it, and others that could be mistaken.

A case plants its sessions into a generated history. Which one is meant was decided by what a
person would say, never by looking at what a program answers.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from benchmarks.conversations import (
    Conversation,
    Program,
    Project,
    Step,
    Turn,
    endless_turns,
    new_project,
)
from benchmarks.prose import Prose, new_focus
from benchmarks.tool_output import escaped
from benchmarks.vocabulary import TOPICS

_DAY = 86_400.0


class Kind(StrEnum):
    """What a query is a test of."""

    TITLE = "words of the title"
    RARE = "a rare word"
    SPREAD = "words spread over a session"
    NEAR = "words near each other"
    MIXED = "common words and a rare one"
    RECENT = "same topic, newer or fitting"
    HUMAN = "asked by a person"
    FORK = "copies and forks"
    PREFIX = "an unfinished last word"
    TYPO = "misspelled"
    FOLDED = "case and accents"
    SCOPED = "words and filters"
    NAME = "identifier, another spelling"
    PHRASE = "a phrase"
    WITHOUT = "an excluded word"
    EITHER = "one word or another"
    CJK = "part of CJK text"
    TOOLS = "tool output"
    ROLE = "who said it, what is in it"


PLAIN = frozenset(
    {
        Kind.TITLE,
        Kind.RARE,
        Kind.SPREAD,
        Kind.NEAR,
        Kind.MIXED,
        Kind.RECENT,
        Kind.HUMAN,
        Kind.FORK,
        Kind.PREFIX,
        Kind.TYPO,
        Kind.FOLDED,
        Kind.SCOPED,
    }
)
"""Kinds that fast-resume can express: plain words, and filters by agent, folder and date."""


class Said(NamedTuple):
    """A turn with given words. `output` is what a tool printed between prompt and answer."""

    prompt: str
    answer: str
    output: str = ""


class Talk(NamedTuple):
    """A planted session. `days` since its last message; `filler` turns of other talk in it."""

    days: float
    said: tuple[Said, ...]
    title: str | None = None
    named: str | None = None
    filler: int = 1
    topic: str = "testing"
    folder: str | None = None
    program: Program = Program.CLAUDE_CODE


class Case(NamedTuple):
    """One labelled query. `peer` is the same in fast-resume's words, where they differ."""

    kind: Kind
    query: str
    meant: Talk
    others: tuple[Talk, ...]
    why: str
    peer: str | None = None

    @property
    def peer_query(self) -> str:
        """What is asked of fast-resume."""
        return self.query if self.peer is None else self.peer


def session_id(case: int, place: int, seed: int) -> str:
    """The id of a planted session: `place` 0 is the one that is meant."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{seed} case {case} session {place}"))


def planted(cases: tuple[Case, ...], seed: int, until: float) -> Iterator[Conversation]:
    """All sessions of the cases, to be written into a history."""
    for number, case in enumerate(cases):
        for place, talk in enumerate((case.meant, *case.others)):
            yield _conversation(talk, session_id(number, place, seed), seed, until)


def _conversation(talk: Talk, native_id: str, seed: int, until: float) -> Conversation:
    chance = random.Random(f"{seed} planted {native_id}")
    folder = talk.folder or f"/home/dev/planted/{chance.choice(TOPICS[talk.topic].split())}-notes"
    project = new_project(chance, folder, talk.topic)
    turns = _turns(chance, talk, project, seed)
    # A turn takes some minutes; the last message is what counts as the session's time.
    began = until - talk.days * _DAY - 600.0 * len(turns)
    return Conversation(
        talk.program,
        native_id,
        folder,
        "main",
        began,
        iter(turns),
        None,
        talk.title,
        talk.named,
    )


def _turns(chance: random.Random, talk: Talk, project: Project, seed: int) -> list[Turn]:
    """The given turns in their order, with filler anywhere but before the first."""
    focus = new_focus(chance, talk.topic, list(project.names), "english")
    filler = endless_turns(chance, project, focus, Prose(chance, focus), seed)
    turns = [_turn(said) for said in talk.said]
    for _ in range(talk.filler):
        turns.insert(chance.randint(1, len(turns)), next(filler))
    return turns


def _turn(said: Said) -> Turn:
    step = Step("", "", "Bash", "cat build.log", escaped(said.output))
    return Turn(said.prompt, (step,) if said.output else (), said.answer)
