"""The layouts of zeroclaw's databases: the newest to make, the older ones to recognise."""

from __future__ import annotations

from collections.abc import Collection

RECEIPTS_SCRIPT = """
CREATE TABLE IF NOT EXISTS jsonl_import_receipts (
    source_name TEXT PRIMARY KEY,
    session_key TEXT NOT NULL,
    source_hash TEXT NOT NULL,
    source_len  INTEGER NOT NULL,
    imported_at TEXT NOT NULL
)
"""
"""What a database of an older version lacks when zeroclaw first imports into it."""

CHAT_SCRIPT = """
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE sessions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    session_key TEXT NOT NULL,
    role        TEXT NOT NULL,
    content     TEXT NOT NULL,
    created_at  TEXT NOT NULL
);
CREATE INDEX idx_sessions_key ON sessions(session_key);
CREATE INDEX idx_sessions_key_id ON sessions(session_key, id);
CREATE TABLE session_metadata (
    session_key     TEXT PRIMARY KEY,
    created_at      TEXT NOT NULL,
    last_activity   TEXT NOT NULL,
    message_count   INTEGER NOT NULL DEFAULT 0,
    name            TEXT,
    state           TEXT NOT NULL DEFAULT 'idle',
    turn_id         TEXT,
    turn_started_at TEXT,
    agent_alias     TEXT,
    channel_id      TEXT,
    room_id         TEXT,
    sender_id       TEXT
);
{receipts};
CREATE VIRTUAL TABLE sessions_fts USING fts5(
    session_key, content, content=sessions, content_rowid=id
);
CREATE TRIGGER sessions_ai AFTER INSERT ON sessions BEGIN
    INSERT INTO sessions_fts(rowid, session_key, content)
    VALUES (new.id, new.session_key, new.content);
END;
CREATE TRIGGER sessions_ad AFTER DELETE ON sessions BEGIN
    INSERT INTO sessions_fts(sessions_fts, rowid, session_key, content)
    VALUES ('delete', old.id, old.session_key, old.content);
END;
CREATE TRIGGER sessions_au AFTER UPDATE ON sessions BEGIN
    INSERT INTO sessions_fts(sessions_fts, rowid, session_key, content)
    VALUES ('delete', old.id, old.session_key, old.content);
    INSERT INTO sessions_fts(rowid, session_key, content)
    VALUES (new.id, new.session_key, new.content);
END;
CREATE INDEX idx_session_metadata_agent_alias ON session_metadata(agent_alias);
CREATE INDEX idx_session_metadata_channel_id ON session_metadata(channel_id);
CREATE INDEX idx_session_metadata_room_id ON session_metadata(room_id);
CREATE INDEX idx_session_metadata_sender_id ON session_metadata(sender_id);
COMMIT;
""".replace("{receipts}", RECEIPTS_SCRIPT.strip())

ACP_SCRIPT = """
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE acp_sessions (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    session_uuid  TEXT NOT NULL UNIQUE,
    agent_alias   TEXT NOT NULL,
    workspace_dir TEXT NOT NULL,
    token_count   INTEGER NOT NULL DEFAULT 0,
    killed_at     TEXT,
    created_at    TEXT NOT NULL,
    last_activity TEXT NOT NULL,
    plan_json     TEXT
);
CREATE INDEX idx_acp_sessions_uuid ON acp_sessions(session_uuid);
CREATE INDEX idx_acp_sessions_alias ON acp_sessions(agent_alias);
CREATE TABLE acp_messages (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id        INTEGER NOT NULL REFERENCES acp_sessions(id) ON DELETE CASCADE,
    role              TEXT NOT NULL,
    content           TEXT NOT NULL,
    reasoning_content TEXT,
    created_at        TEXT NOT NULL
);
CREATE INDEX idx_acp_messages_session ON acp_messages(session_id, id);
CREATE TABLE acp_tool_calls (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id   INTEGER NOT NULL REFERENCES acp_messages(id) ON DELETE CASCADE,
    tool_call_id TEXT NOT NULL,
    tool_name    TEXT NOT NULL,
    event_kind   TEXT NOT NULL,
    payload      TEXT NOT NULL,
    outcome      TEXT,
    created_at   TEXT NOT NULL
);
CREATE INDEX idx_acp_tool_calls_message ON acp_tool_calls(message_id, id);
CREATE INDEX idx_acp_tool_calls_lookup ON acp_tool_calls(tool_call_id);
CREATE TABLE acp_session_events (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id INTEGER NOT NULL REFERENCES acp_sessions(id) ON DELETE CASCADE,
    action     TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    payload    TEXT,
    created_at TEXT NOT NULL
);
CREATE INDEX idx_acp_session_events_session ON acp_session_events(session_id, id);
COMMIT;
"""


def is_chat_table(columns: Collection[str]) -> bool:
    """Whether the columns of a table `sessions` are those of zeroclaw's messages."""
    return {"id", "session_key", "role", "content", "created_at"} <= set(columns)


def chat_version(names: Collection[str], metadata: Collection[str]) -> str:
    """Which versions of zeroclaw a chat database fits, from its names and metadata columns."""
    if "jsonl_import_receipts" in names:
        return "after v0.8.4"
    if "agent_alias" in metadata:
        return "v0.8.0 to v0.8.4"
    if "sessions_au" in names:
        return "v0.7.4 or a later v0.7"
    if "state" in metadata:
        return "v0.6.5 to v0.7.3"
    return "v0.6.0 to v0.6.4" if "name" in metadata else "v0.5"


def acp_version(sessions: Collection[str]) -> str:
    """Which versions an ACP database fits, from the columns of `acp_sessions`."""
    if "session_uuid" not in sessions:
        return "v0.8.0-beta-1, which no later version can open"
    if "plan_json" in sessions:
        return "v0.8.3 or later"
    return "v0.8.0 to v0.8.2" if "killed_at" in sessions else "v0.8.0-beta-2"
