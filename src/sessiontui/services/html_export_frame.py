"""What every exported page begins and ends with: its policy, its style, its script, its bar."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files

from sessiontui import __version__
from sessiontui.domain.message import Message
from sessiontui.services.export_times import moment_words
from sessiontui.services.html_export_text import safe_line
from sessiontui.services.json_form import json_time

_LONGEST_TITLE = 300
_KEPT_OF_PROMPT = 1_000
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%232f5bd0'/%3E%3Cpath d='M4 5.5h8M4 8h6M4 10.5h4'"
    " stroke='%23fff' stroke-width='1.5' stroke-linecap='round'/%3E%3C/svg%3E"
)


@cache
def _asset(name: str) -> str:
    return files("sessiontui.services").joinpath(name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode("utf-8")).digest()).decode("ascii")


def page_opening(title: str, *, with_transcript: bool = True) -> Iterator[str]:
    """The head of a page and its bar, in pieces."""
    style, script = _asset("html_export.css"), _asset("html_export.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<meta name="generator" content="sessiontui {__version__}">\n'
        f"<title>{safe_line(title, _LONGEST_TITLE)}</title>\n"
        f'<link rel="icon" href="{_ICON}">\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
    )
    yield '<div class="bar" role="toolbar" aria-label="View">\n'
    if with_transcript:
        yield _OF_TRANSCRIPTS
    yield f"{_THEME}</div>\n"


def page_closing() -> Iterator[str]:
    """The end of a page."""
    yield f"<script>{_asset('html_export.js')}</script>\n</body>\n</html>\n"


# Theme and focus work by style alone; what needs the script shows itself when that runs.
_OF_TRANSCRIPTS = """\
<button type="button" class="needs-script" id="unfold" hidden>unfold all</button>
<label class="switch"><input type="checkbox" id="focus"> prompts and answers only</label>
"""
_THEME = """<fieldset class="theme"><legend>theme</legend>
<label><input type="radio" name="theme" id="theme-auto" checked><span>auto</span></label>
<label><input type="radio" name="theme" id="theme-light"><span>light</span></label>
<label><input type="radio" name="theme" id="theme-dark"><span>dark</span></label>
</fieldset>
"""


def time_html(at: datetime, *, with_day: bool) -> str:
    """A moment, for people and for programs."""
    words = moment_words(at, with_day=with_day)
    return f'<time datetime="{json_time(at)}">{words}</time>'


def prompt_words(message: Message) -> str:
    """What a prompt is known by: the beginning of its text, or what it brought along."""
    texts = [block.text for block in message.blocks if block.kind == "text"]
    if any(text.strip() for text in texts):
        return next(text for text in texts if text.strip()).strip()[:_KEPT_OF_PROMPT]
    media = (block.media_type or "media" for block in message.blocks if block.kind == "media")
    return next(media, "")
