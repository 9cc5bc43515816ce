"""Small zeroclaw stores of every layout, and an owner that changes them as zeroclaw would.

The layouts and the meaning of each operation follow the format's description; the texts are ours.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

CHAT_VERSIONS = ("v0.5.0", "v0.6.0", "v0.6.5", "v0.7.4", "v0.8.0", "head")
ACP_VERSIONS = ("v0.8.0-beta-1", "v0.8.0-beta-2", "v0.8.0", "v0.8.3")

_ADDED_COLUMNS = (
    ("v0.6.0", ("name TEXT",)),
    ("v0.6.5", ("state TEXT NOT NULL DEFAULT 'idle'", "turn_id TEXT", "turn_started_at TEXT")),
    ("v0.8.0", ("agent_alias TEXT", "channel_id TEXT", "room_id TEXT", "sender_id TEXT")),
)
_FIRST_CHAT = """
CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, session_key TEXT NOT NULL,
    role TEXT NOT NULL, content TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX idx_sessions_key ON sessions(session_key);
CREATE INDEX idx_sessions_key_id ON sessions(session_key, id);
CREATE TABLE session_metadata (session_key TEXT PRIMARY KEY, created_at TEXT NOT NULL,
    last_activity TEXT NOT NULL, message_count INTEGER NOT NULL DEFAULT 0);
CREATE VIRTUAL TABLE sessions_fts USING fts5(session_key, content,
    content=sessions, content_rowid=id);
CREATE TRIGGER sessions_ai AFTER INSERT ON sessions BEGIN
    INSERT INTO sessions_fts(rowid, session_key, content)
    VALUES (new.id, new.session_key, new.content); END;
CREATE TRIGGER sessions_ad AFTER DELETE ON sessions BEGIN
    INSERT INTO sessions_fts(sessions_fts, rowid, session_key, content)
    VALUES ('delete', old.id, old.session_key, old.content); END;
"""
_UPDATE_TRIGGER = """
CREATE TRIGGER sessions_au AFTER UPDATE ON sessions BEGIN
    INSERT INTO sessions_fts(sessions_fts, rowid, session_key, content)
    VALUES ('delete', old.id, old.session_key, old.content);
    INSERT INTO sessions_fts(rowid, session_key, content)
    VALUES (new.id, new.session_key, new.content); END;
"""
_RECEIPTS = """
CREATE TABLE jsonl_import_receipts (source_name TEXT PRIMARY KEY, session_key TEXT NOT NULL,
    source_hash TEXT NOT NULL, source_len INTEGER NOT NULL, imported_at TEXT NOT NULL);
"""
_FIRST_ACP = """
CREATE TABLE acp_sessions (session_id TEXT PRIMARY KEY, workspace_dir TEXT NOT NULL,
    created_at TEXT NOT NULL, last_activity TEXT NOT NULL);
CREATE TABLE acp_messages (id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id TEXT NOT NULL REFERENCES acp_sessions(session_id) ON DELETE CASCADE,
    message_json TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE INDEX idx_acp_messages_session ON acp_messages(session_id, id);
"""
_ACP = """
CREATE TABLE acp_sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, session_uuid TEXT NOT NULL UNIQUE,
    agent_alias TEXT NOT NULL, workspace_dir TEXT NOT NULL,
    token_count INTEGER NOT NULL DEFAULT 0, {killed}
    created_at TEXT NOT NULL, last_activity TEXT NOT NULL {plan});
CREATE TABLE acp_messages (id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES acp_sessions(id) ON DELETE CASCADE,
    role TEXT NOT NULL, content TEXT NOT NULL, reasoning_content TEXT, created_at TEXT NOT NULL);
CREATE TABLE acp_tool_calls (id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL REFERENCES acp_messages(id) ON DELETE CASCADE,
    tool_call_id TEXT NOT NULL, tool_name TEXT NOT NULL, event_kind TEXT NOT NULL,
    payload TEXT NOT NULL, outcome TEXT, created_at TEXT NOT NULL);
CREATE TABLE acp_session_events (id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES acp_sessions(id) ON DELETE CASCADE,
    action TEXT NOT NULL, outcome TEXT NOT NULL, payload TEXT, created_at TEXT NOT NULL);
