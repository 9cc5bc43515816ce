"""The two flows, message by message: one keystroke, and one change of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from textual import events
from textual.message import Message

from sessiontui.domain.events import StoreEvent, StoreEventKind
from sessiontui.domain.search import IndexTier
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.widgets.search_bar import SearchBar
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.widgets.transcript_view import TranscriptView
from tests.ui.painted import painted, search, settle, until
from tests.ui.stories import ordinary_story

_OURS = (
    SearchBar.Asked,
    SessionList.Highlighted,
    TranscriptView.HitChanged,
    LibraryChanged,
)


async def test_one_keystroke_flows_one_way(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    seen: list[Message] = []
    app = story.app()
    async with app.run_test(size=(120, 36), message_hook=seen.append) as pilot:
        await settle(pilot)
        await search(pilot, "oslo")
        seen.clear()
        story.library.asked.clear()
        await pilot.press("backspace")
        await settle(pilot)
        once = {id(message): message for message in seen if isinstance(message, _OURS)}
        kinds = [type(message) for message in once.values()]
        assert kinds[:2] == [SearchBar.Asked, SessionList.Highlighted]
        assert set(kinds[2:]) == {TranscriptView.HitChanged}
        searched = [query.terms[0][0].text for query in story.library.asked if query.terms]
        assert searched == ["osl"]


async def test_one_change_flows_one_way_and_comes_to_rest(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    seen: list[Message] = []
    app = story.app()
    async with app.run_test(size=(120, 36), message_hook=seen.append) as pilot:
        await settle(pilot)
        await pilot.pause(1.2)
        seen.clear()
        story.library.asked.clear()
        story.tell("job")
        await settle(pilot)
        told = [message for message in seen if isinstance(message, LibraryChanged)]
        # One from the event worker to the app, one from the app to the visible screen.
        assert len({id(message) for message in told}) == 2
        assert len(story.library.asked) == 1


async def test_a_burst_of_changes_is_few_questions(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await pilot.pause(1.2)
        story.library.asked.clear()
        for _ in range(100):
            story.tell("job")
        await settle(pilot)
        assert 1 <= len(story.library.asked) <= 12


async def test_a_failed_store_is_told_once(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for _ in range(3):
            story.library.tell(
                "astrid-1", kind=StoreEventKind.FAILED, problem="[/] permission denied"
            )
        await settle(pilot)
        assert [n.message for n in app._notifications] == ["Store astrid-1: [/] permission denied."]


async def test_progress_of_the_index_is_shown_and_goes_away(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    go_on = Event()

    def slow(
        cancel: Event | None = None,
        progress: Callable[[StoreEvent], None] | None = None,
        upto: IndexTier = IndexTier.TOOLS,
        *,
        rows_first: bool = True,
    ) -> None:
        if progress is not None and upto is IndexTier.TEXT:
            kind, store = StoreEventKind.INDEXING, story.store.store_id
            progress(StoreEvent(kind=kind, store=store, done=42, total=100))
            progress(StoreEvent(kind=StoreEventKind.FAILED, store="other-1", problem="locked"))
            go_on.wait(10)

    story.library.sync = slow  # type: ignore[method-assign]
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: "indexing" in painted(app))
        assert "indexing memory 42% ━━━──────" in painted(app).splitlines()[0]
        assert [n.message for n in app._notifications] == ["Store other-1: locked."]
        go_on.set()
        await until(pilot, lambda: "indexing" not in painted(app))


async def test_the_first_paint_waits_for_no_sync(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    waited: list[bool] = []

    def slow(cancel: Event | None = None, *_rest: object) -> None:
        assert cancel is not None
        waited.append(cancel.wait(10))

    story.library.sync = slow  # type: ignore[method-assign,assignment]
    async with app.run_test(size=(120, 36)) as pilot:
        await until(pilot, lambda: bool(app.screen.query_one(SessionList).rows))
        assert len(app.screen.query_one(SessionList).rows) == 6
        assert not waited


async def test_keys_typed_before_the_first_paint_do_no_harm(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    for key in ("y", "d", "enter", "slash", "x", "escape", "j", "G", "R", "u"):
        app.post_message(events.Key(key, key if len(key) == 1 else None))
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        assert app.is_running
        assert app.screen.query_one(SessionList).rows


async def test_leaving_while_answers_are_on_their_way_is_quiet(tmp_path: Path) -> None:
    for pauses in range(12):
        app = ordinary_story(tmp_path / str(pauses)).app()
        async with app.run_test(size=(120, 36)) as pilot:
            for _ in range(pauses):
                await pilot.pause(0.01)
            await pilot.press("j", "q")
        assert app.return_code in (0, None)


async def test_progress_told_after_the_end_finds_no_screen_and_is_quiet(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app(first_run=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
    assert not app.screen_stack
    app._show_progress(None)
