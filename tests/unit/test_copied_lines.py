"""Text that is copied off the screen: as it was written, whatever the width it was painted in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.message import Block, DamagedBlock, Role, ToolCallBlock, ToolResultBlock
from sessiontui.ui.widgets.copied_lines import Selected, copied_text
from sessiontui.ui.widgets.folding import Fold
from tests.unit.rendering import opened, render

LONG = "The ferry leaves at nine and the kettles travel below deck, wrapped in wool."
CODE = (
    "def pack(kettles, wool):\n    for kettle in kettles:\n\n        wrap(kettle, wool)  # gently"
)


def copied(*blocks: Block | str, width: int = 30, **options: object) -> str:
    """What selecting all lines of a message copies."""
    rendered = render(*blocks, width=width, **options)  # type: ignore[arg-type]
    return copied_text(Selected(rendered.strip(line)) for line in range(rendered.height))


@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_a_wrapped_paragraph_is_one_line_again(role: Role) -> None:
    text = f"{LONG}\n\n{LONG} {'x' * 70}"
    assert render(text, role=role, width=30).height > 6
    assert copied(text, role=role) == text


def test_lists_keep_their_items_and_lose_the_indents_of_wrapped_lines() -> None:
    nested = f"- {LONG}\n\n  Second paragraph.\n- two\n  - {LONG}"
    assert copied(nested).splitlines() == [
        f"• {LONG}",
        "",
        "  Second paragraph.",
        "",
        "• two",
        "",
        f"  • {LONG}",
    ]


def test_quotes_come_without_their_bars_and_tables_line_by_line() -> None:
    assert copied(f"> {LONG}\n>\n> Second.") == f"{LONG}\n\nSecond."
    rows = copied("| item | how |\n|---|---|\n| kettle | wrapped in wool below deck |").splitlines()
    assert rows[0].split() == ["item", "how"]
    assert len(rows) == 4
    assert copied("**Note** `code`\nend") == "Note code\nend"


@pytest.mark.parametrize("role", [Role.USER, Role.ASSISTANT])
def test_code_keeps_its_lines_without_padding_and_without_the_name_of_its_language(
    role: Role,
) -> None:
    fenced = f"```python\n{CODE}\n```"
    assert "python" in "\n".join(
        render(fenced, role=role).text(line) for line in range(render(fenced, role=role).height)
    )
    assert copied(fenced, role=role) == CODE


def test_frames_of_tools_damage_and_dividers_are_not_copied() -> None:
    shell = ToolCallBlock(call_id="1", name="shell", arguments={"command": "ls"})
    output = ToolResultBlock(call_id="1", text=f"{LONG}\n  total 3")
    unfolded = copied(shell, results={0: output}, folding=opened(b0=Fold.OPEN), width=60)
    assert unfolded.splitlines()[0].startswith("shell  ls   done")
    assert unfolded.endswith(f"\n{LONG}\n  total 3")
    damage = DamagedBlock(where="line 7", reason=LONG, raw="{bad")
    box = copied(damage, width=40)
    assert not set("╭│╮╰─╯") & set(box)
    assert box.splitlines() == ["cannot be read line 7", LONG, "{bad"]
    assert copied("restarted", role=Role.SYSTEM) == "restarted"


def test_a_selection_within_lines_takes_what_is_between_its_ends() -> None:
    rendered = render(f"- {LONG}", width=30)
    first, second, third = (rendered.strip(line) for line in range(3))
    whole = copied_text([Selected(first, 6), Selected(second), Selected(third, 0, 5)])
    assert whole == f"{first.text[6:]} {second.text[2:]} {third.text[2:5]}"
    # A drag that begins behind a line begins with the next one.
    assert copied_text([Selected(first, 80), Selected(second)]) == second.text[2:]
    assert copied_text([]) == ""


@given(st.text(alphabet="ab é世 \n", max_size=120), st.integers(24, 40))
def test_plain_text_is_copied_as_it_stands_but_for_spaces_at_line_ends(
    text: str, width: int
) -> None:
    rows = copied(f"a{text}b", width=width, role=Role.USER).split("\n")
    assert rows == [line.rstrip() for line in f"a{text}b".split("\n")]


@given(st.lists(st.sampled_from(["word", "a", "longerword", "x" * 50]), min_size=1, max_size=40))
def test_the_width_of_the_screen_changes_nothing(words: list[str]) -> None:
    text = " ".join(words)
    results = [copied(text, width=width, role=Role.USER) for width in (24, 31, 60, 100)]
    assert all(before == after for before, after in pairwise(results))
