"""Where reading a Codex rollout stopped: all that is needed to go on, and what the list shows.

Small and plain, so that it can be kept as a text: an append then costs its own bytes only, also in
another process.
"""

from __future__ import annotations

import re
import zlib
from pathlib import PurePosixPath
from typing import Any

import msgspec

from sessiontui.domain.message import Role
from sessiontui.records.codex_lines import Context, Event, Meta, Record, field, moment, text_or
from sessiontui.records.codex_speech import Side, Spoken
from sessiontui.storage.json_text import whole_number

LONGEST_TITLE = 200
_ENOUGH = 4000
_AWAITED = 8
_LATEST = 1e11
_LONGEST_FIELD, _LONGEST_PATH = 300, 4096
_LARGEST = 1 << 53
_STARTS = frozenset({"task_started", "turn_started"})
_ENDS = frozenset({"task_complete", "turn_complete", "turn_aborted", "error"})
_REPOSITORY = re.compile(r"([^/:]+?)(?:\.git)?/*$")


class HistoryBase(msgspec.Struct, frozen=True, array_like=True):
    """Where the records stand that come before a rollout's own: so many bytes of another one."""

    rollout: str
    end: int
    ordinals: int


class Origin(msgspec.Struct, array_like=True):
    """What the first line says of a session."""

    id: str = ""
    at: str = ""
    folder: str = ""
    branch: str = ""
    commit: str = ""
    repository: str = ""
    originator: str = ""
    version: str = ""
    source: str = ""
    provider: str = ""
    mode: str = ""
    forked_from: str = ""
    parent: str = ""
    is_subagent: bool = False
    nickname: str = ""
    role: str = ""
    path: str = ""
    base: HistoryBase | None = None


class State(msgspec.Struct, array_like=True):
    """How far a rollout was read, and what was found until there.

    `offset` is the first byte not read, `lines` come before it; `unended`: the last of them had no
    LF yet. `messages` are shown, of which `inherited` stand in other rollouts; `counted` belong to
    the conversation, `context` messages were for the model alone.
    """

    offset: int = 0
    lines: int = 0
    unended: bool = False
    messages: int = 0
    inherited: int = 0
    counted: int = 0
    damaged: int = 0
    context: int = 0
    origin: Origin | None = None
    model: str = ""
    effort: str = ""
    name: str = ""
    prompt: str = ""
    inherited_prompt: str = ""
    moved: str = ""
    tokens: int | None = None
    turns: int = 0
    prompts: int = 0
    turn: str | None = None
    """The id of the open turn."""
    turn_at: float | None = None
    tells_turns: bool = False
    opens: bool | None = None
    failed: bool = False
    rolled_back: int = 0
    said: tuple[list[int], list[int]] = msgspec.field(default_factory=lambda: ([], []))
    """Texts whose twins have not been seen, by the side they were said on."""

    @property
    def of_subagent(self) -> bool:
        """Whether another agent is the one who asks."""
        return self.origin is not None and self.origin.is_subagent

    @property
    def turn_open(self) -> bool | None:
        """Whether the agent was at work where reading stopped; None when nothing tells."""
        return self.turn is not None if self.tells_turns else self.opens

    def heir(self) -> State:
        """The state in which a rollout begins whose first records are the ones read here."""
        return State(
            messages=self.messages,
            inherited=self.messages,
            counted=self.counted,
            turns=self.turns,
            prompts=self.prompts,
            model=self.model,
            inherited_prompt=self.prompt or self.inherited_prompt,
            tells_turns=self.tells_turns,
        )

    def note(self, record: Record) -> None:
        """Keep what a record says about the session."""
        if record.at is not None:
            self.moved = record.at
        body = record.body
        if isinstance(body, Meta):
            self._note_origin(body)
        elif isinstance(body, Context):
            self.note_context(body)
        elif isinstance(body, Event):
            self._note_event(record.name, body, record.at)
        self.damaged += record.damage is not None

    def admits(self, spoken: Spoken) -> bool:
        """Whether it is to be shown: it is counted then. Not when its twin was shown before."""
        if spoken.by_agent:
            self.forget_twins()
        if spoken.said is not None and self.is_twin(spoken.said, spoken.side):
            return False
        if spoken.opens is not None:
            self.opens = spoken.opens
        if spoken.prompt is not None:
            self.prompts += spoken.role is Role.USER
            self.prompt = self.prompt or title_of(spoken.prompt)
        self.counted += spoken.counts
        self.messages += 1
        return True

    def asked(self, text: str, side: Side) -> bool:
        """The same for a prompt of plain text, not empty."""
        if self.is_twin(text.strip(), side):
            return False
        self.opens = True
        self.prompts += 1
        self.prompt = self.prompt or title_of(text)
        self.counted += 1
        self.messages += 1
        return True

    def forget_twins(self) -> None:
        """Once the agent has spoken, nothing said before it is said again."""
        for texts in self.said:
            texts.clear()

    def is_twin(self, text: str, side: Side) -> bool:
        """Whether a text was said on the other side already; else it is expected there."""
        data = text.encode("utf-8", "surrogatepass")
        key = zlib.crc32(data) << 32 | (len(data) & 0xFFFFFFFF)
        others = self.said[1 - side]
        if key in others:
            others.remove(key)
            return True
        own = self.said[side]
        own.append(key)
        if len(own) > _AWAITED:
            del own[0]
        return False

    def _note_event(self, name: str, body: Event, at: str | None) -> None:
        if name in _STARTS:
            began = began_at(body.started_at)
            self.begin_turn(brief(body.turn_id), seconds(at) if began is None else began)
        elif name in _ENDS:
            is_bad = name == "error" or (name != "turn_aborted" and body.error is not None)
            self.end_turn(failed=is_bad)
        elif name == "token_count":
            self.note_tokens(body)
        elif name == "thread_name_updated":
            self.name = title_of(text_or(body.thread_name))
        elif name == "thread_rolled_back":
            turns = whole_number(body.num_turns) or 0
            self.rolled_back += turns if 0 < turns < _LARGEST else 0

    def note_context(self, body: Context) -> None:
        """Keep what holds for a turn."""
        self.model = brief(body.model) or self.model
        self.effort = brief(body.effort)

    def begin_turn(self, turn: str, began: float | None) -> None:
        """A turn began, at a time in seconds since the epoch if that is known."""
        self.tells_turns, self.failed, self.turn, self.turn_at = True, False, turn, began
        self.turns += 1

    def end_turn(self, *, failed: bool = False) -> None:
        """No turn is open any more."""
        self.tells_turns, self.failed = True, failed
        self.turn = self.turn_at = None

    def note_tokens(self, body: Event) -> None:
        """Keep the sum of tokens spent so far."""
        spent = whole_number(field(body.info, "total_token_usage", "total_tokens"))
        self.tokens = spent if spent is not None and 0 <= spent < _LARGEST else self.tokens

    def _note_origin(self, meta: Meta) -> None:
        if self.origin is None:
            self.origin = origin_of(meta)
            if self.lines > 1:
                # Only a first line tells what comes before it.
                self.origin.base = None
        elif meta.id == self.origin.id and isinstance(meta.git, dict):
            # Written once more when the branch changed.
            again = origin_of(meta)
            self.origin.branch, self.origin.commit = again.branch, again.commit
            self.origin.repository = again.repository


