"""Messages and the blocks they are made of.

Nothing of a store is skipped in silence: what is not understood is `opaque`, what cannot be read
is `damaged`, and both are shown.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, JsonValue

from sessiontui.domain.value import Value


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"
    OTHER = "other"


class TextBlock(Value):
    """Prose, usually Markdown."""

    kind: Literal["text"] = "text"
    text: str


class ThinkingBlock(Value):
    """Reasoning that was not part of the answer."""

    kind: Literal["thinking"] = "thinking"
    text: str


class ToolCallBlock(Value):
    """A tool that the agent asked for; `arguments` as stored, decoded where it was JSON."""

    kind: Literal["tool_call"] = "tool_call"
    call_id: str | None = None
    name: str
    arguments: JsonValue = None


class ToolResultBlock(Value):
    """What a tool gave back; `is_error` None where the format does not say."""

    kind: Literal["tool_result"] = "tool_result"
    call_id: str | None = None
    text: str
    is_error: bool | None = None


class MediaBlock(Value):
    """An image, a voice note, a document: its description, never its bytes."""

    kind: Literal["media"] = "media"
    media_type: str | None = None
    name: str | None = None
    size_bytes: int | None = None


class DamagedBlock(Value):
    """Something unreadable: where it stands, why it cannot be read, and its first bytes as text."""

    kind: Literal["damaged"] = "damaged"
    where: str
    reason: str
    raw: str


class OpaqueBlock(Value):
    """Something readable that has no other block."""

    kind: Literal["opaque"] = "opaque"
    type_name: str
    data: JsonValue = None


Block = Annotated[
    TextBlock
    | ThinkingBlock
    | ToolCallBlock
    | ToolResultBlock
    | MediaBlock
    | DamagedBlock
    | OpaqueBlock,
    Field(discriminator="kind"),
]


class Message(Value):
    """One entry of a transcript.

    `index` counts from 0 and is stable while the session only grows. `human` is true when a person
    typed it (a prompt-mode tool result has role user and is not human).
    """

    index: int
    role: Role
    human: bool = False
    blocks: tuple[Block, ...] = ()
    created_at: AwareDatetime | None = None
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
