"""The code blocks of a message, as they are stored and as they are painted."""

from __future__ import annotations

from sessiontui.domain.message import Message, Role
from sessiontui.ui.widgets.code_blocks import code_blocks, is_of
from tests.transcripts import PLAN, message
from tests.unit.rendering import RENDERER


def painted_rows(sample: Message, code: str) -> list[str]:
    rendered = RENDERER.render(sample, 60)
    return [
        rendered.text(line).strip()
        for line in range(rendered.height)
        if any(is_of(segment.style, code) for segment in rendered.strip(line))
    ]


def test_code_is_given_as_it_is_stored() -> None:
    sample = message(
        0,
        Role.ASSISTANT,
        "see\n\n```sh\nls\t*.md \x1b[1m\n```\n\n- in a list:\n\n  ```\n  b\n  ```",
    )
    assert list(code_blocks(sample)) == ["ls\t*.md \x1b[1m\n", "b\n"]


def test_what_a_person_typed_has_code_blocks_too() -> None:
    sample = message(0, Role.USER, "look:\n```python\nx = 1\n```\nand\n~~~\ny\n~~~")
    assert list(code_blocks(sample)) == ["x = 1\n", "y\n"]


def test_painted_lines_know_whose_they_are() -> None:
    sample = message(0, Role.ASSISTANT, PLAN + "\n```\nother\n```\n")
    first, second = code_blocks(sample)
    assert painted_rows(sample, first)[0].startswith("def nights(days: int) -> int:")
    assert len(painted_rows(sample, first)) == 3
    assert painted_rows(sample, second) == ["other"]


def test_a_message_without_code_has_none() -> None:
    assert not list(code_blocks(message(0, Role.ASSISTANT, "only `inline` code")))
