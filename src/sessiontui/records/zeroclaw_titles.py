"""Titles derived from a conversation, for sessions without a name."""

from __future__ import annotations

from sessiontui.records.zeroclaw_content import decode_entry, is_tool_results
from sessiontui.records.zeroclaw_pieces import prose_of
from sessiontui.records.zeroclaw_times import without_time_prefix

LONGEST_TITLE = 200
_ENOUGH = 4000


def title_of(role: str, content: str, *, group_labels: bool = False) -> str | None:
    """The title a message gives: the first words a person typed, on one line.

    None where no person typed words: tool results, attachments alone, other roles.
    """
    if role != "user":
        return None
    text = without_time_prefix(content)
    if is_tool_results(text):
        return None
    entry = decode_entry(role, text, group_labels=group_labels)
    if not entry.human:
        return None
    words = " ".join(prose_of(entry.pieces)[:_ENOUGH].split())
    return words[:LONGEST_TITLE].rstrip() or None
