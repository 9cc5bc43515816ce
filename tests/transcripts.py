"""Sample transcripts for tests: every kind of block, and hostile text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from rich.style import Style

from sessiontui.domain.message import (
    Block,
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.value import JsonValue
from sessiontui.ui.widgets.transcript_colours import COMPONENT_CLASSES, TranscriptColours

START = datetime(2026, 3, 3, 5, 12, tzinfo=UTC)

HOSTILE_TEXTS = (
    "\x1b]0;title\x07 and \x1b[2J\x9b31m colours",
    "[/home/x] [bold]no markup[/bold] [@click=app.bell]x[/]",
    "a\x00b\x7f\x08c\rd",
    "\u202eright to left\u202c \u2066isolated\u2069 \ufeffbom",
    "漢字かな交じり文と한국어，全角。" * 30,
    "👩‍👩‍👧‍👦 👍🏽 ❤️ \u200d\u200d\ufe0f e\u0301\u0301\u0301",
    "\ud800 lone surrogate",
    "```\x1b[31m\n\x1b]52;c;aGk=\x07\n```",
    "&#27;[31m &#8238;entity &lt;b&gt; [x](http://a/\x1b[1m)",
    "| a | b |\n|---|---|\n| \x1b | [/] |\n",
    "\t\ttabs\tand \u2028 separators \u2029",
    "-" * 300 + "\n" + "x" * 500,
    "",
    " \n\n ",
)


def message(
    index: int,
    role: Role,
    *blocks: Block | str,
    human: bool | None = None,
    minutes: float | None = None,
    **fields: Any,
) -> Message:
    """A message; plain strings become text blocks, users' messages count as typed by a person."""
    return Message(
        index=index,
        role=role,
        human=role is Role.USER if human is None else human,
        blocks=tuple(TextBlock(text=b) if isinstance(b, str) else b for b in blocks),
        created_at=None if minutes is None else START + timedelta(minutes=minutes),
        **fields,
    )


def call(name: str, arguments: JsonValue = None, call_id: str | None = None) -> ToolCallBlock:
    """A tool call."""
    return ToolCallBlock(name=name, arguments=arguments, call_id=call_id)


def result(
    text: str, call_id: str | None = None, *, failed: bool | None = False
) -> ToolResultBlock:
    """A tool result."""
    return ToolResultBlock(text=text, call_id=call_id, is_error=failed)


def conversation(count: int) -> list[Message]:
    """Prompts and answers by turns, of many lengths."""
    return [
        message(index, Role.USER, f"question {index} " + "word " * (index % 37))
        if index % 2 == 0
        else message(
            index,
            Role.ASSISTANT,
            f"answer {index}\n\n" + "several words of prose here. " * (index % 23) + "\n\n- a\n- b",
        )
        for index in range(count)
    ]


LISTING = "\n".join(
    f"-rw-r--r-- 1 anna users {n * 731:>7} Mar  3 05:{n % 60:02} trip-{n}.md" for n in range(229)
)

PLAN = """Here is the plan for **two days** in Oslo:

1. Museum in the morning, harbour after lunch
2. Holmenkollen, back by the *night train*
   - bring `rain jackets`
   - tickets at [the station](https://example.org/tickets)

| day | place | cost |
|-----|-------|-----:|
| 1 | Museum and harbour | 240 |
| 2 | Holmenkollen | 1,180 |

```python
def nights(days: int) -> int:
    # one night fewer than days
    return max(0, days - 1)
```

> The weather may change the order.
"""


def every_kind() -> list[Message]:
    """One transcript with every kind of block."""
    return [
        message(0, Role.SYSTEM, "You are a helpful travel agent.\n\n" + "Be kind and brief. " * 60),
        message(1, Role.USER, "plan a trip to Oslo with periwinkle hats", minutes=0),
        message(
            2,
            Role.ASSISTANT,
            ThinkingBlock(text="The user wants a plan. " * 85),
            call("shell", {"command": ["bash", "-lc", "ls -la ~/trips"]}, "c1"),
            author="scout",
            model="gossamer-4",
            minutes=0.2,
        ),
        message(3, Role.TOOL, result(LISTING, "c1"), minutes=0.203),
        message(
            4,
            Role.ASSISTANT,
            call(
                "edit",
                {
                    "file_path": "plan.md",
                    "old_string": "# Oslo\nDay 1: harbour\n",
                    "new_string": "# Oslo\nDay 1: museum, then harbour\nDay 2: Holmenkollen\n",
                },
                "c2",
            ),
            call("fetch", {"url": "https://example.org/weather/oslo", "timeout": 30}, "c3"),
            author="scout",
            minutes=0.3,
        ),
        message(5, Role.TOOL, result("The file was updated.", "c2"), minutes=0.301),
        message(
            6,
            Role.TOOL,
            result("connect to example.org: refused\nafter 3 tries, 12.4 s", "c3", failed=True),
            minutes=0.51,
        ),
        message(7, Role.ASSISTANT, PLAN, author="scout", minutes=1),
        message(
            8,
            Role.USER,
            "und München? 東京の旅行も計画してください。\n\n"
            "see  *.md and __init__.py:\n```sh\nls *.md\n```",
            MediaBlock(media_type="image/png", name="harbour.png", size_bytes=48_213),
            minutes=18,
        ),
        message(9, Role.SYSTEM, "conversation compacted"),
        message(
            10,
            Role.ASSISTANT,
            "Grüß Gott! 東京は三日間がよいでしょう。 👩‍👩‍👧‍👦\n\n"
            "## Next steps\n\n- [x] tickets\n- [ ] hotel",
            OpaqueBlock(type_name="server_tool_use", data={"id": "x1", "input": {"q": "Oslo"}}),
            author="scout",
            minutes=19,
        ),
        message(
            11,
            Role.OTHER,
            DamagedBlock(
                where="line 12 of sessions/gw_6f1e.jsonl",
                reason="the line ends in the middle of a string",
                raw='{"role":"assistant","content":"and the hotel is at \x1b[31mKarl Joh',
            ),
        ),
        message(12, Role.OTHER, "session resumed on another machine"),
        message(13, Role.USER, "thanks, book it", minutes=1471),
        message(
            14,
            Role.ASSISTANT,
            call(
                "book", {"hotel": "Hotel Bristol", "nights": 1, "notes": "quiet room\nlate arrival"}
            ),
            author="scout",
            minutes=1472,
        ),
    ]


def sample_colours() -> TranscriptColours:
    """A colour of its own for every meaning, without an app."""
    classes = sorted(COMPONENT_CLASSES)
    return TranscriptColours.taken_from(
        lambda name: Style(
            color=f"color({classes.index(name)})",
            bgcolor=f"color({100 + classes.index(name)})"
            if name.endswith(("code", "hit"))
            else None,
        )
    )
