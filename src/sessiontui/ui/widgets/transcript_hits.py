"""The hits of a transcript: walked with the keys, and marked on the scroll bar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from functools import partial
from typing import Any, NamedTuple

from textual.message import Message as TextualMessage

from sessiontui.domain.value import PlainValue
from sessiontui.ui.widgets.hit_walk import HitWalk
from sessiontui.ui.widgets.marked_scroll_bar import MarkedScrollBar, cells_holding
from sessiontui.ui.widgets.message_renderer import RenderedMessage
from sessiontui.ui.widgets.rendered_transcript import RenderedTranscript
from sessiontui.ui.widgets.term_marks import TermFinder
from sessiontui.ui.widgets.transcript_reader import TranscriptReader
from sessiontui.ui.widgets.transcript_rows import Place

_TOGETHER_LINES = 3
"""Words so near to each other count as standing together."""
_MOST_COMPARED = 1_000
_HIT_MARGIN = 3
"""Rows that stay between a hit and the edges of the view."""
_FULL_BAR = 2
"""Prompts are marked on no more than one of so many cells of the scroll bar."""


class Listed(NamedTuple):
    """What a session was found by, and the indices of the messages that hold it."""

    finder: TermFinder
    hits: tuple[int, ...]


class Spot(PlainValue):
    """Where a reader is: the line at the top and the cursor, by index, and the current hit."""

    top: int
    line: int
    cursor: int
    hit: int | None


class TranscriptHits(TranscriptReader, can_focus=True, inherit_bindings=False):
    """A transcript in which something is looked for."""

    class HitChanged(TextualMessage, namespace="transcript_view"):
        """Another hit is the current one: `position` counts from 1, 0 means none yet."""

        def __init__(self, view: TranscriptHits, position: int, total: int) -> None:
            super().__init__()
            self.view = view
            self.position = position
            self.total = total

        @property
        def control(self) -> TranscriptHits:
            """The view."""
            return self.view

    def __init__(
        self,
        *,
        compact: bool = False,
        zone: tzinfo | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(compact=compact, zone=zone, id=id, classes=classes)
        self._hits = HitWalk()
        self._listed: Listed | None = None
        self._hit_shown: tuple[int, int] | None = None
        self._hit_known: Place | None = None
        """Where the current hit stood when it was looked at last."""
        self._sees_hit = False
        self._marked: tuple[set[int], set[int]] = set(), set()
        """The cells of the scroll bar that were marked when it was painted last."""

    # -- which there are --------------------------------------------------------------------

    def _set_hits(self, indices: Iterable[int]) -> None:
        self._hit_shown = self._hit_known = None
        flow = None if self._transcript is None else self._transcript.flow
        self._hits = HitWalk(() if flow is None else flow.hosts_of(indices))

    def _change_hits(self, indices: Iterable[int]) -> None:
        """Take other hits; the current one stays while it is among them."""
        position, shown = self._hits.position, self._hit_shown
        self._set_hits(indices)
        if position is not None and self._hits.choose(position):
            self._hit_shown = shown

    # -- looking for something else ---------------------------------------------------------

    @property
    def is_looking(self) -> bool:
        """Whether something else is looked for than what the session was found by."""
        return self._listed is not None

    def look_for(
        self, finder: TermFinder, indices: Iterable[int], *, start: int | None = None
    ) -> None:
        """Mark something else, found in the messages of some indices.

        The first hit from the message of index `start` on becomes the current one, round and
        round; None lets the current one stay, for what was found anew.
        """
        transcript = self._transcript
        if transcript is None:
            return
        if self._listed is None:
            self._listed = Listed(transcript.finder, self._hit_indices)
        transcript.set_finder(finder)
        if start is None:
            self._change_hits(indices)
        else:
            transcript.fold_revealed()
            self._set_hits(indices)
            position = self._hits.step(1, transcript.position_for(start))
            if position is not None:
                self._go_to_hit(position, 1)
        self.paint_changes()
        self._tell_hit()

    def stop_looking(self) -> None:
        """Mark again what the session was found by; nothing moves but what was unfolded for it."""
        transcript, listed, self._listed = self._transcript, self._listed, None
        if transcript is None or listed is None:
            return
        with self._holding(self._cursor_place()):
            transcript.fold_revealed()
            transcript.set_finder(listed.finder)
            self._set_hits(listed.hits)
        self._stand_on(transcript.shown_for(self._cursor))
        self._tell_hit()

    @property
    def spot(self) -> Spot | None:
        """Where the reader is now; None when nothing is shown."""
        transcript = self._transcript
        if transcript is None:
            return None
        index_at, hit = transcript.flow.index_at, self._hits.position
        return Spot(
            index_at(self._place.position),
            self._place.line,
            index_at(self._cursor),
            None if hit is None else index_at(hit),
        )

    def return_to(self, spot: Spot) -> None:
        """Show again what was shown at a spot."""
        transcript = self._transcript
        if transcript is None:
            return
        if spot.hit is not None:
            self._hits.choose(transcript.position_for(spot.hit))
            self._tell_hit()
        self._show_place(Place(transcript.position_for(spot.top), spot.line))
        self._stand_on(transcript.position_for(spot.cursor))

    def _listed_hits(self, indices: tuple[int, ...] | None) -> tuple[int, ...] | None:
        """What to do with the hits of the query: kept for later while something else is marked."""
        if self._listed is not None and indices is not None:
            self._listed = self._listed._replace(hits=indices)
            return None
        return indices

    @property
    def _hit_indices(self) -> tuple[int, ...]:
        if self._transcript is None:
            return ()
        return tuple(map(self._transcript.flow.index_at, self._hits))

    def _tell_hit(self) -> None:
        self._paint_marks()
        self.post_message(self.HitChanged(self, self._hits.number, len(self._hits)))

    @property
    def _hit_place(self) -> Place | None:
        """The line of the current hit, wherever folds and widths have put it."""
        if self._transcript is None or self._hit_shown is None:
            return None
        position, number = self._hit_shown
        rendered = self._transcript.rendered(position)
        lines = rendered.hit_lines
        line = lines[min(number, len(lines) - 1)] if lines else rendered.gap
        self._hit_known = Place(position, line)
        return self._hit_known

    def _is_current_hit(self, place: Place) -> bool:
        shown = self._hit_shown
        return shown is not None and shown[0] == place.position and place == self._hit_place

    def action_next_hit(self) -> None:
        """Go to the next hit, round and round."""
        self._walk_hits(1)

    def action_previous_hit(self) -> None:
        """Go to the previous hit, round and round."""
        self._walk_hits(-1)

    def _walk_hits(self, direction: int) -> None:
        if self._walk_inside(direction):
            return
        position = self._hits.step(direction, self._cursor)
        if position is not None:
            self._go_to_hit(position, direction)
            self._tell_hit()

    def _walk_inside(self, direction: int) -> bool:
        """Go on inside a long message, to a line with hits that is not in view."""
        if self._transcript is None or self._hit_shown is None:
            return False
        position, current = self._hit_shown
        lines = self._transcript.rendered(position).hit_lines
        beyond = range(current + direction, len(lines) if direction > 0 else -1, direction)
        for number in beyond:
            if self._screen_row(Place(position, lines[number])) is None:
                self._show_hit(position, number, direction)
                return True
        return False

    def _go_to_hit(self, position: int, direction: int) -> None:
        transcript = self._transcript
        assert transcript is not None
        transcript.fold_revealed()
        if transcript.is_ready(position):
            lines = self._revealed(position).hit_lines
            self._show_hit(position, 0 if direction > 0 else max(0, len(lines) - 1), direction)
            return
        if transcript.shown_for(position) != position:
            transcript.reveal(position)
        self._show_hit(position, 0, direction)
        needs = transcript.needs(position)
        self._postpone(needs, partial(self._go_to_hit, position, direction))

    def _go_to_best_hit(self, position: int) -> None:
        """Go to the lines of a message in which most of what is looked for stands together."""
        assert self._transcript is not None
        rendered, finder = self._revealed(position), self._transcript.finder

        def conditions_met(number: int) -> int:
            line = rendered.hit_lines[number]
            end = min(line + _TOGETHER_LINES, rendered.height)
            return len(finder.groups_in("\n".join(map(rendered.text, range(line, end)))))

        candidates = range(min(len(rendered.hit_lines), _MOST_COMPARED))
        several = finder.group_count > 1 and candidates
        self._show_hit(position, max(candidates, key=conditions_met) if several else 0, 1)

    def _revealed(self, position: int) -> RenderedMessage:
        assert self._transcript is not None
        self._transcript.reveal_terms(position)
        self._transcript.rows.exact(position)
        return self._transcript.rendered(position)

    def _show_hit(self, position: int, number: int, direction: int) -> None:
        self._hit_shown = position, number
        place = self._hit_place
        assert place is not None
        row = self._screen_row(place)
        margin = min(_HIT_MARGIN, self._page // 4)
        if row is None or not margin <= row < self._page - margin:
            self._show_place_at(place, self._page // 3)
            self._settled(direction)
        else:
            self._show_place(self._place)
        self._stand_on(place.position)

    # -- the scroll bar ---------------------------------------------------------------------

    def on_mount(self) -> None:
        """Mark hits and prompts in the scroll bar."""
        # The renderer may be set per bar, which is not in its annotation.
        self.vertical_scrollbar.renderer = self._marked_bar  # type: ignore[misc, assignment]

    def _marked_bar(self, **options: Any) -> MarkedScrollBar:
        colours = self._look.colours
        return MarkedScrollBar(
            self._marked_cells, (colours.prompt_mark.color, colours.current_hit.bgcolor), **options
        )

    def _marked_cells(self, cells: int) -> tuple[set[int], set[int]]:
        self._marked = self._cells_to_mark(cells)
        return self._marked

    def _paint_marks(self) -> None:
        """Paint the bar anew where other cells are to be marked: Textual only moves its handle."""
        bar = self.vertical_scrollbar
        if bar.size.height and self._cells_to_mark(bar.size.height) != self._marked:
            bar.refresh()

    def _cells_to_mark(self, cells: int) -> tuple[set[int], set[int]]:
        """Where prompts and hits stand on a scroll bar of so many cells.

        Prompts so many that they would fill the bar say nothing, and are left out.
        """
        transcript = self._transcript
        if transcript is None or not transcript.rows.total:
            return set(), set()
        rows = transcript.rows
        starts = [rows.place_at(cell * rows.total // cells) for cell in range(cells)]
        # The message a cell begins in belongs to the cell before, unless it begins there, too.
        bounds = [start.position + bool(start.line) for start in starts]
        prompts = cells_holding(self._prompts, bounds)
        if len(prompts) * _FULL_BAR > cells:
            prompts = set()
        # A mark is not worth laying out a message that nobody sees.
        current, place = self._hits.position, self._hit_known
        hits = cells_holding(self._hits.others, bounds)
        if current is not None:
            # A message may be long: of the current hit it is known where in it that stands.
            hits.add(rows.row_of(place or Place(current, 0)) * cells // rows.total)
        return prompts, hits

    # -- staying with them -----------------------------------------------------------------

    def _lay_out_again(self, transcript: RenderedTranscript) -> None:
        saw_hit = self._sees_hit
        super()._lay_out_again(transcript)
        if saw_hit and not self._is_hit_in_view() and (place := self._hit_place) is not None:
            self._show_place_at(place, self._page // 3)

    def _is_hit_in_view(self) -> bool:
        first, last = self._visible()
        if self._hit_shown is None or not first <= self._hit_shown[0] <= last:
            return False
        place = self._hit_place
        return place is not None and self._screen_row(place) is not None

    def _settled(self, direction: int) -> None:
        super()._settled(direction)
        self._sees_hit = self._is_hit_in_view()
        self._paint_marks()
