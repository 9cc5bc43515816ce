"""What can be done on the screen below, and by which keys; how to search; what the marks mean."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content

from sessiontui.domain.query_parser import FILTERS
from sessiontui.domain.session import TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import STATUS_WORDS, VerdictStatus
from sessiontui.ui.action_keys import by_line
from sessiontui.ui.actions import Topic, actions_of
from sessiontui.ui.keymap import key_words, keys_of, series_words
from sessiontui.ui.marks import Marks, marks_for
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.picker import Picker
from sessiontui.ui.widgets.line_input import LineInput

_KEY_CELLS = 18
_EXAMPLE_CELLS = 34
_WIDTH = 90
_FRAME = 6

EXAMPLES = (
    ("is:waiting", "sessions that wait for your answer"),
    ("is:stuck", "sessions in which nothing moves any more"),
    ("on:today", "what was at work today"),
    ("shipping cart after:7d", "both words, in sessions of the last week"),
    ('"connection refused" in:tools', "a phrase, also in what tools gave back"),
    ("parser OR lexer -test", "either word, but not that one"),
    ("role:user deploy", "only where a person said it"),
    ("has:error before:30d", "old sessions in which a tool failed"),
)
"""Queries to begin with, and what they find."""


class Row(PlainValue):
    """A line of the help: picking it does `do`; None where there is nothing to do.

    `also` are words it is found by besides those that it shows.
    """

    left: str
    right: str
    do: Callable[[], object] | None = None
    cells: int = _KEY_CELLS
    also: str = ""

    def holds(self, words: list[str]) -> bool:
        """Whether all words stand in it."""
        text = f"{self.left} {self.right} {self.also}".casefold()
        return all(word in text for word in words)


class Part(PlainValue):
    """A heading and the rows below it."""

    heading: str
    rows: tuple[Row, ...]


class _HelpLine(LineInput):
    """Leaves the key to the screen that opened it, and closes it."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed."""
        return key != "question_mark" and super().check_consume_key(key, character)


class Help(Picker):
    """Keys of one screen by topic, the query language, the marks; typing filters, enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "close(True)", "close", show=False, priority=True),
    ]
    LINE = _HelpLine
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "help--topic",
        "help--key",
        "help--text",
        "help--dim",
    }

    def __init__(self, screen: ActionScreen[Any], *, search_first: bool = False) -> None:
        super().__init__(f"help: {screen.SCOPE.value}", "does it", "type to look something up")
        self._below = screen
        self._search_first = search_first
        self._shown: list[Row | None] = []

    def on_resize(self) -> None:
        """Use the width there is."""
        self.typed(self.text)

    def typed(self, text: str) -> None:
        """Show the rows that hold what was typed."""
        words = text.casefold().split()
        width = min(_WIDTH, self.app.size.width) - _FRAME
        lines: list[tuple[Content, bool]] = []
        self._shown = []
        for part in self._parts(looked_up=bool(words)):
            rows = [row for row in part.rows if row.holds(words)]
            if not rows:
                continue
            if lines:
                self._add(lines, Content(""), None)
            self._add(lines, Content.styled(part.heading, ".help--topic"), None)
            for row in rows:
                self._add(lines, _painted(row, width), row)
        if not lines:
            self._add(lines, Content.styled(f"nothing here about “{text}”", ".help--dim"), None)
        self.show(lines, next((i for i, row in enumerate(self._shown) if row), None))

    def _add(self, lines: list[tuple[Content, bool]], line: Content, row: Row | None) -> None:
        lines.append((line, row is not None))
        self._shown.append(row)

    def picked(self, index: int) -> None:
        """Do it, on the screen below."""
        row = self._shown[index]
        if row is not None and row.do is not None:
            self.dismiss()
            self.app.call_later(row.do)

    # -- the parts -------------------------------------------------------------------------

    def _parts(self, *, looked_up: bool) -> Iterator[Part]:
        screen = self._below
        search = []
        if isinstance(screen, BrowseScreen):
            search = [
                Part("Search: examples", tuple(_examples(screen))),
                Part("Search: the language", tuple(_language(screen))),
            ]
        if self._search_first:
            yield from search
        for topic in Topic:
            if rows := (*self._keys(topic), *(self._keyless(topic) if looked_up else ())):
                yield Part(topic.value, rows)
        if not self._search_first:
            yield from search
        yield Part("Marks", tuple(_marks(marks_for(), screen)))

    def _keys(self, topic: Topic) -> Iterator[Row]:
        screen = self._below
        there = (action for action in actions_of(screen.SCOPE) if action.topic is topic)
        for action, series in by_line(there):
            keys = [key for each in series for key in keys_of(each.id, screen.bench.keymap)]
            if keys and action.series:
                yield Row(series_words(keys), action.series)
            elif keys:
                words = " ".join(map(key_words, keys))
                do = partial(screen.action_perform, action.id)
                yield Row(words, action.help, do, also=action.title)

    def _keyless(self, topic: Topic) -> Iterator[Row]:
        """What only the palette calls: for whoever looks it up."""
        screen = self._below
        for action in actions_of(screen.SCOPE):
            if action.topic is topic and not keys_of(action.id, screen.bench.keymap):
                words = f"{action.title}: {action.help}"
                do = partial(screen.action_perform, action.id)
                yield Row(screen.key_of("palette"), words, do)


def _painted(row: Row, width: int) -> Content:
    indent = row.cells + 2
    lines = textwrap.wrap(row.right, max(20, width - indent)) or [""]
    gap = " " * max(1, indent - 2 - cell_len(row.left))
    pieces: list[Content | str | tuple[str, str]] = [
        "  ",
        (row.left, ".help--key"),
        gap,
        (lines[0], ".help--text"),
    ]
    for line in lines[1:]:
        pieces += ["\n", " " * indent, (line, ".help--text")]
    return Content.assemble(*pieces)


def _examples(browse: BrowseScreen) -> Iterator[Row]:
    for query, words in EXAMPLES:
        yield Row(query, words, partial(browse.go_to_query, query), _EXAMPLE_CELLS)


def _language(browse: BrowseScreen) -> Iterator[Row]:
    yield Row("word word", "both; the last one also begins longer words")
    yield Row('"a phrase"', "these words in this order")
    yield Row("a OR b   -c", "either; without")
    yield Row(key_words("up"), "in the empty box: queries of before, newest first")
    for name, filter_name in FILTERS.items():
        values = f": {', '.join(filter_name.values)}" if filter_name.values else ""
        begin = partial(browse.begin_query, f"{name}:")
        yield Row(f"{name}:", f"{filter_name.help}{values}", begin)
    yield Row("-name:", "each filter, turned around")


def _marks(marks: Marks, screen: ActionScreen[Any]) -> Iterator[Row]:
    browse = screen if isinstance(screen, BrowseScreen) else None
    for status in VerdictStatus:
        show = None if browse is None else partial(browse.go_to_query, f"is:{STATUS_WORDS[status]}")
        yield Row(marks.statuses[status], STATUS_WORDS[status], show)
    yield Row(marks.titles[TitleSource.STORE], "a title somebody gave")
    yield Row(marks.titles[TitleSource.LOCAL], "a title kept here, not in the store")
    yield Row(marks.damaged, "something in it is damaged")
