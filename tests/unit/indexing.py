"""Stores in memory with an index over them, for tests; counts what a sync asks of a store."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from copy import copy
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sessiontui.backends.memory import Memory
from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionTuiError, StoreMissing
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.indexed_text import TextBatch
from sessiontui.domain.message import Block, Message, Role, TextBlock
from sessiontui.domain.query import Query, SortKey
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.search import HitPage
from sessiontui.domain.session import RowPage, Session, SessionRef, TitleSource
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.index_pass import SearchLimits
from sessiontui.services.index_sync import IndexSync
from sessiontui.services.local_titles import LocalTitle
from sessiontui.services.search_index import SearchIndex

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class CountedStore(Memory):
    """A store in memory that counts what is asked of it, and fails where it is told to."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.calls: Counter[str] = Counter()
        self.keys_read: list[str] = []
        self.fail_stamp: SessionTuiError | None = None
        self.fail_fingerprints: SessionTuiError | None = None
        self.fail_scan_after: int | None = None
        self.fail_texts: dict[str, SessionTuiError] = {}

    def stamp(self) -> str:
        self.calls["stamp"] += 1
        if self.fail_stamp is not None:
            raise self.fail_stamp
        return super().stamp()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        self.calls["fingerprints"] += 1
        for number, item in enumerate(super().fingerprints()):
            if self.fail_fingerprints is not None and number:
                raise self.fail_fingerprints
            yield item

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        self.calls["scan"] += 1
        for number, session in enumerate(super().scan(keys)):
            if self.fail_scan_after is not None and number >= self.fail_scan_after:
                raise SessionTuiError("the scan broke")
            yield session

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        self.calls["text_since"] += 1
        self.keys_read.append(key)
        if key in self.fail_texts:
            raise self.fail_texts[key]
        return super().text_since(key, cursor)

    def forget_calls(self) -> None:
        """Count from here."""
        self.calls.clear()
        self.keys_read.clear()


class OpenStores(Catalogue):
    """A catalogue of stores that are already open."""

    def __init__(self, *stores: SessionBackend) -> None:
        self.open_stores = {store.store_id: store for store in stores}

    @property
    def backends(self) -> tuple[SessionBackend, ...]:
        return tuple(self.open_stores.values())

    def backend(self, store_id: str) -> SessionBackend:
        if store_id not in self.open_stores:
            raise StoreMissing(f"no store {store_id} is open")
        return self.open_stores[store_id]


class FixedTitles:
    """Local titles in memory."""

    def __init__(self) -> None:
        self.held: dict[SessionRef, LocalTitle] = {}

    def all(self) -> Mapping[SessionRef, LocalTitle]:
        return self.held

    def overlay(self, session: Session) -> Session:
        local = self.held.get(session.ref)
        if local is None or not local.fits(session):
            return session
        return session.replace(title=local.title, title_source=TitleSource.LOCAL)


class Indexed:
    """One store, its index, and short ways to ask."""

    def __init__(self, folder: Path, limits: SearchLimits | None = None) -> None:
        self.store = CountedStore(folder / "store")
        self.catalogue = OpenStores(self.store)
        self.titles = FixedTitles()
        self.clock: Callable[[], float] = lambda: 0.0
        self.index = SearchIndex(folder / "cache", limits, self._now)
        self.whole = True
        """Ask for whole answers; else for first rows, for which there is all time in the world."""
        self.sync = IndexSync(self.catalogue, self.index, self.titles)

    def reopened(self, limits: SearchLimits) -> Indexed:
        """The same store and index, searched with other limits."""
        other = copy(self)
        other.index = SearchIndex(self.index.database.path.parent, limits, other._now)
        return other

    def put(
        self,
        key: str,
        *said: str | Block | Message,
        title: str | None = None,
        age: timedelta = DAY,
        **fields: Any,
    ) -> None:
        """Write a session of messages that take turns, the last one `age` old."""
        put_session(self.store, key, said, title, age, fields)

    def rows(self, query: Query | str = "", **changes: Any) -> RowPage:
        """The rows of a query, which may be typed; best first while searching."""
        wanted = typed(query, **changes)
        now = NOW.timestamp()
        return self.index.rows(wanted, self.store_ids, now, 600.0, whole=self.whole)

    def found(self, query: Query | str = "", **changes: Any) -> list[str]:
        """The keys of the rows, in their order."""
        return [row.ref.key for row in self.rows(query, **changes).rows]

    def hits(self, query: Query | str, hits_per_session: int = 3, **changes: Any) -> HitPage:
        """The hits of a query."""
        wanted = typed(query, **changes)
        return self.index.hits(wanted, self.store_ids, NOW.timestamp(), 600.0, hits_per_session)

    def _now(self) -> float:
        return self.clock()

    @property
    def store_ids(self) -> tuple[str, ...]:
        """The ids of the open stores."""
        return tuple(self.catalogue.open_stores)


