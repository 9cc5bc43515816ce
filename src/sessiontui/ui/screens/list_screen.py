"""A screen with the list of sessions: how it is ordered, grouped, folded, and what is marked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable
from functools import partialmethod
from typing import TypeVar

from textual import getters, on

from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.ui.actions import Action
from sessiontui.ui.kept_view import KeptView
from sessiontui.ui.keymap import key_words, keys_of
from sessiontui.ui.list_loader import ListLoader, Placing
from sessiontui.ui.list_order import Density, Grouping, ListOrder, ListSort, next_grouping
from sessiontui.ui.listing import Listing, found_words
from sessiontui.ui.looking import Looking
from sessiontui.ui.screens.session_screen import SessionScreen
from sessiontui.ui.widgets.arrangement import effective_grouping
from sessiontui.ui.widgets.families import ALONE
from sessiontui.ui.widgets.key_footer import FooterKey
from sessiontui.ui.widgets.session_groups import TRIAGE
from sessiontui.ui.widgets.session_list import SessionList
from sessiontui.ui.workbench import Workbench

_OF_LIST = frozenset({"mark", "mark_range", "unfold_family", "fold_family"})
_Choice = TypeVar("_Choice", ListSort, Grouping, Density)


class ListScreen(SessionScreen):
    """Base of the main screen. What a person chose for the list is kept between runs."""

    sessions = getters.query_one(SessionList)

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench)
        self._looking = Looking(self, bench, self._looked)
        self._loader = ListLoader(self, bench, self._looking, self._take, self._wait)
        self._kept = KeptView(bench)
        self._loader.query = self._kept.opening[1]
        kept = bench.view_state
        key = _chosen(ListSort, kept.get("sort"))
        self._loader.order = ListOrder(key, kept.get("reverse"))
        self._loader.grouping = _chosen(Grouping, kept.get("grouping")) or Grouping.STATE

    @abstractmethod
    def filter_by(self, text: str) -> None:
        """Put a filter into the search box."""

    def _take(self, listing: Listing, seconds: float, placing: Placing) -> None:
        if self._kept.gives_way(listing):
            self.filter_by("")
        else:
            self._show(listing, seconds, placing)

    def found_words(self, listing: Listing, seconds: float) -> str:
        """What a query found, for the border of the box."""
        return " · ".join(filter(None, (self._kept.words, found_words(listing, seconds))))

    @abstractmethod
    def _show(self, listing: Listing, seconds: float, placing: Placing) -> None:
        """Show an answer."""

    def _looked(self, refs: tuple[SessionRef, ...]) -> None:
        self.sessions.note_looked(refs, self.bench.clock().timestamp())

    @abstractmethod
    def _wait(self) -> None:
        """Say that an answer is waited for."""

    def on_mount(self) -> None:
        """Look as it was left."""
        density = _chosen(Density, self.bench.view_state.get("density"))
        self.sessions.density = density or Density.COMPACT
        self.sessions.group_key = self._group_key
        self.title_list()

    def on_unmount(self) -> None:
        """What moves from now on was not seen."""
        self._looking.leave()

    def before(self, action: Action) -> None:
        """Whoever presses a key is at work: the list no longer stays at its top by itself."""
        self.sessions.is_untouched = False
        super().before(action)

    def is_relevant(self, action: Action) -> bool:
        """Marking and folding belong to the list."""
        if action.id in _OF_LIST:
            return self.focused is self.sessions
        return super().is_relevant(action)

    def footer_keys(self) -> Iterable[FooterKey]:
        """Unfolding only where something is folded away, and how much."""
        row = self.sessions.row
        kin = ALONE if row is None else self.sessions.arrangement.kin(row)
        for key in super().footer_keys():
            if key.action != "unfold_family":
                yield key
            elif kin.below.sessions and not kin.is_open:
                yield key.replace(title=f"unfold {kin.below.sessions:,}")

    # -- the border ------------------------------------------------------------------------

    def title_list(self) -> None:
        """Say in the border how the list is laid out, where the cursor is, and what is marked."""
        sessions, loader = self.sessions, self._loader
        words = f"sessions  {loader.order.words(loader.query)}"
        grouping = effective_grouping(loader.grouping, loader.order, loader.query)
        if grouping is not Grouping.NONE:
            words += f" · grouped by {grouping.value}"
        place = f"{sessions.cursor + 1:,} of {len(sessions.rows):,}" if sessions.rows else ""
        count = sessions.marked.count(sessions.cursor)
        drawing = ""
        if sessions.marked.is_drawing:
            drawing = f"range: {self.key_of('mark_range')} ends it"
        said = " · ".join(filter(None, (drawing, count.words, place)))
        sessions.say_in_border(words, said)

    # -- marks -----------------------------------------------------------------------------

    @property
    def marked(self) -> tuple[SessionRow, ...]:
        """The marked sessions: those in view in their order, then the others."""
        return self.sessions.marked.all(self.sessions.cursor)

    def unmark(self, refs: Collection[SessionRef]) -> None:
        """Take the marks of some sessions away."""
        self.sessions.marked.forget(refs)
        self._marks_changed()

    @property
    def spawned(self) -> int:
        """How many sessions stand below the selected one."""
        row = self.sessions.row
        return 0 if row is None else self.sessions.arrangement.kin(row).below.sessions

    @on(SessionList.MarkClicked)
    def _marks_changed(self) -> None:
        self.sessions.paint_changes()
        self.title_list()
        self.refresh_bindings()

    def action_mark(self) -> None:
        """Mark the session and go on; a range that is drawn ends."""
        sessions = self.sessions
        if not sessions.rows:
            return
        if sessions.marked.is_drawing:
            sessions.marked.end(sessions.cursor)
        else:
            sessions.marked.toggle(sessions.cursor)
            sessions.go_on()
        self._marks_changed()

    def action_mark_range(self) -> None:
        """Begin a range, or end it."""
        sessions = self.sessions
        if sessions.marked.is_drawing:
            sessions.marked.end(sessions.cursor)
        elif sessions.rows:
            sessions.marked.begin(sessions.cursor)
        self._marks_changed()

    def action_mark_all(self) -> None:
        """Mark what is in the list."""
        self.sessions.marked.mark(range(len(self.sessions.rows)))
        self._marks_changed()

    def action_mark_others(self) -> None:
        """Mark what is not marked."""
        self.sessions.marked.invert()
        self._marks_changed()

    def action_unmark(self) -> None:
        """Take all marks away."""
        self.sessions.marked.clear()
        self._marks_changed()

    def take_marks_away(self) -> bool:
        """Take the range away, or else the marks; whether there was anything."""
        taken = self.sessions.marked.give_up()
        if taken:
            self._marks_changed()
        return taken

    # -- order and groups ------------------------------------------------------------------

    def action_sort(self) -> None:
        """The next order."""
        self._order_by(self._loader.order.next(self._loader.query))

    @on(SessionList.OrderClicked)
    def action_reverse(self) -> None:
        """The same order from its other end."""
        order = self._loader.order
        self._order_by(order.replace(reverse=not order.reverse))

    def _sort_by(self, sort: ListSort) -> None:
        self._order_by(ListOrder(sort))

    action_sort_activity = partialmethod(_sort_by, ListSort.ACTIVITY)
    action_sort_created = partialmethod(_sort_by, ListSort.CREATED)
    action_sort_title = partialmethod(_sort_by, ListSort.TITLE)
    action_sort_messages = partialmethod(_sort_by, ListSort.MESSAGES)
    action_sort_size = partialmethod(_sort_by, ListSort.SIZE)
    action_sort_store = partialmethod(_sort_by, ListSort.STORE)
    action_sort_agent = partialmethod(_sort_by, ListSort.AGENT)

    def _order_by(self, order: ListOrder) -> None:
        self._loader.order = order
        self.bench.view_state.set("sort", "" if order.key is None else order.key.value)
        self.bench.view_state.set("reverse", order.reverse)
        self._arrange_anew()

    def action_next_grouping(self) -> None:
        """The next grouping."""
        self._group_by(next_grouping(self._loader.grouping))

    def _group_by(self, grouping: Grouping) -> None:
        self._loader.grouping = grouping
        self.bench.view_state.set("grouping", grouping.value)
        self._arrange_anew()

    action_group_by_state = partialmethod(_group_by, Grouping.STATE)
    action_group_by_day = partialmethod(_group_by, Grouping.DAY)
    action_group_by_workspace = partialmethod(_group_by, Grouping.WORKSPACE)
    action_group_by_store = partialmethod(_group_by, Grouping.STORE)
    action_group_by_agent = partialmethod(_group_by, Grouping.AGENT)
    action_group_by_none = partialmethod(_group_by, Grouping.NONE)

    def _arrange_anew(self) -> None:
        # Whoever has not chosen a session yet sees what comes first now.
        self._loader.load(to_top=self.sessions.cursor == 0)

    def _group_key(self, number: int) -> str:
        keys = keys_of(f"group_{number}", self.bench.keymap)
        return key_words(keys[0]) if keys else ""

    def _go_to_group(self, number: int) -> None:
        sessions = self.sessions
        self.set_focus(sessions)
        if sessions.go_to_group(number):
            return
        loader = self._loader
        grouping = effective_grouping(loader.grouping, loader.order, loader.query)
        if grouping is Grouping.STATE:
            self.tell(TRIAGE[number - 1][2])
        elif grouping is Grouping.NONE:
            key = self.key_of("next_grouping")
            self.tell(f"there are no groups now. Press {key} to group the list")
        else:
            self.tell(f"there is no group {number}")

    action_group_1 = partialmethod(_go_to_group, 1)
    action_group_2 = partialmethod(_go_to_group, 2)
    action_group_3 = partialmethod(_go_to_group, 3)
    action_group_4 = partialmethod(_go_to_group, 4)
    action_group_5 = partialmethod(_go_to_group, 5)

    def action_density(self) -> None:
        """The other density."""
        compact = self.sessions.density is Density.COMPACT
        density = Density.COMFORTABLE if compact else Density.COMPACT
        self.sessions.density = density
        self.bench.view_state.set("density", density.value)

    # -- families --------------------------------------------------------------------------

    def action_unfold_family(self) -> None:
        """Show what is below the session."""
        self.sessions.unfold()
        self.title_list()
        self.refresh_footer()

    def action_fold_family(self) -> None:
        """Fold away what is below the session."""
        self.sessions.fold()
        self.title_list()
        self.refresh_footer()


def _chosen(kind: type[_Choice], value: str) -> _Choice | None:
    """What was chosen in an earlier run; None for what is not known here."""
    return kind(value) if value in list(kind) else None
