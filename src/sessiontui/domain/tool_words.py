"""Tool calls in words: the one line that tells what was done, and the rest when it is unfolded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from sessiontui.domain.message import ToolResultBlock
from sessiontui.domain.printable import printable_line
from sessiontui.domain.value import JsonValue, PlainValue
from sessiontui.domain.words import count_words, size_words

_TELLING = (
    "command",
    "cmd",
    "pattern",
    "query",
    "url",
    "uri",
    "file_path",
    "filePath",
    "path",
    "filename",
    "file",
    "notebook_path",
    "prompt",
    "question",
    "description",
    "name",
    "skill",
    "title",
    "text",
    "message",
    "content",
)
_SHELLS = frozenset({"bash", "sh", "zsh", "fish", "dash", "pwsh", "powershell", "cmd"})
_SHELL_FLAGS = frozenset({"-c", "-lc", "-ic", "-Command", "/c"})
_COLOUR_CODES = re.compile("\x1b\\[[0-9;:]*m")
_LONGEST = 400
_EXIT_STATUS = re.compile(
    r"\s*(?:Process )?exit(?:ed)?(?: with)?(?: code| status):? (\d+)\b", re.IGNORECASE
)
_MUCH = 10_000
"""Characters of output from which on its size is told, too."""


class Telling(PlainValue):
    """The argument that says most, as one line; `complete` when it is all that was given."""

    text: str
    complete: bool


def telling_argument(arguments: JsonValue) -> Telling:
    """What a call is about: its command, path or query, else its first plain argument."""
    key, value = _telling_item(arguments)
    line = _as_line(value)
    only = key is None or (isinstance(arguments, Mapping) and len(arguments) == 1)
    whole = not isinstance(value, Mapping) and "\n" not in _command_text(value).strip()
    return Telling(line, only and whole and len(line) < _LONGEST)


def _telling_item(arguments: JsonValue) -> tuple[str | None, JsonValue]:
    if not isinstance(arguments, Mapping):
        return None, arguments
    for key in _TELLING:
        if arguments.get(key) not in (None, "", [], {}):
            return key, arguments[key]
    for key, value in arguments.items():
        if isinstance(value, str) and value:
            return key, value
    return None, arguments


def _as_line(value: JsonValue) -> str:
    text = _command_text(value)
    first, newline, rest = text.strip().partition("\n")
    line = printable_line(first, _LONGEST)
    return f"{line} …" if newline and rest.strip() else line


def _command_text(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case list() if value and all(isinstance(part, str) for part in value):
            words = [str(part) for part in value]
            if len(words) == 3 and _program(words[0]) in _SHELLS and words[1] in _SHELL_FLAGS:
                return words[2]
            return " ".join(words)
        case dict() if not value:
            return ""
        case _:
            return json.dumps(value, ensure_ascii=False)


def _program(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")


def other_arguments(
    arguments: JsonValue, without: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Every argument with its name and its whole text; nested ones as indented JSON."""
    if arguments is None or arguments == {}:
        return
    if not isinstance(arguments, Mapping):
        if "" not in without:
            yield "", _whole(arguments)
        return
    for key, value in arguments.items():
        if key not in without:
            yield key, _whole(value)


def _whole(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence) and _command_text(value) and not _has_nested(value):
        return _command_text(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def _has_nested(value: Sequence[JsonValue]) -> bool:
    return not all(isinstance(part, str) for part in value)


class Outcome(PlainValue):
    """How a call ended: the word for it, and the rest of the line."""

    word: str
    failed: bool
    details: tuple[str, ...] = ()


def outcome_of(result: ToolResultBlock | None, seconds: float | None) -> Outcome:
    """`ok`, `failed` or `exit 2`, `done` where the format does not say, or `no result`."""
    if result is None:
        return Outcome("no result", failed=False)
    failed = result.is_error is True
    word = "failed" if failed else "ok" if result.is_error is False else "done"
    if failed and (status := _EXIT_STATUS.match(result.text[:_LONGEST])):
        word = f"exit {status.group(1)}"
    lines = line_count(result.text)
    amount = count_words(lines, "line") if lines else "no output"
    if len(result.text) >= _MUCH:
        size = len(result.text.encode("utf-8", "surrogatepass"))
        amount = f"{amount}, {size_words(size)}"
    took = seconds_words(seconds)
    return Outcome(word, failed, (took, amount) if took else (amount,))


def line_count(text: str) -> int:
    """Lines of a text; trailing line ends do not count."""
    bare = text.rstrip("\r\n")
    return bare.count("\n") + 1 if bare else 0


def seconds_words(seconds: float | None) -> str:
    """A duration as `0.2 s`, `14 s`, `3 m 20 s`; empty when it is too short to tell."""
    if seconds is None or seconds < 0.05:
        return ""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} m" if hours else f"{minutes} m {rest} s"


def data_words(data: JsonValue, limit: int) -> str:
    """How much data there is; of a plain value itself at most `limit` characters, as one line."""
    match data:
        case None:
            return "no data"
        case dict():
            return count_words(len(data), "field")
        case list():
            return count_words(len(data), "item")
        case _:
            return printable_line(str(data), limit)


def without_colours(output: str) -> str:
    """What a tool printed, without the codes that only coloured it."""
    return _COLOUR_CODES.sub("", output) if "\x1b[" in output else output
