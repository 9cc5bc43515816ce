"""What makes one session the answer rather than another."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.query import Term
from sessiontui.domain.session import SessionRef, SessionRow, TitleSource
from sessiontui.services.index_ranking import (
    APART,
    TOGETHER,
    Evidence,
    evidence,
    rarity,
    score,
    title_of,
    title_share,
)
from sessiontui.services.index_snippets import MatchFinder

NOW = 1_790_000_000.0
DAY = 86_400.0
WORDS = ("harbour", "museum")
EVEN = (1.0, 1.0)
FINDER = MatchFinder([(Term(word),) for word in WORDS])


@dataclass
class Told:
    """A session: what was said by whom, its title, its age in days."""

    texts: tuple[tuple[str, str], ...] = ()
    title: str = "something"
    source: str = TitleSource.STORE
    days: float = 30.0
    hits: int = 1
    weights: tuple[float, ...] = field(default=EVEN)

    def score(self) -> float:
        seen = [(FINDER.look(text), role) for role, text in self.texts]
        title = title_share(FINDER.look(self.title), self.weights, self.source)
        found = evidence(seen, self.weights)
        return score(row(self.days), title, found, self.hits, NOW)


def row(days: float | None) -> SessionRow:
    return SessionRow(
        ref=SessionRef("store", "key"),
        format="memory",
        title="something",
        title_source=TitleSource.STORE,
        status="idle",
        state="idle",
        last_activity=None if days is None else NOW - days * DAY,
        created_at=None,
        message_count=None,
        size_bytes=None,
        agent=None,
        channel=None,
        workspace=None,
        model=None,
        problem=None,
    )


def user(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(("user", text) for text in texts)


def assistant(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(("assistant", text) for text in texts)


def tool(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(("tool", text) for text in texts)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(
            Told(title="harbour museum", days=300),
            Told(assistant("the harbour museum"), days=1),
            id="a title before a mention",
        ),
        pytest.param(
            Told(user("the harbour museum"), days=300),
            Told(user("the harbour", "a museum"), days=1),
            id="near each other before apart",
        ),
        pytest.param(
            Told(user("the harbour museum")),
            Told(user("the museum is not far from the harbour")),
            id="in the order typed before another one",
        ),
        pytest.param(
            Told(user("the harbour museum"), days=60),
            Told(assistant("the harbour museum"), days=10),
            id="said by a person before an answer",
        ),
        pytest.param(
            Told(user("where is the harbour?", "and the museum?"), days=60),
            Told(assistant("bridge, harbour, tower, market, museum, station"), days=10),
            id="asked for in two prompts before a list in an answer",
        ),
        pytest.param(
            Told(assistant("the harbour museum"), days=90),
            Told(tool("the harbour museum"), hits=30, days=30),
            id="said before printed, however often",
        ),
        pytest.param(
            Told(user("the harbour museum"), days=3),
            Told(user("the harbour museum"), days=33),
            id="the newer of two alike",
        ),
        pytest.param(
            Told(user("the harbour museum"), hits=9),
            Told(user("the harbour museum"), hits=1),
            id="the one that comes back to it of two alike",
        ),
        pytest.param(
            Told(user("the harbour museum"), title="harbour museum"),
            Told(user("the harbour museum"), title="harbour museum", source=TitleSource.DERIVED),
            id="a given title before one made of the prompt",
        ),
    ],
)
def test_what_fits_better_comes_first(better: Told, worse: Told) -> None:
    assert better.score() > worse.score()


def test_of_a_title_the_rarer_word_counts_more() -> None:
    title = FINDER.look("the harbour")
    assert title_share(title, (9.0, 1.0), "store") > title_share(title, EVEN, "store")
    assert title_share(title, (1.0, 9.0), "store") < title_share(title, EVEN, "store")


def test_a_title_that_was_not_looked_at_counts_as_one_with_all_words() -> None:
    for source in TitleSource:
        whole = title_share(FINDER.look("harbour museum"), EVEN, source)
        assert whole == pytest.approx(title_of(source))


def test_the_rarer_a_word_is_the_more_it_counts() -> None:
    counts = [rarity(texts) for texts in (0, 1, 10, 1_000, 100_000)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 0


def test_evidence_is_what_the_best_texts_tell() -> None:
    nothing = evidence([], EVEN)
    assert nothing == Evidence(0.0, 0.0)
    seen = [(FINDER.look("the harbour"), "user"), (FINDER.look("the museum"), "assistant")]
    found = evidence(seen, EVEN)
    assert found.said == pytest.approx((1.0 + 0.6) / 2)
    assert evidence([*seen, (FINDER.look("harbour museum"), "user")], EVEN) == Evidence(1.0, 1.0)


def test_a_session_without_a_time_is_an_old_one() -> None:
    assert score(row(None), 0.0, APART, 1, NOW) < score(row(10_000), 0.0, APART, 1, NOW)
    # A clock that runs ahead is no advantage.
    assert score(row(-5), 0.0, APART, 1, NOW) == score(row(0), 0.0, APART, 1, NOW)


def test_a_guess_favours_words_in_one_text() -> None:
    assert score(row(1), 0.0, TOGETHER, 1, NOW) > score(row(1), 0.0, APART, 1, NOW)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["harbour", "museum", "the harbour museum", "museum harbour", "x"]),
            st.sampled_from(["user", "assistant", "tool", "other"]),
        )
    ),
    st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)),
)
def test_every_part_stays_between_0_and_1(
    texts: list[tuple[str, str]], weights: tuple[float, float]
) -> None:
    found = evidence([(FINDER.look(text), role) for text, role in texts], weights)
    assert 0.0 <= found.near <= 1.0 + 1e-9
    assert 0.0 <= found.said <= 1.0 + 1e-9
