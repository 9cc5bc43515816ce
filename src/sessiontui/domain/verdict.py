"""Verdicts: what is the matter with a session, and what speaks for it.

The rules are those of the outer contract. They are pure: facts and a clock in, a verdict out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sessiontui.domain.session import Session, SessionState
from sessiontui.domain.value import Value
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


STATUS_WORDS: Mapping[str, str] = {
    status: "failed" if status is VerdictStatus.ERROR else status.value for status in VerdictStatus
}
"""What a status is called where people read it."""

LIVE = frozenset({VerdictStatus.WAITING, VerdictStatus.RUNNING})
"""The statuses in which changing a session could hurt a running agent."""


class Verdict(Value):
    """A status, the evidence for it in short sentences, and since when it holds.

    `live`: whether the owner has the session open, where that is proved; else None.
    """

    status: VerdictStatus
    evidence: tuple[str, ...] = ()
    since: datetime | None = None
    live: bool | None = None

    @property
    def is_live(self) -> bool:
        """True when the session must not be changed without force."""
        return self.live is True or self.status in LIVE


class OwnerStatus(StrEnum):
    """What the owner's process says of itself; `SHELL`: it runs a command the person typed."""

    BUSY = "busy"
    SHELL = "shell"
    WAITING = "waiting"
    IDLE = "idle"


class Owner(Value):
    """A process that a store names as the one that has a session open.

    It may be long gone, and its number may be another's by now: `started` is when it began, as the
    system says it (on Linux in clock ticks after boot), None where the store does not tell.
    `elsewhere`: the number may be of another container.
    """

    pid: int
    started: str | None = None
    status: OwnerStatus | None = None
    moved_at: datetime | None = None
    elsewhere: bool = False


class Presence(Value):
    """What looking at processes has shown: the owner that is alive, or whether none is.

    `alive`: True when `owner` is proved to run, False when every process named is gone, None
    otherwise.
    """

    alive: bool | None = None
    owner: Owner | None = None


class TurnFacts(Value):
    """The store's half of a verdict.

    `turn_open`: the transcript's tail shows a turn begun and not ended (None: not known, or not
    asked because the store itself keeps the state of every turn).
    `began_at`: when the turn began, `moved_at`: when anything last moved. `owners` are the
    processes that the store names.
    """

    state: SessionState
    turn_open: bool | None = None
    began_at: datetime | None = None
    moved_at: datetime | None = None
    owners: tuple[Owner, ...] = ()

    @classmethod
    def of(cls, session: Session, owners: tuple[Owner, ...] = ()) -> TurnFacts:
        """The facts a session carries itself, and the processes its store names."""
        return cls(
            state=session.state,
            turn_open=session.turn_open,
            began_at=session.turn_started_at,
            moved_at=max(filter(None, (session.last_activity, session.moved_at)), default=None),
            owners=owners,
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


def judge(
    facts: TurnFacts,
    now: datetime,
    threshold: timedelta = DEFAULT_THRESHOLD,
    presence: Presence | None = None,
) -> Verdict:
    """The verdict on a session, with its evidence; `presence` is what its processes showed."""
    stored = _of_store(facts, now, threshold)
    if presence is None or presence.alive is None:
        return stored
    if presence.alive and presence.owner is not None:
        return _of_owner(presence.owner, facts, stored, now, threshold)
    # Nobody seen here is no proof against what moved just now: it may run in a container.
    live = None if stored.status in LIVE else False
    evidence = (*stored.evidence, "the process that had it open is gone")
    return stored.replace(evidence=evidence, live=live)


def _of_owner(
    owner: Owner, facts: TurnFacts, stored: Verdict, now: datetime, threshold: timedelta
) -> Verdict:
    """The verdict on a session whose owner is alive."""
    says = "" if owner.status is None else f" and says {owner.status.value}"
    seen = f"process {owner.pid} has it open{says}"
    times = (facts.began_at, facts.moved_at, owner.moved_at)
    moved = max((at for at in times if at is not None), default=None)
    status = _status_of_owner(owner.status, facts, moved, now, threshold)
    if status is None:
        evidence = (seen, *stored.evidence)
        return stored.replace(evidence=evidence, live=True)
    evidence = (seen,)
    if status is VerdictStatus.WAITING:
        evidence += ("the turn is open, and it is not working on it",)
    elif moved is not None:
        evidence += (f"nothing moved for {duration_words(now - moved)}",)
    if status is VerdictStatus.STUCK:
        evidence += (f"that is longer than {duration_words(threshold)}",)
    return Verdict(status=status, evidence=evidence, since=owner.moved_at or moved, live=True)


def _status_of_owner(
    says: OwnerStatus | None,
    facts: TurnFacts,
    moved: datetime | None,
    now: datetime,
    threshold: timedelta,
) -> VerdictStatus | None:
    """What an owner that is alive makes of a session; None where the store's word stands."""
    is_open = facts.turn_open or facts.state == SessionState.RUNNING
    match says:
        case _ if facts.state == SessionState.ERROR:
            return None
        case OwnerStatus.WAITING if facts.turn_open is not False:
            return VerdictStatus.WAITING
        case OwnerStatus.IDLE if is_open:
            return VerdictStatus.WAITING
        case OwnerStatus.WAITING | OwnerStatus.IDLE:
            return VerdictStatus.IDLE
        case None if not is_open:
            return None
    if moved is None or now - moved <= threshold:
        return VerdictStatus.RUNNING
    # Who says nothing of itself, or runs what a person typed, may well take so long.
    return VerdictStatus.STUCK if says is OwnerStatus.BUSY else VerdictStatus.UNKNOWN


def _of_store(facts: TurnFacts, now: datetime, threshold: timedelta) -> Verdict:
    """The verdict on a session by what is stored alone."""
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
