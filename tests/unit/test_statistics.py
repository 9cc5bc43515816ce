"""Statistics are the numbers that counting one by one gives."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.message import Message, Role, TextBlock, ToolCallBlock
from sessiontui.domain.query import Query
from sessiontui.domain.session import Session, SessionRef, SessionState
from sessiontui.domain.statistics import (
    Amounts,
    Group,
    GroupField,
    Measure,
    Statistics,
    TimeSpan,
    Unit,
    last_days,
    streaks_of,
    top_groups,
)
from sessiontui.services import index_items, statistics
from sessiontui.services.index_statistics import TextTimes, read_text_times
from sessiontui.services.statistics import StatisticsReader
from tests.unit.indexing import NOW, Indexed, typed
from tests.unit.plain_statistics import Told, counted

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Pacific/Chatham")
_numbers = itertools.count()

needs_zones = pytest.mark.skipif(
    not set(ZONES) <= available_timezones(), reason="needs the system's time zones"
)


def asked(
    indexed: Indexed,
    query: Query | str = "",
    span: TimeSpan | None = None,
    zone: str = "UTC",
    reader: StatisticsReader | None = None,
    most: int = 10,
) -> Statistics:
    """The statistics of a query, which may be typed."""
    wanted = typed(query)
    return (reader or StatisticsReader(indexed.index)).statistics(
        wanted,
        span or TimeSpan(),
        indexed.store_ids,
        NOW.timestamp(),
        600.0,
        zone=ZoneInfo(zone),
        most=most,
    )


def moments(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Whole seconds of UTC from one ISO time to another."""
    start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (first, last))
    seconds = st.integers(int(start.timestamp()), int(end.timestamp()))
    return seconds.map(lambda number: datetime.fromtimestamp(number, UTC))


# Around the days on which clocks change, and far from them; some that can be no times.
_MOMENTS = st.one_of(
    moments("2025-10-25", "2025-10-28"),
    moments("2025-11-01", "2025-11-03"),
    moments("2026-01-20", "2026-03-01"),
    moments("2024-01-01", "2026-03-01"),
    st.sampled_from([datetime(year, 12, 31, tzinfo=UTC) for year in (1, 1969, 2199, 9999)]),
)
_TEXTS = st.builds(TextBlock, text=st.sampled_from(("words", "more words", " ", "")))
_CALLS = st.just(ToolCallBlock(call_id="1", name="shell", arguments={"command": "ls"}))
_MESSAGES = st.lists(
    st.tuples(st.none() | _MOMENTS, st.lists(_TEXTS | _CALLS, min_size=1, max_size=3)), max_size=6
)


@st.composite
def conversations(draw: st.DrawFn) -> Told:
    """A session with any times, or none, whose messages need not lie between them."""
    key = f"k{next(_numbers)}"
    session = Session(
        ref=SessionRef("", key),
        format="memory",
        created_at=draw(st.none() | _MOMENTS),
        last_activity=draw(st.none() | _MOMENTS),
        agent=draw(st.sampled_from((None, "", "scout", "Scout", "coder"))),
        tokens=draw(st.none() | st.integers(-5, 100)),
        size_bytes=draw(st.none() | st.integers(0, 100)),
    )
    messages = [
        Message(index=number, role=Role.USER, blocks=tuple(blocks), created_at=at)
        for number, (at, blocks) in enumerate(draw(_MESSAGES))
    ]
    return Told(session, messages)


_SPANS = st.one_of(
    st.just(TimeSpan()),
    st.builds(TimeSpan, st.none() | _MOMENTS, st.none() | _MOMENTS),
    st.integers(1, 400).map(lambda days: last_days(NOW, days)),
)


