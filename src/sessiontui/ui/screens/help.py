"""The keys of a screen, from ACTIONS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.query_parser import FILTERS
from sessiontui.domain.session import TitleSource
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.ui.action_keys import key_words
from sessiontui.ui.actions import Scope, Topic, actions_of
from sessiontui.ui.marks import STATUS_WORDS, Marks, marks_for

_KEY_CELLS = 18


class Help(ModalScreen[None]):
    """All keys of one screen by topic, and what the marks mean."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", "close", show=False),
        Binding("j", "line(1)", "down", show=False),
        Binding("k", "line(-1)", "up", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--topic", "help--key", "help--text"}

    def __init__(
        self, scope: Scope, keys: Mapping[str, tuple[str, ...]], *, search_first: bool = False
    ) -> None:
        super().__init__()
        self._scope = scope
        self._search_first = search_first
        self._keys = keys

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box"):
            yield Static(id="help-text")

    def on_mount(self) -> None:
        """Say what this is and how to leave."""
        box = self.query_one("#help-box")
        box.border_title = Content(f"keys: {self._scope.value}")
        box.border_subtitle = Content("esc closes")
        self.query_one("#help-text", Static).update(self._table())

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=_KEY_CELLS, no_wrap=True)
        table.add_column(ratio=1)
        for heading, pairs in self._parts():
            if table.row_count:
                table.add_row()
            table.add_row(self._styled(heading, "topic"))
            for left, right in pairs:
                table.add_row(self._styled(f"  {left}", "key"), self._styled(right, "text"))
        return table

    def _styled(self, text: str, part: str) -> Text:
        return Text(text, self.get_component_rich_style(f"help--{part}", partial=True))

    def _parts(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        if self._search_first:
            yield "Search", list(_search_pairs())
        for topic in Topic:
            pairs = [
                (" ".join(map(key_words, self._keys.get(action.id, action.keys))), action.help)
                for action in actions_of(self._scope)
                if action.topic is topic and (action.keys or action.id in self._keys)
            ]
            if pairs:
                yield topic.value, pairs
        if self._scope is Scope.BROWSE and not self._search_first:
            yield "Search", list(_search_pairs())
        yield "Marks", list(_mark_pairs(marks_for()))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_line(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one("#help-box").scroll_relative(y=by, animate=False)


def _search_pairs() -> Iterator[tuple[str, str]]:
    yield "word word", "both; the last one also begins longer words"
    yield '"a phrase"', "these words in this order"
    yield "a OR b   -c", "either; without"
    yield key_words("up"), "in the empty box: queries of before, newest first"
    for name, filter_name in FILTERS.items():
        values = f": {', '.join(filter_name.values)}" if filter_name.values else ""
        yield f"{name}:", f"{filter_name.help}{values}"
    yield "-name:", "each filter, turned around"


def _mark_pairs(marks: Marks) -> Iterator[tuple[str, str]]:
    for status in VerdictStatus:
        yield marks.statuses[status], STATUS_WORDS[status]
    yield marks.titles[TitleSource.STORE], "a title somebody gave"
    yield marks.titles[TitleSource.LOCAL], "a title kept here, not in the store"
    yield marks.damaged, "something in it is damaged"
