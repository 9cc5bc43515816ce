"""What an answer took stands beside its time, and is told as soon as it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import SessionRef
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.transcript_reading import Known, Sought, read_all, read_growth
from tests.building import text_message
from tests.formats import codex_stores as codex
from tests.ui.painted import line_with, painted, settle
from tests.ui.stories import NOW, empty_story, tool_turn


def talk() -> list[Message]:
    call, output = tool_turn()
    answer = text_message(Role.ASSISTANT, "three entries", NOW)
    return [
        text_message(Role.USER, "what is in the folder", NOW),
        call.replace(tokens=1_000),
        output,
        answer.replace(tokens=204, model="gossamer-4"),
    ]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_the_turn_of_an_answer_says_what_it_took(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    story = empty_story(tmp_path)
    story.add("files", "files", talk(), agent="scout")
    app = story.app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert painted(app).count("tokens") == 1
        assert "scout  12:00  1,204 tokens" in line_with(app, "tokens")
        # The one line between prompt and answer stands for what that took, too.
        await pilot.press("F")
        await settle(pilot)
        assert "1,204 tokens" in painted(app)
        await pilot.press("F")
        (last,) = story.library.messages(story.ref("files"), -1)
        story.store.update_last("files", last.replace(tokens=9_204))
        story.tell("files")
        await settle(pilot)
        assert "10,204 tokens" in line_with(app, "tokens")


def test_tokens_that_codex_writes_after_its_answer_are_no_reason_to_read_all_again(
    tmp_path: Path,
) -> None:
    path = codex.write(tmp_path, (codex.meta(), codex.prompt("go", 1), codex.answer("so", 2)))
    stores = (f"codex:{tmp_path}",)
    library = Library.open(LibraryOptions(stores=stores, locations=Locations.below(tmp_path / "o")))
    library.sync()
    ref = SessionRef(library.stores()[0].id, codex.FIRST)
    whole = read_all(library, ref, Sought(), None, lambda: False)
    assert whole is not None
    known = Known.of(whole.flow.messages)
    with path.open("ab") as file:
        file.write(codex.tokens(700, 3))
    growth = read_growth(library, ref, known)
    assert (growth.restart, growth.continues) == (False, True)
    assert [message.tokens for message in growth.messages] == [700]
    whole.flow.extend(growth.messages)
    assert (len(whole.flow), whole.flow.setting(1).tokens) == (2, 700)
    library.close()
