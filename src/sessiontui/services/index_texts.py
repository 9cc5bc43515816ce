"""Changes of the texts of the index, within one write transaction.

Nothing is written blindly: a batch of text says which cursor it continues from, and is dropped
where the index has gone on meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_items import (
    IndexItem,
    contents_of,
    items_of,
    packed,
    split_item,
    unpacked,
)
from sessiontui.services.index_schema import (
    PENDING_BITS,
    SLOT_BITS,
    SLOT_SIZE,
    TABLES,
    TEXT_TIERS,
    TITLES,
    Pending,
    counter,
    set_counter,
)
from sessiontui.services.index_words import cjk_pairs, name_parts

_PURGED_PAGES = 64
"""Pages written by one step."""

_CURSORS = {IndexTier.TEXT: "text_cursor", IndexTier.TOOLS: "tools_cursor"}


class ReadText(NamedTuple):
    """Text of a session that was read since `cursor`, for some tiers.

    `fingerprint` is the one the session had when it was asked for: only if the row still has it,
    the session is up to date afterwards.
    """

    session: int
    cursor: str | None
    batch: TextBatch
    tiers: tuple[IndexTier, ...]
    fingerprint: str


class TextWriter:
    """Writes texts; `touched` once anything was changed that can be found."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.touched = False

    def add(self, texts: Iterable[ReadText]) -> None:
        """Add what was read; batches that continue from another cursor are dropped."""
        new: dict[IndexTier, list[tuple[int, IndexItem]]] = {tier: [] for tier in TEXT_TIERS}
        for text in texts:
            for tier in text.tiers:
                new[tier].extend(self._take_in(text, tier))
        for tier, items in new.items():
            # The words of one transaction are gathered in memory as long as ids ascend.
            self._insert(tier, sorted(items, key=lambda item: item[0]))

    def _take_in(self, text: ReadText, tier: IndexTier) -> Iterator[tuple[int, IndexItem]]:
        known = self._connection.execute(
            f"SELECT {_CURSORS[tier]}, fingerprint FROM session WHERE id = ?", (text.session,)
        ).fetchone()
        if known is None or known[0] != text.cursor:
            return
        batch = text.batch
        done = PENDING_BITS[tier] if known[1] == text.fingerprint else Pending(0)
        self._connection.execute(
            f"UPDATE session SET {_CURSORS[tier]} = ?, pending = pending & ~? WHERE id = ?",
            (batch.cursor, done, text.session),
        )
        if tier is IndexTier.TEXT:
            self._note_contents(text.session, batch)
        items = list(items_of(batch.items, tier))
        held = self._held_tail(text.session, tier, items, whole=batch.restart)
        # The cursor alone is no change that anyone can see.
        self.touched = self.touched or bool(held)
        yield from self._placed(text.session, tier, held)

    def _note_contents(self, session: int, batch: TextBatch) -> None:
        roles, has = contents_of(batch.items)
        kept = 0 if batch.restart else -1
        updated = self._connection.execute(
            "UPDATE session SET roles = (roles & ?1) | ?2, has = (has & ?1) | ?3 "
            "WHERE id = ?4 AND (roles != (roles & ?1) | ?2 OR has != (has & ?1) | ?3)",
            (kept, roles, has, session),
        )
        self.touched = self.touched or updated.rowcount > 0

    def _held_tail(
        self, session: int, tier: IndexTier, items: list[IndexItem], *, whole: bool
    ) -> list[IndexItem]:
        """What has to be inserted, after removing what it replaces.

        With `whole`, the items are the whole session again: what is equal from the beginning on
        stays. Otherwise they follow what is held, and may go on with its last message.
        """
        if whole:
            same = 0
            for number, held in self._held(session, tier):
                if same < len(items) and held == items[same]:
                    same += 1
                    continue
                if self._remove_from(session, tier, number) > len(items) - same:
                    self._mark_for_purge()
                break
            return items[same:]
        if not items:
            return items
        last = next(self._held(session, tier, newest=True), None)
        if last is None or last[1].place != items[0].place:
            return items
        number, held = last
        self._remove_from(session, tier, number)
        joined = f"{held.text}\n{items[0].text}"
        return [*split_item(held._replace(text=joined)), *items[1:]]

    def _held(
        self, session: int, tier: IndexTier, *, newest: bool = False
    ) -> Iterator[tuple[int, IndexItem]]:
        tables = TABLES[tier]
        order = "DESC" if newest else "ASC"
        ranges = self._ranges(session, tier)
        for first, last in reversed(ranges) if newest else ranges:
            if tier is IndexTier.TOOLS:
                rows = self._connection.execute(
                    f"SELECT id, place, role, at, body FROM {tables.items} "
                    f"WHERE id BETWEEN ? AND ? ORDER BY id {order}",
                    (first, last),
                )
            else:
                rows = self._connection.execute(
                    f"SELECT i.id, i.place, i.role, i.at, w.text FROM {tables.items} AS i "
                    f"JOIN {tables.words} AS w ON w.rowid = i.id "
                    f"WHERE i.id BETWEEN ? AND ? ORDER BY i.id {order}",
                    (first, last),
                )
            for number, place, role, at, held in rows:
                text = unpacked(held) if tier is IndexTier.TOOLS else held
                yield number, IndexItem(place, role, at, text)

    def _ranges(self, session: int, tier: IndexTier) -> list[tuple[int, int]]:
        slots = self._connection.execute(
            "SELECT id FROM slot WHERE session = ? AND tier = ? ORDER BY id", (session, tier)
        )
        return [(slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1) for (slot,) in slots]

    def _placed(
        self, session: int, tier: IndexTier, items: Sequence[IndexItem]
    ) -> Iterator[tuple[int, IndexItem]]:
        """The items with their ids: after the newest of the session, in new slots where needed."""
        if not items:
            return
        ranges = self._ranges(session, tier)
        free = end = used = 0
        for first, last in ranges:
            (newest,) = self._connection.execute(
                f"SELECT max(id) FROM {TABLES[tier].items} WHERE id BETWEEN ? AND ?", (first, last)
            ).fetchone()
            if newest is None:
                break
            free, end, used = newest + 1, last + 1, used + 1
        # Slots that were emptied are used again, in their order.
        spare = iter(ranges[used:])
        for item in items:
            if free >= end:
                first, last = next(spare, None) or self._new_slot(session, tier)
                free, end = first, last + 1
            yield free, item
            free += 1

    def _new_slot(self, session: int, tier: IndexTier) -> tuple[int, int]:
        slot = counter(self._connection, "slot") + 1
        set_counter(self._connection, "slot", slot)
        self._connection.execute(
            "INSERT INTO slot(id, session, tier) VALUES (?, ?, ?)", (slot, session, tier)
        )
        return slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1

    def _insert(self, tier: IndexTier, items: Sequence[tuple[int, IndexItem]]) -> None:
        tables = TABLES[tier]
        execute = self._connection.executemany
        if tier is IndexTier.TOOLS:
            execute(
                f"INSERT INTO {tables.items}(id, place, role, at, body) VALUES (?, ?, ?, ?, ?)",
                ((n, i.place, i.role, i.at, packed(i.text)) for n, i in items),
            )
        else:
            execute(
                f"INSERT INTO {tables.items}(id, place, role, at) VALUES (?, ?, ?, ?)",
                ((n, i.place, i.role, i.at) for n, i in items),
            )
        execute(
            f"INSERT INTO {tables.words}(rowid, text, parts) VALUES (?, ?, ?)",
            ((n, i.text, name_parts(i.text)) for n, i in items),
        )
        execute(
            f"INSERT INTO {tables.pairs}(rowid, pairs) VALUES (?, ?)",
            ((n, pairs) for n, i in items if (pairs := cjk_pairs(i.text)) is not None),
        )

    def remove_sessions(self, sessions: Iterable[int]) -> None:
        """Remove all texts of sessions."""
        for session in sessions:
            for tier in TEXT_TIERS:
                for first, last in self._ranges(session, tier):
                    self._remove_range(tier, first, last)
            self._connection.execute("DELETE FROM slot WHERE session = ?", (session,))
        self._mark_for_purge()

    def _remove_from(self, session: int, tier: IndexTier, number: int) -> int:
        self.touched = True
        return sum(
            self._remove_range(tier, max(first, number), last)
            for first, last in self._ranges(session, tier)
            if last >= number
        )

    def _remove_range(self, tier: IndexTier, first: int, last: int) -> int:
        tables = TABLES[tier]
        execute = self._connection.execute
        if tier is IndexTier.TOOLS:
            texts: list[tuple[int, str]] = [
                (number, unpacked(body))
                for number, body in execute(
                    f"SELECT id, body FROM {tables.items} WHERE id BETWEEN ? AND ?", (first, last)
                )
            ]
            self._connection.executemany(
                f"INSERT INTO {tables.words}({tables.words}, rowid, text, parts) "
                "VALUES ('delete', ?, ?, ?)",
                ((number, text, name_parts(text)) for number, text in texts),
            )
        else:
            texts = execute(
                f"SELECT rowid, text FROM {tables.words} WHERE rowid BETWEEN ? AND ?", (first, last)
            ).fetchall()
            execute(f"DELETE FROM {tables.words} WHERE rowid BETWEEN ? AND ?", (first, last))
        remove_pairs(self._connection, tables.pairs, texts)
        removed = execute(f"DELETE FROM {tables.items} WHERE id BETWEEN ? AND ?", (first, last))
        return removed.rowcount

    def _mark_for_purge(self) -> None:
        set_counter(self._connection, "purge", 1)


