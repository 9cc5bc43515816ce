"""Verdicts: what is the matter with a session, and what speaks for it.

The rules are those of the outer contract. They are pure: facts and a clock in, a verdict out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from sessiontui.domain.session import Session, SessionState
from sessiontui.domain.words import duration_words

DEFAULT_THRESHOLD = timedelta(minutes=10)
"""How long nothing may move in an open turn before it counts as stuck (zeroclaw's own 600 s)."""


class VerdictStatus(StrEnum):
    """The statuses of the contract."""

    WAITING = "waiting"
    RUNNING = "running"
    STUCK = "stuck"
    INTERRUPTED = "interrupted"
    ERROR = "error"
    IDLE = "idle"
    UNKNOWN = "unknown"
    GONE = "gone"


LIVE = frozenset({VerdictStatus.WAITING, VerdictStatus.RUNNING})
"""The statuses in which changing a session could hurt a running agent."""


class Verdict(BaseModel):
    """A status, the evidence for it in short sentences, and since when it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: VerdictStatus
    evidence: tuple[str, ...] = ()
    since: AwareDatetime | None = None

    @property
    def is_live(self) -> bool:
        """True when the session must not be changed without force."""
        return self.status in LIVE


class TurnFacts(BaseModel):
    """The store's half of a verdict.

    `turn_open`: the transcript's tail shows a turn begun and not ended (None: not known, or not
    asked because the store itself keeps the state of every turn).
    `began_at`: when the turn began, `moved_at`: when anything last moved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: SessionState
    turn_open: bool | None = None
    began_at: AwareDatetime | None = None
    moved_at: AwareDatetime | None = None

    @classmethod
    def of(cls, session: Session) -> TurnFacts:
        """The facts a session carries itself."""
        return cls(
            state=session.state,
            turn_open=session.turn_open,
            began_at=session.turn_started_at,
            moved_at=max(filter(None, (session.last_activity, session.moved_at)), default=None),
        )


def changes_with_time(state: str, turn_open: bool | None) -> bool:
    """Whether the status depends on the clock: only where a turn is open."""
    return state == SessionState.RUNNING or (bool(turn_open) and state != SessionState.ERROR)


def status_of(
    state: str,
    turn_open: bool | None,
    began_at: float | None,
    moved_at: float | None,
    now: float,
    threshold: float,
) -> VerdictStatus:
    """The status alone, from plain values (seconds since the epoch): what a list needs per row."""
    if state == SessionState.ERROR:
        return VerdictStatus.ERROR
    if changes_with_time(state, turn_open):
        newest = max(begun for begun in (began_at, moved_at, 0.0) if begun is not None)
        if now - newest <= threshold:
            return VerdictStatus.RUNNING
        return VerdictStatus.STUCK if state == SessionState.RUNNING else VerdictStatus.INTERRUPTED
    if state == SessionState.IDLE or turn_open is False:
        return VerdictStatus.IDLE
    return VerdictStatus.UNKNOWN


def judge(facts: TurnFacts, now: datetime, threshold: timedelta = DEFAULT_THRESHOLD) -> Verdict:
    """The verdict on a session, with its evidence."""
    began, moved = facts.began_at, facts.moved_at
    status = status_of(
        facts.state,
        facts.turn_open,
        began.timestamp() if began else None,
        moved.timestamp() if moved else None,
        now.timestamp(),
        threshold.total_seconds(),
    )
    evidence: list[str] = []
    since = moved
    if facts.state == SessionState.RUNNING:
        evidence.append("the store says running")
        if began is None:
            evidence.append("the store does not say when the turn began")
        else:
            since = began
            evidence.append(f"the turn began {duration_words(now - began)} ago")
    elif facts.state == SessionState.ERROR:
        evidence.append("the store says that the last turn failed")
    elif facts.turn_open:
        evidence.append("the transcript ends inside a turn")
    elif facts.state == SessionState.IDLE:
        evidence.append("the store says idle")
    elif facts.turn_open is False:
        evidence.append("the transcript ends after a finished turn")
    else:
        evidence.append("the store says nothing about turns")
    if status in (VerdictStatus.RUNNING, VerdictStatus.STUCK, VerdictStatus.INTERRUPTED):
        if moved is None:
            evidence.append("the store does not say when anything last moved")
        else:
            evidence.append(f"nothing moved for {duration_words(now - moved)}")
    if status is VerdictStatus.STUCK:
        evidence.append(f"that is longer than {duration_words(threshold)}")
    return Verdict(status=status, evidence=tuple(evidence), since=since)
