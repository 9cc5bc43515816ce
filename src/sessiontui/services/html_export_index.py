"""The page that leads to the pages of several sessions beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sessiontui.domain.session import Session
from sessiontui.domain.verdict import VerdictStatus
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.html_export_frame import (
    page_closing,
    page_opening,
    prompt_words,
    time_html,
)
from sessiontui.services.html_export_text import safe_line
from sessiontui.services.transcript import CAUTION, Transcript

_LONGEST_TITLE = 200
_LONGEST_FACT = 80
_LONGEST_PROMPT = 160


@dataclass(frozen=True)
class IndexEntry:
    """One session as the index shows it; `name` is the file name of its page."""

    name: str
    session: Session
    status: VerdictStatus
    messages: int
    prompt: str
    masked: bool

    @classmethod
    def of(cls, transcript: Transcript, name: str) -> IndexEntry:
        """What is kept of a transcript whose page was written."""
        session = transcript.session
        first = next((message for message in transcript.messages if message.human), None)
        count = session.message_count
        return cls(
            name,
            session,
            transcript.verdict.status,
            len(transcript.messages) if count is None else count,
            "" if first is None else prompt_words(first),
            transcript.masked is not None,
        )


def html_index(entries: Sequence[IndexEntry]) -> Iterator[str]:
    """The page in pieces, in the order of the entries."""
    title = count_words(len(entries), "session")
    yield from page_opening(title, with_transcript=False)
    yield f'<div class="session"><main>\n<header class="head"><h1>{title}</h1>\n'
    if any(entry.masked for entry in entries):
        yield f'<p class="notice">what was recognised as a secret is masked; {CAUTION}</p>\n'
    yield '</header>\n<ol class="index">\n'
    for entry in entries:
        yield from _entry(entry)
    yield '</ol>\n<footer class="quiet">written by sessiontui</footer>\n</main></div>\n'
    yield from page_closing()


def _entry(entry: IndexEntry) -> Iterator[str]:
    session, status = entry.session, entry.status.value
    title = safe_line(session.display_title, _LONGEST_TITLE)
    yield (
        f'<li><p class="status {status}"><b>{status}</b></p>'
        f'<h2 dir="auto"><a href="{quote(entry.name)}">{title}</a></h2>'
    )
    prompt = safe_line(entry.prompt, _LONGEST_PROMPT)
    if prompt and prompt != title:
        yield f'<p dir="auto">{prompt}</p>'
    yield f'<p class="quiet">{" · ".join(_facts(entry))}</p></li>\n'


def _facts(entry: IndexEntry) -> Iterator[str]:
    session = entry.session
    at = session.last_activity or session.created_at
    if at is not None:
        yield time_html(at, with_day=True)
    place = session.workspace or session.channel or session.repo
    known = (session.format, session.agent, session.model, None if place is None else str(place))
    yield from (safe_line(fact, _LONGEST_FACT) for fact in known if fact)
    yield count_words(entry.messages, "message")
    if session.size_bytes is not None:
        yield size_words(session.size_bytes)
