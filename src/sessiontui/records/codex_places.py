"""Where the messages of a Codex transcript stand, and the messages themselves from there."""

from __future__ import annotations

from array import array
from bisect import bisect_right

from sessiontui.domain.message import DamagedBlock, Message, Role
from sessiontui.records.codex_lines import moment, record_of
from sessiontui.records.codex_speech import spoken_of
from sessiontui.records.codex_spending import Spending
from sessiontui.records.pieces import block_of


class Places:
    """Where the messages of a transcript stand: in which file, at which byte, on which line.

    `spending`, where it is given, learns which of them the tokens were spent on.
    """

    def __init__(self, spending: Spending | None = None) -> None:
        self.spending = spending
        self.offsets = array("Q")
        self.lengths = array("Q")
        self.numbers = array("Q")
        self.files: list[tuple[int, int]] = []
        """(first message, index of the file) for each file in turn."""
        self.models: list[tuple[int, str]] = []
        """(first message, model) for each change of the model."""

    def __len__(self) -> int:
        return len(self.offsets)

    def add(self, offset: int, length: int, number: int, *, by_agent: bool = False) -> None:
        """Keep one more message."""
        if by_agent and self.spending is not None:
            self.spending.answered(len(self.offsets))
        self.offsets.append(offset)
        self.lengths.append(length)
        self.numbers.append(number)

    def clear(self) -> None:
        """Forget everything."""
        for numbers in (self.offsets, self.lengths, self.numbers):
            del numbers[:]
        self.files.clear()
        self.models.clear()
        self.spending = None if self.spending is None else Spending()

    def model_at(self, index: int) -> str | None:
        """The model that was in use when a message was written."""
        found = bisect_right(self.models, index, key=lambda change: change[0])
        return self.models[found - 1][1] if found else None

    def tokens_at(self, index: int) -> int | None:
        """The tokens that were spent on a message, where that is known."""
        return None if self.spending is None else self.spending.tokens_at(index)

    def file_of(self, index: int) -> int:
        """Which file a message stands in."""
        return self.files[bisect_right(self.files, index, key=lambda file: file[0]) - 1][1]


def message_at(
    line: bytes,
    number: int,
    index: int,
    *,
    of_subagent: bool,
    model: str | None,
    tokens: int | None,
) -> Message:
    """The message that a line makes, which was one when it was read before."""
    record = record_of(line)
    spoken = spoken_of(record, number, of_subagent=of_subagent)
    if spoken is None:
        return gap_message("the line is not what it was any more", index)
    native = getattr(record.body, "id", None)
    return Message(
        index=index,
        role=spoken.role,
        human=spoken.human,
        blocks=tuple(block_of(piece) for piece in spoken.pieces),
        created_at=moment(record.at),
        author=spoken.author,
        model=model if spoken.role is Role.ASSISTANT else None,
        native_id=native if isinstance(native, str) else None,
        tokens=tokens,
    )


def gap_message(reason: str, index: int = 0) -> Message:
    """What stands where a message would be that cannot be read any more."""
    where = f"message {index + 1:,}"
    return Message(
        index=index, role=Role.OTHER, blocks=(DamagedBlock(where=where, reason=reason, raw=""),)
    )
