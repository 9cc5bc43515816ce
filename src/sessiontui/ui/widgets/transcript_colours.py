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

    you: Style
    agent: Style
    tool_speaker: Style
    other: Style
    dim: Style
    tool: Style
    argument: Style
    output: Style
    error: Style
    thinking: Style
    system: Style
    divider: Style
    damaged: Style
    media: Style
    added: Style
    removed: Style
    heading: Style
    quote: Style
    link: Style
    inline_code: Style
    code: Style
    code_keyword: Style
    code_string: Style
    code_number: Style
    code_name: Style
    code_comment: Style
    hit: Style
    current_hit: Style
    cursor: Style
    cursor_blurred: Style
    done: Style
    doing: Style
    marker: Style
    prompt_mark: Style
    notice_title: Style
    notice_hint: Style

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


DEFAULT_CSS = """
TranscriptView {
    height: 1fr;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-gutter: stable;
    scrollbar-size-vertical: 1;
    background: $background;
    color: $foreground;

    & > .transcript--you { color: $text-primary; text-style: bold; }
    & > .transcript--agent { color: $text-success; text-style: bold; }
    & > .transcript--tool-speaker { color: $text-secondary; text-style: bold; }
    & > .transcript--other { color: $foreground; text-style: bold; }
    & > .transcript--dim { color: $foreground 55%; }
    & > .transcript--tool { color: $text-secondary; text-style: bold; }
    & > .transcript--argument { color: $foreground 85%; }
    & > .transcript--output { color: $foreground 70%; }
    & > .transcript--error { color: $text-error; }
    & > .transcript--thinking { color: $foreground 60%; text-style: italic; }
    & > .transcript--system { color: $foreground 60%; }
    & > .transcript--divider { color: $foreground 25%; }
    & > .transcript--damaged { color: $text-warning; }
    & > .transcript--media { color: $text-secondary; }
    & > .transcript--added { color: $text-success; }
    & > .transcript--removed { color: $text-error; }
    & > .transcript--heading { text-style: bold; }
    & > .transcript--quote { color: $foreground 70%; }
    & > .transcript--link { text-style: underline; }
    & > .transcript--inline-code { color: $text-secondary; }
    & > .transcript--code { background: $surface; color: $foreground; }
    & > .transcript--code-keyword { color: $text-primary; }
    & > .transcript--code-string { color: $text-success; }
    & > .transcript--code-number { color: $text-warning; }
    & > .transcript--code-name { color: $text-secondary; }
    & > .transcript--code-comment { color: $foreground 50%; }
    & > .transcript--hit { color: $text; background: $warning 35%; }
    & > .transcript--current-hit { color: $text; background: $warning; text-style: bold; }
    & > .transcript--cursor { color: $primary; }
    & > .transcript--cursor-blurred { color: $foreground 25%; }
    & > .transcript--done { color: $foreground 60%; }
    & > .transcript--doing { color: $text-primary; text-style: bold; }
    & > .transcript--marker { color: $text; background: $primary; }
    & > .transcript--prompt-mark { color: $foreground 55%; }
    & > .transcript--notice-title { color: $foreground; text-style: bold; }
    & > .transcript--notice-hint { color: $foreground 60%; }

    /* Terminal colours cannot be mixed: what is quiet is dim, what is found is black on yellow. */
    &:ansi > .transcript--dim { text-style: dim; }
    &:ansi > .transcript--thinking { text-style: dim italic; }
    &:ansi > .transcript--system { text-style: dim; }
    &:ansi > .transcript--divider { text-style: dim; }
    &:ansi > .transcript--done { text-style: dim; }
    &:ansi > .transcript--cursor-blurred { text-style: dim; }
    &:ansi > .transcript--marker { color: ansi_black; background: ansi_cyan; }
    &:ansi > .transcript--code-comment { text-style: dim; }
    &:ansi > .transcript--notice-hint { text-style: dim; }
    &:ansi > .transcript--hit { color: ansi_black; background: ansi_yellow; }
    &:ansi > .transcript--current-hit { color: ansi_black; background: ansi_bright_yellow; }
}
"""
"""What the view looks like without a style sheet: theme variables only."""
