"""A session of Codex as the list shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sessiontui.backends.codex.looks import Look
from sessiontui.backends.codex.reading import Reading
from sessiontui.backends.codex.tree import RolloutFile, RolloutTree, is_thread_id
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import JsonValue
from sessiontui.domain.words import count_words
from sessiontui.records.codex_lines import moment
from sessiontui.records.codex_state import LONGEST_TITLE, Origin, State, title_of

FORMAT = "codex"
_NOT_A_FILE = "it is {}, not a file of records"


def fingerprint_of(file: RolloutFile, name: str | None) -> str:
    """Changes when the rollout changes, or its name."""
    state = f"{file.state.fingerprint}{'.archived' if file.archived else ''}"
    if name is None:
        return state
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{state}.{digest}"


def session_of(
    store: str, file: RolloutFile, look: Look, name: str | None, tree: RolloutTree
) -> Session:
    """A session; what was not counted in a first look is None."""
    reading, complete = look
    state, current = reading.state, file.replace(state=reading.file)
    origin = state.origin or Origin()
    title, source = _title(state, name)
    turn_open = state.turn_open
    return Session(
        ref=SessionRef(store, file.key),
        format=FORMAT,
        title=title,
        title_source=source,
        created_at=moment(origin.at or None),
        last_activity=moment(state.moved or None) or _moment_of(current.state.mtime_ns),
        message_count=state.counted if complete else None,
        state=SessionState.ERROR if state.failed else SessionState.UNKNOWN,
        turn_id=state.turn or None,
        turn_started_at=_moment_at(state.turn_at),
        turn_open=turn_open,
        agent="codex",
        model=state.model or None,
        workspace=Path(origin.folder) if origin.folder and "\0" not in origin.folder else None,
        repo=origin.repository or None,
        branch=origin.branch or None,
        native_id=file.key,
        parent=_parent(store, file, origin, tree),
        turns=(state.turns or state.prompts) if complete else None,
        tokens=state.tokens,
        size_bytes=current.state.size,
        problem=_problem(reading),
        fingerprint=fingerprint_of(current, name),
        extra=_extra(file, reading, origin, complete=complete),
    )


def unread_session(store: str, file: RolloutFile, name: str | None, problem: str) -> Session:
    """A session of which nothing but its file is known."""
    return Session(
        ref=SessionRef(store, file.key),
        format=FORMAT,
        title=name,
        title_source=TitleSource.STORE if name else TitleSource.DERIVED,
        last_activity=_moment_of(file.state.mtime_ns),
        agent="codex",
        native_id=file.key,
        size_bytes=file.state.size if file.kind is None else None,
        problem=problem,
        fingerprint=fingerprint_of(file, name),
        extra=_of_file(file),
    )


def not_a_file(file: RolloutFile) -> str:
    """Why something that is named like a rollout cannot be read."""
    return _NOT_A_FILE.format(file.kind)


def _title(state: State, name: str | None) -> tuple[str | None, TitleSource]:
    given = name or state.name
    if given:
        return title_of(given)[:LONGEST_TITLE] or None, TitleSource.STORE
    derived = state.prompt or state.inherited_prompt
    if not derived and state.origin is not None and state.of_subagent:
        derived = state.origin.nickname or state.origin.role
    return derived or None, TitleSource.DERIVED


def _parent(store: str, file: RolloutFile, origin: Origin, tree: RolloutTree) -> SessionRef | None:
    """The session that it was forked from or spawned by, whether or not that is still there."""
    for key in (origin.forked_from.lower(), origin.parent.lower()):
        if is_thread_id(key) and key not in (file.key, file.rollout):
            return SessionRef(store, key)
    if origin.base is None:
        return None
    # That names a rollout: an older one of this very thread, when it was taken back.
    try:
        begun = tree.rollout(origin.base.rollout.lower())
    except SessionTuiError:
        return None
    return SessionRef(store, begun.key) if begun is not None and begun.key != file.key else None


def _problem(reading: Reading) -> str | None:
    told = [reading.problem, reading.gap]
    if reading.state.damaged:
        told.append(f"{count_words(reading.state.damaged, 'line')} in it cannot be read")
    return "; ".join(filter(None, told)) or None


def _extra(
    file: RolloutFile, reading: Reading, origin: Origin, *, complete: bool
) -> Mapping[str, JsonValue]:
    state = reading.state
    found: dict[str, JsonValue] = {
        "originator": origin.originator,
        "version": origin.version,
        "source": origin.source,
        "provider": origin.provider,
        "history_mode": origin.mode,
        "commit": origin.commit,
        "effort": state.effort,
        "agent_nickname": origin.nickname,
        "agent_role": origin.role,
        "agent_path": origin.path,
        "unfinished_line": reading.unfinished,
    }
    if complete:
        found |= {
            "context_messages": state.context,
            "inherited_messages": state.inherited,
            "rolled_back_turns": state.rolled_back,
        }
    if origin.id and origin.id.lower() != file.key:
        found["recorded_id"] = origin.id
    return {**{name: value for name, value in found.items() if value}, **_of_file(file)}


def _of_file(file: RolloutFile) -> dict[str, JsonValue]:
    facts: dict[str, JsonValue] = {
        "archived": file.archived,
        "compressed": file.compressed,
        "link": file.is_link,
        "rollout": file.rollout if file.rollout != file.key else "",
    }
    return {name: value for name, value in facts.items() if value}


def _moment_of(nanoseconds: int) -> datetime:
    # In whole steps: a float of so many seconds has no room for microseconds.
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)


def _moment_at(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
