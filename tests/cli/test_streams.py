"""Streams and signals: stdout is data, stderr is narration, ends are quiet."""

from __future__ import annotations

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import pytest

from tests.cli.running import command_words, run_process
from tests.cli.schemas import check


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    """A folder of zeroclaw's JSONL sessions that are at rest: a small one and a large one."""
    folder = tmp_path / "sessions"
    folder.mkdir()
    (folder / "telegram_small.jsonl").write_text(line("user", "plan a trip é東京"))
    large = "".join(line("user", f"{number} " + "word " * 50) for number in range(2000))
    (folder / "telegram_large.jsonl").write_text(large)
    an_hour_ago = time.time() - 3600
    for path in folder.iterdir():
        os.utime(path, (an_hour_ago, an_hour_ago))
    return folder


def line(role: str, content: str) -> str:
    return json.dumps({"role": role, "content": content}, ensure_ascii=False) + "\n"


def option(chats: Path) -> str:
    return f"--store=zeroclaw-jsonl:{chats}"


@contextmanager
def running(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A run that goes on; killed at the end if it still does."""
    process = subprocess.Popen(
        command_words(*words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def output(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Press Ctrl-C; the exit code, and what was said on stderr."""
    process.send_signal(signal.SIGINT)
    _, narration = process.communicate(timeout=20)
    return process.returncode, narration


def test_the_module_runs_and_nothing_but_data_is_on_stdout(chats: Path) -> None:
    done = run_process(option(chats), "list", "--json")
    assert (done.code, done.stderr) == (0, "")
    assert {item["key"] for item in done.json("sessions")["items"]} == {
        "telegram_small",
        "telegram_large",
    }
    nothing = run_process(option(chats), "show", "nobody")
    assert (nothing.code, nothing.stdout) == (1, "")


def test_a_headless_run_never_imports_textual(chats: Path) -> None:
    code = (
        "import sys\nfrom sessiontui.cli import main\n"
        f"try:\n    main([{option(chats)!r}, 'list', '--json'])\n"
        "except SystemExit as end:\n    assert end.code == 0, end.code\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'textual'], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    check(json.loads(done.stdout), "sessions")


def test_a_reader_that_goes_away_ends_it_quietly(chats: Path) -> None:
    with running(option(chats), "show", "telegram_large") as process:
        assert output(process).readline() != ""
        output(process).close()
        assert process.wait(timeout=20) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_off_a_terminal_there_is_no_escape_sequence(chats: Path) -> None:
    for words in (("list",), ("show", "telegram_small"), ("search", "trip"), ("stores",)):
        done = run_process(option(chats), *words)
        assert done.code == 0
        assert "\x1b" not in done.stdout + done.stderr


def test_a_terminal_of_another_encoding_loses_nothing_of_json(chats: Path) -> None:
    variables = {"PYTHONIOENCODING": "latin-1"}
    done = run_process(option(chats), "show", "telegram_small", "--json", **variables)
    assert done.stdout.isascii()
    text = done.json("transcript")["items"][0]["blocks"][0]["text"]
    assert text == "plan a trip é東京"
    assert run_process(option(chats), "list", PYTHONIOENCODING="ascii").code == 0


def test_tail_follows_until_interrupted(chats: Path) -> None:
    words = (option(chats), "tail", "telegram_small", "--follow", "--json")
    with running(*words) as process:
        first = check(json.loads(output(process).readline()), "message")
        assert first["index"] == 0
        with (chats / "telegram_small.jsonl").open("a") as file:
            file.write(line("assistant", "with pleasure"))
        second = check(json.loads(output(process).readline()), "message")
        assert (second["index"], second["role"]) == (1, "assistant")
        assert interrupted(process) == (0, "")


def first_events(process: subprocess.Popen[str], folder: Path) -> list[dict[str, object]]:
    """The first events that `watch` tells; sessions are added until there are some.

    Until the watch stands nobody can know when it does; each new file is an event of its own.
    """
    deadline = time.monotonic() + 20
    lines: list[str] = []
    number = 0
    os.set_blocking(output(process).fileno(), False)
    while not lines and time.monotonic() < deadline:
        if folder.is_dir():
            (folder / f"telegram_new{number}.jsonl").write_text(line("user", "hello"))
            number += 1
        time.sleep(0.2)
        lines = output(process).readlines()
    os.set_blocking(output(process).fileno(), True)
    return [json.loads(text) for text in lines]


def test_watch_prints_a_line_per_event_until_interrupted(chats: Path) -> None:
    with running(option(chats), "watch", "--json") as process:
        events = first_events(process, chats)
        assert events
        for event in events:
            check(event, "event")
        assert any("telegram_new" in str(event["refs"]) for event in events)
        assert interrupted(process) == (0, "")


def test_on_a_terminal_a_change_asks_and_no_keeps_everything(chats: Path) -> None:
    terminal, slave = pty.openpty()
    process = subprocess.Popen(
        command_words(option(chats), "delete", "telegram_small", "--json"),
        stdin=slave,
        stderr=slave,
        stdout=subprocess.PIPE,
    )
    os.close(slave)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, b"n\n")
    data, _ = process.communicate(timeout=20)
    os.close(terminal)
    assert (process.returncode, data) == (1, b"")
    assert b"telegram_small.jsonl" in said
    assert (chats / "telegram_small.jsonl").exists()


def test_ctrl_c_at_a_question_changes_nothing(chats: Path) -> None:
    terminal, slave = pty.openpty()
    process = subprocess.Popen(
        command_words(option(chats), "clear", "telegram_small"),
        stdin=slave,
        stderr=slave,
        stdout=subprocess.PIPE,
    )
    os.close(slave)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(terminal, 4096)
    # A signal just before the read begins is only seen after it: then once more.
    for _ in range(5):
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
            break
    data, _ = process.communicate(timeout=20)
    os.close(terminal)
    assert (process.returncode, data) == (130, b"")
    assert (chats / "telegram_small.jsonl").stat().st_size > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_the_demo_leaves_nothing_behind_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with running("--demo", "watch", "--json") as process:
        while not (found := list(tmp_path.glob("sessiontui-demo-*"))):
            assert process.poll() is None
            time.sleep(0.05)
        assert first_events(process, found[0] / "home" / ".zeroclaw" / "workspace" / "sessions")
        process.send_signal(number)
        process.communicate(timeout=20)
        assert process.returncode == (0 if number is signal.SIGINT else -number)
    assert not list(tmp_path.glob("sessiontui-demo-*"))


def test_the_demo_reads_and_writes_nothing_of_the_user(tmp_path: Path) -> None:
    done = run_process("--demo", "list", "--json")
    assert done.code == 0
    items = done.json("sessions")["items"]
    assert len({item["format"] for item in items}) == 7
    for folder in ("user-home", "xdg-cache", "xdg-data", "xdg-config"):
        assert not (tmp_path / folder).exists() or not list((tmp_path / folder).iterdir())


def test_the_demo_reads_no_settings_of_the_user_not_even_wrong_ones(tmp_path: Path) -> None:
    own = tmp_path / "xdg-config" / "sessiontui" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text("theme = ")
    items = run_process("--demo", "config", "show", "--json").json("settings")["items"]
    assert {item["origin"] for item in items} == {"default"}


def test_a_demo_only_where_nothing_is_found(chats: Path) -> None:
    found = run_process("--demo-if-empty", option(chats), "list", "--json").json("sessions")
    assert len(found["items"]) == 2
    empty = run_process("--demo-if-empty", "list", "--json").json("sessions")
    assert len(empty["items"]) > 50


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written_is_an_error(chats: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command_words(option(chats), "list"), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 3
    assert done.stderr.startswith(b"error: the output cannot be written")


def test_a_closed_stdout_is_no_error(chats: Path) -> None:
    words = " ".join(shlex.quote(word) for word in command_words(option(chats), "list"))
    done = subprocess.run(["sh", "-c", f"{words} >&-"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
