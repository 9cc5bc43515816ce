"""The undo journal: what it takes back, in which stores, and who may read it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.errors import (
    AmbiguousRef,
    NothingToUndo,
    StoreBusy,
    StoreReadOnly,
)
from sessiontui.domain.message import Role
from tests.building import text_message
from tests.changing import (
    Bench,
    Clock,
    delete_one,
    known_formats,
    only_entry,
    open_bench,
    payloads,
    put_session,
    rewrite_manifest,
)


@pytest.fixture(autouse=True)
def _formats() -> Iterator[None]:
    with known_formats():
        yield


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return open_bench(tmp_path)


class TestIds:
    def test_ids_sort_by_time_even_when_the_clock_stands_still_or_goes_back(
        self, bench: Bench
    ) -> None:
        made = []
        for number in range(6):
            made.append(delete_one(bench, f"k{number}"))
            if number == 2:
                bench.clock.move(timedelta(days=-1))
        assert made == sorted(made)
        assert len(set(made)) == 6
        assert [entry.id for entry in bench.actions.undo_entries()] == made[::-1]
        assert [entry.refs[0].key for entry in bench.actions.undo_entries()] == [
            "k5",
            "k4",
            "k3",
            "k2",
            "k1",
            "k0",
        ]

    def test_an_entry_is_named_by_its_id_or_the_unique_beginning_of_one(self, bench: Bench) -> None:
        first = delete_one(bench, "a")
        bench.clock.move(timedelta(days=1))
        delete_one(bench, "b")
        bench.actions.undo(first[:8])
        assert [session.ref.key for session in bench.store().scan()] == ["a"]

    def test_an_ambiguous_beginning_lists_the_candidates(self, bench: Bench) -> None:
        ids = [delete_one(bench, key) for key in "ab"]
        with pytest.raises(AmbiguousRef) as caught:
            bench.actions.undo(ids[0][:8])
        assert all(entry_id in caught.value.hint for entry_id in ids)

    @pytest.mark.parametrize("name", ["1999", "", "../undo", "lock"])
    def test_an_unknown_name_is_nothing_to_undo(self, bench: Bench, name: str) -> None:
        delete_one(bench, "a")
        with pytest.raises(NothingToUndo):
            bench.actions.undo(name)


class TestUndo:
    def test_an_empty_journal_has_nothing_to_take_back(self, bench: Bench) -> None:
        assert bench.actions.undo_entries() == ()
        with pytest.raises(NothingToUndo):
            bench.actions.undo()

    def test_undo_goes_further_back_each_time(self, bench: Bench) -> None:
        for key in "abc":
            delete_one(bench, key)
        for expected in (["c"], ["b", "c"], ["a", "b", "c"]):
            bench.actions.undo()
            assert sorted(session.ref.key for session in bench.store().scan()) == expected
        with pytest.raises(NothingToUndo):
            bench.actions.undo()

    def test_undoing_a_named_entry_twice_says_so(self, bench: Bench) -> None:
        entry_id = delete_one(bench, "a")
        bench.actions.undo(entry_id)
        entry = only_entry(bench)
        assert (entry.undoable, entry.problem) == (False, "it was taken back")
        assert payloads(bench, entry_id) == []
        with pytest.raises(NothingToUndo, match="taken back already"):
            bench.actions.undo(entry_id)

    def test_messages_written_since_are_kept(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one", "two")
        bench.actions.clear([ref])
        bench.store().append("k", text_message(Role.USER, "three"))
        bench.actions.undo()
        stored = bench.content()[str(ref)][1]
        assert [message.index for message in stored] == [0, 1, 2]
        assert [block.text for m in stored for block in m.blocks if block.kind == "text"] == [
            "one",
            "two",
            "three",
        ]

    def test_what_could_not_be_restored_stays_undoable(self, bench: Bench) -> None:
        refs = [put_session(bench.store(), key, f"text {key}") for key in "abc"]
        before = bench.content()
        entry_id = bench.actions.delete(refs).undo_id
        assert entry_id is not None
        damaged = payloads(bench, entry_id)[1]
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

        report = bench.actions.undo()

        assert set(report.done) == {refs[0], refs[2]}
        assert [(skipped.ref, skipped.reason, skipped.code) for skipped in report.skipped] == [
            (refs[1], "its snapshot is damaged", 4)
        ]
        entry = only_entry(bench)
        assert (entry.undoable, entry.problem) == (True, "2 of 3 were taken back")
        damaged.write_bytes(whole)
        assert bench.actions.undo(entry_id).done == (refs[1],)
        assert bench.content() == before

    def test_read_only_lists_but_undoes_nothing_and_writes_nothing(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path)
        delete_one(bench, "a")
        tree = {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*")}
        reader = open_bench(tmp_path, read_only=True)
        assert only_entry(reader).undoable
        with pytest.raises(StoreReadOnly):
            reader.actions.undo()
        assert {path: path.stat().st_mtime_ns for path in (tmp_path / "data").rglob("*")} == tree


class TestOtherStores:
    def test_an_undo_without_a_name_stays_in_the_stores_that_were_named(
        self, tmp_path: Path
    ) -> None:
        here, there = open_bench(tmp_path, "memory:a"), open_bench(tmp_path, "memory:b")
        mine = delete_one(here, "mine")
        here.clock.move(timedelta(hours=1))
        theirs = delete_one(open_bench(tmp_path, "memory:b", clock=here.clock), "theirs")
        assert [entry.id for entry in here.actions.undo_entries()] == [mine]
        everything = open_bench(tmp_path, "memory:a", named=False)
        assert [entry.id for entry in everything.actions.undo_entries()] == [theirs, mine]
        assert here.actions.undo().undo_id == mine
        assert there.content() == {}
        with pytest.raises(NothingToUndo) as caught:
            here.actions.undo()
        assert theirs in caught.value.hint

    def test_a_named_entry_is_undone_in_a_store_that_is_not_open(self, tmp_path: Path) -> None:
        here, there = open_bench(tmp_path, "memory:a"), open_bench(tmp_path, "memory:b")
        theirs = delete_one(there, "theirs")
        here.actions.undo(theirs)
        assert [session.ref.key for session in there.store().scan()] == ["theirs"]

    def test_a_store_that_is_no_longer_found_gets_its_session_back(self, tmp_path: Path) -> None:
        there = open_bench(tmp_path, "memory:b")
        delete_one(there, "last")
        discovered = open_bench(tmp_path, "memory:a", named=False)
        assert len(discovered.actions.undo().done) == 1
        assert [session.ref.key for session in there.store().scan()] == ["last"]

    def test_with_a_home_of_its_own_an_undo_stays_below_it(self, tmp_path: Path) -> None:
        there = open_bench(tmp_path, "memory:b")
        delete_one(there, "last")
        elsewhere = open_bench(tmp_path, "memory:a", named=False, home=tmp_path / "other home")
        assert elsewhere.actions.undo_entries() == ()
        with pytest.raises(NothingToUndo):
            elsewhere.actions.undo()
        around = open_bench(tmp_path, "memory:a", named=False, home=tmp_path)
        assert len(around.actions.undo().done) == 1

    def test_a_store_of_an_unknown_format_is_a_reason_not_a_crash(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "memory:a")
        entry_id = delete_one(bench, "k")
        other = open_bench(tmp_path, "memory:b")
        items = json.loads((bench.journal.folder / entry_id / "manifest.json").read_bytes())[
            "items"
        ]
        rewrite_manifest(bench, entry_id, items=[items[0] | {"format": "lost-plugin"}])
        report = other.actions.undo(entry_id)
        assert report.done == ()
        assert report.skipped[0].code == 3


class TestPermissions:
    def test_only_the_owner_can_read_it_whatever_the_mask(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path)
        before = os.umask(0)
        try:
            delete_one(bench, "a")
        finally:
            os.umask(before)
        modes = {
            str(path.relative_to(tmp_path)): stat.S_IMODE(path.stat().st_mode)
            for path in [tmp_path / "data", *(tmp_path / "data").rglob("*")]
        }
        assert len(modes) == 6
        for name, mode in modes.items():
            assert mode == (0o700 if (tmp_path / name).is_dir() else 0o600), name


class TestTogether:
    def test_two_at_once_are_refused_not_interleaved(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "text")
        with bench.journal.locked():
            with pytest.raises(StoreBusy):
                bench.actions.delete([ref])
            with pytest.raises(StoreBusy):
                bench.actions.undo()
        assert bench.actions.delete([ref]).done == (ref,)

    def test_another_process_holds_the_lock_until_it_ends(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path)
        ref = put_session(bench.store(), "k", "text")
        script = (
            "import sys, datetime, pathlib\n"
            "from sessiontui.services.undo_journal import UndoJournal\n"
            "journal = UndoJournal(pathlib.Path(sys.argv[1]), lambda: None)\n"
            "with journal.locked():\n"
            "    print('held', flush=True)\n"
            "    sys.stdin.read()\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, str(bench.journal.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            with pytest.raises(StoreBusy):
                bench.actions.delete([ref])
            process.kill()
        patient = open_bench(tmp_path, wait_seconds=5.0)
        assert patient.actions.delete([ref]).done == (ref,)

    def test_ids_of_processes_with_the_same_clock_do_not_collide(self, tmp_path: Path) -> None:
        clock = Clock()
        made = {delete_one(open_bench(tmp_path, clock=clock), f"k{number}") for number in range(5)}
        assert len(made) == 5
