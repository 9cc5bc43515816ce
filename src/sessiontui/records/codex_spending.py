"""Which message of a Codex rollout its tokens were spent on."""

from __future__ import annotations

from array import array
from bisect import bisect_left

import msgspec

from sessiontui.records.codex_lines import Event, field, record_of
from sessiontui.storage.json_text import whole_number

_LARGEST = 1 << 53


class _Usage(msgspec.Struct, gc=False):
    total_tokens: int


class _Info(msgspec.Struct, gc=False):
    total_token_usage: _Usage
    last_token_usage: _Usage | None = None


class _Counted(msgspec.Struct, gc=False):
    info: _Info


class _Line(msgspec.Struct, gc=False):
    payload: _Counted


_decode = msgspec.json.Decoder(_Line).decode


class Spending:
    """Tokens by message. Tell it in order what the agent said and what stands of tokens.

    Codex writes how much was spent so far after everything that came of a request: what was added
    is that of the agent's last message. The same sum is often written again.
    """

    def __init__(self) -> None:
        self._spent: int | None = None
        self._answer: int | None = None
        self._carried = 0
        self._answers, self._tokens = array("Q"), array("Q")

    def answered(self, index: int) -> None:
        """A message of the agent stands at an index."""
        self._answer = index

    def count(self, line: bytes) -> None:
        """Take in what a `token_count` line says."""
        total, last = _sums(line)
        if total is None:
            return
        before, self._spent = self._spent, total
        if before is not None and before <= total:
            cost = total - before
        else:
            # Counting has begun, in this rollout or in the part of it that is read.
            cost = total if last is None else last
        if self._answer is not None and cost:
            self._answers.append(self._answer)
            self._tokens.append(cost + self._carried)
            self._answer, self._carried = None, 0
        elif before is not None:
            # A compaction, say: what it took is part of what the next answer took.
            self._carried = min(self._carried + cost, _LARGEST)

    def tokens_at(self, index: int) -> int | None:
        """The tokens that were spent on a message; None where that is not known."""
        place = bisect_left(self._answers, index)
        found = place < len(self._answers) and self._answers[place] == index
        return self._tokens[place] if found else None


def _sums(line: bytes) -> tuple[int | None, int | None]:
    """What was spent so far, and by the last request."""
    try:
        info = _decode(line).payload.info
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # More patient: not everything in it is of the expected type.
        body = record_of(line).body
        told = body.info if isinstance(body, Event) else None
        so_far = field(told, "total_token_usage", "total_tokens")
        return _count(so_far), _count(field(told, "last_token_usage", "total_tokens"))
    last = info.last_token_usage
    return _count(info.total_token_usage.total_tokens), _count(last and last.total_tokens)


def _count(value: object) -> int | None:
    count = whole_number(value)
    return count if count is not None and 0 <= count < _LARGEST else None
