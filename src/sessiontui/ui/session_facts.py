"""Reads what is known of one session besides its transcript. Blocks; for threads."""

from __future__ import annotations

from sessiontui.domain.session import Session, SessionRef, SessionRow
from sessiontui.domain.store import Capability
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import Verdict
from sessiontui.services.library import Library
from sessiontui.ui.actions import ACTIONS
from sessiontui.ui.widgets.details_panel import Details


class Facts(PlainValue):
    """A session as its store has it now, its verdict, and what cannot be done with it and why."""

    session: Session
    verdict: Verdict
    refusals: dict[Capability, str]

    def details(self, row: SessionRow) -> Details:
        """What is shown of it beside its transcript."""
        return Details(row, self.session, self.verdict, self.refusals.get(Capability.SET_STATE))


def read_facts(library: Library, ref: SessionRef) -> Facts:
    """Ask for all of it. Raises `SessionMissing` when the session has gone."""
    session = library.session(ref)
    asked = {action.capability for action in ACTIONS if action.capability is not None}
    return Facts(session, library.verdict(session), library.refusals(ref, asked))
