"""A row of hermes-bot, from whichever of its two stores, and the session it becomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.domain.words import count_words
from sessiontui.records.claude_code import Overview
from sessiontui.records.rfc3339 import parse_time

FORMAT = "hermes-bot"
COLUMNS = (
    "thread_ts", "session_id", "repo", "repo_path", "agent_kind", "channel_id",
    "created_at", "last_active", "status", "total_turns", "model",
)  # fmt: skip
PENDING = "pending-"
_PENDING_TITLE = "(first turn not finished)"
"""How session ids begin until the first turn of a thread has ended."""

_MOST_TURNS = 2**32 - 1
_TITLE_CHARACTERS = 200


class BotRow(PlainValue):
    """One row: its key with us, its cells as stored, and the transcript it is linked to.

    A cell that is neither text, a whole number nor null is kept as JSON; a column that a table
    does not have is missing.
    """

    key: str
    cells: Mapping[str, JsonValue]

    def text(self, column: str) -> str | None:
        """A text cell, or None where it holds anything else."""
        value = self.cells.get(column)
        return value if isinstance(value, str) else None

    @property
    def session_id(self) -> str:
        """The agent's session id, empty when there is none."""
        return self.text("session_id") or ""

    @property
    def is_pending(self) -> bool:
        """True until the thread's first turn has ended: there is no agent's session yet."""
        return self.session_id.startswith(PENDING)

    @property
    def digest(self) -> str:
        """Changes with any cell."""
        text = json.dumps([self.key, dict(self.cells)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Linked(PlainValue):
    """The transcript a row is linked to: where it is, its state, and what is in it.

    `overview` is None where there is none; `problem` says why one that is there cannot be read.
    """

    path: Path | None = None
    state: str = "-"
    size_bytes: int | None = None
    overview: Overview | None = None
    problem: str | None = None


def thread_key(value: JsonValue, rowid: int) -> str:
    """The key of a row: its thread, or a name made of the row's number where it has none."""
    return value if isinstance(value, str) else f"(no thread)#{rowid}"


def session_of(row: BotRow, store: str, linked: Linked) -> Session:
    """The session that a row and its transcript make."""
    overview = linked.overview
    title, source = _title(row, overview)
    turns = row.cells.get("total_turns")
    return Session(
        ref=SessionRef(store, row.key),
        format=FORMAT,
        title=title,
        title_source=source,
        created_at=parse_time(row.cells.get("created_at")),
        last_activity=parse_time(row.cells.get("last_active")),
        moved_at=overview.moved_at if overview and overview.turn_open else None,
        message_count=overview.message_count if overview else None,
        state=SessionState.ERROR if row.text("status") == "error" else SessionState.IDLE,
        turn_open=overview.turn_open if overview else None,
        agent="claude",
        model=row.text("model"),
        workspace=Path(folder) if (folder := row.text("repo_path")) else None,
        repo=row.text("repo"),
        branch=overview.branch if overview else None,
        channel=row.text("channel_id"),
        thread=row.text("thread_ts"),
        native_id=row.session_id or None,
        turns=turns if _is_turn_count(turns) else None,
        size_bytes=linked.size_bytes,
        problem="; ".join((*_oddities(row), *_oddities_of(linked))) or None,
        fingerprint=fingerprint_of(row, linked.state),
        extra=_extra(row, linked),
    )


def fingerprint_of(row: BotRow, transcript_state: str) -> str:
    """Changes with the row, and with its transcript."""
    return f"{row.digest} {transcript_state}"


def _title(row: BotRow, overview: Overview | None) -> tuple[str | None, TitleSource]:
    if row.is_pending:
        return _PENDING_TITLE, TitleSource.DERIVED
    if overview is None:
        return None, TitleSource.DERIVED
    if overview.title:
        return overview.title, TitleSource.STORE
    prompt = " ".join((overview.first_prompt or "").split())
    return prompt[:_TITLE_CHARACTERS] or None, TitleSource.DERIVED


def _is_turn_count(value: JsonValue) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TURNS


def _oddities(row: BotRow) -> list[str]:
    """What is wrong with a row, as far as hermes-bot itself would mind."""
    found = []
    if row.text("thread_ts") is None:
        found.append("it has no thread, so hermes-bot cannot see it")
    for column in COLUMNS[1:]:
        value = row.cells.get(column)
        if column == "total_turns":
            if not _is_turn_count(value):
                found.append(f"hermes-bot hides it: {column} is {_words(value)}")
        elif column in ("created_at", "last_active"):
            if parse_time(value) is None:
                found.append(f"{column} is no time: hermes-bot takes it for now")
        elif not isinstance(value, str) and not (column == "model" and value is None):
            found.append(f"hermes-bot hides it: {column} is {_words(value)}")
    return found


def _oddities_of(linked: Linked) -> Iterator[str]:
    if linked.problem is not None:
        yield linked.problem
    if linked.overview is not None and linked.overview.damaged:
        yield f"{count_words(linked.overview.damaged, 'damaged line')} in its transcript"


def _words(value: JsonValue) -> str:
    match value:
        case None:
            return "missing"
        case bool() | int() | float():
            return f"{value:,}"
        case str():
            return "a text"
        case _:
            return "no text"


def _extra(row: BotRow, linked: Linked) -> dict[str, JsonValue]:
    extra: dict[str, JsonValue] = {
        name: value
        for name, value in row.cells.items()
        if name in ("status", "agent_kind") or name not in COLUMNS
    }
    if row.is_pending:
        extra["pending"] = "its first turn has not ended (yet): there is no transcript"
    for column in ("created_at", "last_active"):
        if parse_time(row.cells.get(column)) is None:
            extra[column] = row.cells.get(column)
    if not _is_turn_count(row.cells.get("total_turns")):
        extra["total_turns"] = row.cells.get("total_turns")
    if linked.path is not None:
        extra["transcript"] = str(linked.path)
    if linked.overview is not None:
        if linked.overview.is_side_branch:
            extra["sub_agent"] = "the transcript is that of a sub-agent: hermes-bot skips it"
        if linked.overview.model and linked.overview.model != row.text("model"):
            extra["transcript_model"] = linked.overview.model
    return extra
