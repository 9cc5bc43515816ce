"""The session that a transcript of Claude Code makes."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from pydantic import JsonValue

from sessiontui.backends.claude_code.projects import Transcript
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.words import count_words
from sessiontui.records.claude_code import moment
from sessiontui.records.claude_code_facts import NOTED, Facts
from sessiontui.records.claude_code_files import Look

FORMAT = "claude-code"
AGENT = "claude-code"
_TITLE_CHARACTERS = 200
_SUB_AGENTS = "subagents"
_BEGINNING = "agent-"


def is_session(look: Look) -> bool:
    """Whether a transcript is that of a session: no sub-agent's, and something was said."""
    return not (look.facts.begins_on_side or (look.whole and look.facts.says_nothing))


def session_of(store_id: str, transcript: Transcript, look: Look) -> Session:
    """The session, as far as its transcript was looked at.

    `tokens` are all that its answers took, each counted once: read, written, and from the cache.
    """
    facts, found = look.facts, look.found
    title = _title(facts)
    count, moved_ns = _sub_agents(transcript)
    return Session(
        ref=SessionRef(store_id, transcript.key),
        format=FORMAT,
        title=title,
        title_source=TitleSource.STORE if facts.title else TitleSource.DERIVED,
        created_at=moment(facts.began_at),
        last_activity=moment(facts.moved_at) or _moment_ns(found.mtime_ns),
        # While a sub-agent works, nothing is written to its parent's transcript.
        moved_at=_moment_ns(moved_ns) if facts.turn_open and moved_ns else None,
        message_count=facts.messages if look.whole else None,
        turn_open=facts.turn_open,
        agent=AGENT,
        model=facts.model,
        workspace=Path(facts.folder) if facts.folder else None,
        branch=facts.branch,
        native_id=transcript.key,
        parent=_parent(store_id, transcript.key, facts),
        turns=facts.turns if look.whole else None,
        tokens=facts.tokens.total or None,
        size_bytes=found.size,
        problem=f"{count_words(facts.damaged, 'damaged line')} in it" if facts.damaged else None,
        fingerprint=found.fingerprint,
        extra=_extra(facts, count),
    )


def unread_session(store_id: str, transcript: Transcript, problem: str) -> Session:
    """A session whose transcript is there and cannot be read."""
    return Session(
        ref=SessionRef(store_id, transcript.key),
        format=FORMAT,
        last_activity=_moment_ns(transcript.state.mtime_ns),
        agent=AGENT,
        native_id=transcript.key,
        size_bytes=transcript.state.size,
        problem=problem,
        fingerprint=transcript.state.fingerprint,
    )


def _title(facts: Facts) -> str | None:
    if facts.title:
        return facts.title
    prompt = " ".join((facts.first_prompt or facts.side_prompt or "").split())
    return prompt[:_TITLE_CHARACTERS] or None


def _parent(store_id: str, key: str, facts: Facts) -> SessionRef | None:
    origin = facts.forked_from
    return SessionRef(store_id, origin) if origin and origin != key else None


def _extra(facts: Facts, sub_agents: int) -> dict[str, JsonValue]:
    extra: dict[str, JsonValue] = {NOTED[kind]: value for kind, value in facts.notes.items()}
    if facts.version:
        extra["version"] = facts.version
    if facts.compactions:
        extra["compactions"] = facts.compactions
    if facts.tokens.total:
        extra["tokens"] = {**facts.tokens._asdict()}
    if sub_agents:
        extra["sub_agents"] = sub_agents
    return extra


def _sub_agents(transcript: Transcript) -> tuple[int, int]:
    """How many sub-agents it had, and when one of them last wrote, in nanoseconds."""
    count = newest = 0
    if transcript.has_folder:
        try:
            with os.scandir(transcript.folder / _SUB_AGENTS) as entries:
                for entry in entries:
                    if entry.name.startswith(_BEGINNING) and entry.name.endswith(".jsonl"):
                        count += 1
                        newest = max(newest, entry.stat().st_mtime_ns)
        except OSError:
            # They only add to what the transcript says.
            return count, newest
    return count, newest


def _moment_ns(nanoseconds: int) -> datetime:
    # In whole steps: a float of so many seconds has no room for microseconds.
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
