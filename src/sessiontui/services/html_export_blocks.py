"""The blocks of a message as HTML."""

from __future__ import annotations

from collections.abc import Iterator

from sessiontui.domain.conversation import PairedResult, Speaker
from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    OpaqueBlock,
    TextBlock,
    ThinkingBlock,
)
from sessiontui.domain.tool_words import data_words
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.html_export_flow import Entry
from sessiontui.services.html_export_text import (
    coloured,
    markdown,
    output_block,
    safe,
    safe_line,
    typed,
)
from sessiontui.services.html_export_tools import tool_html
from sessiontui.services.json_form import json_text

_LONGEST_LABEL = 80
_SHORT_MARKER = 100
"""Characters up to which an entry that nobody said is a thin divider."""


def entry_html(entry: Entry) -> Iterator[str]:
    """Everything that is shown of one message, block by block."""
    if not entry.blocks:
        yield '<p class="quiet">nothing in it</p>'
    for ordinal, block in entry.blocks:
        match block.kind:
            case "text" if entry.speaker is Speaker.SYSTEM:
                yield _divider(block, "system")
            case "text" if entry.speaker is Speaker.OTHER:
                yield _divider(block, "")
            case "text":
                agent = entry.speaker is Speaker.AGENT
                yield markdown(block.text) if agent else typed(block.text)
            case "thinking":
                yield _thinking(block)
            case "tool_call":
                yield tool_html(block, entry.results.get(ordinal))
            case "tool_result":
                yield tool_html(None, PairedResult(block, None))
            case "media":
                yield _media(block)
            case "damaged":
                yield _damaged(block)
            case "opaque":
                yield _opaque(block)


def _folded(kind: str, label: str, amount: str, inside: str) -> str:
    return (
        f'<details class="{kind}"><summary>{label} <span class="quiet">{amount}</span></summary>'
        f'<div class="inside">{inside}</div></details>'
    )


def _words_in(text: str) -> str:
    return count_words(len(text.split()), "word")


def _thinking(block: ThinkingBlock) -> str:
    inside = f'<div class="typed" dir="auto">{safe(block.text.strip())}</div>'
    return _folded("thinking", "thinking", _words_in(block.text), inside)


def _divider(block: TextBlock, label: str) -> str:
    """An entry that nobody said: a thin divider, or folded when it is long."""
    text = block.text.strip()
    if "\n" not in text and len(text) <= _SHORT_MARKER:
        return f'<p class="divider"><span dir="auto">{safe_line(text)}</span></p>'
    first = safe_line(text.partition("\n")[0], _LONGEST_LABEL)
    named = f'{label} <span class="quiet" dir="auto">{first}</span>' if label else first
    return _folded("aside", named, _words_in(text), output_block(text, "plain"))


def _media(block: MediaBlock) -> str:
    facts = [safe_line(block.name, _LONGEST_LABEL)] if block.name else []
    if block.size_bytes is not None:
        facts.append(size_words(block.size_bytes))
    kind = safe_line(block.media_type or "media", _LONGEST_LABEL)
    rest = f' <span class="quiet">{" · ".join(facts)}</span>' if facts else ""
    return f'<p class="chip"><span class="media">▣ {kind}</span>{rest}</p>'


def _damaged(block: DamagedBlock) -> str:
    # The bytes as they are: codes that only colour stay visible here.
    raw = f'<pre class="plain" tabindex="0">{safe(block.raw)}</pre>' if block.raw.strip() else ""
    return (
        f'<div class="damaged"><p><b>cannot be read</b>'
        f' <span class="quiet">{safe_line(block.where)}</span></p>'
        f'<p dir="auto">{safe(block.reason)}</p>{raw}</div>'
    )


def _opaque(block: OpaqueBlock) -> str:
    data = coloured(json_text(block.data, indent=2), "json")
    inside = f'<pre class="output" tabindex="0">{data}</pre>'
    name = safe_line(block.type_name, _LONGEST_LABEL) or "(no type)"
    return _folded("aside", name, safe_line(data_words(block.data, _LONGEST_LABEL)), inside)
