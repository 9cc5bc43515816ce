"""Marks of sessions: one sign per status, distinct without colour."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping

from sessiontui.domain.session import TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import VerdictStatus


class Marks(PlainValue):
    """The signs in use. `titles` are those of titles that a person gave.

    `marked` stands before a session that a person marked. `tree` stands before what is below
    another session: one of several, the last one, and the levels above it, the same two.
    """

    statuses: Mapping[str, str]
    titles: Mapping[str, str]
    damaged: str
    bar: str
    ellipsis: str
    marked: str
    tree: tuple[str, str, str, str]


SIGNS = Marks(
    statuses={
        VerdictStatus.RUNNING: "●",
        VerdictStatus.WAITING: "◐",
        VerdictStatus.STUCK: "▲",
        VerdictStatus.ERROR: "✗",
        VerdictStatus.INTERRUPTED: "◌",
        VerdictStatus.IDLE: "○",
        VerdictStatus.UNKNOWN: "·",
        VerdictStatus.GONE: "†",
    },
    titles={TitleSource.STORE: "✎", TitleSource.LOCAL: "⌂"},
    damaged="!",
    bar="▌",
    ellipsis="…",
    marked="✓",
    tree=("├ ", "└ ", "│ ", "  "),
)

LETTERS = Marks(
    statuses={
        VerdictStatus.RUNNING: "R",
        VerdictStatus.WAITING: "W",
        VerdictStatus.STUCK: "S",
        VerdictStatus.ERROR: "F",
        VerdictStatus.INTERRUPTED: "I",
        VerdictStatus.IDLE: "o",
        VerdictStatus.UNKNOWN: ".",
        VerdictStatus.GONE: "+",
    },
    titles={TitleSource.STORE: "*", TitleSource.LOCAL: "~"},
    damaged="!",
    bar="|",
    ellipsis=".",
    marked="x",
    tree=("|-", "`-", "| ", "  "),
)


def marks_for(variables: Mapping[str, str] | None = None, encoding: str | None = None) -> Marks:
    """Signs, or letters for terminals that have no such signs (the Linux console, not UTF-8)."""
    variables = os.environ if variables is None else variables
    encoding = encoding or locale.getpreferredencoding(do_setlocale=False)
    if variables.get("TERM") in {"linux", "dumb", "vt100"}:
        return LETTERS
    return SIGNS if encoding.lower().replace("-", "") == "utf8" else LETTERS
