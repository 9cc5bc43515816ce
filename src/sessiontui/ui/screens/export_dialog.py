"""Asks what an export shall be: as what, with which secrets, and where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from sessiontui.domain.printable import printable_line
from sessiontui.domain.session import SessionRow
from sessiontui.domain.words import count_words
from sessiontui.services.export_places import Suggestion, suggested, target_of
from sessiontui.services.exporting import ExportForm
from sessiontui.ui.change_words import title_words
from sessiontui.ui.export_wish import (
    FORM_WORDS,
    ExportWish,
    outcome_hint,
    secrets_hint,
    wants_folder,
    with_form,
)
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.widgets.choice_row import ChoiceRow
from sessiontui.ui.widgets.line_input import LineInput
from sessiontui.ui.workbench import Workbench

_FORMS = tuple(FORM_WORDS)
_LETTERS = {"h": ExportForm.HTML, "m": ExportForm.MARKDOWN, "j": ExportForm.JSON}


class ExportDialog(ModalScreen[ExportWish | None]):
    """Gives the wish, or None. `last` is what was chosen the time before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "give_up", "close", show=False, priority=True),
        Binding("enter", "answer", "write", show=False, priority=True),
        Binding("down,tab", "line(1)", "down", show=False, priority=True),
        Binding("up,shift+tab", "line(-1)", "up", show=False, priority=True),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "export--dim",
        "export--key",
        "export--problem",
    }
    AUTO_FOCUS = "#export-form"

    def __init__(
        self, bench: Workbench, rows: Sequence[SessionRow], last: ExportWish, *, can_open: bool
    ) -> None:
        super().__init__()
        self._bench = bench
        self._rows = rows
        self._last = last
        self._can_open = can_open
        self._suggestion: Suggestion | None = None
        self._filled = ""
        self._asked: str | None = None
        """The place of which it was said that something is there."""
        self._answered = False

    def compose(self) -> ComposeResult:
        last = self._last
        with Vertical(id="export-box"):
            forms = tuple(FORM_WORDS.values())
            yield ChoiceRow("as", forms, _FORMS.index(last.form), id="export-form")
            secrets = ("masked", "as they are")
            yield ChoiceRow("secrets", secrets, int(not last.redact), id="export-secrets")
            then = ("stay here", "open it")
            yield ChoiceRow("then", then, int(last.opens), id="export-then")
            with Horizontal(id="export-place"):
                yield Static("  into     ", id="export-into", markup=False)
                yield LineInput(id="export-path", select_on_focus=False)
            yield Static("", id="export-note", markup=False)
            yield Static(self._keys(), id="export-keys", markup=False)

    def on_mount(self) -> None:
        """Look for a place to suggest."""
        rows = self._rows
        what = title_words(rows[0].title) if len(rows) == 1 else count_words(len(rows), "session")
        self.query_one("#export-box").border_title = Content(f"export {what}")
        self._show()
        start_worker(self, self._suggest, "suggestion")

    async def _suggest(self) -> None:
        self._suggestion = await self._bench.reads.run(
            suggested, self._rows, self._bench.local_now()
        )
        if not self._path.value:
            self._fill()
        if self._answered:
            self.action_answer()

    @property
    def _path(self) -> LineInput:
        return self.query_one(LineInput)

    @property
    def wish(self) -> ExportWish:
        """What is chosen now."""
        chosen = {row.id: row.chosen for row in self.query(ChoiceRow)}
        form = _FORMS[chosen["export-form"]]
        opens = self._can_open and form is ExportForm.HTML and bool(chosen["export-then"])
        place = self._path.value
        return ExportWish(form, not chosen["export-secrets"], opens, place, place == self._asked)

    # -- showing ---------------------------------------------------------------------------

    def _keys(self) -> Content:
        pairs = (("enter", "writes"), ("← →", "change"), ("tab", "next"), ("esc", "closes"))
        pieces: list[tuple[str, str]] = []
        for key, does in pairs:
            pieces += [(key, ".export--key"), (f" {does}   ", ".export--dim")]
        return Content.assemble(*pieces)

    def _show(self, problem: str = "") -> None:
        wish = self.wish
        then = self.query_one("#export-then")
        then.display = self._can_open and wish.form is ExportForm.HTML
        lines = [
            Content.styled(outcome_hint(wish, len(self._rows)), ".export--dim"),
            Content.styled(secrets_hint(wish), ".export--dim"),
        ]
        if problem:
            lines = [Content.styled(printable_line(problem), ".export--problem"), Content("")]
        self.query_one("#export-note", Static).update(Content("\n").join(lines))

    def _fill(self) -> None:
        """Put the suggestion in, unless another place was typed; that gets another ending."""
        typed = self._path.value
        wish = self.wish
        if self._suggestion is not None and typed == self._filled:
            folder = len(self._rows) > 1
            place = self._suggestion.path(wish.form, redact=wish.redact, folder=folder)
            self._filled = place
        else:
            place = with_form(typed, wish.form)
        if place != typed:
            self._path.value = place
            self._path.cursor_position = len(place)

    @on(ChoiceRow.Changed)
    def _chose(self, message: ChoiceRow.Changed) -> None:
        message.stop()
        self._fill()
        self._show()

    @on(LineInput.Changed)
    def _typed(self, message: LineInput.Changed) -> None:
        message.stop()
        if message.value != self._asked:
            self._asked = None
            self._show()

    # -- keys ------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """The letters of the forms, `r` for secrets and `o` for opening."""
        if self.focused is self._path or not event.character:
            return
        if form := _LETTERS.get(event.character):
            self.query_one("#export-form", ChoiceRow).choose(_FORMS.index(form))
        for letter, name in (("r", "#export-secrets"), ("o", "#export-then")):
            row = self.query_one(name, ChoiceRow)
            if event.character == letter and row.display:
                row.choose(row.chosen + 1)

    def action_line(self, by: int) -> None:
        """To the next line of the form."""
        if by > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_answer(self) -> None:
        """Write, if that can be; replacing a file takes a second press."""
        if self._suggestion is None:
            self._answered = True
            return
        work = partial(self._check, self.wish)
        start_worker(self, work, "target", exclusive=True)

    async def _check(self, wish: ExportWish) -> None:
        folder = wants_folder(len(self._rows), wish.place)
        target = await self._bench.reads.run(target_of, wish.place, folder=folder)
        if target.problem:
            self._show(target.problem)
            self._path.focus()
        elif target.replaces and not wish.replaces:
            self._asked = wish.place
            self._show("that file is there already: enter again replaces it")
        else:
            self.dismiss(wish.replace(place=str(target.path), replaces=target.replaces))

    def action_give_up(self) -> None:
        """Write nothing."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """Beside the box: close."""
        if self.get_widget_at(event.screen_x, event.screen_y)[0] is self:
            self.dismiss(None)
