"""Tool calls in words: they live in the domain, since exports show them too."""

from __future__ import annotations

from sessiontui.domain.tool_words import (
    Outcome,
    Telling,
    line_count,
    other_arguments,
    outcome_of,
    seconds_words,
    telling_argument,
    without_colours,
)

__all__ = [
    "Outcome",
    "Telling",
    "line_count",
    "other_arguments",
    "outcome_of",
    "seconds_words",
    "telling_argument",
    "without_colours",
]
