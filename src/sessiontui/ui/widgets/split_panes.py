"""Two panes side by side, or one above the other, and the border between them that can be moved."""

from __future__ import annotations

from textual import events
from textual.containers import Container
from textual.geometry import Offset
from textual.message import Message

LEAST, MOST, STEP = 20, 80, 5
"""Percent of the room that the first pane has at least and at most, and of one step by key."""


class SplitPanes(Container):
    """Divides the room between its first two children; `share` is the first one's, in percent.

    They stand below each other while the container's layout is vertical. The border is dragged with
    the mouse, a double click on it gives both the same; `move` moves it by a step.
    """

    class Moved(Message):
        """The border was moved, and let go."""

        def __init__(self, share: int) -> None:
            super().__init__()
            self.share = share

    def __init__(self, share: int, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.share = share
        self._grabbed = False

    def on_mount(self) -> None:
        """Divide the room."""
        self._divide()

    def on_resize(self) -> None:
        """The panes may stand otherwise now."""
        self._divide()

    @property
    def is_vertical(self) -> bool:
        """Whether the panes stand below each other."""
        return self.styles.layout is not None and self.styles.layout.name == "vertical"

    @property
    def is_split(self) -> bool:
        """Whether both panes are shown."""
        return len(self.displayed_children) > 1

    def move(self, steps: int) -> None:
        """Make the first pane larger, or smaller, by steps."""
        self._set(self.share + STEP * steps)
        self.post_message(self.Moved(self.share))

    def _set(self, share: int) -> None:
        self.share = max(LEAST, min(MOST, share))
        self._divide()

    def _divide(self) -> None:
        first, *others = self.children
        share = self.share if self.is_split else 100
        if self.is_vertical:
            first.styles.width, first.styles.height = "100%", f"{share}%"
        else:
            first.styles.width, first.styles.height = f"{share}%", "100%"
        for other in others[:1]:
            other.styles.width, other.styles.height = "1fr", "1fr"

    # -- the mouse -------------------------------------------------------------------------

    def _is_border(self, at: Offset) -> bool:
        if not self.is_split:
            return False
        edge = self.displayed_children[0].region
        if self.is_vertical:
            return at.y in {edge.bottom - 1, edge.bottom}
        return at.x in {edge.right - 1, edge.right}

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the border."""
        if event.button == 1 and self._is_border(event.screen_offset):
            event.stop()
            self._grabbed = True
            self.capture_mouse()
            self.add_class("-moving")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move it along."""
        if not self._grabbed:
            return
        event.stop()
        done = event.screen_offset - self.region.offset
        if self.is_vertical:
            share = (done.y + 1) / max(1, self.size.height)
        else:
            share = (done.x + 1) / max(1, self.size.width)
        self._set(round(100 * share))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let it go."""
        if self._grabbed:
            event.stop()
            self._grabbed = False
            self.release_mouse()
            self.remove_class("-moving")
            self.post_message(self.Moved(self.share))

    def on_click(self, event: events.Click) -> None:
        """A double click on the border gives both the same."""
        if event.chain == 2 and self._is_border(event.screen_offset):
            event.stop()
            self._set(50)
            self.post_message(self.Moved(self.share))
