"""Texts that are put into the index many at a time are found as if put in one by one."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.cjk import has_cjk
from sessiontui.domain.message import ToolResultBlock
from sessiontui.domain.search import IndexTier
from sessiontui.services.index_bulk import BesideWork, BulkStep, Spellings, word_steps
from sessiontui.services.index_schema import TABLES, counter, create_schema
from sessiontui.services.index_sync import IndexLimits, IndexSync
from sessiontui.services.index_words import cjk_pairs, name_parts, parts_of_texts, storable
from tests.unit.indexing import Indexed

TEXT = TABLES[IndexTier.TEXT]
words = st.sampled_from(
    [
        "kettle",
        "SessionStore",
        "HTTPServer",
        "東京",
        "東京tower",
        "Größe",
        "ÜberBlick",
        "a\0b",
        '"\\',
    ]
)
texts = st.lists(
    st.builds(" ".join, st.lists(words | st.text(st.characters(), max_size=12), max_size=6)),
    max_size=8,
)


def held(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    found = {"text": connection.execute(f"SELECT rowid, text, parts FROM {TEXT.words}").fetchall()}
    for table in (TEXT.words, TEXT.pairs):
        connection.execute(
            f"CREATE VIRTUAL TABLE temp.v_{table} USING fts5vocab(main, {table}, instance)"
        )
        found[table] = connection.execute(f"SELECT * FROM v_{table} ORDER BY 1, 2, 3, 4").fetchall()
    return found


@given(texts)
def test_a_bulk_holds_what_single_rows_hold(given_texts: list[str]) -> None:
    said = [storable(text) for text in given_texts]
    numbers = [(place + 1) << 12 for place in range(len(said))]
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as bulk,
        closing(sqlite3.connect(":memory:", isolation_level=None)) as single,
    ):
        for connection in (bulk, single):
            create_schema(connection)
        spelled = Spellings(said[:3])
        for step in word_steps(TEXT, numbers, said, spelled):
            bulk.execute(step.statement, step.values)
        for number, text in zip(numbers, said, strict=True):
            single.execute(
                f"INSERT INTO {TEXT.words}(rowid, text, parts) VALUES (?, ?, ?)",
                (number, text, name_parts(text)),
            )
            if (pairs := cjk_pairs(text)) is not None:
                single.execute(
                    f"INSERT INTO {TEXT.pairs}(rowid, pairs) VALUES (?, ?)", (number, pairs)
                )
        assert held(bulk) == held(single)


@given(texts)
def test_the_parts_of_many_texts_are_those_of_each(given_texts: list[str]) -> None:
    of_cjk = [place for place, text in enumerate(given_texts) if has_cjk(text)]
    found = parts_of_texts(given_texts, of_cjk)
    assert [found.get(place) for place in range(len(given_texts))] == [
        name_parts(text) for text in given_texts
    ]


def test_work_beside_tells_its_error_where_it_is_joined() -> None:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as connection:
        beside = BesideWork(connection)
        beside.run([BulkStep("INSERT INTO nowhere VALUES (?)", (b"1",))])
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            beside.join()
        beside.join()


def test_an_error_of_one_batch_leaves_nothing_of_it(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("first", "kettle")

    def break_off() -> None:
        with indexed.index.changing() as change, change.beside() as beside:
            beside.run([BulkStep("UPDATE meta SET value = CAST(? AS TEXT)", (b"7",))])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with indexed.index.database.reading() as connection:
        assert counter(connection, "generation") == 0


def test_tool_output_can_be_left_out_and_taken_in_again(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("first", "list files", ToolResultBlock(text="gasket.txt " * 10_000))
    indexed.sync.run()
    assert indexed.found("gasket in:tools") == ["first"]
    without = IndexSync(
        indexed.catalogue, indexed.index, indexed.titles, IndexLimits(tool_output=False)
    )
    before = indexed.index.database.path.stat().st_size
    without.run()
    assert indexed.found("gasket in:tools") == []
    assert indexed.found("files in:tools") == ["first"]
    assert indexed.index.database.path.stat().st_size <= before
    indexed.sync.run()
    assert indexed.found("gasket in:tools") == ["first"]


def test_a_full_index_takes_in_the_tool_output_of_the_newest_sessions(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    chance = random.Random(5)
    for number in range(4):
        output = " ".join(f"{chance.getrandbits(48):x}" for _ in range(30_000))
        indexed.put(
            f"s{number}",
            "list files",
            ToolResultBlock(text=f"gasket{number} {output}"),
            age=timedelta(days=number + 1),
            size_bytes=400_000,
        )
    indexed.sync.run(upto=IndexTier.TEXT)
    most = indexed.index.size_bytes() + 300_000
    bounded = IndexSync(
        indexed.catalogue, indexed.index, indexed.titles, IndexLimits(most_bytes=most)
    )
    bounded.run()
    found = [f"s{n}" for n in range(4) if indexed.found(f"gasket{n} in:tools")]
    assert found == ["s0", "s1"]
    indexed.sync.run()
    assert indexed.found("gasket3 in:tools") == ["s3"]


def test_what_was_added_in_bulk_is_merged_when_there_is_time(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    for number in range(3):
        indexed.put(f"s{number}", "kettle " * 100_000, "gasket " * 100_000)
        indexed.sync.run()
    with indexed.index.database.reading() as connection:
        assert counter(connection, "purge") > 0
    indexed.index.purge(10.0)
    with indexed.index.database.reading() as connection:
        assert counter(connection, "purge") > 0
    indexed.index.purge(10.0, idle=True)
    with indexed.index.database.reading() as connection:
        assert counter(connection, "purge") == 0
    assert set(indexed.found("gasket")) == {"s0", "s1", "s2"}
