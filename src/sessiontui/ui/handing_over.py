"""Leaves the terminal to another program, and takes it back afterwards."""

from __future__ import annotations

import sys
import termios
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, TextIO, TypeVar

from textual.app import App, SuspendNotSupported

from sessiontui.domain.errors import ResumeRefused, SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.services.resuming import Ending, ResumePlan, run_agent

_Answer = TypeVar("_Answer")

_SOON_SECONDS = 10.0
"""A program that failed within this time is likely to have said why; that is left to be read."""


def in_place_of(app: App[Any], work: Callable[[], _Answer]) -> _Answer:
    """Do something with the terminal to itself; the app is back whatever comes of it.

    Raises what `work` raises, and `SuspendNotSupported` where the terminal cannot be left.
    """
    done: Future[_Answer] = Future()
    with app.suspend():
        # An error that left this block would leave the app suspended.
        try:
            done.set_result(work())
        except (OSError, SessionTuiError) as error:
            done.set_exception(error)
    return done.result()


def hand_over(app: App[Any], plan: ResumePlan) -> Ending:
    """Run the agent in the place of the app and wait for it: nothing else happens meanwhile.

    Raises `ResumeRefused` when it cannot be started.
    """
    try:
        return in_place_of(app, lambda: _run(plan, sys.stdout, sys.stdin))
    except SuspendNotSupported as error:
        hint = f"run it in a shell: {plan.whole_command}"
        raise ResumeRefused("this terminal cannot be left to the agent", hint, plan.ref) from error


def _run(plan: ResumePlan, out: TextIO, keys: TextIO) -> Ending:
    place = "" if plan.folder is None else f"in {printable_line(str(plan.folder))}\n"
    print(f"\n{printable_line(plan.title)}\n{place}$ {plan.command}\n", file=out, flush=True)
    with kept_terminal(keys):
        ending = run_agent(plan)
    if ending.code and ending.seconds < _SOON_SECONDS:
        said = f"{plan.arguments[0]} ended with {ending.code}"
        print(f"\n{said}. Press enter to go back to sessiontui. ", end="", file=out, flush=True)
        with suppress(KeyboardInterrupt):
            keys.readline()
    return ending


@contextmanager
def kept_terminal(keys: TextIO) -> Iterator[None]:
    """Give the terminal its modes back, however the program in between left them."""
    if not keys.isatty():
        yield
        return
    before = termios.tcgetattr(keys)
    try:
        yield
    finally:
        with suppress(termios.error):
            termios.tcsetattr(keys, termios.TCSADRAIN, before)