@needs_zones
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    told=st.lists(conversations(), max_size=8),
    spans=st.lists(_SPANS, min_size=1, max_size=3),
    zone=st.sampled_from(ZONES),
)
def test_the_numbers_are_those_that_counting_one_by_one_gives(
    tmp_path: Path, told: list[Told], spans: list[TimeSpan], zone: str
) -> None:
    indexed = Indexed(tmp_path / f"case-{next(_numbers)}")
    for session, messages in told:
        ref = SessionRef(indexed.store.store_id, session.ref.key)
        indexed.store.put(session.replace(ref=ref), messages)
    indexed.sync.run()
    # What the store makes of a session is what counts.
    held = {session.ref.key: session for session in indexed.store.scan()}
    told = [Told(held[session.ref.key], messages) for session, messages in told]
    reader = StatisticsReader(indexed.index)
    for span in spans:
        found = asked(indexed, span=span, zone=zone, reader=reader)
        expected = counted(told, span, NOW, ZoneInfo(zone))
        chosen = [each for each in told if each.session.ref.key in expected.keys]
        assert found.amounts.sessions == len(expected.keys)
        assert (found.begun, found.texts, found.undated) == expected[1:4]
        assert [list(counts) for counts in found.hours] == expected.hours
        assert found.streaks.days == len(expected.worked)
        assert {found.first, found.last} - {None} == (
            {min(expected.worked), max(expected.worked)} if expected.worked else set()
        )
        for unit in Unit:
            shown = {period.start: period[1:] for period in found.periods[unit]}
            assert {start: each for start, each in shown.items() if any(each)} == {
                start: each for start, each in expected.periods[unit].items() if any(each)
            }
            assert list(shown) == sorted(shown)
        known = [each.session.tokens for each in chosen if each.session.tokens is not None]
        assert found.amounts.tokens == (sum(max(0, n) for n in known) if known else None)
        for groups in found.groups.values():
            assert sum(group.amounts.sessions for group in groups) == len(chosen)
            names = [group.name for group in groups]
            assert len(set(names)) == len(names)
    indexed.index.close()


def test_an_empty_index_gives_nothing_but_zeros(tmp_path: Path) -> None:
    found = asked(Indexed(tmp_path))
    assert found.amounts == Amounts(0, None, None, None)
    assert found.periods == dict.fromkeys(Unit, ())
    assert not any(map(sum, found.hours))
    assert found.busiest_day is None
    assert found.busiest_hours(3) == ()
    assert found.streaks == streaks_of((), 1)
    assert all(groups == () for groups in found.groups.values())
    assert all(sessions == () for sessions in found.top.values())


