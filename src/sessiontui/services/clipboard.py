"""The ways to the clipboard a person pastes from. They are told apart by the environment.

A program on this machine (`wl-copy`, `pbcopy`) reaches it when this machine is the one the person
sits at; over SSH only the terminal does, by the escape sequence OSC 52. tmux stands in the way of
that sequence unless it is asked to send its own; GNU screen lets it through in small pieces.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sessiontui.domain.value import PlainValue

TERMINAL_LIMIT = 74_994
"""Bytes of text above which terminals drop OSC 52, or paint what is too much of it."""
_SCREEN_PIECE = 252
"""Bytes of a string that every version of GNU screen passes on."""
_PATIENCE_SECONDS = 3.0
_SSH = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")

Which = Callable[[str], str | None]


class Copier(PlainValue):
    """A program that takes a text on its standard input."""

    arguments: tuple[str, ...]
    encoding: str = "utf-8"


class Delivery(NamedTuple):
    """What became of a text: whether a program took it, and what to do if it did not arrive."""

    taken: bool
    hint: str = ""


class Clipboard:
    """Copies text, with the programs that `variables` and `which` say are of use."""

    def __init__(
        self,
        variables: Mapping[str, str],
        which: Which = shutil.which,
        platform: str = sys.platform,
    ) -> None:
        self._variables = variables
        self._which = which
        self._platform = platform

    @property
    def is_far(self) -> bool:
        """Whether the person sits at another machine."""
        return any(self._variables.get(name) for name in _SSH)

    def copiers(self) -> Iterator[Copier]:
        """The programs to give a text to, most useful first; none where only the terminal helps."""
        if not self.is_far and (local := self._local_copier()) is not None:
            yield local
        if self._variables.get("TMUX") and self._which("tmux"):
            # With -w tmux passes the text on to the terminal, whatever `set-clipboard` lets others.
            yield Copier(("tmux", "load-buffer", "-w", "-"))

    def _local_copier(self) -> Copier | None:
        x11 = bool(self._variables.get("DISPLAY"))
        wayland = bool(self._variables.get("WAYLAND_DISPLAY"))
        for usable, copier in (
            (self._platform == "darwin", Copier(("pbcopy",))),
            (wayland, Copier(("wl-copy",))),
            (x11, Copier(("xclip", "-selection", "clipboard"))),
            (x11, Copier(("xsel", "--clipboard", "--input"))),
            # Also from Linux on Windows; it takes UTF-8 for whatever the console's code page is.
            (True, Copier(("clip.exe",), "utf-16")),
        ):
            if usable and self._which(copier.arguments[0]):
                return copier
        return None

    def deliver(self, text: str) -> Delivery:
        """Give a text to all programs that help; where none does, the terminal has to."""
        takers = [copier for copier in self.copiers() if _given(copier, text)]
        if takers:
            return Delivery(taken=True)
        return Delivery(taken=False, hint=self._hint())

    def _hint(self) -> str:
        if self._variables.get("TERM", "").startswith("tmux") and not self._variables.get("TMUX"):
            return "tmux passes it on after: set -s set-clipboard on"
        if self._variables.get("TERM_PROGRAM") == "Apple_Terminal":
            return "Apple's Terminal takes nothing from programs: use another terminal"
        if not self.is_far and self._variables.get("WAYLAND_DISPLAY"):
            return "if it does not arrive, install wl-clipboard"
        if not self.is_far and self._variables.get("DISPLAY"):
            return "if it does not arrive, install xclip"
        return ""

    def sequence(self, text: str) -> str | None:
        """What makes the terminal copy a text; None where it is too long for terminals."""
        encoded = text.encode("utf-8")
        if len(encoded) > TERMINAL_LIMIT:
            return None
        whole = f"\x1b]52;c;{base64.b64encode(encoded).decode('ascii')}\x07"
        if self._variables.get("STY"):
            starts = range(0, len(whole), _SCREEN_PIECE)
            return "".join(f"\x1bP{whole[at : at + _SCREEN_PIECE]}\x1b\\" for at in starts)
        return whole


def _given(copier: Copier, text: str) -> bool:
    try:
        # Some stay behind to hold the text: in a session of their own, and without our streams.
        done = subprocess.run(  # noqa: S603 - our own words, no shell
            copier.arguments,
            input=text.encode(copier.encoding),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
