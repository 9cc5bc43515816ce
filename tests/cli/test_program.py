"""The command line as a whole: options, usage errors, help, the list of commands."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from sessiontui import __version__
from sessiontui.cli.root import command_lines, program
from tests.cli.running import SampleStore, run

COMMANDS = {
    "stores", "list", "search", "show", "tail", "watch", "rename", "clear", "delete", "undo",
    "journal", "stuck", "export", "index status", "index rebuild", "config path", "config show",
    "config init", "config check", "config actions", "demo", "stats", "resume",
}  # fmt: skip


def test_the_commands_are_those_of_the_contract() -> None:
    assert dict(command_lines()).keys() == COMMANDS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_has_a_help(name: str) -> None:
    first, *rest = name.split()
    command = program.command_of(first)
    for word in rest:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            assert parameter.help or parameter.opts == ["--sort"], parameter.opts
    assert run(*name.split(), "--help").code == 0
    assert len(dict(command_lines())[name]) < 120


def test_version_and_help() -> None:
    assert run("--version").stdout == f"sessiontui {__version__}\n"
    text = run("--help").stdout
    for name in {name.split()[0] for name in COMMANDS}:
        assert f"  {name} " in text
    assert "..." not in text.replace("[ARGS]...", "")
    for option in ("--store", "--home", "--config", "--read-only", "--demo", "--demo-if-empty"):
        assert option in text


@pytest.mark.parametrize(
    "words",
    [
        ("lst",),
        ("list", "--colour"),
        ("list", "--limit", "-1"),
        ("list", "--sort", "size up"),
        ("list", "--format", "word"),
        ("list", "--since", "whenever"),
        ("stuck", "--threshold", "0s"),
        ("show",),
        ("show", "a", "b"),
        ("delete",),
        ("export", "x", "--as", "pdf"),
        ("--demo", "--store", "x", "list"),
    ],
)
def test_wrong_usage_is_code_2_in_words_and_in_json(words: tuple[str, ...]) -> None:
    told = run(*words)
    assert (told.code, told.stdout) == (2, "")
    assert told.stderr.startswith("error: ")
    assert run(*words, "--json").json("error")["code"] == 2


def test_a_name_that_looks_like_the_option_is_not_the_option(store: SampleStore) -> None:
    done = store.run("show", "--", "--json")
    assert (done.code, done.stdout) == (1, "")


def test_a_bad_store_option_is_wrong_usage(tmp_path: Path) -> None:
    done = run("--store", str(tmp_path / "nowhere"), "list", "--json")
    assert (done.code, done.json("error")["code"]) == (2, 2)
    (tmp_path / "empty").mkdir()
    assert run("--store", str(tmp_path / "empty"), "list").code == 2


def test_a_bad_settings_file_is_wrong_usage(tmp_path: Path, store: SampleStore) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("thme = 'x'")
    done = run("--config", str(path), store.option, "list", "--json")
    assert done.code == 2
    assert str(path) in done.json("error")["title"]
    assert done.json("error")["hint"] == "did you mean theme"
    assert run("--config", str(tmp_path / "none.toml"), store.option, "list").code == 2


def test_settings_decide_what_is_stuck_and_the_option_beats_them(
    tmp_path: Path, store: SampleStore
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("stuck_after = '6h'")
    assert run("--config", str(path), store.option, "stuck").code == 1
    assert run("--config", str(path), store.option, "stuck", "--threshold", "1h").code == 0
    variables = {"SESSIONTUI_CONFIG": str(path), "SESSIONTUI_STUCK_AFTER": "2h"}
    assert run(store.option, "stuck", env=variables).code == 0


def test_variables_stand_for_the_global_options(tmp_path: Path, store: SampleStore) -> None:
    spec = store.option.removeprefix("--store=")
    done = run("list", "--json", env={"SESSIONTUI_STORE": f"\n{spec}\n"})
    assert len(done.json("sessions")["items"]) == 4
    refused = run(store.option, "rename", "log", "x", "--json", env={"SESSIONTUI_READ_ONLY": "1"})
    assert refused.code == 4
    assert run("stores", env={"SESSIONTUI_HOME": str(tmp_path)}).code == 1


def test_settings_may_add_stores(tmp_path: Path, store: SampleStore) -> None:
    path = tmp_path / "config.toml"
    spec = store.option.removeprefix("--store=")
    path.write_text(f'stores = ["{spec}"]')
    found = run("--config", str(path), "stores", "--json").json("stores")
    assert [item["id"] for item in found["items"]] == [store.backend.store_id]


def test_the_app_needs_a_terminal(store: SampleStore) -> None:
    done = store.run()
    assert done.code == 2
    assert "needs a terminal" in done.stderr


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """The option for a store that cannot be read."""
    path = tmp_path / "broken.db"
    path.write_bytes(b"no database at all" * 100)
    return f"--store=zeroclaw-sqlite:{path}"


def test_a_store_that_cannot_be_read_is_named_and_the_others_answer(
    store: SampleStore, broken: str
) -> None:
    done = run(broken, store.option, "list", "--json")
    assert done.code == 3
    value = done.json("sessions")
    assert len(value["items"]) == 4
    assert [problem["store"][:15] for problem in value["problems"]] == ["zeroclaw-sqlite"]
    assert "broken.db" in done.stderr
    stores = run(broken, store.option, "stores", "--json")
    assert stores.code == 3
    assert [item["available"] for item in stores.json("stores")["items"]] == [False, True]
    assert run(broken, store.option, "search", "harbour", "--json").code == 3


def test_a_session_may_be_in_the_store_that_cannot_be_read(store: SampleStore, broken: str) -> None:
    for words in (("show", "nobody"), ("delete", "nobody", "--yes"), ("export", "nobody")):
        done = run(broken, store.option, *words, "--json")
        assert (done.code, done.json("error")["code"]) == (3, 3)
    assert run(broken, store.option, "show", store.ref("nobody")).code == 1
    assert run(broken, store.option, "delete", "log", "nobody", "--yes", "--json").code == 3
    assert store.backend.get("log") is None
