"""Text for people: tables that fit, safe titles, readable transcripts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sessiontui.cli.text_output import (
    Column,
    counted_titles,
    event_line,
    fitted,
    hits_lines,
    journal_lines,
    session_lines,
    short_keys,
    store_lines,
    stuck_lines,
    table,
)
from sessiontui.cli.transcript_text import header_lines, message_lines
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.report import Action, JournalEntry
from sessiontui.domain.search import SearchHit, SessionHits, Tier
from sessiontui.domain.session import Session, SessionRef, SessionState
from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.domain.verdict import TurnFacts, Verdict, VerdictStatus, judge
from tests.cli.test_json_output import ROW

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def session(key: str, title: str | None = None, **fields: object) -> Session:
    values: dict[str, Any] = {
        "ref": SessionRef("memory-1", key),
        "format": "memory",
        "title": title,
        "last_activity": NOW - timedelta(hours=3),
        "message_count": 1234,
        "state": SessionState.IDLE,
        "agent": "scout",
        **fields,
    }
    return Session(**values)


def judged(*sessions: Session) -> list[tuple[Session, Verdict]]:
    return [(one, judge(TurnFacts.of(one), NOW)) for one in sessions]


def plain(lines: list[str]) -> list[str]:
    return [click.unstyle(line) for line in lines]


def test_a_list_on_paper_has_whole_refs_and_titles() -> None:
    lines = plain(session_lines(judged(session("gw_1", "trip " * 20)), NOW, None))
    assert lines[0].split() == ["status", "age", "messages", "title", "where", "format", "ref"]
    assert lines[1].startswith("idle     3h     1,234  trip trip")
    assert lines[1].endswith("memory  memory-1:gw_1")
    assert ("trip " * 20).strip() in lines[1]


@pytest.mark.parametrize("width", [36, 40, 60, 80, 120, 200])
def test_a_list_fits_the_terminal(width: int) -> None:
    sessions = judged(
        session("gw_" + "1" * 36, "a rather long title that has to give way " * 3),
        session("東京_" * 12, "東京の花見" * 20, workspace=Path("/home/x/" + "y" * 60)),
        session("plain", "short", state=SessionState.RUNNING),
    )
    lines = plain(session_lines(sessions, NOW, width))
    assert len(lines) == 4
    assert max(cell_len(line) for line in lines) <= width
    assert "title" in lines[0]


def test_columns_go_from_the_least_telling_one() -> None:
    sessions = judged(session("gw_1", "t" * 60))
    names = [plain(session_lines(sessions, NOW, w))[0].split() for w in (100, 68, 58, 40)]
    assert "where" in names[0]
    assert "where" not in names[1]
    assert "messages" in names[1]
    assert "messages" not in names[2]
    assert "format" in names[2]
    assert names[3] == ["status", "age", "title", "ref"]


def test_a_session_that_belongs_to_another_is_marked_on_a_terminal() -> None:
    child = session("k", "look into it", parent=SessionRef("memory-1", "head"))
    assert "↳ look into it" in plain(session_lines(judged(child), NOW, 80))[1]
    assert "↳" not in plain(session_lines(judged(child), NOW, None))[1]


def test_what_failed_is_called_so() -> None:
    assert plain(session_lines(judged(session("k", "t", state=SessionState.ERROR)), NOW, 80))[
        1
    ].startswith("failed")


def test_empty_columns_are_not_shown() -> None:
    lines = plain(session_lines(judged(session("k", "t", agent=None)), NOW, 80))
    assert "where" not in lines[0]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5), st.integers(1, 60))
def test_a_table_never_exceeds_its_width(cells: list[str], width: int) -> None:
    columns = (
        Column("one", [fitted(cell.replace("\n", ""), 40) for cell in cells], flexible=True),
        Column("two", ["x" * 9 for _ in cells], rank=1),
    )
    if any(not cell.isprintable() for cell in columns[0].cells):
        return
    assert max(cell_len(line) for line in plain(table(columns, width))) <= width


def test_hostile_titles_stay_on_their_line() -> None:
    lines = session_lines(judged(session("k\n1", "\x1b[2J[/x]\n\u202eback")), NOW, None)
    assert len(lines) == 2
    assert lines[1].isprintable()
    assert "[/x]" in lines[1]


def test_short_keys_are_unique_beginnings() -> None:
    refs = [SessionRef("s", key) for key in ("gw_aaaaaaaa1", "gw_aaaaaaaa2", "telegram", "x")]
    assert short_keys(refs) == ["gw_aaaaaaaa1", "gw_aaaaaaaa2", "telegram", "x"]
    assert short_keys([SessionRef("s", "0123456789abcdef")]) == ["01234567"]


def test_a_store_shows_health_and_reasons_once() -> None:
    info = StoreInfo(
        id="memory-1",
        format="memory",
        title="memory",
        root=Path("/x/y"),
        available=True,
        writable=False,
        capabilities=Capabilities(
            supported=frozenset({Capability.DELETE}),
            why_not={Capability.RESUME: "no owner", Capability.COMPACT: "no owner"},
        ),
        format_version="7",
        session_count=1200,
        size_bytes=12_000,
        problem="one row is odd",
    )
    assert plain(store_lines(info)) == [
        "memory-1  memory, version 7, 1,200 sessions, 12 KB, read-only",
        "  /x/y",
        "  problem: one row is odd",
        "  can delete",
        "  cannot compact, resume: no owner",
    ]


def test_a_stuck_session_shows_its_evidence() -> None:
    stuck = session("k", "index", state=SessionState.RUNNING, turn_started_at=NOW)
    verdict = Verdict(status=VerdictStatus.STUCK, evidence=("the store says running", "no owner"))
    assert plain(stuck_lines(stuck, verdict)) == [
        "index  memory-1:k",
        "  the store says running",
        "  no owner",
    ]


def test_hits_show_their_place_and_mark_the_words() -> None:
    hits = (
        SearchHit(Tier.TITLE, None, None, None, "trip", ((0, 4),)),
        SearchHit(Tier.TEXT, 1042, "user", None, "a trip\nplan \x1b trip", ((2, 6), (14, 18))),
    )
    lines = hits_lines(SessionHits(ROW, 1.0, 2, False, hits), NOW, None)
    assert plain(lines) == [
        "trip  memory-1:a:b c  2 hits or more, 3h",
        "  #1042 user: a trip plan ␛ trip",
    ]
    assert click.style("trip", fg="yellow", bold=True) in lines[1]
    for width in (24, 28, 40):
        narrow = plain(hits_lines(SessionHits(ROW, 1.0, 2, False, hits), NOW, width))
        assert len(narrow) == 2
        assert max(map(cell_len, narrow)) <= max(width, cell_len("…  a:b c  2 hits or more, 3h"))
        assert narrow[0].endswith("2 hits or more, 3h")
        assert "#1042 user: a" in narrow[1]


def test_a_long_hit_is_cut_around_its_first_match() -> None:
    snippet = f"{'before ' * 12}walrus {'after ' * 12}"
    at = snippet.index("walrus")
    hit = SearchHit(Tier.TEXT, 3, "user", None, snippet, ((at, at + 6),))
    for width in (30, 60, 80, 120, 300):
        line = plain(hits_lines(SessionHits(ROW, 1.0, 1, True, (hit,)), NOW, width))[1]
        assert cell_len(line) <= width
        assert "walrus" in line
    assert line == f"  #3 user: {snippet.strip()}"


def test_the_journal_says_what_can_be_taken_back() -> None:
    refs = (SessionRef("m", "a"), SessionRef("m", "b"))
    entries = [
        JournalEntry(id="u2", at=NOW, action=Action.DELETE, refs=refs, titles=("trip", "cart")),
        JournalEntry(
            id="u1", at=NOW, action=Action.CLEAR, refs=refs[:1], undoable=False, problem="too old"
        ),
    ]
    lines = plain(journal_lines(entries, NOW, None))
    assert lines[1].split("  ")[0] == "u2"
    assert "trip and 1 more" in lines[1]
    assert lines[1].endswith("yes")
    assert lines[2].endswith("no: too old")


def test_events_are_one_line_each() -> None:
    changed = StoreEvent(kind=StoreEventKind.CHANGED, store="m", keys=frozenset({"b\n", "a"}))
    assert event_line(changed, NOW) == "12:00:00 changed m:a m:b"
    failed = StoreEvent(kind=StoreEventKind.FAILED, store="m", problem="it is locked")
    assert event_line(failed, NOW) == "12:00:00 failed m it is locked"
    indexing = StoreEvent(kind=StoreEventKind.INDEXING, store="m", done=3, total=1200)
    assert event_line(indexing, NOW) == "12:00:00 indexing m 3 of 1,200"


def test_a_transcript_names_speakers_and_shows_every_block() -> None:
    message = Message(
        index=7,
        role=Role.ASSISTANT,
        created_at=NOW,
        blocks=(
            ThinkingBlock(text="hm"),
            TextBlock(text="first\nsecond\x1b[0m"),
            ToolCallBlock(name="shell", arguments={"command": "ls"}),
            ToolResultBlock(text="a\nb", is_error=True),
            ToolResultBlock(text="c"),
            MediaBlock(media_type="image/png", name="x.png", size_bytes=2000),
            DamagedBlock(where="line 3", reason="not JSON", raw="{"),
            OpaqueBlock(type_name="plan", data={"a": 1}),
        ),
    )
    assert plain(list(message_lines(message))) == [
        "#7 · assistant · 2026-03-01 12:00:00",
        "thinking",
        "  hm",
        "first",
        "second␛[0m",
        '→ shell {"command": "ls"}',
        "← failed",
        "  a",
        "  b",
        "← result",
        "  c",
        "[media image/png, x.png, 2.0 KB]",
        "damaged (line 3): not JSON",
        "  {",
        '[plan] {"a": 1}',
    ]


def test_a_header_has_the_facts() -> None:
    one = session("k", "trip", workspace=Path("/home/x"), problem="one line is damaged")
    verdict = judge(TurnFacts.of(one), NOW)
    assert plain(list(header_lines(one, verdict))) == [
        "trip",
        "memory-1:k",
        "idle: the store says idle; 1,234 messages",
        "agent scout, folder /home/x",
        "damaged: one line is damaged",
    ]


def test_many_titles_are_counted() -> None:
    assert counted_titles(["a"]) == "“a”"
    assert counted_titles("abcde") == "“a”, “b”, “c” and 2 more"
