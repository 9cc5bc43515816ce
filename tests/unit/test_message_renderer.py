"""Messages become painted lines: what each block looks like, and that no text can break it."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from sessiontui.domain.conversation import PairedResult
from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    ThinkingBlock,
)
from sessiontui.ui.widgets.folding import HEAD_CHARACTERS, Fold, Folding
from sessiontui.ui.widgets.message_flow import Setting
from sessiontui.ui.widgets.message_renderer import (
    MessageRenderer,
    RenderedMessage,
    blocks_with_terms,
)
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_colours import is_hit
from tests.transcripts import (
    call,
    message,
    result,
)
from tests.unit.rendering import COLOURS, RENDERER, lines_of, opened, render, shown

# -- turns ---------------------------------------------------------------------------------


def heading(sample: Message, *, new_day: bool = True, shows_model: bool = True) -> str:
    return RENDERER.render(sample, 80, Setting(new_day=new_day, shows_model=shows_model)).text(0)


def test_a_turn_begins_with_who_and_when() -> None:
    prompt = message(0, Role.USER, "hello", minutes=0)
    assert heading(prompt, new_day=False) == "you  05:12"
    assert heading(prompt, new_day=True) == "you  3 Mar 2026 05:12"


def test_times_are_shown_in_the_zone_asked_for() -> None:
    zone = timezone(timedelta(hours=-7))
    renderer = MessageRenderer(COLOURS, zone=zone)
    assert renderer.render(message(0, Role.USER, "x", minutes=0), 80).text(0) == (
        "you  2 Mar 2026 22:12"
    )


@pytest.mark.parametrize(
    ("role", "human", "author", "expected"),
    [
        (Role.USER, True, None, "you"),
        (Role.USER, True, "anna", "you  anna"),
        (Role.USER, False, None, "user"),
        (Role.ASSISTANT, False, None, "scout"),
        (Role.ASSISTANT, False, "reviewer", "reviewer"),
        (Role.TOOL, False, None, "tool"),
    ],
)
def test_speakers_have_names(role: Role, human: bool, author: str | None, expected: str) -> None:
    assert heading(message(0, role, "x", human=human, author=author)) == expected


def test_the_model_is_named_where_it_is_new() -> None:
    answer = message(0, Role.ASSISTANT, "x", model="gossamer-4")
    assert heading(answer, shows_model=True) == "scout  gossamer-4"
    assert heading(answer, shows_model=False) == "scout"


def test_a_gap_separates_a_turn_and_its_bar_stands_below_it() -> None:
    rendered = RENDERER.render(message(0, Role.USER, "x"), 80, Setting(gap=True))
    assert lines_of(rendered) == ["", "you", "x"]
    assert rendered.gap == 1
    assert rendered.bar == COLOURS.you


def test_a_message_with_nothing_in_it_says_so() -> None:
    assert shown() == ["nothing in it"]
    assert shown(" \n ", ThinkingBlock(text="")) == ["nothing in it"]


# -- prose ---------------------------------------------------------------------------------


def test_what_an_agent_writes_is_markdown() -> None:
    text = "# Title\ntext with **bold**\nnext\n\n1. one\n2. two\n   - deep\n\n> quoted\n\n---"
    assert shown(text) == [
        "Title",
        "text with bold",
        "next",
        "",
        "1. one",
        "2. two",
        "   • deep",
        "",
        "▎ quoted",
        "",
        "─" * 80,
    ]


def test_what_a_person_typed_stays_as_it_was_typed() -> None:
    text = "rm *.o and *.c in __pycache__\n  indented\n\n\n# no heading <b>x</b>"
    assert shown(text, role=Role.USER) == text.split("\n")


def test_code_in_a_prompt_is_code() -> None:
    rendered = render("see:\n```python\nx = 1\n```\nand this", role=Role.USER, width=40)
    assert lines_of(rendered) == ["see:", " x = 1" + " " * 27 + "python", "and this"]
    assert all(
        segment.style.bgcolor == COLOURS.code.bgcolor
        for segment in rendered.strip(1)
        if segment.style
    )


def code_colours(code: str) -> set[object]:
    rendered = render(f"```python\n{code}\n```", width=60)
    rows = range(rendered.height)
    return {
        s.style.color for row in rows for s in rendered.strip(row) if s.style and s.text.strip()
    }


def test_code_is_coloured_unless_that_could_take_long() -> None:
    assert len(code_colours("def f():\n    return 1  # one")) > 3
    assert len(code_colours("x = 1 " * 200)) < 3
    assert len(code_colours("x = 1\n" * 5_000)) < 3


def test_html_link_definitions_and_targets_are_shown() -> None:
    text = "<think>hm</think>\n\n[a]: http://x.y\n\n[here](http://z.y) ![cat](cat.png)"
    joined = "\n".join(shown(text))
    for part in ("<think>hm</think>", "[a]: http://x.y", "here (http://z.y)", "cat (cat.png)"):
        assert part in joined


def test_tables_are_laid_out_and_fit() -> None:
    text = "| name | n |\n|:--|--:|\n| a | 1 |\n| " + "long words " * 12 + "| 1200 |"
    lines = shown(text, width=40)
    assert lines[0].split() == ["name", "n"]
    assert lines[2].split() == ["a", "1"]
    assert lines[2].endswith("   1")
    assert len(lines) > 5
    assert max(map(len, lines)) <= 40


def test_a_table_of_too_many_columns_is_still_shown() -> None:
    row = "|" + "|".join(f"c{n}" for n in range(30)) + "|\n"
    joined = " ".join(shown(row + "|" + "-|" * 30 + "\n" + row, width=30))
    assert all(f"c{n}" in joined for n in range(30))


def test_lists_nested_too_deep_are_shown_as_they_were_written() -> None:
    text = "\n".join("  " * depth + f"- level {depth}" for depth in range(30))
    joined = "\n".join(shown(text))
    assert all(f"level {depth}" in joined for depth in range(30))


def test_emphasis_nested_very_deep_is_no_problem() -> None:
    assert "".join(shown("*a **b " * 3000, width=100)).count("a") == 3000


def test_long_texts_are_plain_and_very_long_ones_are_cut_until_asked_for() -> None:
    text = "**word** " * 8_000
    assert shown(text)[0].startswith("**word** **word**")
    huge = "line of a log\n" * 100_000
    rendered = render(huge)
    assert rendered.text(rendered.height - 1) == "… 81,276 more lines, 1.1 MB"
    assert rendered.click_target(rendered.height - 1) == (0, Fold.FULL)
    assert render(huge, folding=opened(b0=Fold.FULL)).height == 100_000


def test_only_the_painted_lines_of_a_huge_message_are_made() -> None:
    rendered = render("x" * (HEAD_CHARACTERS + 5), folding=opened(b0=Fold.FULL), width=100)
    assert rendered.height == HEAD_CHARACTERS // 100 + 1
    assert rendered.strip(7).cell_length == 100


# -- everything else -----------------------------------------------------------------------


def test_thinking_is_one_line_until_asked_for() -> None:
    thinking = ThinkingBlock(text="so many words here")
    assert shown(thinking) == ["▸ thinking  4 words"]
    assert shown(thinking, folding=Folding(thinking_open=True)) == [
        "▾ thinking  4 words",
        "  so many words here",
    ]


def test_media_is_a_chip() -> None:
    media = MediaBlock(media_type="image/png", name="harbour.png", size_bytes=48_213)
    assert shown(media) == ["▣ image/png  harbour.png · 48 KB"]
    assert shown(MediaBlock()) == ["▣ media"]


def test_short_system_messages_are_dividers() -> None:
    line = "── compacted " + "─" * 27
    assert shown("compacted", role=Role.SYSTEM, width=40) == [line]


def test_long_system_messages_are_folded() -> None:
    text = "You are kind.\n" + "Be brief. " * 30
    assert shown(text, role=Role.SYSTEM) == ["▸ system  You are kind.  63 words"]
    assert len(shown(text, role=Role.SYSTEM, folding=opened(b0=Fold.OPEN))) > 4


def test_markers_are_dim_lines() -> None:
    assert shown("resumed elsewhere", role=Role.OTHER) == ["resumed elsewhere"]


def test_damage_is_a_box_that_says_where_and_why() -> None:
    damaged = DamagedBlock(where="line 12 of a.jsonl", reason="no end of string", raw='{"a\x1b[1m')
    lines = shown(damaged, role=Role.OTHER, width=50)
    assert lines[0].startswith("╭─ cannot be read line 12 of a.jsonl ─")
    assert "no end of string" in lines[1]
    assert '{"a␛[1m' in lines[2]
    assert lines[3] == "╰" + "─" * 48 + "╯"
    assert {len(line) for line in lines} == {50}


def test_long_damage_is_cut_until_asked_for() -> None:
    damaged = DamagedBlock(where="here", reason="why", raw="raw\n" * 40)
    rendered = render(damaged)
    assert "… 36 more lines" in "\n".join(lines_of(rendered))
    assert rendered.folds() == {0: (Fold.OPEN, Fold.FULL)}
    assert render(damaged, folding=opened(b0=Fold.FULL)).height == 43


def test_what_we_do_not_know_shows_its_type_and_its_data() -> None:
    opaque = OpaqueBlock(type_name="server_tool", data={"id": "x1"})
    assert shown(opaque) == ["▸ server_tool  1 field"]
    assert shown(opaque, folding=opened(b0=Fold.OPEN)) == [
        "▾ server_tool  1 field",
        "  {",
        '    "id": "x1"',
        "  }",
    ]


def test_blocks_of_one_line_stand_together_and_prose_stands_apart() -> None:
    lines = shown(ThinkingBlock(text="a"), call("x"), "prose", "more", call("y"))
    assert lines == [
        "▸ thinking  1 word",
        "▸ x   no result",
        "",
        "prose",
        "",
        "more",
        "",
        "▸ y   no result",
    ]


# -- hits ----------------------------------------------------------------------------------


def marked(rendered: RenderedMessage, line: int) -> list[str]:
    return [segment.text for segment in rendered.strip(line) if is_hit(segment.style)]


def test_terms_are_marked_in_prose_of_every_speaker() -> None:
    for role in (Role.USER, Role.ASSISTANT):
        rendered = render("to OSLO and\n\nback from Óslo", role=role, terms=("oslo",))
        assert rendered.hit_lines == (0, 2)
        assert [marked(rendered, 0), marked(rendered, 2)] == [["OSLO"], ["Óslo"]]


def test_a_phrase_is_marked_across_the_end_of_a_line() -> None:
    for role in (Role.USER, Role.ASSISTANT):
        rendered = render(
            "we take the very slow night train", role=role, width=28, terms=("night train",)
        )
        assert "".join(marked(rendered, 0) + marked(rendered, 1)).split() in (
            ["night", "train"],
            ["nighttrain"],
        )
        assert rendered.hit_lines[0] == 0


def test_terms_are_marked_in_calls_code_tables_and_boxes() -> None:
    rendered = render(
        "| Oslo | b |\n|--|--|\n| c | Oslo |\n\n```\nOslo\n```",
        call("Oslo", {"path": "oslo.md"}),
        DamagedBlock(where="x", reason="Oslo", raw="oslo"),
        terms=("oslo",),
    )
    assert [len(marked(rendered, line)) for line in rendered.hit_lines] == [1, 1, 1, 2, 1, 1]


def test_blocks_that_hold_a_term_are_known_even_when_folded() -> None:
    sample = message(0, Role.ASSISTANT, ThinkingBlock(text="oslo"), call("x"), call("y"), "bergen")
    setting = Setting(results=((1, PairedResult(result("in Oslo"), None)),))
    assert blocks_with_terms(sample, setting, TermFinder.of_words(["oslo"])) == {0, 1}
    folded = RENDERER.render(sample, 80, setting, finder=TermFinder.of_words(["oslo"]))
    assert folded.hit_lines == ()
