"""Answers only, of a transcript: prompts and final answers, and what lies between as one line.

Pure: it knows which messages are shown and what stands for those that are not.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from sessiontui.domain.message import Message
from sessiontui.domain.tool_words import seconds_words
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words
from sessiontui.ui.widgets.message_flow import MessageFlow, Setting
from sessiontui.ui.widgets.message_notes import asides

_KEPT = -1


class Between(PlainValue):
    """Messages that one line stands for: from `first`, which shows the line, to `last`.

    `answer` is the message they led to, by position, which may be `first` itself: then only what
    is not prose in it is meant. None where nothing was said after them. `headed`: the line has
    the name of the speaker above it.
    """

    first: int
    last: int
    answer: int | None
    words: str
    headed: bool = True


class AnswersOnly:
    """Which messages of a flow are shown; everything between can be unfolded line by line."""

    def __init__(self, flow: MessageFlow) -> None:
        self._flow = flow
        self._notes = flow.notes
        self._between: dict[int, Between] = {}
        self._line_of = array("q")
        self._after: dict[int, int] = {}
        self._open: set[int] = set()
        self.extend()

    def extend(self) -> int:
        """Take in what the flow has more; returns the first position that may look different."""
        prompts = self._flow.prompts
        # What comes now may be a later answer of the last turn that was known.
        number = bisect_left(prompts, len(self._line_of))
        start = prompts[number - 1] if number else 0
        for first in [first for first in self._between if first >= start]:
            answer = self._between.pop(first).answer
            if answer is not None:
                del self._after[answer]
        del self._line_of[start:]
        self._line_of.extend([_KEPT] * (len(self._flow) - start))
        bounds = sorted({start, len(self._flow), *prompts[number:]})
        for begin, end in pairwise(bounds):
            self._judge_turn(begin, end)
        self._open.intersection_update(self._between)
        return start

    def _judge_turn(self, begin: int, end: int) -> None:
        notes = self._notes
        answer = next((p for p in range(end - 1, begin - 1, -1) if notes.is_answer(p)), None)
        run: list[int] = []
        headed = True
        for position in range(begin, end):
            if position == answer:
                self._fold(run, position, headed)
                run, headed = [], False
            elif notes.stays(position):
                self._fold(run, None, headed)
                run, headed = [], True
            else:
                run.append(position)
        self._fold(run, None, headed)

    def _fold(self, run: list[int], answer: int | None, headed: bool) -> None:
        shown = [position for position in run if not self._flow.is_hidden(position)]
        if not shown and (answer is None or not self._notes.has_aside(answer)):
            return
        first = shown[0] if shown else answer
        assert first is not None
        last = run[-1] if shown else first
        # Nobody's name stands over what nobody said.
        headed = headed and (answer is not None or not self._notes.is_note(first))
        if answer is not None:
            self._after[answer] = first
        self._between[first] = Between(first, last, answer, self._words(run, answer), headed)
        for position in run:
            self._line_of[position] = first

    def _words(self, run: list[int], answer: int | None) -> str:
        notes = self._notes
        folded = run if answer is None else [*run, answer]
        calls = sum(map(notes.calls, folded))
        parts = [count_words(calls, "tool call")] if calls else []
        if remarks := sum(map(notes.is_answer, run)):
            parts.append(count_words(remarks, "remark"))
        if others := sum(map(notes.is_note, run)):
            parts.append(count_words(others, "note"))
        if not parts and any(map(notes.thinks, folded)):
            parts.append("thinking")
        times = [at for at in map(notes.time, folded) if at is not None]
        if len(times) > 1 and (took := seconds_words(max(times) - min(times))):
            parts.append(took)
        return " · ".join(parts) or count_words(len(folded), "message")

    # -- asking ----------------------------------------------------------------------------

    def line_at(self, position: int) -> Between | None:
        """What the line at a message stands for; None where there is no line."""
        return self._between.get(position)

    def line_over(self, position: int) -> int | None:
        """Where the line stands that a message is folded into, also when it is unfolded."""
        first = self._line_of[position]
        return None if first == _KEPT else first

    def is_open(self, first: int) -> bool:
        """Whether the line at a message is unfolded."""
        return first in self._open

    def is_hidden(self, position: int) -> bool:
        """Whether a message is folded away, and not even shows a line."""
        first = self._line_of[position]
        return first not in (_KEPT, position) and first not in self._open

    def shows_line_only(self, position: int) -> bool:
        """Whether only the line is shown of a message."""
        return self._line_of[position] == position and position not in self._open

    def set_open(self, first: int, is_open: bool) -> Iterable[int]:
        """Unfold or fold a line; returns the messages that look different now."""
        between = self._between[first]
        (self._open.add if is_open else self._open.discard)(first)
        yield from range(first, between.last + 1)
        if between.answer is not None:
            yield between.answer

    def setting(self, position: int, setting: Setting) -> Setting:
        """How a message stands when what is folded is not there."""
        between = self._between.get(position)
        if between is not None and position not in self._open and position != between.answer:
            return replace(
                setting,
                starts_turn=between.headed,
                gap=self.has_gap(position),
                tokens=self._tokens_of(between),
            )
        first = self._after.get(position)
        if first is None or first in self._open:
            return setting
        heading = first == position
        aside = asides(self._flow.messages[position])
        return replace(
            setting,
            starts_turn=heading,
            gap=self.has_gap(position),
            elsewhere=setting.elsewhere | aside,
            tokens=self._tokens_of(self._between[first]),
        )

    def has_gap(self, position: int) -> bool:
        """Whether a blank row separates a message from what is shown before."""
        between, first = self._between.get(position), self._after.get(position)
        has_line = between is not None and position != between.answer
        if (has_line and position not in self._open) or (
            first is not None and first not in self._open
        ):
            return position > 0
        return self._flow.has_gap(position)

    def needs(self, position: int) -> set[int]:
        """The messages, by position, whose names and times stand over the line at one."""
        between = self._between.get(position)
        return set() if between is None or between.answer is None else {between.answer}

    def _tokens_of(self, between: Between) -> int:
        """What was spent on what a line stands for, with the answer it led to."""
        end = between.last if between.answer is None else max(between.last, between.answer)
        return self._flow.tokens_in(between.first, end + 1)

    def heading_of(self, between: Between) -> Message:
        """The message whose name and time stand over a line: the answer, where there is one."""
        answer = between.answer
        return self._flow.messages[between.first if answer is None else answer]

    @property
    def unfolded(self) -> frozenset[int]:
        """The lines that are unfolded, by the index of their message."""
        return frozenset(map(self._flow.index_at, self._open))

    def unfold(self, indices: Iterable[int]) -> None:
        """Unfold the lines at the messages of some indices."""
        found = map(self._flow.position_of, indices)
        self._open.update(p for p in found if p is not None and p in self._between)
