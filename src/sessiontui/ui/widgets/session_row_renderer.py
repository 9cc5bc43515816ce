"""Paints one row of the session list: pure, values in and a strip out.

Every piece of text passes `printable` here, and is painted as segments, never as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import NamedTuple

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sessiontui.domain.printable import printable, printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.words import age_words
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.session_groups import Group
from sessiontui.ui.widgets.term_marks import TermFinder

_NOTHING = TermFinder()
LEFT = 4
"""Cells before the title: bar, space, mark, space."""
_TITLE_LEAST = 24
_SNIPPET_INDENT = 6

_ONE_LINE = {9: " ", 10: " ", 13: " "}


class Column(NamedTuple):
    """A column right of the title; `width` counts the gap on its left."""

    name: str
    width: int


_AGE = Column("age", 5)
_HITS = Column("hits", 6)
_PLACE = Column("place", 11)
_FORMAT = Column("format", 10)
_MESSAGES = Column("messages", 8)


class ColumnPlan(NamedTuple):
    """How wide the title is, and which columns follow it, left to right."""

    title: int
    columns: tuple[Column, ...]


def plan_columns(width: int, *, searching: bool) -> ColumnPlan:
    """Share out the width: titles get room first, then the columns that say most.

    Shown left to right in the order hits, place, format, messages, age.
    """
    wanted = (_AGE, _HITS, _PLACE, _FORMAT, _MESSAGES) if searching else _PLAIN
    room = width - LEFT - _TITLE_LEAST - 1
    taken: set[str] = set()
    for column in wanted:
        if column.width > room:
            break
        taken.add(column.name)
        room -= column.width
    shown = tuple(column for column in _ORDER if column.name in taken)
    title = max(1, width - LEFT - 1 - sum(column.width for column in shown))
    return ColumnPlan(title, shown)


_PLAIN = (_AGE, _PLACE, _FORMAT, _MESSAGES)
_ORDER = (_HITS, _PLACE, _FORMAT, _MESSAGES, _AGE)


def place_of(row: SessionRow) -> str:
    """Where a session belongs, by what says most: its folder, its agent or its channel."""
    if row.workspace:
        return PurePath(row.workspace).name or row.workspace
    return row.agent or row.channel or ""


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """Text cut or padded to exactly `width` cells."""
    size = cell_len(text)
    if size <= width:
        return text + " " * (width - size)
    if width <= 0:
        return ""
    kept = chop_cells(text, width - 1)[0] if width > 1 else ""
    return kept.rstrip() + ellipsis + " " * (width - 1 - cell_len(kept.rstrip()))


def fit_right(text: str, width: int, ellipsis: str = "…") -> str:
    """The same, with the padding on the left."""
    fitted = fit(text, width, ellipsis)
    bare = fitted.rstrip(" ")
    return " " * (width - cell_len(bare)) + bare


class RowStyles(NamedTuple):
    """The styles of the list, looked up once per repaint."""

    base: Style
    selected: Style
    selected_blurred: Style
    bar: Style
    bar_blurred: Style
    title: Style
    dim: Style
    hits: Style
    place: Style
    match: Style
    question: Style
    warning: Style
    statuses: Mapping[str, Style]
    day: Style


class RowPainter:
    """Paints rows and headings for one width and one set of styles."""

    def __init__(
        self,
        width: int,
        styles: RowStyles,
        marks: Marks,
        now: float,
        *,
        searching: bool,
        finder: TermFinder = _NOTHING,
    ) -> None:
        self._width = width
        self._styles = styles
        self._marks = marks
        self._now = now
        self._plan = plan_columns(width, searching=searching)
        self._finder = finder

    def heading(self, group: Group) -> Strip:
        """A group's title and how many rows it has."""
        styles = self._styles
        tone = styles.statuses.get(group.tone, styles.day)
        return self._line(
            [
                Segment(f" {group.title}", tone + Style(bold=True)),
                Segment(f" {group.size:,}", styles.dim),
            ],
            styles.base,
        )

    def row(self, row: SessionRow, *, selected: bool, focused: bool) -> Strip:
        """The first line of a row."""
        styles = self._styles
        title_style = styles.title + Style(bold=True) if selected else styles.title
        segments = [
            *self._margin(selected=selected, focused=focused),
            Segment(
                self._marks.statuses.get(row.status, "?") + " ",
                styles.statuses.get(row.status, styles.dim),
            ),
            *self._title(row, title_style),
        ]
        segments += [self._cell(column, row) for column in self._plan.columns]
        return self._line(segments, self._background(selected=selected, focused=focused))

    def snippet(self, row: SessionRow, *, selected: bool, focused: bool) -> Strip:
        """The second line of a row while searching: the best hit in its sentence."""
        segments = [
            *self._margin(selected=selected, focused=focused),
            Segment(" " * (_SNIPPET_INDENT - 2), self._styles.dim),
        ]
        room = self._width - _SNIPPET_INDENT - 1
        if row.snippet and not (row.message_index is None and self._shows_title(row)):
            segments += self._highlighted(row.snippet, row.matches, room)
        else:
            segments.append(Segment(fit(self._instead_of_snippet(row), room), self._styles.dim))
        return self._line(segments, self._background(selected=selected, focused=focused))

    def question(self, text: str) -> list[Strip]:
        """A question in the place of a row, over as many lines as it needs."""
        style = self._styles.question
        room = max(1, self._width - LEFT - 1)
        strips = []
        for number, line in enumerate(wrap_cells(printable_line(text), room)):
            lead = f"{self._marks.bar} ? " if number == 0 else f"{self._marks.bar}   "
            segments = [Segment(lead, style + Style(bold=True)), Segment(line, style)]
            strips.append(self._line(segments, style))
        return strips

    def notice(self, title: str, hints: tuple[str, ...]) -> list[Strip]:
        """What an empty list says: a title, and hints below it."""
        room = max(1, min(60, self._width - 4))
        margin = " " * max(0, (self._width - room) // 2)
        bold = self._styles.title + Style(bold=True)
        lines = [(line, bold) for line in wrap_cells(printable_line(title), room)]
        for hint in hints:
            lines.append(("", self._styles.dim))
            wrapped = wrap_cells(printable_line(hint), room)
            lines += [(line, self._styles.dim) for line in wrapped]
        return [
            self._line([Segment(margin + line, style)], self._styles.base) for line, style in lines
        ]

    # -- pieces ----------------------------------------------------------------------------

    def _background(self, *, selected: bool, focused: bool) -> Style:
        if not selected:
            return self._styles.base
        return self._styles.selected if focused else self._styles.selected_blurred

    def _margin(self, *, selected: bool, focused: bool) -> Iterable[Segment]:
        if not selected:
            yield Segment("  ", self._styles.base)
            return
        bar = self._styles.bar if focused else self._styles.bar_blurred
        yield Segment(self._marks.bar + " ", bar)

    def _title(self, row: SessionRow, style: Style) -> Iterable[Segment]:
        width = self._plan.title
        title = printable_line(row.title, 4 * width + 8)
        notes = [
            (sign, tone)
            for sign, tone in (
                (self._marks.titles.get(row.title_source), self._styles.dim),
                (self._marks.damaged if row.problem else None, self._styles.warning),
            )
            if sign
        ]
        room = width - sum(cell_len(sign) + 1 for sign, _ in notes)
        matches = tuple(self._finder.spans(title))
        if cell_len(title) > room:
            title = fit(title, room, self._marks.ellipsis).rstrip()
            shown = len(title) - len(self._marks.ellipsis)
            matches = tuple((start, min(end, shown)) for start, end in matches)
        for text, is_match in split_matches(title, matches):
            yield Segment(text, style + self._styles.match if is_match else style)
        for sign, tone in notes:
            yield Segment(f" {sign}", tone)
        used = cell_len(title) + sum(cell_len(sign) + 1 for sign, _ in notes)
        yield Segment(" " * max(0, width - used), style)

    def _cell(self, column: Column, row: SessionRow) -> Segment:
        styles = self._styles
        width = column.width
        match column.name:
            case "age":
                at = row.last_activity
                text = "" if at is None else age_words(self._now - at)
                return Segment(fit_right(text, width), styles.dim)
            case "hits":
                more = "" if row.hit_count_exact else "+"
                text = f"{row.hit_count:,}{more}" if row.hit_count else ""
                return Segment(fit_right(text, width), styles.hits)
            case "place":
                text = printable_line(place_of(row), 60)
                return Segment(" " + fit_right(text, width - 1, self._marks.ellipsis), styles.place)
            case "format":
                text = fit(short_format(row.format), width - 2, self._marks.ellipsis)
                return Segment("  " + text, styles.dim)
            case _:
                text = "" if row.message_count is None else f"{row.message_count:,}"
                return Segment(fit_right(text, width), styles.dim)

    def _highlighted(
        self, snippet: str, matches: tuple[tuple[int, int], ...], room: int
    ) -> Iterable[Segment]:
        styles = self._styles
        pieces = [
            (printable(text).translate(_ONE_LINE), is_match)
            for text, is_match in split_matches(snippet, matches)
        ]
        before = sum(cell_len(text) for text, is_match in _until_match(pieces))
        first = next((cell_len(text) for text, is_match in pieces if is_match), 0)
        skip = max(0, min(before, before + first + 6 - room))
        strip = Strip(
            Segment(text, styles.match if is_match else styles.dim) for text, is_match in pieces
        )
        length = strip.cell_length
        if skip:
            strip = Strip(
                [
                    Segment(self._marks.ellipsis, styles.dim),
                    *strip.crop(min(skip + 1, length), length),
                ]
            )
        if strip.cell_length > room:
            cut = strip.crop(0, max(0, room - 1))
            strip = Strip([*cut, Segment(self._marks.ellipsis, styles.dim)])
        yield from strip

    def _shows_title(self, row: SessionRow) -> bool:
        """Whether the whole title stands in the row, where matches in it are marked."""
        return cell_len(printable_line(row.title, 4 * self._plan.title)) <= self._plan.title - 4

    def _instead_of_snippet(self, row: SessionRow) -> str:
        where = row.workspace or str(row.ref)
        return printable_line(where, 200)

    def _line(self, segments: Iterable[Segment], background: Style) -> Strip:
        painted = [
            Segment(text, background + style if style else background)
            for text, style, _ in segments
            if text
        ]
        return Strip(painted).adjust_cell_length(self._width, background)


def short_format(name: str) -> str:
    """A format's name as the list shows it."""
    return _SHORT.get(name, name)


_SHORT = {
    "zeroclaw-sqlite": "zeroclaw",
    "zeroclaw-jsonl": "zc jsonl",
    "zeroclaw-acp": "zc acp",
    "hermes-bot": "hermes",
}


def split_matches(snippet: str, matches: tuple[tuple[int, int], ...]) -> Iterable[tuple[str, bool]]:
    """The snippet in pieces: (text, whether it is a match). Offsets out of range are ignored."""
    at = 0
    for first, last in sorted(matches):
        start, end = max(first, at), min(last, len(snippet))
        if start >= end:
            continue
        if start > at:
            yield snippet[at:start], False
        yield snippet[start:end], True
        at = end
    if at < len(snippet):
        yield snippet[at:], False


def _until_match(pieces: list[tuple[str, bool]]) -> Iterable[tuple[str, bool]]:
    for piece in pieces:
        if piece[1]:
            return
        yield piece


def wrap_cells(text: str, width: int) -> list[str]:
    """The words of printable text in lines of at most `width` cells; a longer word is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [*lines, line] if line or not lines else lines
