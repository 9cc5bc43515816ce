"""Lists of things to do, as agents keep them."""

from __future__ import annotations

import pytest

from sessiontui.domain.todo_list import Todo, TodoState, todo_list_of
from sessiontui.domain.value import JsonValue
from sessiontui.ui.widgets.folding import Fold
from tests.transcripts import call, result
from tests.unit.rendering import COLOURS, opened, render, shown

OPEN, DOING, DONE = TodoState.OPEN, TodoState.DOING, TodoState.DONE


@pytest.mark.parametrize(
    "arguments",
    [
        {"todos": [{"content": "a", "status": "completed", "activeForm": "doing a"}]},
        {"explanation": "so far", "plan": [{"step": "a", "status": "completed"}]},
        {"todos": [{"description": "a", "status": "completed"}]},
        {"todos": [{"title": "a", "status": "done"}]},
        {"todos": [{"id": 1, "title": "a", "state": "Completed"}]},
    ],
)
def test_lists_of_many_agents_are_understood(arguments: JsonValue) -> None:
    found = todo_list_of(arguments)
    assert found is not None
    assert found.todos == (Todo("a", DONE),)
    assert found.done == 1


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        "todos",
        {"todos": []},
        {"todos": "a"},
        {"todos": ["a"]},
        {"todos": [{"content": "a"}]},
        {"todos": [{"content": "a", "status": "completed"}, {"content": "b", "status": "odd"}]},
        {"todos": [{"content": " ", "status": "completed"}]},
        {"tasks": [{"status": "pending"}]},
    ],
)
def test_what_is_not_understood_whole_is_no_list(arguments: JsonValue) -> None:
    assert todo_list_of(arguments) is None


PLAN: JsonValue = {
    "explanation": "two left",
    "plan": [
        {"step": "measure the parser", "status": "completed"},
        {"step": "rewrite the loop " + "and more " * 8, "status": "in_progress"},
        {"step": "run all \x1b[1mtests", "status": "pending"},
        {"step": "buy hats", "status": "cancelled"},
    ],
}


def test_a_plan_is_shown_open_as_a_list_with_check_marks() -> None:
    assert shown(call("update_plan", PLAN), results={0: result("Plan updated")}, width=50) == [
        "▾ update_plan  1 of 4 done   ok · 1 line",
        "  │ ☑ measure the parser",
        "  │ ☐ rewrite the loop and more and more and more",
        "  │   and more and more and more and more and more",
        "  │    in progress",
        "  │ ☐ run all ␛[1mtests",
        "  │ ☒ buy hats  dropped",
    ]


def test_a_plan_folds_and_shows_the_rest_when_asked_for() -> None:
    answer = {0: result("Plan updated")}
    closed = shown(call("update_plan", PLAN), results=answer, folding=opened(b0=Fold.CLOSED))
    assert closed == ["▸ update_plan  1 of 4 done   ok · 1 line"]
    whole = shown(call("update_plan", PLAN), results=answer, folding=opened(b0=Fold.FULL))
    assert "  │ explanation  two left" in whole
    assert "  │ Plan updated" in whole
    assert not any("measure the parser" in line and "step" in line for line in whole)


def test_a_plan_that_was_refused_shows_why() -> None:
    lines = shown(call("update_plan", PLAN), results={0: result("no such plan", failed=True)})
    assert lines[0].endswith("failed · 1 line")
    assert lines[-1] == "  │ no such plan"


def test_hits_in_a_plan_are_marked() -> None:
    rendered = render(call("update_plan", PLAN), terms=("hats",))
    assert [rendered.text(line).strip() for line in rendered.hit_lines] == ["│ ☒ buy hats  dropped"]
    assert any(s.text == "hats" and s.style and s.style.bgcolor == COLOURS.hit.bgcolor
               for s in rendered.strip(rendered.hit_lines[0]))  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"subject": "Measure", "description": "all of it"}, "▸ Task  ☐ Measure   no result"),
        ({"taskId": "3", "status": "completed"}, "▸ Task  ☑ task 3   no result"),
        (
            {"taskId": "3", "subject": "New", "status": "in_progress"},
            "▸ Task  ☐ New  in progress   no result",
        ),
        ({"taskId": "3", "status": "odd"}, "▸ Task  3   no result"),
        ({"subject": "a mail", "to": "b"}, "▸ Task  a mail   no result"),
    ],
)
def test_a_single_task_is_a_line_with_a_check_mark(arguments: JsonValue, line: str) -> None:
    assert shown(call("Task", arguments)) == [line]


def test_an_unfolded_task_shows_all_of_its_arguments() -> None:
    arguments: JsonValue = {"subject": "Measure", "description": "all of it"}
    assert shown(call("Task", arguments), folding=opened(b0=Fold.OPEN)) == [
        "▾ Task  ☐ Measure   no result",
        "  │ subject  Measure",
        "  │ description  all of it",
    ]
