"""An agent goes on with its last message: only that is read, and only that is painted anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sessiontui.domain.message import Block, Message, Role, TextBlock, ThinkingBlock, ToolCallBlock
from sessiontui.domain.query import Term
from sessiontui.domain.session import SessionRef
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui import find_in_transcript
from sessiontui.ui.transcript_reading import Hits, Known, Sought, read_all, read_growth
from sessiontui.ui.widgets.literal_finder import LiteralFinder
from sessiontui.ui.widgets.message_flow import MessageFlow, continues
from tests.building import text_message
from tests.formats.claude_code_lines import answer, call, prompt
from tests.formats.claude_code_stores import FIRST, ClaudeFolder, append, counted
from tests.transcripts import message
from tests.ui.painted import painted, settle
from tests.ui.stories import empty_story, talk


def never() -> bool:
    return False


async def _read_at_end(pilot: Pilot[None]) -> None:
    """Open the first session, at its end."""
    await settle(pilot)
    await pilot.press("enter")
    await settle(pilot)
    await pilot.press("G")
    await settle(pilot)


@pytest.mark.parametrize("turns", [20, 2_000])
def test_what_claude_code_adds_to_its_answer_costs_the_same_in_a_file_of_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    claude = ClaudeFolder(tmp_path)
    records = []
    for number in range(0, 2 * turns, 2):
        records.append(prompt(number, number - 1 if number else None, f"question {number}"))
        records.append(answer(number + 1, number, "word " * 40, message_id=f"msg_{number}"))
    path = claude.write(records=records)
    locations = Locations.below(tmp_path / "own")
    stores = (f"claude-code:{claude.root}",)
    library = Library.open(LibraryOptions(stores=stores, locations=locations))
    library.sync()
    ref = SessionRef(library.stores()[0].id, FIRST)
    whole = read_all(library, ref, Sought(), None, never)
    assert whole is not None
    known = Known.of(whole.flow.messages)
    assert known.total == 2 * turns
    last = 2 * turns - 1
    message_id = f"msg_{last - 1}"
    append(path, answer(last + 1, last, call("Bash", {"command": "ls"}), message_id=message_id))
    work = counted(monkeypatch)
    growth = read_growth(library, ref, known)
    assert (growth.restart, growth.continues, len(growth.messages)) == (False, True, 1)
    assert [block.kind for block in growth.messages[0].blocks] == ["text", "tool_call"]
    assert work.bytes < 40_000
    library.close()


def test_only_a_message_that_stays_as_it_was_goes_on() -> None:
    said, more = TextBlock(text="one"), TextBlock(text="two")
    before = message(3, Role.ASSISTANT, said)
    assert continues(before, message(3, Role.ASSISTANT, said, more))
    for other in (
        message(3, Role.ASSISTANT, said),
        message(3, Role.ASSISTANT, more, said),
        message(3, Role.ASSISTANT, TextBlock(text="on"), more),
        message(3, Role.ASSISTANT, ThinkingBlock(text="one more")),
        message(4, Role.ASSISTANT, said, more),
        message(3, Role.USER, said, more),
        message(3, Role.ASSISTANT, said, more).replace(model="another"),
    ):
        assert not continues(before, other)
    longer = message(3, Role.ASSISTANT, "one more", more)
    assert continues(before, longer)
    assert not continues(longer, message(3, Role.ASSISTANT, "one more time", more))
    blank = message(3, Role.ASSISTANT, TextBlock(text=" "))
    assert not continues(blank, message(3, Role.ASSISTANT, TextBlock(text=" "), more))


TIDE, LONG = "the tide\n\nturns ", "the tide\n\nturns at noon " * 40


@pytest.mark.parametrize(
    ("known", "now"),
    [
        (["the"], [TIDE]),
        (["the"], [LONG, ToolCallBlock(name="look"), TIDE]),
        ([ToolCallBlock(name="look"), TIDE], [ToolCallBlock(name="look"), LONG]),
        ([ToolCallBlock(name="look"), ""], [ToolCallBlock(name="look"), LONG]),
        ([ToolCallBlock(name="look"), " "], [ToolCallBlock(name="look"), " ", LONG]),
        ([ThinkingBlock(text="the")], [ThinkingBlock(text=TIDE), LONG]),
    ],
)
def test_text_that_grows_stands_as_if_it_had_always_been_so_long(
    known: list[Block | str], now: list[Block | str]
) -> None:
    asked, before = message(0, Role.USER, "when?"), message(1, Role.ASSISTANT, *known)
    after = message(1, Role.ASSISTANT, *now)
    assert continues(before, after)
    grown, whole = MessageFlow([asked, before]), MessageFlow([asked, after])
    assert grown.extend([after]) == {1}
    assert grown.estimates(80) == whole.estimates(80)
    assert grown.setting(1) == whole.setting(1)
    assert list(grown.messages) == [asked, after]


async def test_following_text_that_grows_costs_its_message_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = empty_story(tmp_path)
    story.add("night", "night", [*talk("harbours", 300), text_message(Role.ASSISTANT, "so")])
    app = story.app()
    read, messages_read = story.library.messages, 0

    def messages(ref: SessionRef, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        nonlocal messages_read
        for each in read(ref, start, stop):
            messages_read += 1
            yield each

    async with app.run_test(size=(120, 30)) as pilot:
        await _read_at_end(pilot)
        monkeypatch.setattr(story.library, "messages", messages)
        text = "so"
        for more in (" the first boat", " leaves at noon", "\n\nand the last\none returns"):
            text += more
            story.store.update_last("night", text_message(Role.ASSISTANT, text))
            story.tell("night")
            await settle(pilot)
            assert more.split("\n")[-1].strip() in painted(app)
        assert 3 <= messages_read <= 6


def test_a_hit_in_what_was_added_is_found_once() -> None:
    hits = Hits(Sought(groups=((Term("kettle"),),)))
    hits.look([message(0, Role.ASSISTANT, "tea")], never)
    assert not hits.indices
    hits.look([message(0, Role.ASSISTANT, "tea", TextBlock(text="the kettle"))], never)
    hits.look([message(0, Role.ASSISTANT, "tea", TextBlock(text="the kettle"), "more")], never)
    assert hits.indices == (0,)


async def test_following_an_answer_that_goes_on_reads_nothing_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = empty_story(tmp_path)
    ref = story.add("night", "night", [*talk("harbours", 300), text_message(Role.ASSISTANT, "so")])
    app = story.app()
    starts: list[int] = []
    read = story.library.messages

    def messages(ref: SessionRef, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        starts.append(start)
        return read(ref, start, stop)

    async with app.run_test(size=(120, 30)) as pilot:
        await _read_at_end(pilot)
        monkeypatch.setattr(story.library, "messages", messages)
        (last,) = read(ref, -1)
        for text in ("the first boat leaves", "and the last one returns"):
            more = ToolCallBlock(name="look", arguments={"at": text}), TextBlock(text=text)
            last = last.replace(blocks=(*last.blocks, *more))
            story.store.update_last("night", last)
            story.tell("night")
            await settle(pilot)
            assert text in painted(app)
        assert starts
        assert min(starts) == last.index


async def test_what_is_looked_for_is_only_looked_for_in_what_was_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0
    look = find_in_transcript.holding

    def holding(finder: LiteralFinder, messages: Iterable[Message], cancelled: Any) -> Any:
        nonlocal looked_at
        several = list(messages)
        looked_at += len(several)
        return look(finder, several, cancelled)

    monkeypatch.setattr(find_in_transcript, "holding", holding)
    story = empty_story(tmp_path)
    story.add("night", "night", [*talk("harbours", 300), text_message(Role.ASSISTANT, "a kettle")])
    app = story.app()
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("slash", *"kettle", "enter")
        await settle(pilot)
        assert "hit 1 of 1" in painted(app)
        looked_at = 0
        story.store.update_last("night", text_message(Role.ASSISTANT, "a kettle is on"))
        story.tell("night")
        await settle(pilot)
        story.store.append("night", text_message(Role.USER, "the kettle sings"))
        story.tell("night")
        await settle(pilot)
        assert "hit 1 of 2" in painted(app)
        assert 2 <= looked_at <= 4
