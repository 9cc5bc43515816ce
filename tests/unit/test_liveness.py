"""Processes that stores name: alive, gone, or another's number by now; and what follows from it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sessiontui.backends.memory import Memory
from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.session import Session, SessionRef, SessionState
from sessiontui.domain.verdict import (
    Owner,
    OwnerStatus,
    Presence,
    TurnFacts,
    VerdictStatus,
    judge,
)
from sessiontui.services.liveness import Liveness, Sighting, presence_of, sighted

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KIM = Owner(pid=4711, started="100", status=OwnerStatus.BUSY)


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


# -- processes ---------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
def test_a_process_is_known_by_its_number_and_its_start() -> None:
    seen = sighted(os.getpid())
    assert seen is not None
    assert seen.started is not None
    assert seen.started.isdecimal()
    me = Owner(pid=os.getpid(), started=seen.started)
    assert presence_of((me,)) == Presence(alive=True, owner=me)
    former = me.replace(started="1")
    assert presence_of((former,)) == Presence(alive=False)


def test_a_process_that_has_ended_is_gone_even_before_its_parent_noticed() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert sighted(ended.pid) is None
    ended.wait()
    assert presence_of((Owner(pid=ended.pid, started="1"),)) == Presence(alive=False)


@pytest.mark.parametrize(
    ("owner", "seen", "alive"),
    [
        (KIM, Sighting("100"), True),
        (KIM, Sighting("101"), False),
        (KIM, None, False),
        (KIM, Sighting(None), None),
        (KIM.replace(started=None), Sighting("100"), None),
        (KIM.replace(started=None), None, False),
        (KIM.replace(elsewhere=True), None, None),
        (KIM.replace(elsewhere=True), Sighting("100"), True),
    ],
)
def test_only_a_process_with_the_same_start_is_the_owner(
    owner: Owner, seen: Sighting | None, alive: bool | None
) -> None:
    found = presence_of((owner,), lambda _: seen)
    assert found == Presence(alive=alive, owner=owner if alive else None)


def test_notes_of_the_dead_do_not_hide_the_living() -> None:
    other = Owner(pid=12, started="7")
    found = presence_of((KIM, other), lambda pid: Sighting("7") if pid == 12 else None)
    assert found == Presence(alive=True, owner=other)
    assert presence_of(()) is None


# -- verdicts ----------------------------------------------------------------------------------


def verdict_of(
    says: OwnerStatus | None,
    turn_open: bool | None,
    moved: float,
    state: SessionState = SessionState.UNKNOWN,
) -> tuple[VerdictStatus, bool | None]:
    owner = Owner(pid=4711, started="100", status=says, moved_at=ago(moved))
    facts = TurnFacts(state=state, turn_open=turn_open, moved_at=ago(60), owners=(owner,))
    verdict = judge(facts, NOW, presence=Presence(alive=True, owner=owner))
    assert verdict.evidence[0].startswith("process 4711 has it open")
    assert verdict.is_live
    return verdict.status, verdict.live


@pytest.mark.parametrize(
    ("says", "turn_open", "moved", "status"),
    [
        (OwnerStatus.WAITING, True, 50, VerdictStatus.WAITING),
        (OwnerStatus.WAITING, None, 50, VerdictStatus.WAITING),
        (OwnerStatus.WAITING, False, 50, VerdictStatus.IDLE),
        (OwnerStatus.IDLE, True, 50, VerdictStatus.WAITING),
        (OwnerStatus.IDLE, False, 50, VerdictStatus.IDLE),
        (OwnerStatus.IDLE, None, 50, VerdictStatus.IDLE),
        (OwnerStatus.BUSY, True, 1, VerdictStatus.RUNNING),
        (OwnerStatus.BUSY, False, 1, VerdictStatus.RUNNING),
        (OwnerStatus.BUSY, True, 50, VerdictStatus.STUCK),
        (OwnerStatus.SHELL, False, 1, VerdictStatus.RUNNING),
        (OwnerStatus.SHELL, True, 50, VerdictStatus.UNKNOWN),
        (None, True, 1, VerdictStatus.RUNNING),
        (None, True, 50, VerdictStatus.UNKNOWN),
        (None, False, 50, VerdictStatus.IDLE),
        (None, None, 50, VerdictStatus.UNKNOWN),
    ],
)
def test_a_living_owner_says_how_the_session_stands(
    says: OwnerStatus | None, turn_open: bool | None, moved: float, status: VerdictStatus
) -> None:
    assert verdict_of(says, turn_open, moved) == (status, True)


def test_what_failed_stays_failed_and_is_live_while_its_owner_is() -> None:
    found = verdict_of(OwnerStatus.IDLE, False, 1, SessionState.ERROR)
    assert found == (VerdictStatus.ERROR, True)


def test_a_stuck_owner_is_told_with_what_speaks_for_it() -> None:
    owner = KIM.replace(moved_at=ago(25))
    facts = TurnFacts(state=SessionState.UNKNOWN, turn_open=True, moved_at=ago(20))
    verdict = judge(facts, NOW, presence=Presence(alive=True, owner=owner))
    assert verdict.evidence == (
        "process 4711 has it open and says busy",
        "nothing moved for 20m",
        "that is longer than 10m",
    )


def test_a_dead_owner_makes_nothing_live_and_is_no_proof_against_what_just_moved() -> None:
    gone = Presence(alive=False)
    open_turn = TurnFacts(state=SessionState.UNKNOWN, turn_open=True, moved_at=ago(20))
    verdict = judge(open_turn, NOW, presence=gone)
    assert (verdict.status, verdict.live, verdict.is_live) == (
        VerdictStatus.INTERRUPTED, False, False,
    )  # fmt: skip
    assert verdict.evidence[-1] == "the process that had it open is gone"
    moving = open_turn.replace(moved_at=ago(1))
    assert judge(moving, NOW, presence=gone).status is VerdictStatus.RUNNING
    assert judge(moving, NOW, presence=gone).live is None


@pytest.mark.parametrize("presence", [None, Presence()])
def test_without_proof_nothing_is_said_of_processes(presence: Presence | None) -> None:
    facts = TurnFacts(state=SessionState.UNKNOWN, turn_open=True, moved_at=ago(20))
    assert judge(facts, NOW, presence=presence) == judge(facts, NOW)
    assert judge(facts, NOW).live is None


# -- asking stores -----------------------------------------------------------------------------


class Noting(Memory):
    """A store that names a process, and counts how often it is asked."""

    asked = 0
    broken = False

    def owners(self) -> Mapping[str, tuple[Owner, ...]]:
        self.asked += 1
        if self.broken:
            raise StoreUnreadable("no permission")
        return {"first": (KIM,)}


def test_a_store_is_asked_once_for_many_sessions_and_anew_for_a_change(tmp_path: Path) -> None:
    store = Noting(tmp_path)
    liveness = Liveness(lambda _: Sighting("100"))
    sessions = [
        Session(ref=SessionRef(store.store_id, key), format="memory") for key in ("first", "other")
    ]
    found = [liveness.facts(store, session, fresh=False) for session in sessions * 10]
    assert store.asked == 1
    assert found[0] == (TurnFacts.of(sessions[0], (KIM,)), Presence(alive=True, owner=KIM))
    assert found[1] == (TurnFacts.of(sessions[1]), None)
    liveness.facts(store, sessions[0], fresh=True)
    assert store.asked == 2


def test_a_store_that_cannot_be_asked_proves_nothing(tmp_path: Path) -> None:
    store = Noting(tmp_path)
    store.broken = True
    session = Session(ref=SessionRef(store.store_id, "first"), format="memory")
    assert Liveness().facts(store, session, fresh=True) == (TurnFacts.of(session), None)
