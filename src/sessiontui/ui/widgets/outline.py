"""The outline of a transcript: one row for every prompt, a thin divider where it was cut."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from sessiontui.ui.steps import Step
from sessiontui.ui.widgets.cell_text import fit
from sessiontui.ui.widgets.landmarks import Landmark, Landmarks

_BAR, _CURSOR, _NO_BAR = "▌ ", "› ", "  "
_MARGIN = 2
"""Rows that stay between the prompt being read and the edges, where there is room."""


class Outline(ScrollView, can_focus=True, inherit_bindings=False):
    """Landmarks in, `Chosen` out; of many thousands only the rows on the screen are made."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outline--prompt",
        "outline--current",
        "outline--chosen",
        "outline--break",
        "outline--notice",
    }
    ALLOW_SELECT = False
    """A click goes to a prompt; a hand that slips meanwhile selects nothing."""

    current: reactive[int | None] = reactive(None)
    """The number of the landmark that is being read."""
    chosen: reactive[int] = reactive(0)
    """The number of the landmark at the cursor."""

    class Chosen(Message):
        """Somebody wants to go to a message, given by its position."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(
        self,
        *,
        notice: str = "nobody has typed anything",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        self._styles_known: dict[str, Style] = {}
        super().__init__(id=id, classes=classes)
        self._landmarks = Landmarks()
        self._notice = notice
        self.always_choosing = False
        """Whether the cursor is shown without the focus: another widget moves it."""

    @property
    def _is_choosing(self) -> bool:
        return self.always_choosing or self.has_focus

    def show(self, landmarks: Landmarks, current: int | None) -> None:
        """Show other landmarks, or more of the same."""
        self._landmarks = landmarks
        self._measure()
        self.current = current
        self.chosen = min(self.chosen, max(0, len(landmarks) - 1))
        self.refresh()

    def _measure(self) -> None:
        size = Size(self.scrollable_content_region.width, len(self._landmarks))
        if self.display:
            self.virtual_size = size
        else:
            # It is measured again when it is shown; nothing around it needs a new layout now.
            self.set_reactive(Widget.virtual_size, size)

    def on_resize(self) -> None:
        """Show the prompt being read in the new height, too."""
        self._measure()
        self._bring_into_view(self.chosen if self._is_choosing else self.current)

    def watch_current(self, current: int | None) -> None:
        """Keep what is being read in view; somebody who chooses is not disturbed."""
        if current is not None and not self._is_choosing:
            self.chosen = current
            self._bring_into_view(current)

    def watch_chosen(self, chosen: int) -> None:
        """Keep the cursor in view."""
        self._bring_into_view(chosen)

    def _bring_into_view(self, number: int | None) -> None:
        height = self.scrollable_content_region.height
        if number is None or not height:
            return
        margin = min(_MARGIN, (height - 1) // 2)
        top = self.scroll_offset.y
        top = min(max(top, number + margin - height + 1), number - margin)
        self.scroll_to(y=max(0, top), animate=False, force=True, immediate=True)

    # -- choosing --------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Move the cursor."""
        page = max(1, self.scrollable_content_region.height - 1)
        moves = {
            Step.DOWN: 1,
            Step.UP: -1,
            Step.PAGE_DOWN: page,
            Step.PAGE_UP: -page,
            Step.FIRST: -len(self._landmarks),
            Step.LAST: len(self._landmarks),
        }
        wanted = self.chosen + moves[step]
        self.chosen = max(0, min(wanted, len(self._landmarks) - 1))

    def choose(self) -> None:
        """Go to the landmark at the cursor."""
        if self._landmarks:
            self.post_message(self.Chosen(self._landmarks[self.chosen].position))

    def on_click(self, event: events.Click) -> None:
        """Go to the landmark that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        number = self.scroll_offset.y + offset.y
        if number < len(self._landmarks):
            self.chosen = number
            self.choose()

    # -- painting --------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """One landmark."""
        width = self.scrollable_content_region.width
        number = self.scroll_offset.y + y
        if not self._landmarks and not y:
            text, style = fit(self._notice, width), self._style("notice")
        elif number >= len(self._landmarks):
            return Strip.blank(self.size.width, self._style(""))
        else:
            text, style = self._line(number, self._landmarks[number], width)
        strip = Strip([Segment(text, style)])
        return strip.crop_extend(0, self.size.width, None).apply_style(self._style(""))

    def _line(self, number: int, landmark: Landmark, width: int) -> tuple[str, Style]:
        if self._is_choosing and number == self.chosen:
            look, bar = "chosen", _CURSOR
        elif number == self.current:
            look, bar = "current", _BAR
        else:
            look, bar = "break" if landmark.is_break else "prompt", _NO_BAR
        if landmark.is_break:
            words = f"{bar}── {landmark.words} "
            text = words + "─" * max(0, width - cell_len(words) - 2)
        else:
            text = bar + landmark.words
        return fit(text, width), self._style(look)

    def _style(self, part: str) -> Style:
        """The style of a part, or of the widget; looked up once until the styles change."""
        if part not in self._styles_known:
            self._styles_known[part] = (
                self.get_component_rich_style(f"outline--{part}", partial=True)
                if part
                else self.rich_style
            )
        return self._styles_known[part]

    def notify_style_update(self) -> None:
        """Take new colours at the next painting."""
        super().notify_style_update()
        self._styles_known.clear()
