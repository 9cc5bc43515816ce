"""Stored text as HTML: nothing in it can be markup, whatever it holds.

Every text passes `printable` and is escaped. Tags, attributes and classes are only our own words;
of stored text, links alone become attributes, and only those that lead to the web or to mail.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sessiontui.domain.printable import printable, printable_line
from sessiontui.domain.tool_words import without_colours
from sessiontui.services.code_tokens import CodeRole, code_tokens

MOST_MARKDOWN = 64 * 1024
"""Characters above which a text is not laid out as Markdown."""
_DEEPEST = 12
_LONGEST_LANGUAGE = 20
_LONGEST_HEADING = 6
_PARSER = (
    MarkdownIt("commonmark", {"html": False})
    .enable(["table", "strikethrough"])
    # Link definitions would vanish; text over a line of dashes is no heading in a chat.
    .disable(["reference", "lheading"])
)
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s]{1,2000}", re.IGNORECASE)
_BARE_LINK = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]{1,2000}")
_SENTENCE_ENDS = ".,;:!?*_~)"
_FENCE = re.compile(
    r"^ {0,3}(`{3,}+|~{3,}+)[ \t]*+([^\n`]*+)\n(.*?)(?:^ {0,3}\1[`~]*+[ \t]*+$|\Z)",
    re.MULTILINE | re.DOTALL,
)
_CHECKBOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def safe(text: str) -> str:
    """A text as HTML, its line ends kept."""
    return html.escape(printable(text))


def safe_line(text: str, limit: int | None = None) -> str:
    """A text as one line of HTML, cut at `limit` characters."""
    return html.escape(printable_line(text, limit))


def linked(text: str) -> str:
    """A text as HTML in which addresses of the web are links."""
    shown = printable(text)
    pieces = []
    position = 0
    for found in _BARE_LINK.finditer(shown):
        address = _without_punctuation(found.group())
        pieces.append(html.escape(shown[position : found.start()]))
        pieces.append(f"{_link(address)}{html.escape(address)}</a>")
        position = found.start() + len(address)
    pieces.append(html.escape(shown[position:]))
    return "".join(pieces)


def _without_punctuation(address: str) -> str:
    """An address without the signs that belong to the sentence around it."""
    bare = address.rstrip(_SENTENCE_ENDS)
    rest = address[len(bare) :]
    closing = len(rest) - len(rest.lstrip(")"))
    return bare + rest[: max(0, min(closing, bare.count("(") - bare.count(")")))]


def _link(address: str) -> str:
    return f'<a href="{html.escape(address)}" rel="noopener noreferrer" target="_blank">'


# -- code ----------------------------------------------------------------------------------

_CLASSES = {
    CodeRole.COMMENT: "c",
    CodeRole.KEYWORD: "k",
    CodeRole.STRING: "s",
    CodeRole.NUMBER: "m",
    CodeRole.NAME: "n",
    CodeRole.ADDED: "i",
    CodeRole.REMOVED: "d",
}


def coloured(code: str, language: str) -> str:
    """Code as HTML, its words in classes by what they are; plain where the language is unknown."""
    shown = printable(code)
    tokens = code_tokens(shown, language)
    if tokens is None:
        return html.escape(shown)
    pieces = []
    for role, text in tokens:
        name, escaped = _CLASSES.get(role), html.escape(text)
        pieces.append(f'<span class="{name}">{escaped}</span>' if name else escaped)
    return "".join(pieces)


def code_block(code: str, language: str = "", label: str = "") -> str:
    """A block of code with the name of its language, or another label."""
    shown = safe_line(label or language, _LONGEST_LANGUAGE)
    caption = f"<figcaption>{shown}</figcaption>" if shown else ""
    body = coloured(code.rstrip("\n"), language)
    return f'<figure class="code">{caption}<pre tabindex="0"><code>{body}</code></pre></figure>'


def output_block(text: str, kind: str = "output") -> str:
    """What a program printed; `kind` is one of our own class names."""
    body = safe(without_colours(text).strip("\n"))
    return f'<pre class="{kind}" tabindex="0">{body}</pre>'


# -- prose ---------------------------------------------------------------------------------


def typed(text: str) -> str:
    """What a person typed, as it was typed, with its code blocks."""
    pieces = []
    position = 0
    if len(text) <= MOST_MARKDOWN:
        for fence in _FENCE.finditer(text):
            pieces.append(_typed(text[position : fence.start()]))
            language = (fence.group(2).split() or [""])[0]
            pieces.append(code_block(fence.group(3), language))
            position = fence.end()
    pieces.append(_typed(text[position:]))
    return "".join(pieces)


def _typed(text: str) -> str:
    bare = text.strip("\n")
    return f'<div class="typed" dir="auto">{linked(bare)}</div>' if bare.strip() else ""


def markdown(text: str) -> str:
    """What an agent wrote, laid out as Markdown; as typed where that would lose something."""
    if len(text) > MOST_MARKDOWN:
        return _typed(text)
    tokens = _PARSER.parse(printable(text))
    # Of what is nested deeper the parser would drop some.
    if max((token.level for token in tokens), default=0) > _DEEPEST:
        return _typed(text)
    return f'<div class="prose" dir="auto">{"".join(_blocks(tokens))}</div>'


_PAIRS = {
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "list_item": "li",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
    "em": "em",
    "strong": "strong",
    "s": "s",
}


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        name, _, side = token.type.rpartition("_")
        slash = "/" if side == "close" else ""
        match token.type:
            case "inline":
                yield _inline(token.children or ())
            case "fence" | "code_block":
                yield code_block(token.content, (token.info.split() or [""])[0])
            case "hr":
                yield "<hr>"
            case "paragraph_open" | "paragraph_close":
                yield "" if token.hidden else f"<{slash}p>"
            case "heading_open" | "heading_close":
                # The page itself and the turns have the first two levels.
                yield f"<{slash}h{min(_LONGEST_HEADING, int(token.tag[1:]) + 2)}>"
            case "ordered_list_open":
                yield f'<ol start="{int(token.attrs.get("start", 1))}">'
            case "ordered_list_close":
                yield "</ol>"
            case "th_open" | "td_open":
                aligned = str(token.attrs.get("style", "")).rpartition(":")[2]
                kind = f' class="{aligned}"' if aligned in ("right", "center") else ""
                yield f"<{name}{kind}>"
            case "th_close" | "td_close":
                yield f"</{name}>"
            case "table_open":
                yield '<div class="wide" tabindex="0"><table>'
            case "table_close":
                yield "</table></div>"
            case _ if name in _PAIRS:
                yield f"<{slash}{_PAIRS[name]}>"
            case _:
                yield safe(token.content)


def _inline(tokens: Sequence[Token]) -> str:
    pieces: list[str] = []
    targets: list[tuple[str, int]] = []
    for token in tokens:
        name, _, side = token.type.rpartition("_")
        match token.type:
            case "text":
                text = token.content if any(pieces) else _with_checkbox(token.content)
                # What an entity stood for has not passed `printable` yet.
                pieces.append(safe(text) if targets else linked(text))
            case "softbreak" | "hardbreak":
                pieces.append("<br>")
            case "code_inline":
                pieces.append(f'<code dir="ltr">{safe(token.content)}</code>')
            case "link_open":
                target = printable(str(token.attrs.get("href", "")))
                targets.append((target, len(pieces) + 1))
                pieces.append(_link(target) if _SAFE_LINK.fullmatch(target) else "<span>")
            case "link_close":
                target, start = targets.pop()
                if _SAFE_LINK.fullmatch(target):
                    pieces.append("</a>")
                elif not target or "".join(pieces[start:]) == safe(target):
                    pieces.append("</span>")
                else:
                    pieces.append(f'</span> <span class="quiet">({safe(target)})</span>')
            case "image":
                pieces.append(_image(token))
            case _ if name in _PAIRS:
                pieces.append(f"<{'/' if side == 'close' else ''}{_PAIRS[name]}>")
            case _:
                pieces.append(safe(token.content))
    return "".join(pieces)


def _with_checkbox(text: str) -> str:
    for written, shown in _CHECKBOXES.items():
        if text.startswith(written):
            return shown + text[len(written) :]
    return text


def _image(token: Token) -> str:
    """An image of the web is not fetched: what it is called, and where it is."""
    source = printable(str(token.attrs.get("src", "")))
    called = f'<span class="media">▣ {safe(token.content or "image")}</span>'
    if _SAFE_LINK.fullmatch(source):
        return f"{called} {_link(source)}{html.escape(source)}</a>"
    return f'{called} <span class="quiet">({safe(source)})</span>' if source else called
