"""Which of the sessions found is the one that is meant. Pure.

A score is the sum of few parts, each between 0 and 1 times its weight: the words stand in the
title; they stand near each other; a person said them; something happened lately; they come often.
How rare a word is decides how much it counts within a part. Equal scores leave the order as it
was, which is newest first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sessiontui.domain.session import SessionRow, TitleSource
from sessiontui.domain.value import PlainValue
from sessiontui.services.index_snippets import Sight

_TITLE = 3.0
_NEAR = 4.0
_SAID = 4.0
_RECENT = 1.5
_OFTEN = 0.5

_DERIVED_TITLE = 0.3
"""A title made of the first prompt says nothing that the prompt does not say."""
_RECENT_DAYS = 30.0
"""After so many days recency counts half."""
_OFTEN_HITS = 32
"""More hits than this are not better."""
_LOG_OFTEN = math.log(1 + _OFTEN_HITS)
_MANY_TEXTS = 5_000
_DAY = 86_400.0

_SPEAKERS = {"user": 1.0, "assistant": 0.6}
_OTHERS = 0.4
"""What people said is what people look for; tools repeat themselves."""


class Evidence(PlainValue):
    """What the texts of a session tell about a query; each from 0 to 1.

    `near`: how close together the words are where they are closest. `said`: how many of the words
    were said, and by whom.
    """

    near: float
    said: float


TOGETHER = Evidence(0.6, 0.7)
"""What is expected of texts not yet read, where all words are in one."""
APART = Evidence(0.2, 0.7)
"""The same, where they are not."""


def speaker_weight(role: str) -> float:
    """How much it counts that a text was written by this role; 1 for a person."""
    return _SPEAKERS.get(role, _OTHERS)


def evidence(seen: Iterable[tuple[Sight, str]], weights: Sequence[float]) -> Evidence:
    """What texts and their roles tell; `weights` are those of the query's groups."""
    near = 0.0
    said = [0.0] * len(weights)
    for sight, role in seen:
        weight = speaker_weight(role)
        near = max(near, weight * sight.quality)
        for group in sight.groups:
            said[group] = max(said[group], weight)
    return Evidence(near, _share(said, weights))


def title_share(title: Sight, weights: Sequence[float], source: str) -> float:
    """How much of a query the title is, from 0 to 1."""
    share = _share([float(group in title.groups) for group in range(len(weights))], weights)
    return share * share * (0.5 + 0.5 * title.quality) * title_of(source)


def title_of(source: str) -> float:
    """The same for a title that has all words, not looked at closer."""
    return _DERIVED_TITLE if source == TitleSource.DERIVED else 1.0


def score(row: SessionRow, title: float, texts: Evidence, hits: int, now: float) -> float:
    """How well a session answers a query; `title` as from `title_share`, `now` in seconds."""
    at = row.last_activity
    age = math.inf if at is None else max(0.0, now - at) / _DAY
    return (
        _TITLE * title
        + _NEAR * max(texts.near, title)
        + _SAID * max(texts.said, title)
        + _RECENT * _RECENT_DAYS / (_RECENT_DAYS + age)
        + _OFTEN * min(1.0, math.log1p(hits) / _LOG_OFTEN)
    )


def rarity(texts: int) -> float:
    """How much a word counts that stands in so many texts."""
    return math.log(2 + _MANY_TEXTS / (1 + texts))


def _share(parts: Sequence[float], weights: Sequence[float]) -> float:
    whole = sum(weights)
    if whole <= 0:
        return 0.0
    return sum(part * weight for part, weight in zip(parts, weights, strict=True)) / whole
