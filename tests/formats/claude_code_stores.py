"""Small stores of Claude Code; all texts are our own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from tests.formats.claude_code_lines import Made, answer, encoded, prompt

SHOP = "-home-kim-shop"
TALK: tuple[Made, ...] = (prompt(1, None, "why is the kettle slow"), answer(2, 1, "limescale"))


def session_key(number: int) -> str:
    """The id of a session."""
    return str(uuid.UUID(int=number, version=4))


FIRST, SECOND, THIRD = (session_key(number) for number in (101, 102, 103))


class ClaudeFolder:
    """Claude Code's folder in a home."""

    def __init__(self, home: Path) -> None:
        self.root = home / ".claude"
        self.projects = self.root / "projects"
        self.projects.mkdir(parents=True)

    def open(self) -> ClaudeCode:
        """The store, as a fresh process sees it."""
        return ClaudeCode.open(self.root)

    def write(
        self,
        key: str = FIRST,
        records: Sequence[Made | bytes] = TALK,
        *,
        folder: str = SHOP,
        at: float | None = None,
    ) -> Path:
        """A transcript, last written at a time."""
        path = self.projects / folder / f"{key}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encoded(records))
        if at is not None:
            os.utime(path, (at, at))
        return path

    def side_file(self, key: str, name: str, content: bytes = b"{}\n") -> Path:
        """A file in the folder beside a transcript."""
        path = self.projects / SHOP / key / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


def append(path: Path, *records: Made | bytes) -> None:
    """Write on, as the owner does."""
    with path.open("ab") as file:
        file.write(encoded(records))


class Work:
    """What is done to files meanwhile: bytes read, files opened, folders listed."""

    def __init__(self) -> None:
        self.bytes = self.opened = self.listed = 0


def counted(monkeypatch: pytest.MonkeyPatch) -> Work:
    """Count from now on."""
    work = Work()
    readv, pread, opened, scandir = os.readv, os.pread, os.open, os.scandir

    def counting_readv(descriptor: int, buffers: Sequence[memoryview]) -> int:
        count = readv(descriptor, buffers)
        work.bytes += count
        return count

    def counting_pread(descriptor: int, length: int, offset: int) -> bytes:
        found = pread(descriptor, length, offset)
        work.bytes += len(found)
        return found

    def counting_open(path: str, flags: int, mode: int = 0o777) -> int:
        work.opened += 1
        return opened(path, flags, mode)

    def counting_scandir(path: str) -> object:
        work.listed += 1
        return scandir(path)

    for name, function in (
        ("readv", counting_readv),
        ("pread", counting_pread),
        ("open", counting_open),
        ("scandir", counting_scandir),
    ):
        monkeypatch.setattr(os, name, function)
    return work


def refusing(refused: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let the system refuse what is below a path; also where everything is permitted."""

    def guarded(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def refuse(path: object, *arguments: object, **named: object) -> object:
            if isinstance(path, str | Path) and Path(path).is_relative_to(refused):
                raise PermissionError(13, "Permission denied", str(path))
            result: object = real(path, *arguments, **named)
            return result

        return refuse

    for name in names:
        monkeypatch.setattr(os, name, guarded(name))
