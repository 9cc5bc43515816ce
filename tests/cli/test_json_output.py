"""The JSON of every kind, built from values."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.cli.json_output import (
    Problem,
    Refusal,
    error_object,
    event_object,
    hits_envelope,
    journal_envelope,
    refusal_object,
    report_envelope,
    sessions_envelope,
    stores_envelope,
)
from sessiontui.domain.errors import AmbiguousRef, QueryInvalid, SessionBusy
from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.exit_codes import ExitCode
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
from sessiontui.domain.report import Action, ActionReport, JournalEntry, Skipped
from sessiontui.domain.search import HitPage, SearchHit, SessionHits, Tier
from sessiontui.domain.session import Session, SessionRef, SessionRow, SessionState, TitleSource
from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.json_form import json_text, json_time, transcript_envelope
from tests.cli.schemas import check

AT = datetime(2026, 3, 1, 8, 0, 5, tzinfo=UTC)
REF = SessionRef("memory-1", "a:b c")
SESSION = Session(
    ref=REF,
    format="memory",
    title="trip",
    title_source=TitleSource.STORE,
    created_at=AT,
    last_activity=AT,
    message_count=3,
    state=SessionState.RUNNING,
    turn_id="t1",
    turn_started_at=AT,
    workspace=Path("/home/x"),
    parent=SessionRef("memory-1", "old"),
    tokens=12,
)
VERDICT = Verdict(status=VerdictStatus.STUCK, evidence=("the store says running",), since=AT)
ROW = SessionRow(
    ref=REF,
    format="memory",
    title="trip",
    title_source="store",
    status="stuck",
    state="running",
    last_activity=AT.timestamp(),
    created_at=None,
    message_count=3,
    size_bytes=None,
    agent=None,
    channel=None,
    workspace="/home/x",
    model=None,
    problem=None,
)


def test_a_session_has_every_field_of_the_contract_in_its_order() -> None:
    value = check(sessions_envelope([(SESSION, VERDICT)], total=7, next_offset=1), "sessions")
    assert list(value) == ["schema", "kind", "items", "total", "next_offset", "problems"]
    item = value["items"][0]
    assert list(item)[:7] == [
        "ref", "store", "format", "key", "native_id", "title", "title_source"
    ]  # fmt: skip
    assert item["ref"] == "memory-1:a:b c"
    assert item["created_at"] == "2026-03-01T08:00:05Z"
    assert item["verdict"] == {
        "status": "stuck",
        "evidence": ["the store says running"],
        "since": "2026-03-01T08:00:05Z",
    }
    assert item["parent"] == "memory-1:old"
    assert item["live"] is None
    assert (value["total"], value["next_offset"]) == (7, 1)


def test_an_empty_answer_is_the_usual_envelope() -> None:
    value = check(sessions_envelope([], total=0, next_offset=None), "sessions")
    assert value["items"] == []


def test_a_store_tells_what_it_can_do_and_why_not() -> None:
    info = StoreInfo(
        id="memory-1",
        format="memory",
        title="memory",
        root=Path("/x"),
        available=True,
        writable=False,
        capabilities=Capabilities(
            supported=frozenset({Capability.DELETE, Capability.CLEAR}),
            why_not={Capability.RESUME: "no owner"},
        ),
    )
    problem = Problem("memory-1", None, "half of it is gone", "look at the disk")
    value = check(stores_envelope([info], [problem]), "stores")
    assert value["items"][0]["capabilities"] == ["clear", "delete"]
    assert value["items"][0]["why_not"] == {"resume": "no owner"}
    assert value["problems"] == [
        {
            "store": "memory-1",
            "ref": None,
            "title": "half of it is gone",
            "hint": "look at the disk",
        }
    ]


def test_a_transcript_holds_every_kind_of_block() -> None:
    blocks = (
        TextBlock(text="hi"),
        ThinkingBlock(text="hm"),
        ToolCallBlock(call_id="1", name="shell", arguments={"command": ["ls", 1, None]}),
        ToolResultBlock(text="ok"),
        MediaBlock(media_type="image/png"),
        DamagedBlock(where="line 2", reason="not JSON", raw="{"),
        OpaqueBlock(type_name="plan", data=[1]),
    )
    message = Message(index=4, role=Role.TOOL, blocks=blocks, created_at=AT)
    value = check(
        transcript_envelope(SESSION, VERDICT, [message], total=5, next_offset=None), "transcript"
    )
    assert value["session"]["ref"] == "memory-1:a:b c"
    assert [block["kind"] for block in value["items"][0]["blocks"]] == [
        "text", "thinking", "tool_call", "tool_result", "media", "damaged", "opaque"
    ]  # fmt: skip


def test_hits_stand_with_their_session() -> None:
    hits = (
        SearchHit(Tier.TEXT, 2, "user", AT.timestamp(), "a trip plan", ((2, 6),)),
        SearchHit(Tier.TITLE, None, None, None, "trip", ()),
    )
    page = HitPage((SessionHits(ROW, 3.5, 12, False, hits),), None, "trip")
    value = check(hits_envelope(page, next_offset=50), "hits")
    item = value["items"][0]
    assert item["hits"][0]["matches"] == [[2, 6]]
    assert item["hits"][1]["message_index"] is None
    assert (item["hit_count"], item["hit_count_exact"]) == (12, False)
    assert (value["total"], value["corrected"]) == (None, "trip")


def test_a_report_names_what_was_done_and_what_was_not() -> None:
    report = ActionReport(
        action=Action.DELETE,
        done=(REF,),
        skipped=(Skipped(ref=SessionRef("m", "x"), reason="it is live", code=4),),
        undo_id="u1",
        freed_bytes=10,
    )
    value = check(report_envelope(report, [Refusal("nobody", "no such session", 1)]), "report")
    assert value["done"] == ["memory-1:a:b c"]
    assert value["skipped"] == [
        {"ref": "m:x", "reason": "it is live"},
        {"ref": "nobody", "reason": "no such session"},
    ]
    assert value["undo_id"] == value["items"][0]["undo_id"] == "u1"


def test_the_journal_lists_its_entries() -> None:
    entry = JournalEntry(id="u1", at=AT, action=Action.CLEAR, refs=(REF,), undoable=False)
    assert check(journal_envelope([entry]), "journal")["items"][0]["undoable"] is False


def test_an_event_names_its_sessions_in_order() -> None:
    event = StoreEvent(kind=StoreEventKind.CHANGED, store="m", keys=frozenset({"b", "a"}))
    assert check(event_object(event, AT), "event")["refs"] == ["m:a", "m:b"]


def test_errors_carry_their_code_and_what_only_they_know() -> None:
    busy = check(error_object(SessionBusy("live", "wait", REF), ExitCode.REFUSED), "error")
    assert (busy["code"], busy["ref"]) == (4, "memory-1:a:b c")
    ambiguous = AmbiguousRef("two fit", "say more", (REF, SessionRef("m", "x")))
    assert check(error_object(ambiguous, 2), "error")["candidates"] == ["memory-1:a:b c", "m:x"]
    wrong = check(error_object(QueryInvalid("no", "hint", 3, 9), 2), "error")
    assert (wrong["start"], wrong["end"]) == (3, 9)
    assert check(refusal_object(Refusal("m:x", "locked", 4)), "error")["title"] == "locked"


@given(st.text(), st.booleans())
def test_any_text_becomes_json_that_encodes_and_means_the_same(text: str, ascii_only: bool) -> None:
    encoded = json_text({"text": text}, ascii_only=ascii_only).encode(
        "ascii" if ascii_only else "utf-8"
    )
    assert json.loads(encoded) == {"text": text}


def test_json_has_no_raw_control_characters_surrogates_or_numbers_without_spelling() -> None:
    text = json_text({"a": "\x1b[31m\x9b\u202e\ud83d", "b": [float("nan"), float("inf"), 1.5]})
    assert text.isprintable()
    assert json.loads(text) == {"a": "\x1b[31m\x9b\u202e�", "b": [None, None, 1.5]}


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, None),
        (AT, "2026-03-01T08:00:05Z"),
        (AT.timestamp() + 0.25, "2026-03-01T08:00:05.250000Z"),
        (AT.astimezone(timezone(timedelta(hours=9))), "2026-03-01T08:00:05Z"),
        (1e300, None),
    ],
)
def test_times_are_in_utc(at: datetime | float | None, text: str | None) -> None:
    assert json_time(at) == text