CREATE INDEX idx_acp_sessions_uuid ON acp_sessions(session_uuid);
CREATE INDEX idx_acp_messages_session ON acp_messages(session_id, id);
CREATE INDEX idx_acp_tool_calls_message ON acp_tool_calls(message_id, id);
"""


def at(minute: int, second: int = 0) -> str:
    """A time as zeroclaw writes it, minutes after an hour of one day."""
    return f"2026-08-01T{10 + minute // 60:02}:{minute % 60:02}:{second:02}.123456789+00:00"


def metadata_columns(version: str) -> list[str]:
    """The columns that a version added to the metadata, in order."""
    chosen = [columns for since, columns in _ADDED_COLUMNS if _reached(version, since)]
    return [column for columns in chosen for column in columns]


def chat_database(path: Path, version: str = "head", left_out: tuple[str, ...] = ()) -> Path:
    """An empty `sessions.db` of a version, perhaps without some of its metadata columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_FIRST_CHAT)
        for column in metadata_columns(version):
            if column.split()[0] not in left_out:
                connection.execute(f"ALTER TABLE session_metadata ADD COLUMN {column}")
        if _reached(version, "v0.7.4"):
            connection.executescript(_UPDATE_TRIGGER)
        if version == "head":
            connection.executescript(_RECEIPTS)
    return path


def acp_database(path: Path, version: str = "v0.8.3") -> Path:
    """An empty `acp-sessions.db` of a version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    killed = "killed_at TEXT," if version in ("v0.8.0", "v0.8.3") else ""
    plan = ", plan_json TEXT" if version == "v0.8.3" else ""
    script = _FIRST_ACP if version == "v0.8.0-beta-1" else _ACP.format(killed=killed, plan=plan)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(script)
    return path


def run(path: Path, sql: str, *parameters: object) -> list[Any]:
    """One statement on a database, as another program would run it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.text_factory = lambda data: data.decode("utf-8", "backslashreplace")
        connection.execute("PRAGMA synchronous = OFF")
        return connection.execute(sql, parameters).fetchall()


def add_chat(path: Path, key: str, *texts: str, minute: int = 0, **columns: str) -> None:
    """A session with messages by user and assistant in turn, a minute each."""
    for number, text in enumerate(texts):
        role = "assistant" if number % 2 else "user"
        run(
            path,
            "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
            *(key, role, text, at(minute + number)),
        )
    values: dict[str, object] = {
        "session_key": key,
        "created_at": at(minute),
        "last_activity": at(minute + max(0, len(texts) - 1)),
        "message_count": len(texts),
        **columns,
    }
    names, places = ", ".join(values), ", ".join("?" * len(values))
    run(path, f"INSERT INTO session_metadata ({names}) VALUES ({places})", *values.values())


