"""Runs the command line, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from sessiontui.cli.root import program
from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.message import (
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionRef, SessionState, TitleSource
from sessiontui.services.backend_registry import backend_class
from tests.building import text_message
from tests.cli.schemas import check


class Outcome(NamedTuple):
    """How a run ended."""

    code: int
    stdout: str
    stderr: str

    def json(self, kind: str) -> dict[str, Any]:
        """The one object on stdout, proved to be of a kind."""
        return check(json.loads(self.stdout), kind)

    @property
    def lines(self) -> list[str]:
        """The lines of stdout."""
        return self.stdout.splitlines()


def run(*words: str, answer: str | None = None, env: Mapping[str, str] | None = None) -> Outcome:
    """Run in this process; stdin holds `answer` and is no terminal."""
    result = CliRunner().invoke(program, list(words), input=answer, env=dict(env or {}))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def command_words(*words: str) -> list[str]:
    """The words that start the program in a process of its own."""
    return [sys.executable, "-m", "sessiontui", *words]


def run_process(*words: str, **variables: str) -> Outcome:
    """Run in a process of its own, whose stdin is empty."""
    done = subprocess.run(
        command_words(*words),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **variables},
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


class SampleStore:
    """A store in memory with known sessions, newest first: trip, index, log, empty."""

    def __init__(self, folder: Path) -> None:
        self.backend: SessionBackend = backend_class("memory").create(folder)
        self.now = datetime.now(UTC)
        self.option = f"--store=memory:{folder}"
        self.put(
            "trip-2026",
            "Trip to Oslo",
            timedelta(hours=1),
            text_message(Role.USER, "plan two days in Oslo"),
            text_message(Role.ASSISTANT, "museum first, harbour after lunch"),
            agent="scout",
            workspace=Path("/home/demo/trips"),
        )
        self.put(
            "index-night",
            None,
            timedelta(hours=5),
            text_message(Role.USER, "index the archive"),
            state=SessionState.RUNNING,
            turn_id="t1",
            turn_started_at=self.now - timedelta(hours=5),
            channel="telegram.home",
        )
        self.put(
            "log",
            "What the log says",
            timedelta(days=3),
            text_message(Role.USER, "\x1b[31mprint the log [/b] é 東京"),
            Message(
                index=1,
                role=Role.ASSISTANT,
                blocks=(
                    TextBlock(text="reading"),
                    ToolCallBlock(call_id="c1", name="shell", arguments={"command": "cat log"}),
                ),
            ),
            Message(
                index=2,
                role=Role.TOOL,
                blocks=(
                    ToolResultBlock(call_id="c1", text="walrus\n" * 40, is_error=False),
                    MediaBlock(media_type="image/png", name="log.png", size_bytes=2000),
                ),
            ),
            agent="coder",
            state=SessionState.ERROR,
        )
        self.put("empty", "Nothing yet", timedelta(days=30), state=SessionState.IDLE)

    def put(
        self, key: str, title: str | None, age: timedelta, *messages: Message, **fields: object
    ) -> None:
        """Put a session in."""
        values: dict[str, Any] = {
            "ref": SessionRef(self.backend.store_id, key),
            "format": "memory",
            "title": title,
            "title_source": TitleSource.STORE if title else TitleSource.DERIVED,
            "created_at": self.now - age - timedelta(minutes=5),
            "last_activity": self.now - age,
            "state": SessionState.IDLE,
            **fields,
        }
        self.backend.put(Session(**values), messages)

    def ref(self, key: str) -> str:
        """The ref of a session."""
        return str(SessionRef(self.backend.store_id, key))

    def run(self, *words: str, answer: str | None = None) -> Outcome:
        """Run a command on this store."""
        return run(self.option, *words, answer=answer)

    def title(self, key: str) -> str | None:
        """The title that the store has now."""
        session = self.backend.get(key)
        return None if session is None else session.title

    def count(self, key: str) -> int:
        """How many messages the store has now."""
        return len(list(self.backend.messages(key)))
