"""Tool calls with their results: one line, and below it what is unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from sessiontui.domain.edit_diff import DiffKind, EditDiff, edit_of
from sessiontui.domain.message import ToolCallBlock, ToolResultBlock
from sessiontui.domain.printable import printable_line
from sessiontui.domain.todo_list import TodoList, TodoState, task_of, todo_list_of
from sessiontui.domain.tool_words import (
    Outcome,
    Telling,
    other_arguments,
    outcome_of,
    telling_argument,
    without_colours,
)
from sessiontui.ui.widgets.copied_lines import FRAME
from sessiontui.ui.widgets.folding import Fold, Head, head_of
from sessiontui.ui.widgets.message_pieces import CLOSED_SIGN, OPEN_SIGN, Painting, Piece
from sessiontui.ui.widgets.plain_lines import plain_text
from sessiontui.ui.widgets.styled_lines import StyledLines, clip_text, mark_terms, styled, wrap_text

OUTPUT_LINES = 15
"""Lines of output that an unfolded call shows at first."""
ARGUMENT_LINES = 12
SMALL_EDIT = 10
"""Lines of a diff up to which it is shown without being asked for."""
_HEAD_CHARACTERS = 4_000
_LONGEST_NAME = 28
_SHORTEST_ARGUMENT = 12
_CHECKS = {
    TodoState.OPEN: "☐ ",
    TodoState.DOING: "☐ ",
    TodoState.DONE: "☑ ",
    TodoState.DROPPED: "☒ ",
}
_SAID = frozenset({TodoState.DOING, TodoState.DROPPED})
"""States that no check mark tells."""


@dataclass(frozen=True)
class ToolRun:
    """A call, its result and the seconds between; one of the first two may be missing."""

    call: ToolCallBlock | None
    result: ToolResultBlock | None
    seconds: float | None = None


def tool_pieces(painting: Painting, block: int, run: ToolRun) -> list[Piece]:
    """Everything that is shown of one call."""
    return list(_ToolPainter(painting, block, run).pieces())


class _ToolPainter:
    def __init__(self, painting: Painting, block: int, run: ToolRun) -> None:
        self._painting = painting
        self._colours = painting.colours
        self._block = block
        self._run = run
        self._outcome = outcome_of(run.result, run.seconds)
        arguments = run.call.arguments if run.call else None
        self._edit = edit_of(arguments)
        self._todos = todo_list_of(arguments)
        self._telling = telling_argument(arguments) if run.call else _first_line(run.result)
        chosen = painting.chosen(block)
        if chosen is None and painting.folding.tools_open:
            chosen = Fold.OPEN
        self._asked_for = chosen is not None
        self._fold = self._default() if chosen is None else chosen
        bar = self._colours.error if self._outcome.failed else self._colours.divider
        self._prefix = (Segment("  "), Segment("│ ", bar))

    def _default(self) -> Fold:
        small = self._edit is not None and len(self._edit.lines) <= SMALL_EDIT
        return Fold.OPEN if self._outcome.failed or small or self._todos else Fold.CLOSED

    def pieces(self) -> Iterator[Piece]:
        head, clipped = self._head()
        body = list(self._body(clipped)) if self._fold is not Fold.CLOSED else []
        cut = any(piece.target is Fold.FULL for piece in body)
        following = Fold.CLOSED
        if self._fold is Fold.CLOSED:
            following = Fold.OPEN
        elif cut:
            following = Fold.FULL
        click = Fold.OPEN if self._fold is Fold.CLOSED else Fold.CLOSED
        yield Piece(StyledLines([head]), self._block, click, self._fold, following)
        yield from body

    # -- the one line ----------------------------------------------------------------------

    def _head(self) -> tuple[Text, bool]:
        colours, width = self._colours, self._painting.width
        call = self._run.call
        sign = CLOSED_SIGN if self._fold is Fold.CLOSED else OPEN_SIGN
        line = styled(sign, colours.dim + FRAME)
        name = printable_line(call.name, _LONGEST_NAME) if call else "result"
        line.append(name or "(no name)", colours.tool)
        status = self._status(self._outcome)
        room = width - cell_len(line.plain) - 2 - cell_len(status.plain) - 3
        if room < _SHORTEST_ARGUMENT:
            status = self._status(Outcome(self._outcome.word, self._outcome.failed))
            room = width - cell_len(line.plain) - 2 - cell_len(status.plain) - 3
        telling = self._told_words
        argument = styled(telling, colours.argument)
        if room >= _SHORTEST_ARGUMENT // 2:
            clip_text(argument, room)
        clipped = argument.plain != telling
        if argument.plain:
            line.append("  ").append_text(argument)
        line.append("   ").append_text(status)
        mark_terms(line, self._painting.finder, colours.mark)
        return clip_text(line, width), clipped

    @property
    def _told_words(self) -> str:
        """What the one line says of the arguments."""
        if self._todos:
            return f"{self._todos.done:,} of {len(self._todos.todos):,} done"
        task = task_of(self._run.call.arguments) if self._run.call else None
        if task is None:
            return self._telling.text
        words = f"{_CHECKS[task.state]}{printable_line(task.text, 200)}"
        return f"{words}  {task.state.value}" if task.state in _SAID else words

    def _status(self, outcome: Outcome) -> Text:
        colours = self._colours
        parts = []
        if self._edit and self._edit.added + self._edit.removed:
            counts = styled(f"+{self._edit.added:,}", colours.added)
            parts.append(counts.append(f" −{self._edit.removed:,}", colours.removed))
            outcome = Outcome(outcome.word, outcome.failed, outcome.details[:-1])
        parts.append(styled(outcome.word, colours.error if outcome.failed else colours.dim))
        parts += [styled(detail, colours.dim) for detail in outcome.details]
        return styled(" · ", colours.dim).join(parts)

    # -- what is unfolded ------------------------------------------------------------------

    def _body(self, clipped: bool) -> Iterator[Piece]:
        # What opens by itself shows only why it did; the rest comes when it is asked for.
        arguments = list(self._arguments(clipped)) if self._asked_for else []
        yield from arguments
        show_edit = self._edit and (self._asked_for or not self._outcome.failed)
        if self._edit and show_edit:
            yield from self._diff(self._edit)
        if self._todos:
            yield from self._checked(self._todos)
        if self._asked_for or self._outcome.failed or not (show_edit or self._todos):
            yield from self._output(apart=bool(arguments))

    def _arguments(self, clipped: bool) -> Iterator[Piece]:
        call = self._run.call
        told = None if clipped else self._told_words
        if call is None or (self._telling.complete and told == self._telling.text):
            return
        keys = frozenset[str]().union(*(part.keys for part in (self._edit, self._todos) if part))
        for key, value in other_arguments(call.arguments, keys):
            if value != told:
                yield from self._argument(key, value)

    def _argument(self, key: str, value: str) -> Iterator[Piece]:
        colours, painting = self._colours, self._painting
        name = printable_line(key, _LONGEST_NAME)
        short = "\n" not in value and len(value) < _HEAD_CHARACTERS
        line = styled(name, colours.dim)
        if short:
            line.append("  " if name else "").append(plain_text(value), colours.argument)
            mark_terms(line, painting.finder, colours.mark)
        if short or name:
            rows = wrap_text(line, painting.width - 4)
            yield Piece(StyledLines(rows, self._prefix), self._block)
        if not short:
            indented = (*self._prefix, Segment("  "))
            head = head_of(value, self._fold, ARGUMENT_LINES, _HEAD_CHARACTERS)
            yield from painting.output(self._block, head, colours.argument, indented)

    def _checked(self, todos: TodoList) -> Iterator[Piece]:
        """A list with check marks; what is being done now also says so in words."""
        colours = self._colours
        styles = {TodoState.OPEN: colours.argument, TodoState.DOING: colours.doing}
        rows: list[Text] = []
        for todo in todos.todos:
            sign, style = _CHECKS[todo.state], styles.get(todo.state, colours.done)
            line = styled(plain_text(todo.text).strip(), style)
            if todo.state in _SAID:
                line.append(f"  {todo.state.value}", colours.dim)
            mark_terms(line, self._painting.finder, colours.mark)
            for number, row in enumerate(wrap_text(line, self._painting.width - 6)):
                lead = styled("  ", style + FRAME) if number else styled(sign, style)
                rows.append(lead.append_text(row))
        yield Piece(StyledLines(rows, self._prefix), self._block)

    def _diff(self, edit: EditDiff) -> Iterator[Piece]:
        most = len(edit.lines) if self._fold is Fold.FULL else 2 * OUTPUT_LINES
        rows: list[Text] = []
        for kind, stored in edit.lines[:most]:
            style, sign = self._diff_look(kind)
            line = styled(sign + plain_text(stored), style)
            mark_terms(line, self._painting.finder, self._colours.mark)
            rows += wrap_text(line, self._painting.width - 4)
        yield Piece(StyledLines(rows, self._prefix), self._block)
        if hidden := edit.lines[most:]:
            size = sum(len(line.text.encode("utf-8", "surrogatepass")) + 1 for line in hidden)
            head = Head("", len(hidden), size)
            yield self._painting.rest_line(head, self._block, self._prefix)

    def _diff_look(self, kind: DiffKind) -> tuple[Style, str]:
        match kind:
            case DiffKind.ADDED:
                return self._colours.added, "+ "
            case DiffKind.REMOVED:
                return self._colours.removed, "- "
            case DiffKind.SAME:
                return self._colours.output, "  "
            case DiffKind.PLACE:
                return self._colours.dim, ""

    def _output(self, *, apart: bool) -> Iterator[Piece]:
        result = self._run.result
        if result is None or not result.text.strip():
            return
        if apart:
            yield Piece(StyledLines([Text(end="")], self._prefix), self._block)
        style = self._colours.error if self._outcome.failed else self._colours.output
        head = head_of(result.text, self._fold, OUTPUT_LINES, _HEAD_CHARACTERS)
        head = head.replace(text=without_colours(head.text))
        yield from self._painting.output(self._block, head, style, self._prefix)


def _first_line(result: ToolResultBlock | None) -> Telling:
    text = without_colours(result.text.lstrip()[:_HEAD_CHARACTERS]) if result else ""
    return Telling(printable_line(text.partition("\n")[0], 200), complete=False)
