"""A change of many sessions before it is made: which are chosen, which cannot be. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sessiontui.domain.change import Prospect
from sessiontui.domain.report import Action
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, size_words
from sessiontui.ui.change_words import VERBS
from sessiontui.ui.widgets.column_plan import short_format
from sessiontui.ui.widgets.row_list import ListRow, Tone

CHOSEN, TAKEN_OFF, REFUSED = "✓", "·", "–"


class BulkPlan(PlainValue):
    """The marked sessions, what is known of each, and those a person has taken off."""

    action: Action
    rows: tuple[SessionRow, ...]
    prospects: Mapping[SessionRef, Prospect]
    taken_off: frozenset[SessionRef] = frozenset()

    @property
    def possible(self) -> tuple[SessionRow, ...]:
        """The sessions that can be changed, as far as is known."""
        return tuple(row for row in self.rows if self.refusal(row) is None)

    @property
    def refused(self) -> tuple[SessionRow, ...]:
        """The sessions that cannot."""
        return tuple(row for row in self.rows if self.refusal(row) is not None)

    @property
    def chosen(self) -> tuple[SessionRow, ...]:
        """The sessions that will be changed."""
        return tuple(row for row in self.possible if row.ref not in self.taken_off)

    @property
    def expected(self) -> dict[SessionRef, str]:
        """How the chosen sessions looked, where that is known."""
        found = ((row.ref, self.prospects.get(row.ref)) for row in self.chosen)
        return {ref: seen.fingerprint for ref, seen in found if seen and seen.fingerprint}

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know besides, each once."""
        found = (self.prospects.get(row.ref) for row in self.chosen)
        return tuple(dict.fromkeys(seen.note for seen in found if seen and seen.note))

    def refusal(self, row: SessionRow) -> str | None:
        """Why a session cannot be changed; None while nothing speaks against it."""
        prospect = self.prospects.get(row.ref)
        return None if prospect is None else prospect.refusal

    def toggled(self, ref: SessionRef) -> BulkPlan:
        """The same with a session taken off, or put back."""
        return self.replace(taken_off=self.taken_off ^ {ref})

    def with_prospects(self, found: Iterable[Prospect]) -> BulkPlan:
        """The same with more known."""
        return self.replace(prospects={**self.prospects, **{each.ref: each for each in found}})

    # -- in words --------------------------------------------------------------------------

    @property
    def question(self) -> str:
        """What is asked: `delete 7 sessions?`."""
        return f"{self.action.value} {count_words(len(self.chosen), 'session')}?"

    @property
    def totals(self) -> str:
        """What goes, what cannot, and how far this is known."""
        chosen = self.chosen
        messages = [self._messages(row) for row in chosen]
        sizes = [self._size(row) for row in chosen]
        parts = [count_words(len(chosen), "session")]
        if self.action is not Action.CURE:
            parts.append(count_words(sum(filter(None, messages)), "message"))
            parts.append(size_words(sum(filter(None, sizes))))
        stores = len({row.ref.store for row in chosen})
        words = " · ".join(parts)
        if stores > 1:
            words += f" in {count_words(stores, 'store')}"
        if self.refused:
            words += f" · {len(self.refused):,} cannot be {VERBS[self.action].done}"
        unread = len(self.rows) - len(self.prospects)
        return words + (f" · looking at {unread:,} more" if unread > 0 else "")

    @property
    def keeps(self) -> str:
        """What stays, for those changes that sound as if all went."""
        return {
            Action.CLEAR: "the sessions stay, their messages go",
            Action.CURE: "they are set to idle; their messages stay as they are",
        }.get(self.action, "each goes with all that belongs to it")

    def lines(self) -> tuple[ListRow, ...]:
        """The list: what can be done first, what cannot after it with its reason."""
        return (
            *(self._line(row) for row in self.possible),
            *(
                ListRow(
                    row.ref,
                    REFUSED,
                    row.title,
                    note=f"{self.refusal(row)}",
                    tone=Tone.QUIET,
                )
                for row in self.refused
            ),
        )

    def _line(self, row: SessionRow) -> ListRow:
        messages, size = self._messages(row), self._size(row)
        off = row.ref in self.taken_off
        return ListRow(
            row.ref,
            TAKEN_OFF if off else CHOSEN,
            row.title,
            (
                "" if messages is None else count_words(messages, "message"),
                "" if size is None else size_words(size),
                short_format(row.format),
            ),
            note="stays" if off else "",
            tone=Tone.QUIET if off else Tone.PLAIN,
        )

    def _messages(self, row: SessionRow) -> int | None:
        prospect = self.prospects.get(row.ref)
        known = None if prospect is None else prospect.messages
        return row.message_count if known is None else known

    def _size(self, row: SessionRow) -> int | None:
        prospect = self.prospects.get(row.ref)
        known = None if prospect is None else prospect.size_bytes
        return row.size_bytes if known is None else known
