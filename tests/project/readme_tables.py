"""The tables of the README, made from the declarations they repeat.

`python -m tests.project.readme_tables` writes them; a test compares.
"""

from __future__ import annotations

import re
from pathlib import Path

from sessiontui.cli.root import command_lines
from sessiontui.domain.query_parser import FILTERS
from sessiontui.domain.store import Capability
from sessiontui.services.backend_registry import backend_class, format_names
from sessiontui.ui.action_keys import key_table

README = Path(__file__).parents[2] / "README.md"

_SHOWN = (
    (Capability.RENAME, "rename"),
    (Capability.CLEAR, "clear"),
    (Capability.DELETE, "delete"),
    (Capability.SET_STATE, "cure"),
)


def _formats() -> str:
    lines = ["| format | rename | clear | delete | cure |", "|---|---|---|---|---|"]
    for name in format_names():
        if name != "memory":
            capabilities = backend_class(name).capabilities
            cells = ["yes" if c in capabilities else "no" for c, _ in _SHOWN]
            cells[0] = "yes" if Capability.RENAME in capabilities else "kept by sessiontui"
            lines.append(f"| `{name}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _filters() -> str:
    lines = ["| filter | narrows by |", "|---|---|"]
    for name, declared in FILTERS.items():
        values = f": {', '.join(declared.values)}" if declared.values else ""
        lines.append(f"| `{name}:` | {declared.help}{values} |")
    return "\n".join(lines) + "\n"


def _commands() -> str:
    lines = ["| command | does |", "|---|---|"]
    lines.extend(f"| `{command}` | {text} |" for command, text in command_lines())
    return "\n".join(lines) + "\n"


TABLES = {"formats": _formats, "keys": key_table, "filters": _filters, "commands": _commands}


def with_tables(readme: str) -> str:
    """The README with every table as it should be, between its two marks."""
    for name, table in TABLES.items():
        marked = re.compile(f"<!-- {name} -->\n.*?<!-- /{name} -->", re.DOTALL)
        assert marked.search(readme), f"the README has no place for {name}"
        text = f"<!-- {name} -->\n\n{table()}\n<!-- /{name} -->"
        readme = marked.sub(lambda _, text=text: text, readme)  # type: ignore[misc]
    return readme


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))
