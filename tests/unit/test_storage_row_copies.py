"""Copies of rows hold every byte, and what depends on them."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.storage import row_copies
from sessiontui.storage.row_copies import TableRows
from sessiontui.storage.sqlite_store import Row, Run, SqliteStore, create_database

SCRIPT = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, "odd ""name" ANY);
CREATE TABLE child (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES parent ON DELETE CASCADE);
CREATE TABLE grandchild (name TEXT, owner INTEGER REFERENCES child(id) ON DELETE CASCADE);
CREATE TABLE stranger (id INTEGER PRIMARY KEY);
INSERT INTO parent VALUES (1, 'one'), (2, 'two');
INSERT INTO child VALUES (10, 1), (11, 1), (20, 2);
INSERT INTO grandchild VALUES ('a', 10), ('b', 20);
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A small family of tables."""
    create_database(tmp_path / "family.db", SCRIPT)
    opened = SqliteStore(tmp_path / "family.db")
    yield opened
    opened.close()


def runner(connection: sqlite3.Connection) -> Run:
    connection.text_factory = bytes

    def run(sql: str, parameters: object) -> list[Row]:
        return connection.execute(sql, parameters).fetchall()  # type: ignore[arg-type]

    return run


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(alphabet=st.characters(codec="utf-8")),
    st.binary(),
)


@given(st.lists(values, min_size=1, max_size=4), st.booleans())
def test_every_value_survives_as_json_and_back(row: list[object], as_text: bool) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        run = runner(connection)
        names = [f"c{number}" for number in range(len(row))]
        connection.execute(f"CREATE TABLE t ({', '.join(names)})")
        places = ", ".join("CAST(? AS TEXT)" if as_text else "?" for _ in row)
        connection.execute(f"INSERT INTO t VALUES ({places})", row)
        copied = row_copies.read_rows(run, "t", "1", ())
        again = msgspec.json.decode(msgspec.json.encode(copied), type=TableRows)
        assert again == copied
        connection.execute("CREATE TABLE u AS SELECT * FROM t WHERE 0")
        row_copies.insert_row(connection, "u", again.columns, again.rows[0])
        typed = ", ".join(f"typeof({name}), CAST({name} AS BLOB)" for name in names)
        assert run(f"SELECT {typed} FROM t", ()) == run(f"SELECT {typed} FROM u", ())


def test_infinite_numbers_survive() -> None:
    assert row_copies.encoded_value("real", -math.inf) == {"real": "-inf"}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a)")
        row_copies.insert_row(connection, "t", ("a",), ({"real": "-inf"},))
        assert connection.execute("SELECT a FROM t").fetchone() == (-math.inf,)


def test_what_depends_on_a_row_is_found_by_its_foreign_keys(store: SqliteStore) -> None:
    with store.reading() as run:
        parent = row_copies.read_rows(run, "parent", "id = ?", (1,))
        assert parent.columns == ("id", 'odd "name')
        dependents = row_copies.dependent_rows(run, [parent])
    found = {rows.table: rows.rows for rows in dependents}
    assert found == {"child": ((10, 1), (11, 1)), "grandchild": (("a", 10),)}
    assert [rows.table for rows in dependents] == ["child", "grandchild"]


def test_rows_are_found_and_changed_by_their_values(store: SqliteStore) -> None:
    with store.write() as connection:
        run = runner(connection)
        assert row_copies.key_columns_of(run, "parent") == ("id",)
        assert row_copies.key_columns_of(run, "grandchild") == ("rowid",)
        assert row_copies.has_row(run, "parent", {"id": 2, 'odd "name': "two"})
        assert not row_copies.has_row(run, "parent", {"id": 2, 'odd "name': None})
        row_copies.update_row(connection, "parent", {'odd "name': {"blob": "AP8="}}, "id = ?", (2,))
        row_copies.update_row(connection, "parent", {}, "id = ?", (1,))
    assert store.rows("SELECT * FROM parent", raw=True) == [(1, b"one"), (2, b"\x00\xff")]
    assert row_copies.columns_of(lambda *_: [], "nothing") == ()
