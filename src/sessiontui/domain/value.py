"""What the values of the program have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A value that is checked when it is made, never changes, and has no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
