"""Codex stores for tests: rollouts line by line, in the shapes of several versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sessiontui.backends.codex import Codex
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session
from sessiontui.storage.sqlite_store import SqliteStore, create_database

START = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = (f"019d0000-0000-7000-8000-{number:012x}" for number in (1, 2, 3))
CWD = "/home/dev/garden"


def stamp(second: float = 0) -> str:
    """A time as Codex writes it, so many seconds after the start."""
    at = START + timedelta(seconds=second)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def record(
    kind: str, payload: object, second: float = 0, ordinal: int | None = None, **more: object
) -> bytes:
    """One line, in Codex's own order of keys."""
    line: dict[str, object] = {"timestamp": stamp(second)}
    if ordinal is not None:
        line["ordinal"] = ordinal
    line |= {"type": kind, "payload": payload, **more}
    return json_line(line)


def json_line(value: object) -> bytes:
    """A value as one line of JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def meta(key: str = FIRST, second: float = 0, **more: object) -> bytes:
    """The first line of a rollout."""
    payload = {
        "id": key,
        "timestamp": stamp(second),
        "cwd": CWD,
        "originator": "codex-tui",
        "cli_version": "0.169.0",
        "source": "vscode",
        "model_provider": "example",
        "base_instructions": {"text": "instructions that nobody said: quagga"},
        "history_mode": "paginated",
        "git": {"branch": "main", "repository_url": "git@example.com:dev/garden.git"},
    }
    return record("session_meta", payload | more, second)


def item(payload: Mapping[str, object], second: float = 0) -> bytes:
    """What the model saw."""
    return record("response_item", payload, second)


def event(kind: str, second: float = 0, **fields: object) -> bytes:
    """What the screen saw."""
    return record("event_msg", {"type": kind, **fields}, second)


def event_of(payload: Mapping[str, object], second: float = 0) -> bytes:
    """The same from a whole payload."""
    return record("event_msg", payload, second)


def completed(kind: str, second: float = 0, **fields: object) -> bytes:
    """An item as versions since 0.149 tell the screen."""
    held = {"type": kind, "id": "i1", **fields}
    return event("item_completed", second, thread_id=FIRST, turn_id=SECOND, item=held)


def message(role: str, text: str, second: float = 0, origin: str | None = None) -> bytes:
    """A message that the model saw; `origin` says who is behind it, as newer versions do."""
    part = "output_text" if role == "assistant" else "input_text"
    payload: dict[str, Any] = {
        "type": "message",
        "id": "m1",
        "role": role,
        "content": [{"type": part, "text": text}],
    }
    if origin is not None:
        told = {"content_item_metadata": [{"provenance": {"type": origin}}]}
        payload["internal_chat_message_metadata_passthrough"] = told
    return item(payload, second)


def prompt(text: str, second: float = 0) -> bytes:
    """What a person typed, as 0.169 writes it: twice."""
    parts = [{"type": "text", "text": text, "text_elements": []}]
    return message("user", text, second, "user") + completed("UserMessage", second, content=parts)


def old_prompt(text: str, second: float = 0) -> bytes:
    """The same as older versions write it."""
    return message("user", text, second) + event("user_message", second, message=text, images=[])


def answer(text: str, second: float = 0) -> bytes:
    """What the agent says, as 0.169 writes it: twice."""
    parts = [{"type": "Text", "text": text}]
    return completed("AgentMessage", second, content=parts) + message("assistant", text, second)


def call(command: str, second: float = 0, call_id: str = "c1") -> bytes:
    """What a tool was asked."""
    given = json.dumps({"cmd": command})
    return item(
        {"type": "function_call", "name": "exec_command", "arguments": given, "call_id": call_id},
        second,
    )


def result(output: object, second: float = 0, call_id: str = "c1") -> bytes:
    """What a tool gave back."""
    return item(
        {"type": "function_call_output", "id": "o1", "call_id": call_id, "output": output}, second
    )


def exited(code: int, output: str) -> str:
    """The text of a command that ended."""
    return (
        f"Chunk ID: 0a1b2c\nWall time: 0.0100 seconds\nProcess exited with code {code}\n"
        f"Original token count: 5\nOutput:\n{output}"
    )


def turn_context(model: str = "gpt-x", second: float = 0) -> bytes:
    """What holds for a turn."""
    return record("turn_context", {"turn_id": "t1", "cwd": CWD, "model": model}, second)


def tokens(total: int, second: float = 0) -> bytes:
    """The tokens spent so far."""
    usage = {"input_tokens": total, "total_tokens": total}
    return event("token_count", second, info={"total_token_usage": usage}, rate_limits=None)


def begun(second: float = 0, turn: str = "t1") -> bytes:
    """A turn begins."""
    at = int((START + timedelta(seconds=second)).timestamp())
    return event("task_started", second, turn_id=turn, started_at=at)


def ended(second: float = 0, turn: str = "t1") -> bytes:
    """A turn ends well."""
    return event("task_complete", second, turn_id=turn, last_agent_message="said before")


def path_of(root: Path, key: str = FIRST, *, archived: bool = False, rollout: str = "") -> Path:
    """Where a session's rollout is."""
    name = f"rollout-2026-05-01T10-00-00-{key}{'_' + rollout if rollout else ''}.jsonl"
    folder = root / "archived_sessions" if archived else root / "sessions" / "2026" / "05" / "01"
    return folder / name


