"""A store in memory: the reference implementation, for tests and for trying things out.

It keeps plain values and does what the protocol says, nothing more. A store lives as long as its
process; two backends opened at one root share it.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import msgspec

from sessiontui.domain.backend import (
    ClearOnly,
    ClearScope,
    Footprint,
    FootprintPart,
    Place,
    SessionBackend,
    Snapshot,
    SnapshotScope,
    Surroundings,
)
from sessiontui.domain.errors import ChangedUnderneath, SessionMissing
from sessiontui.domain.indexed_text import TextBatch, texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState, TitleSource
from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.domain.value import Value

_NOT_HERE = "a store in memory keeps nothing that this would concern"


_numbers = itertools.count(1)


class _Held(Value):
    """One session as it is held; replaced as a whole by every change.

    Every message has a number that is never given again: it tells what was written after a
    snapshot from what was in it and cut since.
    """

    session: Session
    messages: tuple[Message, ...]
    numbers: tuple[int, ...] = ()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(_written(self)).hexdigest()[:16]


class _Saved(Value):
    """The payload of a snapshot: messages with later numbers were written since."""

    held: _Held
    next_number: int


class Memory(SessionBackend):
    """Sessions held by this process."""

    format: ClassVar[str] = "memory"
    title: ClassVar[str] = "memory"
    capabilities: ClassVar[Capabilities] = Capabilities(
        supported=frozenset(Capability)
        - {Capability.SEARCH, Capability.COMPACT, Capability.MIGRATE, Capability.RESUME},
        why_not={
            Capability.SEARCH: "a store in memory has no search of its own",
            Capability.COMPACT: "a store in memory has no damaged lines",
            Capability.MIGRATE: _NOT_HERE,
            Capability.RESUME: _NOT_HERE,
        },
    )
    _shared: ClassVar[dict[Path, dict[str, _Held]]] = {}
    _lock: ClassVar[threading.RLock] = threading.RLock()

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held = self._shared.setdefault(root, {})

    @classmethod
    def open(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def create(cls, root: Path) -> Self:
        return cls(root)

    @classmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        return ()

    @classmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        return (path,) if path in cls._shared else ()

    def close(self) -> None:
        """Nothing is open."""

    @property
    def root(self) -> Path:
        return self._root

    def info(self) -> StoreInfo:
        return StoreInfo(
            id=self.store_id,
            format=self.format,
            title=self.title,
            root=self._root,
            available=True,
            writable=True,
            capabilities=self.capabilities,
            session_count=len(self._held),
        )

    def stamp(self) -> str:
        with self._lock:
            joined = "".join(f"{key}\0{held.fingerprint}\0" for key, held in self._held.items())
        return hashlib.sha256(joined.encode("utf-8", "surrogateescape")).hexdigest()

    def fingerprints(self) -> Iterator[tuple[str, str]]:
        with self._lock:
            found = [(key, held.fingerprint) for key, held in self._held.items()]
        yield from found

    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        with self._lock:
            found = [self._session(h) for k, h in self._held.items() if keys is None or k in keys]
        yield from found

    def _session(self, held: _Held) -> Session:
        first = next((m for m in held.messages if m.human), None)
        derived = next((b.text for b in first.blocks if b.kind == "text"), None) if first else None
        last = held.messages[-1] if held.messages else None
        return held.session.replace(
            title=held.session.title or (derived.strip()[:200] if derived else None),
            title_source=TitleSource.STORE if held.session.title else TitleSource.DERIVED,
            message_count=len(held.messages),
            turn_open=_turn_open(held.session.state, last),
            size_bytes=sum(len(_written(message)) for message in held.messages),
            fingerprint=held.fingerprint,
        )

    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        held = self._held.get(key)
        yield from held.messages[start:stop] if held else ()

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        held = self._held.get(key)
        messages = held.messages if held else ()
        count, _, digest = (cursor or "0:").partition(":")
        read = messages[: int(count)]
        grown = cursor is not None and len(read) == int(count) and _digest(read) == digest
        fresh = messages[int(count) :] if grown else messages
        return TextBatch(
            list(texts_of(fresh)), f"{len(messages)}:{_digest(messages)}", restart=not grown
        )

    def footprint(self, key: str) -> Footprint:
        session = self._known(key)
        size = self._session(session).size_bytes or 0
        return Footprint((FootprintPart("messages in memory", None, size),))

    def append(self, key: str, message: Message) -> None:
        now = datetime.now(UTC)
        with self._lock:
            held = self._held.get(key)
            if held is None:
                ref = SessionRef(self.store_id, key)
                held = _Held(
                    session=Session(ref=ref, format=self.format, created_at=now), messages=()
                )
            fresh = message.replace(index=len(held.messages))
            session = held.session.replace(last_activity=fresh.created_at or now)
            self._held[key] = _Held(
                session=session,
                messages=(*held.messages, fresh),
                numbers=(*held.numbers, next(_numbers)),
            )

    def remove_last(self, key: str) -> bool:
        with self._lock:
            held = self._held.get(key)
            if held is None or not held.messages:
                return False
            shortened = {"messages": held.messages[:-1], "numbers": held.numbers[:-1]}
            self._held[key] = held.replace(**shortened)
            return True

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        scope = scope or ClearScope()
        with self._lock:
            if key not in self._held:
                return 0
            held = self._known(key, expect)
            kept: list[tuple[Message, int]] = []
            touched = 0
            for message, number in zip(held.messages, held.numbers, strict=True):
                if scope.before is not None and message.index >= scope.before:
                    kept.append((message, number))
                elif scope.only is None:
                    touched += 1
                else:
                    wanted = "tool_result" if scope.only is ClearOnly.TOOL_OUTPUT else "media"
                    blocks = tuple(b for b in message.blocks if b.kind != wanted)
                    touched += len(blocks) != len(message.blocks)
                    if blocks:
                        kept.append((message.replace(blocks=blocks), number))
            if touched:
                self._held[key] = _renumbered(held, kept)
            return touched

    def delete(self, key: str, expect: str | None = None) -> bool:
        with self._lock:
            if key not in self._held:
                return False
            self._known(key, expect)
            del self._held[key]
            return True

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        with self._lock:
            held = self._known(key, expect)
            update: dict[str, Any] = {**changes}
            if "title" in update:
                update["title"] = update["title"] or None
            if "state" in update:
                update["state"] = update["state"] or SessionState.IDLE
                running = update["state"] is SessionState.RUNNING
                update["turn_started_at"] = datetime.now(UTC) if running else None
                if not running and "turn_id" not in update:
                    update["turn_id"] = None
            session = held.session.replace(**update)
            self._held[key] = held.replace(session=session)

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        ref = SessionRef(self.store_id, session.ref.key)
        numbered = tuple(m.replace(index=i) for i, m in enumerate(messages))
        title = session.title if session.title_source is TitleSource.STORE else None
        stored = session.replace(ref=ref, format=self.format, title=title, fingerprint="")
        with self._lock:
            numbers = tuple(next(_numbers) for _ in numbered)
            self._held[ref.key] = _Held(session=stored, messages=numbered, numbers=numbers)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        with self._lock:
            held = self._known(key)
            saved = _Saved(held=held, next_number=max((0, *held.numbers)) + 1)
        return Snapshot(
            key=key,
            format=self.format,
            scope=scope,
            taken_at=datetime.now(UTC),
            fingerprint=held.fingerprint,
            payload=_written(saved),
        )

    def restore(self, snapshot: Snapshot) -> None:
        saved = msgspec.json.decode(snapshot.payload, type=_Saved, dec_hook=_path)
        held = saved.held
        with self._lock:
            current = self._held.get(snapshot.key)
            if current is not None:
                together = list(zip(current.messages, current.numbers, strict=True))
                if snapshot.scope is SnapshotScope.EVERYTHING:
                    later = [(m, number) for m, number in together if number >= saved.next_number]
                    together = [*zip(held.messages, held.numbers, strict=True), *later]
                held = _renumbered(held, together)
            self._held[snapshot.key] = held

    def _known(self, key: str, expect: str | None = None) -> _Held:
        held = self._held.get(key)
        ref = SessionRef(self.store_id, key)
        if held is None:
            raise SessionMissing(f"no session {key}", "refresh the list", ref)
        if expect is not None and held.fingerprint != expect:
            raise ChangedUnderneath("the session has changed since it was read", "look again", ref)
        return held


def _renumbered(held: _Held, messages: Iterable[tuple[Message, int]]) -> _Held:
    kept = list(messages)
    return held.replace(
        messages=tuple(m.replace(index=i) for i, (m, _) in enumerate(kept)),
        numbers=tuple(number for _, number in kept),
    )


def _turn_open(state: SessionState, last: Message | None) -> bool | None:
    # A store that keeps the state of every turn is not asked again by its tail.
    if state is not SessionState.UNKNOWN:
        return None
    return last is not None and last.human


def _digest(messages: tuple[Message, ...]) -> str:
    return hashlib.sha256(b"\n".join(map(_written, messages))).hexdigest()[:16]


def _written(value: Value) -> bytes:
    return msgspec.json.encode(value, enc_hook=str)


def _path(kind: type, value: Any) -> Any:
    return kind(value)
