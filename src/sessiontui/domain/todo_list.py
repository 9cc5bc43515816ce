"""Lists of things to do that an agent keeps by a tool: read from the arguments of the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from sessiontui.domain.value import JsonValue, PlainValue

_LISTS = ("todos", "plan", "tasks", "items", "steps", "todo_list")
_TEXTS = ("content", "step", "subject", "title", "description", "text", "task", "name")
_LONGEST_LIST = 500


class TodoState(Enum):
    """How far a thing to do is."""

    OPEN = "open"
    DOING = "in progress"
    DONE = "done"
    DROPPED = "dropped"


class Todo(NamedTuple):
    """One thing to do."""

    text: str
    state: TodoState


class TodoList(PlainValue):
    """What is to be done; `keys` are the arguments that it was read from."""

    todos: tuple[Todo, ...]
    keys: frozenset[str]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(todo.state is TodoState.DONE for todo in self.todos)


_STATES = {
    "pending": TodoState.OPEN,
    "open": TodoState.OPEN,
    "todo": TodoState.OPEN,
    "not_started": TodoState.OPEN,
    "not-started": TodoState.OPEN,
    "blocked": TodoState.OPEN,
    "in_progress": TodoState.DOING,
    "in-progress": TodoState.DOING,
    "doing": TodoState.DOING,
    "active": TodoState.DOING,
    "completed": TodoState.DONE,
    "complete": TodoState.DONE,
    "done": TodoState.DONE,
    "cancelled": TodoState.DROPPED,
    "canceled": TodoState.DROPPED,
    "deleted": TodoState.DROPPED,
}


def todo_list_of(arguments: JsonValue) -> TodoList | None:
    """The list that a tool's arguments describe, or None when they describe none.

    Every entry must have a text and a state that is understood: nothing is left out of a list.
    """
    if not isinstance(arguments, Mapping):
        return None
    for key in _LISTS:
        entries = arguments.get(key)
        if isinstance(entries, list) and 0 < len(entries) <= _LONGEST_LIST:
            todos = tuple(_todos(entries))
            if len(todos) == len(entries):
                return TodoList(todos, frozenset({key}))
    return None


def task_of(arguments: JsonValue) -> Todo | None:
    """The single task that a tool's arguments make or change, or None when they name none."""
    if not isinstance(arguments, Mapping):
        return None
    subject, number = arguments.get("subject"), arguments.get("taskId", arguments.get("task_id"))
    status = arguments.get("status")
    state = TodoState.OPEN if status is None else _STATES.get(str(status).lower())
    if state is None or (number is None and "description" not in arguments):
        return None
    if isinstance(subject, str) and subject.strip():
        return Todo(subject, state)
    return None if number is None or status is None else Todo(f"task {number}", state)


def _todos(entries: list[JsonValue]) -> Iterator[Todo]:
    for entry in entries:
        if not isinstance(entry, Mapping):
            return
        state = _STATES.get(str(entry.get("status", entry.get("state"))).lower())
        texts = (entry.get(key) for key in _TEXTS)
        text = next((text for text in texts if isinstance(text, str) and text.strip()), None)
        if state is None or text is None:
            return
        yield Todo(text, state)
