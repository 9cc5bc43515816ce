"""Small session files of astrid, of every shape its format page names; all texts are our own."""

from __future__ import annotations

import base64
import json
import os
import uuid
from pathlib import Path
from typing import Any

FIRST = "4b8f1c52-9d0e-4a57-8b1e-2f6c0a9d7e31"
SECOND = "9c1d2e3f-4a5b-4c6d-8e7f-0a1b2c3d4e5f"
ODD = "0d9c8b7a-6f5e-4d3c-8b2a-190817263544"
Stored = dict[str, Any]

TALK: tuple[Stored, ...] = (
    {"role": "user", "content": "list the files"},
    {
        "role": "assistant",
        "content": [{"id": "c1", "name": "fs:list", "arguments": {"path": "."}}],
    },
    {"role": "tool", "content": {"call_id": "c1", "content": "a.txt", "is_error": False}},
    {"role": "assistant", "content": "One file: a.txt"},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "and this?"},
            {"type": "image", "data": "iVBORw0KGgo=", "media_type": "image/png"},
        ],
    },
)
ALLOWANCE: Stored = {
    "id": str(uuid.UUID(int=7, version=4)),
    "action_pattern": {"type": "network_host", "host": "api.example.invalid", "ports": [443]},
    "created_at": "2026-02-20T10:01:00Z",
    "expires_at": None,
    "max_uses": 3,
    "uses_remaining": 3,
    "session_only": True,
    "workspace_root": None,
    "signature": base64.b64encode(bytes(range(64))).decode(),
}


def session(key: str, *messages: Stored, **more: Any) -> Stored:
    """A session in the order astrid writes it."""
    return {
        "id": key,
        "user_id": "0102030405060708",
        "messages": list(messages),
        "system_prompt": "Be brief.",
        "created_at": "2026-02-20T10:00:00.123456789Z",
        "token_count": 306,
        "metadata": {
            "title": None,
            "tags": [],
            "turn_count": 0,
            "tool_call_count": 1,
            "approval_count": 0,
            "custom": {},
        },
        "allowances": [],
        "budget_snapshot": {
            "session_spent_usd": 0.25,
            "config": {
                "session_max_usd": 100.0,
                "per_action_max_usd": 10.0,
                "warn_at_percent": 80,
            },
            "last_updated": "2026-02-20T10:05:00Z",
        },
        "escape_state": {"remembered_paths": []},
        "workspace_path": "/home/kim/demo",
        "model": "claude-sonnet-4-20250514",
        "git_state": {"branch": "main", "commit": "0123456789abcdef0123456789abcdef01234567"},
        **more,
    }


OLDEST_FIELDS = (
    "id", "user_id", "messages", "system_prompt", "created_at", "token_count", "metadata",
)  # fmt: skip


def oldest(key: str, *messages: Stored) -> Stored:
    """The oldest form that is still read: none of the optional fields."""
    whole = session(key, *messages)
    return {name: whole[name] for name in OLDEST_FIELDS}


class AstridHome:
    """A home of astrid with a folder for session files."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "sessions"
        self.folder.mkdir(parents=True, mode=0o700)

    def path(self, key: str) -> Path:
        """Where a session's file is."""
        return self.folder / f"{key}.json"

    def save(self, key: str, *messages: Stored, at: int | None = None, **more: Any) -> Path:
        """Write a session as astrid does; `at` is its modification time in seconds."""
        return self.write(key, session(key, *messages, **more), at=at)

    def write(self, key: str, content: Stored | bytes, *, at: int | None = None) -> Path:
        """Write any content under a session's name."""
        if not isinstance(content, bytes):
            content = json.dumps(content, indent=2, ensure_ascii=False).encode()
        path = self.path(key)
        path.write_bytes(content)
        if at is not None:
            os.utime(path, ns=(at * 10**9, at * 10**9))
        return path
