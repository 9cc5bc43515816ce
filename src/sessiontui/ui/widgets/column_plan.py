"""Which columns the list has, and how wide they are. Pure values.

Titles get the room first; of the columns those come first that say most. Each is as wide as the
rows of the whole list need it, so that nothing jumps while one scrolls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from operator import itemgetter

from rich.cells import cell_len

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import size_words

MARK_CELLS = 2
"""Cells at the left of a row: the bar of the selected one, a person's mark."""
LEFT = MARK_CELLS + 2
"""Cells before the title: those, the status, space."""
PLACES = ("workspace", "agent", "channel")
"""What says where a session belongs, the most telling first."""
_GAP = 2
_WIDEST = {"place": 20, "format": 11, "branch": 22, "model": 20}
_AGE_CELLS = 3
_SIGN_CELLS = 2
"""After a title: that somebody gave it."""
_SIZE_CELLS = 6
_MOST_MEASURED = 5_000
"""Distinct texts that are measured; the longest of more are hardly longer."""

_FIELD = {name: number for number, name in enumerate(SessionRow._fields)}


class Needs(PlainValue):
    """The cells that the rows of a list need by column, without a gap; 0: no row has any.

    `title` is what nine titles of ten need. `same` names the columns that are alike in all rows.
    `places` are the fields that name a session's place here. `first` is the column by which the
    rows are ordered: it is shown before others are. With `by_creation` ages are since the creation.
    """

    title: int = 40
    hits: int = 0
    place: int = 0
    format: int = 0
    messages: int = 0
    size: int = 0
    model: int = 0
    branch: int = 0
    same: frozenset[str] = frozenset()
    places: tuple[str, ...] = PLACES
    first: str | None = None
    by_creation: bool = False


class Column(PlainValue):
    """A column right of the title; `width` counts the gap on its left."""

    name: str
    width: int


class ColumnPlan(PlainValue):
    """How wide the title is, and which columns follow it, left to right."""

    title: int
    columns: tuple[Column, ...]

    @property
    def names(self) -> frozenset[str]:
        """The columns that are shown."""
        return frozenset(column.name for column in self.columns)


_ORDER = ("hits", "branch", "place", "model", "format", "messages", "size", "age")
"""From left to right."""
_WANTED = (
    ("age", 12),
    ("hits", 20),
    ("place", 26),
    ("messages", 34),
    ("format", 38),
    ("size", 44),
    ("branch", 52),
    ("model", 58),
)
"""The most telling first, each with the cells that the title must have besides it."""


def plan_columns(width: int, needs: Needs, *, without: Collection[str] = ()) -> ColumnPlan:
    """Share out a width in cells; `without` names columns that are not wanted here."""
    wanted = sorted(
        _WANTED, key=lambda item: (item[0] not in (needs.first, "age"), item[0] in needs.same)
    )
    room = width - LEFT - 1
    taken: dict[str, int] = {}
    least = 0
    for name, reserve in wanted:
        cells = _AGE_CELLS if name == "age" else getattr(needs, name)
        if not cells or (name in without and name != needs.first):
            continue
        if name != needs.first:
            least = max(least, min(reserve, max(12, needs.title)))
        if room - cells - _GAP < least:
            break
        taken[name] = cells + _GAP
        room -= cells + _GAP
    shown = tuple(Column(name, taken[name]) for name in _ORDER if name in taken)
    return ColumnPlan(max(1, room), shown)


def measure(rows: Sequence[SessionRow], places: tuple[str, ...] = PLACES) -> Needs:
    """What the rows of a list need. Costs a few looks at each row."""
    if not rows:
        return Needs(places=places)
    texts = {
        "place": _distinct_places(rows, places),
        "format": {short_format(name) for name in _distinct(rows, "format")},
        "model": {name for name in _distinct(rows, "model") if name},
        "branch": {name for name in _distinct(rows, "branch") if name},
    }
    cells = {name: min(_WIDEST[name], _longest(found)) for name, found in texts.items()}
    messages = max(filter(None, map(itemgetter(_FIELD["message_count"]), rows)), default=None)
    size = any(map(itemgetter(_FIELD["size_bytes"]), rows))
    hits = max(map(itemgetter(_FIELD["hit_count"]), rows))
    lengths = sorted(map(len, map(itemgetter(_FIELD["title"]), rows)))
    telling = [name for name, found in texts.items() if len(found) > 1]
    return Needs(
        title=_rounded(lengths[min(len(lengths) - 1, len(lengths) * 9 // 10)] + _SIGN_CELLS),
        hits=len(f"{hits:,}+") if hits else 0,
        place=cells["place"],
        format=cells["format"],
        model=cells["model"],
        branch=cells["branch"],
        messages=0 if messages is None else len(f"{messages:,}"),
        size=_SIZE_CELLS if size else 0,
        same=frozenset(texts) - frozenset(telling) if len(rows) > 1 else frozenset(),
        places=places,
    )


def _distinct(rows: Sequence[SessionRow], field: str) -> set[str]:
    return set(map(itemgetter(_FIELD[field]), rows))


def _distinct_places(rows: Sequence[SessionRow], places: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    rest: Sequence[SessionRow] = rows
    for name in places:
        number = _FIELD[name]
        values = set(map(itemgetter(number), rest))
        found |= {place_name(name, value) for value in values if value}
        if None not in values and "" not in values:
            break
        rest = [row for row in rest if not row[number]]
    return found


def _longest(texts: Iterable[str]) -> int:
    longest = sorted(texts, key=len, reverse=True)[:_MOST_MEASURED]
    return max((cell_len(printable_line(text, 60)) for text in longest), default=0)


def _rounded(cells: int) -> int:
    # In steps, so that one more session does not move the columns.
    return 4 * -(-cells // 4)


def place_of(row: SessionRow, places: tuple[str, ...] = PLACES) -> str:
    """Where a session belongs, by what says most: its folder, its agent or its channel."""
    for name in places:
        value = row[_FIELD[name]]
        if isinstance(value, str) and value:
            return place_name(name, value)
    return ""


def place_name(field: str, value: str) -> str:
    """A place as the list names it: of a folder, the last part of its path."""
    return folder_name(value) if field == "workspace" else value


def folder_name(path: str) -> str:
    """The last part of a path, or all of it where there is none."""
    return path.rstrip("/").rpartition("/")[2] or path


def size_text(size_bytes: int) -> str:
    """A size in at most six cells: `312 B`, `12 KB`, `4.5 MB`."""
    return f"{size_bytes} B" if size_bytes < 1000 else size_words(size_bytes)


def short_format(name: str) -> str:
    """A format's name as the list shows it."""
    return _SHORT.get(name, name)


_SHORT = {
    "zeroclaw-sqlite": "zeroclaw",
    "zeroclaw-jsonl": "zc jsonl",
    "zeroclaw-acp": "zc acp",
    "hermes-bot": "hermes",
}
