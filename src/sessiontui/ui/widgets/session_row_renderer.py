"""Paints one row of the session list: pure, values in and a strip out.

Every piece of text passes `printable` here, and is painted as segments, never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from sessiontui.domain.printable import printable, printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import age_words, count_words
from sessiontui.ui.list_order import Density
from sessiontui.ui.marks import Marks
from sessiontui.ui.widgets.arrangement import Arrangement
from sessiontui.ui.widgets.cell_text import fit, fit_right, split_matches, wrap_cells
from sessiontui.ui.widgets.column_plan import (
    LEFT,
    Column,
    place_of,
    plan_columns,
    short_format,
    size_text,
)
from sessiontui.ui.widgets.families import Kin, later
from sessiontui.ui.widgets.look_alikes import BETWEEN, is_unnamed
from sessiontui.ui.widgets.session_groups import Group
from sessiontui.ui.widgets.term_marks import TermFinder

_NOTHING = TermFinder()
_SECOND_LINE_INDENT = 6
_DEEPEST_SHOWN = 4
_LEAST_NOTE, _MOST_NOTE = 6, 28
_FACTS_ON_SECOND_LINE = ("branch", "place", "model", "format", "messages", "size")

_NOT_BESIDE_HITS = ("messages", "size")
"""Numbers that could be taken for the number of hits."""

_ONE_LINE = {9: " ", 10: " ", 13: " "}


class RowStyles(PlainValue):
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
    marked: Style
    new: Style


class Look(NamedTuple):
    """What the state of the list makes of a row."""

    selected: bool = False
    focused: bool = False
    marked: bool = False
    new: bool = False


class RowPainter:
    """Paints rows and headings for one width, one set of styles and one list."""

    def __init__(
        self,
        width: int,
        styles: RowStyles,
        marks: Marks,
        now: float,
        *,
        arrangement: Arrangement,
        searching: bool = False,
        finder: TermFinder = _NOTHING,
        density: Density = Density.COMPACT,
        group_key: Callable[[int], str] = str,
    ) -> None:
        self._width = width
        self._styles = styles
        self._marks = marks
        self._now = now
        self._arrangement = arrangement
        self._finder = finder
        self._group_key = group_key
        roomy = density is Density.COMFORTABLE and not searching
        without = _FACTS_ON_SECOND_LINE if roomy else _NOT_BESIDE_HITS if searching else ("hits",)
        self._plan = plan_columns(width, arrangement.needs, without=without)

    def heading(self, group: Group) -> Strip:
        """A group's title, how many sessions it has, and the key that leads there."""
        styles = self._styles
        tone = styles.statuses.get(group.tone, styles.new if group.tone == "new" else styles.day)
        count = f" {group.size + group.folded:,}"
        key = "" if group.number is None else self._group_key(group.number)
        key = f"[{key}] " if key else ""
        room = max(1, self._width - len(count) - len(key) - 2)
        title = printable_line(group.title, 4 * room)
        if cell_len(title) > room:
            title = fit(title, room, self._marks.ellipsis)
        left = f" {title}"
        gap = self._width - cell_len(left) - len(count) - len(key)
        return self._line(
            [
                Segment(left, tone + Style(bold=True)),
                Segment(count, styles.dim),
                Segment(" " * max(0, gap), styles.base),
                Segment(key if gap >= 0 else "", styles.dim),
            ],
            styles.base,
        )

    def row(self, row: SessionRow, look: Look) -> Strip:
        """The first line of a row."""
        styles = self._styles
        kin = self._arrangement.kin(row)
        bold = Style(bold=True) if look.selected or look.new else Style()
        segments = [
            *self._margin(look),
            Segment(self._tree(kin), styles.dim),
            Segment(
                self._marks.statuses.get(row.status, "?") + " ",
                styles.statuses.get(row.status, styles.dim),
            ),
            *self._title(row, kin, styles.title + bold),
        ]
        segments += [self._cell(column, row, kin) for column in self._plan.columns]
        return self._line(segments, self._background(look))

    def second_line(self, row: SessionRow, look: Look) -> Strip:
        """The second line of a row: the best hit in its sentence, or the most telling facts."""
        indent = _SECOND_LINE_INDENT
        if not row.hit_count:
            kin = self._arrangement.kin(row)
            indent = min(LEFT + _indent(kin), self._width)
        segments = [*self._margin(look), Segment(" " * (indent - 2), self._styles.dim)]
        room = max(0, self._width - indent - 1)
        if row.snippet and not (row.message_index is None and self._shows_title(row)):
            segments += self._highlighted(row.snippet, row.matches, room)
        else:
            text = self._facts(row) if not row.hit_count else self._where(row)
            segments.append(Segment(fit(text, room, self._marks.ellipsis), self._styles.dim))
        return self._line(segments, self._background(look))

    def question(self, text: str) -> list[Strip]:
        """A question in the place of a row, over as many lines as it needs."""
        style = self._styles.question
        room = max(1, self._width - LEFT - 1)
        strips = []
        asked, stop, answers = printable_line(text).rpartition(". ")
        lines = wrap_cells(f"{asked}{stop}{answers}", room)
        if stop and len(lines) > 1:
            # What can be pressed stands by itself, not torn apart.
            lines = wrap_cells(f"{asked}{stop}", room) + wrap_cells(answers, room)
        for number, line in enumerate(lines):
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

    def _background(self, look: Look) -> Style:
        if not look.selected:
            return self._styles.base
        return self._styles.selected if look.focused else self._styles.selected_blurred

    def _margin(self, look: Look) -> Iterable[Segment]:
        styles = self._styles
        if look.selected:
            yield Segment(self._marks.bar, styles.bar if look.focused else styles.bar_blurred)
        else:
            yield Segment(" ", styles.base)
        yield Segment(self._marks.marked if look.marked else " ", styles.marked)

    def _tree(self, kin: Kin) -> str:
        # Of what lies deeper than is shown, the nearest levels.
        levels = kin.last[-_DEEPEST_SHOWN:]
        if not levels:
            return ""
        more, last, through, past = self._marks.tree
        above = "".join(past if is_last else through for is_last in levels[:-1])
        return above + (last if levels[-1] else more)

    def _title(self, row: SessionRow, kin: Kin, style: Style) -> Iterable[Segment]:
        styles, width = self._styles, max(0, self._plan.title - _indent(kin))
        signs = [(sign, tone) for sign, tone in self._signs(row, kin) if sign]
        room = max(0, width - sum(cell_len(sign) + 1 for sign, _ in signs))
        title, is_named = self._name(row, room)
        full, short = self._note(row, kin, room, is_named=is_named)
        # A note may take a third of the room; a title that leaves more leaves it to the note. A
        # key leaves all of it.
        left = max(room // 3 if is_named else room - 8, room - cell_len(title)) - 2
        note = full if cell_len(full) <= min(left, _MOST_NOTE) else short
        note_room = min(cell_len(note), left, _MOST_NOTE)
        if note_room < _LEAST_NOTE and note_room < cell_len(note):
            note, note_room = "", 0
        if note:
            note = f"  {fit(note, note_room, self._marks.ellipsis).rstrip()}"
        matches = tuple(self._finder.spans(title)) if is_named else ()
        if cell_len(title) > room - cell_len(note):
            title = fit(title, room - cell_len(note), self._marks.ellipsis).rstrip()
            shown = len(title) - len(self._marks.ellipsis)
            matches = tuple((start, min(end, shown)) for start, end in matches)
        for text, is_match in split_matches(title, matches):
            plain = style if is_named else styles.dim + Style(bold=style.bold)
            yield Segment(text, style + styles.match if is_match else plain)
        for sign, tone in signs:
            yield Segment(f" {sign}", tone)
        yield Segment(note, styles.dim)
        used = cell_len(title) + cell_len(note) + sum(cell_len(sign) + 1 for sign, _ in signs)
        yield Segment(" " * max(0, width - used), style)

    def _signs(self, row: SessionRow, kin: Kin) -> Iterable[tuple[str | None, Style]]:
        styles = self._styles
        yield self._marks.titles.get(row.title_source), styles.dim
        yield self._marks.damaged if row.problem else None, styles.warning
        below = kin.below
        if below.sessions:
            yield f"{'-' if kin.is_open else '+'}{below.sessions:,}", styles.place
            if below.urgent is not None and below.urgent != row.status and not kin.is_open:
                tone = styles.statuses.get(below.urgent, styles.dim)
                yield self._marks.statuses.get(below.urgent), tone

    def _name(self, row: SessionRow, room: int) -> tuple[str, bool]:
        """What the row is called, and whether that is a title."""
        title = printable_line(row.title, 4 * room + 8)
        if not is_unnamed(row):
            return title, True
        key = printable_line(row.ref.key, 4 * room + 8)
        return key or "(no key)", False

    def _note(self, row: SessionRow, kin: Kin, room: int, *, is_named: bool) -> tuple[str, str]:
        """What is said of the title, in full and in short: whose it is, that there is none, what
        differs from others.
        """
        if kin.of is not None:
            note = f"of {printable_line(kin.of, 60)}"
            return note, note
        if not is_named:
            note = "no messages" if row.message_count == 0 else "no title"
            return note, note
        note = printable_line(self._arrangement.look_alikes.note(row, room, self._plan.names), 60)
        # What comes last is what no other row has.
        return note, note.rpartition(BETWEEN)[2]

    def _cell(self, column: Column, row: SessionRow, kin: Kin) -> Segment:
        styles, width, ellipsis = self._styles, column.width, self._marks.ellipsis
        match column.name:
            case "age":
                at = row.last_activity
                if self._arrangement.needs.by_creation:
                    at = row.created_at
                elif not kin.is_open:
                    # A folded family is as young as its youngest.
                    at = later(at, kin.below.newest)
                text = "" if at is None else age_words(self._now - at)
                return Segment(fit_right(text, width), styles.dim)
            case "hits":
                more = "" if row.hit_count_exact else "+"
                text = f"{row.hit_count:,}{more}" if row.hit_count else ""
                return Segment(fit_right(text, width), styles.hits)
            case "messages":
                text = "" if row.message_count is None else f"{row.message_count:,}"
                return Segment(fit_right(text, width), styles.dim)
            case "size":
                text = "" if row.size_bytes is None else size_text(row.size_bytes)
                return Segment(fit_right(text, width), styles.dim)
            case "place":
                text, tone = place_of(row, self._arrangement.needs.places), styles.place
            case "format":
                text, tone = short_format(row.format), styles.dim
            case "branch":
                text, tone = row.branch or "", styles.place
            case _:
                text, tone = row.model or "", styles.dim
        return Segment("  " + fit(printable_line(text, 60), width - 2, ellipsis), tone)

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
        width = self._plan.title
        return cell_len(printable_line(row.title, 4 * width)) <= width - 4

    def _where(self, row: SessionRow) -> str:
        return printable_line(row.workspace or str(row.ref), 200)

    def _facts(self, row: SessionRow) -> str:
        """The facts of a second line, the most telling first."""
        messages = row.message_count
        facts = (
            place_of(row, self._arrangement.needs.places),
            row.branch,
            None if messages is None else count_words(messages, "message"),
            None if row.size_bytes is None else size_text(row.size_bytes),
            row.model,
            short_format(row.format),
        )
        return " · ".join(printable_line(fact, 60) for fact in facts if fact)

    def _line(self, segments: Iterable[Segment], background: Style) -> Strip:
        painted = [
            Segment(text, background + style if style else background)
            for text, style, _ in segments
            if text
        ]
        return Strip(painted).adjust_cell_length(self._width, background)


def tree_cells(kin: Kin) -> int:
    """How far the title of a row stands to the right of those that are below nothing."""
    return 2 * min(len(kin.last), _DEEPEST_SHOWN)


def _indent(kin: Kin) -> int:
    return 2 * min(len(kin.last), _DEEPEST_SHOWN)


def _until_match(pieces: list[tuple[str, bool]]) -> Iterable[tuple[str, bool]]:
    for piece in pieces:
        if piece[1]:
            return
        yield piece
