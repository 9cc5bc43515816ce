"""One transcript on the whole screen; it follows a live session."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.geometry import Region

from sessiontui.domain.errors import SessionMissing, SessionTuiError
from sessiontui.domain.report import Action as Change
from sessiontui.domain.report import ActionReport
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope
from sessiontui.ui.find_in_transcript import FindInTranscript
from sessiontui.ui.marks import marks_for
from sessiontui.ui.messages import LibraryChanged
from sessiontui.ui.refresher import Refresher, start_worker
from sessiontui.ui.screens.session_screen import SessionScreen
from sessiontui.ui.session_facts import read_facts
from sessiontui.ui.steps import Step
from sessiontui.ui.transcript_feed import TranscriptFeed, Wanted
from sessiontui.ui.widgets.details_panel import Details, DetailsPanel
from sessiontui.ui.widgets.find_line import FindLine
from sessiontui.ui.widgets.hit_walk import Hit
from sessiontui.ui.widgets.key_footer import FooterKey, KeyFooter
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.rename_input import RenameInput
from sessiontui.ui.widgets.title_line import TitleLine
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_WALKS = {Step.DOWN: 1, Step.UP: -1}


class TranscriptScreen(SessionScreen):
    """Reads one session; `esc` goes back to the list as it was."""

    SCOPE = Scope.TRANSCRIPT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.TRANSCRIPT)
    AUTO_FOCUS = "TranscriptView"

    def __init__(self, bench: Workbench, row: SessionRow, wanted: Wanted) -> None:
        super().__init__(bench)
        self._marks = marks_for()
        self._row = row
        self._wanted = wanted
        self._generation = bench.changes.generation

    def compose(self) -> ComposeResult:
        with Container(id="title-pane"):
            yield TitleLine(self._marks, id="title-line")
            yield RenameInput()
        yield DetailsPanel(self._marks)
        with Horizontal(id="transcript-and-outline"):
            yield TranscriptView()
            yield Outline(id="outline-column")
        yield FindLine()
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Show what is known at once, then read."""
        self._feed = TranscriptFeed(self.bench, self.transcript)
        self._growth = Refresher(self, "growth", self._feed.grow)
        self._facts_refresher = Refresher(self, "facts", self._read_facts)
        self._find = FindInTranscript(self, self.bench, self.transcript, self.query_one(FindLine))
        self._title.row = self._row
        self.query_one(DetailsPanel).show(Details(self._row), now=self.bench.local_now())
        self.transcript.end_key = self.key_of("go_last")
        self.transcript.follow = self._wanted.at is None
        start_worker(self, partial(self._feed.open, self._wanted), "transcript", exclusive=True)
        self._facts_refresher.ask()

    def on_unmount(self) -> None:
        """Let go of the messages."""
        self._feed.close()

    @property
    def _title(self) -> TitleLine:
        return self.query_one(TitleLine)

    @property
    def target(self) -> SessionRow | None:
        """The session that is read."""
        return self._row

    # -- keeping up ------------------------------------------------------------------------

    def on_library_changed(self, message: LibraryChanged) -> None:
        """Read what was written to this session since."""
        if self.bench.changes.touched(self._row.ref, self._generation):
            self._generation = message.generation
            self._growth.ask()
            self._facts_refresher.ask()

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another screen was on top."""
        self.post_message(LibraryChanged(self.bench.changes.generation))

    async def _read_facts(self) -> None:
        try:
            facts = await self.bench.reads.run(read_facts, self.bench.library, self._row.ref)
        except SessionMissing as error:
            self._title.gone = True
            self.tell(error.title, "warning")
            return
        except SessionTuiError as error:
            self.tell(error.title, "warning")
            return
        session = facts.session
        self._row = self._row._replace(
            title=session.display_title,
            title_source=session.title_source.value,
            status=facts.verdict.status.value,
            state=session.state.value,
            message_count=session.message_count,
            size_bytes=session.size_bytes,
            problem=session.problem,
        )
        self._title.gone = False
        self._title.row = self._row
        self.set_facts(facts)
        self.query_one(DetailsPanel).show(
            facts.details(self._row),
            now=self.bench.local_now(),
            cure_key=self.key_of("cure"),
        )

    @on(TranscriptView.HitChanged)
    def _hit_changed(self, message: TranscriptView.HitChanged) -> None:
        message.stop()
        looking = self.transcript.is_looking
        titled = not looking and self._wanted.sought.has_title(self._row, message.total)
        self._title.hit = Hit(message.position, message.total, titled)
        self._find.say_hit(message.position, message.total)

    @on(FindLine.Changed)
    def _find_changed(self, message: FindLine.Changed) -> None:
        message.stop()
        self._find.look(message.text)

    @on(FindLine.Kept)
    def _find_kept(self, message: FindLine.Kept) -> None:
        message.stop()
        self._find.keep()

    @on(TranscriptView.ContentChanged)
    def _found_anew(self) -> None:
        self._find.look_again()

    @on(TranscriptView.FollowChanged)
    def _follow_changed(self, message: TranscriptView.FollowChanged) -> None:
        message.stop()
        self._title.follows = message.following

    @on(TranscriptView.AnswersOnlyChanged)
    def _answers_only_changed(self, message: TranscriptView.AnswersOnlyChanged) -> None:
        message.stop()
        self._title.answers_only = message.answers_only

    # -- questions, rename, changes --------------------------------------------------------

    def show_question(self, text: str | None) -> None:
        self._title.question = text

    def place_rename(self, box: RenameInput) -> None:
        box.place(Region(2, 0, max(8, self.size.width - 4), 1))

    def after_rename_input(self) -> None:
        self.set_focus(self.transcript)

    def after_change(self, report: ActionReport, select: SessionRef | None) -> None:
        if report.action is Change.DELETE and self._row.ref in report.done:
            self._leave()
            return
        self.on_library_changed(LibraryChanged(self.bench.changes.generation))

    # -- actions ---------------------------------------------------------------------------

    def refusal(self, action: Action) -> str | None:
        """Hits are only there when something is looked for."""
        looks = self._wanted.sought.groups or self.transcript.is_looking
        if action.id in {"next_hit", "previous_hit"} and not looks:
            return f"nothing is looked for. Press {self.key_of('find')} to find"
        return super().refusal(action)

    def footer_keys(self) -> Iterable[FooterKey]:
        """While something to find is typed, only what one can do with it counts."""
        if self._find.is_typing:
            yield FooterKey("keep_found", "enter", "keeps it")
            yield FooterKey("cursor_down", "↓", "next")
            yield FooterKey("cursor_up", "↑", "previous")
            yield FooterKey("back", self.key_of("back"), "back to where you were")
        else:
            yield from super().footer_keys()

    def step(self, step: Step) -> None:
        """Scroll, or walk what is found, or move in the outline."""
        if self._find.is_typing and step in _WALKS:
            self._find.walk(_WALKS[step])
        else:
            super().step(step)

    def action_find(self) -> None:
        """Find something in the transcript."""
        self._find.begin()

    def action_keep_found(self) -> None:
        """Stay where something was found; a click on the footer comes here."""
        self._find.keep()

    def action_back(self) -> None:
        """One step back: a question, what is looked for, the outline; then the list."""
        if self.is_asking:
            self.withdraw_question()
        elif self._find.give_up():
            return
        elif self.focused is self.outline:
            self.set_focus(self.transcript)
        else:
            self._leave()

    def _leave(self) -> None:
        if self.is_active:
            self.dismiss()

    def action_stores(self) -> None:
        """Show the stores."""
        from sessiontui.ui.screens.stores import StoresScreen  # noqa: PLC0415

        self.app.push_screen(StoresScreen(self.bench))
