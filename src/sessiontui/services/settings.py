"""Settings: one model, read from a TOML file and from `SESSIONTUI_*` variables.

Options on the command line beat the variables, they beat the file, it beats the defaults. Nothing
is guessed: an unknown name is an error that says where it stands and what it may have meant.
"""

from __future__ import annotations

import ast
import difflib
import functools
import inspect
import itertools
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, cast, get_args, get_origin

import msgspec
from msgspec import Meta

from sessiontui.domain.errors import ChangedUnderneath, SessionTuiError, SettingsInvalid
from sessiontui.domain.value import JsonValue, PlainValue, Value
from sessiontui.domain.words import parse_duration
from sessiontui.services.index_schema import FILE_NAME as INDEX_NAME
from sessiontui.storage.atomic_file import create_file
from sessiontui.storage.locations import Locations, private_folder

VARIABLE_PREFIX = "SESSIONTUI_"
FILE_NAME = "config.toml"
_UNITS = ((7 * 86400, "w"), (86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def duration_text(duration: timedelta) -> str:
    """A duration as settings and options spell it, exact to the second: `1h30m`."""
    rest = int(duration.total_seconds())
    parts: list[str] = []
    for length, unit in _UNITS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


class Settings(Value):
    """What a person can set; the docstring of each field is its manual."""

    stores: tuple[str, ...] = ()
    """More stores to open besides those that are found: each is FORMAT:PATH, or a path whose
    content decides the format. Example: ["astrid:~/old/astrid/sessions"]"""
    theme: str = ""
    """Name of the colour theme, as the command palette lists them. Empty: the program's own."""
    stuck_after: timedelta = timedelta(minutes=10)
    """How long nothing may move in an open turn before its session counts as stuck."""
    undo_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """How many days a change can be taken back."""
    undo_megabytes: Annotated[int, Meta(ge=1, le=1_000_000)] = 500
    """How much room the undo journal may take, in megabytes; the oldest entries go first."""
    search_tool_output: bool = True
    """Whether the output of tools is indexed as well, to be searched with in:tools. It takes far
    more room than the conversations. false removes what is there."""
    index_megabytes: Annotated[int, Meta(ge=10, le=1_000_000)] = 2_000
    """How big the search index may get, in megabytes: beyond that, tool output of the oldest
    sessions is left out. Conversations are always indexed."""
    query_history: Annotated[int, Meta(ge=0, le=10_000)] = 200
    """How many queries the search box remembers between runs, in query-history.json in the data
    folder. 0: none; the file of earlier ones is left alone, and can be removed."""
    keymap: Mapping[str, str] = {}
    """Keys of actions: the action's name, and its keys separated by commas. What is not named
    keeps its keys. Example: { delete = "D", next_hit = "n,ctrl+n" }"""


class LoadedSettings(Value):
    """Settings, and for each field where its value comes from: an option, a variable, a file."""

    settings: Settings
    origins: Mapping[str, str]
    path: Path
    """The settings file that counts, whether it exists or not."""
    variables: Mapping[str, str] = {}
    """The `SESSIONTUI_*` variables that were there."""

    @classmethod
    def defaults(cls) -> LoadedSettings:
        """The defaults; the user's own file is where others would be, but was not read."""
        origins = dict.fromkeys(Settings.__struct_fields__, "default")
        return cls(settings=Settings(), origins=origins, path=default_settings_path())

    def again(self) -> LoadedSettings:
        """The file read anew, under the same variables. Raises `SettingsInvalid`."""
        return load_settings(self.path, self.variables)

    def changed_names(self, other: LoadedSettings) -> frozenset[str]:
        """The settings that have another value in `other`."""
        values = ((name, getattr(self.settings, name)) for name in Settings.__struct_fields__)
        return frozenset(name for name, value in values if getattr(other.settings, name) != value)

    def items(self) -> tuple[tuple[str, JsonValue, str], ...]:
        """(name, value, origin) of every field, in their order."""
        values = _json_form(self.settings)
        return tuple(
            (name, values[name], self.origins[name]) for name in Settings.__struct_fields__
        )


def default_settings_path() -> Path:
    """The settings file that is used when none is named."""
    return Locations.of_user().config / FILE_NAME


def load_settings(
    path: Path, variables: Mapping[str, str], *, required: bool = False
) -> LoadedSettings:
    """Read the file and the variables. A file that is not there is none, unless `required`.

    Raises `SettingsInvalid`, naming the file or the variable, and the nearest known name.
    """
    stored = _read_file(path, required)
    ours = {
        _variable(name): variables[_variable(name)]
        for name in Settings.__struct_fields__
        if _variable(name) in variables
    }
    given = {
        name: _variable_value(name, ours[_variable(name)])
        for name in Settings.__struct_fields__
        if _variable(name) in ours
    }
    _validate(stored.values, stored.place)
    for name, value in given.items():
        _validate({name: value}, _variable_place)
    settings = _validate({**stored.values, **given}, stored.place)
    origins = {
        name: _variable(name)
        if name in given
        else str(path)
        if name in stored.values
        else "default"
        for name in Settings.__struct_fields__
    }
    return LoadedSettings(settings=settings, origins=origins, path=path, variables=ours)


def _variable(name: str) -> str:
    """The environment variable of a setting."""
    return VARIABLE_PREFIX + name.upper()


def _variable_place(names: tuple[str | int, ...]) -> str:
    return _variable(str(names[0]))


class _Stored(PlainValue):
    """What stands in the settings file."""

    path: Path
    text: str = ""
    values: Mapping[str, Any] = {}

    def place(self, names: tuple[str | int, ...]) -> str:
        """The file, and the line on which a setting (or a name in its table) stands."""
        line = _line_of(self.text, names)
        return str(self.path) if line is None else f"{self.path}, line {line}"


def _line_of(text: str, names: tuple[str | int, ...]) -> int | None:
    """The line that sets a value: the last one that names the innermost name it can be found by."""
    lines = text.splitlines()
    for name in reversed(names):
        begins = re.compile(rf"\s*(\[\s*)?[\"']?{re.escape(str(name))}[\"']?\s*[=.\]]")
        found = [number for number, line in enumerate(lines, 1) if begins.match(line)]
        if found:
            return found[-1]
    return None


def _read_file(path: Path, required: bool) -> _Stored:
    try:
        text = path.read_bytes().decode("utf-8")
        return _Stored(path, text, _toml_values(text, str(path), "mend that line"))
    except FileNotFoundError as error:
        if required:
            raise SettingsInvalid(
                f"there is no settings file {path}", "`sessiontui config init` writes one"
            ) from error
        return _Stored(path)
    except OSError as error:
        raise SettingsInvalid(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}",
            "change its permissions, or name another with --config",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsInvalid(
            f"{path} is not UTF-8 at byte {error.start}", "save it as UTF-8"
        ) from error


def _toml_values(text: str, where: str, hint: str) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  most people set nothing

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid(f"{where} is not TOML: {error}", hint) from error


def _variable_value(name: str, text: str) -> object:
    """The value of a variable: TOML where it is a list or table, else the text itself."""
    if text.lstrip().startswith(("[", "{")):
        hint = "write it as in the settings file"
        return _toml_values(f"value = {text}", _variable(name), hint)["value"]
    if isinstance(getattr(Settings(), name), tuple):
        return [line for line in text.splitlines() if line.strip()]
    return text


_Place = Callable[[tuple[str | int, ...]], str]
"""Where a setting stands, in words."""


def _validate(values: Mapping[str, object], place: _Place) -> Settings:
    checked: dict[str, object] = {}
    for name, value in values.items():
        if name not in _kinds():
            near = difflib.get_close_matches(name, _kinds(), n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}" if near else f"known settings: {', '.join(_kinds())}"
            raise SettingsInvalid(f"{place((name,))}: there is no setting {name}", hint)
        checked[name] = _checked(name, value, place)
    return Settings(**checked)  # type: ignore[arg-type]  # each was checked by its annotation


def _checked(name: str, value: object, place: _Place) -> object:
    """A value as its setting takes it. Raises `SettingsInvalid`."""
    kind, limits = _kinds()[name]
    if kind is timedelta:
        found: object = parse_duration(value) if isinstance(value, str) else None
        if found:
            return found
    else:
        if kind is bool and isinstance(value, str):
            value = _SWITCHES.get(value.strip().lower(), value)
        with suppress(msgspec.ValidationError):
            return msgspec.convert(value, Annotated[kind, limits] if limits else kind, strict=False)
    names: tuple[str, ...] = (name,)
    if isinstance(value, Mapping):
        # What is wrong with a table is one of its values.
        inner = next((key for key, part in value.items() if not isinstance(part, str)), None)
        names, value = (name, str(inner)), value.get(inner)
    given = json.dumps(value, ensure_ascii=False, default=str)
    hint = _WANTED[get_origin(kind) or kind]
    if limits:
        hint += f" from {limits.ge:,} to {limits.le:,}"
    raise SettingsInvalid(f"{place(names)}: {'.'.join(names)} cannot be {given}", hint)


@functools.cache
def _kinds() -> Mapping[str, tuple[Any, Meta | None]]:
    """The type of each setting, and the limits of a number."""
    kinds: dict[str, tuple[Any, Meta | None]] = {}
    for field in msgspec.structs.fields(Settings):
        parts = get_args(field.type) if get_origin(field.type) is Annotated else (field.type, None)
        kinds[field.name] = (parts[0], parts[1])
    return kinds


_SWITCHES = {"yes": True, "on": True, "no": False, "off": False}
_WANTED: Mapping[object, str] = {
    str: "give a text in quotes",
    bool: "give true or false",
    int: "give a whole number",
    timedelta: "give a time such as 10m, 2h or 1h30m",
    tuple: "give a list of texts in brackets",
    Mapping: "give a table of texts in braces",
}
"""What a setting of each type takes, in words."""


def _json_form(settings: Settings) -> dict[str, JsonValue]:
    values: dict[str, JsonValue] = msgspec.to_builtins(settings)
    return {**values, "stuck_after": duration_text(settings.stuck_after)}


def setting_docs() -> dict[str, str]:
    """The docstring of every setting, by its name."""
    # Read only when they are shown: looking at the source costs more than reading the settings.
    model = cast("ast.ClassDef", ast.parse(inspect.getsource(Settings)).body[0])
    found: dict[str, str] = {}
    for field, doc in itertools.pairwise(model.body):
        match field, doc:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = inspect.cleandoc(text)
    return found


def default_file() -> str:
    """A settings file in which everything is explained and nothing is set."""
    lines = [
        "# Settings of sessiontui. Each is commented out and shows its default.",
        "# Options beat SESSIONTUI_* variables, they beat this file, it beats the defaults.",
    ]
    docs = setting_docs()
    defaults = _json_form(Settings())
    for name in Settings.__struct_fields__:
        lines.append("")
        lines.extend(f"# {line.strip()}" for line in docs[name].splitlines())
        lines.append(f"#{name} = {_toml_text(defaults[name])}")
    return "\n".join(lines) + "\n"


def _toml_text(value: JsonValue) -> str:
    # The defaults are texts, numbers and empty lists or tables, which JSON and TOML spell alike.
    return json.dumps(value, ensure_ascii=False)


def write_default_file(path: Path) -> None:
    """Write `default_file` to a path where there is none yet, for its owner only.

    Raises `SettingsInvalid` where there is one, or where it cannot be written.
    """
    elsewhere = "name another with --config"
    try:
        private_folder(path.parent)
        create_file(path, default_file().encode())
    except ChangedUnderneath as error:
        raise SettingsInvalid(error.title, "edit it, or move it away first") from error
    except SessionTuiError as error:
        raise SettingsInvalid(error.title, elsewhere) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsInvalid(f"{path.parent} cannot be made: {reason}", elsewhere) from error


def ensure_file(path: Path) -> None:
    """Write the default file where there is none. Raises `SettingsInvalid` where it cannot be."""
    try:
        path.lstat()
    except FileNotFoundError:
        write_default_file(path)
    except OSError as error:
        raise SettingsInvalid(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}",
            "change its permissions, or name another with --config",
        ) from error


def own_places(settings_path: Path) -> tuple[tuple[str, Path], ...]:
    """(what, path) of our own folders and files, whether they exist or not."""
    places = Locations.of_user()
    return (
        ("settings", settings_path),
        ("config", places.config),
        ("cache", places.cache),
        ("index", places.cache / INDEX_NAME),
        ("data", places.data),
        ("journal", places.journal),
        ("local titles", places.local_titles),
        ("query history", places.query_history),
        ("view state", places.view_state),
    )
