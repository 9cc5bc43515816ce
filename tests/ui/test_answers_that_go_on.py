"""An agent goes on with its last message: only that is read, and only that is painted anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.domain.message import Message, Role, TextBlock, ToolCallBlock
from sessiontui.domain.query import Term
from sessiontui.domain.session import SessionRef
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.transcript_reading import Hits, Known, Sought, read_all, read_growth
from sessiontui.ui.widgets.message_flow import continues
from tests.building import text_message
from tests.formats.claude_code_lines import answer, call, prompt
from tests.formats.claude_code_stores import FIRST, ClaudeFolder, append, counted
from tests.transcripts import message
from tests.ui.painted import painted, settle
from tests.ui.stories import empty_story, talk


def never() -> bool:
    return False


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
        message(4, Role.ASSISTANT, said, more),
        message(3, Role.USER, said, more),
        message(3, Role.ASSISTANT, said, more).replace(model="another"),
    ):
        assert not continues(before, other)
    blank = message(3, Role.ASSISTANT, TextBlock(text=" "))
    assert not continues(blank, message(3, Role.ASSISTANT, TextBlock(text=" "), more))


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
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("G")
        await settle(pilot)
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
