"""The colours a transcript is painted with, one per meaning, taken from the theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Self

from rich.style import Style

HIT_META = {"hit": True}
"""Segments of a hit carry this, so that the view can paint the current one differently."""


@dataclass(frozen=True)
class TranscriptColours:
    """Styles by meaning. Each field is a component class of the view: `transcript--you`, ..."""

    you: Style = Style(bold=True, color="cyan")
    agent: Style = Style(bold=True, color="green")
    tool_speaker: Style = Style(bold=True, color="magenta")
    other: Style = Style(bold=True)
    dim: Style = Style(color="bright_black")
    tool: Style = Style(bold=True, color="magenta")
    argument: Style = Style(color="white")
    output: Style = Style(color="white")
    error: Style = Style(color="red")
    thinking: Style = Style(italic=True, color="bright_black")
    system: Style = Style(color="bright_black")
    divider: Style = Style(color="bright_black")
    damaged: Style = Style(color="yellow")
    media: Style = Style(color="cyan")
    added: Style = Style(color="green")
    removed: Style = Style(color="red")
    heading: Style = Style(bold=True)
    quote: Style = Style(color="bright_black")
    link: Style = Style(underline=True)
    inline_code: Style = Style(color="cyan")
    code: Style = Style(bgcolor="black")
    code_keyword: Style = Style(color="magenta")
    code_string: Style = Style(color="green")
    code_number: Style = Style(color="yellow")
    code_name: Style = Style(color="blue")
    code_comment: Style = Style(color="bright_black")
    hit: Style = Style(color="black", bgcolor="yellow")
    current_hit: Style = Style(color="black", bgcolor="bright_yellow", bold=True)
    cursor: Style = Style(color="cyan")
    notice_title: Style = Style(bold=True)
    notice_hint: Style = Style(color="bright_black")

    @classmethod
    def taken_from(cls, style_of: Callable[[str], Style]) -> Self:
        """The colours of a widget; `style_of` gives the style of a component class."""
        return cls(**{field.name: style_of(component_class(field.name)) for field in fields(cls)})

    @property
    def mark(self) -> Style:
        """The style of a hit, recognisable in painted segments."""
        return self.hit + Style(meta=HIT_META)


def component_class(name: str) -> str:
    """The component class of a field."""
    return f"transcript--{name.replace('_', '-')}"


COMPONENT_CLASSES = frozenset(component_class(field.name) for field in fields(TranscriptColours))


def is_hit(style: Style | None) -> bool:
    """Whether a painted segment belongs to a hit."""
    return style is not None and "hit" in style.meta
