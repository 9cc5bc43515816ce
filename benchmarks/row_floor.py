"""The least that a list of sessions can cost: `python -m benchmarks.row_floor INDEX` reads the same
rows from the index and does nothing with them.
"""

from __future__ import annotations

import sqlite3
import sys

_ROWS = "SELECT * FROM session ORDER BY last_activity DESC, store, key"


def main() -> None:
    """Read them and print how many there are."""
    connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    print(len(connection.execute(_ROWS).fetchall()))


if __name__ == "__main__":
    main()
