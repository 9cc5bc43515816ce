"""One sample store of every format, made through the backend's own `create` and `put`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.message import Role
from sessiontui.domain.session import Session, SessionRef
from sessiontui.services.backend_registry import backend_class
from tests.building import text_message

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

CONVERSATIONS: tuple[tuple[str, ...], ...] = (
    ("plan two days in Oslo", "museum first, harbour after lunch", "and when it rains?", "Munch"),
    ("why is the kettle slow", "limescale: descale it"),
    ("名前を付けて 東京", "[bold]not markup[/bold] \x1b[31mred\x1b[0m"),
)


class SampleStore(NamedTuple):
    """An open store with known sessions; `append` writes one more message as the owner would."""

    backend: SessionBackend
    keys: tuple[str, ...]
    append: Callable[[str, str], None]


def _filled(backend: SessionBackend, keys: tuple[str, ...]) -> None:
    for number, (key, texts) in enumerate(zip(keys, CONVERSATIONS, strict=True)):
        began = START + timedelta(days=number)
        messages = [
            text_message(
                Role.USER if turn % 2 == 0 else Role.ASSISTANT,
                text,
                began + timedelta(minutes=turn),
            )
            for turn, text in enumerate(texts)
        ]
        backend.put(
            Session(
                ref=SessionRef(backend.store_id, key),
                format=backend.format,
                created_at=began,
                last_activity=messages[-1].created_at,
            ),
            messages,
        )


def _by_append(backend: SessionBackend) -> Callable[[str, str], None]:
    def append(key: str, text: str) -> None:
        backend.append(key, text_message(Role.USER, text))

    return append


def _memory(folder: Path) -> SampleStore:
    backend = backend_class("memory").create(folder / "memory")
    keys = ("first", "second", "third")
    _filled(backend, keys)
    return SampleStore(backend, keys, _by_append(backend))


def _zeroclaw_sqlite(folder: Path) -> SampleStore:
    backend = backend_class("zeroclaw-sqlite").create(folder / "sessions" / "sessions.db")
    keys = ("gw_first", "telegram_main_1_x", "gw_third: odd key")
    _filled(backend, keys)
    return SampleStore(backend, keys, _by_append(backend))


def _zeroclaw_jsonl(folder: Path) -> SampleStore:
    backend = backend_class("zeroclaw-jsonl").create(folder / "sessions")
    keys = ("telegram_first", "slack_second", "matrix_third")
    _filled(backend, keys)
    return SampleStore(backend, keys, _by_append(backend))


def _zeroclaw_acp(folder: Path) -> SampleStore:
    backend = backend_class("zeroclaw-acp").create(folder / "sessions" / "acp-sessions.db")
    keys = tuple(str(uuid.UUID(int=number, version=4)) for number in (1, 2, 3))
    _filled(backend, keys)
    return SampleStore(backend, keys, _by_append(backend))


def _astrid(folder: Path) -> SampleStore:
    backend = backend_class("astrid").create(folder / "astrid" / "sessions")
    keys = tuple(str(uuid.UUID(int=number, version=4)) for number in (11, 12, 13))
    _filled(backend, keys)

    def append(key: str, text: str) -> None:
        path = folder / "astrid" / "sessions" / f"{key}.json"
        stored = json.loads(path.read_text())
        stored["messages"].append({"role": "user", "content": text})
        replacement = path.with_suffix(".json.tmp")
        replacement.write_text(json.dumps(stored, indent=2, ensure_ascii=False))
        replacement.rename(path)

    return SampleStore(backend, keys, append)


def _hermes_bot(folder: Path) -> SampleStore:
    projects = folder / ".claude" / "projects" / "-home-dev-shop"
    projects.mkdir(parents=True)
    backend = backend_class("hermes-bot").create(folder / "bot" / "sessions.db")
    keys = ("1773612345.000100", "1773612346.000200", "1773612347.000300")
    for number, (key, texts) in enumerate(zip(keys, CONVERSATIONS, strict=True)):
        native = str(uuid.UUID(int=100 + number, version=4))
        began = START + timedelta(days=number)
        backend.put(
            Session(
                ref=SessionRef(backend.store_id, key),
                format=backend.format,
                created_at=began,
                last_activity=began + timedelta(minutes=len(texts)),
                native_id=native,
                repo="shop",
                workspace=Path("/home/dev/shop"),
                channel="C0AAA111",
            ),
            (),
        )
        lines = [
            _claude_line(native, turn, text, began + timedelta(minutes=turn))
            for turn, text in enumerate(texts)
        ]
        (projects / f"{native}.jsonl").write_text("".join(lines))

    def append(key: str, text: str) -> None:
        session = backend.get(key)
        assert session is not None
        path = projects / f"{session.native_id}.jsonl"
        turn = len(path.read_text().splitlines())
        with path.open("a") as file:
            file.write(_claude_line(str(session.native_id), 2 * turn, text, START))

    return SampleStore(backend, keys, append)


def _claude_line(session_id: str, turn: int, text: str, at: datetime) -> str:
    role = "user" if turn % 2 == 0 else "assistant"
    message: dict[str, object] = {"role": role, "content": text}
    if role == "assistant":
        message = {
            "role": role,
            "id": f"msg_{turn}",
            "model": "claude-x",
            "content": [{"type": "text", "text": text}],
        }
    record = {
        "type": role,
        "uuid": str(uuid.UUID(int=turn + 1, version=4)),
        "parentUuid": str(uuid.UUID(int=turn, version=4)) if turn else None,
        "sessionId": session_id,
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "cwd": "/home/dev/shop",
        "isSidechain": False,
        "message": message,
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def _codex(folder: Path) -> SampleStore:
    root = folder / ".codex"
    keys = tuple(f"019d0000-0000-7000-8000-{number:012x}" for number in (21, 22, 23))
    paths: dict[str, Path] = {}
    for number, (key, texts) in enumerate(zip(keys, CONVERSATIONS, strict=True)):
        began = START + timedelta(days=number)
        about = {"id": key, "cwd": "/home/dev/shop", "timestamp": _codex_time(began)}
        lines = [_codex_line("session_meta", about, began)]
        for turn, text in enumerate(texts):
            lines += _codex_said(turn % 2 == 0, text, began + timedelta(minutes=turn))
        paths[key] = (
            root / f"sessions/{began:%Y/%m/%d}/rollout-{began:%Y-%m-%dT%H-%M-%S}-{key}.jsonl"
        )
        paths[key].parent.mkdir(parents=True)
        paths[key].write_text("".join(lines))

    def append(key: str, text: str) -> None:
        with paths[key].open("a") as file:
            file.writelines(_codex_said(True, text, START))

    return SampleStore(backend_class("codex").open(root), keys, append)


def _codex_said(by_user: bool, text: str, at: datetime) -> list[str]:
    content = [{"type": "input_text" if by_user else "output_text", "text": text}]
    role = "user" if by_user else "assistant"
    item = {"type": "message", "role": role, "content": content}
    told = {"type": "user_message" if by_user else "agent_message", "message": text}
    return [_codex_line("response_item", item, at), _codex_line("event_msg", told, at)]


def _codex_line(kind: str, payload: object, at: datetime) -> str:
    record = {"timestamp": _codex_time(at), "type": kind, "payload": payload}
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def _codex_time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _claude_code(folder: Path) -> SampleStore:
    projects = folder / ".claude" / "projects" / "-home-dev-shop"
    projects.mkdir(parents=True)
    keys = tuple(str(uuid.UUID(int=number, version=4)) for number in (21, 22, 23))
    for number, (key, texts) in enumerate(zip(keys, CONVERSATIONS, strict=True)):
        began = START + timedelta(days=number)
        lines = [
            _claude_line(key, turn, text, began + timedelta(minutes=turn))
            for turn, text in enumerate(texts)
        ]
        (projects / f"{key}.jsonl").write_text("".join(lines))

    def append(key: str, text: str) -> None:
        path = projects / f"{key}.jsonl"
        turn = len(path.read_text().splitlines())
        with path.open("a") as file:
            file.write(_claude_line(key, 2 * turn, text, START))

    return SampleStore(backend_class("claude-code").open(folder / ".claude"), keys, append)


SAMPLES: dict[str, Callable[[Path], SampleStore]] = {
    "memory": _memory,
    "zeroclaw-sqlite": _zeroclaw_sqlite,
    "zeroclaw-jsonl": _zeroclaw_jsonl,
    "zeroclaw-acp": _zeroclaw_acp,
    "hermes-bot": _hermes_bot,
    "claude-code": _claude_code,
    "astrid": _astrid,
    "codex": _codex,
}
