"""The actions that take a session out of the program: copies, its agent, files."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.actions import SkipAction
from textual.geometry import Region

from sessiontui.domain.errors import ResumeRefused, SessionTuiError
from sessiontui.domain.message import Message
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.store import Capability
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.copies import (
    Copyable,
    code_items,
    copy_items,
    lines_words,
    message_text,
)
from sessiontui.ui.error_display import show_error
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.transcript_walking import TranscriptWalking
from sessiontui.ui.session_facts import Facts
from sessiontui.ui.taking_out import TakingOutApp
from sessiontui.ui.widgets.code_blocks import code_blocks
from sessiontui.ui.widgets.session_list import SessionList

if TYPE_CHECKING:
    from sessiontui.services.resuming import Obstacle, ResumePlan


class TakingOut(TranscriptWalking):
    """Base of a screen with one session in view."""

    @property
    @abstractmethod
    def target(self) -> SessionRow | None:
        """The session that actions concern."""

    @property
    def marked(self) -> tuple[SessionRow, ...]:
        """The sessions that are marked, in the order of the list."""
        return ()

    @abstractmethod
    def _facts_of(self, ref: SessionRef) -> Facts | None:
        """What is known of a session by now."""

    @property
    def _app(self) -> TakingOutApp:
        app = self.app
        assert isinstance(app, TakingOutApp)
        return app

    # -- exporting -------------------------------------------------------------------------

    def action_export(self) -> None:
        """Ask how the session shall be exported, or all that are marked."""
        row = self.target
        if rows := self.marked or (() if row is None else (row,)):
            self._app.exporting.begin(rows)

    # -- resuming --------------------------------------------------------------------------

    def action_resume(self) -> None:
        """Leave the terminal to the session's agent until it ends."""
        if (row := self.target) is not None:
            # One at a time, and never cut off: the screens below ask for other sessions meanwhile.
            start_worker(self.app, partial(self._resume, row.ref), "resuming", exclusive=True)

    async def _resume(self, ref: SessionRef) -> None:
        from sessiontui.ui.handing_over import hand_over  # noqa: PLC0415  not for the first frame

        try:
            plan = await self.bench.reads.run(self.bench.library.resume_plan, ref)
            if not await self._may_resume(plan):
                return
            ending = hand_over(self.app, plan)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        self.bench.changes.note_sessions((ref,))
        self.app.post_message(LibraryChanged(self.bench.changes.generation))
        if ending.code:
            self.tell(f"the program {plan.arguments[0]} ended with {ending.code}", "warning")

    async def _may_resume(self, plan: ResumePlan) -> bool:
        """Whether nothing stands against it, or a person wants it all the same."""
        from sessiontui.services.resuming import Against, make_folder  # noqa: PLC0415  not for the first frame

        missing = plan.obstacle(Against.NO_PROGRAM)
        if missing is not None:
            raise ResumeRefused(missing.title, missing.hint, plan.ref)
        gone = plan.obstacle(Against.NO_FOLDER)
        doubts = [each for each in plan.obstacles if each is not gone]
        if doubts and not await self._insists(doubts, "resume it all the same"):
            return False
        if gone is None or plan.folder is None:
            return True
        if not await self._insists([gone], "make it again, empty, and resume"):
            return False
        await self.bench.reads.run(make_folder, plan)
        return True

    async def _insists(self, doubts: Sequence[Obstacle], yes: str) -> bool:
        from sessiontui.ui.screens.confirm import Confirm  # noqa: PLC0415  not for the first frame

        first, *others = doubts
        reasons = (first.hint, *(other.title for other in others))
        asking = Confirm(first.title, tuple(filter(None, reasons)), yes)
        return await self.app.push_screen_wait(asking)

    # -- copying ---------------------------------------------------------------------------

    def action_copy_text(self) -> None:
        """Copy what the mouse has selected; `ctrl+c` comes here, and does else what it does."""
        selected = self.get_selected_text()
        if not selected:
            raise SkipAction
        self._app.copy(selected, lines_words("what is selected", selected))
        self.clear_selection()

    def action_copy(self) -> None:
        """Copy what is selected, else ask what to copy."""
        if self.get_selected_text():
            self.action_copy_text()
        else:
            self._with_message(self._ask_what_to_copy)

    def _with_message(self, do: Callable[[], None]) -> None:
        """Do something with the message at the cursor, as soon as it is at hand."""
        if self.transcript.is_on_screen:
            self.transcript.when_at_hand(do)
        else:
            do()

    def _ask_what_to_copy(self) -> None:
        row = self.target
        if row is not None:
            from sessiontui.ui.screens.menu import Menu  # noqa: PLC0415  not for the first frame

            menu = Menu("copy", copy_items(self._copyable(row)), self.reading_region)
            self.app.push_screen(menu, self._copy_chosen)

    def _copy_chosen(self, answer: str | None) -> None:
        if answer is not None:
            getattr(self, f"action_{answer}")()

    def _copyable(self, row: SessionRow) -> Copyable:
        message, facts = self._message, self._facts_of(row.ref)
        return Copyable(
            str(row.ref),
            message,
            self._prompt,
            () if message is None else tuple(code_blocks(message)),
            facts is None or Capability.RESUME not in facts.refusals,
        )

    @property
    def _message(self) -> Message | None:
        return self.transcript.message_at_cursor() if self.transcript.is_on_screen else None

    @property
    def _prompt(self) -> Message | None:
        return self.transcript.prompt_at_cursor() if self.transcript.is_on_screen else None

    @property
    def reading_region(self) -> Region:
        """Where the reader looks, in cells of the screen: the row that has the cursor."""
        pane = self.focused if isinstance(self.focused, SessionList) else self.transcript
        if not pane.is_on_screen:
            return Region(0, 0, self.size.width, 1)
        inside = pane.scrollable_content_region
        return pane.cursor_region.translate(inside.offset).intersection(inside)

    def action_copy_ref(self) -> None:
        """Copy the reference."""
        row, marked = self.target, self.marked
        if marked:
            refs = "\n".join(str(each.ref) for each in marked)
            self._app.copy(refs, count_words(len(marked), "reference"))
        elif row is not None:
            self._app.copy(str(row.ref), f"the reference {row.ref}")

    def action_copy_message(self) -> None:
        """Copy the message at the cursor."""
        self._with_message(self._copy_message)

    def _copy_message(self) -> None:
        message = self._message
        human = message is not None and message.human
        self._copy_said("the prompt" if human else "the message", message)

    def action_copy_prompt(self) -> None:
        """Copy the prompt that the message at the cursor belongs to."""
        self._with_message(lambda: self._copy_said("the prompt", self._prompt))

    def _copy_said(self, what: str, message: Message | None) -> None:
        text = "" if message is None else message_text(message)
        if text:
            self._app.copy(text, lines_words(what, text))
        else:
            self.tell("there is no text at the cursor", "warning")

    def action_copy_code(self) -> None:
        """Copy the code block at the cursor; of several, the one that is chosen."""
        self._with_message(self._copy_code)

    def _copy_code(self) -> None:
        message = self._message
        codes = () if message is None else tuple(code_blocks(message))
        if len(codes) > 1:
            from sessiontui.ui.screens.menu import Menu  # noqa: PLC0415  not for the first frame

            near = self.transcript.code_at_cursor()
            at = codes.index(near) if near in codes else 0
            menu = Menu("code block", code_items(codes), self.reading_region, at)
            self.app.push_screen(menu, partial(self._copy_codes, codes))
        else:
            self._copy_codes(codes, "0")

    def _copy_codes(self, codes: tuple[str, ...], answer: str | None) -> None:
        if answer == "all":
            text = "\n\n".join(code.rstrip("\n") for code in codes)
            self._app.copy(text, lines_words(f"{len(codes):,} code blocks", text))
        elif not codes:
            self.tell("there is no code block at the cursor", "warning")
        elif answer is not None:
            code = codes[int(answer)].rstrip("\n")
            self._app.copy(code, lines_words("the code block", code))

    def action_copy_resume(self) -> None:
        """Copy the command that resumes the session."""
        self._copy_read("the resume command", self._resume_line)

    def action_copy_transcript(self) -> None:
        """Copy the whole transcript as Markdown."""
        self._copy_read("the transcript as Markdown", self._markdown)

    def _copy_read(self, what: str, read: Callable[[SessionRef], str]) -> None:
        if (row := self.target) is not None:
            work = partial(self._read_and_copy, what, read, row.ref)
            start_worker(self.app, work, "copying", exclusive=True)

    async def _read_and_copy(
        self, what: str, read: Callable[[SessionRef], str], ref: SessionRef
    ) -> None:
        try:
            text = await self.bench.reads.run(read, ref)
        except SessionTuiError as error:
            show_error(self.app, error)
            return
        if text:
            self._app.copy(text, f"{what}, {size_words(len(text.encode()))}")
        else:
            self.tell("its agent cannot resume this session as it is stored", "warning")

    def _resume_line(self, ref: SessionRef) -> str:
        from sessiontui.services.resuming import command_line  # noqa: PLC0415  not for the first frame

        resume = self.bench.library.resume_command(ref)
        return "" if resume is None else command_line(resume)

    def _markdown(self, ref: SessionRef) -> str:
        from sessiontui.services.exporting import ExportForm, exported  # noqa: PLC0415  not for the first frame

        return exported(self.bench.library.transcript(ref), ExportForm.MARKDOWN)
