"""Which message the tokens belong to that Claude Code and Codex write down, each of them once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.backends.codex import Codex
from sessiontui.domain.message import Message
from sessiontui.storage.jsonl_tail import LARGE
from tests.formats import claude_code_lines as claude_lines
from tests.formats import codex_stores as codex
from tests.formats.claude_code_stores import FIRST, ClaudeFolder, append
from tests.formats.real_stores import copied_home


def tokens_of(messages: Iterable[Message]) -> list[int | None]:
    return [message.tokens for message in messages]


# -- Claude Code -------------------------------------------------------------------------------


def spending(
    number: int, message_id: str, *used: int, block: str | claude_lines.Made = "word"
) -> claude_lines.Made:
    """A line of an answer: tokens given, put into the cache, read from it, written."""
    made = claude_lines.answer(number, number - 1, block, message_id=message_id)
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens",
             "output_tokens")  # fmt: skip
    made["message"]["usage"] = dict(zip(names, used, strict=True))
    return made


def given_back(number: int, call_id: str = "t1") -> claude_lines.Made:
    return claude_lines.prompt(number, number - 1, [claude_lines.result("x", call_id)])


def read(*records: claude_lines.Made) -> list[int | None]:
    return tokens_of(claude_lines.read(claude_lines.encoded(records)))


def test_an_answer_on_several_lines_counts_once_with_what_the_last_line_says() -> None:
    # The first lines are written while it streams: what was written by then is a guess.
    assert read(
        claude_lines.prompt(1, None, "go"),
        spending(2, "a", 10, 1, 500, 1),
        spending(3, "a", 10, 1, 500, 70),
        claude_lines.prompt(4, 3, "and now"),
        spending(5, "b", 3, 0, 600, 9),
    ) == [None, 581, None, 612]


def test_an_answer_between_whose_lines_results_stand_counts_with_its_first_message() -> None:
    used = claude_lines.call("Bash", {"command": "ls"})
    assert read(
        claude_lines.prompt(1, None, "go"),
        spending(2, "a", 10, 0, 0, 1, block=used),
        given_back(3),
        spending(4, "a", 10, 0, 0, 5, block=used),
        given_back(5),
        spending(6, "b", 20, 0, 0, 2),
    ) == [None, 15, None, None, None, 22]


def test_what_the_program_made_up_itself_and_what_says_nothing_has_no_tokens() -> None:
    silent = claude_lines.answer(3, 2, "word", message_id="b")
    assert read(spending(2, "a", 0, 0, 0, 0), silent) == [None, None]


@given(st.lists(st.tuples(st.sampled_from("abcr"), st.integers(0, 9)), max_size=16))
def test_messages_have_together_what_the_session_has(lines: list[tuple[str, int]]) -> None:
    made = [
        given_back(number) if kind == "r" else spending(number, kind, 1, 0, 2, used)
        for number, (kind, used) in enumerate(lines, 1)
    ]
    data = claude_lines.encoded(made)
    counted = sum(tokens or 0 for tokens in tokens_of(claude_lines.read(data)))
    assert counted == claude_lines.facts_of(data).tokens.total


def test_a_line_that_comes_later_is_counted_with_the_answer_it_belongs_to(
    claude: ClaudeFolder,
) -> None:
    start = (claude_lines.prompt(1, None, "go"), spending(2, "a", 10, 0, 0, 1))
    path = claude.write(records=start)
    store = claude.open()
    assert tokens_of(store.messages(FIRST)) == [None, 11]
    append(path, spending(3, "a", 10, 0, 0, 40), given_back(4), spending(5, "a", 10, 0, 0, 90))
    assert tokens_of(store.messages(FIRST)) == [None, 100, None, None]
    assert tokens_of(store.messages(FIRST, 1, 2)) == [100]


def test_the_end_of_a_long_transcript_tells_the_same(claude: ClaudeFolder) -> None:
    records = []
    for number in range(1, 900, 2):
        records.append(claude_lines.prompt(number, number - 1 or None, "word " * 600))
        records.append(spending(number + 1, f"m{number}", 1, 2, 3, number))
    claude.write(records=records)
    store = claude.open()
    ending = store.ending(FIRST, 8)
    assert not ending.counted
    whole = tokens_of(store.messages(FIRST))
    assert tokens_of(ending.messages) == whole[-8:]
    assert whole[-1] == 6 + 899


# -- Codex -------------------------------------------------------------------------------------


def counted(total: int, last: int | None = None, second: float = 0) -> bytes:
    """The tokens spent so far, and by the last request."""
    info = {"total_token_usage": {"total_tokens": total}}
    if last is not None:
        info["last_token_usage"] = {"total_tokens": last}
    return codex.event("token_count", second, info=info, rate_limits=None)


def rollout(tmp_path: Path, *lines: bytes) -> Codex:
    codex.write(tmp_path, (codex.meta(), codex.turn_context(), *lines))
    return Codex.open(tmp_path)


def told(tmp_path: Path, *lines: bytes) -> list[int | None]:
    return tokens_of(rollout(tmp_path, *lines).messages(codex.FIRST))


def test_what_was_added_to_the_sum_is_that_of_the_answer_before_it(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        codex.prompt("go", 1), codex.answer("I look", 2), codex.call("ls", 2),
        codex.result("a.txt", 3), counted(1200, 1200, 3),
        codex.answer("one file", 4), counted(2500, 1300, 4),
    ) == [None, None, 1200, None, 1300]  # fmt: skip


def test_a_sum_that_is_written_again_counts_once(tmp_path: Path) -> None:
    # With each new limit of the rate the last sum comes again.
    again = counted(1200, 1200, 2)
    assert told(
        tmp_path,
        codex.prompt("go", 1), codex.answer("so", 2), again, again,
        codex.prompt("and", 3), again, codex.answer("then", 4), again, counted(1300, 100, 4),
    ) == [None, 1200, None, 100]  # fmt: skip


def test_a_compaction_counts_with_the_answer_after_it(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        codex.prompt("go", 1), codex.answer("so", 2), counted(1000, 1000, 2),
        counted(1700, 700, 3), codex.prompt("and", 4), codex.answer("then", 5),
        counted(2000, 300, 5),
    ) == [None, 1000, None, 1000]  # fmt: skip


def test_counting_may_begin_anew_and_may_have_begun_elsewhere(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        codex.prompt("go", 1), counted(90_000, 500, 1), codex.answer("so", 2),
        counted(90_700, 700, 2), codex.answer("resumed", 3), counted(40, 40, 3),
    ) == [None, 700, 40]  # fmt: skip


@pytest.mark.parametrize("total", [-5, 2**60, "many", None, True, 1.5, {"deep": 1}])
def test_a_sum_that_is_none_is_passed_over(tmp_path: Path, total: object) -> None:
    odd = codex.event("token_count", 2, info={"total_token_usage": {"total_tokens": total}})
    bare = codex.event("token_count", 2, info=[1])
    store = rollout(tmp_path, codex.answer("so", 1), odd, bare, counted(30, None, 3))
    assert tokens_of(store.messages(codex.FIRST)) == [30]


def test_however_often_counting_begins_anew_nothing_overflows(tmp_path: Path) -> None:
    most = 2**53 - 1
    anew = [counted(0), counted(most)] * 3_000
    found = told(tmp_path, codex.answer("so", 1), counted(1), *anew, codex.answer("on", 3),
                 counted(0), counted(most))  # fmt: skip
    assert found[0] == 1
    assert found[1] is not None
    assert found[1] > most


def test_a_sum_that_comes_later_is_read_with_its_own_bytes_only(tmp_path: Path) -> None:
    store = rollout(tmp_path, codex.prompt("go", 1), codex.answer("so", 2), counted(500, 500, 2),
                    codex.answer("then", 3))  # fmt: skip
    assert tokens_of(store.messages(codex.FIRST)) == [None, 500, None]
    with codex.path_of(tmp_path).open("ab") as file:
        file.write(counted(800, 300, 4) + codex.prompt("more", 5))
    assert tokens_of(store.messages(codex.FIRST)) == [None, 500, 300, None]


def test_the_end_of_a_long_rollout_tells_the_same(tmp_path: Path) -> None:
    lines = []
    for number in range(1, 400):
        lines += [codex.turn_context("gpt-x", number), codex.prompt("bed " * 900, number)]
        lines += [codex.answer(f"done {number}", number), counted(number * 100, 100, number)]
    store = rollout(tmp_path, *lines)
    assert codex.path_of(tmp_path).stat().st_size > LARGE
    ending = store.ending(codex.FIRST, 8)
    assert not ending.counted
    assert tokens_of(ending.messages) == [None, 100] * 4
    assert tokens_of(store.messages(codex.FIRST))[-8:] == [None, 100] * 4


# -- real stores -------------------------------------------------------------------------------


@pytest.mark.real_stores
@pytest.mark.parametrize(
    ("kind", "program", "folder"),
    [(ClaudeCode, "claude-code", ".claude"), (Codex, "codex", ".codex")],
)
def test_in_real_sessions_messages_have_together_what_the_session_has(
    tmp_path: Path, kind: type[ClaudeCode | Codex], program: str, folder: str
) -> None:
    store = kind.open(copied_home(program, tmp_path / "home") / folder)
    some = 0
    for key, _ in store.fingerprints():
        session = store.get(key)
        assert session is not None
        tokens = [one for one in tokens_of(store.messages(key)) if one is not None]
        assert sum(tokens) == (session.tokens or 0)
        some += len(tokens)
    store.close()
    assert some > 10
