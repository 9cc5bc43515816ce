"""The bytes of a rollout, from a plain file or from a compressed one."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sessiontui.backends.codex.tree import COMPRESSED
from sessiontui.domain.value import PlainValue
from sessiontui.storage.file_state import FileState
from sessiontui.storage.jsonl_file import open_regular
from sessiontui.storage.system_errors import store_error

_BLOCK = 1 << 17
_TAIL = 128
"""How many bytes before a place are compared before reading on from there."""
_HELD_BYTES = 64 << 20
_HEAD_BLOCK = 1 << 16
_COMPRESSED_BLOCK = 1 << 14
"""Small: nobody knows how much comes out of it."""
_MOST_BYTES = 1 << 31


class Content:
    """An open rollout: so many bytes, readable from anywhere."""

    def __init__(self, path: Path, state: FileState, descriptor: int, held: _Held | None) -> None:
        self.path = path
        self.state = state
        """The file as it was when it was opened."""
        self._descriptor = descriptor
        self._data = None if held is None else held.data
        self.problem = None if held is None else held.problem
        """What could not be decompressed."""
        self.size = state.size if held is None else len(held.data)

    def at(self, offset: int, length: int) -> bytes:
        """The bytes at a place; fewer where the file ends before."""
        if self._data is not None:
            return self._data[offset : offset + length]
        pieces = []
        while length > 0:
            try:
                piece = os.pread(self._descriptor, length, offset)
            except OSError as error:
                raise store_error(error, self.path) from error
            if not piece:
                break
            pieces.append(piece)
            offset, length = offset + len(piece), length - len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def blocks(self, start: int, end: int | None = None) -> Iterator[bytes]:
        """The bytes from a place on, in blocks, to the end of the file or to another place."""
        while end is None or start < end:
            wanted = _BLOCK if end is None else min(_BLOCK, end - start)
            block = self.at(start, wanted)
            if block:
                yield block
            start += len(block)
            if len(block) < wanted:
                return

    def tail(self, end: int) -> str:
        """A digest of the bytes before a place: a file that was rewritten gives itself away."""
        start = max(0, end - _TAIL)
        return hashlib.blake2b(self.at(start, end - start), digest_size=6).hexdigest()


class _Held(PlainValue):
    state: FileState
    data: bytes
    problem: str | None


class Contents:
    """Opens rollouts; the compressed ones opened last are kept as they are when read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[Path, _Held] = OrderedDict()

    @contextmanager
    def open(self, path: Path) -> Iterator[Content]:
        """A rollout, opened for reading. Raises `StoreMissing`, `StoreUnreadable`."""
        with open_regular(path) as (descriptor, state):
            held = None
            if path.name.endswith(COMPRESSED):
                held = self._decompressed(path, descriptor, state)
            yield Content(path, state, descriptor, held)

    def beginning(self, path: Path) -> Iterator[bytes]:
        """The first blocks of a rollout, as far as they are wanted; raises as `open`."""
        with open_regular(path) as (descriptor, state):
            content = Content(path, state, descriptor, None)
            if path.name.endswith(COMPRESSED):
                yield from (block for block, _ in _decoded(content))
            else:
                for start in range(0, state.size, _HEAD_BLOCK):
                    yield content.at(start, _HEAD_BLOCK)

    def clear(self) -> None:
        """Let go of everything that is held."""
        with self._lock:
            self._held.clear()

    def _decompressed(self, path: Path, descriptor: int, state: FileState) -> _Held:
        with self._lock:
            held = self._held.pop(path, None)
            if held is None or held.state != state:
                pieces = []
                problem = None
                for piece, told in _decoded(Content(path, state, descriptor, None)):
                    pieces.append(piece)
                    problem = told
                held = _Held(state, b"".join(pieces), problem)
            self._held[path] = held
            total = sum(len(each.data) for each in self._held.values())
            while total > _HELD_BYTES and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                total -= len(dropped.data)
            return held


def _decoded(content: Content) -> Iterator[tuple[bytes, str | None]]:
    """What a compressed file holds, piece by piece, with what is wrong at the end of it."""
    import zstandard  # noqa: PLC0415  25 ms that most stores do not need

    decompressor = zstandard.ZstdDecompressor()
    frame = decompressor.decompressobj()
    total, within = 0, False
    for start in range(0, content.size, _COMPRESSED_BLOCK):
        data = content.at(start, _COMPRESSED_BLOCK)
        while data:
            try:
                piece = frame.decompress(data)
            except zstandard.ZstdError as error:
                yield b"", f"it cannot be decompressed to the end: {error}"
                return
            yield piece, None
            total += len(piece)
            if total > _MOST_BYTES:
                yield b"", "it is too large to be decompressed"
                return
            within, data = not frame.eof, frame.unused_data if frame.eof else b""
            if frame.eof:
                frame = decompressor.decompressobj()
    if within:
        yield b"", "its compressed file ends in the middle"
