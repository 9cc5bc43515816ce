"""Finds the stylesheets: `styles.tcss`, and those of single screens in `styles/` here.

`styles.tcss` lies beside the package in a wheel, at the top of a checkout otherwise.
"""

from __future__ import annotations

from pathlib import Path

import sessiontui

NAME = "styles.tcss"
_OF_SCREENS = Path(__file__).parent / "styles"


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
