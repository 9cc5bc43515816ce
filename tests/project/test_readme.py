"""The README says what is so."""

from __future__ import annotations

import re

from tests.project.readme_tables import README, with_tables


def test_the_tables_are_the_ones_declared_in_the_code() -> None:
    text = README.read_text()
    assert with_tables(text) == text, "run python -m tests.project.readme_tables"


def test_every_picture_is_there() -> None:
    names = re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text())
    assert names
    assert all((README.parent / name).is_file() for name in names)


def test_the_two_commands_stand_in_it() -> None:
    text = README.read_text()
    assert "make run" in text
    assert "make test" in text
