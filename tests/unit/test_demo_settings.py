"""The settings of the demo: a person's keys and colours, and nothing else of theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.services.demo_settings import _file_of, load_demo_settings
from sessiontui.services.settings import Settings, load_settings

OWN = """
theme = "nord"
stores = ["astrid:~/old/astrid/sessions"]
stuck_after = "3d"
[keymap]
delete = "D"
"""


def test_keys_and_colours_are_taken_and_stores_are_not(tmp_path: Path) -> None:
    own, copy = tmp_path / "own.toml", tmp_path / "copy.toml"
    own.write_text(OWN)
    loaded = load_demo_settings(own, copy, {"SESSIONTUI_STUCK_AFTER": "9d", "PATH": "/bin"})
    assert loaded.settings == Settings(theme="nord", keymap={"delete": "D"})
    assert loaded.path == copy
    assert own.read_text() == OWN
    # What is changed in the copy while the demo runs is what counts, as with every settings file.
    copy.write_text(copy.read_text().replace('"nord"', '"gruvbox"'))
    assert loaded.again().settings.theme == "gruvbox"
    assert "#stores = []" in copy.read_text()


def test_variables_count_as_everywhere(tmp_path: Path) -> None:
    variables = {"SESSIONTUI_THEME": "dracula", "SESSIONTUI_KEYMAP": '{ undo = "Z" }'}
    loaded = load_demo_settings(tmp_path / "none.toml", tmp_path / "copy.toml", variables)
    assert loaded.settings == Settings(theme="dracula", keymap={"undo": "Z"})


def test_a_file_that_is_wrong_is_an_error_that_names_it(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("theme = 7")
    with pytest.raises(SettingsInvalid, match=r"own\.toml"):
        load_demo_settings(own, tmp_path / "copy.toml", {})


@given(st.text(st.characters(exclude_categories=["Cs"])), st.dictionaries(st.text(), st.text()))
def test_every_text_arrives_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, theme: str, keymap: dict[str, str]
) -> None:
    text = _file_of(Settings(theme=theme, keymap=keymap))
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_bytes(text.encode())
    assert load_settings(path, {}).settings == Settings(theme=theme, keymap=keymap)
