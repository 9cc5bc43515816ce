"""A transcript out of the journal: a session as it was before a change. It can only be read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from sessiontui.domain.change import JournalledSession
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.report import JournalEntry
from sessiontui.domain.words import count_words
from sessiontui.services.snapshot_reading import KeptMessages
from sessiontui.ui.action_keys import bindings_of
from sessiontui.ui.actions import Action, Scope, Topic
from sessiontui.ui.change_words import VERBS, title_words
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.transcript_walking import OF_TRANSCRIPT, TranscriptWalking
from sessiontui.ui.transcript_reading import Sought, read_whole
from sessiontui.ui.widgets.details_panel import time_words
from sessiontui.ui.widgets.key_footer import KeyFooter
from sessiontui.ui.widgets.outline import Outline
from sessiontui.ui.widgets.transcript_view import TranscriptView
from sessiontui.ui.workbench import Workbench

_OF_OTHERS = frozenset({"next_hit", "previous_hit", "toggle_follow"})
"""Nothing is looked for in a copy, and it does not grow."""
_READING = (OF_TRANSCRIPT - _OF_OTHERS) | {"back", "help", "quit", "palette", "theme"}


class KeptTranscriptScreen(TranscriptWalking):
    """Shows what taking the change back would bring back."""

    SCOPE = Scope.TRANSCRIPT
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(Scope.TRANSCRIPT)
    AUTO_FOCUS = "TranscriptView"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"kept-transcript--title", "kept-transcript--dim"}

    def __init__(self, bench: Workbench, entry: JournalEntry, session: JournalledSession) -> None:
        super().__init__(bench)
        self._entry = entry
        self._session = session
        self._kept: KeptMessages | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="kept-transcript-title", markup=False)
        with Horizontal(id="transcript-and-outline"):
            yield TranscriptView()
            yield Outline(id="outline-column")
        yield KeyFooter(id="key-footer")

    def on_mount(self) -> None:
        """Read it out of the journal."""
        self._say("reading the copy")
        start_worker(self, self._read, "transcript", exclusive=True)

    async def _read(self) -> None:
        reads, library, zone = self.bench.reads, self.bench.library, self.transcript.zone
        try:
            kept = await reads.run(library.open_kept, self._entry.id, self._session.ref)
            self._kept = kept
            whole = await reads.run_cancellable(
                lambda cancelled: read_whole(kept.messages, Sought(), zone, cancelled, reads.begin)
            )
        except SessionTuiError as error:
            self._say("cannot be read")
            self.transcript.show_notice(printable_line(error.title), printable_line(error.hint))
            return
        done = VERBS[self._entry.action].done
        when = time_words(self._entry.at, self.bench.local_now())
        if whole is None:
            return
        self._say(f"{count_words(len(whole.flow), 'message')}, as before it was {done}, {when}")
        if len(whole.flow):
            self.transcript.show(whole.flow)
        else:
            self.transcript.show_notice("no messages", "the session held none")

    def on_unmount(self) -> None:
        """The copy is not needed any more."""
        kept = self._kept
        if kept is not None and self.bench.reads.begin(kept.close).cancelled():
            kept.close()

    def _say(self, words: str) -> None:
        line = Content.assemble(
            (title_words(self._session.title), ".kept-transcript--title"),
            (f"   {words}", ".kept-transcript--dim"),
        )
        self.query_one("#kept-transcript-title", Static).update(line)

    def is_relevant(self, action: Action) -> bool:
        """It is in no store: it can be walked, and that is all."""
        return action.id in _READING or action.topic is Topic.MOVE

    def action_back(self) -> None:
        """Back to the journal."""
        self.dismiss()
