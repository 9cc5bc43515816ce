"""A transcript as Markdown, for people.

Stored text is hostile in a file too, since files are shown in terminals: it passes `printable`,
and no text of a transcript can end the block it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sessiontui.domain.message import Block, Message
from sessiontui.domain.printable import printable, printable_line
from sessiontui.domain.session import Session
from sessiontui.domain.verdict import Verdict
from sessiontui.domain.words import count_words, size_words, token_words
from sessiontui.services.export_times import stamp_words
from sessiontui.services.json_form import json_text
from sessiontui.services.transcript import CAUTION, Transcript, masked_words

_FENCE_LINE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_TICKS = re.compile(r"`+")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|])")


def transcript_markdown(transcript: Transcript) -> Iterator[str]:
    """A readable document: title, facts, then one section per message. Yields pieces of it."""
    session = transcript.session
    yield f"# {_escaped(session.display_title)}\n\n"
    for name, value in _facts(session, transcript.verdict):
        yield f"- {name}: {_escaped(value)}\n"
    if transcript.masked is not None:
        yield f"- secrets: {masked_words(transcript.masked)}; {CAUTION}\n"
    if session.problem:
        yield f"\n> **Damaged**: {_escaped(session.problem)}\n"
    for message in transcript.messages:
        yield _heading(message)
        if not message.blocks:
            yield "\n*(empty)*\n"
        for block in message.blocks:
            yield "\n" + _block(block) + "\n"


def _facts(session: Session, verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "session", str(session.ref)
    yield "status", verdict.status.value
    places = (
        ("agent", session.agent),
        ("model", session.model),
        ("folder", None if session.workspace is None else str(session.workspace)),
        ("repo", session.repo),
        ("branch", session.branch),
        ("channel", session.channel),
    )
    yield from ((name, value) for name, value in places if value)
    for name, at in (("created", session.created_at), ("last activity", session.last_activity)):
        if at is not None:
            yield name, stamp_words(at)
    if session.message_count is not None:
        yield "size", count_words(session.message_count, "message")
    if session.tokens:
        yield "tokens", f"{session.tokens:,}"


def _heading(message: Message) -> str:
    words = [f"{message.index}. {message.role.value}"]
    if message.author:
        words.append(_escaped(message.author))
    if message.created_at is not None:
        words.append(stamp_words(message.created_at))
    if message.tokens:
        words.append(token_words(message.tokens))
    return f"\n## {' · '.join(words)}\n"


def _block(block: Block) -> str:
    match block.kind:
        case "text":
            return _closed(printable(block.text).strip("\n"))
        case "thinking":
            lines = _closed(printable(block.text).strip("\n")).splitlines()
            return "> *thinking*\n>\n" + "\n".join(f"> {line}".rstrip() for line in lines)
        case "tool_call":
            arguments = block.arguments
            given = "" if arguments is None else "\n\n" + _fenced(_argument_text(arguments), "json")
            return f"**Tool call** {_code(block.name)}{given}"
        case "tool_result":
            ended = {True: " failed", False: " ok", None: ""}[block.is_error]
            return f"**Tool result**{ended}\n\n{_fenced(block.text)}"
        case "media":
            known = [
                _escaped(block.name or "unnamed"),
                _escaped(block.media_type or "unknown type"),
            ]
            if block.size_bytes is not None:
                known.append(size_words(block.size_bytes))
            return f"*Media: {', '.join(known)}*"
        case "damaged":
            told = f"> **Damaged** ({_escaped(block.where)}): {_escaped(block.reason)}"
            return f"{told}\n\n{_fenced(block.raw)}"
        case "opaque":
            return f"*{_escaped(block.type_name)}*\n\n" + _fenced(
                json_text(block.data, indent=2), "json"
            )


def _argument_text(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json_text(arguments, indent=2)


def _escaped(text: str) -> str:
    """One line in which nothing is Markdown."""
    return _MARKUP.sub(r"\\\1", printable_line(text))


def _code(text: str) -> str:
    """A code span that its text cannot end."""
    line = printable_line(text)
    longest = max((len(found) for found in _TICKS.findall(line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def _fenced(text: str, language: str = "") -> str:
    """A code block with a fence longer than any run of backticks in the text."""
    shown = printable(text).rstrip("\n")
    longest = max((len(found) for found in _TICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _closed(text: str) -> str:
    """Prose with its code blocks closed, so that it ends with its message."""
    opened = ""
    for line in text.splitlines():
        found = _FENCE_LINE.fullmatch(line)
        if not found:
            continue
        fence, rest = found.groups()
        if not opened:
            # A backtick fence whose info text holds backticks is inline code, not a fence.
            if fence[0] == "~" or "`" not in rest:
                opened = fence
        elif fence[0] == opened[0] and len(fence) >= len(opened) and not rest.strip():
            opened = ""
    return f"{text}\n{opened}" if opened else text
