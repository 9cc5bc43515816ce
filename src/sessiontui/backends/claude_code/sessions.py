"""The session that a transcript of Claude Code makes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sessiontui.backends.claude_code.agents import AgentKey, AgentNote
from sessiontui.backends.claude_code.projects import Transcript, is_session_key
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.domain.words import count_words
from sessiontui.records.claude_code import moment
from sessiontui.records.claude_code_facts import NOTED, Facts
from sessiontui.records.claude_code_files import Look

FORMAT = "claude-code"
AGENT = "claude-code"
_TITLE_CHARACTERS = 200


class AboutAgent(PlainValue):
    """A sub-agent, apart from its transcript; `spawner` is the key of another that spawned it."""

    key: AgentKey
    note: AgentNote
    spawner: str | None = None


def is_session(transcript: Transcript, look: Look) -> bool:
    """Whether a transcript is that of a session, or of a sub-agent, and something was said."""
    astray = look.facts.begins_on_side and AgentKey.of(transcript.key) is None
    return not (astray or (look.whole and look.facts.says_nothing))


def session_of(store_id: str, transcript: Transcript, look: Look) -> Session:
    """The session, as far as its transcript was looked at.

    `tokens` are all that its answers took, each counted once: read, written, and from the cache.
    """
    facts, found = look.facts, look.found
    title = _title(facts)
    moved_ns = transcript.agents_moved_ns
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
        fingerprint=transcript.fingerprint_in(found),
        extra=_extra(facts, transcript.agents),
    )


def agent_session_of(session: Session, facts: Facts, about: AboutAgent) -> Session:
    """The session of a sub-agent, from what its transcript alone makes.

    Nobody resumes it by an id of its own, and nobody types in it: a turn is open from the prompt
    that it was given to its last answer.
    """
    agent, note = about.key, about.note
    description = note.description and note.description[:_TITLE_CHARACTERS]
    given = facts.title or description
    opened = facts.turn_open if facts.side_turn_open is None else facts.side_turn_open
    told = {
        "agent_id": agent.id,
        "agent_type": note.kind,
        "tool_use_id": note.call_id,
        "workflow": agent.workflow,
    }
    extra = {**session.extra, **{name: value for name, value in told.items() if value}}
    return session.replace(
        title=given or session.title or note.kind,
        title_source=TitleSource.STORE if given else TitleSource.DERIVED,
        turn_open=opened,
        native_id=None,
        parent=_spawner(session.ref.store, about, facts.side_of),
        extra=extra,
    )


def _spawner(store_id: str, about: AboutAgent, said: str | None) -> SessionRef | None:
    """The sub-agent that spawned it, else its session: in whose folder it is, or as it says."""
    if about.spawner is not None:
        return SessionRef(store_id, about.spawner)
    session = about.key.session or said
    return SessionRef(store_id, session) if session and is_session_key(session) else None


def unread_session(store_id: str, transcript: Transcript, problem: str) -> Session:
    """A session whose transcript is there and cannot be read."""
    agent = AgentKey.of(transcript.key)
    session = agent and agent.session
    return Session(
        ref=SessionRef(store_id, transcript.key),
        format=FORMAT,
        last_activity=_moment_ns(transcript.state.mtime_ns),
        agent=AGENT,
        native_id=transcript.key if agent is None else None,
        parent=SessionRef(store_id, session) if session else None,
        size_bytes=transcript.state.size,
        problem=problem,
        fingerprint=transcript.fingerprint_in(transcript.state),
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


def _moment_ns(nanoseconds: int) -> datetime:
    # In whole steps: a float of so many seconds has no room for microseconds.
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
