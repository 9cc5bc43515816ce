"""Reads an exported page as a browser would, and proves that nothing stored became markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TAGS = {
    *("html", "head", "meta", "title", "link", "style", "script", "body", "main", "nav", "header"),
    *(
        "footer",
        "section",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "span",
        "b",
        "a",
        "time",
    ),
    *("dl", "dt", "dd", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "hr", "br"),
    *("blockquote", "pre", "code", "figure", "figcaption", "em", "strong", "s", "details"),
    *("summary", "button", "label", "input", "fieldset", "legend"),
}
ATTRIBUTES = {
    *("lang", "charset", "content", "http-equiv", "name", "rel", "href", "class", "id", "dir"),
    *("role", "aria-label", "type", "hidden", "for", "checked", "datetime", "open", "tabindex"),
    *("start", "target"),
}
_EMPTY = {"meta", "link", "hr", "br", "input"}
_LINK = re.compile(r"https?://|mailto:|#(?:s\d+-)?m\d+$", re.IGNORECASE)
_BESIDE = re.compile(r"[\w.%-]+\.html")
"""A page in the same folder."""
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_OWN_WORDS = re.compile(r"[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*")


class Page(HTMLParser):
    """What a page consists of. Raises `AssertionError` for anything that is not ours."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.classes: list[str] = []
        self.texts: list[str] = []
        self.texts_in: dict[str, list[str]] = {}
        self.open_details: list[bool] = []
        self._stack: list[str] = []
        found = _UNSAFE.search(text)
        assert found is None, repr(found)
        assert text.startswith("<!doctype html>")
        self.feed(text)
        self.close()
        assert not self._stack, self._stack
        assert len(self.ids) == len(set(self.ids)), "an id stands twice"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Only our own elements, with our own attributes."""
        assert tag in TAGS, tag
        values = dict(attrs)
        assert values.keys() <= ATTRIBUTES, (tag, values)
        if tag == "a":
            href = values["href"] or ""
            assert _LINK.match(href) or _BESIDE.fullmatch(href), href
            if not href.startswith("#") and not _BESIDE.fullmatch(href):
                assert values["rel"] == "noopener noreferrer"
            self.links.append(href)
        elif tag == "link":
            assert values["rel"] == "icon"
            assert (values["href"] or "").startswith("data:image/svg+xml,")
        else:
            assert "href" not in values, (tag, values)
        if identity := values.get("id"):
            assert re.fullmatch(r"[a-z0-9-]+", identity), identity
            self.ids.append(identity)
        if name := values.get("class"):
            assert _OWN_WORDS.fullmatch(name), name
            self.classes += name.split()
        if tag == "details":
            self.open_details.append("open" in values)
        if tag not in _EMPTY:
            self._stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every element ends where it should."""
        assert self._stack, tag
        assert self._stack.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        """Text, by the element it stands in."""
        self.texts_in.setdefault(self._stack[-1] if self._stack else "", []).append(data)
        if not self._stack or self._stack[-1] not in ("style", "script"):
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        """There are none."""
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        """There are none."""
        raise AssertionError(data)

    @property
    def text(self) -> str:
        """All that is shown."""
        return "".join(self.texts)
