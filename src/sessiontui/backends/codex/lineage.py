"""What comes before a rollout's own records: the beginning of other rollouts, up to a byte.

A fork copies nothing. Its history stands in the rollout it was forked from, and is lost or spoiled
when that one is removed or rewritten.
"""

from __future__ import annotations

import re
from pathlib import Path

from sessiontui.backends.codex.content import Content, Contents
from sessiontui.backends.codex.tree import RolloutFile, RolloutTree
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.value import PlainValue
from sessiontui.records.codex_lines import Meta, record_of
from sessiontui.records.codex_state import HistoryBase, origin_of

_MOST_SEGMENTS = 64
_LINE_WINDOW = 1 << 16
_LONGEST_FIRST_LINE = 1 << 24
_ORDINAL = re.compile(rb'\{"timestamp":"[^"\\]*","ordinal":([0-9]{1,15}),')
_MARK = b'"history_base"'


class Segment(PlainValue):
    """The beginning of a rollout, up to a byte; `tail` is a digest of the last of it."""

    rollout: str
    path: Path
    end: int
    tail: str

    @property
    def identity(self) -> tuple[str, int, str]:
        """What makes it the same again, wherever the rollout lies by then."""
        return self.rollout, self.end, self.tail


class Lineage(PlainValue):
    """What comes before, oldest first; `gap` says why it does not begin at the beginning."""

    segments: tuple[Segment, ...] = ()
    gap: str | None = None

    @property
    def identity(self) -> tuple[list[tuple[str, int, str]], bool]:
        """What makes it the same again."""
        return [segment.identity for segment in self.segments], self.gap is not None


NOTHING_BEFORE = Lineage()


def lineage_of(
    base: HistoryBase | None, own: RolloutFile, tree: RolloutTree, contents: Contents
) -> Lineage:
    """Find what comes before a rollout that says so in its first line."""
    segments: list[Segment] = []
    seen = {own.rollout}
    while base is not None:
        name = base.rollout.lower()
        if name in seen or len(segments) >= _MOST_SEGMENTS:
            return _broken(segments, "its history leads back to itself")
        seen.add(name)
        try:
            parent = tree.rollout(name)
            if parent is None or parent.kind is not None:
                return _broken(segments, "the session that it goes on from is not there any more")
            with contents.open(parent.path) as content:
                if not _still_holds(content, base):
                    told = "the session that it goes on from is not what it was any more"
                    return _broken(segments, told)
                segment = Segment(name, parent.path, base.end, content.tail(base.end))
                segments.append(segment)
                base = base_in(content)
        except SessionTuiError as error:
            return _broken(segments, f"the session that it goes on from: {error.title}")
    return Lineage(tuple(reversed(segments)))


def base_in(content: Content, first: bytes | None = None) -> HistoryBase | None:
    """What a rollout says of its history in its first line; `first` is its first block."""
    block = content.at(0, _LINE_WINDOW) if first is None else first
    end = block.find(b"\n")
    if end < 0 and len(block) >= _LINE_WINDOW:
        block = content.at(0, _LONGEST_FIRST_LINE)
        end = block.find(b"\n")
    line = block if end < 0 else block[:end]
    if _MARK not in line:
        return None
    body = record_of(line).body
    return origin_of(body).base if isinstance(body, Meta) else None


def _broken(segments: list[Segment], reason: str) -> Lineage:
    return Lineage(tuple(reversed(segments)), f"{reason}: what was said before is missing")


def _still_holds(content: Content, base: HistoryBase) -> bool:
    """Whether a rollout still has the records that a fork of it begins with."""
    end = base.end
    if content.size < end or (end and content.at(end - 1, 1) != b"\n"):
        return False
    start = max(0, end - _LINE_WINDOW)
    _, found, line = content.at(start, end - 1 - start).rpartition(b"\n")
    last = _ORDINAL.match(line) if found or not start else None
    return last is None or base.ordinals < 0 or int(last[1]) < base.ordinals
