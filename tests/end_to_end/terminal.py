"""A real terminal: runs a program in tmux, types, and reads the screen."""

from __future__ import annotations

import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path


class Terminal:
    """One tmux session of its own server, so that nothing of the user's tmux is touched."""

    def __init__(
        self, command: str, *, size: tuple[int, int], folder: Path, variables: dict[str, str]
    ) -> None:
        self._socket = f"sessiontui-{uuid.uuid4().hex[:8]}"
        exports = [item for name, value in variables.items() for item in ("-e", f"{name}={value}")]
        columns, rows = size
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows)),
            *exports,
            *("-c", str(folder), command),
        )
        # The screen stays readable after the program has ended.
        self._tmux("set-option", "-g", "remain-on-exit", "on")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout

    def press(self, *keys: str) -> None:
        """Type keys by their tmux names (`Enter`, `Escape`, `d`)."""
        for key in keys:
            self._tmux("send-keys", key)
            # A key right after Escape would be taken for the two together (alt).
            time.sleep(0.25 if key == "Escape" else 0.05)

    def write(self, text: str) -> None:
        """Type a text as it is."""
        self._tmux("send-keys", "-l", text)

    def screen(self) -> str:
        """What is on the screen now, without colours."""
        return self._tmux("capture-pane", "-p")

    def painted(self) -> str:
        """What is on the screen now, with its colours as escape sequences."""
        return self._tmux("capture-pane", "-p", "-e")

    def wait_until(self, holds: Callable[[str], bool], what: str, seconds: float = 15.0) -> str:
        """The first screen of which `holds` is true; fails with the last one."""
        until = time.monotonic() + seconds
        while True:
            screen = self.screen()
            if holds(screen):
                return screen
            if time.monotonic() > until:
                raise AssertionError(f"never saw {what}:\n{screen}")
            time.sleep(0.02)

    def wait_for(self, text: str, seconds: float = 15.0) -> str:
        """The first screen that holds a text."""
        return self.wait_until(lambda screen: text in screen, repr(text), seconds)

    def wait_gone(self, text: str, seconds: float = 15.0) -> str:
        """The first screen without a text."""
        return self.wait_until(lambda screen: text not in screen, f"no {text!r}", seconds)

    def has_ended(self) -> bool:
        """Whether the program has ended."""
        return self._tmux("list-panes", "-F", "#{pane_dead}").strip() == "1"

    def close(self) -> None:
        """End the program and the tmux server."""
        subprocess.run(
            ["tmux", "-L", self._socket, "kill-server"], capture_output=True, check=False
        )
