"""Transcripts as readable text; everything stored is made safe to paint."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from sessiontui.cli.prose_lines import prose_lines
from sessiontui.domain.message import Block, Message, Role
from sessiontui.domain.printable import printable, printable_line
from sessiontui.domain.session import Session
from sessiontui.domain.verdict import STATUS_WORDS, Verdict
from sessiontui.domain.words import count_words, size_words, token_words
from sessiontui.services.json_form import json_text

_ROLE_COLOURS = {Role.USER: "cyan", Role.ASSISTANT: "green", Role.TOOL: "blue"}


def header_lines(session: Session, verdict: Verdict, width: int | None = None) -> Iterator[str]:
    """Title and facts of a session, in lines of at most `width` cells where one is given."""
    for line in prose_lines([printable_line(session.display_title)], width):
        yield click.style(line, bold=True)
    yield printable_line(str(session.ref))
    status = STATUS_WORDS[verdict.status]
    facts = [
        status if not verdict.evidence else f"{status}: {', '.join(verdict.evidence)}",
        "" if session.message_count is None else count_words(session.message_count, "message"),
        "" if session.size_bytes is None else size_words(session.size_bytes),
    ]
    yield from prose_lines(["; ".join(printable_line(fact) for fact in facts if fact)], width)
    places = (
        ("agent", session.agent),
        ("model", session.model),
        ("folder", None if session.workspace is None else str(session.workspace)),
        ("repo", session.repo),
        ("branch", session.branch),
        ("channel", session.channel),
        ("room", session.room),
        ("sender", session.sender),
    )
    named = [f"{name} {printable_line(value)}" for name, value in places if value]
    if named:
        yield from prose_lines([", ".join(named)], width)
    if session.problem:
        for line in prose_lines([f"damaged: {printable_line(session.problem)}"], width):
            yield click.style(line, fg="red")


def message_lines(message: Message, width: int | None = None) -> Iterator[str]:
    """One message under a line that says whose it is.

    With a `width` in cells, prose is broken between words; what tools say stays as it is.
    """
    words = [f"#{message.index}", message.role.value]
    if message.author:
        words.append(printable_line(message.author))
    if message.created_at is not None:
        words.append(local_time(message.created_at))
    if message.tokens:
        words.append(token_words(message.tokens))
    yield click.style(" · ".join(words), fg=_ROLE_COLOURS.get(message.role), bold=True)
    for block in message.blocks:
        yield from _block_lines(block, width)


def local_time(at: datetime) -> str:
    """A time as a person's clock shows it."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _block_lines(block: Block, width: int | None) -> Iterator[str]:
    match block.kind:
        case "text":
            yield from prose_lines(_lines(block.text), width)
        case "thinking":
            yield click.style("thinking", dim=True)
            thoughts = prose_lines(_lines(block.text), None if width is None else width - 2)
            yield from (click.style(f"  {line}", dim=True) for line in thoughts)
        case "tool_call":
            yield f"→ {printable_line(block.name)} {_arguments(block.arguments)}".rstrip()
        case "tool_result":
            ended = {True: click.style("failed", fg="red"), False: "ok", None: "result"}
            yield f"← {ended[block.is_error]}"
            yield from (f"  {line}" for line in _lines(block.text))
        case "media":
            size = "" if block.size_bytes is None else size_words(block.size_bytes)
            known = (printable_line(block.media_type or ""), printable_line(block.name or ""), size)
            yield f"[media {', '.join(part for part in known if part) or 'unknown'}]"
        case "damaged":
            where, reason = printable_line(block.where), printable_line(block.reason)
            yield click.style(f"damaged ({where}): {reason}", fg="red")
            yield from (f"  {line}" for line in _lines(block.raw))
        case "opaque":
            yield f"[{printable_line(block.type_name)}] {printable_line(json_text(block.data))}"


def _lines(text: str) -> list[str]:
    return printable(text).rstrip("\n").split("\n")


def _arguments(arguments: object) -> str:
    if arguments is None:
        return ""
    return printable_line(arguments if isinstance(arguments, str) else json_text(arguments))
