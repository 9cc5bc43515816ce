"""Finds the stylesheets: `styles.tcss`, and those of single screens in `styles/` here.

`styles.tcss` lies beside the package in a wheel, at the top of a checkout otherwise.
"""

from __future__ import annotations

from pathlib import Path

from textual.css.stylesheet import Stylesheet

import sessiontui

NAME = "styles.tcss"
_OF_SCREENS = Path(__file__).parent / "styles"


class SteadyStylesheet(Stylesheet):
    """Is not parsed again while neither its sources nor its variables are others.

    Textual would parse everything twice at every start.
    """

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._given = variables
        self._parsed: tuple[object, object] | None = None

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other variables."""
        if variables != self._given:
            self._given = variables
            super().set_variables(variables)

    def parse(self) -> None:
        """Parse what is not parsed yet."""
        super().parse()
        self._parsed = self._given, dict(self.source)

    def reparse(self) -> None:
        """Parse everything, unless that would make no difference."""
        if self._parsed is None:
            # What is parsed here is kept for when the first screen adds its own styles.
            self.parse()
        elif self._parsed != (self._given, dict(self.source)):
            super().reparse()
            self._parsed = self._given, dict(self.source)


def stylesheet_paths() -> list[Path]:
    """Every stylesheet of this installation, the common one first.

    In a checkout that one is edited in place; a copy that an editable install left elsewhere does
    not count. Raises `FileNotFoundError` when the installation is incomplete.
    """
    return [_common(), *sorted(_OF_SCREENS.glob("*.tcss"))]


def _common() -> Path:
    package = Path(sessiontui.__file__).parent
    checkout = package.parent.parent
    candidates = (package / NAME, checkout / NAME)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"{NAME} is neither in {package} nor in {checkout}")
