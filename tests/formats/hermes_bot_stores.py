"""Small stores of hermes-bot, of every shape its format page names; all texts are our own."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from sessiontui.records.claude_code_folders import folder_name
from tests.formats.claude_code_lines import Made, answer, encoded, prompt

SCHEMA = """
CREATE TABLE sessions (
    thread_ts TEXT PRIMARY KEY, session_id TEXT NOT NULL, repo TEXT NOT NULL,
    repo_path TEXT NOT NULL, agent_kind TEXT NOT NULL DEFAULT 'claude', channel_id TEXT NOT NULL,
    created_at TEXT NOT NULL, last_active TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'active',
    total_turns INTEGER NOT NULL DEFAULT 0, model TEXT);
CREATE INDEX idx_sessions_session_id ON sessions(session_id);
"""
COLUMNS = (
    "rowid", "thread_ts", "session_id", "repo", "repo_path", "agent_kind", "channel_id",
    "created_at", "last_active", "status", "total_turns", "model",
)  # fmt: skip
SHOP = "/home/kim/shop.app"
DOCS = "/home/kim/docs"
CART = "1773612345.123400"
STARTING = "1773700000.000100"
FAILED = "1773500000.000200"
CART_SESSION = "3f0c1f6e-6a53-4f0e-9a51-0d6f3f1f8a10"
FAILED_SESSION = "77aa0d1c-0b57-4a53-8f0a-2f1a0c9be001"
Row = dict[str, Any]


def bot_row(thread: str | None, **more: Any) -> Row:
    """A row with values of its own for what is not given."""
    return {
        "thread_ts": thread,
        "session_id": str(uuid.uuid5(uuid.NAMESPACE_OID, str(thread))),
        "repo": "shop",
        "repo_path": SHOP,
        "agent_kind": "claude",
        "channel_id": "C0AAA111",
        "created_at": "2026-03-16T08:00:00.123456789+00:00",
        "last_active": "2026-03-16T08:20:10.500+00:00",
        "status": "active",
        "total_turns": 4,
        "model": "claude-opus-4-6",
        **more,
    }


ROWS = (
    bot_row(CART, session_id=CART_SESSION),
    bot_row(
        STARTING,
        session_id=f"pending-{STARTING}",
        last_active="2026-03-17T08:26:40+00:00",
        total_turns=0,
    ),
    bot_row(
        FAILED,
        session_id=FAILED_SESSION,
        repo="docs",
        repo_path=DOCS,
        channel_id="C0BBB222",
        last_active="2026-03-14T15:00:00+00:00",
        status="error",
        total_turns=1,
        model=None,
    ),
)


class BotHome:
    """A home with a bot in it and Claude Code's transcripts below it."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.bot = folder / "bot"
        self.bot.mkdir(parents=True)
        self.projects = folder / ".claude" / "projects"
        self.projects.mkdir(parents=True)

    @property
    def database(self) -> Path:
        """Where the bot's database is."""
        return self.bot / "sessions.db"

    @property
    def legacy(self) -> Path:
        """Where the JSON file of version 0.1.0 is."""
        return self.bot / "sessions.json"

    def with_rows(self, rows: Iterable[Row] = ROWS, *, wal: bool = True) -> Path:
        """Make the database; returns its path."""
        with closing(sqlite3.connect(self.database)) as connection:
            if wal:
                connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)
            for row in rows:
                insert(connection, row)
            connection.commit()
        return self.database

    def with_legacy(self, entries: dict[str, Any]) -> Path:
        """Make the JSON file; returns its path."""
        self.legacy.write_text(json.dumps(entries, indent=2))
        return self.legacy

    def with_config(self, text: str = 'sessions_file = "sessions.db"\n') -> Path:
        """Make the bot's config, with tokens in it; returns its path."""
        config = self.bot / "config.toml"
        config.write_text(
            f'{text}\n[slack]\napp_token = "xapp-secret"\nbot_token = "xoxb-secret"\n'
        )
        return config

    def with_transcript(
        self,
        session_id: str = CART_SESSION,
        records: Iterable[Made | bytes] | None = None,
        folder: str = folder_name(SHOP),
    ) -> Path:
        """Write a transcript; returns its path."""
        path = self.projects / folder / f"{session_id}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encoded(CART_TALK if records is None else records))
        return path


CART_TALK: tuple[Made, ...] = (
    prompt(1, None, "fix the cart test"),
    answer(2, 1, "Looking."),
    answer(3, 2, "Fixed: the rounding was wrong."),
)


def insert(connection: sqlite3.Connection, row: Row) -> None:
    """Put one row in."""
    names = ", ".join(row)
    places = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO sessions ({names}) VALUES ({places})", tuple(row.values()))


def legacy_entry(thread: str, **more: Any) -> Row:
    """An entry of the JSON file."""
    return {**bot_row(thread), "created_at": "2026-03-16T08:00:00Z", **more}


def stored_rows(path: Path) -> list[tuple[Any, ...]]:
    """The rows as they are stored, with their numbers."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT rowid, * FROM sessions ORDER BY rowid").fetchall()


def row_of(bot: BotHome, thread: str) -> dict[str, Any]:
    """A stored row by column name."""
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in stored_rows(bot.database)]
    return next(row for row in rows if row["thread_ts"] == thread)