def typed(query: Query | str, **changes: Any) -> Query:
    """A query as it is typed, in the order of the search box."""
    if isinstance(query, str):
        parsed = parse_query(query, NOW)
        sort = SortKey.RELEVANCE if parsed.searches_text else SortKey.ACTIVITY
        query = parsed.replace(sort=sort)
    return query.replace(**changes)


def put_session(
    store: Memory,
    key: str,
    said: Iterable[str | Block | Message],
    title: str | None = None,
    age: timedelta = DAY,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Write a session whose messages take turns, a minute apart; the last one is `age` old."""
    given = list(said)
    messages = []
    for number, item in enumerate(given):
        at = NOW - age - timedelta(minutes=len(given) - 1 - number)
        messages.append(_message(item, number, at))
    last = messages[-1].created_at if messages else NOW - age
    values: dict[str, Any] = {
        "ref": SessionRef(store.store_id, key),
        "format": store.format,
        "title": title,
        "title_source": TitleSource.STORE if title else TitleSource.DERIVED,
        "created_at": messages[0].created_at if messages else last,
        "last_activity": last,
        **(fields or {}),
    }
    store.put(Session(**values), messages)


def _message(item: str | Block | Message, number: int, at: datetime) -> Message:
    if isinstance(item, Message):
        return item
    role = Role.USER if number % 2 == 0 else Role.ASSISTANT
    block = TextBlock(text=item) if isinstance(item, str) else item
    return Message(index=number, role=role, human=role is Role.USER, blocks=(block,), created_at=at)


WAYS = ("whole", "settled", "asked")
"""The ways in which sessions are found: by reading everything, or for the first rows: by reading
all that is said of a word, or by asking sessions one after the other."""

_LIMITS = {
    "whole": SearchLimits(),
    "settled": SearchLimits(small=0, few=0),
    "asked": SearchLimits(small=0, few=0, texts=0),
}


def in_a_way(folder: Path, way: str) -> Indexed:
    """An index that finds sessions in one of `WAYS`."""
    indexed = Indexed(folder, _LIMITS[way])
    indexed.whole = way == "whole"
    return indexed


def kitchen_of(indexed: Indexed) -> Indexed:
    """The same with four sessions about a kitchen, newest first: tea, oven, kettle, sink."""
    indexed.put("sink", "the sink leaks", "tighten the nut", age=timedelta(days=4))
    indexed.put("kettle", "why is the kettle slow", "limescale: descale it", age=timedelta(days=3))
    indexed.put("oven", "clean the oven", "use a paste", title="Oven and kettle", age=timedelta(2))
    indexed.put("tea", "brew tea", "boil the kettle, then wait", "how long?", age=timedelta(1))
    indexed.sync.run()
    return indexed


def three_sessions(folder: Path) -> Indexed:
    """Three sessions, indexed; calls are counted from here."""
    indexed = Indexed(folder)
    for number, key in enumerate(("first", "second", "third"), 1):
        indexed.put(key, f"about {key}", "kettle", age=timedelta(days=number))
    indexed.sync.run()
    indexed.store.forget_calls()
    return indexed


def keys_by_kind(events: list[StoreEvent]) -> dict[str, set[str]]:
    """What catching up found, by kind."""
    return {event.kind.value: set(event.keys) for event in events}


def spoil(path: Path, table: str) -> None:
    """Damage the page of a database file in which a table begins."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(content)


def ticking(step: float) -> Callable[[], float]:
    """A clock that goes on by so many seconds each time it is looked at."""
    ticks = count()
    return lambda: step * next(ticks)
