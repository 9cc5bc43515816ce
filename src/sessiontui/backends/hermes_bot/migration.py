"""The bot's own move from its JSON file to its database, with the bot's semantics."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sessiontui.backends.hermes_bot import database
from sessiontui.backends.hermes_bot.legacy_json import taken_over
from sessiontui.domain.errors import ChangedUnderneath, StoreUnreadable
from sessiontui.storage.atomic_file import sync_folder
from sessiontui.storage.sqlite_store import SqliteStore, create_database
from sessiontui.storage.system_errors import store_error


def take_over(legacy: Path, target: Path, dry_run: bool) -> tuple[str, ...]:
    """Import the sessions of a JSON file into a database; returns the threads that came in.

    All or nothing: one bad entry refuses the whole file. Rows that are there already win. The
    file is then renamed to `.json.bak`, in place of an older one. Raises `StoreMissing`,
    `StoreUnreadable`, `StoreBusy`.
    """
    rows = taken_over(legacy)
    store = SqliteStore(target)
    there = target.exists()
    if there and not database.is_bot_table(store.columns("sessions")):
        store.close()
        raise StoreUnreadable(f"{target} is no hermes-bot database", "move it out of the way")
    if dry_run:
        known = {row.key for row in database.read_all(store)} if there else set()
        store.close()
        return tuple(str(row["thread_ts"]) for row in rows if row["thread_ts"] not in known)
    moved: list[str] = []
    try:
        if rows:
            if not there:
                with suppress(ChangedUnderneath):
                    create_database(target, database.SCHEMA)
            with store.write() as connection:
                moved = [
                    str(row["thread_ts"])
                    for row in rows
                    if database.insert_or_ignore(connection, row)
                ]
        legacy.replace(legacy.with_suffix(".json.bak"))
    except OSError as error:
        raise store_error(error, legacy) from error
    finally:
        store.close()
    sync_folder(legacy.parent)
    return tuple(moved)
