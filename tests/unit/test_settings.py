"""Settings: file, variables, defaults, and the errors that name the place."""

from __future__ import annotations

import stat
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import SettingsInvalid
from sessiontui.services.settings import (
    Settings,
    default_file,
    default_settings_path,
    duration_text,
    load_settings,
    own_places,
    setting_docs,
    write_default_file,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_everything_is_default(path: Path) -> None:
    loaded = load_settings(path, {})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}


def test_a_named_file_that_is_missing_is_an_error(path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"config\.toml"):
        load_settings(path, {}, required=True)


def test_the_file_beats_the_defaults_and_a_variable_beats_the_file(path: Path) -> None:
    path.write_text('stuck_after = "20m"\nundo_days = 7\n')
    loaded = load_settings(path, {"SESSIONTUI_UNDO_DAYS": "9"})
    assert loaded.settings.stuck_after == timedelta(minutes=20)
    assert loaded.settings.undo_days == 9
    assert loaded.origins["stuck_after"] == str(path)
    assert loaded.origins["undo_days"] == "SESSIONTUI_UNDO_DAYS"
    assert loaded.origins["theme"] == "default"


def test_a_variable_may_hold_one_store_per_line_or_a_toml_list(path: Path) -> None:
    lines = load_settings(path, {"SESSIONTUI_STORES": "astrid:/a b\n/c\n"})
    assert lines.settings.stores == ("astrid:/a b", "/c")
    listed = load_settings(path, {"SESSIONTUI_STORES": '["astrid:/a", "/c"]'})
    assert listed.settings.stores == ("astrid:/a", "/c")


def test_a_keymap_can_come_from_file_or_variable(path: Path) -> None:
    path.write_text('[keymap]\ndelete = "D"\n')
    assert load_settings(path, {}).settings.keymap == {"delete": "D"}
    variables = {"SESSIONTUI_KEYMAP": '{ delete = "X" }'}
    assert load_settings(path, variables).settings.keymap == {"delete": "X"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stuck_afer = '5m'", ("stuck_afer", "did you mean stuck_after")),
        ("colour = 'red'", ("colour", "known settings: stores, theme")),
        ("stuck_after = 'soon'", ("stuck_after", "soon", "10m, 2h or 1h30m")),
        ("stuck_after = '0s'", ("stuck_after", "0s")),
        ("stuck_after = 600", ("stuck_after", "600")),
        ("undo_days = 0", ("undo_days", "whole number from 1 to 3,650")),
        ("undo_days = true", ("undo_days", "whole number")),
        ("undo_days = 'many'", ("undo_days", "many")),
        ("stores = 'astrid:/x'", ("stores", "astrid:/x")),
        ("[keymap]\ndelete = ['d']", ("keymap.delete",)),
        ("theme = \n", ("not TOML", "line 1")),
    ],
)
def test_a_mistake_in_the_file_names_file_setting_and_what_is_allowed(
    path: Path, text: str, words: tuple[str, ...]
) -> None:
    path.write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path, {})
    told = f"{caught.value.title} {caught.value.hint}"
    assert str(path) in told
    for word in words:
        assert word in told


def test_a_mistake_in_a_variable_names_the_variable(path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="SESSIONTUI_STUCK_AFTER"):
        load_settings(path, {"SESSIONTUI_STUCK_AFTER": "soon"})
    with pytest.raises(SettingsInvalid, match="SESSIONTUI_KEYMAP is not TOML"):
        load_settings(path, {"SESSIONTUI_KEYMAP": "{ delete"})


def test_a_variable_does_not_hide_a_mistake_in_the_file(path: Path) -> None:
    path.write_text("undo_days = 0")
    with pytest.raises(SettingsInvalid):
        load_settings(path, {"SESSIONTUI_UNDO_DAYS": "9"})


def test_files_that_cannot_be_read_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read: is a directory"):
        load_settings(tmp_path, {})
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"theme = '\xe9'")
    with pytest.raises(SettingsInvalid, match="not UTF-8 at byte 9"):
        load_settings(latin, {})


def test_the_default_file_sets_nothing_and_uncommented_gives_the_defaults(tmp_path: Path) -> None:
    text = default_file()
    assert tomllib.loads(text) == {}
    lines = [line[1:] for line in text.splitlines() if line.startswith("#") and line[1] != " "]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines))
    loaded = load_settings(path, {})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {str(path)}


def test_every_setting_is_explained() -> None:
    assert setting_docs().keys() == set(Settings.__struct_fields__)


def test_a_default_file_is_private_and_never_replaces_one(path: Path) -> None:
    nested = path.parent / "new" / "config.toml"
    write_default_file(nested)
    assert stat.S_IMODE(nested.stat().st_mode) == 0o600
    assert stat.S_IMODE(nested.parent.stat().st_mode) == 0o700
    nested.write_text("theme = 'mine'")
    with pytest.raises(SettingsInvalid, match="is there already"):
        write_default_file(nested)
    assert nested.read_text() == "theme = 'mine'"


def test_a_default_file_needs_a_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsInvalid, match="cannot be made"):
        write_default_file(tmp_path / "file" / "config.toml")


def test_the_program_has_its_own_folders(tmp_path: Path) -> None:
    places = dict(own_places(default_settings_path()))
    assert places["settings"] == tmp_path / "xdg-config" / "sessiontui" / "config.toml"
    assert places["cache"] == tmp_path / "xdg-cache" / "sessiontui"
    assert places["data"] == tmp_path / "xdg-data" / "sessiontui"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59, "59s"), (600, "10m"), (5400, "1h30m"), (694861, "1w1d1h1m1s")],
)
def test_durations_are_spelt_exactly(seconds: int, text: str) -> None:
    assert duration_text(timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("undo_days = 3\n\ncolour = 4\n", 3),
        ('# theme\n"undo_days" = 0\n', 2),
        ("[keymap]\nrename = 'f2'\ndelete = ['d']\n", 3),
        ("keymap = { delete = ['d'] }\n", 1),
        ("keymap.delete = 3\n", 1),
        ("[keymaps]\n", 1),
    ],
)
def test_a_mistake_is_told_with_its_line(path: Path, text: str, line: int) -> None:
    path.write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(path, {})
    assert f"{path}, line {line}:" in caught.value.title


def test_settings_are_read_again_under_the_same_variables(path: Path) -> None:
    before = load_settings(path, {"SESSIONTUI_UNDO_DAYS": "9", "HOME": "/x"})
    path.write_text('theme = "nord"\nundo_days = 3\n')
    after = before.again()
    assert after.settings.undo_days == 9
    assert before.changed_names(after) == {"theme"}
    assert "HOME" not in after.variables
    path.unlink()
    assert after.again().settings == before.settings
