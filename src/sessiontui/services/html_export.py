"""A transcript as one page of HTML that needs nothing else: no script, no network, no fonts.

The page forbids by its own policy whatever it does not bring along; the policy names its style and
its script by their hashes, so that nothing else could run even if it got in.
"""

from __future__ import annotations

import html
import shlex
from collections.abc import Iterable, Iterator, Sequence

from sessiontui.domain.conversation import Speaker
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session
from sessiontui.domain.words import count_words, size_words, token_words
from sessiontui.services.html_export_blocks import entry_html
from sessiontui.services.html_export_flow import Turn, turns
from sessiontui.services.html_export_frame import (
    page_closing,
    page_opening,
    prompt_words,
    time_html,
)
from sessiontui.services.html_export_text import safe_line
from sessiontui.services.transcript import CAUTION, Transcript, masked_words

_LONGEST_TITLE = 300
_LONGEST_NAME = 40
_LONGEST_PROMPT = 64
_CLASSES = {
    Speaker.YOU: "you",
    Speaker.USER: "user",
    Speaker.AGENT: "agent",
    Speaker.TOOL: "tools",
    Speaker.SYSTEM: "apart",
    Speaker.OTHER: "apart",
}


def html_page(transcripts: Iterable[Transcript], *, several: bool = False) -> Iterator[str]:
    """The page in pieces, one section for each transcript; nothing when there is none."""
    number = 0
    for transcript in transcripts:
        number += 1
        if number == 1:
            title = "sessions" if several else transcript.session.display_title
            yield from page_opening(title)
        yield from _section(transcript, f"s{number}-" if several else "")
        del transcript  # before the next one is read
    if number:
        yield from page_closing()


# -- one session ---------------------------------------------------------------------------


def _section(transcript: Transcript, prefix: str) -> Iterator[str]:
    shown = list(turns(transcript.messages))
    yield f'<div class="session" id="{prefix}top">\n'
    yield from _outline(shown, prefix)
    yield "<main>\n"
    yield from _header(transcript)
    if not shown:
        yield '<p class="quiet">There is no message in this session.</p>\n'
    agent = transcript.session.agent
    for turn in shown:
        yield from _turn(turn, agent, prefix)
    yield '<footer class="quiet">written by sessiontui</footer>\n'
    yield "</main>\n</div>\n"


def _outline(shown: Sequence[Turn], prefix: str) -> Iterator[str]:
    prompts = [entry for turn in shown if turn.speaker is Speaker.YOU for entry in turn.entries]
    if not prompts:
        return
    yield (
        f'<nav class="outline" aria-label="Prompts">'
        f'<input type="checkbox" id="{prefix}outline" class="fold">'
        f'<label for="{prefix}outline">{count_words(len(prompts), "prompt")}</label>\n<ol>\n'
    )
    for entry in prompts:
        index = entry.message.index
        text = safe_line(prompt_words(entry.message), _LONGEST_PROMPT) or "(no text)"
        yield f'<li><a href="#{prefix}m{index}" dir="auto">{text}</a></li>\n'
    yield "</ol>\n</nav>\n"


def _header(transcript: Transcript) -> Iterator[str]:
    session, status = transcript.session, transcript.verdict.status.value
    evidence = safe_line("; ".join(transcript.verdict.evidence))
    yield (
        f'<header class="head">\n<p class="status {status}"><b>{status}</b>'
        f' <span class="quiet">{evidence}</span></p>\n'
        f'<h1 dir="auto">{safe_line(session.display_title, _LONGEST_TITLE)}</h1>\n<dl>\n'
    )
    for name, value in (*_facts(session), *_counts(transcript)):
        yield f"<div><dt>{name}</dt><dd>{value}</dd></div>\n"
    yield "</dl>\n"
    if session.problem:
        yield (
            '<div class="damaged"><p><b>damaged</b></p>'
            f'<p dir="auto">{safe_line(session.problem)}</p></div>\n'
        )
    if transcript.masked is not None:
        words = safe_line(masked_words(transcript.masked))
        yield f'<p class="notice">{words}; {html.escape(CAUTION)}</p>\n'
    yield "</header>\n"


def _facts(session: Session) -> Iterator[tuple[str, str]]:
    """Names, and values as HTML."""
    places = (
        ("store", session.format),
        ("agent", session.agent),
        ("model", session.model),
        ("folder", None if session.workspace is None else str(session.workspace)),
        ("repo", session.repo),
        ("branch", session.branch),
        ("channel", session.channel),
        ("room", session.room),
        ("sender", session.sender),
        ("spawned by", None if session.parent is None else str(session.parent)),
    )
    yield from ((name, safe_line(value)) for name, value in places if value)
    for name, at in (("created", session.created_at), ("last activity", session.last_activity)):
        if at is not None:
            yield name, time_html(at, with_day=True)


def _counts(transcript: Transcript) -> Iterator[tuple[str, str]]:
    session = transcript.session
    count = session.message_count
    known = [count_words(len(transcript.messages) if count is None else count, "message")]
    prompts = sum(message.human for message in transcript.messages)
    if prompts:
        known.append(count_words(prompts, "prompt"))
    calls, failed = _calls(transcript.messages)
    if calls:
        known.append(count_words(calls, "tool call") + (f" ({failed:,} failed)" if failed else ""))
    if session.tokens:
        known.append(count_words(session.tokens, "token"))
    if session.size_bytes is not None:
        known.append(size_words(session.size_bytes))
    yield "size", " · ".join(known)
    yield "session", f"<code>{safe_line(str(session.ref))}</code>"
    if transcript.resume is not None:
        words = safe_line(shlex.join(transcript.resume.arguments))
        yield "resume with", f"<code>{words}</code>"


def _calls(messages: Sequence[Message]) -> tuple[int, int]:
    calls = failed = 0
    for message in messages:
        for block in message.blocks:
            calls += block.kind == "tool_call"
            failed += block.kind == "tool_result" and block.is_error is True
    return calls, failed


def _turn(turn: Turn, agent: str | None, prefix: str) -> Iterator[str]:
    yield f'<section class="turn {_CLASSES[turn.speaker]}">\n'
    if turn.speaker not in (Speaker.SYSTEM, Speaker.OTHER):
        yield from _turn_head(turn, agent, prefix)
    for entry in turn.entries:
        yield f'<div class="message" id="{prefix}m{entry.message.index}">'
        yield from entry_html(entry)
        yield "</div>\n"
    yield "</section>\n"


def _turn_head(turn: Turn, agent: str | None, prefix: str) -> Iterator[str]:
    first = turn.entries[0].message
    you = turn.speaker is Speaker.YOU
    name = None if you else turn.author or (agent if turn.speaker is Speaker.AGENT else None)
    facts = [safe_line(turn.author, _LONGEST_NAME)] if you and turn.author else []
    if turn.model:
        facts.append(safe_line(turn.model, _LONGEST_NAME))
    if first.created_at is not None:
        facts.append(time_html(first.created_at, with_day=turn.new_day))
    if tokens := sum(entry.message.tokens or 0 for entry in turn.entries):
        facts.append(token_words(tokens))
    facts.append(f'<a class="permalink" href="#{prefix}m{first.index}">{first.index}</a>')
    yield (
        f'<header><h2 dir="auto">{safe_line(name or turn.speaker.value, _LONGEST_NAME)}</h2>'
        f' <span class="quiet">{" · ".join(facts)}</span></header>\n'
    )
