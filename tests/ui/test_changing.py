"""Changing sessions: the question, the change, its toast, and taking it back."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from textual.app import App

from sessiontui.backends.memory import Memory
from sessiontui.domain.errors import StoreBusy, StoreUnreadable
from sessiontui.domain.message import Role
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.domain.store import Capability
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.confirm import Confirm
from sessiontui.ui.screens.error_details import ErrorDetails
from sessiontui.ui.screens.transcript import TranscriptScreen
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.widgets.session_list import SessionList
from tests.building import text_message
from tests.ui.painted import go_to, painted, settle
from tests.ui.stories import ordinary_story


def told(app: App[None]) -> list[str]:
    """What the toasts said so far, oldest first."""
    return [notification.message for notification in app._notifications]


def selected(app: App[None]) -> str:
    """The key of the session under the cursor."""
    row = app.screen.query_one(SessionList).row
    return row.ref.key if row else ""


async def test_the_first_d_asks_in_place_and_names_what_goes(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d")
        await settle(pilot)
        assert "? delete trip plan: 4 messages, " in painted(app)
        question = app.screen.query_one(SessionList).question
        assert question is not None
        assert question.startswith("delete trip plan: 4 messages, ")
        assert question.endswith(" bytes, memory. d again deletes, esc keeps")
        assert story.store.exists("trip")
        assert painted(app).splitlines()[-1].split() == [
            "d",
            "again",
            "deletes",
            "esc",
            "keeps",
            "it",
        ]


async def test_esc_or_moving_takes_the_question_away(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        for key in ("escape", "j", "c", "question_mark"):
            go_to(app, "job")
            await pilot.press("d")
            assert "? delete run the long job" in painted(app)
            await pilot.press(key)
            await settle(pilot)
            assert "? delete" not in painted(app), key
            await pilot.press("escape")
        assert len(list(story.store.keys())) == 6


async def test_delete_then_undo_keeps_the_cursor(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d", "d")
        await settle(pilot)
        assert not story.store.exists("trip")
        assert selected(app) == "old"
        assert "Deleted trip plan (4 messages). Press u to bring it back." in told(app)[-1]
        assert "5 sessions" in painted(app)
        await pilot.press("u")
        await settle(pilot)
        assert story.store.exists("trip")
        assert len(list(story.store.messages("trip"))) == 4
        assert selected(app) == "trip"
        assert told(app)[-1].startswith("Brought back trip plan")


async def test_clear_asks_too_and_keeps_the_session(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("c")
        await settle(pilot)
        assert "clear trip plan: 4 messages, memory, the session stays." in " ".join(
            painted(app).replace("│", " ").replace("▌", " ").split()
        )
        await pilot.press("c")
        await settle(pilot)
        assert list(story.store.messages("trip")) == []
        assert selected(app) == "trip"
        assert "Cleared trip plan (4 messages). Press u to bring them back." in told(app)[-1]
        assert "no messages" in painted(app)
        await pilot.press("u")
        await settle(pilot)
        assert len(list(story.store.messages("trip"))) == 4
        assert "plan a trip to Oslo" in painted(app)


async def test_rename_happens_in_the_row(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("R")
        await pilot.pause()
        box = app.screen.query_one(RenameInput)
        assert box.value == "trip plan"
        sessions = app.screen.query_one(SessionList)
        assert box.region.y == sessions.content_region.y + sessions.cursor_region.y
        assert "trip plan" in painted(app).splitlines()[box.region.y][:40]
        await pilot.press(*" two", "enter")
        await settle(pilot)
        session = story.store.get("trip")
        assert session is not None
        assert session.title == "trip plan two"
        assert "trip plan two" in painted(app)
        assert told(app)[-1] == "Renamed to trip plan two. Press u to take it back."
        assert isinstance(app.focused, SessionList)


async def test_the_input_stays_at_its_row_when_the_window_changes(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await pilot.press("G", "R")
        await pilot.resize_terminal(90, 12)
        await settle(pilot)
        box, sessions = app.screen.query_one(RenameInput), app.screen.query_one(SessionList)
        assert box.has_focus
        assert box.region.y == sessions.content_region.y + sessions.cursor_region.y
        app.app_focus = False
        await settle(pilot)
        assert box.display, "a look at another window is no giving up"
        app.app_focus = True
        await settle(pilot)
        await pilot.press("tab")
        await settle(pilot)
        assert not box.display


async def test_esc_keeps_the_title(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("R", *"xyz", "escape")
        await settle(pilot)
        session = story.store.get("trip")
        assert session is not None
        assert session.title == "trip plan"
        assert told(app) == []
        assert "xyz" not in painted(app)


async def test_x_cures_a_stuck_session_and_only_that(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "live")
        await pilot.press("x")
        await settle(pilot)
        assert told(app)[-1] == "Cannot cure: fix the wobblegasket is not stuck."
        go_to(app, "job")
        await pilot.press("x")
        await settle(pilot)
        session = story.store.get("job")
        assert session is not None
        assert session.state is SessionState.IDLE
        assert told(app)[-1] == "Set run the long job to idle. Press u to take it back."
        assert "Stuck" not in painted(app)
        assert selected(app) == "job"


async def test_a_live_session_is_only_changed_by_insisting(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "live")
        await pilot.press("d", "d")
        await settle(pilot)
        assert isinstance(app.screen, Confirm)
        assert "fix the wobblegasket is running" in painted(app)
        await pilot.press("escape")
        await settle(pilot)
        assert story.store.exists("live")
        assert told(app)[-1] == "Nothing was deleted.", "the reasons were read"
        await pilot.press("d", "d")
        await settle(pilot)
        await pilot.press("y")
        await settle(pilot)
        assert not story.store.exists("live")
        assert "Deleted fix the wobblegasket" in told(app)[-1]


async def test_what_a_store_cannot_do_is_dim_and_says_why(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    refused: list[SessionRef] = []

    def refusals(ref: SessionRef, capabilities: Collection[Capability]) -> dict[Capability, str]:
        refused.append(ref)
        return {Capability.DELETE: "this file cannot be written"}

    story.library.refusals = refusals  # type: ignore[method-assign]
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        assert refused
        footer = painted(app).splitlines()[-1]
        assert "d delete" not in footer
        assert "c clear" in footer
        await pilot.press("d", "d")
        await settle(pilot)
        assert told(app)[-1] == "Cannot delete: this file cannot be written."
        assert story.store.exists("job")


async def test_undo_with_nothing_to_undo_says_so(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        assert "u undo" not in painted(app).splitlines()[-1]
        await pilot.press("u")
        await settle(pilot)
        assert told(app)[-1] == "There is nothing to take back."


async def test_an_error_is_told_on_a_screen_of_its_own(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)

    def broken(*_args: object, **_options: object) -> ActionReport:
        raise StoreUnreadable("the store is [/damaged]", "restore it from a copy", story.ref("job"))

    story.library.rename = broken  # type: ignore[method-assign]
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await pilot.press("R", "x", "enter")
        await settle(pilot)
        assert isinstance(app.screen, ErrorDetails)
        text = painted(app)
        assert "the store is [/damaged]" in text
        assert "restore it from a copy" in text
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)


async def test_a_session_deleted_while_it_is_read_leads_back_to_the_list(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert "d again deletes" in painted(app).splitlines()[0]
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        await pilot.press("d", "d")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert not story.store.exists("trip")
        assert "trip plan" not in painted(app).split("deleted trip plan")[0]


async def test_a_title_is_changed_where_it_is_read(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("R", *" B", "enter")
        await settle(pilot)
        assert "trip plan B" in painted(app).splitlines()[0]
        await pilot.press("escape")
        await settle(pilot)
        assert "trip plan B" in painted(app)


async def test_a_session_that_grew_since_the_question_is_left_alone(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d")
        await settle(pilot)
        story.store.append("trip", text_message(Role.USER, "one more thing"))
        await pilot.press("d")
        await settle(pilot)
        assert story.store.exists("trip")
        assert "“trip plan” was not deleted" in told(app)[-1]


async def test_what_went_wrong_while_changing_is_a_toast_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d")
        await settle(pilot)
        story.store.delete("trip")
        await pilot.press("d")
        await settle(pilot)
        assert told(app)[-1] == "“trip plan” was not deleted: it is not in its store."
        assert story.library.undo_entries() == ()

        def locked(*_arguments: object) -> None:
            raise StoreBusy("sessions.db is locked by another program", "try again in a moment")

        monkeypatch.setattr(Memory, "clear", locked)
        go_to(app, "old")
        await pilot.press("c", "c")
        await settle(pilot)
        assert told(app)[-1] == (
            "“review the parser” was not cleared: "
            "sessions.db is locked by another program. Try again in a moment."
        )
        with story.library._actions._journal.locked():
            monkeypatch.setattr(story.library._actions._journal, "_wait_seconds", 0.0)
            await pilot.press("R", "x", "enter")
            await settle(pilot)
        toast = list(app._notifications)[-1]
        assert toast.title == "Another sessiontui is changing sessions"
        assert toast.message == "Try again when it has finished."
        assert toast.severity == "warning"


async def test_the_question_says_which_sessions_stay(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    for number in range(2):
        story.add(f"child-{number}", f"child {number}", parent=story.ref("trip"))
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d")
        await settle(pilot)
        question = app.screen.query_one(SessionList).question
        assert question is not None
        assert "2 sessions it spawned stay. d again deletes" in question


async def test_a_title_below_another_is_edited_where_it_stands(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    story.add("child", "the child", parent=story.ref("trip"))
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("l", "j")
        await settle(pilot)
        assert selected(app) == "child"
        line = next(line for line in painted(app).splitlines() if "the child" in line)
        await pilot.press("R")
        await settle(pilot)
        edited = next(line for line in painted(app).splitlines() if "the child" in line)
        assert edited.index("the child") == line.index("the child")
        await pilot.press(*"!", "enter")
        await settle(pilot)
        assert "the child!" in painted(app)
