"""Claude Code's folder as a store: which files are sessions, what they say, what looking costs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.backends.claude_code import ClaudeCode
from sessiontui.domain.backend import Place, ResumeCommand, Surroundings
from sessiontui.domain.errors import SessionMissing, StoreUnreadable
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.session import Session, SessionRef, TitleSource
from tests.formats.claude_code_lines import answer, call, encoded, prompt, record, result
from tests.formats.claude_code_stores import (
    FIRST,
    SECOND,
    SHOP,
    TALK,
    THIRD,
    ClaudeFolder,
    append,
    counted,
    refusing,
    session_key,
)


def got(store: ClaudeCode, key: str = FIRST) -> Session:
    session = store.get(key)
    assert session is not None
    return session


# -- finding -----------------------------------------------------------------------------------


def test_the_folder_is_the_one_the_environment_names_or_else_that_of_the_home(
    claude: ClaudeFolder, tmp_path: Path
) -> None:
    home = claude.root.parent
    assert list(ClaudeCode.discover(Surroundings(home=home))) == [Place(claude.root, "~/.claude")]
    named = {"CLAUDE_CONFIG_DIR": str(claude.root)}
    elsewhere = Surroundings(home=tmp_path / "nobody", variables=named)
    assert list(ClaudeCode.discover(elsewhere)) == [Place(claude.root, "$CLAUDE_CONFIG_DIR")]
    missing = {"CLAUDE_CONFIG_DIR": str(tmp_path / "nowhere")}
    assert list(ClaudeCode.discover(Surroundings(home=home, variables=missing))) == []


def test_a_folder_is_known_by_what_is_in_it(claude: ClaudeFolder, tmp_path: Path) -> None:
    assert ClaudeCode.find_in(claude.root) == (claude.root,)
    other = tmp_path / "work"
    (other / "projects" / "shop").mkdir(parents=True)
    assert ClaudeCode.find_in(other) == ()
    foreign = other / "projects" / "shop" / f"{FIRST}.jsonl"
    foreign.write_text('{"type":"log","line":1}\n')
    assert ClaudeCode.find_in(other) == ()
    foreign.write_bytes(encoded(TALK))
    assert ClaudeCode.find_in(other) == (other,)
    claude.write()
    assert ClaudeCode.find_in(claude.root.parent) == (claude.root,)
    assert ClaudeCode.find_in(tmp_path) == ()
    assert ClaudeCode.find_in(foreign) == ()


# -- which files are sessions ------------------------------------------------------------------


def test_only_files_named_by_an_id_in_a_project_folder_are_sessions(claude: ClaudeFolder) -> None:
    claude.write()
    claude.write("notes")
    claude.side_file(FIRST, f"subagents/{SECOND}.jsonl", encoded(TALK))
    (claude.projects / f"{SECOND}.jsonl").write_bytes(encoded(TALK))
    (claude.projects / SHOP / f"{THIRD}.jsonl").mkdir()
    (claude.projects / SHOP / f"{session_key(104)}.jsonl").symlink_to("nowhere")
    os.mkfifo(claude.projects / SHOP / f"{session_key(105)}.jsonl")
    store = claude.open()
    assert list(store.keys()) == [FIRST]
    assert [session.ref.key for session in store.scan()] == [FIRST]
    assert store.info().session_count == 1


def test_a_session_in_two_folders_is_one_and_the_newer_file_counts(claude: ClaudeFolder) -> None:
    older = claude.write(records=[prompt(1, None, "older")], at=1_770_000_000)
    newer = claude.write(records=[prompt(1, None, "newer")], folder="-tmp", at=1_770_000_100)
    store = claude.open()
    assert [session.title for session in store.scan()] == ["newer"]
    assert got(claude.open()).title == "newer"
    os.utime(older, (1_770_000_200, 1_770_000_200))
    (fingerprint,) = store.fingerprints()
    assert got(store).fingerprint == fingerprint[1]
    assert got(store).title == "older"
    older.unlink()
    assert got(store).title == "newer"
    newer.unlink()
    assert store.get(FIRST) is None


def test_what_is_only_metadata_or_of_a_sub_agent_is_no_session(claude: ClaudeFolder) -> None:
    quiet = claude.write(records=[{"type": "mode", "mode": "plan"}, {"type": "last-prompt"}])
    claude.write(SECOND, [prompt(1, None, "count files", isSidechain=True), answer(2, 1, "3")])
    claude.write(THIRD, [])
    store = claude.open()
    assert store.info().session_count == 0
    assert list(store.scan()) == []
    assert list(store.fingerprints()) == []
    assert store.get(SECOND) is None
    assert not store.exists(FIRST)
    append(quiet, *TALK)
    assert store.info().session_count == 1
    assert [session.title for session in store.scan()] == ["why is the kettle slow"]


def test_a_title_or_damage_alone_makes_a_session(claude: ClaudeFolder) -> None:
    claude.write(records=[{"type": "custom-title", "customTitle": "Later"}])
    claude.write(SECOND, [b"{broken"])
    store = claude.open()
    assert {s.ref.key: (s.title, s.problem) for s in store.scan()} == {
        FIRST: ("Later", None),
        SECOND: (None, "1 damaged line in it"),
    }


# -- what a session says -----------------------------------------------------------------------


def test_a_session_says_what_its_transcript_says(claude: ClaudeFolder) -> None:
    usage = {
        "input_tokens": 1, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300,
        "output_tokens": 4_000,
    }  # fmt: skip
    tool = answer(2, 1, call("Bash", {}), stop="tool_use", model="claude-y")
    tool["message"]["usage"] = usage
    claude.write(
        records=[
            {"type": "mode", "mode": "plan"},
            prompt(1, None, "<ide_opened_file>a.py</ide_opened_file>\nwhy  is\nit slow"),
            tool,
            prompt(3, 2, [result("x")], gitBranch="fix", version="2.1.9"),
        ]
    )
    store = claude.open()
    session = got(store)
    assert session == Session(
        ref=SessionRef(store.store_id, FIRST),
        format="claude-code",
        title="why is it slow",
        title_source=TitleSource.DERIVED,
        created_at=datetime(2026, 5, 1, 10, 0, 1, tzinfo=UTC),
        last_activity=datetime(2026, 5, 1, 10, 0, 3, tzinfo=UTC),
        message_count=2,
        turn_open=True,
        agent="claude-code",
        model="claude-y",
        workspace=Path("/home/kim/shop"),
        branch="fix",
        native_id=FIRST,
        turns=1,
        tokens=4_321,
        size_bytes=(claude.projects / SHOP / f"{FIRST}.jsonl").stat().st_size,
        fingerprint=dict(store.fingerprints())[FIRST],
        extra={
            "mode": "plan",
            "version": "2.1.9",
            "tokens": {"input": 1, "cache_creation": 20, "cache_read": 300, "output": 4_000},
        },
    )
    assert store.resume_command(FIRST) == ResumeCommand(
        ("claude", "--resume", FIRST), Path("/home/kim/shop")
    )


def test_a_fork_names_its_parent(claude: ClaudeFolder) -> None:
    origin = {"sessionId": SECOND, "messageUuid": "x"}
    claude.write(records=[prompt(1, None, "go", forkedFrom=origin), *TALK[1:]])
    store = claude.open()
    assert got(store).parent == SessionRef(store.store_id, SECOND)


def test_a_stored_title_is_the_stores(claude: ClaudeFolder) -> None:
    claude.write(records=[*TALK, {"type": "ai-title", "aiTitle": "Slow kettle"}])
    session = got(claude.open())
    assert (session.title, session.title_source) == ("Slow kettle", TitleSource.STORE)


def test_a_working_sub_agent_moves_its_parent(claude: ClaudeFolder) -> None:
    claude.write(records=[prompt(1, None, "count them"), answer(2, 1, call("Task", {}))])
    helper = claude.side_file(FIRST, "subagents/agent-1.jsonl")
    os.utime(helper, (1_777_700_000, 1_777_700_000))
    assert got(claude.open()).moved_at == datetime.fromtimestamp(1_777_700_000, UTC)
    claude.write()
    assert got(claude.open()).moved_at is None


def test_the_first_look_at_a_large_transcript_is_its_head_and_its_tail(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = [prompt(n, n - 1, [result("word " * 400)]) for n in range(3, 1000)]
    named = {"type": "custom-title", "customTitle": "Kettle"}
    claude.write(records=[*TALK, *filling, answer(1000, 999, "done", model="claude-y"), named])
    work = counted(monkeypatch)
    (seen,) = claude.open().scan()
    assert work.bytes < 200_000
    whole = got(claude.open())
    assert work.bytes > 2_000_000
    assert (whole.message_count, whole.turns) == (3, 1)
    assert seen == whole.replace(message_count=None, turns=None)


def test_a_long_head_is_read_until_the_prompt_is_there(claude: ClaudeFolder) -> None:
    big = record("attachment", 1, None, attachment={"type": "file", "content": "x" * 300_000})
    claude.write(records=[big, prompt(2, 1, "here at last"), answer(3, 2, "y" * 100_000)])
    (seen,) = claude.open().scan()
    assert (seen.title, seen.workspace) == ("here at last", Path("/home/kim/shop"))


# -- what looking costs ------------------------------------------------------------------------


def test_an_unchanged_store_costs_a_look_at_each_file_and_opens_none(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        claude.write(session_key(number + 1), folder=f"-p{number % 3}", at=1_770_000_000)
    work = counted(monkeypatch)
    store = claude.open()
    stamp, found = store.stamp(), dict(store.fingerprints())
    assert len(found) == 60
    assert (work.opened, work.bytes) == (0, 0)
    assert work.listed == 2 * 4
    assert claude.open().stamp() == stamp


def test_a_line_in_a_large_transcript_costs_only_its_own_bytes_in_any_process(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = claude.write(records=[*TALK, *(prompt(n, n - 1, [result("word " * 4_000)])
                                          for n in range(3, 300))])  # fmt: skip
    first = claude.open().text_since(FIRST, None, tools=False)
    append(path, prompt(300, 299, "and now"))
    work = counted(monkeypatch)
    batch = claude.open().text_since(FIRST, first.cursor)
    assert work.bytes < 2_000
    assert [item.text for item in batch.items] == ["and now"]
    assert not batch.restart
    assert batch.session == got(claude.open())
    assert batch.session.turns == 2


def test_text_and_session_come_together(claude: ClaudeFolder) -> None:
    path = claude.write()
    store = claude.open()
    batch = store.text_since(FIRST, None)
    assert batch.items == list(texts_of(store.messages(FIRST)))
    assert batch.session == got(store)
    append(path, prompt(3, 2, "thanks"))
    more = store.text_since(FIRST, batch.cursor)
    assert [*batch.items, *more.items] == list(texts_of(store.messages(FIRST)))
    assert more.session == got(store) != batch.session
    with pytest.raises(SessionMissing):
        store.text_since(SECOND, None)


# -- trouble -----------------------------------------------------------------------------------


def test_a_folder_that_may_not_be_read_does_not_pass_for_an_empty_one(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    claude.write()
    claude.write(SECOND, folder="-secret")
    store = claude.open()
    assert set(store.keys()) == {FIRST, SECOND}
    refusing(claude.projects / "-secret", monkeypatch, "scandir", "stat", "open")
    for look in (store.fingerprints, store.stamp, lambda: list(store.scan())):
        with pytest.raises(StoreUnreadable):
            look()
    with pytest.raises(StoreUnreadable):
        claude.open().get(SECOND)
    assert got(store).title == "why is the kettle slow"
    info = store.info()
    assert (info.available, info.session_count) == (True, 1)
    assert "no permission" in (info.problem or "")


def test_a_transcript_that_may_not_be_read_is_there_with_the_reason(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = claude.write()
    refusing(path, monkeypatch, "open")
    store = claude.open()
    (session,) = store.scan()
    assert "no permission" in (session.problem or "")
    assert session == store.get(FIRST)
    assert session.fingerprint == dict(store.fingerprints())[FIRST]
    with pytest.raises(StoreUnreadable):
        store.text_since(FIRST, None)
    with pytest.raises(StoreUnreadable):
        list(store.messages(FIRST))


def test_a_transcript_that_goes_while_it_is_looked_at_is_gone(
    claude: ClaudeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = claude.write()
    store = claude.open()
    found = store._projects.listing()[FIRST]
    path.unlink()
    monkeypatch.setattr(store._projects, "find", lambda _: found)
    assert store.get(FIRST) is None
    assert list(store.scan((FIRST,))) == []
    assert list(store.messages(FIRST)) == []
    with pytest.raises(SessionMissing):
        store.text_since(FIRST, None)


def test_damaged_lines_are_told_and_lose_nothing(claude: ClaudeFolder) -> None:
    claude.write(records=[TALK[0], b"{broken", b"\x00\x00", TALK[1]])
    store = claude.open()
    assert got(store).problem == "2 damaged lines in it"
    assert got(store).message_count == 2
    assert [m.is_damaged for m in store.messages(FIRST)] == [False, True, True, False]


# -- watching and belongings -------------------------------------------------------------------


def test_a_change_names_the_sessions_it_concerns(claude: ClaudeFolder) -> None:
    first = claude.write()
    claude.write(SECOND, folder="-tmp")
    store = claude.open()
    assert claude.projects in store.watch_roots()
    list(store.keys())
    assert store.changed_keys([first]) == frozenset({FIRST})
    beside = [first.with_name("notes.txt"), first.with_suffix("") / "notes.txt",
              claude.root / "history.jsonl"]  # fmt: skip
    assert store.changed_keys(beside) == frozenset()
    assert store.changed_keys([first.with_name(f"{THIRD}.jsonl"), first]) == frozenset(
        {FIRST, THIRD}
    )
    assert store.changed_keys([claude.projects / "-tmp"]) == frozenset({SECOND})
    assert store.changed_keys([claude.projects]) is None
    (claude.projects / "-tmp" / f"{SECOND}.jsonl").unlink()
    (claude.projects / "-tmp").rmdir()
    assert store.changed_keys([claude.projects / "-tmp"]) == frozenset({SECOND})


def test_everything_that_belongs_to_a_session_is_named(claude: ClaudeFolder) -> None:
    path = claude.write()
    claude.write(SECOND)
    claude.side_file(FIRST, "tool-results/a.txt", b"12345")
    for name in (f"tasks/{FIRST}/1.json", f"todos/{FIRST}-agent-x.json", f"debug/{FIRST}.txt",
                 f"tasks/{SECOND}/1.json", "shell-snapshots/x.sh"):  # fmt: skip
        other = claude.root / name
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(b"123")
    footprint = claude.open().footprint(FIRST)
    named = [str(part.path and part.path.relative_to(claude.root)) for part in footprint.parts]
    assert named == [
        str(path.relative_to(claude.root)),
        f"projects/{SHOP}/{FIRST}",
        f"tasks/{FIRST}",
        f"todos/{FIRST}-agent-x.json",
        f"debug/{FIRST}.txt",
    ]
    assert footprint.size_bytes == path.stat().st_size + 5 + 3 * 3
    with pytest.raises(SessionMissing):
        claude.open().footprint(THIRD)
