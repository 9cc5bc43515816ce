"""Attachments inside the text of zeroclaw messages: `[IMAGE:…]` and its relatives.

A marker may hold a whole picture as a data URI; that is never shown, only described.
"""

from __future__ import annotations

import re

from sessiontui.records.zeroclaw_pieces import Piece, PieceKind, opaque_piece, text_piece

OMITTED = "attachment omitted"
"""The type of the piece that stands for an attachment which zeroclaw, or a clear, took out."""
NO_IMAGE = "[Image attachment omitted from history]"
NO_MEDIA = "[media attachment]"

# No marker holds a bracket inside: so a text full of openings is still read once, not once each.
_KINDS = r"IMAGE|PHOTO|DOCUMENT|FILE|VIDEO|VOICE|AUDIO"
_DATA_URI = re.compile(rf"\[(?P<kind>{_KINDS}): ?(?P<payload>data:[^\][]*)\]", re.IGNORECASE)
_MARKER = re.compile(
    r"\[Document: (?P<title>[^\][\n]+)\] (?P<path>(?:~?/|\.{1,2}/|[A-Za-z]:[\\/]|\w+://)[^\n]*)"
    rf"|(?P<gone>{re.escape(NO_IMAGE)}|{re.escape(NO_MEDIA)})"
    r"|\A(?P<voice>\[Voice\]) ?"
    rf"|\[(?P<kind>{_KINDS}):(?P<payload>[^\][]*)\]",
    re.IGNORECASE,
)
_BASE64 = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)

_GENERAL = {
    "IMAGE": "image",
    "PHOTO": "image",
    "VIDEO": "video",
    "VOICE": "audio",
    "AUDIO": "audio",
}
_TYPES = dict(
    line.split()
    for line in """
    png image/png
    jpg image/jpeg
    jpeg image/jpeg
    gif image/gif
    webp image/webp
    svg image/svg+xml
    heic image/heic
    bmp image/bmp
    mp4 video/mp4
    mov video/quicktime
    webm video/webm
    mkv video/x-matroska
    mp3 audio/mpeg
    ogg audio/ogg
    oga audio/ogg
    opus audio/opus
    wav audio/wav
    m4a audio/mp4
    flac audio/flac
    pdf application/pdf
    zip application/zip
    json application/json
    txt text/plain
    md text/markdown
    csv text/csv
    html text/html
    """.strip().splitlines()
)


def split_media(text: str, *, only_data: bool = False) -> list[Piece]:
    """The text in pieces: prose, attachments, and notes of attachments that are gone.

    `only_data`: only embedded data is an attachment (in text where a marker is a way to speak).
    Text without any is one piece, unchanged; none for empty text.
    """
    if "[" not in text:
        return [text_piece(text)] if text else []
    pieces: list[Piece] = []
    position = 0
    for found in (_DATA_URI if only_data else _MARKER).finditer(text):
        before = text[position : found.start()].strip()
        if before:
            pieces.append(text_piece(before))
        pieces.append(_piece(found))
        position = found.end()
    if not pieces:
        return [text_piece(text)] if text else []
    if rest := text[position:].strip():
        pieces.append(text_piece(rest))
    return pieces


def without_media(text: str, *, only_data: bool = False) -> str:
    """The text with every attachment replaced by the note zeroclaw itself uses for a lost one."""

    def note(found: re.Match[str]) -> str:
        groups = found.groupdict()
        if groups.get("gone") or groups.get("voice") or not _has_content(groups):
            return found.group()
        kind = (groups.get("kind") or "").upper()
        return NO_IMAGE if _GENERAL.get(kind) == "image" else NO_MEDIA

    return (_DATA_URI if only_data else _MARKER).sub(note, text)


def media_marker(media_type: str | None, name: str | None) -> str:
    """A marker as zeroclaw writes it for an attachment of that name."""
    if not name or "]" in name or "\n" in name:
        return NO_MEDIA
    kind = {"image": "IMAGE", "video": "VIDEO", "audio": "AUDIO"}
    return f"[{kind.get((media_type or '').partition('/')[0], 'DOCUMENT')}:{name}]"


def _has_content(groups: dict[str, str | None]) -> bool:
    payload = groups.get("payload")
    return payload is None or payload.strip() not in ("", "attached")


def _piece(found: re.Match[str]) -> Piece:
    groups = found.groupdict()
    if groups.get("gone"):
        return opaque_piece(OMITTED, found.group())
    if groups.get("voice"):
        return Piece(PieceKind.MEDIA, name="voice message", detail="audio/*")
    if groups.get("title"):
        path = (groups["path"] or "").strip()
        return Piece(PieceKind.MEDIA, name=path, detail=_type_of(path, "DOCUMENT"))
    payload = (groups["payload"] or "").strip()
    kind = (groups["kind"] or "").upper()
    if payload[:5].lower() == "data:":
        return _embedded(payload, kind)
    name = payload if _has_content(groups) else None
    return Piece(PieceKind.MEDIA, name=name, detail=_type_of(payload, kind))


def _embedded(payload: str, kind: str) -> Piece:
    head = _BASE64.match(payload)
    if head is None:
        return Piece(PieceKind.MEDIA, detail=_type_of("", kind), size_bytes=len(payload))
    size = len(payload) - head.end()
    if head.group(2).lower().endswith(";base64"):
        size = size * 3 // 4 - payload[-2:].count("=")
    return Piece(
        PieceKind.MEDIA, detail=head.group(1) or _type_of("", kind), size_bytes=max(0, size)
    )


def _type_of(path: str, kind: str) -> str | None:
    ending = path.rpartition(".")[2].lower()
    general = _GENERAL.get(kind)
    return _TYPES.get(ending) or (f"{general}/*" if general else None)