class Owner:
    """What zeroclaw itself does with a chat database, each call on a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, key: str, role: str, text: str, when: str = at(50)) -> None:
        """Two statements: the message, then the metadata, made where it is missing."""
        self.insert(key, role, text, when)
        run(
            self.path,
            "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
            "VALUES (?1, ?2, ?2, 1) ON CONFLICT(session_key) DO UPDATE SET "
            "last_activity = ?2, message_count = message_count + 1",
            *(key, when),
        )

    def insert(self, key: str, role: str, text: str | bytes, when: str = at(50)) -> None:
        """A message row alone, as a crash between the two statements leaves it."""
        run(
            self.path,
            "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, ?, ?, ?)",
            *(key, role, text, when),
        )

    def append_many(self, key: str, texts: list[str]) -> None:
        """Many messages of a user at once, without metadata."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.executemany(
                "INSERT INTO sessions (session_key, role, content, created_at) "
                "VALUES (?, 'user', ?, ?)",
                [(key, text, at(50)) for text in texts],
            )

    def update_last(self, key: str, text: str, when: str = at(51)) -> None:
        """A streamed answer goes on in place, under the same id."""
        run(
            self.path,
            "UPDATE sessions SET content = ? WHERE id = "
            "(SELECT max(id) FROM sessions WHERE session_key = ?)",
            *(text, key),
        )
        run(
            self.path,
            "UPDATE session_metadata SET last_activity = ? WHERE session_key = ?",
            *(when, key),
        )

    def set_state(self, key: str, state: str, turn_id: str | None, when: str | None) -> None:
        """What a gateway turn writes."""
        run(
            self.path,
            "UPDATE session_metadata SET state = ?, turn_id = ?, turn_started_at = ? "
            "WHERE session_key = ?",
            *(state, turn_id, when, key),
        )

    def exists(self, key: str) -> bool:
        """What the gateway asks before it appends the answer of a turn."""
        sql = "SELECT 1 FROM session_metadata WHERE session_key = ?"
        return bool(run(self.path, sql, key))

    def listed(self) -> list[tuple[str, int]]:
        """Keys and counts in the owner's order."""
        sql = "SELECT session_key, message_count FROM session_metadata ORDER BY last_activity DESC"
        return run(self.path, sql)

    def search(self, words: str) -> list[str]:
        """The owner's own search: quoted words, any of them, keys and texts alike."""
        expression = " OR ".join(f'"{word}"' for word in words.split())
        sql = (
            "SELECT DISTINCT f.session_key FROM sessions_fts AS f "
            "WHERE sessions_fts MATCH ? LIMIT 50"
        )
        return [key for (key,) in run(self.path, sql, expression)]

    def index_is_sound(self) -> bool:
        """Whether the full-text index equals the rows."""
        try:
            run(
                self.path,
                "INSERT INTO sessions_fts(sessions_fts, rank) VALUES ('integrity-check', 1)",
            )
        except sqlite3.DatabaseError:
            return False
        return True

    def rows(self) -> list[Any]:
        """Everything stored of all sessions: messages, then metadata, with types."""
        columns = [name for (_, name, *_) in run(self.path, "PRAGMA table_info(session_metadata)")]
        typed = ", ".join(f"typeof({c}), CAST({c} AS BLOB)" for c in columns)
        return [
            *run(
                self.path,
                "SELECT id, session_key, role, typeof(content), CAST(content AS BLOB), created_at "
                "FROM sessions ORDER BY id",
            ),
            *run(self.path, f"SELECT {typed} FROM session_metadata ORDER BY session_key"),
        ]


def message_line(role: str, content: str) -> bytes:
    """A JSONL line as zeroclaw writes it, with its LF."""
    value = {"role": role, "content": content}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def jsonl_file(folder: Path, key: str, *lines: bytes) -> Path:
    """A session file with these lines, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{key}.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def add_acp(path: Path, key: str, agent: str = "scout", minute: int = 0) -> int:
    """An ACP session without messages; returns its row's id."""
    run(
        path,
        "INSERT INTO acp_sessions (session_uuid, agent_alias, workspace_dir, token_count, "
        "created_at, last_activity) VALUES (?, ?, '/home/kim/app', 1200, ?, ?)",
        *(key, agent, at(minute), at(minute)),
    )
    return int(run(path, "SELECT id FROM acp_sessions WHERE session_uuid = ?", key)[0][0])


def add_turn(path: Path, session_id: int, minute: int, word: str) -> None:
    """A finished turn: a question, a thought with a call and its result, an answer."""
    for role, content, thought in (
        ("user", f"fix {word}", None),
        ("assistant", "", f"look at {word} first"),
        ("assistant", f"{word} is done", None),
    ):
        run(
            path,
            "INSERT INTO acp_messages (session_id, role, content, reasoning_content, created_at) "
            "VALUES (?, ?, ?, ?, ?)",
            *(session_id, role, content, thought, at(minute)),
        )
    call_row = run(path, "SELECT max(id) - 1 FROM acp_messages")[0][0]
    add_tool_event(path, call_row, f"tc-{word}", "in", f'{{"command":"pytest {word}"}}')
    add_tool_event(path, call_row, f"tc-{word}", "out", f"3 passed in {word}", "unknown")
    run(
        path,
        "UPDATE acp_sessions SET last_activity = ? WHERE id = ?",
        *(at(minute), session_id),
    )


def add_tool_event(
    path: Path, message_id: int, call_id: str, kind: str, payload: str, outcome: str | None = None
) -> None:
    """One row of a tool call."""
    run(
        path,
        "INSERT INTO acp_tool_calls (message_id, tool_call_id, tool_name, event_kind, payload, "
        "outcome, created_at) VALUES (?, ?, 'shell', ?, ?, ?, ?)",
        *(message_id, call_id, kind, payload, outcome, at(0)),
    )


def _reached(version: str, since: str) -> bool:
    return CHAT_VERSIONS.index(version) >= CHAT_VERSIONS.index(since)
