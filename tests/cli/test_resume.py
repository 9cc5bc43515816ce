"""resume: the agent's program takes over in the session's folder, unless that cannot be."""

from __future__ import annotations

import json
import os
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.services.liveness import sighted
from tests.agents import FakeAgent
from tests.cli.running import Outcome, SampleStore, run, run_process
from tests.formats.claude_code_lines import answer, call, prompt
from tests.formats.claude_code_stores import FIRST, SECOND, ClaudeFolder


class Desk:
    """A home with Claude Code's sessions, a folder they belong to, and the agent's program."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.shop = folder / "shop"
        self.shop.mkdir(parents=True)
        self.claude = ClaudeFolder(self.home)
        self.write(FIRST)
        self.agent = FakeAgent(folder / "programs")

    def write(self, key: str, *, stop: str = "end_turn", cwd: Path | None = None) -> None:
        now, there = datetime.now(UTC).isoformat(), str(cwd or self.shop)
        more = {"cwd": there, "timestamp": now}
        blocks = (call("Bash", {}),) if stop == "tool_use" else ("limescale",)
        said = [prompt(1, None, "why", **more), answer(2, 1, *blocks, stop=stop, **more)]
        self.claude.write(key, said)

    def run(self, *words: str, path: str | None = None) -> Outcome:
        """Run a command in a process of its own, with this home."""
        found = path or f"{self.agent.folder}{os.pathsep}{os.environ['PATH']}"
        return run_process(*words, HOME=str(self.home), PATH=found)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_agent_takes_over_in_the_sessions_folder(desk: Desk) -> None:
    done = desk.run("resume", FIRST[:8])
    assert (done.code, done.stdout) == (0, "the agent was here\n")
    assert desk.agent.calls == [[str(desk.shop), "--resume", FIRST]]
    assert done.stderr.splitlines()[-1] == f"claude --resume {FIRST} in {desk.shop}"
    # Python ignores SIGPIPE; a program in its place does not.
    assert desk.agent.ignored == []


def test_its_exit_code_is_ours_and_another_folder_may_be_named(desk: Desk, tmp_path: Path) -> None:
    FakeAgent(desk.agent.folder, code=7)
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert desk.run("resume", FIRST, "--in", str(other)).code == 7
    assert desk.agent.calls == [[str(other), "--resume", FIRST]]


def test_print_tells_the_command_and_runs_nothing(desk: Desk) -> None:
    done = desk.run("resume", FIRST, "--print", path="/nowhere")
    assert (done.code, done.stdout) == (0, f"claude --resume {FIRST}\n")
    assert shlex.split(done.stdout) == ["claude", "--resume", FIRST]
    assert f"to be run in {desk.shop}" in done.stderr
    assert "claude is not installed here" in done.stderr
    item = desk.run("resume", FIRST, "--print", "--json").json("resume")["items"][0]
    assert item["resume"] == ["claude", "--resume", FIRST]
    assert (item["resume_dir"], item["against"]) == (str(desk.shop), [])
    assert desk.agent.calls == []
    assert desk.run("resume", FIRST, "--json").code == 2


def test_what_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("resume", FIRST, path="/nowhere")
    assert done.code == 4
    assert "claude is not installed here" in done.stderr
    desk.write(SECOND, cwd=tmp_path / "gone")
    done = desk.run("resume", SECOND)
    assert done.code == 4
    assert f"the folder {tmp_path / 'gone'} is gone" in done.stderr
    assert "--in" in done.stderr
    assert desk.agent.calls == []


def test_a_live_session_is_refused_unless_one_insists(desk: Desk) -> None:
    desk.write(SECOND, stop="tool_use")
    seen = sighted(os.getpid())
    assert seen is not None
    note = {"pid": os.getpid(), "sessionId": SECOND, "procStart": seen.started}
    sessions = desk.claude.root / "sessions"
    sessions.mkdir()
    (sessions / "1.json").write_text(json.dumps({**note, "kind": "interactive"}))
    done = desk.run("resume", SECOND)
    assert done.code == 4
    assert "the session is running" in done.stderr
    assert "--force" in done.stderr
    assert desk.agent.calls == []
    assert desk.run("resume", SECOND, "--force").code == 0
    assert desk.agent.calls == [[str(desk.shop), "--resume", SECOND]]


def test_a_store_where_the_agent_does_not_look_is_noted(desk: Desk, tmp_path: Path) -> None:
    empty = tmp_path / "other-home"
    empty.mkdir()
    words = (f"--store=claude-code:{desk.claude.root}", "resume", FIRST)
    path = f"{desk.agent.folder}{os.pathsep}{os.environ['PATH']}"
    done = run_process(*words, HOME=str(empty), PATH=path)
    assert done.code == 0
    assert "claude does not look into" in done.stderr
    assert "does not look into" not in desk.run(*words).stderr


def test_a_format_without_an_agent_says_why(store: SampleStore) -> None:
    done = store.run("resume", "log", "--print")
    assert done.code == 5
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert run(store.option, "resume", "nothing-like-it").code == 1
