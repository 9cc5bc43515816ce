"""All labelled queries."""

from __future__ import annotations

from benchmarks import (
    cases_context,
    cases_filters,
    cases_later,
    cases_later_spelling,
    cases_operators,
    cases_plain,
    cases_spelling,
    cases_time,
    cases_title,
)
from benchmarks.labelled import Case

LATER: tuple[Case, ...] = (
    *cases_later.LATER_CASES,
    *cases_later_spelling.LATER_SPELLING_CASES,
)
"""Those on which nothing was tuned."""

CASES: tuple[Case, ...] = (
    *cases_title.TITLE_CASES,
    *cases_plain.RARE_CASES,
    *cases_context.SPREAD_CASES,
    *cases_plain.NEAR_CASES,
    *cases_context.MIXED_CASES,
    *cases_time.RECENT_CASES,
    *cases_context.HUMAN_CASES,
    *cases_time.FORK_CASES,
    *cases_spelling.PREFIX_CASES,
    *cases_spelling.TYPO_CASES,
    *cases_spelling.FOLDED_CASES,
    *cases_filters.SCOPED_CASES,
    *cases_spelling.NAME_CASES,
    *cases_operators.PHRASE_CASES,
    *cases_operators.WITHOUT_CASES,
    *cases_operators.EITHER_CASES,
    *cases_operators.CJK_CASES,
    *cases_operators.TOOLS_CASES,
    *cases_filters.ROLE_CASES,
    *LATER,
)
