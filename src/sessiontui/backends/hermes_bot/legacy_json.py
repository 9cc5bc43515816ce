"""The JSON store of hermes-bot 0.1.0: one object, a session per Slack thread.

Reading is lenient: such a file may be the only place where its sessions still are. Taking it over
into the database is as strict as hermes-bot itself, which refuses the whole file for one bad entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sessiontui.backends.hermes_bot.rows import BotRow
from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.value import JsonValue
from sessiontui.records.rfc3339 import parse_instant
from sessiontui.storage.file_state import FileState
from sessiontui.storage.json_text import JsonRefused, decode_json
from sessiontui.storage.jsonl_file import read_file, read_lines

_TEXTS = ("session_id", "repo", "repo_path", "channel_id", "thread_ts")
_STATUSES = ("active", "error", "stopped")


def read_legacy(path: Path) -> tuple[list[BotRow], FileState]:
    """The rows of a file, and the state it had. Raises `StoreMissing`, `StoreUnreadable`."""
    data, state = read_file(path)
    try:
        value = decode_json(data)
    except JsonRefused as error:
        raise StoreUnreadable(
            f"{path} cannot be understood: {error}", "look for a sound copy, such as the .json.bak"
        ) from error
    if not isinstance(value, dict):
        raise StoreUnreadable(f"{path} is no hermes-bot store", "give the path of another file")
    return [_row(thread, entry) for thread, entry in value.items()], state


def looks_legacy(path: Path) -> bool:
    """Whether a file holds sessions in the form of hermes-bot 0.1.0."""
    first = next(read_lines(path), None)
    if first is None or not first.data.lstrip().startswith(b"{"):
        return False
    data, _ = read_file(path)
    try:
        value = decode_json(data)
    except JsonRefused:
        return False
    return (
        isinstance(value, dict)
        and bool(value)
        and all(isinstance(entry, dict) for entry in value.values())
        and any("session_id" in entry and "repo_path" in entry for entry in value.values())
    )


def _row(thread: str, entry: Any) -> BotRow:
    if not isinstance(entry, dict):
        return BotRow(thread, {"thread_ts": thread, "entry": entry})
    cells: dict[str, JsonValue] = {**entry, "thread_ts": thread}
    if entry.get("thread_ts", thread) != thread:
        cells["inner_thread_ts"] = entry["thread_ts"]
    # What 0.1.0 makes of an old `stopped`, and then cannot read itself.
    if isinstance(entry.get("status"), dict):
        cells["status"] = next(iter(entry["status"].values()), "active")
        cells["stored_status"] = entry["status"]
    return BotRow(thread, cells)


def taken_over(path: Path) -> list[dict[str, JsonValue]]:
    """The rows hermes-bot would make of a file, in the columns of its table.

    Raises `StoreUnreadable` when it would refuse the file, with the first reason.
    """
    data, _ = read_file(path)
    try:
        value = decode_json(data)
    except JsonRefused as error:
        raise _refused(path, str(error)) from error
    if not isinstance(value, dict):
        raise _refused(path, "it is not one object")
    rows = []
    for thread, entry in value.items():
        reason = _why_refused(entry)
        if reason is not None:
            raise _refused(path, f"{reason} in {thread}")
        rows.append(_columns(thread, entry))
    return rows


def _refused(path: Path, reason: str) -> StoreUnreadable:
    return StoreUnreadable(
        f"hermes-bot refuses {path.name}: {reason}", "its sessions can be read here, and exported"
    )


def _why_refused(entry: Any) -> str | None:
    if not isinstance(entry, dict):
        return "no object"
    for name in _TEXTS:
        if not isinstance(entry.get(name), str):
            return f"no {name}"
    if entry.get("agent_kind") != "claude":
        return "an unknown agent_kind"
    if entry.get("status") not in _STATUSES:
        return "an unknown status"
    for name in ("created_at", "last_active"):
        if parse_instant(entry.get(name)) is None:
            return f"a {name} that is no time"
    turns = entry.get("total_turns")
    if isinstance(turns, bool) or not isinstance(turns, int) or not 0 <= turns < 2**32:
        return "a total_turns that is no count"
    if not isinstance(entry.get("model"), str | None):
        return "a model that is no text"
    return None


def _columns(thread: str, entry: Mapping[str, Any]) -> dict[str, JsonValue]:
    return {
        "thread_ts": thread,
        "session_id": entry["session_id"],
        "repo": entry["repo"],
        "repo_path": entry["repo_path"],
        "agent_kind": "claude",
        "channel_id": entry["channel_id"],
        "created_at": _normal(entry["created_at"]),
        "last_active": _normal(entry["last_active"]),
        "status": "error" if entry["status"] == "error" else "active",
        "total_turns": entry["total_turns"],
        "model": entry.get("model"),
    }


def _normal(time: str) -> str:
    instant = parse_instant(time)
    return time if instant is None else instant.text()
