"""Any sequence of changes, taken back in reverse, gives what was there at the beginning."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.backend import ClearOnly, ClearScope
from sessiontui.domain.message import MediaBlock, Message, Role, ToolResultBlock
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionState
from tests.changing import START, Bench, known_formats, open_bench, put_session

KEYS = ("a", "b", "c")
STATES = (SessionState.IDLE, SessionState.RUNNING, SessionState.ERROR)


@pytest.fixture(autouse=True)
def _formats() -> Iterator[None]:
    with known_formats():
        yield


def fill(bench: Bench) -> tuple[SessionRef, ...]:
    refs = []
    for store in bench.catalogue.backends:
        for key, state in zip(KEYS, STATES, strict=True):
            began = START - timedelta(hours=3) if state is SessionState.RUNNING else None
            refs.append(put_session(store, key, f"ask {key}", "answer", state=state, began=began))
            store.append(
                key,
                Message(
                    index=0,
                    role=Role.TOOL,
                    blocks=(ToolResultBlock(text="out"), MediaBlock(name="cat.png")),
                    created_at=START,
                ),
            )
    return tuple(refs)


REFS = st.sets(st.integers(0, 2 * len(KEYS) - 1), min_size=1, max_size=4)
SCOPES = st.builds(ClearScope, before=st.none() | st.integers(0, 4)) | st.builds(
    ClearScope, only=st.sampled_from(ClearOnly)
)
STEPS = st.lists(
    st.tuples(st.just("rename"), REFS, st.sampled_from(["", "one", "two words", "\x1b[1m"]))
    | st.tuples(st.just("clear"), REFS, SCOPES)
    | st.tuples(st.just("delete"), REFS, st.none())
    | st.tuples(st.just("cure"), REFS, st.none()),
    max_size=8,
)


def take(
    bench: Bench, refs: list[SessionRef], kind: str, argument: object
) -> Iterator[ActionReport]:
    """One step; a rename of several sessions is several changes."""
    if kind == "rename":
        for ref in refs:
            yield bench.actions.rename(ref, str(argument))
    elif kind == "clear":
        assert isinstance(argument, ClearScope)
        yield bench.actions.clear(refs, argument)
    else:
        yield bench.actions.delete(refs) if kind == "delete" else bench.actions.cure(refs)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None)
def test_undoing_everything_in_reverse_gives_the_beginning(
    steps: list[tuple[str, set[int], object]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        bench = open_bench(Path(name), "memory:a", "untitled:b")
        refs = fill(bench)
        contents = [bench.content()]
        for kind, numbers, argument in steps:
            chosen = [refs[number] for number in sorted(numbers)]
            for report in take(bench, chosen, kind, argument):
                # Nothing is lost in silence, and an id is given exactly when something changed.
                assert {*report.done, *(skipped.ref for skipped in report.skipped)} <= set(chosen)
                now = bench.content()
                assert (report.undo_id is not None) == (now != contents[-1])
                if report.undo_id is not None:
                    contents.append(now)
        for expected in reversed(contents[:-1]):
            bench.actions.undo()
            assert bench.content() == expected
        assert not any(entry.undoable for entry in bench.actions.undo_entries())
