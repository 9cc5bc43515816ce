"""Answers only: prompts and final answers, and one line for everything between."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.message import DamagedBlock, Message, Role, ThinkingBlock
from sessiontui.ui.widgets.folding import BETWEEN, Fold
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from tests.transcripts import call, message, result
from tests.unit.rendering import RENDERER, lines_of

NOTHING = TermFinder()


def with_answers_only(*messages: Message, finder: TermFinder = NOTHING) -> RenderedTranscript:
    transcript = RenderedTranscript(messages, RENDERER, 60, finder)
    transcript.show_answers_only(True)
    return transcript


def page(transcript: RenderedTranscript) -> list[str]:
    """Everything that is shown, without blank lines."""
    lines = []
    for position in range(len(transcript)):
        if transcript.rows.exact(position):
            lines += lines_of(transcript.rendered(position))
    assert transcript.rows.total == len(lines)
    return [line for line in lines if line]


def turn(first: int, minute: float = 0) -> list[Message]:
    """A prompt, two calls with a remark between them, and the answer."""
    n = count(first)
    return [
        message(next(n), Role.USER, f"question {first}", minutes=minute),
        message(
            next(n), Role.ASSISTANT, call("ls", {"path": "."}, f"a{first}"), minutes=minute + 1
        ),
        message(next(n), Role.TOOL, result("files", f"a{first}"), minutes=minute + 2),
        message(next(n), Role.ASSISTANT, "now the second", minutes=minute + 3),
        message(
            next(n), Role.ASSISTANT, call("cat", {"path": "x"}, f"b{first}"), minutes=minute + 3
        ),
        message(next(n), Role.TOOL, result("text", f"b{first}"), minutes=minute + 4),
        message(next(n), Role.ASSISTANT, f"answer {first}", minutes=minute + 4.5),
    ]


def test_a_turn_is_its_prompt_one_line_and_its_answer() -> None:
    assert page(with_answers_only(*turn(0), *turn(7, 10))) == [
        "you  3 Mar 2026 05:12",
        "question 0",
        "scout  05:16",
        "▸ 2 tool calls · 1 remark · 3 m 30 s",
        "answer 0",
        "you  05:22",
        "question 7",
        "scout  05:26",
        "▸ 2 tool calls · 1 remark · 3 m 30 s",
        "answer 7",
    ]


def test_the_line_unfolds_and_folds_again() -> None:
    transcript = with_answers_only(*turn(0))
    before = page(transcript)
    transcript.fold(1, BETWEEN, Fold.OPEN)
    after = page(transcript)
    assert after[3] == "▾ 2 tool calls · 1 remark · 3 m 30 s"
    assert "now the second" in after
    assert any(line.startswith("▸ cat") for line in after)
    transcript.fold(1, BETWEEN, Fold.CLOSED)
    assert page(transcript) == before


def test_folding_by_key_at_the_line_unfolds_it() -> None:
    transcript = with_answers_only(*turn(0))
    assert transcript.toggle(1)
    assert "now the second" in page(transcript)


def test_what_an_answer_did_on_the_way_is_folded_into_a_line_of_its_own() -> None:
    transcript = with_answers_only(
        message(0, Role.USER, "question"),
        message(1, Role.ASSISTANT, ThinkingBlock(text="let me see"), "the answer"),
    )
    assert page(transcript) == ["you", "question", "scout", "▸ thinking", "the answer"]
    transcript.fold(1, BETWEEN, Fold.OPEN)
    assert page(transcript)[3:] == ["▾ thinking", "▸ thinking  3 words", "the answer"]


def test_a_plain_question_and_answer_have_no_line() -> None:
    shown = page(
        with_answers_only(message(0, Role.USER, "question"), message(1, Role.ASSISTANT, "answer"))
    )
    assert shown == ["you", "question", "scout", "answer"]


def test_work_without_an_answer_yet_is_a_line() -> None:
    assert page(with_answers_only(*turn(0)[:3])) == [
        "you  3 Mar 2026 05:12",
        "question 0",
        "scout  05:13",
        "▸ 1 tool call · 1 m 0 s",
    ]


def test_compactions_and_damage_stay() -> None:
    damaged = DamagedBlock(where="line 3", reason="no JSON", raw="{")
    shown = page(
        with_answers_only(
            message(0, Role.USER, "question"),
            message(1, Role.SYSTEM, "Conversation compacted"),
            message(2, Role.USER, "the summary of before", human=False),
            message(3, Role.OTHER, damaged),
            message(4, Role.ASSISTANT, "answer"),
        )
    )
    assert any(line.startswith("── Conversation compacted ─") for line in shown)
    assert "│ no JSON                                                  │" in shown
    assert "the summary of before" not in shown
    assert "▸ 1 note" in shown


def test_no_name_stands_over_what_nobody_said() -> None:
    reminder = message(1, Role.USER, "a reminder", human=False)
    shown = page(with_answers_only(message(0, Role.USER, "question"), reminder))
    assert shown == ["you", "question", "▸ 1 note"]


def test_an_answer_that_comes_later_takes_the_place_of_the_one_before() -> None:
    messages = turn(0)
    transcript = with_answers_only(*messages[:4])
    assert page(transcript)[-1] == "now the second"
    transcript.extend(messages[4:])
    assert page(transcript) == page(with_answers_only(*messages))


def test_a_line_that_was_unfolded_stays_so_when_the_session_grows() -> None:
    messages = [*turn(0), *turn(7)]
    transcript = with_answers_only(*messages[:9])
    transcript.fold(1, BETWEEN, Fold.OPEN)
    transcript.extend(messages[9:])
    assert "now the second" in page(transcript)
    again = with_answers_only(*messages)
    again.keep_folds_of(transcript)
    assert page(again) == page(transcript)


def test_what_is_unfolded_for_a_hit_folds_again_after_the_session_was_read_anew() -> None:
    finder = TermFinder.of_words(["second"])
    transcript = with_answers_only(*turn(0), finder=finder)
    before = page(transcript)
    transcript.reveal_terms(3)
    again = with_answers_only(*turn(0), finder=finder)
    again.keep_folds_of(transcript)
    assert page(again) == page(transcript) != before
    again.fold_revealed()
    assert page(again) == before


def test_a_hit_in_what_is_folded_unfolds_it_while_it_is_looked_at() -> None:
    transcript = with_answers_only(*turn(0), finder=TermFinder.of_words(["second"]))
    before = page(transcript)
    assert transcript.shown_for(3) == 1
    transcript.reveal_terms(3)
    assert transcript.shown_for(3) == 3
    assert "now the second" in page(transcript)
    transcript.fold_revealed()
    assert page(transcript) == before


KINDS = st.sampled_from(["prompt", "answer", "call", "think", "break", "injected"])


def of_kind(index: int, kind: str) -> Message:
    match kind:
        case "prompt":
            return message(index, Role.USER, f"q{index}")
        case "answer":
            return message(index, Role.ASSISTANT, f"a{index}")
        case "call":
            return message(index, Role.ASSISTANT, call("ls", {"path": "."}))
        case "think":
            return message(index, Role.ASSISTANT, ThinkingBlock(text="hm"), f"t{index}")
        case "break":
            return message(index, Role.SYSTEM, "compacted")
        case _:
            return message(index, Role.USER, "reminder", human=False)


@given(st.lists(KINDS, max_size=14), st.integers(0, 14))
def test_growing_gives_what_reading_at_once_gives(kinds: list[str], cut: int) -> None:
    messages = [of_kind(index, kind) for index, kind in enumerate(kinds)]
    grown = with_answers_only(*messages[:cut])
    grown.extend(messages[cut:])
    whole = with_answers_only(*messages)
    assert page(grown) == page(whole)
    for position, one in enumerate(messages):
        assert not (one.human and whole.is_hidden(position))
        assert not whole.is_hidden(whole.shown_for(position))
