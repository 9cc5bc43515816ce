"""Browsing stores of the real programs, in the real app, changes not one byte of them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal
from tests.formats.real_stores import copied_home

SECONDS = 6.0
KEYS = ("j", "j", "Enter", "J", "G", "Escape", "S", "j", "Escape", "/", "t", "h", "e", "Enter", "n")


def content(folder: Path) -> dict[str, tuple[str, int]]:
    """Hash and time of every file but SQLite's own side files, and every folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            found[str(path)] = ("", 0)
        elif not path.name.endswith(("-shm", "-wal")):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path)] = (digest, path.stat().st_mtime_ns)
    return found


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Path, list[str]]:
    """Copies of all stores, and the options that open them."""
    base = tmp_path / "stores"
    homes = {name: copied_home(name, base / name) for name in ("zeroclaw", "hermes-bot", "astrid")}
    roots = [
        *sorted(homes["zeroclaw"].glob(".zeroclaw*/*/sessions")),
        homes["hermes-bot"] / "bot" / "sessions.db",
        homes["hermes-bot"] / "bot-json" / "sessions.json",
        homes["astrid"] / ".astrid" / "sessions",
    ]
    return base, [option for root in roots for option in ("--store", str(root))]


@pytest.mark.real_stores
def test_a_hundred_reading_commands_change_nothing(
    stores: tuple[Path, list[str]], tmp_path: Path
) -> None:
    base, options = stores
    before = content(base)
    script = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from sessiontui.cli.root import program\n"
        "options = sys.argv[1:]\n"
        "words = ('the', 'oslo', 'is:stuck', 'has:tools', 'gw', 'x in:tools', '東京', '*', 'AND')\n"
        "for number in range(100):\n"
        "    command = [['list', '--json'], ['stores'], ['search', words[number % 9]],\n"
        "               ['stuck'], ['journal']][number % 5]\n"
        "    done = CliRunner().invoke(program, [*options, *command])\n"
        "    assert done.exit_code in (0, 1), (command, done.output)\n"
    )
    variables = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", script, *options], check=True, env=variables)
    assert content(base) == before


@pytest.mark.tmux
@pytest.mark.real_stores
def test_the_open_app_changes_nothing(stores: tuple[Path, list[str]], tmp_path: Path) -> None:
    base, options = stores
    before = content(base)
    terminal = Terminal(
        " ".join([sys.executable, "-m", "sessiontui", *options]),
        size=(120, 36),
        folder=tmp_path,
        variables={"HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )
    try:
        terminal.wait_for("any key goes on")
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            terminal.press(*KEYS, "Escape", "Escape")
        assert not terminal.has_ended()
        terminal.press("Escape", "q")
        terminal.wait_until(lambda _: terminal.has_ended(), "the end")
    finally:
        terminal.close()
    assert content(base) == before
