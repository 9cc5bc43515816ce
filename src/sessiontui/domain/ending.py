"""The last messages of a transcript, as they are shown before anybody has read the rest."""

from __future__ import annotations

from typing import NamedTuple

from sessiontui.domain.message import Message

ENOUGH = 40
"""So many last messages fill a screen, however short they are."""


class Ending(NamedTuple):
    """The last messages of a transcript.

    Unless `counted`, nobody has read what stands before them: their indices count from the end
    then, and -1 is the last.
    """

    messages: tuple[Message, ...]
    counted: bool = True
