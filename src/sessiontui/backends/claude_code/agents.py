"""The sub-agents of sessions: where their transcripts are, their keys, and what is noted of them.

`<session id>/subagents/agent-<id>.jsonl`, or `workflows/wf_<id>/` one folder further down, each
with an `agent-<id>.meta.json` beside it. Older versions put `agent-<id>.jsonl` beside the sessions.

The key of a sub-agent is `agent-<id>.<session id>`, with `.wf_<id>` in between for one of a
workflow, and `agent-<id>` alone for one of an older version. It follows from the path and the path
from it; it begins with nothing that a session's key begins with, and could be a file's name.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any, Self

from msgspec import Struct
from msgspec.json import Decoder, encode

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.value import PlainValue
from sessiontui.records.claude_code_lines import UNREADABLE
from sessiontui.storage.file_state import FileState
from sessiontui.storage.jsonl_chunks import bytes_at
from sessiontui.storage.jsonl_file import open_regular

ENDING = ".jsonl"
NOTE_ENDING = ".meta.json"
AGENTS, WORKFLOWS = "subagents", "workflows"
_HEX = "[0-9a-fA-F]"
SESSION_ID = re.compile(rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}")
# The program asks these for a summary or a suggestion, and repeats the whole conversation to them:
# nothing is said in there that is not in the session.
_NAME = r"agent-(?!acompact|aprompt_suggestion)[A-Za-z0-9_-]{1,120}"
_WORKFLOW = r"wf_[A-Za-z0-9_-]{1,120}"
_KEY = re.compile(rf"({_NAME})(?:(?:\.({_WORKFLOW}))?\.({SESSION_ID.pattern}))?")
_FILE = re.compile(rf"({_NAME})(?:\.jsonl|\.meta\.json)")
_LONGEST_NOTE = 1 << 16


class AgentKey(PlainValue):
    """What the key of a sub-agent is made of; `session` None: of an older version."""

    name: str
    session: str | None = None
    workflow: str | None = None

    @classmethod
    def of(cls, key: str) -> Self | None:
        """The parts of a key; None when it is that of a session, or none at all."""
        found = _KEY.fullmatch(key)
        return None if found is None else cls(found[1], found[3], found[2])

    @classmethod
    def of_file(cls, place: tuple[str, ...]) -> Self | None:
        """The sub-agent that a file belongs to, by its path below a project folder."""
        found = _FILE.fullmatch(place[-1])
        if found is None:
            return None
        match place[:-1]:
            case ():
                return cls(found[1])
            case (session, folder) if folder == AGENTS and SESSION_ID.fullmatch(session):
                return cls(found[1], session)
            case (session, folder, flows, flow) if (folder, flows) == (AGENTS, WORKFLOWS):
                if SESSION_ID.fullmatch(session) and re.fullmatch(_WORKFLOW, flow):
                    return cls(found[1], session, flow)
        return None

    def __str__(self) -> str:
        return ".".join(part for part in (self.name, self.workflow, self.session) if part)

    @property
    def place(self) -> str:
        """Where its transcript is, below a project folder."""
        folders = [self.session, AGENTS] if self.session else []
        if self.workflow:
            folders += [WORKFLOWS, self.workflow]
        return "/".join((*folders, self.name + ENDING))

    @property
    def id(self) -> str:
        """What Claude Code calls it."""
        return self.name.removeprefix("agent-")

    def other(self, agent_id: str) -> AgentKey:
        """Another sub-agent of the same session or workflow, by its id."""
        return self.replace(name=f"agent-{agent_id.removeprefix('agent-')}")


class AgentFile(PlainValue):
    """The transcript of a sub-agent, as a look at its folder shows it."""

    key: str
    name: str
    state: FileState


class BesideSession(PlainValue):
    """What is in the folder beside a transcript: sub-agents, and the folders that can hold some."""

    agents: tuple[AgentFile, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def moved_ns(self) -> int:
        """When one of the sub-agents last wrote, in nanoseconds; 0 when there are none."""
        if not self.agents:
            return 0
        return max(agent.state.mtime_ns for agent in self.agents)


def beside_session(folder: str, session: str) -> BesideSession:
    """The sub-agents in the folder of a session. Raises `OSError` where that is not sure."""
    inner = f"{folder}/{AGENTS}"
    # Most sessions have none, and asking so costs a fraction of looking.
    if not os.access(inner, os.F_OK) and os.access(folder, os.X_OK):
        return BesideSession((), (folder,))
    agents, others = _agents_in(inner, AgentKey("", session))
    if others is None:
        return BesideSession((), (folder,))
    folders = [folder, inner]
    if WORKFLOWS in others:
        flows = f"{inner}/{WORKFLOWS}"
        folders.append(flows)
        for flow in _names_in(flows):
            if re.fullmatch(_WORKFLOW, flow):
                more, there = _agents_in(f"{flows}/{flow}", AgentKey("", session, flow))
                agents += more
                folders += [f"{flows}/{flow}"] if there is not None else []
    return BesideSession(tuple(agents), tuple(folders))


def _agents_in(folder: str, kind: AgentKey) -> tuple[list[AgentFile], set[str] | None]:
    """The sub-agents in a folder, and the names of all else; None when there is no folder."""
    found: list[AgentFile] = []
    others: set[str] = set()
    try:
        with os.scandir(folder) as scanned:
            entries = list(scanned)
    except (FileNotFoundError, NotADirectoryError):
        return found, None
    for entry in entries:
        name = entry.name
        known = _FILE.fullmatch(name) if name.endswith(ENDING) else None
        state = None if known is None else state_of(entry)
        if known is not None and state is not None:
            found.append(AgentFile(str(kind.replace(name=known[1])), entry.path, state))
        else:
            others.add(name)
    return found, others


def _names_in(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return []


def state_of(entry: os.DirEntry[str]) -> FileState | None:
    """The state of a regular file, or of what a link to one leads to; None for all else."""
    try:
        found = entry.stat()
    except FileNotFoundError:
        return None  # removed just now, or a link that leads nowhere
    return FileState.from_stat(found) if stat.S_ISREG(found.st_mode) else None


class AgentNote(PlainValue):
    """What is noted of a sub-agent beside its transcript."""

    kind: str | None = None
    description: str | None = None
    call_id: str | None = None
    """The call in the transcript of its parent by which it was spawned."""
    spawned_by: str | None = None
    """The id of the sub-agent that spawned it; None when that was the session itself."""


class _Noted(Struct, rename="camel"):
    agent_type: Any = None
    description: Any = None
    tool_use_id: Any = None
    parent_agent_id: Any = None


_NOTED = Decoder(_Noted)


def note_path(transcript: Path) -> Path:
    """Where something is noted of the sub-agent of a transcript."""
    return transcript.with_name(transcript.name.removesuffix(ENDING) + NOTE_ENDING)


def note_of(transcript: Path) -> AgentNote:
    """What is noted of the sub-agent of a transcript; what cannot be read says nothing."""
    path = note_path(transcript)
    try:
        with open_regular(path) as (descriptor, found):
            size = min(found.size, _LONGEST_NOTE)
            noted = _NOTED.decode(bytes_at(descriptor, 0, size, path))
    except (SessionTuiError, *UNREADABLE):
        # Older versions wrote none, and it may be half written at this moment.
        return AgentNote()
    return AgentNote(
        _words(noted.agent_type),
        _words(noted.description),
        _words(noted.tool_use_id),
        _words(noted.parent_agent_id),
    )


def encoded_note(kind: str | None, description: str | None, call_id: str | None) -> bytes:
    """What is noted of a sub-agent that its session has spawned."""
    noted = {"agentType": kind, "description": description, "toolUseId": call_id, "spawnDepth": 1}
    return encode({name: value for name, value in noted.items() if value is not None})


def _words(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None
