"""What every test can rely on: a clean environment, and skipped tests that are named."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

# Before anything imports Textual or rich: nothing moves, nothing depends on the terminal.
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
os.environ.pop("NO_COLOR", None)
os.environ["TZ"] = "UTC"
time.tzset()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a program that is not installed."""
    if shutil.which("tmux") is None:
        for item in items:
            if item.get_closest_marker("tmux"):
                item.add_marker(pytest.mark.skip(reason="needs tmux"))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were skipped in the run's last lines, and why."""
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"skipped: {report.nodeid} ({reason})")


@pytest.fixture(autouse=True)
def private_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written by a test."""
    home = tmp_path / "user-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("CACHE", "DATA", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / f"xdg-{name.lower()}"))
    kept = "SESSIONTUI_REAL_STORES"
    owners = ("SESSIONTUI_", "ZEROCLAW_", "ASTRID_", "ASTRALIS_", "HERMES_", "CLAUDE_")
    for name in list(os.environ):
        if name.startswith(owners) and name != kept:
            monkeypatch.delenv(name)
