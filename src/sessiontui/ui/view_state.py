"""What the screens remember between runs, by declared names.

A widget takes part with one line each way:

    bench.view_state.get("grouping")            what was chosen last, maybe in an earlier run
    bench.view_state.set("grouping", "day")     painted by the widget itself, kept from now on

The names are the fields of `ViewState`; a new one is declared there.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal, overload

from sessiontui.services.view_state import ViewStateFile, with_field

TextName = Literal["theme", "sort", "grouping", "density", "view"]
SwitchName = Literal["welcomed", "reverse", "tools", "thinking", "answers", "outline"]
NumberName = Literal["list_share"]


class ViewMemory:
    """The state of this run, and what of it has not been written yet.

    `get` and `set` belong to the thread that paints and never touch the disk; `write` may run on
    any thread.
    """

    def __init__(self, file: ViewStateFile) -> None:
        self._file = file
        self._state = file.read()
        self._unwritten: dict[str, object] = {}
        self._left_out: set[str] = set()
        self._lock = Lock()
        self.changed: Callable[[], None] = lambda: None
        """Told of every change: whoever writes it down soon."""

    @overload
    def get(self, name: TextName) -> str: ...
    @overload
    def get(self, name: SwitchName) -> bool: ...
    @overload
    def get(self, name: NumberName) -> int: ...
    def get(self, name: str) -> str | bool | int:
        """The value of a field. Raises `AttributeError` for a name that is not declared."""
        value: str | bool | int = getattr(self._state, name)
        return value

    @overload
    def set(self, name: TextName, value: str) -> None: ...
    @overload
    def set(self, name: SwitchName, value: bool) -> None: ...
    @overload
    def set(self, name: NumberName, value: int) -> None: ...
    def set(self, name: str, value: str | bool | int) -> None:
        """Remember a value. Raises `ValueError` for one that cannot be."""
        if getattr(self._state, name) == value:
            return
        self._state = with_field(self._state, name, value)
        if name in self._left_out:
            return
        with self._lock:
            self._unwritten[name] = value
        self.changed()

    def leave_out(self, name: TextName) -> None:
        """Begin without what an earlier run chose here, and leave that as it is."""
        self._left_out.add(name)
        self.set(name, "")

    def write(self) -> None:
        """Write down what changed since the last time. Blocks for a moment; never raises."""
        with self._lock:
            changes, self._unwritten = self._unwritten, {}
        if changes and not self._file.write(changes):
            with self._lock:
                # The next change, or the end, tries again; what was chosen since then wins.
                self._unwritten = {**changes, **self._unwritten}