def write(
    root: Path,
    lines: Iterable[bytes],
    key: str = FIRST,
    *,
    archived: bool = False,
    rollout: str = "",
) -> Path:
    """Write a rollout."""
    path = path_of(root, key, archived=archived, rollout=rollout)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(lines))
    return path


def append(path: Path, *lines: bytes) -> None:
    """Add lines as Codex does."""
    with path.open("ab") as file:
        file.write(b"".join(lines))


def index_names(root: Path, *names: tuple[str, str]) -> None:
    """Add names to the index of names."""
    with (root / "session_index.jsonl").open("ab") as file:
        for key, name in names:
            file.write(json_line({"id": key, "thread_name": name, "updated_at": stamp()}))


def state_database(path: Path, *names: tuple[str, str | None], with_names: bool = True) -> Path:
    """A state database with threads."""
    name = ", name TEXT" if with_names else ""
    create_database(
        path, f"PRAGMA journal_mode = WAL; CREATE TABLE threads (id TEXT PRIMARY KEY{name});"
    )
    if names:
        set_names(path, *names)
    return path


def set_names(path: Path, *names: tuple[str, str | None]) -> None:
    """Give threads of a state database their names."""
    with closing(SqliteStore(path)) as store, store.write() as connection:
        connection.executemany("INSERT OR REPLACE INTO threads(id, name) VALUES (?, ?)", names)


def read(root: Path, *lines: bytes) -> list[Message]:
    """The transcript that these lines make; both ways of reading agree on it."""
    write(root, lines)
    store = Codex.open(root)
    messages = list(store.messages(FIRST))
    batch = store.text_since(FIRST, None)
    assert batch.items == list(texts_of(messages))
    assert batch.session == store.get(FIRST)
    blank = store.text_since(FIRST, None, tools=False)
    assert [i[:5] for i in blank.items] == [i[:5] for i in batch.items]
    assert blank.session == batch.session
    return messages


def session(root: Path, *lines: bytes) -> Session:
    """The session that these lines make."""
    write(root, lines)
    found = Codex.open(root).get(FIRST)
    assert found is not None
    return found


def texts(messages: Iterable[Message]) -> list[tuple[str, str]]:
    """Who says what in words."""
    return [(m.role.value, b.text) for m in messages for b in m.blocks if b.kind == "text"]


CONVERSATION = [("user", "plant beans"), ("assistant", "in May"), ("user", "and peas?"),
                ("assistant", "in March")]  # fmt: skip


def new_lines() -> list[bytes]:
    """The conversation as 0.169 writes it."""
    return [
        meta(), begun(), prompt("plant beans", 1), answer("in May", 2), ended(3),
        begun(4), prompt("and peas?", 5), answer("in March", 6), ended(7),
    ]  # fmt: skip


def old_lines() -> list[bytes]:
    """The same as versions before 0.149 do."""
    return [
        meta(history_mode=None), old_prompt("plant beans", 1),
        event("agent_message", 2, message="in May"), message("assistant", "in May", 2),
        old_prompt("and peas?", 3),
        message("assistant", "in March", 4), event("agent_message", 4, message="in March"),
    ]  # fmt: skip


def bare_lines() -> list[bytes]:
    """The same as the first versions did."""
    said = [
        {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}
        for role, text in CONVERSATION
    ]
    head = {"id": FIRST, "timestamp": stamp(), "instructions": "be brief: quagga"}
    return [json_line(value) for value in (head, said[0], {"record_type": "state"}, *said[1:])]
