"""Claude Code's notes of its processes: what they say, what follows, and what they cost."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sessiontui.domain.backend import Surroundings
from sessiontui.domain.errors import SessionBusy
from sessiontui.domain.session import SessionRef
from sessiontui.domain.store import Capability
from sessiontui.domain.verdict import Owner, OwnerStatus, VerdictStatus
from sessiontui.services.action_checks import ActionChecks, ActionOptions
from sessiontui.services.catalogue import Catalogue
from sessiontui.services.json_form import session_object
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.services.liveness import sighted
from sessiontui.storage.locations import Locations
from tests.formats.claude_code_lines import answer, call, prompt
from tests.formats.claude_code_stores import FIRST, SECOND, THIRD, ClaudeFolder, counted

OPEN = (prompt(1, None, "list them"), answer(2, 1, call("Bash", {}), stop="tool_use"))
AT = datetime(2026, 5, 1, 10, 30, tzinfo=UTC)


@pytest.fixture
def claude(tmp_path: Path) -> ClaudeFolder:
    found = ClaudeFolder(tmp_path / "kim")
    found.write(records=OPEN)
    found.write(SECOND)
    return found


def note(claude: ClaudeFolder, pid: int, name: str | None = None, **more: Any) -> Path:
    """What a process writes of itself."""
    path = claude.root / "sessions" / (name or f"{pid}.json")
    path.parent.mkdir(exist_ok=True)
    stored = {"pid": pid, "sessionId": FIRST, "procStart": "1", "kind": "interactive", **more}
    path.write_text(json.dumps(stored))
    return path


def own_note(claude: ClaudeFolder, **more: Any) -> Path:
    """The note of a process that is alive: this one."""
    seen = sighted(os.getpid())
    assert seen is not None
    return note(claude, os.getpid(), procStart=seen.started, **more)


def library(claude: ClaudeFolder, tmp_path: Path, now: datetime = AT) -> Library:
    options = LibraryOptions(
        stores=(f"claude-code:{claude.root}",), locations=Locations.below(tmp_path / "own")
    )
    return Library.open(options, lambda: now)


def test_notes_name_process_start_status_and_time(claude: ClaudeFolder) -> None:
    note(claude, 32, status="busy", updatedAt=1_777_700_000_500, statusUpdatedAt=1_777_700_000_000)
    note(claude, 76, sessionId=SECOND)
    store = claude.open()
    assert store.owners() == {
        FIRST: (
            Owner(
                pid=32,
                started="1",
                status=OwnerStatus.BUSY,
                moved_at=datetime.fromtimestamp(1_777_700_000.5, UTC),
            ),
        ),
        SECOND: (Owner(pid=76, started="1"),),
    }
    facts = store.turn_facts(FIRST)
    assert facts is not None
    assert facts.turn_open
    assert [owner.pid for owner in facts.owners] == [32]
    assert store.turn_facts(THIRD) is None


def test_older_odd_and_broken_notes_do_no_harm(claude: ClaudeFolder) -> None:
    folder = claude.root / "sessions"
    folder.mkdir()
    (folder / "pid-12.json").write_text(json.dumps({"session_id": FIRST, "cwd": "/x"}))
    (folder / "13.json").write_text("{half")
    (folder / "14.json").write_text("[]")
    (folder / "15.json").write_text(json.dumps({"pid": "15", "sessionId": FIRST}))
    (folder / "16.json").write_text(json.dumps({"pid": -1, "sessionId": FIRST}))
    (folder / "17.json").mkdir()
    (folder / "18.txt").write_text(json.dumps({"pid": 18, "sessionId": FIRST}))
    note(claude, 19, sessionId=SECOND, status="dancing", updatedAt=1e300, pidDomain="container")
    store = claude.open()
    assert store.owners() == {
        FIRST: (Owner(pid=12),),
        SECOND: (Owner(pid=19, started="1", elsewhere=True),),
    }


def test_a_store_without_notes_names_no_process(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = counted(monkeypatch)
    assert claude.open().owners() == {}
    assert (work.listed, work.opened) == (1, 0)


def test_a_process_that_waits_for_a_person_makes_its_session_live(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    own_note(claude, status="waiting", updatedAt=AT.timestamp() * 1000 - 60_000)
    asked = library(claude, tmp_path)
    store = asked.stores()[0].id
    session = asked.session(SessionRef(store, FIRST))
    verdict = asked.verdict(session)
    assert (verdict.status, verdict.live) == (VerdictStatus.WAITING, True)
    assert f"process {os.getpid()} has it open and says waiting" in verdict.evidence
    shown = session_object(session, verdict, asked.resume_of(session))
    assert shown["live"] is True
    assert shown["resume"] == ["claude", "--resume", FIRST]
    assert shown["resume_dir"] == "/home/kim/shop"
    other = asked.verdict(asked.session(SessionRef(store, SECOND)))
    assert (other.status, other.live) == (VerdictStatus.IDLE, None)


def test_the_note_of_a_dead_process_makes_nothing_live(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    note(claude, os.getpid(), status="busy", updatedAt=AT.timestamp() * 1000)
    asked = library(claude, tmp_path)
    session = asked.session(SessionRef(asked.stores()[0].id, FIRST))
    verdict = asked.verdict(session)
    assert (verdict.status, verdict.live) == (VerdictStatus.INTERRUPTED, False)
    assert session_object(session, verdict)["live"] is False


def test_a_session_that_is_open_somewhere_is_refused_also_when_it_rests(
    claude: ClaudeFolder,
) -> None:
    own_note(claude, sessionId=SECOND, status="idle")
    catalogue = Catalogue(Surroundings(home=claude.root.parent), (f"claude-code:{claude.root}",))
    checks = ActionChecks(catalogue, ActionOptions(), lambda: AT + timedelta(days=9))
    (store,) = catalogue.backends
    session = checks.fresh_session(store, SessionRef(store.store_id, SECOND))
    with pytest.raises(SessionBusy) as caught:
        checks.require_at_rest(store, session, Capability.DELETE)
    assert "has it open" in caught.value.title
    other = checks.fresh_session(store, SessionRef(store.store_id, FIRST))
    checks.require_at_rest(store, other, Capability.DELETE)


def test_a_change_of_a_note_concerns_its_session(claude: ClaudeFolder) -> None:
    path = note(claude, 32)
    store = claude.open()
    assert path.parent in store.watch_roots()
    assert store.changed_keys([path]) == frozenset({FIRST})
    note(claude, 32, sessionId=SECOND)
    assert store.changed_keys([path]) == frozenset({FIRST, SECOND})
    path.unlink()
    assert store.changed_keys([path]) == frozenset({SECOND})
    assert store.changed_keys([path]) == frozenset()
    note(claude, 33)
    assert store.changed_keys([path.parent]) == frozenset({FIRST})
