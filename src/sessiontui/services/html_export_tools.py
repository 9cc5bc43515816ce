"""Tool calls with their results as HTML: one line that unfolds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sessiontui.domain.conversation import PairedResult
from sessiontui.domain.edit_diff import DiffKind, EditDiff, edit_of
from sessiontui.domain.message import ToolCallBlock, ToolResultBlock
from sessiontui.domain.printable import printable_line
from sessiontui.domain.todo_list import TodoList, TodoState, todo_list_of
from sessiontui.domain.tool_words import (
    Outcome,
    Telling,
    other_arguments,
    outcome_of,
    telling_argument,
    without_colours,
)
from sessiontui.domain.value import JsonValue
from sessiontui.services.code_tokens import language_of
from sessiontui.services.html_export_text import (
    code_block,
    coloured,
    output_block,
    safe,
    safe_line,
)

SMALL_EDIT = 10
"""Lines of a diff up to which it is shown without being asked for."""
_LONGEST_NAME = 60
_LONGEST_ARGUMENT = 300
_SHORT_ARGUMENT = 90
"""Characters up to which an argument is sure to be read in the line itself."""
_COMMANDS = frozenset({"command", "cmd", "script"})
_PATHS = ("file_path", "filePath", "path", "filename", "file", "notebook_path")
_CONTENTS = frozenset({"content", "contents", "file_text", "new_source", "text"})
_PATCH_STARTS = ("*** Begin Patch", "--- ", "diff --git ", "Index: ")
_PATCHED = re.compile(r"(?:\*\*\* \w+ File: |\+\+\+ (?:b/)?)(?!/dev/null)(\S.*)")
_CHECKS = {
    TodoState.OPEN: ("todo", "☐"),
    TodoState.DOING: ("doing", "☐"),
    TodoState.DONE: ("done", "☑"),
    TodoState.DROPPED: ("done", "☒"),
}
_SIGNS = {
    DiffKind.ADDED: ("added", "+ "),
    DiffKind.REMOVED: ("removed", "- "),
    DiffKind.SAME: ("same", "  "),
    DiffKind.PLACE: ("place", ""),
}


def tool_html(call: ToolCallBlock | None, paired: PairedResult | None) -> str:
    """A call with its result; one of them may be missing."""
    result = paired.block if paired else None
    outcome = outcome_of(result, paired.seconds if paired else None)
    arguments = call.arguments if call else None
    edit, todos = edit_of(arguments), todo_list_of(arguments)
    telling = _telling(call, edit, todos) if call else _first_line(result)
    small = edit is not None and len(edit.lines) <= SMALL_EDIT
    opened = " open" if outcome.failed or small or todos else ""
    failed = " failed" if outcome.failed else ""
    name = safe_line(call.name, _LONGEST_NAME) if call else "result"
    shown = safe_line(telling.text, _LONGEST_ARGUMENT)
    argument = f'<code class="argument" dir="ltr">{shown}</code>' if shown else ""
    keys = frozenset[str]().union(*(part.keys for part in (edit, todos) if part))
    parts = (*_arguments(call, keys, telling), *_edit(edit), *_checked(todos), *_output(result))
    body = "".join(parts)
    summary = (
        f'<summary><b class="tool-name">{name or "(no name)"}</b> {argument}'
        f' <span class="outcome">{_outcome(outcome, edit)}</span></summary>'
    )
    if not body:
        return f'<div class="tool{failed}">{summary.replace("summary>", "div>")}</div>'
    return (
        f'<details class="tool{failed}"{opened}>{summary}<div class="inside">{body}</div></details>'
    )


def _outcome(outcome: Outcome, edit: EditDiff | None) -> str:
    parts = [f'<span class="word">{outcome.word}</span>', *outcome.details]
    if edit and edit.added + edit.removed:
        counts = (
            f'<span class="added">+{edit.added:,}</span>'
            f' <span class="removed">−{edit.removed:,}</span>'
        )
        # Of an edit its own lines count, not those of the tool's answer.
        return " · ".join((counts, *parts[:-1]))
    return " · ".join(parts)


def _telling(call: ToolCallBlock, edit: EditDiff | None, todos: TodoList | None) -> Telling:
    if todos is not None:
        return Telling(f"{todos.done:,} of {len(todos.todos):,} done", complete=False)
    telling = telling_argument(call.arguments)
    if edit is None or not telling.text.startswith(_PATCH_STARTS):
        return telling
    # A patch is about its files.
    names = (_PATCHED.match(line.text) for line in edit.lines if line.kind is DiffKind.PLACE)
    files = list(dict.fromkeys(found.group(1) for found in names if found))
    if not files:
        return telling
    rest = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
    return Telling(printable_line(files[0], _LONGEST_ARGUMENT) + rest, complete=False)


def _first_line(result: ToolResultBlock | None) -> Telling:
    text = without_colours(result.text.lstrip()[:_LONGEST_ARGUMENT]) if result else ""
    return Telling(printable_line(text.partition("\n")[0], _LONGEST_ARGUMENT), complete=False)


def _arguments(call: ToolCallBlock | None, keys: frozenset[str], telling: Telling) -> Iterator[str]:
    if call is None or (telling.complete and len(telling.text) <= _SHORT_ARGUMENT):
        return
    language = _language_in(call.arguments)
    for key, value in other_arguments(call.arguments, keys):
        if value == telling.text and len(value) <= _SHORT_ARGUMENT:
            continue
        if "\n" not in value and len(value) <= _SHORT_ARGUMENT:
            name = safe_line(key, _LONGEST_NAME)
            inline = f"<code>{safe(value)}</code>"
            yield f'<p class="field"><span class="quiet">{name}</span> {inline}</p>'
            continue
        yield code_block(value, _language_of_argument(key, call.arguments, language), key)


def _language_in(arguments: JsonValue) -> str:
    """The language of the file that a call is about."""
    if not isinstance(arguments, Mapping):
        return ""
    paths = (arguments.get(key) for key in _PATHS)
    return next((language_of(path) for path in paths if isinstance(path, str) and path), "")


def _language_of_argument(key: str, arguments: JsonValue, language: str) -> str:
    if key in _COMMANDS:
        return "bash"
    if key in _CONTENTS:
        return language
    stored = arguments.get(key) if isinstance(arguments, Mapping) else arguments
    return "" if isinstance(stored, str) else "json"


def _checked(todos: TodoList | None) -> Iterator[str]:
    """What is to be done, with check marks; what is not simply open or done says so in words."""
    if todos is None:
        return
    yield '<ul class="todos">'
    for text, state in todos.todos:
        name, sign = _CHECKS[state]
        told = state in (TodoState.DOING, TodoState.DROPPED)
        words = f' <span class="quiet">{state.value}</span>' if told else ""
        yield f'<li class="{name}"><span>{sign}</span> '
        yield f'<span dir="auto">{safe(text)}</span>{words}</li>'
    yield "</ul>"


def _edit(edit: EditDiff | None) -> Iterator[str]:
    if edit is not None:
        yield diff_block(edit)


def diff_block(edit: EditDiff) -> str:
    """The lines of an edit, coloured by what becomes of them."""
    lines = []
    for kind, text in edit.lines:
        name, sign = _SIGNS[kind]
        lines.append(f'<span class="{name}">{sign}{safe(text)}\n</span>')
    return f'<pre class="diff" tabindex="0">{"".join(lines)}</pre>'


def _output(result: ToolResultBlock | None) -> Iterator[str]:
    if result is None or not result.text.strip():
        return
    bare = without_colours(result.text)
    patch = edit_of(bare) if bare.startswith("diff --git ") else None
    if patch is not None:
        yield diff_block(patch)
        return
    stripped = bare.strip()
    if stripped[:1] in ("{", "[") and stripped[-1:] in ("}", "]"):
        yield f'<pre class="output" tabindex="0">{coloured(stripped, "json")}</pre>'
        return
    yield output_block(result.text)
