"""Styles are parsed once, and again when that makes a difference."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from textual.css.stylesheet import Stylesheet, StylesheetParseError

from sessiontui.ui.stylesheet import SteadyStylesheet


def parsed_colours(sheet: Stylesheet) -> list[str]:
    """The colours of all rules, in order."""
    return [rule.styles.color.hex for rule in sheet.rules]


def test_what_did_not_change_is_not_parsed_again() -> None:
    sheet = SteadyStylesheet(variables={"ink": "#010203"})
    sheet.add_source("Label { color: $ink; }", read_from=("a", ""))
    with patch.object(
        Stylesheet, "_parse_rules", autospec=True, side_effect=Stylesheet._parse_rules
    ) as parse:
        sheet.reparse()
        assert parsed_colours(sheet) == ["#010203"]
        assert parse.call_count == 1
        sheet.set_variables({"ink": "#010203"})
        sheet.reparse()
        assert parse.call_count == 1
        sheet.add_source("Button { color: #040506; }", read_from=("b", ""))
        assert parsed_colours(sheet) == ["#010203", "#040506"]
        sheet.reparse()
    assert parsed_colours(sheet) == ["#010203", "#040506"]


def test_other_variables_count() -> None:
    sheet = SteadyStylesheet(variables={"ink": "#010203"})
    sheet.add_source("Label { color: $ink; }", read_from=("a", ""))
    sheet.reparse()
    sheet.set_variables({"ink": "#0a0b0c"})
    sheet.reparse()
    assert parsed_colours(sheet) == ["#0A0B0C"]


def test_a_mistake_is_told() -> None:
    sheet = SteadyStylesheet(variables={})
    sheet.add_source("Label { color: nonsense; }", read_from=("a", ""))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
