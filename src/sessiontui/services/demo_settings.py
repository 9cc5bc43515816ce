"""The settings of the demo: a person's own keys and colours, in a file that goes with the demo.

Everything else is about stores and files of theirs, which the demo leaves alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from sessiontui.services.settings import (
    LoadedSettings,
    Settings,
    default_file,
    load_settings,
    variable_of,
)
from sessiontui.storage.atomic_file import create_file

_TAKEN = ("theme", "keymap")


def load_demo_settings(own: Path, copy: Path, variables: Mapping[str, str]) -> LoadedSettings:
    """The settings in force in the demo.

    `own` is the person's settings file, which is only read; `copy` is written, for the program to
    open and read again. Raises `SettingsInvalid` as `load_settings` does.
    """
    create_file(copy, _file_of(load_settings(own, {}).settings).encode())
    names = map(variable_of, _TAKEN)
    return load_settings(copy, {name: variables[name] for name in names if name in variables})


def _file_of(settings: Settings) -> str:
    lines = default_file().splitlines()
    taken = {"theme": _text(settings.theme), "keymap": _table(settings.keymap)}
    for name in _TAKEN:
        number = next(n for n, line in enumerate(lines) if line.startswith(f"#{name} = "))
        lines[number] = f"{name} = {taken[name]}"
    return "\n".join(["# Of this demo only: it goes when you leave.", *lines, ""])


def _table(entries: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{_text(name)} = {_text(keys)}' for name, keys in entries.items())}}}"


def _text(text: str) -> str:
    # JSON and TOML spell texts alike, but for one character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
