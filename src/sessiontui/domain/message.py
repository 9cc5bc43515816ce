"""Messages and the blocks they are made of.

Nothing of a store is skipped in silence: what is not understood is `opaque`, what cannot be read
is `damaged`, and both are shown.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from sessiontui.domain.value import JsonValue, Value


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"
    OTHER = "other"


class TextBlock(Value, tag_field="kind", tag="text"):
    """Prose, usually Markdown."""

    kind: ClassVar[Literal["text"]] = "text"
    text: str


class ThinkingBlock(Value, tag_field="kind", tag="thinking"):
    """Reasoning that was not part of the answer."""

    kind: ClassVar[Literal["thinking"]] = "thinking"
    text: str


class ToolCallBlock(Value, tag_field="kind", tag="tool_call"):
    """A tool that the agent asked for; `arguments` as stored, decoded where it was JSON."""

    kind: ClassVar[Literal["tool_call"]] = "tool_call"
    call_id: str | None = None
    name: str
    arguments: JsonValue = None


class ToolResultBlock(Value, tag_field="kind", tag="tool_result"):
    """What a tool gave back; `is_error` None where the format does not say."""

    kind: ClassVar[Literal["tool_result"]] = "tool_result"
    call_id: str | None = None
    text: str
    is_error: bool | None = None


class MediaBlock(Value, tag_field="kind", tag="media"):
    """An image, a voice note, a document: its description, never its bytes."""

    kind: ClassVar[Literal["media"]] = "media"
    media_type: str | None = None
    name: str | None = None
    size_bytes: int | None = None


class DamagedBlock(Value, tag_field="kind", tag="damaged"):
    """Something unreadable: where it stands, why it cannot be read, and its first bytes as text."""

    kind: ClassVar[Literal["damaged"]] = "damaged"
    where: str
    reason: str
    raw: str


class OpaqueBlock(Value, tag_field="kind", tag="opaque"):
    """Something readable that has no other block."""

    kind: ClassVar[Literal["opaque"]] = "opaque"
    type_name: str
    data: JsonValue = None


Block = (
    TextBlock
    | ThinkingBlock
    | ToolCallBlock
    | ToolResultBlock
    | MediaBlock
    | DamagedBlock
    | OpaqueBlock
)


class Message(Value):
    """One entry of a transcript.

    `index` counts from 0 and is stable while the session only grows. `human` is true when a person
    typed it (a prompt-mode tool result has role user and is not human).
    """

    index: int
    role: Role
    human: bool = False
    blocks: tuple[Block, ...] = ()
    created_at: datetime | None = None
    author: str | None = None
    model: str | None = None
    native_id: str | None = None
    parent_id: str | None = None
    tokens: int | None = None
    """What the model read, from its cache as well, and wrote for it, as its store counts that.

    One request to the model counts once: with one message, also where several came of it. So all
    of them together make `Session.tokens`. None where the store does not tell.
    """

    @property
    def is_damaged(self) -> bool:
        """True when nothing of it could be read."""
        return bool(self.blocks) and all(block.kind == "damaged" for block in self.blocks)
