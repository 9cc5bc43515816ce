"""Changes of the texts of the index, within one write transaction.

Nothing is written blindly: a batch of text says which cursor it continues from, and is dropped
where the index has gone on meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Self

from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.search import IndexTier
from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_bulk import BulkStep, Spellings, word_steps
from sessiontui.services.index_items import (
    Contents,
    IndexItem,
    contents_of,
    items_of,
    packed,
    split_item,
    unpacked,
)
from sessiontui.services.index_purge import Purge, mark_purge
from sessiontui.services.index_schema import (
    PENDING_BITS,
    SLOT_BITS,
    SLOT_SIZE,
    TABLES,
    TEXT_TIERS,
    Numbering,
    Pending,
)
from sessiontui.services.index_words import cjk_pairs, name_parts

_MANY_CHARACTERS = 1_000_000
"""So much text in one transaction leaves parts that are worth merging."""


_CURSORS = {IndexTier.TEXT: "text_cursor", IndexTier.TOOLS: "tools_cursor"}


class ReadText(PlainValue):
    """Text of a session that was read since `cursor`.

    `fingerprint` is the one the session had when it was asked for: only if the row still has it,
    the session is up to date afterwards. `row` is what reading the text told of the session; it
    replaces the one that is held. `session` None: the row is a new one.
    """

    session: int | None
    cursor: str | None
    read_to: str
    """The cursor up to which it was read."""
    restart: bool
    """The items are those of the whole session."""
    items: Mapping[IndexTier, list[IndexItem]]
    """What is held of the texts, for each tier that is to be brought up to date."""
    contents: Contents
    fingerprint: str
    row: Session | None = None
    is_new: bool = False
    """The session has just got its row: nothing of it is held."""
    more: bool = False
    """There is more to be read: the session is not up to date yet."""

    @classmethod
    def of(
        cls,
        session: int | None,
        cursor: str | None,
        batch: TextBatch,
        tiers: Iterable[IndexTier],
        fingerprint: str,
        row: Session | None = None,
    ) -> Self:
        """What a batch holds for some tiers."""
        items = {tier: items_of(batch.items, tier) for tier in tiers}
        contents = contents_of(batch.items)
        return cls(
            session,
            cursor,
            batch.cursor,
            batch.restart,
            items,
            contents,
            fingerprint,
            row,
            more=batch.more,
        )


class TextWriter:
    """Writes texts; `touched` once anything was changed that can be found."""

    def __init__(self, connection: sqlite3.Connection, numbering: Numbering) -> None:
        self._connection = connection
        self._numbering = numbering
        self._added = 0
        self.touched = False

    def add(self, texts: Iterable[ReadText], spelled: Spellings) -> list[BulkStep]:
        """Add what was read, all but its words; returns the steps that put in those.

        Batches that continue from another cursor are dropped.
        """
        new: dict[IndexTier, list[tuple[int, IndexItem]]] = {tier: [] for tier in TEXT_TIERS}
        for text in texts:
            if text.is_new and text.session is not None:
                for tier, placed in self._take_in_new(text.session, text):
                    new[tier].extend(placed)
                continue
            for tier in text.items:
                new[tier].extend(self._take_in(text, tier))
        steps: list[BulkStep] = []
        for tier, items in new.items():
            steps += self._insert(tier, sorted(items, key=itemgetter(0)), spelled)
        return steps

    def continues(self, text: ReadText) -> bool:
        """Whether the index still is where the text was read from."""
        columns = ", ".join(_CURSORS[tier] for tier in text.items)
        known = self._connection.execute(
            f"SELECT {columns} FROM session WHERE id = ?", (text.session,)
        ).fetchone()
        return known is not None and set(known) == {text.cursor}

    def _take_in_new(
        self, session: int, text: ReadText
    ) -> Iterator[tuple[IndexTier, Iterator[tuple[int, IndexItem]]]]:
        """What `_take_in` does with a session of which nothing can be held."""
        pending = Pending.TEXT | Pending.TOOLS
        cursors: dict[IndexTier, str | None] = dict.fromkeys(_CURSORS)
        for tier in text.items:
            cursors[tier] = text.read_to
            if not text.more:
                pending &= ~PENDING_BITS[tier]
        self._connection.execute(
            f"UPDATE session SET {', '.join(f'{name} = ?' for name in _CURSORS.values())}, "
            "roles = ?, has = ?, pending = ? WHERE id = ?",
            (*cursors.values(), *text.contents, pending, session),
        )
        self.touched = True
        for tier, items in text.items.items():
            yield tier, self._in_slots((), session, tier, items)

    def _take_in(self, text: ReadText, tier: IndexTier) -> Iterator[tuple[int, IndexItem]]:
        known = self._connection.execute(
            f"SELECT {_CURSORS[tier]}, fingerprint FROM session WHERE id = ?",
            (number := text.session,),
        ).fetchone()
        if number is None or known is None or known[0] != text.cursor:
            return
        is_done = known[1] == text.fingerprint and not text.more
        done = PENDING_BITS[tier] if is_done else Pending(0)
        self._connection.execute(
            f"UPDATE session SET {_CURSORS[tier]} = ?, pending = pending & ~? WHERE id = ?",
            (text.read_to, done, number),
        )
        if tier is IndexTier.TEXT:
            self._note_contents(number, text)
        held = self._held_tail(number, tier, text.items[tier], whole=text.restart)
        # The cursor alone is no change that anyone can see.
        self.touched = self.touched or bool(held)
        yield from self._placed(number, tier, held)

    def _note_contents(self, session: int, text: ReadText) -> None:
        roles, has = text.contents
        kept = 0 if text.restart else -1
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
                    mark_purge(self._connection, Purge.BEGIN)
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
        if items:
            yield from self._in_slots(self._ranges(session, tier), session, tier, items)

    def _in_slots(
        self,
        ranges: Sequence[tuple[int, int]],
        session: int,
        tier: IndexTier,
        items: Sequence[IndexItem],
    ) -> Iterator[tuple[int, IndexItem]]:
        """The same, given the ranges of ids that the session has."""
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
        slot = self._numbering.next("slot")
        self._connection.execute(
            "INSERT INTO slot(id, session, tier) VALUES (?, ?, ?)", (slot, session, tier)
        )
        return slot << SLOT_BITS, (slot << SLOT_BITS) + SLOT_SIZE - 1

    def _insert(
        self, tier: IndexTier, items: Sequence[tuple[int, IndexItem]], spelled: Spellings
    ) -> list[BulkStep]:
        tables = TABLES[tier]
        if tier is IndexTier.TOOLS:
            self._connection.executemany(
                f"INSERT INTO {tables.items}(id, place, role, at, body) VALUES (?, ?, ?, ?, ?)",
                [(n, i.place, i.role, i.at, packed(i.text)) for n, i in items],
            )
        else:
            self._connection.executemany(
                f"INSERT INTO {tables.items}(id, place, role, at) VALUES (?, ?, ?, ?)",
                [(n, i.place, i.role, i.at) for n, i in items],
            )
        texts = [item.text for _, item in items]
        self._added += sum(map(len, texts))
        if self._added > _MANY_CHARACTERS:
            mark_purge(self._connection, Purge.WHEN_IDLE)
        return word_steps(tables, [number for number, _ in items], texts, spelled)

    def remove_sessions(self, sessions: Iterable[int]) -> None:
        """Remove all texts of sessions."""
        for session in sessions:
            for tier in TEXT_TIERS:
                for first, last in self._ranges(session, tier):
                    self._remove_range(tier, first, last)
            self._connection.execute("DELETE FROM slot WHERE session = ?", (session,))
        mark_purge(self._connection, Purge.BEGIN)

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


def drop_tools(connection: sqlite3.Connection) -> bool:
    """Remove the whole tier of tool output; returns whether there was any."""
    tables = TABLES[IndexTier.TOOLS]
    held = connection.execute(f"SELECT EXISTS (SELECT 1 FROM {tables.items})").fetchone()[0]
    if not held:
        return False
    connection.execute(f"DELETE FROM {tables.items}")
    for table in (tables.words, tables.pairs):
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('delete-all')")
    connection.execute("DELETE FROM slot WHERE tier = ?", (IndexTier.TOOLS,))
    connection.execute(
        "UPDATE session SET tools_cursor = NULL, pending = pending | ?", (int(Pending.TOOLS),)
    )
    return True


def remove_pairs(
    connection: sqlite3.Connection, table: str, texts: Iterable[tuple[int, str]]
) -> None:
    """Take the CJK pairs of texts, given with their ids, out of a table of pairs."""
    connection.executemany(
        f"INSERT INTO {table}({table}, rowid, pairs) VALUES ('delete', ?, ?)",
        ((n, pairs) for n, text in texts if (pairs := cjk_pairs(text)) is not None),
    )
