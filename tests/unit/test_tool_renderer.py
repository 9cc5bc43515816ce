"""Tool calls: one line, and below it what is unfolded."""

from __future__ import annotations

import pytest

from sessiontui.domain.message import Role, ToolResultBlock
from sessiontui.ui.widgets.folding import Fold, Folding
from sessiontui.ui.widgets.message_renderer import NARROWEST
from tests.transcripts import LISTING, call, result
from tests.unit.rendering import COLOURS, lines_of, opened, render, shown


def test_a_tool_call_is_one_line() -> None:
    rendered = render(
        call("shell", {"command": ["bash", "-lc", "ls -la ~/trips"]}),
        results={0: result("a\nb\nc\n")},
        seconds=0.21,
    )
    assert lines_of(rendered) == ["▸ shell  ls -la ~/trips   ok · 0.2 s · 3 lines"]
    assert rendered.click_target(0) == (0, Fold.OPEN)


@pytest.mark.parametrize(
    ("given_result", "ending"),
    [
        (None, "no result"),
        (result(""), "ok · no output"),
        (result("x", failed=None), "done · 1 line"),
        (result("x" * 12_000), "ok · 1 line, 12 KB"),
    ],
)
def test_a_call_says_how_it_ended(given_result: ToolResultBlock | None, ending: str) -> None:
    results = {0: given_result} if given_result else {}
    assert shown(call("go", {}), results=results) == [f"▸ go   {ending}"]


def test_an_unfolded_call_shows_its_arguments_and_output() -> None:
    lines = shown(
        call("fetch", {"url": "http://x", "headers": {"a": 1}, "timeout": 30}),
        results={0: result("first\nsecond")},
        folding=Folding(tools_open=True),
    )
    assert lines == [
        "▾ fetch  http://x   ok · 2 lines",
        "  │ headers",
        "  │   {",
        '  │     "a": 1',
        "  │   }",
        "  │ timeout  30",
        "  │",
        "  │ first",
        "  │ second",
    ]


def test_long_output_is_cut_and_says_what_is_hidden() -> None:
    blocks = (call("shell", {"command": "ls"}),)
    rendered = render(*blocks, results={0: result(LISTING)}, folding=opened(b0=Fold.OPEN))
    rest = rendered.text(rendered.height - 1)
    hidden = len(LISTING.split("\n", 15)[-1].encode()) + 1
    assert rest == f"  │ … 214 more lines, {hidden // 1000} KB"
    assert rendered.click_target(rendered.height - 1) == (0, Fold.FULL)
    assert rendered.folds() == {0: (Fold.OPEN, Fold.FULL)}
    whole = render(*blocks, results={0: result(LISTING)}, folding=opened(b0=Fold.FULL))
    assert lines_of(whole)[1:] == [f"  │ {line}" for line in LISTING.split("\n")]


def test_a_failed_call_is_open_and_in_the_error_colour() -> None:
    rendered = render(
        call("fetch", {"url": "http://x", "timeout": 30}),
        results={0: result("refused", failed=True)},
    )
    assert lines_of(rendered) == ["▾ fetch  http://x   failed · 1 line", "  │ refused"]
    coloured = {s.style.color for s in rendered.strip(1) if s.style and s.style.color}
    assert coloured == {COLOURS.error.color}


def test_small_edits_are_diffs_with_counts() -> None:
    edit = call(
        "edit", {"file_path": "plan.md", "old_string": "a\nb\nc", "new_string": "a\nB\nC\nc"}
    )
    lines = shown(edit, results={0: result("updated")})
    assert lines == [
        "▾ edit  plan.md   +2 −1 · ok",
        "  │   a",
        "  │ - b",
        "  │ + B",
        "  │ + C",
        "  │   c",
    ]


def test_large_edits_are_folded() -> None:
    edit = call("edit", {"path": "x", "old_str": "", "new_str": "line\n" * 50})
    assert shown(edit) == ["▸ edit  x   +50 −0 · no result"]
    lines = shown(edit, folding=opened(b0=Fold.OPEN))
    assert lines[-1] == "  │ … 20 more lines, 100 bytes"


def test_patches_are_diffs() -> None:
    patch = "*** Begin Patch\n*** Update File: x\n@@\n-old\n+new\n same\n*** End Patch"
    lines = shown(call("apply_patch", {"input": patch}))
    assert "+1 −1" in lines[0]
    assert "  │ - old" in lines
    assert "  │ + new" in lines


def test_a_result_without_its_call_stands_for_itself() -> None:
    assert shown(result("all good\nreally"), role=Role.TOOL) == [
        "▸ result  all good   ok · 2 lines"
    ]


def test_codes_that_only_coloured_an_output_are_left_out() -> None:
    lines = shown(
        call("ls"),
        results={0: result("\x1b[1;31mred\x1b[0m \x1b[2Jrest")},
        folding=opened(b0=Fold.OPEN),
    )
    assert lines[1:] == ["  │ red ␛[2Jrest"]


def test_a_call_fits_on_one_line_however_long_its_argument() -> None:
    for width in (NARROWEST, 30, 80):
        rendered = render(
            call("a_tool_with_quite_a_long_name_indeed", {"command": "漢字" * 400}),
            results={0: result("x", failed=None)},
            seconds=12,
            width=width,
        )
        assert rendered.height == 1
        assert rendered.strip(0).cell_length <= width


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("Exit code 2\nboom", "exit 2"),
        ("Process exited with code 127", "exit 127"),
        ("exit status: 1", "exit 1"),
        ("the program said: exit code 3", "failed"),
    ],
)
def test_a_failed_call_says_its_exit_status_where_the_output_begins_with_it(
    output: str, word: str
) -> None:
    line = shown(call("sh", {"command": "x"}), results={0: result(output, failed=True)})[0]
    assert line.startswith(f"▾ sh  x   {word} · ")
    fine = shown(call("sh", {"command": "x"}), results={0: result(output)})[0]
    assert fine.startswith("▸ sh  x   ok · ")
