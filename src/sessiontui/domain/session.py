"""Sessions: their names, their fields, and the row a list paints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Self, TypedDict

from sessiontui.domain.value import JsonValue, PlainValue, Value


class SessionState(StrEnum):
    """What a store itself says of a session."""

    IDLE = "idle"
    RUNNING = "running"
    ERROR = "error"
    UNKNOWN = "unknown"


class TitleSource(StrEnum):
    """Where a title comes from: the store, our own data folder, or the first prompt."""

    STORE = "store"
    LOCAL = "local"
    DERIVED = "derived"


class SessionRef(NamedTuple):
    """The name of a session: the id of its store, and its key there.

    The text form is `store:key`; a store id never holds a colon, a key may hold anything.
    """

    store: str
    key: str

    def __str__(self) -> str:
        return f"{self.store}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Split `store:key` at the first colon; None when there is no store part."""
        store, colon, key = text.partition(":")
        return cls(store, key) if colon and store else None


class Session(Value):
    """One session as its store holds it.

    Times are aware and in UTC. `fingerprint` is opaque and changes whenever the stored session
    changes. `extra` keeps everything of the format that has no field here: shown, never lost.
    """

    ref: SessionRef
    format: str
    title: str | None = None
    title_source: TitleSource = TitleSource.DERIVED
    created_at: datetime | None = None
    last_activity: datetime | None = None
    moved_at: datetime | None = None
    """When anything last moved in an open turn, where the store's last activity does not tell."""
    message_count: int | None = None
    """Messages the owner itself would load; None when the store has none and links none."""
    state: SessionState = SessionState.UNKNOWN
    turn_id: str | None = None
    turn_started_at: datetime | None = None
    turn_open: bool | None = None
    """The transcript's tail shows a turn begun and not ended; None where that is not known."""
    agent: str | None = None
    model: str | None = None
    workspace: Path | None = None
    repo: str | None = None
    branch: str | None = None
    channel: str | None = None
    room: str | None = None
    sender: str | None = None
    thread: str | None = None
    native_id: str | None = None
    """The id by which the agent itself resumes the session."""
    parent: SessionRef | None = None
    turns: int | None = None
    tokens: int | None = None
    """What the model read and wrote in all, as `Message.tokens` counts it for one answer."""
    size_bytes: int | None = None
    problem: str | None = None
    """What is damaged or odd about it, in one sentence; None when all is well."""
    fingerprint: str = ""
    extra: Mapping[str, JsonValue] = {}

    @property
    def display_title(self) -> str:
        """The title, or else the key; never empty."""
        return self.title or self.ref.key or "(no key)"


class SessionRow(NamedTuple):
    """What a list paints of one session; times are seconds since the epoch.

    `status` is the verdict's status. While searching, `hit_count` and the fields after it
    describe the hits; `hit_count` 0 means that no text was searched.
    """

    ref: SessionRef
    format: str
    title: str
    """Never empty: the display title, or the key."""
    title_source: str
    status: str
    state: str
    last_activity: float | None
    created_at: float | None
    message_count: int | None
    size_bytes: int | None
    agent: str | None
    channel: str | None
    workspace: str | None
    model: str | None
    problem: str | None
    hit_count: int = 0
    hit_count_exact: bool = True
    snippet: str | None = None
    matches: tuple[tuple[int, int], ...] = ()
    """Offsets of the matches in the snippet."""
    message_index: int | None = None
    """Index of the best hit's message; None for a title hit or when no text was searched."""
    branch: str | None = None
    parent: SessionRef | None = None
    """The session that this one was spawned by or forked from."""


class RowPage(PlainValue):
    """The answer to one query of the list.

    `total` is None where counting would cost more than searching. `hits` counts all hits known.
    `corrected` is the query that was answered instead, when nothing matched as typed. `complete`
    is False when these are the first rows only, and asking for the whole answer may give others.
    """

    rows: tuple[SessionRow, ...]
    total: int | None
    hits: int = 0
    corrected: str | None = None
    complete: bool = True


class SessionPatch(TypedDict, total=False):
    """Fields to change in a stored session; only the ones that are in it are touched.

    None blanks a field where the format can hold that.
    """

    title: str | None
    agent: str | None
    channel: str | None
    room: str | None
    sender: str | None
    state: SessionState | None
    turn_id: str | None
    native_id: str | None
    repo: str | None
    workspace: Path | None
    model: str | None
    turns: int | None
    last_activity: datetime | None
