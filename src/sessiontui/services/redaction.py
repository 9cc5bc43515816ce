"""Masks secrets in what is exported. It finds what it knows; it never finds everything.

A secret that only its surroundings told (`password=...`) is masked in the rest of its session too,
where nothing tells it, as long as it is not a common word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from typing import TypeVar

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.value import Value
from sessiontui.domain.verdict import Verdict
from sessiontui.services.redaction_context import Find, found_by_context, found_in_field
from sessiontui.services.redaction_rules import BLOCKS, TOKENS, may_begin
from sessiontui.services.redaction_values import is_distinctive, is_varied

Model = TypeVar("Model", bound=Value)
_Change = Callable[[str, str | None], str]
"""What becomes of a text; the second is the name of the field of an object that it is in."""

_SHORTEST = 8
_MOST_REMEMBERED = 200
"""Values that are looked for everywhere; each costs one look at every text."""
_COLOUR_CODES = re.compile("\x1b\\[[0-9;:]*[mK]")
_LONGEST_CUT = 160
_CUT_STARTS = "|".join(
    re.escape(start) for rule in TOKENS for start in rule.starts if len(start) >= 4
)
_CUT_TOKEN = re.compile(
    rf"(?P<secret>(?:{_CUT_STARTS})(?=[a-z_.-]*+[A-Z0-9])[A-Za-z0-9_.-]{{4,}}+)(?:…|\.{{3}})?$"
)
_CUT_KIND = "token"


def mark(kind: str) -> str:
    """What stands in place of a secret."""
    return f"[redacted: {kind}]"


def found_secrets(text: str) -> list[Find]:
    """All secrets that are recognised in a text, in their order, none touching another."""
    if len(text) < _SHORTEST:
        return []
    return _merged([*_found_by_form(text), *found_by_context(text), *_found_at_the_end(text)])


def _found_by_form(text: str) -> Iterator[Find]:
    for rule in (*BLOCKS, *TOKENS):
        if any(needle in text for needle in rule.needles):
            group = "secret" if "secret" in rule.pattern.groupindex else 0
            for match in rule.pattern.finditer(text):
                start, end = match.span(group)
                begins = not rule.begins_word or may_begin(text, match.start())
                if begins and is_varied(text[start:end]):
                    yield Find(start, end, rule.kind)


def _found_at_the_end(text: str) -> Iterator[Find]:
    # Titles and what tools print are often cut in the middle of something.
    offset = max(0, len(text) - _LONGEST_CUT)
    match = _CUT_TOKEN.search(text[offset:])
    if match and may_begin(text, offset + match.start()) and is_varied(match["secret"]):
        yield Find(offset + match.start("secret"), offset + match.end("secret"), _CUT_KIND)


def _merged(finds: Iterable[Find]) -> list[Find]:
    """Without overlaps: what overlaps is one secret, named by the rule that comes first."""
    merged: list[tuple[int, Find]] = []
    for rank, find in sorted(enumerate(finds), key=lambda ranked: ranked[1].start):
        if merged and find.start < merged[-1][1].end:
            best, held = min(merged[-1], (rank, find), key=lambda ranked: ranked[0])
            start, end = merged[-1][1].start, max(merged[-1][1].end, find.end)
            merged[-1] = best, held.replace(start=start, end=end)
        else:
            merged.append((rank, find))
    return [find for _, find in merged]


class Redactor:
    """Masks the secrets of one session and counts them.

    What is masked in `messages` is known by then: ask for the session after its messages.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How many places were masked, by kind."""
        self._remembered: dict[str, str] = {}

    def messages(self, messages: Iterable[Message]) -> list[Message]:
        """The messages without their secrets."""
        masked = [_mapped(message, self._masked) for message in messages]
        if not self._remembered:
            return masked
        return [_mapped(message, self._masked_again) for message in masked]

    def session(self, session: Session) -> Session:
        """The session without secrets in any of its fields."""
        return _mapped(_mapped(session, self._masked), self._masked_again)

    def verdict(self, verdict: Verdict) -> Verdict:
        """The verdict without secrets in its evidence."""
        return _mapped(_mapped(verdict, self._masked), self._masked_again)

    def resume(self, resume: ResumeCommand | None) -> ResumeCommand | None:
        """The command without secrets in its arguments."""
        if resume is None:
            return None
        folder = None if resume.folder is None else Path(self.text(str(resume.folder)))
        return ResumeCommand(tuple(map(self.text, resume.arguments)), folder)

    def text(self, text: str) -> str:
        """A text without its secrets."""
        return self._masked_again(self._masked(text))

    def _masked(self, text: str, field: str | None = None) -> str:
        # Codes that only colour may stand in the middle of a secret.
        bare = _COLOUR_CODES.sub("", text) if "\x1b[" in text else text
        finds = found_secrets(bare)
        if not finds and field is not None:
            finds = found_in_field(field, bare)
        if not finds:
            return bare
        pieces: list[str] = []
        position = 0
        for find in finds:
            self.counts[find.kind] += 1
            pieces += bare[position : find.start], mark(find.kind)
            position = find.end
            if find.telling:
                self._remember(bare[find.start : find.end], find.kind)
        return "".join((*pieces, bare[position:]))

    def _remember(self, value: str, kind: str) -> None:
        if len(self._remembered) < _MOST_REMEMBERED and is_distinctive(value):
            self._remembered.setdefault(value, kind)

    def _masked_again(self, text: str, field: str | None = None) -> str:
        for value, kind in self._remembered.items():
            if value in text:
                self.counts[kind] += text.count(value)
                text = text.replace(value, mark(kind))
        return text


def _mapped(model: Model, change: _Change) -> Model:
    """A value with every text in it changed; the same object where nothing is."""
    changed = {}
    for name in model.__struct_fields__:
        value = getattr(model, name)
        new = _changed(value, change, None)
        if new is not value:
            changed[name] = new
    return model.replace(**changed) if changed else model


def _changed(value: object, change: _Change, field: str | None) -> object:
    # An enumeration's member is a text too, but one of ours.
    if type(value) is str:
        return change(value, field)
    match value:
        case Value():
            return _mapped(value, change)
        case SessionRef():
            key = change(value.key, None)
            return value if key is value.key else SessionRef(value.store, key)
        case Path():
            text = str(value)
            new = change(text, None)
            return value if new is text else Path(new)
        case Mapping():
            items: dict[str, object] = {}
            for name, item in value.items():
                # Two names that are masked must not become one.
                new_name = _free(change(str(name), None), items)
                items[new_name] = _changed(item, change, _telling_name(str(name), value))
            return value if _is_same(value.items(), items.items()) else items
        case list() | tuple():
            parts = [_changed(part, change, field) for part in value]
            return value if all(map(_is, value, parts)) else type(value)(parts)
        case _:
            return value


def _telling_name(name: str, siblings: Mapping[str, object]) -> str:
    """The name of a field; of one that is only called `value`, the name that stands beside it."""
    if name.lower() != "value":
        return name
    called = (siblings.get(key) for key in ("name", "key", "Name", "Key"))
    return next((text for text in called if isinstance(text, str)), name)


def _free(name: str, taken: Container[str]) -> str:
    names = chain((name,), (f"{name} {number}" for number in count(2)))
    return next(free for free in names if free not in taken)


def _is(one: object, other: object) -> bool:
    return one is other


def _is_same(some: Iterable[tuple[str, object]], others: Iterable[tuple[str, object]]) -> bool:
    pairs = zip(some, others, strict=False)
    return all(one[0] == other[0] and one[1] is other[1] for one, other in pairs)
