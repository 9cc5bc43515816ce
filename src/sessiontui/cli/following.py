"""Commands that go on: tail and watch. Ctrl-C ends them, and that is no error."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from threading import Event

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import event_object, print_json, print_json_line
from sessiontui.cli.option_types import json_option, reading_options
from sessiontui.cli.text_output import event_line, narrate, say, screen_width
from sessiontui.cli.transcript_text import header_lines, message_lines
from sessiontui.domain.events import StoreEvent
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.domain.message import Message
from sessiontui.domain.session import SessionRef
from sessiontui.services.json_form import message_object, transcript_envelope
from sessiontui.services.library import Library, utc_now


@click.command()
@click.argument("ref")
@click.option("--follow", "-f", is_flag=True, help="Go on with new messages as they are written.")
@click.option(
    "--lines",
    "-n",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="The last so many messages first.",
)
@reading_options
@pass_invocation
def tail(
    invocation: Invocation, ref: str, follow: bool, lines: int, no_sync: bool, as_json: bool
) -> int:
    """The last messages of a session, then new ones with --follow.

    With --follow --json every message is one line, an item of a transcript.
    """
    if follow:
        with _until_interrupted():
            _follow(invocation, ref, lines, no_sync, as_json)
        return ExitCode.DONE
    library = invocation.synced(no_sync)
    found = invocation.resolve(library, ref)
    session = library.session(found)
    verdict = library.verdict(session)
    last = list(library.messages(found, -lines)) if lines else []
    if as_json:
        print_json(
            transcript_envelope(
                session,
                verdict,
                last,
                total=last[-1].index + 1 if last else None,
                problems=[problem.as_object for problem in invocation.problems],
                resume=library.resume_of(session),
            )
        )
    else:
        say("\n".join(header_lines(session, verdict, screen_width())))
        for message in last:
            say()
            _print_message(message, as_json=False)
    return invocation.outcome(found=True)


@click.command()
@json_option
@pass_invocation
def watch(invocation: Invocation, as_json: bool) -> int:
    """One line for everything that happens, until interrupted."""
    with _until_interrupted():
        asyncio.run(_watch(invocation.synced(no_sync=False), as_json))
    return ExitCode.DONE


@contextmanager
def _until_interrupted() -> Iterator[None]:
    """Ctrl-C is how such a command is meant to end."""
    try:
        yield
    except KeyboardInterrupt:
        return


def _follow(invocation: Invocation, ref: str, lines: int, no_sync: bool, as_json: bool) -> None:
    library = invocation.synced(no_sync)
    found = invocation.resolve(library, ref)
    # Raises where it is gone: nobody waits for a session that cannot come.
    library.session(found)
    last = list(library.messages(found, -lines)) if lines else []
    for message in last:
        _print_message(message, as_json)
    following = _Following(library, found, as_json)
    following.start_after(last)
    asyncio.run(following.run())


async def _watch(library: Library, as_json: bool) -> None:
    stop = Event()
    async with aclosing(library.events(stop)) as events:
        async for event in events:
            at = utc_now()
            if as_json:
                print_json_line(event_object(event, at))
            else:
                say(event_line(event, at))


def _print_message(message: Message, as_json: bool) -> None:
    if as_json:
        print_json_line(message_object(message))
    else:
        say("\n".join(message_lines(message, screen_width())))


class _Following:
    """Prints what is new in one session each time something happened to it."""

    def __init__(self, library: Library, ref: SessionRef, as_json: bool) -> None:
        self._library = library
        self._ref = ref
        self._as_json = as_json
        self._next = 0

    def start_after(self, shown: list[Message]) -> None:
        """Begin after these messages, or after all there are when there are none of them."""
        newest = shown or list(self._library.messages(self._ref, -1))
        self._next = newest[-1].index + 1 if newest else 0

    async def run(self) -> None:
        stop = Event()
        async with aclosing(self._library.events(stop)) as events:
            # What was written between the first reading and the watch is caught up with here.
            await asyncio.to_thread(self._catch_up)
            async for event in events:
                if self._concerns(event):
                    await asyncio.to_thread(self._catch_up)

    def _concerns(self, event: StoreEvent) -> bool:
        return event.store == self._ref.store and (not event.keys or self._ref.key in event.keys)

    def _catch_up(self) -> None:
        newest = next(iter(self._library.messages(self._ref, -1)), None)
        if newest is None or newest.index + 1 < self._next:
            narrate("messages were removed from the session")
            self._next = 0 if newest is None else newest.index + 1
            return
        for message in self._library.messages(self._ref, self._next):
            _print_message(message, self._as_json)
            self._next = message.index + 1
