"""Prose on the command line: broken between words, and nothing of it lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sessiontui.cli import following, reading
from sessiontui.cli.prose_lines import prose_lines
from sessiontui.domain.message import Role, ThinkingBlock, ToolResultBlock
from tests.cli.running import SampleStore
from tests.transcripts import message


def broken(text: str, width: int | None) -> list[str]:
    return list(prose_lines(text.split("\n"), width))


def test_lines_are_broken_between_words() -> None:
    assert broken("the kettle is slow because of limescale", 16) == [
        "the kettle is",
        "slow because of",
        "limescale",
    ]
    assert broken("exactly sixteen.", 16) == ["exactly sixteen."]
    assert broken("exactly sixteen. and", 16) == ["exactly sixteen.", "and"]


def test_nothing_is_broken_where_nobody_looks() -> None:
    assert broken("word " * 100, None) == ["word " * 100]


def test_a_word_longer_than_a_line_is_cut() -> None:
    assert broken("see https://example.org/a/long/way", 12) == [
        "see",
        "https://exam",
        "ple.org/a/lo",
        "ng/way",
    ]


def test_what_goes_on_stands_below_its_words() -> None:
    assert broken("- descale the kettle today\n  and again\n12. > quoted words are here", 16) == [
        "- descale the",
        "  kettle today",
        "  and again",
        "12. > quoted",
        "      words are",
        "      here",
    ]


def test_scripts_without_blanks_are_broken_anywhere_but_before_a_full_stop() -> None:
    assert broken("東京は大きい都市です。行きたい", 20) == ["東京は大きい都市で", "す。行きたい"]
    assert broken("go to 東京タワー now", 11) == ["go to 東京", "タワー now"]


def test_code_and_tables_stay_as_they_are() -> None:
    code = "```sh\nsome --long command that --is --not --prose\n```"
    table = "| a column of words | another one of them |"
    assert broken(f"{code}\n{table}", 12) == [*code.split("\n"), table]
    after = broken("~~~~\nlong line of code here\n```\n~~~~\nwords that are prose", 12)
    assert after[1] == "long line of code here"
    assert after[-2:] == ["words that", "are prose"]


@given(st.text(st.sampled_from("ab c-1.>東。\t́é👍 ")), st.integers(-3, 40))
def test_no_line_is_too_long_and_no_character_is_lost(text: str, width: int) -> None:
    lines = broken(text, width)
    assert all(cell_len(line.expandtabs()) <= max(10, width) for line in lines)
    assert len(lines) >= 1 + text.count("\n")
    # Only blanks come and go.
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_what_is_said_is_broken_where_the_terminal_ends_and_output_is_not(
    store: SampleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = ToolResultBlock(text="columns   of    what a tool printed")
    thought = ThinkingBlock(text="perhaps it is the limescale")
    said = [
        message(0, Role.USER, "why is the kettle so slow"),
        message(1, Role.ASSISTANT, thought, "descale it once a month", output),
    ]
    store.put("tea", "a kettle that takes its time", timedelta(hours=1), *said)
    shown = [
        "#0 · user",
        "why is the kettle so",
        "slow",
        "#1 · assistant",
        "thinking",
        "  perhaps it is the",
        "  limescale",
        "descale it once a",
        "month",
        "← result",
        "  columns   of    what a tool printed",
    ]
    monkeypatch.setattr(reading, "screen_width", lambda: 20)
    monkeypatch.setattr(following, "screen_width", lambda: 20)
    for command in ("show", "tail"):
        lines = store.run(command, "tea").lines
        assert lines[:2] == ["a kettle that takes", "its time"]
        assert [line for line in lines[lines.index("#0 · user") :] if line] == shown
    monkeypatch.setattr(reading, "screen_width", lambda: None)
    assert "why is the kettle so slow" in store.run("show", "tea").lines