def origin_of(meta: Meta) -> Origin:
    """What a first line says."""
    subagent = field(meta.source, "subagent")
    spawned = field(subagent, "thread_spawn")
    return Origin(
        id=brief(meta.id),
        at=brief(meta.timestamp),
        folder=brief(meta.cwd, _LONGEST_PATH),
        branch=brief(field(meta.git, "branch")),
        commit=brief(field(meta.git, "commit_hash")),
        repository=_repository(brief(field(meta.git, "repository_url"), _LONGEST_PATH)),
        originator=brief(meta.originator),
        version=brief(meta.cli_version),
        source=brief(meta.source) or ("subagent" if subagent is not None else ""),
        provider=brief(meta.model_provider),
        mode=brief(meta.history_mode),
        forked_from=brief(meta.forked_from_id),
        parent=brief(meta.parent_thread_id) or brief(field(spawned, "parent_thread_id")),
        is_subagent=subagent is not None,
        nickname=brief(meta.agent_nickname) or brief(field(spawned, "agent_nickname")),
        role=brief(meta.agent_role) or brief(field(spawned, "agent_role")),
        path=brief(meta.agent_path) or brief(field(spawned, "agent_path")),
        base=_base_of(meta.history_base),
    )


def brief(value: object, limit: int = _LONGEST_FIELD) -> str:
    """A text field of bounded length; empty where it holds anything else."""
    return value[:limit] if isinstance(value, str) else ""


def _base_of(value: Any) -> HistoryBase | None:
    rollout = brief(field(value, "thread_id"))
    end = whole_number(field(value, "end_byte_offset"))
    ordinals = whole_number(field(value, "end_ordinal_exclusive"))
    if not rollout or end is None or not 0 <= end < _LARGEST:
        return None
    return HistoryBase(rollout, end, -1 if ordinals is None else min(ordinals, _LARGEST))


def _repository(address: str) -> str:
    found = _REPOSITORY.search(PurePosixPath(address).name) if address else None
    return found[1] if found else ""


def title_of(prompt: str) -> str:
    """The title a prompt gives: its first words, on one line."""
    return " ".join(prompt[:_ENOUGH].split())[:LONGEST_TITLE].rstrip()


def began_at(value: object) -> float | None:
    """A time that a record gives in seconds, or None where it holds anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -_LATEST < value < _LATEST else None


def seconds(text: str | None) -> float | None:
    """The time of a record in seconds since the epoch."""
    at = moment(text)
    return None if at is None else at.timestamp()
