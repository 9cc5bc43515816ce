"""Finds `styles.tcss`: beside the package in a wheel, at the top of a checkout otherwise."""

from __future__ import annotations

from pathlib import Path

import sessiontui

NAME = "styles.tcss"


def stylesheet_path() -> Path:
    """The stylesheet of this installation.

    In a checkout it is edited in place; a copy that an editable install left elsewhere does not
    count. Raises `FileNotFoundError` when the installation is incomplete.
    """
    package = Path(sessiontui.__file__).parent
    checkout = package.parent.parent
    candidates = (package / NAME, checkout / NAME)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise FileNotFoundError(f"{NAME} is neither in {package} nor in {checkout}")
