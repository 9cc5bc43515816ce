"""Messages that are let go of and read again look as if they had always been there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.errors import StoreBusy
from sessiontui.domain.message import Message, Role, TextBlock, ToolCallBlock
from sessiontui.services.message_pages import InThread, MessagePages, Page, weight_of
from sessiontui.ui.transcript_reading import shift_of
from sessiontui.ui.widgets.message_flow import MessageFlow
from tests.transcripts import conversation, every_kind

LONG = 5_000


def spoken(count: int) -> list[Message]:
    """Messages of some length, numbered from 0."""
    return [
        Message(index=index, role=Role.USER, blocks=(TextBlock(text=f"{index} " + "x" * LONG),))
        for index in range(count)
    ]


def at_once(work: Callable[[], Page]) -> Future[Page]:
    """In place of a thread."""
    done: Future[Page] = Future()
    done.set_result(work())
    return done


class Shelf:
    """A store that counts what is read from it."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages
        self.reads: list[tuple[int, int]] = []

    def read(self, start: int, stop: int) -> Iterator[Message]:
        """The messages from one index to another."""
        self.reads.append((start, stop))
        yield from self.messages[start:stop]

    def pages(self, held_characters: int, in_thread: InThread | None = None) -> MessagePages:
        """All messages taken in."""
        found = MessagePages(self.read, held_characters, in_thread)
        for message in self.messages:
            found.append(message)
        return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 150), st.integers(1, 40), st.lists(st.integers(-200, 200), max_size=25))
def test_they_are_the_same_as_if_all_were_held(count: int, held: int, places: list[int]) -> None:
    messages = spoken(count)
    pages = Shelf(messages).pages(held * LONG)
    assert len(pages) == count
    assert bool(pages) is bool(count)
    for place in places:
        if -count <= place < count:
            assert pages[place] == messages[place]
        else:
            with pytest.raises(IndexError):
                pages[place]
    assert list(pages) == messages
    assert pages[3:70:9] == messages[3:70:9]


def test_no_more_is_held_than_wanted_and_the_end_always_is() -> None:
    shelf = Shelf(spoken(1_000))
    pages = shelf.pages(100 * LONG)
    assert pages.held <= 160
    assert not shelf.reads
    assert pages[999].index == 999
    assert pages[940].index == 940
    assert not shelf.reads
    assert [pages[place].index for place in (0, 1, 31)] == [0, 1, 31]
    assert shelf.reads == [(0, 32)]
    assert sum(1 for _ in pages) == 1_000
    assert pages.held <= 160


def bring(pages: MessagePages, seen: Iterable[int], near: Iterable[int] = ()) -> list[int]:
    """Read all that is missing; returns the numbers of the pages in the order they were read."""
    numbers = []
    while (number := pages.next_missing(seen, near)) is not None:
        numbers.append(number)
        pages.take(number, pages.begin(number).result())
    return numbers


def test_who_must_not_wait_is_told_what_is_missing_and_gets_it_when_it_was_read() -> None:
    shelf = Shelf(spoken(1_000))
    pages = shelf.pages(200 * LONG, at_once)
    assert pages.at_hand(999) == shelf.messages[999]
    assert pages.at_hand(40) is None
    assert not shelf.reads
    assert bring(pages, [40, 70], [100, 130]) == [1, 2, 3, 4]
    assert shelf.reads == [(n * 32, n * 32 + 32) for n in (1, 2, 3, 4)]
    assert [pages.at_hand(place) for place in (40, 70, 130)] == [
        shelf.messages[place] for place in (40, 70, 130)
    ]
    # Nothing is read that is held, and nobody asks for what is beyond the ends.
    assert bring(pages, [33, 999], [64, -3, 1_000, 1_040]) == []


def test_what_is_needed_stays_and_what_is_near_only_comes_where_there_is_room() -> None:
    shelf = Shelf(spoken(1_000))
    pages = shelf.pages(100 * LONG, at_once)
    # The last two pages are always held: there is no room for more than one besides.
    assert bring(pages, [500], [532, 564, 468]) == [15]
    assert bring(pages, range(96, 256), [300]) == [3, 4, 5, 6, 7]
    assert all(pages.at_hand(place) is not None for place in range(96, 256))
    assert pages.at_hand(500) is None
    assert bring(pages, [10]) == [0]
    assert pages.held <= 100


def test_others_may_read_everything_and_nothing_is_held_for_them() -> None:
    shelf = Shelf(spoken(1_000))
    pages = shelf.pages(100 * LONG, at_once)
    bring(pages, [500])
    before = pages.held
    assert list(pages) == shelf.messages
    assert list(pages.since(777)) == shelf.messages[777:]
    assert pages[3] == shelf.messages[3]
    assert pages.held == before
    assert pages.at_hand(500) is not None
    assert pages.at_hand(3) is None


