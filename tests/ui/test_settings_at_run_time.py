"""Settings while the program runs: the editor, what takes effect at once, and what is wrong."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from sessiontui.services.settings import default_settings_path
from sessiontui.ui.screens.help import Help
from sessiontui.ui.settings_desk import editor_command, taken_words
from sessiontui.ui.themes import DARK, SIXTEEN
from tests.ui.painted import line_with, painted, painted_styles, settle
from tests.ui.scenarios import shows
from tests.ui.stories import ordinary_story


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that puts what stands in a file into the file it is given."""
    script, wanted = tmp_path / "my editor", tmp_path / "wanted"
    script.write_text(f'#!/bin/sh\ncat "$2" > "{tmp_path}/seen"\ncat "{wanted}" > "$2"\n')
    script.chmod(stat.S_IRWXU)
    monkeypatch.setenv("VISUAL", f"'{script}' --wait")

    @contextmanager
    def suspend(self: App[None]) -> Iterator[None]:
        yield

    monkeypatch.setattr(App, "suspend", suspend)
    return wanted


def told(app: App[None]) -> str:
    """What the toasts say."""
    return " ".join(f"{notice.title}: {notice.message}" for notice in app._notifications)


def write(wanted: Path, text: str) -> None:
    """What the person is going to write."""
    wanted.write_text(text)


@shows("settings", "stores")
async def test_the_settings_open_in_the_editor_and_are_taken_over(
    tmp_path: Path, editor: Path
) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        assert "[1]" in line_with(app, "Needs you")
        write(
            editor,
            'theme = "nord"\nstuck_after = "9h"\nundo_days = 3\n'
            'keymap = { stores = "f2", group_1 = "ctrl+n,1" }\n',
        )
        await pilot.press("comma")
        await settle(pilot)
        seen = (tmp_path / "seen").read_text()
        assert "# How long nothing may move" in seen, "the file was written first, with its manual"
        text = told(app)
        assert "Now in force: keymap, stuck_after, theme." in text
        assert "At the next start: undo_days." in text
        assert app.theme == "nord"
        await settle(pilot)
        assert "stuck" not in painted(app).splitlines()[0], "five hours are no longer too long"
        assert "[ctrl+n]" in line_with(app, "Needs you")
        await pilot.press("f2")
        await settle(pilot)
        assert type(app.screen).__name__ == "StoresScreen"
        await pilot.press("escape", "S")
        await settle(pilot)
        assert type(app.screen).__name__ == "BrowseScreen", "the old key is free"
        write(editor, "")
        await pilot.press("comma")
        await settle(pilot)
        assert app.theme == DARK.name
        await pilot.press("S")
        await settle(pilot)
        assert type(app.screen).__name__ == "StoresScreen"


async def test_a_mistake_is_told_with_its_line_and_the_old_settings_stay(
    tmp_path: Path, editor: Path
) -> None:
    app = ordinary_story(tmp_path).app(theme="nord")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        write(editor, 'theme = "gruvbox"\n\nundo_dais = 3\n')
        await pilot.press("comma")
        await settle(pilot)
        text = told(app)
        assert "line 3: there is no setting undo_dais" in text
        assert "Did you mean undo_days" in text
        assert app.theme == "nord"


async def test_without_an_editor_the_place_of_the_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", str(tmp_path / "no-such-editor"))
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        await pilot.press("comma")
        await settle(pilot)
        assert "This terminal cannot be lent to an editor" in told(app)
        assert default_settings_path().exists()


async def test_an_editor_that_cannot_be_started_or_fails_gives_the_terminal_back(
    tmp_path: Path, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resumed: list[bool] = []

    @contextmanager
    def suspend(self: App[None]) -> Iterator[None]:
        # As with Textual's own, an error that passes through leaves the app suspended.
        yield
        resumed.append(True)

    monkeypatch.setattr(App, "suspend", suspend)
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        monkeypatch.setenv("VISUAL", "no-such-editor --wait")
        await pilot.press("comma")
        await settle(pilot)
        words = "The editor no-such-editor cannot be started: no such file or directory"
        assert f"{words}: Set VISUAL or EDITOR." in told(app)
        assert len(resumed) == 1
        monkeypatch.setenv("VISUAL", "false")
        await pilot.press("comma")
        await settle(pilot)
        assert "The editor false ended with 1." in told(app)
        assert len(resumed) == 2


async def test_a_keymap_with_mistakes_starts_and_says_what_is_wrong(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app(keymap={"delete": "x", "stores": "f4", "serch": "f3"}, theme="nrod")
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await settle(pilot)
        text = told(app)
        assert "x would mean both delete and cure" in text
        assert "there is no action serch" in text
        assert "Did you mean search? Press , to open the settings" in text
        assert "there is no theme nrod" in text
        assert [problem.hint for problem in app.desk.problems][-1] == "did you mean nord"
        await pilot.press("f4")
        await settle(pilot)
        assert type(app.screen).__name__ == "StoresScreen"
        await pilot.press("escape", "d")
        await settle(pilot)
        assert "d again deletes" in painted(app)


async def test_sentences_name_the_keys_that_are_in_force(tmp_path: Path) -> None:
    keymap = {"back": "ctrl+x", "stores": "f2", "undo": "f6", "reverse": "f7"}
    app = ordinary_story(tmp_path).app(keymap=keymap, first_run=True)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await settle(pilot)
        assert "What you change, F6 takes back" in painted(app)
        await pilot.press("slash", *"nothinglikethis", "enter")
        await settle(pilot)
        assert "ctrl+x clears the box" in painted(app)
        await pilot.press("f1")
        assert isinstance(app.screen, Help)
        await pilot.press(*"turn the order")
        await pilot.pause()
        assert "F7" in painted(app), "a key for an action that has none by default"


def test_the_editor_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editor_command({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor_command({"VISUAL": " ", "EDITOR": "'/a b/vi' -u"}) == ["/a b/vi", "-u"]
    assert editor_command({"EDITOR": "it's"}) == ["it's"]
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}" if name == "vi" else None)
    assert editor_command({}) == ["/bin/vi"]
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert editor_command({}) == []


def test_what_became_of_changes_is_told_in_words() -> None:
    assert taken_words(frozenset()) == "nothing was changed"
    both = taken_words(frozenset({"theme", "stores"}))
    assert both == "Now in force: theme. At the next start: stores."


async def test_a_terminal_of_sixteen_colours_gets_a_theme_that_uses_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM")
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.theme == SIXTEEN.name
        text = painted(app)
        assert "S run the long job" in text, "letters where the terminal has no signs"
    assert story.app(theme="nord").theme == "nord"
    # The terminal's own colours have no greys: without colours its defaults are used.
    monkeypatch.setenv("NO_COLOR", "1")
    app = story.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "S run the long job" in painted(app)
        styles = painted_styles(app)
        assert any(style.bold for style in styles)
        assert all(
            colour is None or colour.is_default
            for style in styles
            for colour in (style.color, style.bgcolor)
        )
