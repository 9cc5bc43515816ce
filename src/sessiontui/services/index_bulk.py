"""Many texts into the word tables by one statement each, beside the work of other threads.

A statement of SQLite leaves the interpreter free for as long as it runs. One that puts in a row
gives and takes it thousands of times; one that puts in thousands lets a second processor do the
work, while the next texts are read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self

from msgspec import Raw
from msgspec.json import encode

from sessiontui.domain.value import PlainValue
from sessiontui.services.index_schema import TierTables
from sessiontui.services.index_words import cjk_pairs, parts_of_texts


class BulkStep(PlainValue):
    """One statement and its values; values are bytes of JSON."""

    statement: str
    values: tuple[bytes, ...]


class Spelling(PlainValue):
    """A text as a statement takes it: JSON of it and of the parts of its names; its CJK pairs."""

    words: Raw
    pairs: str | None


Spellings = Mapping[str, Spelling]


def spellings(texts: Sequence[str]) -> dict[str, Spelling]:
    """Every text as a statement takes it."""
    parts = parts_of_texts(texts)
    found: dict[str, Spelling] = {}
    for place, text in enumerate(texts):
        beside = parts.get(place)
        encoded = encode(text) if beside is None else encode((text, beside))
        found[text] = Spelling(Raw(encoded), None if text.isascii() else cjk_pairs(text))
    return found


def word_steps(
    tables: TierTables, numbers: Sequence[int], texts: Sequence[str], spelled: Spellings
) -> list[BulkStep]:
    """What puts texts, given with their ids, into a tier's words and pairs.

    Ids ascend: the words of one transaction are gathered in memory only as long as they do. What
    is not `spelled` yet is so now.
    """
    missing = [text for text in texts if text not in spelled]
    if missing:
        spelled = {**spelled, **spellings(missing)}
    words: dict[int, Raw] = {}
    pairs: dict[int, str] = {}
    for number, text in zip(numbers, texts, strict=True):
        spelling = spelled[text]
        words[number] = spelling.words
        if spelling.pairs is not None:
            pairs[number] = spelling.pairs
    steps = []
    if words:
        # A JSON object is walked in its own order.
        statement = (
            f"INSERT INTO {tables.words}(rowid, text, parts) SELECT CAST(key AS INTEGER), "
            "CASE type WHEN 'array' THEN value ->> 0 ELSE value END, "
            "CASE type WHEN 'array' THEN value ->> 1 END FROM json_each(CAST(? AS TEXT))"
        )
        steps.append(BulkStep(statement, (encode(words),)))
    if pairs:
        statement = (
            f"INSERT INTO {tables.pairs}(rowid, pairs) "
            "SELECT CAST(key AS INTEGER), value FROM json_each(CAST(? AS TEXT))"
        )
        steps.append(BulkStep(statement, (encode(pairs),)))
    return steps


class BesideWork:
    """Runs the steps of one transaction on a thread of their own, one list of them at a time.

    The connection belongs to that thread from `run` until `join`. Used as a context: nothing runs
    any more when it is left.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread: threading.Thread | None = None
        self._error: sqlite3.Error | None = None

    def run(self, steps: Iterable[BulkStep], *, commit: bool = False) -> None:
        """Wait for the last steps, and begin with these. Raises what the last ones met."""
        self.join()
        self._thread = threading.Thread(
            target=self._work, args=(list(steps), commit), name="index-words", daemon=True
        )
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether steps are being run."""
        return self._thread is not None and self._thread.is_alive()

    def join(self) -> None:
        """Wait until the steps are done. Raises `sqlite3.Error`."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def _work(self, steps: list[BulkStep], commit: bool) -> None:
        try:
            for step in steps:
                self._connection.execute(step.statement, step.values)
            if commit:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._error = error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.join()
        except sqlite3.Error:
            if error is None:
                raise
