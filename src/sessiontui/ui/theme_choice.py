"""Choosing a theme: looked at first, then kept, here and for the next start."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from textual.app import App

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.ui.themes import DARK, SIXTEEN, THEMES
from sessiontui.ui.workbench import Workbench


def first_theme(app: App[Any], of_settings: str, kept: str) -> str:
    """The theme to start with: the settings', else the one kept, else the program's own.

    A terminal that has 16 colours only shows its own: others would come out as any of them.
    """
    own = SIXTEEN.name if app.console.color_system == "standard" else DARK.name
    return next((name for name in (of_settings, kept) if name in app.available_themes), own)


def theme_problem(available: Iterable[str], of_settings: str) -> SettingsInvalid | None:
    """What is wrong with the theme that the settings name."""
    names = sorted(available)
    if not of_settings or of_settings in names:
        return None
    near = difflib.get_close_matches(of_settings, names, n=1)
    hint = f"did you mean {near[0]}" if near else "the palette lists the themes"
    return SettingsInvalid(f"theme: there is no theme {of_settings}", hint)


class ThemeChoice:
    """One choice; until something is chosen, every theme is only looked at."""

    def __init__(self, app: App[Any], bench: Workbench) -> None:
        self._app = app
        self._bench = bench
        self.chosen = app.theme
        own = [theme.name for theme in THEMES]
        others = sorted(name for name in app.available_themes if name not in own)
        self.names = {name: app.available_themes[name].dark for name in (*own, *others)}
        """All themes, our own first, and whether each is dark."""

    def preview(self, name: str) -> None:
        """Show a theme."""
        if self._app.theme != name:
            self._app.theme = name

    def withdraw(self) -> None:
        """Show the one that is in use."""
        self.preview(self.chosen)

    def choose(self, name: str) -> None:
        """Use a theme from now on."""
        self.chosen = name
        self.preview(name)
        self._bench.view_state.set("theme", name)
        set_there = self._bench.settings.settings.theme
        if set_there not in {"", name}:
            self._app.notify(
                f"the settings file says {set_there}, which counts at the next start",
                title=f"theme {name}",
                markup=False,
            )
