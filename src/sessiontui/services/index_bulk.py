"""Many texts into the word tables by one statement each, beside the work of other threads.

A statement of SQLite leaves the interpreter free for as long as it runs. One that puts in a row
gives and takes it thousands of times; one that puts in thousands lets a second processor do the
work, while the next texts are read.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from msgspec.json import encode

from sessiontui.domain.cjk import has_cjk
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_schema import TierTables
from sessiontui.services.index_words import cjk_pairs, parts_of_texts


class BulkStep(PlainValue):
    """One statement and its values; values are bytes of JSON."""

    statement: str
    values: tuple[bytes, ...]


class Spellings:
    """What stands in the index beside texts, found for many at once: before they have ids."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        # By the object: comparing and hashing long texts would cost more than the rest.
        self._texts = {id(text): text for text in texts}
        of_cjk = [place for place, text in enumerate(texts) if has_cjk(text)]
        parts = parts_of_texts(texts, of_cjk)
        self._parts = {id(texts[place]): found for place, found in parts.items()}
        self._pairs = {id(texts[place]): cjk_pairs(texts[place]) for place in of_cjk}

    def __len__(self) -> int:
        return len(self._texts)

    def all_of(self, texts: Sequence[str]) -> Spellings:
        """These, if they are of all the texts; else new ones."""
        known = self._texts
        return self if all(id(text) in known for text in texts) else Spellings(texts)

    def parts(self, text: str) -> str | None:
        """The parts of its names (`name_parts`), None without any."""
        return self._parts.get(id(text))

    def pairs(self, text: str) -> str | None:
        """Its CJK pairs (`cjk_pairs`), None without any."""
        return self._pairs.get(id(text))


def word_steps(
    tables: TierTables, numbers: Sequence[int], texts: Sequence[str], spelled: Spellings
) -> list[BulkStep]:
    """What puts texts, given with their ids, into a tier's words and pairs.

    Ids ascend: the words of one transaction are gathered in memory only as long as they do. What
    is not `spelled` yet is so now.
    """
    spelled = spelled.all_of(texts)
    words: dict[int, str | tuple[str, str]] = dict(zip(numbers, texts, strict=True))
    pairs: dict[int, str] = {}
    for number, text in zip(numbers, texts, strict=True):
        if (parts := spelled.parts(text)) is not None:
            words[number] = (text, parts)
        if (found := spelled.pairs(text)) is not None:
            pairs[number] = found
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
