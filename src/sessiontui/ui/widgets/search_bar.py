"""The search box: filters are coloured as they are recognised, a wrong one says why below it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import SpanKind, parse_query, parse_spans
from sessiontui.ui.widgets.line_input import EDITING_KEYS, LineInput

_STYLED = (SpanKind.OPERATOR, SpanKind.FILTER_NAME, SpanKind.FILTER_VALUE, SpanKind.ERROR)
_NOTE_LIMIT = 100


def _component(kind: SpanKind) -> str:
    return f"search-bar--{kind.value.replace('_', '-')}"


class _QueryColours(Highlighter):
    """Colours the parts of a query in the box."""

    def __init__(self, bar: SearchBar) -> None:
        self._bar = bar

    def highlight(self, text: Text) -> None:
        for span in parse_spans(text.plain, self._bar.clock()):
            if span.kind in _STYLED:
                style = self._bar.get_component_rich_style(_component(span.kind), partial=True)
                text.stylize(style, span.start, span.end)


class SearchBar(LineInput):
    """Text in, queries out; the query stays what it was while the text is no query."""

    # The screen goes to the results.
    OWN_KEYS = EDITING_KEYS - {"enter"}

    COMPONENT_CLASSES: ClassVar[set[str]] = {_component(kind) for kind in _STYLED} | {
        "search-bar--note",
        "search-bar--problem",
    }

    class Asked(Message):
        """The text means another query now."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    def __init__(self, clock: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(
            placeholder="search titles and conversations, or filter: is:stuck agent: after:7d",
            highlighter=_QueryColours(self),
            select_on_focus=False,
            id=id,
        )
        self.clock = clock
        self._meant = Query()
        self._found = ""
        self._problem = ""
        self.border_title = Content("search")

    def say_found(self, words: str) -> None:
        """What the query found, for the border."""
        self._found = words
        self._paint_note()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Understand the text, or say why it cannot be understood."""
        event.stop()
        try:
            query = parse_query(event.value, self.clock())
        except QueryInvalid as error:
            hint = f" · {error.hint}" if error.hint else ""
            self._problem = f"{error.title}{hint}"
            self._paint_note()
            return
        self._problem = ""
        self._paint_note()
        if query != self._meant:
            self._meant = query
            self.post_message(self.Asked(query))

    def _paint_note(self) -> None:
        self.set_class(bool(self._problem), "-wrong")
        words = printable_line(self._problem or self._found, _NOTE_LIMIT)
        self.border_subtitle = Content(words) if words else None
