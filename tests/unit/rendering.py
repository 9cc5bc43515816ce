"""Rendering single messages without an app, for tests."""

from __future__ import annotations

from datetime import UTC

from sessiontui.domain.conversation import PairedResult
from sessiontui.domain.message import Block, Role, ToolResultBlock
from sessiontui.ui.widgets.folding import Fold, Folding
from sessiontui.ui.widgets.message_flow import Setting
from sessiontui.ui.widgets.message_renderer import MessageRenderer, RenderedMessage
from sessiontui.ui.widgets.term_marks import TermFinder
from tests.transcripts import message, sample_colours

COLOURS = sample_colours()
RENDERER = MessageRenderer(COLOURS, agent="scout", zone=UTC)


def lines_of(rendered: RenderedMessage) -> list[str]:
    return [rendered.text(line) for line in range(rendered.height)]


def render(
    *blocks: Block | str,
    role: Role = Role.ASSISTANT,
    width: int = 80,
    results: dict[int, ToolResultBlock] | None = None,
    seconds: float | None = None,
    starts_turn: bool = False,
    folding: Folding | None = None,
    terms: tuple[str, ...] = (),
) -> RenderedMessage:
    """One message without a heading, unless asked for."""
    paired = tuple((o, PairedResult(block, seconds)) for o, block in (results or {}).items())
    return RENDERER.render(
        message(0, role, *blocks),
        width,
        Setting(starts_turn=starts_turn, results=paired),
        folding=folding,
        finder=TermFinder.of_words(terms),
    )


def shown(*blocks: Block | str, **options: object) -> list[str]:
    """The lines of one message."""
    return lines_of(render(*blocks, **options))  # type: ignore[arg-type]


def opened(**chosen: Fold) -> Folding:
    """A folding in which blocks are as named: `b0=Fold.OPEN`."""
    return Folding(chosen={int(name[1:]): fold for name, fold in chosen.items()})
