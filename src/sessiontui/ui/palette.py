"""The command palette: every action of the screen, every session of the list, every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import FuzzySearch
from textual.style import Style

from sessiontui.domain.printable import printable_line
from sessiontui.ui.action_keys import key_words
from sessiontui.ui.actions import actions_of
from sessiontui.ui.screens.action_screen import ActionScreen
from sessiontui.ui.screens.browse import BrowseScreen

_MOST_SESSIONS = 12


class _Offer(NamedTuple):
    title: str
    keys: str
    help: str
    command: Callable[[], object]

    def display(self, offsets: Iterable[int] = (), style: Style | None = None) -> Content:
        """The title, with what was matched in it marked, and its keys.

        Textual's own highlighting reads the text as markup, which stored titles must never be.
        """
        content = Content(self.title)
        for offset in offsets:
            content = content.stylize(style or Style(underline=True), offset, offset + 1)
        return Content.assemble(content, (f"  {self.keys}", Style(dim=True)))


class ActionCommands(Provider):
    """The actions of the screen below, with their keys; those refused now say why."""

    def _offers(self) -> Iterator[_Offer]:
        screen = self.screen
        if not isinstance(screen, ActionScreen):
            return
        keys = screen.keys()
        for action in actions_of(screen.SCOPE):
            if action.in_palette and screen.is_relevant(action):
                reason = screen.refusal(action)
                yield _Offer(
                    action.title,
                    " ".join(key_words(key) for key in keys.get(action.id, action.keys)),
                    action.help if reason is None else f"not now: {printable_line(reason, 200)}",
                    partial(screen.action_perform, action.id),
                )

    async def discover(self) -> Hits:
        """All of them."""
        for offer in self._offers():
            yield DiscoveryHit(offer.display(), offer.command, text=offer.title, help=offer.help)

    async def search(self, query: str) -> Hits:
        """Those that match by title or by what they do."""
        fuzzy = FuzzySearch()
        for offer in self._offers():
            score, offsets = fuzzy.match(query, offer.title)
            if not score:
                score, offsets = fuzzy.match(query, offer.help)[0] / 2, ()
            if score:
                display = offer.display(offsets, self.match_style)
                yield Hit(score, display, offer.command, text=offer.title, help=offer.help)


class SessionCommands(Provider):
    """Sessions of the list by title, and stores by name."""

    def _browse(self) -> BrowseScreen | None:
        found = (screen for screen in self.app.screen_stack if isinstance(screen, BrowseScreen))
        return next(found, None)

    async def search(self, query: str) -> Hits:
        """Those whose title holds the words typed."""
        browse = self._browse()
        if browse is None:
            return
        words = query.casefold().split()

        def holds(title: str) -> bool:
            folded = title.casefold()
            return all(word in folded for word in words)

        rows = (row for row in browse.sessions.rows if holds(row.title))
        for rank, row in enumerate(islice(rows, _MOST_SESSIONS)):
            title = printable_line(row.title, 120)
            yield Hit(
                0.5 - rank / 100,
                Content(title),
                partial(browse.go_to, row.ref),
                text=title,
                help=f"go to this session ({printable_line(row.format, 40)})",
            )
        for store in browse.stores:
            name = printable_line(f"{store.title} {store.root}", 120)
            if holds(name):
                yield Hit(
                    0.3,
                    Content(f"sessions of {name}"),
                    partial(browse.go_to_store, store.id),
                    text=f"sessions of {name}",
                    help="list the sessions of this store only",
                )
