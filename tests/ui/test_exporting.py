"""Exporting from the screen: what is asked, what is written, and what happens meanwhile."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from sessiontui.domain.message import Role
from sessiontui.services.export_places import Suggestion, opener, suggested, target_of
from sessiontui.services.exporting import ExportForm
from sessiontui.services.transcript import Transcript
from sessiontui.ui.export_course import ExportCourse
from sessiontui.ui.export_wish import ExportWish, outcome_hint, wants_folder, with_form
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.export_dialog import ExportDialog
from sessiontui.ui.screens.export_progress import ExportProgressScreen
from sessiontui.ui.widgets.line_input import LineInput
from tests.building import text_message
from tests.ui.painted import go_to, line_with, painted, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, Story, empty_story, ordinary_story, talk
from tests.unit.html_pages import Page

TOKEN = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one works in; there is no display."""
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return folder


def told(app: App[Any]) -> list[str]:
    return [f"{each.title} {each.message}".strip() for each in app._notifications]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def place(app: App[Any]) -> str:
    return app.screen.query_one(LineInput).value


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def secret_story(folder: Path) -> Story:
    story = empty_story(folder)
    said = [text_message(Role.USER, f"login with {TOKEN}", NOW)]
    story.add("secret", f"Login {TOKEN}", said)
    return story


@shows("export")
async def test_enter_writes_a_page_without_secrets_where_it_says(tmp_path: Path, out: Path) -> None:
    app = secret_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "e")
        assert "[HTML page]" in line_with(app, "Markdown")
        assert "[masked]" in line_with(app, "as they are")
        assert "open it" not in painted(app)  # There is no display to open it on.
        assert place(app) == f"{out}/2026-11-20-Login-redacted-GitHub-token.html"
        await press(pilot, "enter")
        path = out / "2026-11-20-Login-redacted-GitHub-token.html"
        assert names(out) == [path.name]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert TOKEN not in Page(path.read_text()).text
        assert told(app)[-1].startswith(f"Wrote {path}, ")
        assert told(app)[-1].endswith("Masked 2 secrets: 2 GitHub tokens.")
        # What was chosen stays chosen, and what is there already gets another name.
        await press(pilot, "e", "j", "r")
        assert place(app) == f"{out}/2026-11-20-Login-{TOKEN}.json"
        await press(pilot, "enter", "e")
        assert "[JSON]" in painted(app)
        assert place(app) == f"{out}/2026-11-20-Login-{TOKEN}-2.json"
        assert json.loads((out / f"2026-11-20-Login-{TOKEN}.json").read_text())["total"] == 1
        await press(pilot, "escape")
        assert isinstance(app.screen, BrowseScreen)
        assert len(names(out)) == 2


async def test_a_place_of_ones_own_is_checked_before_it_is_written(
    tmp_path: Path, out: Path
) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await press(pilot, "e", "tab", "tab")
        box = app.screen.query_one(LineInput)
        assert box.has_focus
        box.value = f"{out}/nowhere/mine.html"
        await press(pilot, "m", "enter")  # In the line a letter is a letter.
        assert "there is no folder" in painted(app)
        box.value = f"{out}/mine.html"
        await press(pilot, "up", "up", "right")
        assert place(app) == f"{out}/mine.md"
        (out / "mine.md").write_text("precious")
        await press(pilot, "enter")
        assert "that file is there already: enter again replaces it" in painted(app)
        await press(pilot, "left", "right", "enter")  # The question was about that moment.
        assert (out / "mine.md").read_text() == "precious"
        await press(pilot, "enter")
        assert (out / "mine.md").read_text().startswith("# trip plan")


async def test_marked_sessions_become_a_folder_with_an_index(tmp_path: Path, out: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "space", "space", "y", "r")
        assert len(app.clipboard.splitlines()) == 2
        await press(pilot, "e")
        assert "export 2 sessions" in painted(app)
        assert "a folder with 2 files, and index.html that leads to them" in painted(app)
        assert place(app) == f"{out}/2026-11-20-sessions"
        await press(pilot, "enter")
        folder = out / "2026-11-20-sessions"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        names = {path.name for path in folder.iterdir()}
        assert names == {*Page((folder / "index.html").read_text()).links, "index.html"}
        assert len(names) == 3
        assert f"Wrote {folder}, 3 files, " in told(app)[-1]
        await press(pilot, "e", "m")
        assert place(app) == f"{out}/2026-11-20-sessions-2"
        app.screen.query_one(LineInput).value = f"{out}/both.md"
        await press(pilot, "enter")
        assert (out / "both.md").read_text().count("\n---\n") == 1
        assert f"Wrote {out}/both.md, " in told(app)[-1]


