"""The settings file while the program runs: opened in an editor, read again, applied at once.

What is wrong with it is told, and never stops the program: the settings that hold stay.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.domain.printable import printable_line
from sessiontui.services.settings import ensure_file
from sessiontui.ui.keymap import checked_keymap
from sessiontui.ui.theme_choice import first_theme, theme_problem
from sessiontui.ui.toast_words import sentences
from sessiontui.ui.workbench import Workbench

_EDITORS = ("nano", "vim", "vi", "emacs")
"""Tried in this order where neither VISUAL nor EDITOR is set."""
_LIVE = frozenset({"theme", "keymap", "stuck_after"})
"""Settings that take effect while the program runs."""
_SEEN_IN_LIST = frozenset({"keymap", "stuck_after"})
_TELL_SECONDS = 12.0


class SettingsDesk:
    """Applies settings to the app. `changed` is told when the list may look different."""

    def __init__(self, app: App[Any], bench: Workbench, changed: Callable[[], None]) -> None:
        self._app = app
        self._bench = bench
        self._changed = changed
        self.problems: tuple[SettingsInvalid, ...] = ()
        """What of the settings in force cannot be used."""

    def apply(self) -> None:
        """Use the settings of the bench, as far as they can be used."""
        app, bench = self._app, self._bench
        settings = bench.settings.settings
        checked = checked_keymap(settings.keymap)
        bench.keymap = checked.keys
        app.set_keymap(dict(checked.keys))
        app.theme = first_theme(app, settings.theme, bench.view_state.get("theme"))
        problem = theme_problem(app.available_themes, settings.theme)
        self.problems = (*checked.problems, *(() if problem is None else (problem,)))

    def tell(self) -> None:
        """Say what cannot be used, and how to mend it."""
        self._tell(self.problems)

    def _tell(self, problems: Iterable[SettingsInvalid], *, can_edit: bool = True) -> None:
        offer = f"press {self._bench.key_of('settings')} to open the settings" if can_edit else ""
        for problem in problems:
            self._app.notify(
                printable_line(sentences(problem.hint, offer), 300),
                title=printable_line(problem.title, 200),
                severity="warning",
                timeout=_TELL_SECONDS,
                markup=False,
            )

    async def edit(self) -> None:
        """Open the file in an editor, written first where there is none, and take it in."""
        path = self._bench.settings.path
        try:
            await self._bench.reads.run(ensure_file, path)
            self._open(path)
        except SettingsInvalid as problem:
            self._tell([problem], can_edit=False)
            return
        try:
            await self._take_in()
        except SettingsInvalid as problem:
            self._tell([problem])

    def _open(self, path: Path) -> None:
        command = editor_command(os.environ)
        if not command:
            raise SettingsInvalid(f"no editor was found for {path}", "set VISUAL or EDITOR")
        from sessiontui.ui.handing_over import in_place_of  # noqa: PLC0415  not for the first frame

        try:
            code = in_place_of(self._app, lambda: _edited(command, path))
        except SuspendNotSupported as error:
            raise SettingsInvalid(
                "this terminal cannot be lent to an editor", f"edit {path} elsewhere"
            ) from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SettingsInvalid(
                f"the editor {command[0]} cannot be started: {reason}", "set VISUAL or EDITOR"
            ) from error
        if code:
            self._app.notify(
                printable_line(f"the editor {command[0]} ended with {code}"),
                severity="warning",
                markup=False,
            )

    async def _take_in(self) -> None:
        bench = self._bench
        before = bench.settings
        bench.settings = await bench.reads.run(before.again)
        names = before.changed_names(bench.settings)
        if names & {"theme", "keymap"}:
            self.apply()
            self.tell()
        if "stuck_after" in names:
            bench.library.set_stuck_after(bench.settings.settings.stuck_after)
        if names & _SEEN_IN_LIST:
            self._changed()
        self._app.notify(taken_words(names), title="settings", markup=False)


def _edited(command: Sequence[str], path: Path) -> int:
    """Run an editor in this terminal and wait for it; gives its exit code."""
    from sessiontui.services.resuming import keyboard_given_away  # noqa: PLC0415  not for the first frame
    from sessiontui.ui.handing_over import kept_terminal  # noqa: PLC0415  not for the first frame

    with kept_terminal(sys.stdin), keyboard_given_away():
        # The words are the person's own.
        return subprocess.run([*command, str(path)], check=False).returncode  # noqa: S603


def editor_command(variables: Mapping[str, str]) -> list[str]:
    """The words that start the person's editor; empty when there is none."""
    for name in ("VISUAL", "EDITOR"):
        if words := variables.get(name, "").strip():
            try:
                return shlex.split(words)
            except ValueError:
                return [words]
    return [found for name in _EDITORS if (found := shutil.which(name))][:1]


def taken_words(names: frozenset[str]) -> str:
    """What became of changed settings, in words."""
    live, later = sorted(names & _LIVE), sorted(names - _LIVE)
    words = []
    if live:
        words.append(f"now in force: {', '.join(live)}")
    if later:
        words.append(f"at the next start: {', '.join(later)}")
    return sentences(*words) or "nothing was changed"