def test_one_session_is_all_there_is(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put(
        "only", "brew tea", "boil water", title="Tea", agent="scout", tokens=70,
        workspace=Path("/home/me/kitchen"), state=SessionState.IDLE,
    )  # fmt: skip
    indexed.sync.run()
    found = asked(indexed)
    size = found.top[Measure.SIZE][0].row.size_bytes
    assert found.amounts == Amounts(1, 2, size, 70)
    assert found.groups[GroupField.AGENT] == (Group("scout", found.amounts),)
    assert found.groups[GroupField.STATUS] == (Group("idle", found.amounts),)
    assert found.groups[GroupField.MODEL] == (Group(None, found.amounts),)
    (yesterday, today) = found.periods[Unit.DAY]
    assert yesterday == (date(2026, 2, 28), 1, 1, 2, 0)
    assert today == (date(2026, 3, 1), 0, 0, 0, 0)
    assert found.busiest_day == yesterday
    # 11:59 and 12:00 on a Saturday.
    assert found.busiest_hours(9) == ((5, 11, 1), (5, 12, 1))
    assert (found.streaks.current, found.streaks.longest) == (1, 1)
    assert [each.row.title for each in found.top[Measure.TOKENS]] == ["Tea"]
    assert found.top[Measure.TIME][0].seconds == 60
    assert (found.pending, found.untimed) == (0, 0)


def test_filters_and_words_of_a_query_choose_the_sessions(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    for number in range(6):
        indexed.put(
            f"s{number}",
            "about the kettle" if number % 2 else "about the oven",
            agent="scout" if number < 3 else "coder",
            age=timedelta(days=number + 1),
        )
    indexed.sync.run()
    assert asked(indexed).amounts.sessions == 6
    assert asked(indexed, "agent:scout").amounts.sessions == 3
    assert asked(indexed, "-agent:scout after:2026-02-26").amounts.sessions == 0
    assert asked(indexed, "kettle").amounts.sessions == 3
    assert asked(indexed, "kettle").texts == 3
    assert asked(indexed, "kettle agent:scout").amounts.sessions == 1
    (status,) = asked(indexed).groups[GroupField.STATUS]
    assert asked(indexed, f"is:{status.name}").amounts.sessions == 6
    assert asked(indexed, "is:stuck").amounts.sessions == 0
    assert asked(indexed, typed("kettle", limit=1, offset=1)).amounts.sessions == 3


def test_words_that_were_meant_are_told(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("tea", "boil the kettle")
    indexed.sync.run()
    assert asked(indexed, "kettle").corrected is None
    found = asked(indexed, "ketle ")
    assert (found.corrected, found.amounts.sessions) == ("kettle", 1)


def test_a_session_counts_on_every_day_on_which_it_was_at_work(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    at = datetime(2026, 2, 10, 9, tzinfo=UTC)
    said = [
        Message(index=number, role=Role.USER, blocks=(TextBlock(text="on"),), created_at=moment)
        for number, moment in enumerate((at, at + timedelta(days=2), at + timedelta(days=2)))
    ]
    indexed.put("long", *said, created_at=at, last_activity=at + timedelta(days=3))
    indexed.sync.run()
    days = {period.start.day: period for period in asked(indexed).periods[Unit.DAY]}
    assert [days[day].active for day in (10, 11, 12, 13)] == [1, 0, 1, 1]
    assert [days[day].begun for day in (10, 11, 12, 13)] == [1, 0, 0, 0]
    assert [days[day].texts for day in (10, 11, 12, 13)] == [1, 0, 2, 0]
    (week, *_) = asked(indexed).periods[Unit.WEEK]
    assert week == (date(2026, 2, 9), 1, 1, 3, 0)
    # At work within a span it neither began nor ended in.
    inside = TimeSpan(at + timedelta(days=1), at + timedelta(days=2, hours=1))
    found = asked(indexed, span=inside)
    assert (found.amounts.sessions, found.begun, found.texts) == (1, 0, 2)
    between = TimeSpan(at + timedelta(hours=1), at + timedelta(days=1))
    assert asked(indexed, span=between).amounts.sessions == 0


def test_messages_without_times_count_at_the_last_activity(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    said = [
        Message(index=number, role=Role.USER, blocks=(TextBlock(text="when?"),))
        for number in range(3)
    ]
    yesterday = NOW - timedelta(days=1)
    indexed.put("dark", *said, created_at=yesterday, last_activity=yesterday)
    indexed.put("never", *said, created_at=None, last_activity=None)
    indexed.sync.run()
    found = asked(indexed)
    assert (found.texts, found.undated, found.untimed) == (6, 6, 1)
    assert not any(map(sum, found.hours))
    assert found.periods[Unit.DAY][0] == (date(2026, 2, 28), 1, 1, 3, 3)
    week = asked(indexed, span=last_days(NOW, 7))
    assert (week.amounts.sessions, week.texts, week.untimed) == (1, 3, 0)


def test_a_text_held_in_parts_is_one_message_and_tools_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_items, "LONGEST_TEXT", 40)
    indexed = Indexed(tmp_path)
    call = ToolCallBlock(call_id="1", name="shell", arguments={"command": "ls"})
    indexed.put("long", "word " * 60, call, "word " * 60)
    indexed.sync.run()
    with indexed.index.database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM text_item").fetchone()[0] > 4
    found = asked(indexed)
    assert (found.texts, found.amounts.messages) == (2, 3)


def test_sessions_still_to_be_read_are_told(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("good", "hello")
    indexed.put("bad", "hello")
    indexed.store.fail_texts["bad"] = SessionTuiError("cannot be read")
    indexed.sync.run()
    found = asked(indexed)
    assert (found.amounts.sessions, found.pending, found.texts) == (2, 1, 1)


def test_spellings_of_one_agent_are_one_and_the_empty_name_is_none(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    for key, agent in (("a", "Scout"), ("b", "scout"), ("c", ""), ("d", None)):
        indexed.put(key, "hi", agent=agent)
    indexed.sync.run()
    found = asked(indexed).groups[GroupField.AGENT]
    groups = {group.name: group.amounts.sessions for group in found}
    assert groups == {"Scout": 2, None: 2}


def test_only_the_open_stores_are_counted(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("mine", "hello")
    indexed.sync.run()
    reader = StatisticsReader(indexed.index)
    found = reader.statistics(Query(), TimeSpan(), ("other",), NOW.timestamp(), 600.0)
    assert (found.amounts.sessions, found.texts) == (0, 0)


def test_what_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("tea", "boil the kettle")
    indexed.sync.run()
    read: list[int] = []

    def counting(*args: Any) -> TextTimes:
        read.append(1)
        return read_text_times(*args)

    monkeypatch.setattr(statistics, "read_text_times", counting)
    reader = StatisticsReader(indexed.index)
    for span in (TimeSpan(), last_days(NOW, 7), TimeSpan(), last_days(NOW, 7)):
        asked(indexed, span=span, reader=reader)
    assert len(read) == 2
    # A verdict may be another one by now.
    for _ in range(2):
        asked(indexed, "is:idle", reader=reader)
    assert len(read) == 4
    indexed.put("oven", "clean it")
    indexed.sync.run()
    assert asked(indexed, reader=reader).amounts.sessions == 2
    assert len(read) == 5


def test_a_long_span_begins_with_its_first_session_and_a_short_one_at_its_first_day(
    tmp_path: Path,
) -> None:
    indexed = Indexed(tmp_path)
    indexed.put("tea", "boil the kettle", age=timedelta(days=2))
    indexed.sync.run()
    assert len(asked(indexed, span=last_days(NOW, 30)).periods[Unit.DAY]) == 30
    assert len(asked(indexed, span=last_days(NOW, 3000)).periods[Unit.DAY]) == 3
    ended = TimeSpan(until=NOW - timedelta(days=1))
    assert [day.start.day for day in asked(indexed, span=ended).periods[Unit.DAY]] == [27, 28]


def test_greatest_sessions_come_first_and_equal_ones_by_their_references(tmp_path: Path) -> None:
    indexed = Indexed(tmp_path)
    for key, tokens in (("c", 5), ("a", 5), ("b", 9), ("z", 0), ("none", None)):
        indexed.put(key, "hi", tokens=tokens)
    indexed.sync.run()
    top = asked(indexed, most=3).top[Measure.TOKENS]
    assert [(each.row.ref.key, each.tokens) for each in top] == [("b", 9), ("a", 5), ("c", 5)]


def test_the_rest_of_the_groups_is_summed() -> None:
    groups = [Group(str(number), Amounts(number, None, 10 * number)) for number in range(1, 6)]
    top = top_groups(groups, 2, Measure.SESSIONS)
    assert [group.name for group in top.groups] == ["5", "4"]
    assert (top.others, top.rest) == (3, Amounts(6, None, 60, None))
    assert top_groups(groups, 9, Measure.TOKENS).rest == Amounts()


@given(days=st.sets(st.integers(1, 60)), today=st.integers(1, 60))
def test_streaks_are_runs_of_days(days: set[int], today: int) -> None:
    found = streaks_of(days, today)
    runs = [
        next(length for length in itertools.count() if day + length not in days)
        for day in days
        if day - 1 not in days
    ]
    assert found.days == len(days)
    assert found.longest == max(runs, default=0)
    current = 0
    at = today if today in days else today - 1
    while at - current in days:
        current += 1
    assert found.current == current


@needs_zones
def test_the_last_days_begin_at_local_midnight() -> None:
    span = last_days(NOW.astimezone(), 7)
    assert span.since == datetime(2026, 2, 23, tzinfo=UTC)
    assert span.until is None
