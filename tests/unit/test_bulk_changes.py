"""Changes of many sessions: looked at before, watched, ended early, taken back one by one."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.change import ChangeProgress, ChangeStage, ChangeWatch
from sessiontui.domain.errors import NothingToUndo, UndoExpired
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query
from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.services.demo_stores import open_demo
from sessiontui.services.library import Library
from sessiontui.services.session_actions import SessionActions
from tests.changing import (
    START,
    Bench,
    Contrary,
    known_formats,
    only_entry,
    open_bench,
    payloads,
    put_session,
    reasons,
    texts,
)


@pytest.fixture(autouse=True)
def _formats() -> Iterator[None]:
    with known_formats():
        yield


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return open_bench(tmp_path, "memory:a", "untitled:b")


def put_some(bench: Bench) -> tuple[SessionRef, ...]:
    """Two sessions in each of two stores."""
    return tuple(
        put_session(store, key, f"ask {key}", f"answer {key}")
        for store in bench.catalogue.backends
        for key in "kl"
    )


def kept(changes: SessionActions | Library, entry_id: str, ref: SessionRef) -> tuple[Message, ...]:
    """The transcript of a session as the journal has it."""
    with closing(changes.open_kept(entry_id, ref)) as copy:
        return tuple(copy.messages())


class Watched:
    """Notes what a watch is told, and cancels when it is told something."""

    def __init__(self, until: Callable[[ChangeProgress], bool] = lambda _told: False) -> None:
        self.told: list[ChangeProgress] = []
        self._until = until

    @property
    def watch(self) -> ChangeWatch:
        """The watch."""
        return ChangeWatch(self.told.append, self._is_cancelled)

    def _is_cancelled(self) -> bool:
        return bool(self.told) and self._until(self.told[-1])


class TestOneChange:
    def test_sessions_of_several_stores_are_one_entry_and_one_undo(self, bench: Bench) -> None:
        refs, before = put_some(bench), bench.content()
        report = bench.actions.delete(refs)
        assert report.done == refs
        assert bench.content() == {}
        assert only_entry(bench).refs == refs
        assert set(bench.actions.undo().done) == set(refs)
        assert bench.content() == before

    def test_those_that_changed_since_they_were_seen_are_left_alone(self, bench: Bench) -> None:
        refs = put_some(bench)
        seen = {
            each.ref: each.fingerprint or ""
            for each in bench.actions.prospects(Action.DELETE, refs)
        }
        put_session(bench.store(), "k", "something else")
        report = bench.actions.delete(refs, expect=seen)
        assert report.done == refs[1:]
        assert reasons(report)["k"][0].startswith("the session has changed since it was shown")


class TestProspects:
    def test_they_say_what_would_go_and_why_not(self, bench: Bench) -> None:
        idle = put_session(bench.store(), "idle", "one", "two")
        began = START - timedelta(minutes=1)
        live = put_session(bench.store(), "live", "one", state=SessionState.RUNNING, began=began)
        noted = put_session(bench.store(1), "noted", "one")
        gone = SessionRef(bench.store().store_id, "gone")
        before = bench.content()
        found = bench.actions.prospects(Action.DELETE, (idle, live, noted, gone))
        assert [each.ref for each in found] == [idle, live, noted, gone]
        first, running, warned, missing = found
        assert (first.refusal, first.messages, first.note) == (None, 2, None)
        assert first.size_bytes
        assert first.fingerprint
        assert (running.refusal or "").startswith("the session is running")
        assert warned.note == "its program may write it again"
        assert missing.refusal == "it is not in its store"
        assert bench.content() == before
        assert bench.actions.undo_entries() == ()

    def test_a_cure_is_for_the_stuck_only(self, bench: Bench) -> None:
        began = START - timedelta(hours=3)
        stuck = put_session(bench.store(), "stuck", "x", state=SessionState.RUNNING, began=began)
        idle = put_session(bench.store(), "idle", "x")
        refusals = [each.refusal for each in bench.actions.prospects(Action.CURE, (stuck, idle))]
        assert refusals == [None, "it is not stuck but idle"]

    def test_they_agree_with_the_change(self, bench: Bench) -> None:
        refs = (*put_some(bench), SessionRef(bench.store().store_id, "gone"))
        for action, change in (
            (Action.CLEAR, bench.actions.clear),
            (Action.DELETE, bench.actions.delete),
        ):
            found = bench.actions.prospects(action, refs)
            report = change(refs)
            assert tuple(each.ref for each in found if each.refusal is None) == report.done
            assert sum(each.messages or 0 for each in found) == report.removed_messages
            bench.actions.undo()


class TestWatching:
    def test_every_stage_is_told_for_every_session(self, bench: Bench) -> None:
        refs, watched = put_some(bench), Watched()
        bench.actions.delete(refs, watch=watched.watch)
        assert watched.told == [
            ChangeProgress(stage, done, 4) for stage in ChangeStage for done in range(4)
        ]
        watched = Watched()
        bench.actions.undo(watch=watched.watch)
        assert watched.told == [ChangeProgress(ChangeStage.CHANGING, done, 4) for done in range(4)]

    @pytest.mark.parametrize("stage", [ChangeStage.CHECKING, ChangeStage.SAVING])
    def test_ended_before_all_is_saved_nothing_is_changed(
        self, bench: Bench, stage: ChangeStage
    ) -> None:
        refs, before = put_some(bench), bench.content()
        watched = Watched(lambda told: told == ChangeProgress(stage, 2, 4))
        report = bench.actions.delete(refs, watch=watched.watch)
        assert (report.done, report.skipped, report.undo_id) == ((), (), None)
        assert report.cancelled == refs
        assert bench.content() == before
        assert bench.actions.undo_entries() == ()
        assert [path.name for path in bench.journal.folder.iterdir()] == ["lock"]

    def test_ended_between_two_sessions_what_was_done_can_be_taken_back(self, bench: Bench) -> None:
        refs, before = put_some(bench), bench.content()
        watched = Watched(lambda told: told == ChangeProgress(ChangeStage.CHANGING, 1, 4))
        report = bench.actions.delete(refs, watch=watched.watch)
        assert (report.done, report.cancelled) == (refs[:2], refs[2:])
        assert report.undo_id is not None
        assert set(bench.content()) == {str(ref) for ref in refs[2:]}
        assert only_entry(bench).refs == refs[:2]
        assert len(payloads(bench, report.undo_id)) == 2
        bench.actions.undo()
        assert bench.content() == before

    def test_an_undo_that_was_ended_early_can_be_gone_on_with(self, bench: Bench) -> None:
        refs, before = put_some(bench), bench.content()
        bench.actions.delete(refs)
        watched = Watched(lambda told: told.done == 0)
        report = bench.actions.undo(watch=watched.watch)
        assert (len(report.done), len(report.cancelled)) == (1, 3)
        assert only_entry(bench).problem == "1 of 4 were taken back"
        bench.actions.undo()
        assert bench.content() == before

    def test_one_that_fails_stops_no_other(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        refs = [put_session(bench.store(), key, "text") for key in "abc"]
        Contrary.before_change = lambda store, key: (
            store.append(key, next(iter(store.messages(key)))) if key == "b" else None
        )
        report = bench.actions.delete(refs)
        assert report.done == (refs[0], refs[2])
        assert list(reasons(report)) == ["b"]
        assert report.cancelled == ()


class TestTakingBackOne:
    def test_one_session_of_many_comes_back_alone(self, bench: Bench) -> None:
        refs, before = put_some(bench), bench.content()
        entry_id = bench.actions.delete(refs).undo_id
        assert entry_id is not None
        assert bench.actions.undo(entry_id, [refs[2]]).done == (refs[2],)
        assert set(bench.content()) == {str(refs[2])}
        states = {each.ref: each.is_undone for each in bench.actions.journalled(entry_id)}
        assert states == {ref: ref == refs[2] for ref in refs}
        with pytest.raises(NothingToUndo, match="taken back already"):
            bench.actions.undo(entry_id, [refs[2]])
        assert set(bench.actions.undo(entry_id).done) == set(refs) - {refs[2]}
        assert bench.content() == before


class TestLookingIntoAnEntry:
    def test_it_tells_what_was_there_before(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one", "two", title="first title")
        entry_id = bench.actions.rename(ref, "second title").undo_id
        assert entry_id is not None
        (renamed,) = bench.actions.journalled(entry_id)
        assert (renamed.title, renamed.title_after) == ("first title", "second title")
        assert not renamed.has_messages
        entry_id = bench.actions.delete([ref]).undo_id
        assert entry_id is not None
        (deleted,) = bench.actions.journalled(entry_id)
        assert (deleted.title, deleted.message_count) == ("second title", 2)
        assert (deleted.session_state, deleted.format) == ("idle", "memory")
        assert deleted.has_messages
        assert bench.actions.journalled("20200101-000000-000000-delete") == ()
        assert bench.actions.journalled("../elsewhere") == ()

    def test_the_transcript_is_what_taking_it_back_would_bring(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one", "two")
        before = tuple(bench.store().messages("k"))
        entry_id = bench.actions.clear([ref]).undo_id
        assert entry_id is not None
        assert kept(bench.actions, entry_id, ref) == before
        assert texts(bench.store(), "k") == [], "reading a copy changes no store"
        with pytest.raises(NothingToUndo):
            bench.actions.open_kept(entry_id, SessionRef(ref.store, "other"))

    def test_a_copy_that_is_gone_says_so(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one")
        entry_id = bench.actions.delete([ref]).undo_id
        assert entry_id is not None
        payloads(bench, entry_id)[0].write_bytes(b"x" * payloads(bench, entry_id)[0].stat().st_size)
        with pytest.raises(UndoExpired, match="damaged"):
            bench.actions.open_kept(entry_id, ref)
        bench.actions.delete([put_session(bench.store(), "l", "one")])
        bench.actions.undo()
        assert bench.actions.undo_entries()[0].undoable is False
        with pytest.raises(NothingToUndo):
            bench.actions.open_kept(bench.actions.undo_entries()[0].id, ref)

    def test_an_entry_says_until_when_it_can_be_taken_back(self, bench: Bench) -> None:
        bench.actions.delete([put_session(bench.store(), "k", "one")])
        assert only_entry(bench).kept_until == START + bench.actions.undo_kept_for
        bench.actions.undo()
        assert only_entry(bench).kept_until is None

    def test_entries_written_before_these_facts_were_kept_are_still_read(
        self, bench: Bench
    ) -> None:
        bench.actions.delete([put_session(bench.store(), "k", "one")])
        entry = only_entry(bench)
        manifest = bench.journal.folder / entry.id / "manifest.json"
        lines = manifest.read_text().splitlines()
        kept = [
            line
            for line in lines
            if '"message_count"' not in line and '"session_state"' not in line
        ]
        manifest.write_text(
            "\n".join(line for line in kept if '"title_after"' not in line).replace(
                '"local_title": null,', '"local_title": null'
            )
        )
        (session,) = bench.actions.journalled(entry.id)
        assert (session.message_count, session.session_state) == (None, None)
        assert bench.actions.undo().done == entry.refs


def test_every_format_gives_the_transcript_of_a_deleted_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library.open(open_demo(tmp_path / "stores", START), lambda: START)
    library.sync()
    refs = [row.ref for row in library.rows(Query()).rows]
    before = {ref: tuple(library.messages(ref)) for ref in refs}
    report = library.delete(tuple(refs))
    assert report.undo_id is not None
    assert len({library_format(ref) for ref in report.done}) >= 5
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    for ref in report.done:
        assert kept(library, report.undo_id, ref) == before[ref], ref
    assert list(scratch.iterdir()) == [], "nothing of it is left"
    for ref in report.done:
        copy = library.open_kept(report.undo_id, ref)
        assert tuple(copy.messages(1, 3)) == tuple(copy.messages())[1:3] == before[ref][1:3], ref
        assert len(list(scratch.iterdir())) == 1
        del copy  # Whoever forgets to close it leaves nothing either.
        gc.collect()
        assert list(scratch.iterdir()) == []
    assert {row.ref for row in library.rows(Query()).rows} == set(refs) - set(report.done)
    library.close()


def library_format(ref: SessionRef) -> str:
    """The format in the id of a store."""
    return ref.store.rpartition("-")[0]
