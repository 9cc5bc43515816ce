"""Plain values for tests."""

from __future__ import annotations

from datetime import datetime

from sessiontui.domain.message import Message, Role, TextBlock


def text_message(role: Role, text: str, at: datetime | None = None) -> Message:
    """A message of one text block; users' messages count as typed by a person."""
    return Message(
        index=0,
        role=role,
        human=role is Role.USER,
        blocks=(TextBlock(text=text),),
        created_at=at,
    )
