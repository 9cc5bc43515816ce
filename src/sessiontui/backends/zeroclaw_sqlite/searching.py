"""zeroclaw's own full-text index as a search: safe with any words, and in the texts only.

Unlike zeroclaw's own query it asks for all words, quotes them properly, leaves the keys out (they
are indexed too: `gw` would find every web chat) and ranks. Where the index is damaged, missing, or
cannot answer (it takes a run of CJK characters for one word), the rows are scanned instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from sessiontui.backends.zeroclaw_sqlite.chat_rows import text
from sessiontui.backends.zeroclaw_sqlite.reading import ChatReader
from sessiontui.domain.errors import StoreUnreadable
from sessiontui.domain.query import Filter, FilterField, Query, Term
from sessiontui.domain.search import SearchHit, Tier
from sessiontui.domain.value import PlainValue
from sessiontui.records.rfc3339 import parse_time
from sessiontui.records.zeroclaw_content import is_tool_results
from sessiontui.storage.sqlite_store import Row

_MOST_HITS = 2000
_OPEN, _CLOSE = "\x02", "\x03"
_SNIPPET_WORDS = 24
_BEFORE, _AROUND = 60, 200
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]")
_HIT = "s.session_key, s.id, s.role, s.created_at"


class _Found(PlainValue):
    key: str
    row_id: int
    role: str
    at: str | None
    snippet: str
    matches: tuple[tuple[int, int], ...]


def find_hits(
    reader: ChatReader, query: Query, is_wanted: Callable[[str], bool]
) -> Iterator[tuple[str, SearchHit]]:
    """Hits in the sessions that are wanted, the best first; `query` limits sessions."""
    if not query.terms or not all(any(t.text.strip() for t in c) for c in query.terms):
        return
    roles = [item for item in query.filters if item.field is FilterField.ROLE]
    sessions: dict[str, bool] = {}
    for found in _found(reader, query):
        tier = _tier(found)
        if tier is Tier.TOOLS and not query.in_tools:
            continue
        if not all(_has_role(found, condition) for condition in roles):
            continue
        if found.key not in sessions:
            sessions[found.key] = is_wanted(found.key)
        if sessions[found.key] and _is_on_page(found.key, sessions, query):
            at = parse_time(found.at)
            hit = SearchHit(
                tier,
                _index_of(reader, found),
                found.role,
                at.timestamp() if at else None,
                found.snippet,
                found.matches,
            )
            yield found.key, hit


def _found(reader: ChatReader, query: Query) -> list[_Found]:
    terms = [*query.excluded, *(term for choice in query.terms for term in choice)]
    if all(_is_words(term) for term in terms) and "sessions_fts" in reader.layout().names:
        try:
            return _by_index(reader, query)
        except StoreUnreadable:
            # Its index is out of step with its rows ("malformed"); the rows are well.
            pass
    return _by_scan(reader, query)


def _by_index(reader: ChatReader, query: Query) -> list[_Found]:
    expression = " AND ".join(_choice(choice) for choice in query.terms)
    if query.excluded:
        expression = f"({expression}) NOT {_choice(query.excluded)}"
    sql = (
        f"SELECT {_HIT}, snippet(sessions_fts, 1, ?, ?, '…', {_SNIPPET_WORDS}) "
        "FROM sessions_fts JOIN sessions AS s ON s.id = sessions_fts.rowid "
        f"WHERE sessions_fts MATCH ? ORDER BY rank LIMIT {_MOST_HITS}"
    )
    rows = reader.run(sql, (_OPEN, _CLOSE, f"content : ({expression})"))
    return [_hit(row, _marked) for row in rows if _readable(row)]


def _by_scan(reader: ChatReader, query: Query) -> list[_Found]:
    conditions, bound = [], []
    for choice in query.terms:
        conditions.append("(" + " OR ".join(["s.content LIKE ? ESCAPE '\\'"] * len(choice)) + ")")
        bound += [_pattern(term) for term in choice]
    for term in query.excluded:
        conditions.append("s.content NOT LIKE ? ESCAPE '\\'")
        bound.append(_pattern(term))
    sql = (
        f"SELECT {_HIT}, s.content FROM sessions AS s WHERE typeof(s.content) = 'text' "
        f"AND {' AND '.join(conditions)} ORDER BY s.id DESC LIMIT {_MOST_HITS}"
    )
    words = [term.text for choice in query.terms for term in choice]
    rows = reader.run(sql, bound)
    return [_hit(row, lambda content: _around(content, words)) for row in rows if _readable(row)]


def _choice(terms: Iterable[Term]) -> str:
    words = ('"' + term.text.replace('"', '""') + '"' + "*" * term.prefix for term in terms)
    return "(" + " OR ".join(words) + ")"


def _is_words(term: Term) -> bool:
    return any(map(str.isalnum, term.text)) and not _CJK.search(term.text)


def _pattern(term: Term) -> str:
    return "%" + re.sub(r"([\\%_])", r"\\\1", term.text) + "%"


def _readable(row: Row) -> bool:
    return isinstance(row[0], bytes) and isinstance(row[2], bytes)


def _hit(row: Row, cut: Callable[[str], tuple[str, tuple[tuple[int, int], ...]]]) -> _Found:
    key, row_id, role, at, content = row
    snippet, matches = cut(text(content) or "")
    return _Found(text(key) or "", row_id, text(role) or "", text(at), snippet, matches)


def _marked(snippet: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The snippet without its marks, and where they stood."""
    plain = ""
    matches = []
    begun: int | None = None
    for part in re.split(f"([{_OPEN}{_CLOSE}])", snippet):
        if part == _OPEN:
            begun = len(plain)
        elif part == _CLOSE:
            if begun is not None and len(plain) > begun:
                matches.append((begun, len(plain)))
            begun = None
        else:
            plain += part
    return plain, tuple(matches)


def _around(content: str, words: list[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text around the first match of any word, and the matches in it."""
    pattern = re.compile("|".join(re.escape(word) for word in words if word), re.IGNORECASE)
    first = pattern.search(content)
    start = max(0, (first.start() if first else 0) - _BEFORE)
    snippet = content[start : start + _AROUND]
    return snippet, tuple(found.span() for found in pattern.finditer(snippet) if found.group())


def _tier(found: _Found) -> Tier:
    results = found.role == "user" and is_tool_results(found.snippet.lstrip())
    return Tier.TOOLS if found.role == "tool" or results else Tier.TEXT


def _has_role(found: _Found, condition: Filter) -> bool:
    return (found.role in condition.values) != condition.negated


def _is_on_page(key: str, sessions: dict[str, bool], query: Query) -> bool:
    place = [known for known, wanted in sessions.items() if wanted].index(key)
    return place >= query.offset and (query.limit is None or place < query.offset + query.limit)


def _index_of(reader: ChatReader, found: _Found) -> int:
    sql = "SELECT count(*) FROM sessions WHERE session_key = ? AND id < ?"
    return int(reader.run(sql, (found.key, found.row_id))[0][0])
