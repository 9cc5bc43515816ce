"""A program that owns sessions and writes to them without pause, as zeroclaw does.

It uses nothing of sessiontui. Arguments: a JSONL file or `-`, a SQLite store or `-`, the session
key in that store, and the pause between two messages in seconds; after a burst it rests longer. It
writes until its standard input ends, then prints how many messages it has written to each.
"""

from __future__ import annotations

import json
import select
import sqlite3
import sys
from datetime import UTC, datetime

COUNT = (
    "INSERT INTO session_metadata (session_key, created_at, last_activity, message_count) "
    "VALUES (?1, ?2, ?2, 1) ON CONFLICT (session_key) DO UPDATE SET "
    "last_activity = excluded.last_activity, message_count = message_count + 1"
)
ADD = "INSERT INTO sessions (session_key, role, content, created_at) VALUES (?, 'user', ?, ?)"


def main(lines: str, database: str, key: str, pause: float) -> None:
    """Write one message after the other."""
    connection = None
    if database != "-":
        connection = sqlite3.connect(database, isolation_level=None, timeout=5)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    print("writing", flush=True)
    number = 0
    while not select.select([sys.stdin], [], [], pause if number % 6 else 15 * pause)[0]:
        if lines != "-":
            record = json.dumps({"role": "user", "content": f"message {number}"})
            with open(lines, "a", encoding="utf-8") as file:  # noqa: PTH123
                file.write(record + "\n")
        if connection is not None:
            now = datetime.now(UTC).isoformat()
            connection.execute(ADD, (key, f"message {number}", now))
            connection.execute(COUNT, (key, now))
        number += 1
    if connection is not None:
        connection.close()
    print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4]))
