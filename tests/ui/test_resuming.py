"""Resuming: the terminal goes to the session's agent, and comes back to the list as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.confirm import Confirm
from sessiontui.ui.screens.transcript import TranscriptScreen
from tests.agents import FakeAgent
from tests.formats.claude_code_lines import answer, call, prompt
from tests.formats.claude_code_stores import FIRST, SECOND, THIRD, ClaudeFolder
from tests.ui.painted import go_to, painted, settle, until
from tests.ui.scenarios import shows
from tests.ui.stories import ordinary_story

NOW = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)


class Desk:
    """Claude Code's sessions in a home, its program on the PATH, and the app over them."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.home, self.shop, self.gone = (folder / name for name in ("home", "shop", "gone"))
        self.shop.mkdir()
        self.claude = ClaudeFolder(self.home)
        there = {"cwd": str(self.shop)}
        self.talk = [prompt(1, None, "why is it slow", **there), answer(2, 1, "limescale", **there)]
        self.claude.write(FIRST, self.talk)
        self.claude.write(SECOND, [prompt(1, None, "where am I", cwd=str(self.gone))])
        asked = answer(2, 1, call("Bash", {}), stop="tool_use", timestamp="2026-05-01T10:29:00Z")
        self.claude.write(THIRD, [prompt(1, None, "still at work", **there), asked])
        self.agent = FakeAgent(folder / "programs")
        patch.setenv("HOME", str(self.home))
        patch.delenv("CLAUDE_CONFIG_DIR", raising=False)
        patch.setenv("PATH", f"{self.agent.folder}{os.pathsep}{os.environ['PATH']}")
        options = LibraryOptions(
            stores=(f"claude-code:{self.claude.root}",), locations=Locations.below(folder / "own")
        )
        self.library = Library.open(options, lambda: NOW)
        self.library.sync()
        self.app = SessionApp(self.library, clock=lambda: NOW)
        self.suspended = self.resumed = 0
        patch.setattr(self.app, "suspend", self._suspend)

    @contextmanager
    def _suspend(self) -> Iterator[None]:
        # A headless app has no terminal to leave.
        # As with Textual's own, an error that passes through leaves the app suspended.
        self.suspended += 1
        yield
        self.resumed += 1


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(tmp_path, monkeypatch)
    yield made
    made.library.close()


def told(app: App[Any]) -> list[str]:
    return [f"{each.title} {each.message}".strip() for each in app._notifications]


@shows("resume")
async def test_the_agent_gets_the_terminal_and_the_list_comes_back(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    app = desk.app
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, FIRST)
        await settle(pilot)
        before = painted(app)
        capfd.readouterr()
        await pilot.press("r")
        await settle(pilot)
        assert desk.agent.calls == [[str(desk.shop), "--resume", FIRST]]
        assert desk.agent.ignored == []
        assert desk.suspended == 1
        shown = capfd.readouterr().out
        assert f"in {desk.shop}\n$ claude --resume {FIRST}\n" in shown
        assert shown.endswith("the agent was here\n")
        assert isinstance(app.screen, BrowseScreen)
        assert painted(app).splitlines()[3:] == before.splitlines()[3:]
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, TranscriptScreen)
        await pilot.press("r")
        await settle(pilot)
        assert len(desk.agent.calls) == 2
        await pilot.press("y", "c")
        await settle(pilot)
        assert app.clipboard == f"cd {desk.shop} && claude --resume {FIRST}"


async def test_a_program_that_cannot_be_started_gives_the_terminal_back(desk: Desk) -> None:
    (desk.agent.folder / "claude").write_text("#!/no/such/shell\n")
    async with desk.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(desk.app, FIRST)
        await pilot.press("r")
        await settle(pilot)
        assert (desk.suspended, desk.resumed) == (1, 1)
        said = told(desk.app)[-1]
        assert said.startswith("Claude could not be started: No such file or directory")
        assert f"Try it in a shell: cd {desk.shop} && claude --resume {FIRST}" in said
        assert isinstance(desk.app.screen, BrowseScreen)


async def test_a_failure_is_left_to_be_read_and_told(
    desk: Desk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeAgent(desk.agent.folder, code=3)
    reader, writer = os.pipe()
    os.write(writer, b"\n")
    monkeypatch.setattr("sys.stdin", os.fdopen(reader, encoding="utf-8"))
    async with desk.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(desk.app, FIRST)
        await pilot.press("r")
        await settle(pilot)
        assert (
            "claude ended with 3. Press enter to go back to sessiontui." in capfd.readouterr().out
        )
        assert "The program claude ended with 3." in told(desk.app)
    os.close(writer)


async def test_a_session_at_work_is_asked_about(desk: Desk) -> None:
    app = desk.app
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, THIRD)
        await settle(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "the session is running" in painted(app)
        await pilot.press("escape")
        await settle(pilot)
        assert desk.agent.calls == []
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await settle(pilot)
        assert desk.agent.calls == [[str(desk.shop), "--resume", THIRD]]


async def test_a_folder_that_is_gone_is_made_again_when_one_says_so(desk: Desk) -> None:
    app = desk.app
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, SECOND)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "make it again, empty, and resume" in painted(app)
        await pilot.press("n")
        await settle(pilot)
        assert not desk.gone.exists()
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await settle(pilot)
        assert desk.agent.calls == [[str(desk.gone), "--resume", SECOND]]
        assert list(desk.gone.iterdir()) == []


async def test_what_cannot_be_resumed_says_why(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = desk.app
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, FIRST)
        monkeypatch.setenv("PATH", "/nowhere")
        await pilot.press("r")
        await settle(pilot)
        assert any(words.startswith("Claude is not installed here") for words in told(app))
        assert desk.suspended == 0
    ordinary = ordinary_story(tmp_path).app()
    async with ordinary.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert any(words.startswith("Cannot resume: ") for words in told(ordinary))


async def test_a_terminal_that_cannot_be_left_names_the_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(desk.app, FIRST)
        monkeypatch.setattr(desk.app, "suspend", lambda: App.suspend(desk.app))
        await pilot.press("r")
        await settle(pilot)
        assert "This terminal cannot be left to the agent" in told(desk.app)[-1]
        assert f"claude --resume {FIRST}" in told(desk.app)[-1]
        assert desk.agent.calls == []
