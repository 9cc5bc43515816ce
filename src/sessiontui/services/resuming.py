"""Handing a session over to its agent: what is run, where, and what speaks against it.

The command is a list of arguments and never passes a shell; the environment stays as it is.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple, NoReturn

from sessiontui.domain.backend import ResumeCommand, SessionBackend, Surroundings
from sessiontui.domain.errors import ResumeRefused, Unsupported
from sessiontui.domain.printable import bare_text
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import Capability
from sessiontui.domain.verdict import Verdict, VerdictStatus

_FROM_THE_KEYBOARD = (signal.SIGINT, signal.SIGQUIT)
_NOT_FOR_OTHERS = (signal.SIGPIPE, signal.SIGXFSZ)
"""Signals that Python ignores, and that a program started in its place would go on ignoring."""


class Against(Enum):
    """What may speak against resuming."""

    NO_PROGRAM = auto()
    NO_FOLDER = auto()
    AT_WORK = auto()
    """Somebody else has the session open, or left it in the middle."""
    ELSEWHERE = auto()
    """The agent looks for its sessions in another place."""


class Obstacle(NamedTuple):
    """One thing that speaks against resuming, in a sentence, and what to do about it."""

    kind: Against
    title: str
    hint: str = ""


@dataclass(frozen=True)
class ResumePlan:
    """How a session is resumed: `program` is the file that runs (None: not found)."""

    ref: SessionRef
    title: str
    arguments: tuple[str, ...]
    program: str | None
    folder: Path | None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(self.arguments)

    @property
    def whole_command(self) -> str:
        """The command with the change of folder before it, as a shell takes it."""
        return command_line(ResumeCommand(self.arguments, self.folder))

    def obstacle(self, kind: Against) -> Obstacle | None:
        """The obstacle of a kind, if there is one."""
        return next((found for found in self.obstacles if found.kind is kind), None)


def command_line(resume: ResumeCommand) -> str:
    """A resume command as one line for a shell, the change of folder before it."""
    command = shlex.join(resume.arguments)
    if resume.folder is not None:
        command = f"cd {shlex.quote(str(resume.folder))} && {command}"
    return bare_text(command)


def resume_plan(
    backend: SessionBackend,
    session: Session,
    verdict: Verdict,
    folder: Path | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> ResumePlan:
    """How the owner of a session continues it here; `folder` is taken instead of the session's own.

    Raises `Unsupported` where no command does.
    """
    command = backend.resume_of(session)
    if command is None or not _is_harmless(command):
        capabilities = backend.info().capabilities
        reason = "its agent cannot resume this session as it is stored"
        if Capability.RESUME not in capabilities:
            reason = capabilities.reason(Capability.RESUME)
        raise Unsupported(Capability.RESUME, reason, session.ref)
    found = which(command.arguments[0])
    plan = ResumePlan(
        session.ref,
        session.display_title,
        command.arguments,
        None if found is None else str(Path(found).absolute()),
        folder or command.folder,
    )
    obstacles = tuple(_obstacles(plan, backend, verdict))
    return ResumePlan(plan.ref, plan.title, plan.arguments, plan.program, plan.folder, obstacles)


def _is_harmless(command: ResumeCommand) -> bool:
    # The id stands last and comes from the store: it must not be read as an option.
    return not command.arguments[-1].startswith("-") and not any(
        bare_text(argument) != argument or "\n" in argument for argument in command.arguments
    )


def _obstacles(plan: ResumePlan, backend: SessionBackend, verdict: Verdict) -> Iterator[Obstacle]:
    name = plan.arguments[0]
    if plan.program is None:
        hint = "put it on the PATH, or copy the resume command for where it is"
        yield Obstacle(Against.NO_PROGRAM, f"{name} is not installed here", hint)
    if plan.folder is not None and not plan.folder.is_dir():
        hint = f"make it again, since {name} knows its sessions by their folder"
        yield Obstacle(Against.NO_FOLDER, f"the folder {plan.folder} is gone", hint)
    if verdict.is_live or verdict.status is VerdictStatus.STUCK:
        because = f": {', '.join(verdict.evidence)}" if verdict.evidence else ""
        stuck = verdict.status is VerdictStatus.STUCK
        hint = "end it there, or cure it" if stuck else "go on where it is open"
        yield Obstacle(Against.AT_WORK, f"the session is {verdict.status.value}{because}", hint)
    if backend.resumed_from_root and not _is_usual(backend):
        title = f"{name} does not look into {backend.root} by itself, and may not know the session"
        yield Obstacle(Against.ELSEWHERE, title)


def _is_usual(backend: SessionBackend) -> bool:
    usual = Surroundings(home=Path.home(), variables=dict(os.environ))
    root = backend.root.resolve()
    return any(place.path.resolve() == root for place in type(backend).discover(usual))


def make_folder(plan: ResumePlan) -> None:
    """Make the folder of a session again, empty. Raises `ResumeRefused` when that fails."""
    if plan.folder is not None:
        try:
            plan.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            title = f"the folder {plan.folder} cannot be made: {error.strerror}"
            raise ResumeRefused(title, "", plan.ref) from error


class Ending(NamedTuple):
    """How the agent's program ended: its exit code, and how long it ran."""

    code: int
    seconds: float


@contextmanager
def keyboard_given_away() -> Iterator[None]:
    """While it lasts, the keys that end a program end only the one that was started meanwhile."""
    # Not ignored but taken by a handler, which a program that is started does not inherit.
    before = {number: signal.signal(number, lambda *_: None) for number in _FROM_THE_KEYBOARD}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_agent(plan: ResumePlan) -> Ending:
    """Run the agent's program in this terminal and wait for it. Call on the main thread.

    Raises `ResumeRefused` when it cannot be started.
    """
    begun = time.monotonic()
    try:
        with keyboard_given_away():
            done = subprocess.run(  # noqa: S603 - what a backend made, no shell
                plan.arguments, executable=_program(plan), cwd=plan.folder, check=False
            )
    except OSError as error:
        raise _not_started(plan, error) from error
    return Ending(done.returncode, time.monotonic() - begun)


def become_agent(plan: ResumePlan) -> NoReturn:
    """Replace this process by the agent's program. Raises `ResumeRefused` when that fails."""
    program = _program(plan)
    for number in _NOT_FOR_OTHERS:
        signal.signal(number, signal.SIG_DFL)
    try:
        if plan.folder is not None:
            os.chdir(plan.folder)
        os.execv(program, plan.arguments)  # noqa: S606 - as above
    except OSError as error:
        raise _not_started(plan, error) from error


def _program(plan: ResumePlan) -> str:
    if plan.program is None:
        raise ResumeRefused(f"{plan.arguments[0]} is not installed here", "", plan.ref)
    return plan.program


def _not_started(plan: ResumePlan, error: OSError) -> ResumeRefused:
    title = f"{plan.arguments[0]} could not be started: {error.strerror}"
    return ResumeRefused(title, f"try it in a shell: {plan.whole_command}", plan.ref)
