"""Where exports go: a place to suggest, what is there already, and opening what was written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sessiontui.domain.session import SessionRow
from sessiontui.services.clipboard import Clipboard
from sessiontui.services.exporting import ExportForm, file_stem


class Suggestion(NamedTuple):
    """Places for an export that are free, without their ending: with a title, and with one in
    which secrets are masked."""

    plain: str
    masked: str

    def path(self, form: ExportForm, *, redact: bool, folder: bool) -> str:
        """The place for a form; one for a folder has no ending."""
        stem = self.masked if redact else self.plain
        return stem if folder else f"{stem}.{form.value}"


def suggested(rows: Sequence[SessionRow], now: datetime) -> Suggestion:
    """Where to write some sessions: of one its day and title, of several today's day."""
    # A hundred expressions take a while to compile.
    from sessiontui.services.redaction import Redactor  # noqa: PLC0415

    first, at = rows[0], now
    if len(rows) > 1:
        title = masked = "sessions"
    else:
        title, masked = first.title, Redactor().text(first.title)
        seconds = first.last_activity or first.created_at
        at = now if seconds is None else datetime.fromtimestamp(seconds, UTC)
    folder = export_folder()
    return Suggestion(*(_free_stem(folder / file_stem(name, at)) for name in (title, masked)))


def _free_stem(stem: Path) -> str:
    """A name that is free with every ending, and without."""
    endings = ("", *(f".{form.value}" for form in ExportForm))
    number, free = 1, stem
    while any(_is_there(free.with_name(free.name + ending)) for ending in endings):
        number += 1
        free = stem.with_name(f"{stem.name}-{number}")
    return in_home(free)


def in_home(path: Path) -> str:
    """A path as people write it: with `~` for their home."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


class Target(NamedTuple):
    """A place as a person named it: why nothing can be written there, or what is there already."""

    path: Path
    problem: str = ""
    replaces: bool = False


def target_of(named: str, *, folder: bool) -> Target:
    """What a name means; a folder must not be there yet, a file may be replaced."""
    path = Path(named).expanduser().absolute()
    if not named.strip():
        return Target(path, "name a file to write")
    if not path.parent.is_dir():
        return Target(path, f"there is no folder {in_home(path.parent)}")
    if folder:
        return Target(path, "that is there already: name a new folder" if _is_there(path) else "")
    if path.is_dir():
        return Target(path, "that is a folder: name a file in it")
    return Target(path, replaces=_is_there(path))


def export_folder() -> Path:
    """Where a person looks for what they exported.

    The current folder; instead of the home itself, and where nothing can be written, the folder of
    downloads when there is one.
    """
    home = Path.home()
    with suppress(OSError):
        here = Path.cwd()
        if here not in (home, Path(here.anchor)) and os.access(here, os.W_OK | os.X_OK):
            return here
    downloads = home / "Downloads"
    return downloads if downloads.is_dir() else home


def _is_there(path: Path) -> bool:
    # A link that leads nowhere has the name, too.
    return path.exists() or path.is_symlink()


def opener(
    variables: Mapping[str, str],
    which: Callable[[str], str | None] = shutil.which,
    platform: str = sys.platform,
) -> tuple[str, ...] | None:
    """The command that shows a file on this machine's display; None where there is none."""
    if Clipboard(variables).is_far:
        return None
    has_display = variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY")
    names = (("open", platform == "darwin"), ("xdg-open", has_display))
    return next(((name,) for name, usable in names if usable and which(name)), None)


def open_file(command: Sequence[str], path: Path) -> bool:
    """Show a file; whether the program could be started."""
    try:
        subprocess.Popen(  # noqa: S603 - our own words and a path, no shell
            [*command, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    return True
