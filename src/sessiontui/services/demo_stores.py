"""The sample stores of `--demo` and `demo DIR`: one of every format, written through its backend.

The folder looks like a home in which these programs have been at work. The same folder and the
same time give the same stores, byte for byte where the format allows that.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.domain.value import JsonValue
from sessiontui.domain.words import parse_duration
from sessiontui.records.claude_code_folders import folder_name
from sessiontui.records.claude_code_writing import title_record, transcript_of
from sessiontui.services.backend_registry import backend_class
from sessiontui.services.demo_conversations import (
    CUT_SHORT,
    DAMAGED_LINES,
    PENDING_NAME,
    SAMPLES,
    TRANSCRIPT_TITLE,
    Sample,
)
from sessiontui.services.demo_dialogue import number_from, timed
from sessiontui.services.library import LibraryOptions
from sessiontui.storage.atomic_file import write_file
from sessiontui.storage.locations import Locations, private_folder

_ZEROCLAW = Path(".zeroclaw") / "data" / "sessions"
_PLACES = {
    "zeroclaw-sqlite": _ZEROCLAW / "sessions.db",
    # Where versions before 0.8 kept theirs: beside a database zeroclaw would import the files.
    "zeroclaw-jsonl": Path(".zeroclaw") / "workspace" / "sessions",
    "zeroclaw-acp": _ZEROCLAW / "acp-sessions.db",
    "hermes-bot": Path("hermes-bot") / "sessions.db",
    "astrid": Path(".astrid") / "sessions",
    # In a home of their own: below the other one Claude Code works for hermes-bot.
    "claude-code": Path("laptop") / ".claude",
    "codex": Path("laptop") / ".codex",
}
_EPOCH = datetime.fromtimestamp(0, UTC)
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "sessiontui:demo")


def open_demo(folder: Path, now: datetime) -> LibraryOptions:
    """Write the sample stores below a folder; what a library of them is opened with.

    The program's own files go below the same folder: nothing of the user's is read or written.
    """
    home = folder / "home"
    return LibraryOptions(
        stores=write_demo_stores(home, now),
        home=home,
        locations=Locations.below(folder / "sessiontui"),
    )


def write_demo_stores(folder: Path, now: datetime) -> tuple[str, ...]:
    """Write sample stores of every format below a new folder; returns the specs that open them.

    Times are relative to `now`. Raises `OSError` and what the backends raise.
    """
    private_folder(folder)
    for name, place in _PLACES.items():
        # The folders that the programs themselves would have made.
        private_folder(folder / place.parent)
        backend = backend_class(name).create(folder / place)
        try:
            for sample in SAMPLES[name]:
                _write(folder, backend, sample, now)
        finally:
            backend.close()
    return tuple(f"{name}:{folder / place}" for name, place in _PLACES.items())


def _write(folder: Path, backend: SessionBackend, sample: Sample, now: datetime) -> None:
    ended = _before(now, sample.age)
    messages = timed(sample.dialogue, ended, f"{backend.format}/{sample.name}")
    session = _session(backend, sample, messages, now)
    if backend.format == "hermes-bot":
        backend.put(session, ())
        if messages:
            _write_transcript(folder, session, sample, messages)
        return
    if backend.format == "zeroclaw-jsonl":
        messages = tuple(map(_with_time, messages))
    backend.put(session, messages)
    path = _file_of(backend, session.ref.key)
    if path is not None:
        _damage(path, backend.format, sample.name)
        _set_time(path, ended)


def _session(
    backend: SessionBackend, sample: Sample, messages: tuple[Message, ...], now: datetime
) -> Session:
    ended = _before(now, sample.age)
    native = _uuid(backend.format, sample.name)
    running = sample.state is SessionState.RUNNING
    began = messages[0].created_at if messages else ended
    is_slack = backend.format == "hermes-bot"
    return Session(
        ref=SessionRef(backend.store_id, _key(backend.format, sample, began or ended)),
        format=backend.format,
        title=sample.title,
        title_source=TitleSource.STORE if sample.title else TitleSource.DERIVED,
        created_at=began,
        last_activity=ended,
        state=sample.state,
        turn_id=_uuid("turn", sample.name) if running else None,
        turn_started_at=_before(now, sample.open_for) if sample.open_for else None,
        agent=sample.agent,
        model="claude-opus" if is_slack else sample.model,
        workspace=sample.workspace,
        repo=sample.repo,
        branch=sample.branch,
        channel=f"C0{(sample.repo or '').upper()}" if is_slack else sample.channel,
        room=sample.room,
        parent=_parent(backend, sample),
        extra=_about_agent(backend, sample),
        native_id=native if is_slack and sample.name != PENDING_NAME else None,
        turns=sum(message.human for message in messages) if is_slack else None,
        tokens=sum(message.tokens or 0 for message in messages) or None,
    )


def _key(format_name: str, sample: Sample, began: datetime) -> str:
    match format_name:
        case "claude-code" if sample.spawned_by is not None:
            number = number_from(f"agent/{sample.name}", 16**16)
            return f"agent-a{number:016x}.{_uuid(format_name, sample.spawned_by)}"
        case "zeroclaw-sqlite":
            return sample.key or f"gw_{_uuid(format_name, sample.name)}"
        case "hermes-bot":
            # Slack names a thread by the time of its first message.
            fraction = number_from(f"thread/{sample.name}", 1_000_000)
            return f"{int(began.timestamp())}.{fraction:06d}"
        case _:
            return sample.key or _uuid(format_name, sample.name)


def _parent(backend: SessionBackend, sample: Sample) -> SessionRef | None:
    name = sample.forked_from or sample.spawned_by
    return None if name is None else SessionRef(backend.store_id, _uuid(backend.format, name))


def _about_agent(backend: SessionBackend, sample: Sample) -> dict[str, JsonValue]:
    """What is known of a sub-agent besides: its kind, and the call by which it was spawned."""
    if sample.spawned_by is None:
        return {}
    of_parent = (one for one in SAMPLES[backend.format] if one.name == sample.spawned_by)
    calls = (
        block.call_id
        for parent in of_parent
        for message in timed(parent.dialogue, _EPOCH, f"{backend.format}/{parent.name}")
        for block in message.blocks
        if block.kind == "tool_call"
        and isinstance(block.arguments, Mapping)
        and block.arguments.get("description") == sample.title
    )
    return {"agent_type": sample.agent_type, "tool_use_id": next(calls, None)}


def _uuid(*names: str) -> str:
    return str(uuid.uuid5(_NAMES, "/".join(names)))


def _before(now: datetime, age: str) -> datetime:
    duration = parse_duration(age)
    if duration is None:
        raise ValueError(f"{age!r} is no age")
    return now.astimezone(UTC) - duration


def _file_of(backend: SessionBackend, key: str) -> Path | None:
    """The file of a session, for the formats that have one each."""
    endings = {"zeroclaw-jsonl": ".jsonl", "astrid": ".json"}
    ending = endings.get(backend.format)
    return None if ending is None else backend.root / f"{key}{ending}"


def _with_time(message: Message) -> Message:
    """The message as a channel hands it on: what people say begins with the time."""
    if not message.human or message.created_at is None:
        return message
    first, *others = message.blocks
    if first.kind != "text" or first.text.startswith("[Voice]"):
        return message
    stamp = message.created_at.strftime("[%Y-%m-%d %H:%M:%S UTC] ")
    timed_text = first.replace(text=stamp + first.text)
    return message.replace(blocks=(timed_text, *others))


def _damage(path: Path, format_name: str, name: str) -> None:
    """Do to a file what a full disk does, where the plan says so."""
    content = path.read_bytes()
    if (format_name, name) in CUT_SHORT:
        path.write_bytes(content[: len(content) * 2 // 3])
    if (format_name, name) in DAMAGED_LINES:
        lines = content.splitlines(keepends=True)
        broken = lines[1][: len(lines[1]) // 2] + b"\n"
        path.write_bytes(b"".join((lines[0], broken, *lines[1:])))


def _set_time(path: Path, at: datetime) -> None:
    # These formats keep the time of the last activity nowhere but on the file.
    os.utime(path, (at.timestamp(), at.timestamp()))


def _write_transcript(
    folder: Path, session: Session, sample: Sample, messages: tuple[Message, ...]
) -> None:
    """What Claude Code would have written for a Slack thread."""
    workspace = sample.workspace or folder
    project = folder / ".claude" / "projects" / folder_name(str(workspace))
    native = session.native_id or ""
    content = transcript_of(messages, native, workspace, branch=sample.branch or "main")
    titled, title = TRANSCRIPT_TITLE
    if sample.name == titled:
        content += title_record(title, native)
    path = private_folder(project) / f"{native}.jsonl"
    write_file(path, content)
    _damage(path, "hermes-bot", sample.name)
    _set_time(path, messages[-1].created_at or session.created_at or datetime.now(UTC))
