"""Changes of sessions that are refused, rehearsed, or disturbed by a writer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.message import Role
from sessiontui.domain.session import SessionRef, SessionState
from sessiontui.domain.store import Capability, StoreInfo
from sessiontui.services import action_checks
from tests.building import text_message
from tests.changing import (
    START,
    Bench,
    Contrary,
    known_formats,
    open_bench,
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
    return open_bench(tmp_path)


class TestRefusals:
    def test_a_running_session_is_refused_with_the_evidence(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "text", state=SessionState.RUNNING, began=START)
        for report in (bench.actions.delete([ref]), bench.actions.clear([ref])):
            reason, code = reasons(report)["k"]
            assert code == 4
            assert "running" in reason
            assert "the turn began 0s ago" in reason
        assert texts(bench.store(), "k") == ["text"]

    def test_force_changes_a_running_session(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "text", state=SessionState.RUNNING, began=START)
        assert bench.actions.delete([ref], force=True).done == (ref,)

    def test_a_stuck_session_is_not_live(self, bench: Bench) -> None:
        began = START - timedelta(hours=2)
        ref = put_session(bench.store(), "k", "text", state=SessionState.RUNNING, began=began)
        assert bench.actions.delete([ref]).done == (ref,)

    def test_a_running_session_can_be_renamed(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "text", state=SessionState.RUNNING, began=START)
        assert bench.actions.rename(ref, "new").done == (ref,)

    def test_but_not_where_its_owner_would_overwrite_the_title(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "overwritten:a")
        ref = put_session(bench.store(), "k", "text", state=SessionState.RUNNING, began=START)
        assert reasons(bench.actions.rename(ref, "new"))["k"][1] == 4
        assert bench.actions.rename(ref, "new", force=True).done == (ref,)
        at_rest = put_session(bench.store(), "r", "text")
        assert bench.actions.rename(at_rest, "new").done == (at_rest,)

    def test_read_only_refuses_everything_and_writes_nothing(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a", "memory:b", read_only=True)
        ref = put_session(bench.store(0), "k", "text")
        stuck = put_session(
            bench.store(1),
            "s",
            "text",
            state=SessionState.RUNNING,
            began=START - timedelta(days=1),
        )
        before = bench.content()
        for report in (
            bench.actions.delete([ref, stuck], force=True),
            bench.actions.clear([ref, stuck]),
            bench.actions.rename(ref, "title"),
            bench.actions.cure([stuck]),
        ):
            assert report.done == ()
            assert not report.dry_run
            assert {code for _, code in reasons(report).values()} == {4}
        assert bench.content() == before
        assert not (tmp_path / "data").exists()

    def test_a_store_without_permission_is_refused_not_unsupported(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "text")
        Contrary.writable = False
        for report in (bench.actions.delete([ref]), bench.actions.rename(ref, "title")):
            reason, code = reasons(report)["k"]
            assert reason.startswith("the store cannot be written")
            assert code == 4

    def test_a_broken_store_stops_no_other(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a", "memory:b")
        broken = put_session(bench.store(0), "k", "text")
        whole = put_session(bench.store(1), "w", "text")
        Contrary.available = False
        report = bench.actions.delete([broken, whole])
        assert report.done == (whole,)
        assert reasons(report)["k"] == ("it is in pieces. See `sessiontui doctor`", 3)

    def test_a_shared_file_system_is_refused_unless_forced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Path] = []

        def shared(path: Path) -> str | None:
            asked.append(path)
            return "nfs4"

        monkeypatch.setattr(action_checks, "shared_file_system", shared)
        bench = open_bench(tmp_path, "memory:a")
        refs = [put_session(bench.store(), key, "text") for key in "abc"]
        report = bench.actions.delete(refs)
        assert report.done == ()
        assert {code for _, code in reasons(report).values()} == {4}
        assert "nfs4" in reasons(report)["a"][0]
        assert "nfs4" in (bench.actions.checks.why_not(refs[0], Capability.DELETE) or "")
        assert asked == [bench.store().root]
        assert bench.actions.delete(refs, force=True).done == tuple(refs)

    def test_our_own_titles_need_no_permission_of_the_file_system(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(action_checks, "shared_file_system", lambda path: "nfs4")
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "text")
        assert bench.actions.rename(ref, "ours").done == (ref,)


class TestRehearsal:
    def test_a_dry_run_lists_what_would_be_done_and_changes_nothing(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "memory:a")
        refs = [put_session(bench.store(), key, "one", "two") for key in "ab"]
        busy = put_session(bench.store(), "c", "text", state=SessionState.RUNNING, began=START)
        before = bench.content()
        for act in (bench.actions.delete, bench.actions.clear):
            report = act([*refs, busy], dry_run=True)
            assert report.dry_run
            assert report.done == tuple(refs)
            assert reasons(report)["c"][1] == 4
            assert (report.removed_messages, report.undo_id) == (4, None)
            assert report.freed_bytes == sum(
                bench.store().footprint(ref.key).size_bytes for ref in refs
            )
        assert bench.actions.rename(refs[0], "new", dry_run=True).done == (refs[0],)
        assert bench.content() == before
        assert not (tmp_path / "data").exists()


class TestWhyNot:
    def test_it_gives_the_reason_or_none(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a", "memory:b")
        why_not = bench.actions.checks.why_not
        ref = put_session(bench.store(0), "k", "text")
        assert why_not(ref, Capability.DELETE) is None
        assert why_not(ref, Capability.RENAME) is None
        assert why_not(ref, Capability.SET_STATE) == "this format has no place for it"
        assert why_not(ref, Capability.RESUME) is not None
        gone = SessionRef("memory-ffffff", "k")
        assert why_not(gone, Capability.DELETE) == "no store memory-ffffff is open"

    def test_it_sees_that_a_store_can_no_longer_be_written(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "text")
        assert bench.actions.checks.why_not(ref, Capability.DELETE) is None
        Contrary.writable = False
        put_session(bench.store(), "l", "text")
        assert bench.actions.checks.why_not(ref, Capability.DELETE) == "the store cannot be written"
        assert bench.actions.checks.why_not(ref, Capability.RENAME) == "the store cannot be written"

    def test_a_moving_cursor_asks_the_store_once(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "text")
        asked: list[str] = []
        original = Contrary.info

        def counted(store: Contrary) -> StoreInfo:
            asked.append(store.store_id)
            return original(store)

        monkeypatch.setattr(Contrary, "info", counted)
        for capability in Capability:
            bench.actions.checks.why_not(ref, capability)
        assert len(asked) == 1

    def test_read_only_mode_is_the_reason_for_every_change(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a", read_only=True)
        ref = put_session(bench.store(), "k", "text")
        for capability in (Capability.RENAME, Capability.DELETE, Capability.CLEAR):
            assert bench.actions.checks.why_not(ref, capability) == "changes are switched off"


class TestWriters:
    def test_a_change_between_snapshot_and_delete_wins(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "one")
        Contrary.before_change = lambda store, key: store.append(
            key, text_message(Role.ASSISTANT, "late")
        )
        report = bench.actions.delete([ref])
        assert (report.done, report.undo_id) == ((), None)
        assert reasons(report)["k"][1] == 4
        assert texts(bench.store(), "k") == ["one", "late"]
        assert bench.actions.undo_entries() == ()

    def test_force_begins_again_and_the_journal_holds_the_last_word(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "one")
        late = ["late 1", "late 2", "late 3"]

        def write(store: Contrary, key: str) -> None:
            if late:
                store.append(key, text_message(Role.ASSISTANT, late.pop(0)))

        Contrary.before_change = write
        report = bench.actions.delete([ref], force=True)
        assert report.done == (ref,)
        assert bench.content() == {}
        bench.actions.undo()
        assert texts(bench.store(), "k") == ["one", "late 1", "late 2", "late 3"]

    def test_a_tireless_writer_is_left_alone_in_the_end(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "one")
        Contrary.before_change = lambda store, key: store.append(
            key, text_message(Role.ASSISTANT, "more")
        )
        report = bench.actions.delete([ref], force=True)
        assert report.done == ()
        assert reasons(report)["k"][1] == 4
        assert bench.actions.undo_entries() == ()

    def test_an_error_after_the_change_was_made_leaves_it_undoable(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        refs = [put_session(bench.store(), key, f"text {key}") for key in "abc"]
        before = bench.content()
        Contrary.fails = frozenset("b")

        report = bench.actions.delete(refs)

        assert report.done == (refs[0], refs[2])
        assert reasons(report) == {"b": ("the disk went away. Bring it back", 3)}
        assert bench.content() == {}
        Contrary.fails = frozenset()
        assert set(bench.actions.undo(report.undo_id).done) == set(refs)
        assert bench.content() == before
