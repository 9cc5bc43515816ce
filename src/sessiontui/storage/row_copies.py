"""Exact copies of database rows, to be put back later byte by byte.

Values become JSON: NULL, numbers and sound text as themselves; blobs, text that is not UTF-8 and
infinite numbers as small objects. Which rows depend on others is read from the foreign keys, so
that tables of versions not known here are copied too.
"""

from __future__ import annotations

import base64
import math
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sessiontui.domain.value import JsonValue, PlainValue, Value
from sessiontui.storage.sqlite_store import Row, Run


class TableRows(Value):
    """Rows of one table: the names of its columns and one list of encoded values per row."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[JsonValue, ...], ...]


class _Link(PlainValue):
    child: str
    child_column: str
    parent: str
    parent_column: str


def quoted(name: str) -> str:
    """A table or column name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def columns_of(run: Run, table: str) -> tuple[str, ...]:
    """The columns of a table, in order; none when there is no such table."""
    found = run("SELECT name FROM pragma_table_info(?)", (table,))
    return tuple(name.decode("utf-8", "replace") for (name,) in found)


def key_columns_of(run: Run, table: str) -> tuple[str, ...]:
    """The primary key of a table, in order; `rowid` where it declares none."""
    sql = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk"
    found = tuple(name.decode("utf-8", "replace") for (name,) in run(sql, (table,)))
    return found or ("rowid",)


def read_rows(
    run: Run, table: str, condition: str, parameters: Sequence[object], order: str = "1"
) -> TableRows:
    """The rows of a table for which an SQL condition holds."""
    columns = columns_of(run, table)
    chosen = ", ".join(f"typeof({quoted(c)}), {quoted(c)}" for c in columns)
    sql = f"SELECT {chosen} FROM {quoted(table)} WHERE {condition} ORDER BY {order}"
    rows = tuple(_encoded(row) for row in run(sql, parameters))
    return TableRows(table=table, columns=columns, rows=rows)


def dependent_rows(run: Run, roots: Sequence[TableRows]) -> list[TableRows]:
    """All rows that would go with those of `roots` by foreign keys, parents before children."""
    links = _links(run)
    found: dict[str, TableRows] = {}
    known = {rows.table: rows for rows in roots}
    waiting = list(known)
    while waiting:
        parent = waiting.pop(0)
        for link in links:
            if link.parent != parent or link.child in known:
                continue
            values = _column(known[parent], link.parent_column)
            children = _children(run, link, values)
            known[link.child] = found[link.child] = children
            waiting.append(link.child)
    return list(found.values())


def has_row(run: Run, table: str, key: dict[str, JsonValue]) -> bool:
    """Whether a table has a row with these encoded values."""
    condition, values = equality(key)
    return bool(run(f"SELECT 1 FROM {quoted(table)} WHERE {condition} LIMIT 1", values))


def equality(fields: dict[str, JsonValue]) -> tuple[str, tuple[object, ...]]:
    """The SQL condition that columns have these encoded values, and what to bind to it."""
    places, values = zip(*map(_place, fields.values()), strict=True)
    condition = " AND ".join(f"{quoted(c)} IS {p}" for c, p in zip(fields, places, strict=True))
    return condition, values


def insert_row(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], row: Sequence[JsonValue]
) -> None:
    """Put one encoded row back."""
    places, values = zip(*map(_place, row), strict=True)
    names = ", ".join(map(quoted, columns))
    connection.execute(
        f"INSERT INTO {quoted(table)} ({names}) VALUES ({', '.join(places)})", values
    )


def update_row(
    connection: sqlite3.Connection,
    table: str,
    changes: dict[str, JsonValue],
    condition: str,
    parameters: Sequence[object],
) -> None:
    """Set columns of the rows of a condition to encoded values."""
    if not changes:
        return
    places, values = zip(*map(_place, changes.values()), strict=True)
    settings = ", ".join(f"{quoted(c)} = {p}" for c, p in zip(changes, places, strict=True))
    connection.execute(
        f"UPDATE {quoted(table)} SET {settings} WHERE {condition}", (*values, *parameters)
    )


def encoded_value(kind: str, value: Any) -> JsonValue:
    """One value (text as bytes) of an SQL type as JSON."""
    match kind:
        case "text":
            try:
                text: str = value.decode("utf-8")
            except UnicodeDecodeError:
                return {"text": base64.b64encode(value).decode("ascii")}
            return text
        case "blob":
            return {"blob": base64.b64encode(value).decode("ascii")}
        case "real" if not math.isfinite(value):
            return {"real": repr(value)}
        case _:
            number: JsonValue = value
            return number


def _encoded(row: Row) -> tuple[JsonValue, ...]:
    return tuple(
        encoded_value(kind.decode("ascii"), value)
        for kind, value in zip(row[::2], row[1::2], strict=True)
    )


def _place(value: JsonValue) -> tuple[str, object]:
    """The SQL for a value, and what to bind to it."""
    match value:
        case {"text": str(data)}:
            return "CAST(? AS TEXT)", base64.b64decode(data)
        case {"blob": str(data)}:
            return "?", base64.b64decode(data)
        case {"real": str(data)}:
            return "?", float(data)
        case _:
            return "?", value


def _links(run: Run) -> list[_Link]:
    sql = (
        'SELECT m.name, f."from", f."table", f."to" FROM sqlite_master AS m, '
        "pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'"
    )
    found = []
    for child, column, parent, target in run(sql, ()):
        parent_name = parent.decode("utf-8", "replace")
        # Without a named column, a foreign key points at the primary key.
        column_name = target.decode("utf-8", "replace") if target else None
        found.append(
            _Link(
                child.decode("utf-8", "replace"),
                column.decode("utf-8", "replace"),
                parent_name,
                column_name or key_columns_of(run, parent_name)[0],
            )
        )
    return found


def _column(rows: TableRows, column: str) -> list[JsonValue]:
    if column not in rows.columns:
        return []
    position = rows.columns.index(column)
    return [row[position] for row in rows.rows]


def _children(run: Run, link: _Link, values: list[JsonValue]) -> TableRows:
    found: list[tuple[JsonValue, ...]] = []
    columns = columns_of(run, link.child)
    for part in _parts(values, 500):
        places, bound = zip(*map(_place, part), strict=True)
        condition = f"{quoted(link.child_column)} IN ({', '.join(places)})"
        found += read_rows(run, link.child, condition, bound).rows
    return TableRows(table=link.child, columns=columns, rows=tuple(found))


def _parts(values: list[JsonValue], size: int) -> Iterator[list[JsonValue]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
