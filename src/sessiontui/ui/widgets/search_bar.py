"""The search box: filters are coloured as they are recognised and completed, a wrong one is
pointed at and explained below it, and earlier queries come back into the empty box.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from rich.cells import cell_len
from rich.highlighter import Highlighter
from rich.text import Text
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestionReady
from textual.widgets import Input

from sessiontui.domain.errors import QueryInvalid
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import Query
from sessiontui.domain.query_parser import FILTERS, SpanKind, parse_query, parse_spans
from sessiontui.ui.query_offers import QueryCompleter, ValuesOf
from sessiontui.ui.query_recall import QueryRecall
from sessiontui.ui.widgets.error_pointer import pointing_line
from sessiontui.ui.widgets.line_input import EDITING_KEYS, LineInput

_STYLED = (SpanKind.OPERATOR, SpanKind.FILTER_NAME, SpanKind.FILTER_VALUE, SpanKind.ERROR)
_NOTE_LIMIT = 100
_INVITATION = "search titles and conversations, or filter: is:stuck agent:NAME after:7d"
_GRAMMAR = 'words, "a phrase", a OR b, -word; filters: is: agent: dir: after: has:'


def _component(kind: SpanKind) -> str:
    return f"search-bar--{kind.value.replace('_', '-')}"


class _QueryColours(Highlighter):
    """Colours the parts of a query in the box."""

    def __init__(self, bar: SearchBar) -> None:
        self._bar = bar

    def highlight(self, text: Text) -> None:
        for span in parse_spans(text.plain, self._bar.clock()):
            if span.kind in _STYLED:
                # What is still being typed is not wrong yet.
                calm = span.kind is SpanKind.ERROR and self._bar.is_unfinished
                kind = SpanKind.FILTER_NAME if calm else span.kind
                style = self._bar.get_component_rich_style(_component(kind), partial=True)
                text.stylize(style, span.start, span.end)


class SearchBar(LineInput):
    """Text in, queries out; the query stays what it was while the text is no query."""

    # The screen goes to the results.
    OWN_KEYS = EDITING_KEYS - {"enter"}

    COMPONENT_CLASSES: ClassVar[set[str]] = {_component(kind) for kind in _STYLED}

    class Asked(Message):
        """The text means another query now."""

        def __init__(self, query: Query) -> None:
            super().__init__()
            self.query = query

    class OffersChanged(Message):
        """There is something else to complete, or nothing; where and what, the box knows."""

        def can_replace(self, message: Message) -> bool:
            """Only the newest state matters."""
            return isinstance(message, SearchBar.OffersChanged)

    class Left(Message):
        """The focus has gone elsewhere."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        values_of: ValuesOf = lambda _field: (),
        meant: tuple[str, Query] = ("", Query()),
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(
            placeholder=_INVITATION,
            highlighter=_QueryColours(self),
            select_on_focus=False,
            id=id,
        )
        self.clock = clock
        self.completer = QueryCompleter(values_of)
        self.recalled = QueryRecall()
        self._opening, self._meant = meant
        self._found = ""
        self._note = ""
        """What stands in the border: setting it paints everything anew."""
        self._wrong: QueryInvalid | None = None
        self._filling = False
        self.border_title = Content("search")

    # -- the query -------------------------------------------------------------------------

    @property
    def used(self) -> str | None:
        """The text, when it is a query that asks for something."""
        text = self.value.strip()
        return text if text and self._wrong is None else None

    def say_found(self, words: str, *, corrected: bool = False) -> None:
        """What the query found, for the border; `corrected` when other words were looked for."""
        self._found = words
        self.set_class(corrected, "-corrected")
        self._paint_note()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Understand the text, or say why it cannot be understood."""
        event.stop()
        if event.value != self.value:
            return  # More was typed meanwhile, and comes after this.
        try:
            query = parse_query(event.value, self.clock())
        except QueryInvalid as error:
            self._wrong = error
            self._look()
            gap = self.completer.gap
            if self.is_unfinished and not self._is_open_quote and gap is not None:
                self._mean_the_rest(gap.without(event.value))
            return
        self._wrong = None
        self._look()
        self._mean(query)

    def _mean(self, query: Query) -> None:
        if query != self._meant:
            self._meant = query
            self.post_message(self.Asked(query))

    def _mean_the_rest(self, text: str) -> None:
        """While a filter is being typed, what stands beside it counts, and no longer its name."""
        with suppress(QueryInvalid):
            self._mean(parse_query(text, self.clock()))

    # -- completing ------------------------------------------------------------------------

    @property
    def is_unfinished(self) -> bool:
        """Whether what is wrong with the text is only that it is still being typed."""
        if not self.has_focus or self._wrong is None:
            return False
        if self._is_open_quote:
            return True
        gap = self.completer.gap
        if gap is None or gap.filter is None or self.completer.is_closed:
            return False
        return self.completer.is_open or not gap.typed

    @property
    def _is_open_quote(self) -> bool:
        wrong = self._wrong
        return wrong is not None and self.cursor_at_end and self.value[wrong.start :][:1] == '"'

    @property
    def offers_column(self) -> int:
        """The column of the screen at which what is offered begins."""
        gap = self.completer.offers.gap if self.completer.offers else self.completer.gap
        start = 0 if gap is None else gap.start
        return int(self.content_region.x + self._cells_before(start))

    def complete(self, direction: int = 1) -> bool:
        """Take the next or previous offer; False when there is none."""
        return self._fill(self.completer.step(direction))

    def take_offer(self, number: int) -> None:
        """Take one offer, as a click does."""
        self._fill(self.completer.take(number))

    def close_offers(self) -> bool:
        """Put the list of offers away; False when it was not open."""
        closed = self.completer.close()
        if closed:
            self._look()
        return closed

    def look_again(self) -> None:
        """There may be other values to offer."""
        self._look()

    def _fill(self, made: tuple[str, int] | None) -> bool:
        if made is None:
            return False
        # The text and the cursor change one after the other; only both together count.
        self._filling = True
        self.value, self.cursor_position = made
        self._filling = False
        self._look()
        return True

    def _look(self) -> None:
        if self._filling or not self.is_attached:
            return
        self.completer.look(self.value, self.cursor_position)
        ending = self.completer.ending if self.cursor_at_end else ""
        self.post_message(SuggestionReady(self.value, self.value + ending))
        self.post_message(self.OffersChanged())
        self._paint_note()
        self.refresh()

    # -- earlier queries -------------------------------------------------------------------

    def recall(self, direction: int) -> bool:
        """Put the next older or newer query into the box; False when that is no such step."""
        text = self.recalled.step(direction, self.value)
        return False if text is None else self._fill((text, len(text)))

    # -- focus, cursor, size ---------------------------------------------------------------

    def on_mount(self) -> None:
        """Begin with what is meant already, and follow the cursor, too."""
        with self.prevent(Input.Changed):
            self.value = self._opening
        self.watch(self, "selection", self._look, init=False)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Say what can be written; what is unfinished without the focus is wrong."""
        super().watch_has_focus(has_focus)
        self.placeholder = _GRAMMAR if has_focus else _INVITATION
        self._look()
        if not has_focus and self.is_attached:
            self.post_message(self.Left())

    def on_resize(self) -> None:
        """Point at the same place, and offer below it."""
        self._look()

    # -- the border ------------------------------------------------------------------------

    def _cells_before(self, position: int) -> int:
        return cell_len(self.value[:position]) - self.scroll_offset.x

    def _paint_note(self) -> None:
        wrong = self._wrong
        is_wrong = wrong is not None and not self.is_unfinished
        self.set_class(is_wrong, "-wrong")
        if wrong is not None and is_wrong:
            start, end = self._cells_before(wrong.start), self._cells_before(wrong.end)
            # The longest subtitle reaches from below the first letter to this cell.
            width = self.outer_size.width - 6
            title, hint = printable_line(wrong.title), printable_line(wrong.hint)
            words = pointing_line(width, start, end, title, hint)
        elif wrong is not None and self._is_open_quote:
            words = 'a phrase ends with "'
        elif wrong is not None and (gap := self.completer.gap) is not None and gap.filter:
            words = f"{gap.filter}: {FILTERS[gap.filter].help}"
        else:
            words = printable_line(self._found, _NOTE_LIMIT)
        if words != self._note:
            self._note = words
            self.border_subtitle = Content(words) if words else None
