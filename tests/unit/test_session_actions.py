"""Changes of sessions: what is done, and what is reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.message import Message, Role, ToolResultBlock
from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionPatch, SessionRef, SessionState, TitleSource
from sessiontui.services.local_titles import LocalTitle
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


class TestDelete:
    def test_a_deleted_session_is_gone_and_comes_back_as_it_was(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "hello", "hi", title="trip plan")
        before = bench.content()
        size = bench.store().footprint("k").size_bytes

        report = bench.actions.delete([ref])

        assert report.done == (ref,)
        assert report.skipped == ()
        assert (report.removed_messages, report.freed_bytes) == (2, size)
        assert bench.content() == {}
        undone = bench.actions.undo()
        assert (undone.action, undone.done, undone.undo_id) == (
            Action.UNDO,
            (ref,),
            report.undo_id,
        )
        assert bench.content() == before

    def test_many_sessions_are_one_entry(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "memory:a", "memory:b")
        refs = [put_session(bench.store(i % 2), f"k{i}", f"text {i}") for i in range(6)]
        before = bench.content()

        report = bench.actions.delete([*refs, refs[0]])

        assert report.done == tuple(refs)
        (entry,) = bench.actions.undo_entries()
        assert (entry.id, entry.action, entry.refs) == (report.undo_id, Action.DELETE, tuple(refs))
        assert entry.titles == tuple(f"text {i}" for i in range(6))
        assert set(bench.actions.undo().done) == set(refs)
        assert bench.content() == before

    def test_an_unknown_session_stops_no_other(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "hello")
        unknown = SessionRef(ref.store, "nobody")
        elsewhere = SessionRef("memory-ffffff", "k")

        report = bench.actions.delete([unknown, elsewhere, ref])

        assert report.done == (ref,)
        assert [(skipped.ref, skipped.code) for skipped in report.skipped] == [
            (unknown, 1),
            (elsewhere, 3),
        ]

    def test_nothing_to_do_leaves_no_entry(self, bench: Bench) -> None:
        report = bench.actions.delete([SessionRef(bench.store().store_id, "nobody")])
        assert report.undo_id is None
        assert bench.actions.undo_entries() == ()

    def test_notes_for_people_are_said_once(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        refs = [put_session(bench.store(), key, "text") for key in "abc"]
        assert bench.actions.delete(refs, dry_run=True).notes == ("its program may write it again",)
        assert bench.actions.delete(refs).notes == ("its program may write it again",)


class TestClear:
    def test_a_cleared_session_stays_with_its_title(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one", "two", "three", title="mine")
        before = bench.content()

        report = bench.actions.clear([ref])

        session = bench.store().get("k")
        assert session is not None
        assert (session.title, session.message_count) == ("mine", 0)
        assert report.removed_messages == 3
        assert report.freed_bytes is not None
        assert report.freed_bytes > 0
        bench.actions.undo()
        assert bench.content() == before

    def test_only_what_stands_before_an_index_goes(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one", "two", "three")
        rehearsed = bench.actions.clear([ref], ClearScope(before=2), dry_run=True)
        report = bench.actions.clear([ref], ClearScope(before=2))
        assert texts(bench.store(), "k") == ["three"]
        assert report.removed_messages == rehearsed.removed_messages == 2
        assert rehearsed.freed_bytes == len("onetwo")

    def test_only_tool_output_goes(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "run it")
        output = ToolResultBlock(call_id="1", text="long output")
        bench.store().append("k", Message(index=0, role=Role.TOOL, blocks=(output,)))
        scope = ClearScope(only=ClearOnly.TOOL_OUTPUT)
        rehearsed = bench.actions.clear([ref], scope, dry_run=True)
        assert (rehearsed.removed_messages, rehearsed.freed_bytes) == (1, len("long output"))
        assert bench.actions.clear([ref], scope).removed_messages == 1
        assert texts(bench.store(), "k") == ["run it"]

    def test_an_empty_session_is_done_and_leaves_no_entry(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k")
        report = bench.actions.clear([ref])
        assert (report.done, report.removed_messages, report.undo_id) == ((ref,), 0, None)
        assert bench.actions.undo_entries() == ()

    def test_a_session_that_is_not_the_one_seen_is_left_alone(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "one")
        seen = bench.store().get("k")
        assert seen is not None
        bench.store().append("k", text_message(Role.ASSISTANT, "two"))
        for force in (False, True):
            report = bench.actions.clear([ref], expect=seen.fingerprint, force=force)
            assert report.done == ()
            assert reasons(report)["k"][1] == 4
        assert texts(bench.store(), "k") == ["one", "two"]
        now = bench.store().get("k")
        assert now is not None
        assert bench.actions.clear([ref], expect=now.fingerprint).done == (ref,)


class TestRename:
    def test_the_store_holds_the_title(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "first words", title="old")
        assert bench.actions.rename(ref, "  new\n name \x1b ").done == (ref,)
        session = bench.store().get("k")
        assert session is not None
        assert (session.title, session.title_source) == ("new name ␛", TitleSource.STORE)
        bench.actions.undo()
        session = bench.store().get("k")
        assert session is not None
        assert session.title == "old"

    def test_an_empty_title_returns_to_the_automatic_one(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "first words", title="old")
        bench.actions.rename(ref, " ")
        session = bench.store().get("k")
        assert session is not None
        assert (session.title, session.title_source) == ("first words", TitleSource.DERIVED)

    def test_the_same_title_again_leaves_no_entry(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "first words", title="same")
        report = bench.actions.rename(ref, "same")
        assert (report.done, report.undo_id) == ((ref,), None)

    def test_where_the_store_holds_none_we_do(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "first words")
        before = bench.content()
        stored = bench.store().get("k")

        report = bench.actions.rename(ref, "ours")

        assert report.done == (ref,)
        assert bench.store().get("k") == stored
        session, _ = bench.content()[str(ref)]
        assert (session.title, session.title_source) == ("ours", TitleSource.LOCAL)
        bench.actions.rename(ref, "ours, again")
        bench.actions.undo()
        assert bench.content()[str(ref)][0].title == "ours"
        bench.actions.undo()
        assert bench.content() == before

    def test_an_empty_title_removes_ours(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "first words")
        before = bench.content()
        bench.actions.rename(ref, "ours")
        bench.actions.rename(ref, "")
        assert bench.content() == before
        assert bench.actions.rename(ref, "").undo_id is None
        bench.actions.undo()
        assert bench.content()[str(ref)][0].title == "ours"

    def test_a_local_title_goes_with_its_session_and_comes_back(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", "first words")
        bench.actions.rename(ref, "ours")
        before = bench.content()
        bench.actions.delete([ref])
        assert bench.titles.record(ref) is None
        bench.actions.undo()
        assert bench.content() == before

    def test_a_local_title_follows_a_creation_time_that_was_cleared(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "contrary:a")
        ref = put_session(bench.store(), "k", "first words")
        bench.titles.put(ref, _local(bench, ref, "ours"))

        def forget_creation(store: Contrary, key: str) -> None:
            held = store._held[key]
            session = held.session.replace(created_at=None)
            store._held[key] = held.replace(session=session, messages=())

        # The creation time of such a format stands in its first message.
        original = Contrary.clear

        def clear(
            store: Contrary, key: str, scope: ClearScope | None = None, expect: str | None = None
        ) -> int:
            count = original(store, key, scope, expect)
            forget_creation(store, key)
            return count

        before = bench.content()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Contrary, "clear", clear)
            bench.actions.clear([ref])
        assert bench.content()[str(ref)][0].title == "ours"
        bench.actions.undo()
        assert bench.content() == before

    def test_a_title_in_the_store_ends_ours_and_undo_brings_it_back(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "first words")
        bench.titles.put(ref, _local(bench, ref, "ours"))
        before = bench.content()
        bench.actions.rename(ref, "theirs")
        session, _ = bench.content()[str(ref)]
        assert (session.title, session.title_source) == ("theirs", TitleSource.STORE)
        bench.actions.undo()
        assert bench.content() == before


def _local(bench: Bench, ref: SessionRef, title: str) -> LocalTitle:
    session = bench.store().get(ref.key)
    assert session is not None
    return LocalTitle(title=title, created_at=session.created_at)


class TestCure:
    def test_a_stuck_session_is_idle_again_and_otherwise_the_same(self, bench: Bench) -> None:
        began = START - timedelta(hours=2)
        ref = put_session(
            bench.store(), "k", "text", state=SessionState.RUNNING, began=began, title="job"
        )
        before = bench.content()
        held = bench.store().get("k")
        assert held is not None

        assert bench.actions.cure([ref]).done == (ref,)

        cured = bench.store().get("k")
        assert cured is not None
        changed = {
            "state": SessionState.IDLE,
            "turn_id": None,
            "turn_started_at": None,
            "fingerprint": cured.fingerprint,
        }
        assert cured == held.replace(**changed)
        bench.actions.undo()
        assert bench.content() == before

    def test_a_failed_session_is_mended(self, bench: Bench) -> None:
        ref = put_session(bench.store(), "k", "text", state=SessionState.ERROR)
        assert bench.actions.cure([ref], dry_run=True).done == (ref,)
        bench.actions.cure([ref])
        session = bench.store().get("k")
        assert session is not None
        assert session.state is SessionState.IDLE

    @pytest.mark.parametrize(
        ("state", "status"), [(SessionState.IDLE, "idle"), (SessionState.RUNNING, "running")]
    )
    def test_what_is_not_stuck_is_left_alone(
        self, bench: Bench, state: SessionState, status: str
    ) -> None:
        ref = put_session(bench.store(), "k", "text", state=state, began=START)
        report = bench.actions.cure([ref], force=True)
        assert report.done == ()
        assert reasons(report) == {"k": (f"it is not stuck but {status}", 4)}

    def test_a_store_without_states_says_so(self, tmp_path: Path) -> None:
        bench = open_bench(tmp_path, "untitled:a")
        ref = put_session(bench.store(), "k", state=SessionState.ERROR)
        assert reasons(bench.actions.cure([ref])) == {"k": ("this format has no place for it", 5)}


def test_a_patch_outside_our_control_is_seen(bench: Bench) -> None:
    ref = put_session(bench.store(), "k", "text", title="a")
    seen = bench.store().get("k")
    assert seen is not None
    bench.store().patch("k", SessionPatch(title="b"))
    assert reasons(bench.actions.delete([ref], expect=seen.fingerprint))["k"][1] == 4
