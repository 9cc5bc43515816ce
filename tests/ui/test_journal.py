"""The journal: looking into changes, reading what was there, taking back all or one."""

from __future__ import annotations

from pathlib import Path

from textual.app import App

from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.help import Help
from sessiontui.ui.screens.journal import JournalScreen
from sessiontui.ui.screens.kept_transcript import KeptTranscriptScreen
from sessiontui.ui.widgets.row_list import RowList
from tests.ui.painted import go_to, painted, settle
from tests.ui.scenarios import shows
from tests.ui.stories import ordinary_story, talk
from tests.ui.test_bulk_changes import mark
from tests.ui.test_changing import selected, told


def listed(app: App[None], words: str) -> str:
    """The line of the list that holds some words; what stands beside the list is cut off."""
    edge = app.screen.query_one(RowList).region.right
    lines = [line[:edge] for line in painted(app).splitlines() if words in line[:edge]]
    assert lines, f"{words!r} is not in the list:\n{painted(app)}"
    return lines[0]


@shows("journal", "undo_entry", "back")
async def test_an_older_change_is_taken_back_and_the_journal_says_so(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        assert "Nothing was changed yet" in painted(app)
        assert "will stand here" in painted(app)
        await pilot.press("u", "enter", "slash")
        assert told(app)[-1].endswith("Nothing was changed yet.")
        await pilot.press("escape")
        go_to(app, "trip")
        await pilot.press("d", "d")
        await settle(pilot)
        go_to(app, "older")
        await pilot.press("R", *" again", "enter")
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        text = painted(app)
        assert "2 changes to undo" in text
        assert text.find("renamed question 0 about quokkas") < text.find("deleted trip plan")
        assert "until 20 Dec" in listed(app, "deleted trip plan")
        assert "became question 0 about quokkas again" in " ".join(text.split())
        await pilot.press("j", "u")
        await settle(pilot)
        assert isinstance(app.screen, JournalScreen)
        assert told(app)[-1].startswith("Brought back trip plan")
        assert "taken back" in listed(app, "deleted trip plan")
        assert "1 change to undo" in painted(app)
        assert story.store.exists("trip")
        await pilot.press("u")
        assert told(app)[-1].startswith("Cannot take back: it was taken back")
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert selected(app) == "trip"
        session = story.store.get("older")
        assert session is not None
        assert session.title == "question 0 about quokkas again"


@shows("look_into", "undo_entry", "cursor_down", "cursor_up", "go_first", "go_last")
async def test_one_session_of_many_comes_back_alone(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await mark(pilot, "trip", "old", "older")
        await pilot.press("d", "d")
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        assert "deleted 3 sessions" in painted(app)
        rows = app.screen.query_one(RowList).rows
        assert not [row for row in rows if "review the parser" in row.title], "folded at first"
        assert "enter shows its sessions" in painted(app).splitlines()[-1]
        await pilot.press("enter")
        await settle(pilot)
        assert "4 messages" in listed(app, "review the parser")
        await pilot.press("j", "j")
        await settle(pilot)
        assert "u takes this one back" in painted(app).splitlines()[-1]
        await pilot.press("u")
        await settle(pilot)
        assert set(story.store.keys()) == {"live", "job", "boom", "old"}
        assert "taken back" in listed(app, "review the parser")
        assert "1 of 3 back" in listed(app, "deleted 3 sessions")
        await pilot.press("enter")
        await settle(pilot)
        assert told(app)[-1].startswith("It was taken back")
        await pilot.press("escape")
        await settle(pilot)
        assert selected(app) == "old", "the one that came back"
        await pilot.press("U")
        await settle(pilot)
        await pilot.press("enter", "G", "k", "g", "u", "escape")
        await settle(pilot)
        assert len(list(story.store.keys())) == 6
        await pilot.press("U")
        await settle(pilot)
        assert "taken back" in listed(app, "deleted 3 sessions")


@shows("look_into", "next_message", "toggle_tools", "unfold", "help")
async def test_a_deleted_session_is_read_as_it_was(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await pilot.press("d", "d")
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, KeptTranscriptScreen)
        text = painted(app)
        assert "trip plan   4 messages, as before it was deleted, today" in text.splitlines()[0]
        assert "plan a trip to Oslo with periwinkle hats" in text
        assert "delete" not in text.splitlines()[-1]
        await pilot.press("t", "J", "enter", "d", "R", "x", "e", "question_mark")
        await pilot.pause()
        assert isinstance(app.screen, Help)
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, JournalScreen)
        assert not story.store.exists("trip"), "reading brings nothing back"

        app.bench.library.undo()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, KeptTranscriptScreen)
        assert "taken back already" in painted(app)


@shows("filter_journal", "back")
async def test_a_long_journal_is_filtered_by_words(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for key in ("trip", "old"):
            go_to(app, key)
            await pilot.press("R", *"!", "enter")
            await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        await pilot.press("slash", *"renamed u")
        await settle(pilot)
        assert "1 of 2 shown" not in painted(app)
        await pilot.press(*"ser")
        assert "No change holds these words" in painted(app)
        await pilot.press(*["backspace"] * 4, *"trip", "enter")
        await settle(pilot)
        assert "1 of 2 shown" in painted(app)
        await pilot.press("enter")
        await settle(pilot)
        assert told(app)[-1] == "No message went when it was renamed."
        await pilot.press("escape")
        assert "review the parser" in painted(app)
        assert isinstance(app.screen, JournalScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)


async def test_stored_text_does_no_harm_on_these_screens(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    title = "[/home] \x1b]0;owned\x07 \u202eevil"
    story.add("bad", title, talk("\x1b[2J[/]"))
    app = story.app()
    async with app.run_test(size=(130, 36)) as pilot:
        await settle(pilot)
        await mark(pilot, "bad", "trip", "live")

        def is_harmless() -> bool:
            text = painted(app)
            return "[/home]" in text and not {"\x1b", "\x07", "\u202e"} & set(text)

        await pilot.press("d")
        await settle(pilot)
        assert is_harmless()
        await pilot.press("d")
        await settle(pilot)
        await pilot.press("U")
        await settle(pilot)
        await pilot.press("enter", "j")
        await settle(pilot)
        while "[/home]" not in str(app.screen.query_one("#journal-pane").border_title):
            await pilot.press("j")
        assert is_harmless()
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, KeptTranscriptScreen)
        assert is_harmless()


async def test_the_pane_names_the_sessions_of_a_change_and_tells_an_undo_once(
    tmp_path: Path,
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        title = "a title as long as the line has room for it"
        go_to(app, "job")
        story.add("long", title)
        story.tell("long")
        await settle(pilot)
        await mark(pilot, "trip", "old", "older", "long", "boom")
        await pilot.press("d", "d")
        await settle(pilot)
        go_to(app, "job")
        await pilot.press("U")
        await settle(pilot)
        pane = painted(app)[painted(app).index("─ deleted 5 sessions") :]
        assert "trip plan" in pane
        assert "and 1 more" in pane
        await pilot.press("u", "escape")
        await settle(pilot)
        go_to(app, "long")
        await pilot.press("d", "d", "u", "U")
        await settle(pilot)
        assert f"deleted {title}  taken back" in painted(app)
        assert painted(app).count("was taken back") == 1