def purge_step(connection: sqlite3.Connection) -> bool:
    """Clear words of deleted texts out of the word tables, a bit at a time; False when done.

    A deleted text goes at once, but its words stay in the tables, marked as deleted, until the
    parts they stand in are merged.
    """
    state = counter(connection, "purge")
    if not state:
        return False
    # A negative number begins anew with all parts, a positive one goes on.
    pages = -_PURGED_PAGES if state == 1 else _PURGED_PAGES
    before = connection.total_changes
    tables = [table for held in (TITLES, *TABLES.values()) for table in (held.words, held.pairs)]
    for table in tables:
        connection.execute(f"INSERT INTO {table}({table}, rank) VALUES ('merge', ?)", (pages,))
    # Each statement counts as a change, and as more when it has merged something.
    more = state == 1 or connection.total_changes - before >= 2 * len(tables)
    set_counter(connection, "purge", 2 if more else 0)
    return more


def remove_pairs(
    connection: sqlite3.Connection, table: str, texts: Iterable[tuple[int, str]]
) -> None:
    """Take the CJK pairs of texts, given with their ids, out of a table of pairs."""
    connection.executemany(
        f"INSERT INTO {table}({table}, rowid, pairs) VALUES ('delete', ?, ?)",
        ((n, pairs) for n, text in texts if (pairs := cjk_pairs(text)) is not None),
    )
