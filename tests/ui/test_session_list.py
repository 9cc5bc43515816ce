"""The list as a widget: what it paints, and how much of it."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.marks import SIGNS
from sessiontui.ui.stylesheet import stylesheet_paths
from sessiontui.ui.themes import derived_variables
from sessiontui.ui.widgets.arrangement import Arrangement
from sessiontui.ui.widgets.session_groups import Group
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.session_row_renderer import Look, RowPainter
from tests.ui.painted import painted
from tests.unit.test_session_rows import ROW


def rows(count: int) -> tuple[SessionRow, ...]:
    """So many rows."""
    return tuple(
        ROW._replace(ref=SessionRef("s", str(number)), title=f"session {number}")
        for number in range(count)
    )


class ListApp(App[None]):
    """Nothing but the list."""

    def __init__(self) -> None:
        super().__init__(css_path=[*stylesheet_paths()])
        self.heard: list[SessionRow | None] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return derived_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield SessionList(SIGNS)

    def on_session_list_highlighted(self, message: SessionList.Highlighted) -> None:
        self.heard.append(message.row)

    @property
    def sessions(self) -> SessionList:
        return self.query_one(SessionList)


async def test_of_a_hundred_thousand_rows_only_those_on_the_screen_are_painted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    paint = RowPainter.row

    def counting(self: RowPainter, row: SessionRow, look: Look) -> object:
        counted.append(row.title)
        return paint(self, row, look)

    monkeypatch.setattr(RowPainter, "row", counting)
    many = Arrangement(rows(100_000), (Group("Older", "day", 0, 100_000),))
    app = ListApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.sessions.show(many, searching=False, now=9000.0)
        await pilot.pause()
        assert "session 0" in painted(app)
        assert len(set(counted)) <= 30
        app.sessions.cursor = 99_999
        await pilot.pause()
        assert "session 99999" in painted(app)
        app.sessions.cursor = 50_000
        await pilot.pause()
        assert len(set(counted)) <= 90
        fewer = Arrangement(many.rows[::2], (Group("Older", "day", 0, 50_000),))
        app.sessions.show(fewer, searching=False, now=9000.0)
        await pilot.pause()
        assert app.sessions.row is not None
        assert app.sessions.row.title == "session 50000"
        assert len(set(counted)) <= 120
        assert len(counted) <= 240


async def test_each_session_is_announced_once() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 30)) as pilot:
        some = rows(3)
        app.sessions.show(Arrangement(some), searching=False, now=0.0)
        app.sessions.show(Arrangement(some), searching=False, now=5.0)
        await pilot.pause()
        assert app.heard == [some[0]]
        renamed = (some[0]._replace(title="other"), *some[1:])
        app.sessions.show(Arrangement(renamed), searching=False, now=5.0)
        await pilot.pause()
        assert app.heard[1:] == [renamed[0]]
        app.sessions.show(Arrangement(), searching=False, now=5.0)
        await pilot.pause()
        assert app.heard[2:] == [None]


async def test_a_session_that_went_away_leaves_the_cursor_where_it_is() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 30)) as pilot:
        some = rows(5)
        app.sessions.show(Arrangement(some), searching=False, now=0.0)
        app.sessions.cursor = 2
        app.sessions.show(Arrangement(some[:2] + some[3:]), searching=False, now=0.0)
        assert app.sessions.row == some[3]
        app.sessions.show(Arrangement(some[:1]), searching=False, now=0.0)
        assert app.sessions.row == some[0]
        await pilot.pause()


async def test_an_empty_list_says_what_it_was_told_to_say() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.sessions.show_notice("nothing matches “[/x]”", "Take a filter away.", "esc clears.")
        await pilot.pause()
        text = painted(app)
        assert "nothing matches “[/x]”" in text
        assert text.find("Take a filter away.") < text.find("esc clears.")


async def test_a_question_at_the_last_row_is_wholly_in_view() -> None:
    app = ListApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.sessions.show(Arrangement(rows(50)), searching=False, now=0.0)
        app.sessions.cursor = 49
        app.sessions.ask("delete session 49: 4 messages, 12 KB. d again deletes, esc keeps")
        await pilot.pause()
        text = painted(app)
        assert "? delete session 49" in text
        assert "│▌   d again deletes, esc keeps " in text, "what can be pressed is not torn apart"
        app.sessions.ask(None)
        await pilot.pause()
        assert "session 49" in painted(app)
        assert "? delete" not in painted(app)


async def test_ages_grow_while_nothing_else_happens() -> None:
    app = ListApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.sessions.show(Arrangement(rows(1)), searching=False, now=1000.0 + 120)
        await pilot.pause()
        assert "2m" in painted(app)
        app.sessions.tick(1000.0 + 7200)
        await pilot.pause()
        assert "2h" in painted(app)
