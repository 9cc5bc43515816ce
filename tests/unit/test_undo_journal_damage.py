"""The undo journal after a crash, on a full disk, when entries are old or damaged."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessiontui.domain.errors import (
    StoreUnreadable,
    UndoExpired,
    UndoRefused,
)
from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionRef
from sessiontui.services import undo_journal
from sessiontui.services.journal_entry import JournalItem, decode_manifest
from sessiontui.storage.atomic_file import write_file
from tests.changing import (
    Bench,
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


class TestCutOff:
    """A process that ended between writing the entry and marking it done."""

    def prepared(self, bench: Bench, *keys: str) -> str:
        """An entry as a killed delete leaves it, before anything was deleted."""
        refs = [put_session(bench.store(), key, f"text {key}") for key in keys]
        entry_id = bench.actions.delete(refs).undo_id
        assert entry_id is not None
        bench.actions.undo()
        manifest = bench.journal.folder / entry_id / "manifest.json"
        again = bench.actions.delete(refs).undo_id
        assert again is not None
        value = json.loads((bench.journal.folder / again / "manifest.json").read_bytes())
        for item in value["items"]:
            item["state"] = "prepared"
        kept = payloads(bench, again)
        contents = [path.read_bytes() for path in kept]
        bench.actions.undo()
        (bench.journal.folder / again / "manifest.json").write_text(json.dumps(value))
        for path, content in zip(kept, contents, strict=True):
            path.write_bytes(content)
        manifest.unlink()
        return again

    def test_what_never_happened_leaves_no_entry(self, bench: Bench) -> None:
        self.prepared(bench, "a", "b")
        before = bench.content()
        assert bench.actions.undo_entries() == ()
        assert bench.content() == before
        assert list(bench.journal.folder.glob("*-delete")) == []

    def test_what_happened_counts_as_done(self, bench: Bench) -> None:
        entry_id = self.prepared(bench, "a", "b", "c")
        before = bench.content()
        bench.store().delete("b")
        entry = only_entry(bench)
        assert (entry.id, [ref.key for ref in entry.refs]) == (entry_id, ["b"])
        assert entry.undoable
        bench.actions.undo()
        assert bench.content() == before

    def test_the_next_change_finds_out_too(self, bench: Bench) -> None:
        self.prepared(bench, "a", "b")
        delete_one(bench, "new")
        assert [ref.key for entry in bench.actions.undo_entries() for ref in entry.refs] == ["new"]

    def test_a_store_that_is_not_open_leaves_it_undecided(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "memory:a")
        entry_id = self.prepared(bench, "a")
        other = open_bench(tmp_path, "memory:b")
        assert other.actions.undo_entries() == ()
        before = bench.content()
        assert len(other.actions.undo(entry_id).done) == 1
        assert bench.content() == before

    def test_another_process_at_work_is_not_disturbed(self, bench: Bench) -> None:
        entry_id = self.prepared(bench, "a")
        with bench.journal.locked():
            assert [entry.id for entry in bench.actions.undo_entries()] == [entry_id]
        assert bench.actions.undo_entries() == ()

    def test_an_entry_without_manifest_was_never_finished_and_goes(self, bench: Bench) -> None:
        entry_id = delete_one(bench, "a")
        (bench.journal.folder / entry_id / "manifest.json").unlink()
        assert bench.actions.undo_entries() == ()
        assert not (bench.journal.folder / entry_id).exists()

    def test_a_local_title_of_no_certain_time_damages_the_record(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "text")
        entry_id = bench.actions.rename(ref, "ours").undo_id
        assert entry_id is not None
        manifest = bench.journal.folder / entry_id / "manifest.json"
        items = json.loads(manifest.read_bytes())["items"]
        title = {"title": "theirs", "created_at": "2026-05-01T09:30:00"}
        rewrite_manifest(bench, entry_id, items=[items[0] | {"local_title": title}])
        assert only_entry(bench).problem == "its record is damaged"
        title["created_at"] += "Z"
        rewrite_manifest(bench, entry_id, items=[items[0] | {"local_title": title}])
        assert only_entry(bench).undoable

    def test_a_local_title_that_was_not_yet_set_leaves_no_entry(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "text")
        entry_id = bench.actions.rename(ref, "ours").undo_id
        assert entry_id is not None
        items = json.loads((bench.journal.folder / entry_id / "manifest.json").read_bytes())[
            "items"
        ]
        rewrite_manifest(bench, entry_id, items=[items[0] | {"state": "prepared"}])
        held = bench.titles.record(ref)
        assert only_entry(bench).undoable
        rewrite_manifest(bench, entry_id, items=[items[0] | {"state": "prepared"}])
        bench.titles.put(ref, None)
        assert bench.actions.undo_entries() == ()
        bench.titles.put(ref, held)


class TestRoom:
    def test_no_space_for_the_snapshot_refuses_the_change_and_leaves_nothing(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refs = [put_session(bench.store(), key, "text") for key in "abc"]
        before = bench.content()
        synced = []

        def full(path: Path) -> None:
            synced.append(path)
            if len(synced) == 2:
                raise OSError(errno.ENOSPC, "no space left on device")

        monkeypatch.setattr(undo_journal, "_sync_file", full)
        with pytest.raises(StoreUnreadable, match="no space left") as caught:
            bench.actions.delete(refs)
        assert caught.value.hint == "free some space and try again"
        assert bench.content() == before
        assert bench.actions.undo_entries() == ()
        assert [path.name for path in bench.journal.folder.iterdir()] == ["lock"]

    def test_no_space_for_the_manifest_refuses_the_change_too(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put_session(bench.store(), "k", "text")

        def full(path: Path, content: bytes) -> None:
            raise OSError(errno.EDQUOT, "quota exceeded")

        monkeypatch.setattr(undo_journal, "write_file", full)
        with pytest.raises(StoreUnreadable):
            bench.actions.clear([ref])
        assert bench.store().get("k") is not None
        assert [path.name for path in bench.journal.folder.iterdir()] == ["lock"]

    def test_no_space_to_mark_it_done_still_leaves_it_undoable(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ref = put_session(bench.store(), "k", "text")
        before = bench.content()
        written = []

        def full(path: Path, content: bytes) -> None:
            written.append(path)
            if len(written) == 2:
                raise OSError(errno.ENOSPC, "no space left on device")
            write_file(path, content)

        monkeypatch.setattr(undo_journal, "write_file", full)
        report = bench.actions.delete([ref])
        assert report.done == (ref,)
        assert any("no space left" in note for note in report.notes)
        assert bench.actions.undo(report.undo_id).done == (ref,)
        assert bench.content() == before

    def test_a_journal_that_cannot_be_made_refuses_the_change(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path)
        ref = put_session(bench.store(), "k", "text")
        (tmp_path / "data").write_text("a file where the folder should be")
        with pytest.raises(StoreUnreadable, match="the undo journal cannot be used"):
            bench.actions.delete([ref])
        assert bench.store().get("k") is not None


class TestExpiry:
    def test_what_is_older_than_30_days_expires_but_not_the_newest(self, bench: Bench) -> None:
        old, newer = delete_one(bench, "a"), delete_one(bench, "b")
        bench.clock.move(timedelta(days=31))
        listed = {entry.id: entry for entry in bench.actions.undo_entries()}
        assert listed[newer].undoable
        assert not listed[old].undoable
        assert listed[old].problem == "its snapshot was removed: it is older than 30 days"
        assert payloads(bench, old) == []
        with pytest.raises(UndoExpired, match="older than 30 days"):
            bench.actions.undo(old)
        assert bench.actions.undo().undo_id == newer

    def test_the_records_of_old_changes_go_in_the_end(self, bench: Bench) -> None:
        old, newest = delete_one(bench, "a"), delete_one(bench, "b")
        bench.clock.move(timedelta(days=31))
        bench.actions.undo_entries()
        bench.clock.move(timedelta(days=31))
        assert [entry.id for entry in bench.actions.undo_entries()] == [newest]
        assert not (bench.journal.folder / old).exists()

    def test_too_much_expires_from_the_oldest_on(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, keep_bytes=25_000)
        ids = [delete_one(bench, f"k{number}", "x" * 10_000) for number in range(4)]
        undoable = [entry.id for entry in bench.actions.undo_entries() if entry.undoable]
        assert undoable == [ids[3], ids[2]]
        assert payloads(bench, ids[0]) == payloads(bench, ids[1]) == []

    def test_the_newest_stays_however_large_it_is(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, keep_bytes=1_000)
        small = delete_one(bench, "small")
        large = delete_one(bench, "large", "x" * 10_000)
        listed = {entry.id: entry.undoable for entry in bench.actions.undo_entries()}
        assert listed == {large: True, small: False}
        assert bench.actions.undo().undo_id == large


class TestDamage:
    def test_a_truncated_manifest_is_listed_with_its_problem(self, bench: Bench) -> None:
        older = delete_one(bench, "a")
        bench.clock.move(timedelta(hours=1))
        entry_id = delete_one(bench, "b")
        manifest = bench.journal.folder / entry_id / "manifest.json"
        whole = manifest.read_bytes()
        for length in range(0, len(whole), 37):
            manifest.write_bytes(whole[:length])
            entry = bench.actions.undo_entries()[0]
            assert (entry.id, entry.action, entry.at) == (entry_id, Action.DELETE, bench.clock.now)
            assert (entry.undoable, entry.problem) == (False, "its record is damaged")
            assert entry.size_bytes > 0
        with pytest.raises(UndoExpired, match="its record is damaged"):
            bench.actions.undo(entry_id)
        report = bench.actions.undo()
        assert report.undo_id == older
        assert report.notes == (
            f"the newer change {entry_id} cannot be taken back: its record is damaged",
        )

    @given(content=st.binary(max_size=300) | st.text(max_size=80).map(str.encode))
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_any_bytes_are_a_damaged_manifest(self, tmp_path: Path, content: bytes) -> None:
        entry = decode_manifest(content, tmp_path / "20261102-120000-000000-delete")
        assert entry.action is Action.DELETE

    @given(
        content=st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["version", "id", "at", "action", "items", "expired"]), inner
                )
            ),
            max_leaves=12,
        )
    )
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_any_json_is_a_damaged_manifest(self, tmp_path: Path, content: object) -> None:
        decode_manifest(json.dumps(content).encode(), tmp_path / "20261102-120000-000000-delete")

    @pytest.mark.parametrize("damage", ["missing", "shorter", "longer"])
    def test_a_payload_that_is_not_whole_is_seen_when_listed(
        self, bench: Bench, damage: str
    ) -> None:
        entry_id = delete_one(bench, "a")
        (path,) = payloads(bench, entry_id)
        if damage == "missing":
            path.unlink()
        else:
            content = path.read_bytes()
            path.write_bytes(content[:-1] if damage == "shorter" else content + b" ")
        entry = only_entry(bench)
        assert (entry.undoable, entry.problem) == (
            False,
            "its snapshots are missing or damaged",
        )
        with pytest.raises(UndoExpired):
            bench.actions.undo(entry_id)
        with pytest.raises(UndoExpired):
            bench.actions.undo()

    def test_a_payload_outside_the_entry_is_never_read(self, bench: Bench) -> None:
        entry_id = delete_one(bench, "a")
        (path,) = payloads(bench, entry_id)
        outside = bench.journal.folder / "stolen.snapshot"
        outside.write_bytes(path.read_bytes())
        value = json.loads((bench.journal.folder / entry_id / "manifest.json").read_bytes())
        value["items"][0]["snapshot"]["file"] = "../stolen.snapshot"
        rewrite_manifest(bench, entry_id, items=value["items"])
        assert not only_entry(bench).undoable
        with pytest.raises(UndoExpired):
            bench.actions.undo()
        assert bench.content() == {}

    def test_an_entry_of_a_newer_version_is_left_alone(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, keep_bytes=10)
        entry_id = delete_one(bench, "a")
        content = rewrite_manifest(bench, entry_id, version=2, action="transmogrify")
        bench.clock.move(timedelta(days=400))
        for key in "bcd":
            delete_one(bench, key)
        entry = bench.actions.undo_entries()[-1]
        assert (entry.id, entry.undoable) == (entry_id, False)
        assert entry.problem == "it was written by a newer version"
        with pytest.raises(UndoRefused, match="newer version"):
            bench.actions.undo(entry_id)
        assert (bench.journal.folder / entry_id / "manifest.json").read_bytes() == content
        assert len(payloads(bench, entry_id)) == 1

    def test_a_newer_kind_of_change_is_called_other(self, bench: Bench) -> None:
        entry_id = delete_one(bench, "a")
        folder = bench.journal.folder / entry_id
        rewrite_manifest(bench, entry_id, version=2)
        folder.rename(folder.with_name(entry_id.replace("delete", "transmogrify")))
        assert only_entry(bench).action is Action.OTHER

    def test_foreign_files_and_folders_are_left_alone(self, bench: Bench) -> None:
        delete_one(bench, "a")
        stranger = bench.journal.folder / "20261399-000000-000000-delete"
        stranger.mkdir()
        (bench.journal.folder / "notes.txt").write_text("mine")
        bench.clock.move(timedelta(days=400))
        assert len(bench.actions.undo_entries()) == 1
        assert stranger.is_dir()
        assert (bench.journal.folder / "notes.txt").exists()

    def test_keys_that_are_no_valid_unicode_are_written_and_found_again(self, bench: Bench) -> None:
        odd = SessionRef(bench.store().store_id, "k\udcff")
        put_session(bench.store(), "k", "text")
        held = bench.store()._held  # type: ignore[attr-defined]
        held[odd.key] = held.pop("k")
        session = held[odd.key].session.replace(title="named")
        held[odd.key] = held[odd.key].replace(session=session)
        bench.titles.put(odd, None)
        with bench.journal.locked(), bench.journal.draft(Action.DELETE) as draft:
            item = JournalItem(
                store=odd.store, key=odd.key, format="memory", root="/x\udcff", title="t\udcff"
            )
            draft.add(item, None)
            entry = draft.commit()
        assert bench.journal.entries() == [entry]
