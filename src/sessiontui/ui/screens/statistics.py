"""Numbers to look at: how much there is, when it was written, and the greatest sessions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import events, getters, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.query import Query
from sessiontui.domain.query_text import query_text
from sessiontui.domain.statistics import GroupField, Measure, Statistics
from sessiontui.domain.statistics_words import notes
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.error_display import show_error
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.statistics_view import (
    SESSION_TITLES,
    SpanChoice,
    cards,
    cards_within,
    chart_signs,
    first_field,
    group_bars,
    next_field,
    next_measure,
    query_of_group,
    session_bars,
    session_measure,
)
from sessiontui.ui.steps import Step
from sessiontui.ui.transcript_feed import Wanted
from sessiontui.ui.widgets.bar_chart import Bar, BarChart
from sessiontui.ui.widgets.choice_line import ChoiceLine
from sessiontui.ui.widgets.hour_chart import HourChart
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.period_chart import PeriodChart
from sessiontui.ui.workbench import Workbench

_PAUSE_SECONDS = 3.0
"""A busy store changes all the time, and counting a million messages takes most of a second."""
_TOP_SESSIONS = 50


class StatisticsScreen(ActionScreen[str | None]):
    """The numbers of the sessions that the list shows; gives a query that narrows the list."""

    SCOPE = Scope.STATISTICS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.STATISTICS)
    AUTO_FOCUS = "#session-bars"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-medium"), (110, "-wide"), (180, "-huge")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    COMPONENT_CLASSES: ClassVar[set[str]] = {"statistics--dim", "statistics--number"}

    periods = getters.query_one(PeriodChart)
    hours = getters.query_one(HourChart)
    groups = getters.query_one("#group-bars", BarChart)
    more_groups = getters.query_one("#more-bars", BarChart)
    sessions = getters.query_one("#session-bars", BarChart)

    def __init__(self, bench: Workbench, query: Query) -> None:
        super().__init__(bench)
        self._query = query
        self._choice = SpanChoice.ALL
        self._field = GroupField.AGENT
        self._measure = Measure.SESSIONS
        self._found: Statistics | None = None
        self._to_top = True
        """Whether the bars that come are others, and not the same with other numbers."""
        self._generation = bench.changes.generation
        self._changes = Refresher(self, "surroundings", self._read, _PAUSE_SECONDS)

    def compose(self) -> ComposeResult:
        signs, cursor = chart_signs(), marks_for().bar
        yield ChoiceLine([choice.value for choice in SpanChoice], id="statistics-title")
        yield Static("", id="statistics-cards", markup=False)
        with Container(id="statistics-body"):
            with Container(id="statistics-upper"):
                yield PeriodChart(signs, id="period-chart")
                yield HourChart(signs, id="hour-chart")
            with Container(id="statistics-lower"):
                yield BarChart(signs, cursor, id="group-bars")
                yield BarChart(signs, cursor, id="more-bars")
                yield BarChart(signs, cursor, id="session-bars")
        yield Static("", id="statistics-notice", markup=False)
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Count."""
        self.query_one("#statistics-body").display = False
        self._say("counting")
        self._title()
        self._ask()

    # -- counting --------------------------------------------------------------------------

    def _ask(self) -> None:
        start_worker(self, self._read, "statistics", exclusive=True)

    def on_library_changed(self, message: LibraryChanged) -> None:
        """Something changed in the stores: count again."""
        if message.generation > self._generation:
            self._changes.ask()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on top."""
        self.post_message(LibraryChanged(self.bench.changes.generation))

    async def _read(self) -> None:
        choice, generation = self._choice, self.bench.changes.generation
        span = choice.span(self.bench.local_now())
        count = partial(self.bench.library.statistics, self._query, span, most=_TOP_SESSIONS)
        try:
            found = await self.bench.reads.run(count)
        except SearchInterrupted:
            self._ask()
            return
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        if choice is self._choice:
            self._generation = max(self._generation, generation)
            self._found = found
            self._show(found)

    # -- showing ---------------------------------------------------------------------------

    def _show(self, found: Statistics) -> None:
        self._title()
        any_session = bool(found.amounts.sessions)
        self.query_one("#statistics-body").display = any_session
        self.query_one("#statistics-cards").display = any_session
        self.periods.show(found.periods)
        self.hours.show(found.hours, found.zone)
        self._show_cards()
        self._show_bars(to_top=self._to_top)
        self._to_top = False
        if any_session:
            self._say(" · ".join(notes(found)))
        else:
            self._say(self._nothing())
        self.refresh_bindings()

    def _nothing(self) -> str:
        key = self.key_of("span")
        if self._choice is not SpanChoice.ALL:
            return f"No session was at work in this time. {key} looks at another span of time."
        if query_text(self._query):
            return "The filter of the list matches no session: there is nothing to count."
        return "There is no session yet: numbers appear with the first one."

    def _say(self, words: str) -> None:
        notice = self.query_one("#statistics-notice", Static)
        notice.display = bool(words)
        notice.update(Content(words))

    def _title(self) -> None:
        only = query_text(self._query)
        found = self._found
        if found is not None and found.corrected is not None:
            only = found.corrected
        note = f"only {only}" if only else ""
        self.query_one(ChoiceLine).show(self._choice.value, note)

    def _show_cards(self) -> None:
        if self._found is None:
            return
        shown = cards_within(cards(self._found), self.size.width - 2)
        numbers = [(f"{card.number:<{width}}", ".statistics--number") for card, width in shown]
        words = [(f"{card.words:<{width}}", ".statistics--dim") for card, width in shown]
        line = Content.assemble(*numbers, "\n", *words)
        self.query_one("#statistics-cards", Static).update(line)

    def _show_bars(self, *, to_top: bool) -> None:
        found = self._found
        if found is None:
            return
        self._field = first_field(found, self._field)
        other = next_field(found, self._field)
        by = session_measure(self._measure)
        self.groups.show(group_bars(found, self._field, self._measure), to_top=to_top)
        self.groups.border_title = self._bars_title(self._field)
        self.more_groups.show(group_bars(found, other, self._measure), to_top=to_top)
        self.more_groups.border_title = self._bars_title(other)
        self.sessions.show(session_bars(found, self._measure), to_top=to_top)
        self.sessions.border_title = Content(SESSION_TITLES[by])

    def _bars_title(self, field: GroupField) -> Content:
        return Content(f"{self._measure.value} by {field.value}")

    def on_resize(self) -> None:
        """Share out the room anew."""
        self._show_cards()

    # -- actions ---------------------------------------------------------------------------

    def is_relevant(self, action: Action) -> bool:
        """Everything makes sense as soon as there are numbers."""
        return True

    def refusal(self, action: Action) -> str | None:
        """Only a session can be read; only a group that a filter can name can be listed."""
        if action.id in {"grouping", "measure"} and self._found is None:
            return "the sessions are still being counted"
        if action.id != "open":
            return None
        chart = self._chart
        if chart is None or chart.selected is None:
            return "there is nothing to open"
        if chart is not self.sessions and self._query_of(chart, chart.selected) is None:
            return "no filter of the list can name these sessions"
        return None

    def footer_keys(self) -> Iterable[FooterKey]:
        """On a group, `enter` lists its sessions."""
        lists = self._chart is not None and self._chart is not self.sessions
        for key in super().footer_keys():
            yield key.replace(title="list them") if lists and key.action == "open" else key

    @property
    def _chart(self) -> BarChart | None:
        return self.focused if isinstance(self.focused, BarChart) else None

    def _query_of(self, chart: BarChart, chosen: Bar) -> str | None:
        found = self._found
        if found is None:
            return None
        field = self._field if chart is self.groups else next_field(found, self._field)
        name = None if chosen.key is None else str(chosen.key)
        return query_of_group(self._query, found.span, field, name, self.bench.local_now())

    def step(self, step: Step) -> None:
        """Move in the bars."""
        chart = self._chart
        if chart is not None:
            chart.step(step)

    def action_open(self) -> None:
        """Read the session, or list those of the group, under the cursor."""
        chart = self._chart
        if chart is not None and chart.selected is not None:
            self._open(chart, chart.selected)

    @on(BarChart.Opened)
    async def _opened(self, message: BarChart.Opened) -> None:
        message.stop()
        self.set_focus(message.chart)
        await self.action_perform("open")

    def _open(self, chart: BarChart, chosen: Bar) -> None:
        if chart is not self.sessions:
            self.dismiss(self._query_of(chart, chosen))
            return
        found = self._found
        top = found.top[session_measure(self._measure)] if found is not None else ()
        row = next((each.row for each in top if each.row.ref == chosen.key), None)
        if row is not None:
            self.app.push_screen(TranscriptScreen(self.bench, row, Wanted.of(row, self._query)))

    def action_span(self) -> None:
        """The next span of time."""
        self._choose(self._choice.next)

    @on(ChoiceLine.Chosen)
    def _span_chosen(self, message: ChoiceLine.Chosen) -> None:
        message.stop()
        self._choose(SpanChoice(message.choice))

    def _choose(self, choice: SpanChoice) -> None:
        self._choice = choice
        self._to_top = True
        self._title()
        self._ask()

    def action_grouping(self) -> None:
        """The next grouping."""
        if self._found is not None:
            self._field = next_field(self._found, self._field)
            self._show_bars(to_top=True)

    def action_measure(self) -> None:
        """The next measure."""
        if self._found is not None:
            self._measure = next_measure(self._found, self._measure)
            self._show_bars(to_top=True)

    def action_next_pane(self) -> None:
        """To the next bars."""
        self.focus_next()

    def action_previous_pane(self) -> None:
        """To the bars before."""
        self.focus_previous()

    @on(events.DescendantFocus)
    def _focus_moved(self) -> None:
        self.refresh_footer()

    def action_back(self) -> None:
        """Back to the list as it was."""
        self.dismiss(None)


def open_statistics(app: App[None], bench: Workbench) -> None:
    """Show the numbers of the sessions that the list shows; what is chosen there narrows it."""
    for screen in reversed(app.screen_stack):
        if isinstance(screen, StatisticsScreen):
            # Its sessions are read on top of it: once is enough.
            while app.screen is not screen:
                app.pop_screen()
            return
    browse = next(screen for screen in app.screen_stack if isinstance(screen, BrowseScreen))

    def chosen(text: str | None) -> None:
        if text is not None:
            browse.go_to_query(text)

    app.push_screen(StatisticsScreen(bench, browse.listed_query), chosen)