def test_what_could_not_be_read_is_tried_again_when_somebody_comes_back() -> None:
    shelf = Shelf(spoken(400))
    is_locked = True

    def read(start: int, stop: int) -> Iterator[Message]:
        if is_locked:
            raise StoreBusy("the store is locked")
        return shelf.read(start, stop)

    pages = MessagePages(read, 100 * LONG, at_once)
    for message in shelf.messages:
        pages.append(message)
    assert bring(pages, [5]) == [0]
    assert bring(pages, [5]) == []
    gone = pages.at_hand(5)
    assert gone is not None
    assert gone.blocks[0].kind == "damaged"
    assert pages.is_doubtful(5)
    is_locked = False
    assert bring(pages, [399]) == []
    assert bring(pages, [5]) == [0]
    assert pages.at_hand(5) == shelf.messages[5]
    assert not pages.is_doubtful(5)


def test_the_kinds_of_all_blocks_are_known_without_reading() -> None:
    shelf = Shelf(every_kind() * 30)
    shelf.messages = [m.replace(index=n) for n, m in enumerate(shelf.messages)]
    pages = shelf.pages(LONG)
    kinds = [tuple(block.kind for block in message.blocks) for message in shelf.messages]
    assert [pages.kinds(place) for place in range(len(pages))] == kinds
    assert not shelf.reads


def test_what_is_held_can_be_had_while_something_is_read() -> None:
    shelf = Shelf(spoken(400))
    begun, go_on = Event(), Event()

    def slowly(start: int, stop: int) -> Iterator[Message]:
        begun.set()
        assert go_on.wait(10)
        return shelf.read(start, stop)

    pages = MessagePages(slowly, 200 * LONG)
    for message in shelf.messages:
        pages.append(message)
    with ThreadPoolExecutor(2) as threads:
        readers = [threads.submit(lambda: pages[0]) for _ in range(2)]
        assert begun.wait(10)
        assert pages[399].index == 399
        pages.append(shelf.messages[0])
        go_on.set()
        assert [reader.result(10).index for reader in readers] == [0, 0]
    assert shelf.reads == [(0, 32)]


def test_a_short_transcript_is_never_read_again() -> None:
    shelf = Shelf(spoken(100))
    pages = shelf.pages(200 * LONG)
    assert list(pages) == shelf.messages
    assert pages.held == 100
    assert not shelf.reads


def test_messages_that_are_not_there_any_more_are_shown_as_gone() -> None:
    shelf = Shelf(spoken(200))
    pages = shelf.pages(LONG)
    flow = MessageFlow((), None, pages)
    shelf.messages = [
        shelf.messages[0],
        shelf.messages[1].replace(blocks=(ToolCallBlock(name="x"),) * 2),
    ]
    assert pages[0].blocks[0].kind == "text"
    for place in (1, 2):
        gone = pages[place]
        assert gone.index == place
        assert [block.kind for block in gone.blocks] == ["damaged"]
    shelf.messages = spoken(200)
    assert pages[2].blocks[0].kind == "text"
    assert len(flow) == 200


def test_why_they_cannot_be_read_is_said_in_their_place() -> None:
    def refuse(start: int, stop: int) -> list[Message]:
        raise StoreBusy("the store is locked")

    pages = MessagePages(refuse, LONG)
    for message in spoken(200):
        pages.append(message)
    (block,) = pages[5].blocks
    assert block.kind == "damaged"
    assert block.reason == "the store is locked"
    assert pages[199].blocks[0].kind == "text"


def test_text_and_arguments_weigh() -> None:
    call = ToolCallBlock(name="write", arguments={"content": "x" * 1_000, "lines": 3})
    light = Message(index=0, role=Role.USER)
    heavy = light.replace(blocks=(TextBlock(text="y" * 500), call))
    assert weight_of(heavy) - weight_of(light) == 1_500


def test_indices_are_moved_when_it_is_known_what_stands_before() -> None:
    messages = [message.replace(index=place - 4) for place, message in enumerate(conversation(4))]
    flow = MessageFlow(messages)
    assert [flow.index_at(place) for place in range(4)] == [-4, -3, -2, -1]
    flow.renumber(100)
    assert [message.index for message in flow.messages] == [96, 97, 98, 99]
    assert flow.position_of(98) == 2
    assert flow.position_of(100) is None


@pytest.mark.parametrize("later", [0, 1, 7])
def test_what_was_written_since_the_ending_was_read_is_not_counted(later: int) -> None:
    whole = [message.replace(index=place) for place, message in enumerate(conversation(30))]
    known = whole[10 : len(whole) - later]
    ending = [m.replace(index=n - len(known)) for n, m in enumerate(known)]
    shift = shift_of(ending, whole)
    assert [message.index + shift for message in ending] == [message.index for message in known]


def test_an_ending_that_is_not_there_any_more_is_taken_for_the_last_messages() -> None:
    assert shift_of(spoken(3), conversation(8)) == len(conversation(8))
