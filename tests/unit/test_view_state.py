"""How the screens were left: kept as far as it can be, and never in the way."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.services.view_state import LONGEST_FILE, ViewState, ViewStateFile, _state_of
from sessiontui.ui.view_state import ViewMemory


@pytest.fixture
def file(tmp_path: Path) -> ViewStateFile:
    return ViewStateFile(tmp_path / "data" / "view-state.json")


def test_without_a_file_everything_is_as_at_the_first_start(file: ViewStateFile) -> None:
    assert file.read() == ViewState()


def test_what_is_kept_is_there_in_the_next_run_and_private(file: ViewStateFile) -> None:
    assert file.write({"theme": "nord", "list_share": 65})
    assert file.read() == ViewState(theme="nord", list_share=65)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_two_programs_side_by_side_keep_each_others_choices(file: ViewStateFile) -> None:
    one, other = ViewMemory(file), ViewMemory(file)
    one.set("theme", "nord")
    other.set("list_share", 30)
    one.write()
    other.write()
    assert file.read() == ViewState(theme="nord", list_share=30)


def test_what_a_newer_version_keeps_there_stays(file: ViewStateFile) -> None:
    file.path.parent.mkdir()
    file.path.write_text('{"version": 9, "columns": ["a"], "theme": 7, "list_share": 30}')
    assert file.read() == ViewState(list_share=30)
    file.write({"reverse": True})
    assert json.loads(file.path.read_text())["columns"] == ["a"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff", b"[1]", b'{"theme": "nord"', b"{" * 60_000, b" " * LONGEST_FILE + b"{}"],
)
def test_a_damaged_file_counts_as_none_and_is_replaced(file: ViewStateFile, content: bytes) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(content)
    assert file.read() == ViewState()
    assert file.write({"theme": "nord"})
    assert file.read().theme == "nord"


@given(
    st.dictionaries(
        st.sampled_from([*ViewState.__struct_fields__, "other"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=150) | st.lists(st.none()),
    )
)
def test_a_field_that_is_wrong_costs_only_itself(held: dict[str, object]) -> None:
    state = _state_of(held)
    for name, value in held.items():
        if name in ViewState.__struct_fields__ and getattr(state, name) != value:
            assert getattr(state, name) == getattr(ViewState(), name)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    memory = ViewMemory(ViewStateFile(tmp_path / "data" / "view-state.json"))
    memory.set("theme", "nord")
    memory.write()
    assert memory.get("theme") == "nord"
    # As soon as it can be written, what was chosen meanwhile is.
    (tmp_path / "data").unlink()
    memory.write()
    assert ViewStateFile(tmp_path / "data" / "view-state.json").read().theme == "nord"


def test_what_a_run_leaves_out_stays_as_it_is(file: ViewStateFile) -> None:
    file.write({"view": "is:stuck", "theme": "nord"})
    memory = ViewMemory(file)
    memory.leave_out("view")
    assert memory.get("view") == ""
    memory.set("view", "agent:codex")
    assert memory.get("view") == "agent:codex"
    memory.write()
    assert file.read() == ViewState(view="is:stuck", theme="nord")


def test_only_changes_are_told_and_written(file: ViewStateFile) -> None:
    memory = ViewMemory(file)
    told: list[str] = []
    memory.changed = lambda: told.append(memory.get("theme"))
    memory.set("theme", "")
    memory.write()
    assert told == []
    assert not file.path.exists()
    memory.set("theme", "nord")
    assert told == ["nord"]
    memory.write()
    written = file.path.stat().st_ino
    memory.write()
    assert file.path.stat().st_ino == written
    with pytest.raises(ValueError, match="list_share"):
        memory.set("list_share", 5)
    with pytest.raises(AttributeError):
        memory.get("no_such_name")  # type: ignore[call-overload]
