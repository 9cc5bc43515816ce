"""Changes of the search index: stores and sessions, within one write transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

from sessiontui.domain.session import Session
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_bulk import BesideWork, BulkStep, Spellings, word_steps
from sessiontui.services.index_drivers import Drivers
from sessiontui.services.index_rows import VALUE_COLUMNS, session_values
from sessiontui.services.index_schema import (
    TITLES,
    Numbering,
    Pending,
    counter,
    merge_beside_writing,
    set_counter,
)
from sessiontui.services.index_texts import ReadText, TextWriter, remove_pairs
from sessiontui.services.index_words import exact, storable


class _Put(PlainValue):
    """What putting a row came to; `is_pending`: the texts are to be read by that."""

    number: int
    is_new: bool
    is_pending: bool


class IndexChange:
    """One write transaction on the index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.generation = counter(connection, "generation") + 1
        self._touched = False
        self._numbering = Numbering(connection)
        self._texts = TextWriter(connection, self._numbering)
        self._drivers = Drivers(connection)
        self._titles: dict[int, str] = {}
        """New titles by session, not written yet."""
        self.appeared: set[str] = set()
        self.changed: set[str] = set()
        """Keys of the sessions that came, and of those whose rows or texts changed."""

    def finish(self) -> None:
        """Raise the generation if something was changed; the last thing to do, and done once."""
        if not self._connection.in_transaction:
            return
        self._numbering.write()
        self._touched |= self._drivers.settle(self.generation)
        if self._touched or self._texts.touched:
            set_counter(self._connection, "generation", self.generation)

    def merge_beside_writing(self, *, merge: bool) -> None:
        """Whether words are merged beside writing; without, writing much is quicker."""
        merge_beside_writing(self._connection, merge=merge)

    def beside(self) -> BesideWork:
        """A thread for the steps that `begin_texts` returns."""
        return BesideWork(self._connection)

    # -- stores ----------------------------------------------------------------------------

    def set_store(self, store: str, stamp: str | None, problem: str | None) -> None:
        """Note how a store was found; a stamp only when everything in it is indexed."""
        self._connection.execute(
            "INSERT INTO store(id, stamp, problem) VALUES (?, ?, ?) "
            "ON CONFLICT(id) DO UPDATE SET stamp = excluded.stamp, problem = excluded.problem "
            "WHERE stamp IS NOT excluded.stamp OR problem IS NOT excluded.problem",
            (store, stamp, problem),
        )

    def _unstamp(self, stores: Iterable[str]) -> None:
        self._connection.executemany(
            "UPDATE store SET stamp = NULL WHERE id = ? AND stamp IS NOT NULL",
            [(store,) for store in stores],
        )

    # -- sessions --------------------------------------------------------------------------

    def put_sessions(self, sessions: Sequence[tuple[Session, str]]) -> None:
        """Add or replace the rows of sessions, each with the fingerprint it was read at.

        Where the fingerprint is another one, the texts are pending afterwards.
        """
        self._unstamp(
            {
                session.ref.store
                for session, fingerprint in sessions
                if self._put_session(session, fingerprint).is_pending
            }
        )
        for step in self._title_steps():
            self._connection.execute(step.statement, step.values)

    def _put_session(self, session: Session, fingerprint: str) -> _Put:
        """Put one row, all but its title's words."""
        values = session_values(session)
        key = (values["store"], values["key"])
        known = self._connection.execute(
            f"SELECT id, fingerprint, {', '.join(VALUE_COLUMNS)} FROM session "
            "WHERE store = ? AND key = ?",
            key,
        ).fetchone()
        row = tuple(values[name] for name in VALUE_COLUMNS)
        if known is None:
            number = self._numbering.next("session")
            self._connection.execute(
                f"INSERT INTO session(id, {', '.join(VALUE_COLUMNS)}, roles, has, fingerprint, "
                f"pending, changed) VALUES (?, {', '.join('?' * len(row))}, 0, 0, ?, ?, ?)",
                (number, *row, fingerprint, Pending.TEXT | Pending.TOOLS, self.generation),
            )
            self._titles[number] = storable(session.display_title)
            self._drivers.ask((values["native_id"],))
            self.appeared.add(session.ref.key)
            self._touched = True
            return _Put(number, is_new=True, is_pending=True)
        number, old_fingerprint, *old_row = known
        if old_fingerprint == fingerprint and tuple(old_row) == row:
            return _Put(number, is_new=False, is_pending=False)
        pending = 0 if old_fingerprint == fingerprint else Pending.TEXT | Pending.TOOLS
        self._connection.execute(
            f"UPDATE session SET {', '.join(f'{name} = ?' for name in VALUE_COLUMNS)}, "
            "fingerprint = ?, pending = pending | ?, changed = ? WHERE id = ?",
            (*row, fingerprint, pending, self.generation, number),
        )
        old = dict(zip(VALUE_COLUMNS, old_row, strict=True))
        if old["title"] != values["title"]:
            self._remove_titles([number])
            self._titles[number] = storable(session.display_title)
        self._drivers.ask({old["native_id"]} ^ {values["native_id"]})
        self.changed.add(session.ref.key)
        self._touched = True
        return _Put(number, is_new=False, is_pending=bool(pending))

    def _title_steps(self) -> list[BulkStep]:
        """What puts in the new titles."""
        titles, self._titles = sorted(self._titles.items()), {}
        numbers, texts = [number for number, _ in titles], [title for _, title in titles]
        return word_steps(TITLES, numbers, texts, Spellings())

    def _remove_titles(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            found = self._connection.execute(
                f"SELECT text FROM {TITLES.words} WHERE rowid = ?", (number,)
            ).fetchone()
            if found is not None:
                remove_pairs(self._connection, TITLES.pairs, [(number, found[0])])
            self._connection.execute(f"DELETE FROM {TITLES.words} WHERE rowid = ?", (number,))

    def remove_sessions(self, store: str, keys: Collection[str]) -> None:
        """Remove sessions with everything that is held of them."""
        found = [
            row
            for key in keys
            for row in self._connection.execute(
                "SELECT id, native_id FROM session WHERE store = ? AND key = ?", (store, exact(key))
            )
        ]
        if not found:
            return
        numbers = [number for number, _ in found]
        self._drivers.ask(native_id for _, native_id in found)
        self._unstamp((store,))
        self._remove_titles(numbers)
        self._texts.remove_sessions(numbers)
        self._connection.executemany(
            "DELETE FROM session WHERE id = ?", [(number,) for number in numbers]
        )
        self._touched = True

    def begin_texts(self, texts: Sequence[ReadText], spelled: Spellings) -> list[BulkStep]:
        """Add what was read, all but its words: they are found after the steps returned were made.

        Batches that continue from another cursor are dropped. What is in `spelled` need not be
        prepared any more.
        """
        with_rows = [self._with_row(text) for text in texts]
        return [*self._title_steps(), *self._texts.add(with_rows, spelled)]

    def _with_row(self, text: ReadText) -> ReadText:
        """Put the row that a text brings; the text, of the session that has that row."""
        if text.row is None or not (text.session is None or self._texts.continues(text)):
            return text
        put = self._put_session(text.row, text.fingerprint)
        if put.is_pending:
            self._unstamp((text.row.ref.store,))
        return text.replace(session=put.number, is_new=put.is_new)