class Slow:
    """A library whose transcripts wait until they may come."""

    def __init__(self, story: Story, patch: pytest.MonkeyPatch) -> None:
        self.may_go = Event()
        read = story.library.transcript

        def transcript(*args: Any, each: Any, **options: Any) -> Transcript:
            for _ in range(1_000):
                each()
                if self.may_go.wait(0.01):
                    break
            return read(*args, each=each, **options)

        patch.setattr(story.library, "transcript", transcript)


async def test_a_long_export_shows_its_way_and_can_be_stopped_or_left(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = empty_story(tmp_path)
    story.add("long", "a long one", talk("kettles", turns=3))
    slow = Slow(story, monkeypatch)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("e", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExportProgressScreen))
        assert "went through" in painted(app)
        assert "exporting a long one" in painted(app)
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        assert told(app)[-1] == "The export was stopped Nothing was written."
        assert names(out) == []
        await pilot.press("e", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExportProgressScreen))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, BrowseScreen)
        slow.may_go.set()
        await settle(pilot)
        assert names(out) == ["2026-11-20-a-long-one.html"]
        assert "Wrote " in told(app)[-1]


async def test_a_page_is_opened_where_there_is_a_display(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "xdg-open"
    opened = programs / "opened"
    program.write_text(f'#!/bin/sh\necho "$1" > {opened}.part\nmv {opened}.part {opened}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "o")
        assert "[open it]" in painted(app)
        await press(pilot, "m")
        assert "open it" not in painted(app)
        await press(pilot, "h", "enter")
        await until(pilot, opened.exists)
        (name,) = names(out)
        assert opened.read_text().strip() == str(out / name)


async def test_enter_before_a_place_is_known_waits_for_it(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go = Event()

    def slowly(*args: Any) -> Suggestion:
        may_go.wait(5)
        return suggested(*args)

    monkeypatch.setattr("sessiontui.ui.screens.export_dialog.suggested", slowly)
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("e", "enter")
        assert isinstance(app.screen, ExportDialog)
        may_go.set()
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert len(names(out)) == 1


# -- what is wished ------------------------------------------------------------------------


def test_several_sessions_become_a_folder_unless_one_file_is_named() -> None:
    assert not wants_folder(1, "/x/y")
    assert wants_folder(2, "/x/y")
    assert not wants_folder(2, "/x/y.json")
    assert with_form("/x/y.html", ExportForm.JSON) == "/x/y.json"
    assert with_form("/x/y", ExportForm.JSON) == "/x/y"
    assert with_form("/x/y.txt", ExportForm.JSON) == "/x/y.txt"
    assert "one file" in outcome_hint(ExportWish(place="/x/y.md"), 3)


def test_a_target_says_why_it_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert target_of("~/new.md", folder=False) == (tmp_path / "new.md", "", False)
    assert target_of("  ", folder=False).problem == "name a file to write"
    (tmp_path / "there").mkdir()
    assert "a folder" in target_of("~/there", folder=False).problem
    assert "already" in target_of("~/there", folder=True).problem
    (tmp_path / "link.md").symlink_to(tmp_path / "nowhere")
    assert target_of("~/link.md", folder=False).replaces


def test_pages_are_opened_on_this_machines_display_only() -> None:
    def every(name: str) -> str:
        return name

    assert opener({"DISPLAY": ":0"}, every, "linux") == ("xdg-open",)
    assert opener({}, every, "darwin") == ("open",)
    assert opener({}, every, "linux") is None
    assert opener({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, every, "linux") is None
    assert opener({"DISPLAY": ":0"}, lambda _: None, "linux") is None


def test_a_course_that_has_not_begun_waits() -> None:
    course = ExportCourse(None, Event())
    assert (course.words, course.total, course.done) == ("waiting for another export", None, 0)
