"""config, index, demo, export."""

from __future__ import annotations

import json
import shlex
import stat
from pathlib import Path

from sessiontui.domain.message import Role
from tests.building import text_message
from tests.cli.running import SampleStore, run
from tests.cli.schemas import check


def test_config_init_writes_a_file_that_show_understands(tmp_path: Path) -> None:
    path = tmp_path / "own" / "config.toml"
    done = run("--config", str(path), "config", "init")
    assert (done.code, done.stdout.strip()) == (0, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    items = run("--config", str(path), "config", "show", "--json").json("settings")["items"]
    assert {item["origin"] for item in items} == {"default"}
    again = run("--config", str(path), "config", "init", "--json")
    assert again.code == 2
    assert "is there already" in again.json("error")["title"]


def test_config_init_without_an_option_uses_the_config_folder(tmp_path: Path) -> None:
    value = run("config", "init", "--json").json("paths")
    assert value["items"][0]["path"] == str(tmp_path / "xdg-config" / "sessiontui" / "config.toml")


def test_config_show_says_where_values_come_from(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("undo_days = 9\n")
    words = ("--config", str(path), "config", "show")
    variables = {"SESSIONTUI_STUCK_AFTER": "1h30m"}
    items = run(*words, "--json", env=variables).json("settings")["items"]
    found = {item["name"]: (item["value"], item["origin"]) for item in items}
    assert found["undo_days"] == (9, str(path))
    assert found["stuck_after"] == ("1h30m", "SESSIONTUI_STUCK_AFTER")
    assert found["keymap"] == ({}, "default")
    assert run(*words, env=variables).lines[0].split() == ["setting", "value", "from"]


def test_config_path_lists_own_places(tmp_path: Path) -> None:
    items = run("config", "path", "--json").json("paths")["items"]
    found = {item["name"]: item["path"] for item in items}
    assert found["data"] == str(tmp_path / "xdg-data" / "sessiontui")
    assert not any(item["exists"] for item in items)
    assert found["cache"] in run("config", "path").stdout


def test_export_writes_markdown_to_stdout(store: SampleStore) -> None:
    done = store.run("export", "log")
    assert done.code == 0
    assert done.lines[0] == "# What the log says"
    assert "\x1b" not in done.stdout


def test_export_as_json_is_the_transcript(store: SampleStore) -> None:
    shown = store.run("show", "log", "--json").json("transcript")
    exported = store.run("export", "log", "--as", "json").json("transcript")
    assert exported == shown
    assert store.run("export", "log", "--json").json("transcript") == shown


def test_several_sessions_become_one_object(store: SampleStore) -> None:
    value = store.run("export", "log", "trip", "--as", "json").json("transcripts")
    assert [item["session"]["key"] for item in value["items"]] == ["log", "trip-2026"]


def test_export_into_a_file_replaces_nothing_unasked(store: SampleStore, tmp_path: Path) -> None:
    path = tmp_path / "log.md"
    done = store.run("export", "log", "--output", str(path), "--json")
    assert done.code == 0
    written = done.json("exports")["items"][0]
    assert written["path"] == str(path)
    assert written["size_bytes"] == path.stat().st_size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    refused = store.run("export", "trip", "-o", str(path), "--json")
    assert (refused.code, path.read_bytes()) == (4, before)
    assert "--force" in refused.json("error")["hint"]
    assert store.run("export", "trip", "-o", str(path), "--force").code == 0
    assert path.read_text().startswith("# Trip to Oslo")


def test_export_into_a_folder_makes_a_file_per_session(store: SampleStore, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    done = store.run("export", "log", "trip", "-o", str(folder), "--as", "json")
    assert (done.code, done.stdout) == (0, "")
    names = sorted(path.name for path in folder.iterdir())
    assert [name[11:] for name in names] == ["What-the-log-says.json", "Trip-to-Oslo.json"]
    for path in folder.iterdir():
        check(json.loads(path.read_text()), "transcript")


def test_sessions_of_one_title_get_files_of_their_own(store: SampleStore, tmp_path: Path) -> None:
    for key in ("same-1", "same-2"):
        store.put(key, "Same", store.now - store.now, text_message(Role.USER, key))
    done = store.run("export", "same-1", "same-2", "-o", str(tmp_path))
    assert done.code == 0
    assert len(list(tmp_path.glob("*Same*.md"))) == 2


def test_what_cannot_be_exported_is_named_and_the_rest_is_written(store: SampleStore) -> None:
    done = store.run("export", "nobody", "log")
    assert done.code == 1
    assert "nobody" in done.stderr
    assert done.lines[0] == "# What the log says"
    alone = store.run("export", "nobody", "--json")
    assert (alone.code, alone.json("error")["code"]) == (1, 1)


def test_markdown_and_json_exclude_each_other(store: SampleStore) -> None:
    assert store.run("export", "log", "--as", "md", "--json").code == 2


def test_index_status_and_rebuild(store: SampleStore) -> None:
    done = store.run("index", "rebuild", "--json")
    assert done.code == 0
    item = done.json("index")["items"][0]
    assert item["sessions"] == 4
    status = store.run("index", "status", "--json").json("index")["items"][0]
    assert status["path"] == item["path"]
    assert Path(status["path"]).is_file()
    assert status["text"]["complete"] is True
    assert status["text"]["items"] >= 5
    assert status["tools"]["complete"] is True
    assert store.run("index", "rebuild", "--tier", "text").code == 0
    assert "4 sessions" in store.run("index", "status").stdout


def test_demo_writes_stores_that_its_options_open(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    done = run("demo", str(folder), "--json")
    assert done.code == 0
    options = [item["option"] for item in done.json("demo")["items"]]
    listed = run(*options, "list", "--json").json("sessions")
    assert len({item["format"] for item in listed["items"]}) == 7
    refused = run("demo", str(folder), "--json")
    assert (refused.code, refused.json("error")["code"]) == (2, 2)


def test_demo_prints_options_that_a_shell_takes(tmp_path: Path) -> None:
    done = run("demo", str(tmp_path / "two words"))
    options = shlex.split(done.stdout)
    assert options[::2] == ["--store"] * 7
    assert all(str(tmp_path / "two words") in spec for spec in options[1::2])


def test_config_check_names_what_is_wrong_with_the_keymap(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    words = ("--config", str(path), "config", "check")
    path.write_text('[keymap]\nrename = "f2"\n')
    sound = run(*words)
    assert (sound.code, sound.stdout.strip()) == (0, "the settings are sound")
    assert run(*words, "--json").json("checks")["items"] == []
    path.write_text('[keymap]\nrename = "f2"\ndelet = "D"\ndelete = "x"\n')
    wrong = run(*words, "--json")
    assert wrong.code == 2
    assert wrong.json("checks")["items"] == [
        {"title": "keymap: there is no action delet", "hint": "did you mean delete"},
        {
            "title": "keymap: x would mean both delete and cure",
            "hint": "give delete or cure another key",
        },
    ]
    told = run(*words)
    assert (told.code, told.stdout) == (2, "")
    assert "did you mean delete" in told.stderr
    path.write_text("\nundo_dais = 3\n")
    broken = run(*words, "--json")
    assert (broken.code, broken.json("error")["hint"]) == (2, "did you mean undo_days")
    assert f"{path}, line 2" in broken.json("error")["title"]


def test_config_actions_lists_what_a_keymap_can_name(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keymap]\nrename = "f2,ctrl+pageup"\n')
    items = run("--config", str(path), "config", "actions", "--json").json("actions")["items"]
    found = {item["id"]: item["keys"] for item in items}
    assert found["rename"] == ["f2", "ctrl+pageup"]
    assert found["theme"] == []
    assert found["settings"] == ["comma"]
    shown = run("--config", str(path), "config", "actions")
    assert "rename" in shown.stdout
    assert "F2 ctrl+page up" in shown.stdout
