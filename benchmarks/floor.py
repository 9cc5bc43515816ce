"""The least that an index of these files can cost: `python -m benchmarks.floor HOME` reads them
all and splits them into lines.
"""

from __future__ import annotations

import sys
from pathlib import Path

_AT_ONCE = 1 << 20


def main() -> None:
    """Read every transcript and print how many lines there are."""
    lines = 0
    home = Path(sys.argv[1])
    for folder in (home / ".claude" / "projects", home / ".codex" / "sessions"):
        for path in folder.rglob("*.jsonl"):
            with path.open("rb", buffering=_AT_ONCE) as file:
                lines += sum(1 for _ in file)
    print(lines)


if __name__ == "__main__":
    main()
