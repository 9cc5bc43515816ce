"""Toasts: sentences with a capital and an end, and names as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.toast_words import capitalised, sentences, toast_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing is stuck", "Nothing is stuck."),
        ("stopped: deleted 2 of 3 sessions", "Stopped: deleted 2 of 3 sessions."),
        ("u undoes", "u undoes."),
        ("trip-2026 was not deleted", "trip-2026 was not deleted."),
        ("75 KB is more than terminals copy", "75 KB is more than terminals copy."),
        ("what shall it be?", "What shall it be?"),
        ("did you mean theme", "Did you mean theme?"),
        ("", ""),
    ],
)
def test_a_toast_is_a_sentence_unless_it_begins_with_a_name_or_a_key(text: str, said: str) -> None:
    assert toast_text(text) == said


def test_what_may_be_copied_from_the_end_of_a_toast_ends_as_it_is() -> None:
    assert sentences("copied the reference astrid:a1") == "Copied the reference astrid:a1"
    assert sentences("run it in a shell: claude --resume=1").endswith("--resume=1")
    assert sentences("it is in /tmp/x", "look there") == "It is in /tmp/x. Look there."


def test_sentences_follow_each_other_and_lines_stay_lines() -> None:
    assert sentences("copied", "", "an export writes it.") == "Copied. An export writes it."
    assert toast_text("deleted 1 session\n2 × busy") == "Deleted 1 session.\n2 × busy."


@given(st.text(max_size=60))
def test_saying_it_twice_changes_nothing(text: str) -> None:
    assert toast_text(toast_text(text)) == toast_text(text)
    assert capitalised(text)[1:] == text[1:]
