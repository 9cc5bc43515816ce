"""The command palette: actions, views, sessions, stores and themes by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from sessiontui.domain.errors import SearchInterrupted, SessionTuiError
from sessiontui.domain.printable import printable_line
from sessiontui.domain.query import FilterField, Query
from sessiontui.domain.session import SessionRow
from sessiontui.domain.words import duration_words
from sessiontui.services.index_values import FilterValue
from sessiontui.services.library import Library
from sessiontui.ui.actions import actions_of
from sessiontui.ui.keymap import key_words, keys_of
from sessiontui.ui.palette import (
    KIND_WORDS,
    VALUES,
    Found,
    Kind,
    Offer,
    Sessions,
    ranked,
    session_offers,
    store_offers,
    theme_offers,
    value_offers,
    view_offers,
)
from sessiontui.ui.refresher import start_worker
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.picker import Picker
from sessiontui.ui.theme_choice import ThemeChoice

_MOST_LINES = 60
_NOTE_CELLS = 16
"""A note with less room than this is left out of the list."""
_WIDTH = 90
_FRAME = 6


class Palette(Picker):
    """Everything by name; `themes` offers these only, with the one in use under the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "palette--heading",
        "palette--title",
        "palette--match",
        "palette--keys",
        "palette--dim",
        "palette--refused",
    }

    def __init__(self, screen: ActionScreen[Any], *, themes: bool = False) -> None:
        super().__init__(
            "themes" if themes else "palette",
            "does it",
            "a theme" if themes else "an action, a session, a view, a store, a theme",
        )
        self._below = screen
        self._only_themes = themes
        self._values: tuple[tuple[FilterField, tuple[FilterValue, ...]], ...] = ()
        self._sessions: Sessions | None = None
        self._matching: tuple[SessionRow, ...] = ()
        self._shown: list[Offer | None] = []

    def on_mount(self) -> None:
        """Offer what is known at once; sessions and values are read meanwhile."""
        self._themes = ThemeChoice(self.app, self._below.bench)
        self._offer()
        if not self._only_themes:
            start_worker(self, self._read, "palette")

    def on_unmount(self) -> None:
        """A theme that was only looked at goes."""
        self._themes.withdraw()

    def on_resize(self) -> None:
        """Use the width there is."""
        self._offer()

    # -- what is offered -------------------------------------------------------------------

    async def _read(self) -> None:
        bench = self._below.bench
        with suppress(SearchInterrupted, SessionTuiError):  # The list says what is wrong.
            self._values = await bench.reads.run(_read_values, bench.library)
            self._sessions = await bench.reads.run(_read_sessions, bench.library)
        if self.text:
            self.typed(self.text)

    def typed(self, text: str) -> None:
        """Offer what matches."""
        if self._sessions is None or not text.strip():
            self._matching = ()
            self._offer()
        else:
            find = partial(self._find, self._sessions, text)
            start_worker(self, find, "palette-search", exclusive=True)

    async def _find(self, sessions: Sessions, text: str) -> None:
        # Actions at once: they are what the palette is opened for most.
        self._offer()
        self._matching = await self._below.bench.reads.run(sessions.matching, text)
        self._offer()

    def _offers(self) -> Iterator[Offer]:
        if not self._only_themes:
            yield from self._actions()
            if (browse := self._browse) is not None:
                yield from view_offers(browse.go_to_query)
                if self.text:
                    yield from value_offers(self._values, browse.go_to_query)
                    yield from session_offers(self._matching, partial(_go_to, browse), self._age)
                yield from store_offers(browse.stores, browse.go_to_query)
        if self.text or self._only_themes:
            yield from theme_offers(self._themes.names, self._themes.chosen, self._themes.choose)

    def _actions(self) -> Iterator[Offer]:
        screen = self._below
        for action in actions_of(screen.SCOPE):
            if action.in_palette and screen.is_relevant(action):
                refused = screen.refusal(action)
                keys = keys_of(action.id, screen.bench.keymap)
                yield Offer(
                    Kind.ACTION,
                    action.title,
                    action.help,
                    " ".join(map(key_words, keys)),
                    also=action.id.replace("_", " "),
                    refused=None if refused is None else printable_line(refused, 200),
                    do=partial(screen.action_perform, action.id),
                )

    @property
    def _browse(self) -> BrowseScreen | None:
        found = (screen for screen in self.app.screen_stack if isinstance(screen, BrowseScreen))
        return next(found, None)

    def _age(self, row: SessionRow) -> str:
        if row.last_activity is None:
            return ""
        now = self._below.bench.clock().timestamp()
        return duration_words(timedelta(seconds=now - row.last_activity))

    # -- the list --------------------------------------------------------------------------

    def _offer(self) -> None:
        self._shown = []
        lines: list[tuple[Content, bool]] = []
        kind: Kind | None = None
        most = _MOST_LINES if self.text else None
        for found in ranked(self._offers(), self.text)[:most]:
            if not self.text and not self._only_themes and found.offer.kind is not kind:
                kind = found.offer.kind
                lines.append((Content.styled(KIND_WORDS[kind], ".palette--heading"), False))
                self._shown.append(None)
            lines.append((self._line(found), True))
            self._shown.append(found.offer)
        at = next((i for i, offer in enumerate(self._shown) if offer is not None), None)
        if self._only_themes and not self.text:
            names = [offer.target if offer else "" for offer in self._shown]
            at = names.index(self._themes.chosen) if self._themes.chosen in names else at
        if not lines:
            lines.append(
                (Content.styled(f"nothing is called “{self.text}”", ".palette--dim"), False)
            )
            self._shown.append(None)
        self.show(lines, at)

    def _line(self, found: Found) -> Content:
        offer = found.offer
        note = offer.note if offer.refused is None else f"not now: {offer.refused}"
        width = min(_WIDTH, self.app.size.width) - _FRAME
        title = Content.styled(
            offer.title, ".palette--title" if offer.refused is None else ".palette--dim"
        )
        for offset in found.offsets:
            title = title.stylize(".palette--match", offset, offset + 1)
        room = width - cell_len(offer.keys) - 1
        title = title.truncate(room, ellipsis=True)
        room -= title.cell_length + 2
        if room < _NOTE_CELLS:
            note = ""
        elif cell_len(note) > room:
            note = set_cell_size(note, room - 1).rstrip() + "…"
        gap = " " * max(0, room - cell_len(note) + 1)
        return Content.assemble(
            title, "  ", (note, ".palette--dim"), gap, (offer.keys, ".palette--keys")
        )

    def pointed_at(self, index: int | None) -> None:
        """Show a theme; say below what does not fit into the line."""
        offer = self._shown[index] if index is not None and index < len(self._shown) else None
        if offer is not None and offer.kind is Kind.THEME:
            self._themes.preview(offer.target)
        else:
            self._themes.withdraw()
        if offer is None:
            self.note(None)
        elif offer.refused is not None:
            self.note(Content.styled(f"not now: {offer.refused}", ".palette--refused"))
        else:
            self.note(Content.styled(offer.note, ".palette--dim"))

    def picked(self, index: int) -> None:
        """Do it, on the screen below."""
        offer = self._shown[index]
        if offer is not None:
            self.dismiss()
            self.app.call_later(offer.do)


def _go_to(browse: BrowseScreen, row: SessionRow) -> None:
    browse.go_to(row.ref)


def _read_values(library: Library) -> tuple[tuple[FilterField, tuple[FilterValue, ...]], ...]:
    return tuple((field, library.filter_values(field)) for field in VALUES)


def _read_sessions(library: Library) -> Sessions:
    return Sessions(library.rows(Query(), whole=True).rows)
