"""What the journal screen shows. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sessiontui.domain.change import JournalledSession
from sessiontui.domain.report import Action, JournalEntry
from sessiontui.domain.session import SessionRef
from sessiontui.ui.change_words import change_words
from sessiontui.ui.journal_view import (
    Place,
    entry_facts,
    holds,
    lines_of,
    place_facts,
    session_facts,
    why_no_transcript,
)
from sessiontui.ui.widgets.row_list import Tone

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TRIP, BOOM = SessionRef("s", "trip"), SessionRef("s", "boom")
ENTRY = JournalEntry(
    id="1",
    at=NOW - timedelta(hours=2),
    action=Action.DELETE,
    refs=(TRIP, BOOM),
    titles=("trip plan", "boom"),
    size_bytes=12_000,
    kept_until=NOW + timedelta(days=60),
)
SESSION = JournalledSession(
    TRIP, "memory", "/tmp/store", "trip plan", Action.DELETE, is_undone=False, message_count=4
)


def test_an_entry_unfolds_into_its_sessions() -> None:
    contents = {"1": (SESSION, SESSION.replace(ref=BOOM, title="boom", is_undone=True))}
    (folded,) = lines_of([ENTRY], frozenset(), contents, NOW)
    assert (folded.lead, folded.title) == ("2h", "deleted 2 sessions")
    assert folded.figures == ("until 19 Jan 2027", "12 KB")
    assert folded.tone is Tone.STRONG
    unfolded = list(lines_of([ENTRY], frozenset({"1"}), contents, NOW))
    assert [line.key for line in unfolded] == [Place("1"), Place("1", TRIP), Place("1", BOOM)]
    assert [line.note for line in unfolded] == ["", "", "taken back"]
    assert unfolded[1].figures == ("4 messages", "")


def test_what_cannot_be_taken_back_is_quiet_and_says_why() -> None:
    for problem, said in (
        ("it was taken back", "taken back"),
        ("its snapshot was removed: it is older than 30 days", "expired"),
        ("its record is damaged", "its record is damaged"),
    ):
        spent = ENTRY.replace(undoable=False, problem=problem, kept_until=None)
        (line,) = lines_of([spent], frozenset(), {}, NOW)
        assert (line.note, line.tone, line.figures[0]) == (said, Tone.QUIET, "")
        assert [fact.value for fact in entry_facts(spent, NOW) if fact.is_warning] == [problem]


def test_an_entry_of_which_nothing_is_known_has_a_line_too() -> None:
    for action in Action:
        lost = JournalEntry(id="2", at=NOW, action=action, refs=(), undoable=False, problem="lost")
        (line,) = lines_of([lost], frozenset({"2"}), {}, NOW)
        assert line.title.endswith("sessions that are not known any more")
        assert line.title == change_words(lost)


def test_words_are_looked_for_in_titles_stores_and_what_was_done() -> None:
    assert holds(ENTRY, [])
    assert holds(ENTRY, ["trip", "deleted"])
    assert holds(ENTRY, ["2 sessions"])
    assert not holds(ENTRY, ["trip", "renamed"])


def test_the_facts_say_what_was_and_what_became_of_it() -> None:
    renamed = SESSION.replace(action=Action.RENAME, title_after="journey")
    facts = {fact.name: fact.value for fact in session_facts(renamed)}
    assert (facts["was"], facts["became"]) == ("trip plan", "journey")
    automatic = session_facts(renamed.replace(title_after=""))
    assert ("became", "its automatic title") in [fact[:2] for fact in automatic]
    cured = SESSION.replace(action=Action.CURE, session_state="running")
    facts = {fact.name: fact.value for fact in session_facts(cured)}
    assert (facts["its store said"], facts["became"]) == ("running", "idle")
    assert facts["held"] == "4 messages"
    failed = {fact.name: fact.value for fact in session_facts(cured.replace(session_state="error"))}
    assert failed["its store said"] == "failed", "as everywhere where people read it"
    assert ("session", str(TRIP)) in [fact[:2] for fact in place_facts(SESSION)]


def test_it_says_why_a_session_cannot_be_read_as_it_was() -> None:
    assert "taken back" in why_no_transcript(SESSION.replace(is_undone=True))
    renamed = why_no_transcript(SESSION.replace(action=Action.RENAME))
    assert renamed == "no message went when it was renamed"
    assert why_no_transcript(SESSION) == "its copy is not kept any more"
