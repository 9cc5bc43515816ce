"""A page of HTML: shows everything, needs nothing, and nothing stored is markup in it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    Message,
    OpaqueBlock,
    Role,
    ThinkingBlock,
)
from sessiontui.domain.printable import printable
from sessiontui.domain.session import Session, SessionRef, TitleSource
from sessiontui.domain.value import JsonValue
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.exporting import ExportForm, document, exported
from sessiontui.services.html_export import html_page
from sessiontui.services.transcript import Transcript
from sessiontui.ui.themes import DARK, LIGHT, derived_variables
from tests.transcripts import HOSTILE_TEXTS, call, every_kind, message, result
from tests.unit.html_pages import Page

IDLE = Verdict(status=VerdictStatus.IDLE, evidence=("the store says idle",))
MARKUP = (
    "</title><script>alert(1)</script>",
    "</style></script><img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)><!-- ]]> <?x --!>",
    "\"' onmouseover=alert(1) x='\"",
    "[a](javascript:alert(1)) [b](data:text/html,x) [c](vbscript:x) <javascript:x>",
    "![x](https://evil.example/x.png) ![y](file:///etc/passwd)",
    '<a href="https://evil.example">z</a> <https://evil.example/a"b>',
    '[z](https://evil.example/ "\' onclick=x") [y](//evil.example) [w](&#106;avascript:x)',
    "```html onload=x\n<script>alert(1)</script>\n```",
    "<details open ontoggle=alert(1)>&lt;script&gt;&#60;b&#62;{{x}}${y}",
)


def transcript(*messages: Message, **fields: object) -> Transcript:
    values: dict[str, Any] = {
        "ref": SessionRef("memory-1", "trip"),
        "format": "memory",
        "title": "Trip to Oslo",
        "title_source": TitleSource.STORE,
        **fields,
    }
    return Transcript(Session(**values), IDLE, messages)


def page_of(messages: Sequence[Message], **fields: object) -> Page:
    return Page(exported(transcript(*messages, **fields), ExportForm.HTML))


# -- what is shown -------------------------------------------------------------------------


def test_the_head_tells_what_the_session_is() -> None:
    whole = replace(
        transcript(
            *every_kind(),
            agent="scout",
            model="gossamer-4",
            workspace=Path("/home/demo/trips"),
            branch="main",
            message_count=15,
            tokens=12_345,
            size_bytes=48_000,
            problem="one line cannot be read",
        ),
        resume=ResumeCommand(("scout", "--resume", "x1"), None),
    )
    page = Page(exported(whole, ExportForm.HTML))
    assert page.texts_in["title"] == ["Trip to Oslo"]
    assert page.texts_in["h1"] == ["Trip to Oslo"]
    for words in (
        *("memory", "memory-1:trip", "scout", "gossamer-4", "/home/demo/trips", "main"),
        "15 messages · 3 prompts · 4 tool calls (1 failed) · 12,345 tokens · 48 KB",
        *("scout --resume x1", "one line cannot be read", "idle", "the store says idle"),
    ):
        assert words in page.text, words


def test_prompts_are_an_outline_that_leads_to_them() -> None:
    page = page_of(every_kind())
    links = [link for link in page.links if link.startswith("#")]
    assert {link.removeprefix("#") for link in links} <= set(page.ids)
    assert links[:4] == ["#m1", "#m8", "#m13", "#m1"]
    assert "3 prompts" in page.text


def test_every_message_that_shows_something_can_be_linked_to() -> None:
    page = page_of(every_kind())
    shown = [identity for identity in page.ids if re.fullmatch(r"m\d+", identity)]
    # 3, 5 and 6 are results that stand with their calls.
    assert shown == [f"m{index}" for index in (0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 13, 14)]


def test_all_that_was_said_and_done_is_in_the_page() -> None:
    text = page_of(every_kind()).text
    for words in (
        *("plan a trip to Oslo with periwinkle hats", "ls -la ~/trips", "trip-228.md"),
        *("Day 1: museum, then harbour", "connect to example.org: refused", "rain jackets"),
        *("image/png", "harbour.png", "48 KB", "server_tool_use", '"id"', "x1"),
        *("cannot be read", "line 12 of sessions/gw_6f1e.jsonl", "the hotel is at ␛[31mKarl Joh"),
        *("conversation compacted", "Be kind and brief.", "The user wants a plan."),
        *("quiet room\nlate arrival", "東京の旅行も計画してください。", "☑ tickets", "☐ hotel"),
    ):
        assert words in text, words


def test_a_list_of_things_to_do_is_a_list_with_check_marks() -> None:
    todos: list[JsonValue] = [
        {"content": "find the place <b>", "status": "completed"},
        {"content": "write a test", "status": "in_progress"},
        {"content": "mend it", "status": "pending"},
        {"content": "rewrite everything", "status": "cancelled"},
    ]
    page = page_of([message(0, Role.ASSISTANT, call("TodoWrite", {"todos": todos}))])
    assert "TodoWrite 1 of 4 done" in page.text
    assert "☑ find the place <b>☐ write a test in progress☐ mend it☒ rewrite" in page.text
    assert page.open_details == [True]
    assert {"todos", "done", "doing", "todo"} <= set(page.classes)
    odd = call("TodoWrite", {"todos": [{"content": "half"}]})
    assert "half" in page_of([message(0, Role.ASSISTANT, odd)]).text


def test_a_call_is_one_line_with_its_outcome() -> None:
    calls = message(
        0,
        Role.ASSISTANT,
        call("shell", {"command": "ls -la"}, "1"),
        call("shell", {"command": "make"}, "2"),
        call("look", None, "3"),
    )
    answers = message(
        1,
        Role.TOOL,
        result("a\nb", "1"),
        result("no rule", "2", failed=True),
        result("x" * 50_000, "3"),
    )
    page = page_of([calls, answers])
    summaries = re.findall(r"shell ls -la ok · 2 lines|shell make failed · 1 line", page.text)
    assert len(summaries) == 2
    assert "1 line, 50 KB" in page.text
    assert page.open_details == [False, True, False], "only what failed is open"


def test_a_call_without_a_result_says_so() -> None:
    page = page_of([message(0, Role.ASSISTANT, call("shell", {"command": "ls"}, "1"))])
    assert "no result" in page.text
    assert not page.open_details


def test_a_result_without_a_call_is_shown_by_its_first_line() -> None:
    page = page_of([message(0, Role.TOOL, result("\x1b[32mfine\x1b[0m\nrest"))])
    assert page.text.count("fine") == 2
    assert "rest" in page.text
    assert "[32m" not in page.text


def test_edits_and_patches_are_diffs_and_small_ones_are_open() -> None:
    patch = "*** Begin Patch\n*** Update File: a/b.py\n-x\n+y\n*** End Patch"
    long = "diff --git a/c.py b/c.py\n+++ b/c.py\n" + "".join(f"+{n}\n" for n in range(30))
    page = page_of(
        [
            message(
                0,
                Role.ASSISTANT,
                call("edit", {"file_path": "a.py", "old_string": "one", "new_string": "two"}, "1"),
                call("apply_patch", patch, "2"),
                call("apply_patch", {"patch": long}, "3"),
            ),
            message(1, Role.TOOL, result("ok", "1"), result("ok", "2"), result("ok", "3")),
        ]
    )
    assert page.open_details == [True, True, False]
    assert "- one\n+ two\n" in page.text
    assert "edit a.py +1 −1" in page.text
    assert "apply_patch a/b.py +1 −1" in page.text
    assert "apply_patch c.py +30 −0" in page.text
    assert page.classes.count("removed") == 2 + 3


def test_what_git_printed_as_a_diff_is_shown_as_one() -> None:
    printed = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n"
    page = page_of(
        [
            message(0, Role.ASSISTANT, call("shell", {"command": "git diff"}, "1")),
            message(1, Role.TOOL, result(printed, "1")),
        ]
    )
    assert {"added", "removed"} <= set(page.classes)


def test_thinking_and_long_system_text_are_folded_and_short_ones_are_dividers() -> None:
    page = page_of(
        [
            message(0, Role.SYSTEM, "compacted"),
            message(1, Role.SYSTEM, "Be kind.\n" * 30),
            message(2, Role.ASSISTANT, ThinkingBlock(text="hm " * 40), "Yes."),
            message(3, Role.OTHER, "restarted"),
        ]
    )
    assert page.open_details == [False, False]
    assert page.classes.count("divider") == 2
    assert "thinking 40 words" in page.text
    assert "60 words" in page.text


def test_what_cannot_be_read_or_is_unknown_is_visible() -> None:
    page = page_of(
        [
            message(
                0,
                Role.ASSISTANT,
                DamagedBlock(where="line 3", reason="not JSON", raw='{"role":'),
                OpaqueBlock(type_name="plan", data=[1, 2]),
                OpaqueBlock(type_name="", data=None),
                MediaBlock(),
            ),
            message(1, Role.ASSISTANT),
        ]
    )
    for words in ("line 3", "not JSON", '{"role":', "plan 2 items", "(no type)", "▣ media"):
        assert words in page.text
    assert "nothing in it" in page.text


def test_a_session_without_messages_says_so() -> None:
    assert "no message" in page_of([]).text


def test_a_turn_is_named_once_and_what_nobody_said_does_not_end_it() -> None:
    page = page_of(
        [
            message(0, Role.USER, "go", minutes=0),
            message(1, Role.ASSISTANT, "one", minutes=1, model="m1"),
            message(2, Role.OTHER, "saved"),
            message(3, Role.ASSISTANT, "two", minutes=2, model="m1"),
            message(4, Role.ASSISTANT, "three", minutes=3, author="helper"),
        ],
        agent="scout",
    )
    assert page.texts_in["h2"] == ["you", "scout", "helper"]
    assert page.text.count("m1") == 1
    assert page.texts_in["time"] == ["3 Mar 2026 05:12", "05:13", "05:15"]


def test_what_a_program_said_for_the_user_is_no_prompt() -> None:
    page = page_of(
        [message(0, Role.USER, "typed"), message(1, Role.USER, "hook output", human=False)]
    )
    assert {"you", "user"} <= set(page.classes)
    assert "1 prompt\n" in page.text
    assert page.texts_in["h2"] == ["you", "user"]


def test_several_sessions_are_sections_with_names_of_their_own() -> None:
    parts = [transcript(*every_kind(), title=f"Trip {number}") for number in (1, 2)]
    page = Page("".join(document(parts, ExportForm.HTML, several=True)))
    assert page.texts_in["h1"] == ["Trip 1", "Trip 2"]
    assert {"s1-m1", "s2-m1"} <= set(page.ids)
    assert {link.removeprefix("#") for link in page.links if link[0] == "#"} <= set(page.ids)


# -- what it needs -------------------------------------------------------------------------


def test_the_policy_allows_what_is_in_the_page_and_nothing_else() -> None:
    text = exported(transcript(*every_kind()), ExportForm.HTML)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    directives = dict(part.strip().split(" ", 1) for part in policy.group(1).split(";"))
    assert directives["default-src"] == "'none'"
    for directive, tag in (("style-src", "style"), ("script-src", "script")):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(found) == 1
        digest = b64encode(sha256(found[0].encode()).digest()).decode()
        assert directives[directive] == f"'sha256-{digest}'"
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert directives["img-src"] == "data:"


def test_nothing_is_fetched_from_anywhere() -> None:
    text = exported(transcript(*every_kind()), ExportForm.HTML)
    style = text[text.index("<style>") : text.index("</style>")]
    script = text[text.rindex("<script>") :]
    assert not re.search(r"url\(|@import|@font-face|//[a-z]", style)
    assert not re.search(r"fetch|XMLHttp|import|eval|innerHTML|https?:", script)


def test_the_colours_are_those_of_the_programs_own_themes() -> None:
    text = exported(transcript(), ExportForm.HTML)
    dark, light = derived_variables(DARK), derived_variables(LIGHT)
    pairs = {
        "background": (LIGHT.background, DARK.background),
        "surface": (LIGHT.surface, DARK.surface),
        "panel": (LIGHT.panel, DARK.panel),
        "foreground": (LIGHT.foreground, DARK.foreground),
        **{
            name: (light[variable], dark[variable])
            for name, variable in (
                *(("quiet", "quiet"), ("edge", "edge"), ("accent", "accent-text")),
                *(("place", "place-text"), ("running", "running-text"), ("stuck", "stuck-text")),
                *(("failed", "failed-text"), ("tool", "tool-text")),
            )
        },
    }
    for name, (bright, dim) in pairs.items():
        assert f"--{name}: light-dark({bright}, {dim});".lower() in text.lower()


# -- what is stored is only text -----------------------------------------------------------


@pytest.mark.parametrize("text", [*MARKUP, *HOSTILE_TEXTS])
def test_no_text_in_any_field_becomes_markup(text: str) -> None:
    messages = [
        message(0, Role.USER, text, MediaBlock(media_type=text, name=text), author=text),
        message(
            1,
            Role.ASSISTANT,
            text,
            f"# {text}\n\n- {text}\n\n|{text}|b|\n|--|--|\n|{text}|{text}|",
            f"[{text}]({text}) `{text}` **{text}** ~~{text}~~ ![{text}]({text})",
            f"```{text}\n{text}\n```",
            ThinkingBlock(text=text),
            call(text, {text: text, "command": text, "file_path": text, "content": text}, "1"),
            call("edit", {"old_string": text, "new_string": f"{text}\n{text}"}),
            call(text, text),
            call(text, [text, {text: [text]}]),
            OpaqueBlock(type_name=text, data={text: text}),
            DamagedBlock(where=text, reason=text, raw=text),
            author=text,
            model=text,
        ),
        message(2, Role.TOOL, result(text, "1"), result(text), result(f'{{"a": "{text}"}}')),
        message(3, Role.SYSTEM, text, text * 40),
        message(4, Role.OTHER, text),
    ]
    fields = dict.fromkeys(
        ("title", "agent", "model", "repo", "branch", "channel", "room", "sender", "problem"), text
    )
    whole = replace(
        transcript(*messages, **fields, workspace=Path(text or "/")),
        verdict=Verdict(status=VerdictStatus.STUCK, evidence=(text,)),
        resume=ResumeCommand((text, text), None),
        masked={text: 1},
    )
    several = [whole, replace(whole, session=whole.session.replace(title=None))]
    page = Page("".join(html_page(several, several=True)))
    # The second session is titled by its key: all scripts and styles are our own, one each.
    assert len(page.texts_in["script"]) == len(page.texts_in["style"]) == 1


@given(st.text(alphabet="<>&\"'`[]()!*_~#|-\\:/ \nahttpsjv@.\x1b\u202e", max_size=80))
def test_no_prose_becomes_markup(text: str) -> None:
    page_of(
        [message(0, Role.ASSISTANT, text, author=text), message(1, Role.USER, text)], title=text
    )


@given(st.text(max_size=200))
def test_no_character_of_what_a_tool_printed_is_lost(text: str) -> None:
    page = page_of([message(0, Role.TOOL, result(f"first\n{text}|end"))])
    shown = printable(re.sub("\x1b\\[[0-9;:]*m", "", text))
    assert f"first\n{shown}|end" in page.text


@given(st.text(alphabet="ab \n<&'\"*_[]()://hts.\t\x1b", max_size=60))
def test_no_character_that_a_person_typed_is_lost(text: str) -> None:
    page = page_of([message(0, Role.USER, f"x{text}y")])
    assert printable(f"x{text}y") in page.text
