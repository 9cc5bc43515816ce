"""Verdicts follow the definitions of the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sessiontui.domain.session import SessionState
from sessiontui.domain.verdict import TurnFacts, VerdictStatus, judge

NOW = datetime(2026, 8, 23, 12, tzinfo=UTC)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        (
            TurnFacts(state=SessionState.RUNNING, began_at=ago(seconds=40), moved_at=ago(hours=2)),
            VerdictStatus.RUNNING,
        ),
        (
            TurnFacts(state=SessionState.RUNNING, began_at=ago(hours=2), moved_at=ago(minutes=1)),
            VerdictStatus.RUNNING,
        ),
        (
            TurnFacts(state=SessionState.RUNNING, began_at=ago(hours=2), moved_at=ago(hours=2)),
            VerdictStatus.STUCK,
        ),
        (TurnFacts(state=SessionState.RUNNING, moved_at=ago(hours=2)), VerdictStatus.STUCK),
        (TurnFacts(state=SessionState.RUNNING), VerdictStatus.STUCK),
        (TurnFacts(state=SessionState.ERROR, turn_open=True), VerdictStatus.ERROR),
        (TurnFacts(state=SessionState.IDLE, moved_at=ago(hours=2)), VerdictStatus.IDLE),
        (
            TurnFacts(state=SessionState.IDLE, turn_open=True, moved_at=ago(seconds=1)),
            VerdictStatus.RUNNING,
        ),
        (
            TurnFacts(state=SessionState.IDLE, turn_open=True, moved_at=ago(hours=1)),
            VerdictStatus.INTERRUPTED,
        ),
        (
            TurnFacts(state=SessionState.UNKNOWN, turn_open=True, moved_at=ago(minutes=9)),
            VerdictStatus.RUNNING,
        ),
        (
            TurnFacts(state=SessionState.UNKNOWN, turn_open=True, moved_at=ago(minutes=11)),
            VerdictStatus.INTERRUPTED,
        ),
        (TurnFacts(state=SessionState.UNKNOWN, turn_open=False), VerdictStatus.IDLE),
        (TurnFacts(state=SessionState.UNKNOWN), VerdictStatus.UNKNOWN),
    ],
)
def test_a_status_follows_from_the_facts(facts: TurnFacts, status: VerdictStatus) -> None:
    verdict = judge(facts, NOW)
    assert verdict.status is status
    assert verdict.evidence


def test_exactly_the_threshold_is_not_yet_stuck() -> None:
    facts = TurnFacts(state=SessionState.RUNNING, began_at=ago(minutes=10), moved_at=ago(days=1))
    assert judge(facts, NOW).status is VerdictStatus.RUNNING
    later = NOW + timedelta(microseconds=1)
    assert judge(facts, later).status is VerdictStatus.STUCK


def test_the_threshold_can_be_chosen() -> None:
    facts = TurnFacts(state=SessionState.RUNNING, began_at=ago(hours=1), moved_at=ago(hours=1))
    assert judge(facts, NOW, timedelta(hours=2)).status is VerdictStatus.RUNNING


def test_a_stuck_verdict_says_what_speaks_for_it() -> None:
    facts = TurnFacts(state=SessionState.RUNNING, began_at=ago(hours=2), moved_at=ago(hours=2))
    verdict = judge(facts, NOW)
    assert verdict.since == ago(hours=2)
    assert verdict.evidence == (
        "the store says running",
        "the turn began 2h ago",
        "nothing moved for 2h",
        "that is longer than 10m",
    )


@pytest.mark.parametrize(
    ("status", "live"),
    [
        (status, status in (VerdictStatus.RUNNING, VerdictStatus.WAITING))
        for status in VerdictStatus
    ],
)
def test_only_running_and_waiting_are_live(status: VerdictStatus, live: bool) -> None:
    facts = TurnFacts(state=SessionState.IDLE)
    assert judge(facts, NOW).replace(status=status).is_live is live
