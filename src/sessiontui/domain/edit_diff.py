"""Edits that a tool was asked to make, as the lines they take away and add."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from sessiontui.domain.value import JsonValue, PlainValue

_PAIRS = (
    ("old_string", "new_string"),
    ("old_str", "new_str"),
    ("old_text", "new_text"),
    ("oldText", "newText"),
    ("oldString", "newString"),
)
_PATCH_KEYS = ("patch", "diff", "patchText", "input")
_PATCH_STARTS = ("*** Begin Patch", "--- ", "diff --git ", "@@ ", "Index: ")
_MOST_COMPARED = 2_000
"""Lines above which the old and the new text are not compared, only listed."""


class DiffKind(Enum):
    """What a line of a diff is."""

    ADDED = "+"
    REMOVED = "-"
    SAME = " "
    PLACE = "@"


class DiffLine(NamedTuple):
    """One line of a diff, without its sign."""

    kind: DiffKind
    text: str


class EditDiff(PlainValue):
    """What an edit does; `keys` are the arguments that it was read from."""

    lines: tuple[DiffLine, ...]
    keys: frozenset[str]

    @property
    def added(self) -> int:
        """How many lines are added."""
        return sum(line.kind is DiffKind.ADDED for line in self.lines)

    @property
    def removed(self) -> int:
        """How many lines are taken away."""
        return sum(line.kind is DiffKind.REMOVED for line in self.lines)


def edit_of(arguments: JsonValue) -> EditDiff | None:
    """The edit that a tool's arguments describe, or None when they describe none."""
    if isinstance(arguments, str):
        return _patch(arguments, "") if arguments.startswith(_PATCH_STARTS) else None
    if not isinstance(arguments, Mapping):
        return None
    for key in _PATCH_KEYS:
        text = arguments.get(key)
        if isinstance(text, str) and text.startswith(_PATCH_STARTS):
            return _patch(text, key)
    lines = tuple(_replaced(arguments))
    if lines:
        return EditDiff(lines, frozenset(key for pair in _PAIRS for key in pair))
    edits = arguments.get("edits")
    if isinstance(edits, list):
        parts = [tuple(_replaced(edit)) for edit in edits if isinstance(edit, Mapping)]
        if parts and len(parts) == len(edits) and all(parts):
            joined = [
                line
                for number, part in enumerate(parts)
                for line in (*([DiffLine(DiffKind.PLACE, "…")] if number else []), *part)
            ]
            return EditDiff(tuple(joined), frozenset({"edits"}))
    return None


def _replaced(arguments: Mapping[str, JsonValue]) -> Iterator[DiffLine]:
    for old_key, new_key in _PAIRS:
        old, new = arguments.get(old_key), arguments.get(new_key)
        if isinstance(old, str) and isinstance(new, str):
            yield from _compared(old.splitlines(), new.splitlines())
            return


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    if len(old) + len(new) > _MOST_COMPARED:
        yield from (DiffLine(DiffKind.REMOVED, line) for line in old)
        yield from (DiffLine(DiffKind.ADDED, line) for line in new)
        return
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(2)
    for number, group in enumerate(groups):
        if number:
            yield DiffLine(DiffKind.PLACE, "…")
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (DiffLine(DiffKind.SAME, line) for line in old[old_start:old_end])
                continue
            yield from (DiffLine(DiffKind.REMOVED, line) for line in old[old_start:old_end])
            yield from (DiffLine(DiffKind.ADDED, line) for line in new[new_start:new_end])


def _patch(text: str, key: str) -> EditDiff:
    lines = []
    for line in text.splitlines():
        if line.startswith(("+++", "---", "@@", "***", "diff ", "index ", "Index: ")):
            lines.append(DiffLine(DiffKind.PLACE, line))
        elif line[:1] in "+-" and line:
            lines.append(DiffLine(DiffKind(line[0]), line[1:]))
        else:
            lines.append(DiffLine(DiffKind.SAME, line.removeprefix(" ")))
    return EditDiff(tuple(lines), frozenset({key}))
