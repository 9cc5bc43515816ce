"""Where zeroclaw's stores are found: today's folders and those of older versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_acp import ZeroclawAcp
from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.backend import Surroundings
from tests.formats.zeroclaw_stores import acp_database, chat_database, jsonl_file, message_line


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder without anything of zeroclaw's."""
    path = tmp_path / "home"
    path.mkdir()
    return path


def database(folder: Path) -> Path:
    return chat_database(folder / "sessions" / "sessions.db")


def found(home: Path, **variables: str) -> list[Path]:
    around = Surroundings(home=home, variables=variables, current_folder=home)
    return [place.path for place in ZeroclawSqlite.discover(around)]


def test_nothing_is_found_where_nothing_is(home: Path) -> None:
    assert found(home) == []
    (home / ".zeroclaw" / "data" / "sessions").mkdir(parents=True)
    for backend in (ZeroclawSqlite, ZeroclawAcp, ZeroclawJsonl):
        assert list(backend.discover(Surroundings(home=home))) == []


def test_the_three_stores_of_one_folder_are_three_stores(home: Path) -> None:
    folder = home / ".zeroclaw" / "data" / "sessions"
    chat = chat_database(folder / "sessions.db")
    acp = acp_database(folder / "acp-sessions.db")
    jsonl_file(folder, "k", message_line("user", "hi"))
    around = Surroundings(home=home)
    places = [
        place
        for backend in (ZeroclawSqlite, ZeroclawAcp, ZeroclawJsonl)
        for place in backend.discover(around)
    ]
    assert [place.path for place in places] == [chat, acp, folder]
    assert {place.origin for place in places} == {"~/.zeroclaw/data"}


def test_newer_and_older_layouts_agents_and_archives_are_probed_in_order(home: Path) -> None:
    config = home / ".zeroclaw"
    data, workspace = database(config / "data"), database(config / "workspace")
    agents = [database(config / "agents" / name / "workspace") for name in ("maker", "scout")]
    archive = chat_database(config / "data" / "sessions" / "archive" / "sessions.db")
    again = chat_database(config / "data" / "sessions" / "archive" / "sessions_1.db")
    assert found(home) == [data, workspace, *agents, archive, again]
    around = Surroundings(home=home)
    origins = [place.origin for place in ZeroclawSqlite.discover(around)]
    assert origins[2:] == [
        "workspace of agent maker",
        "workspace of agent scout",
        "archived by zeroclaw",
        "archived by zeroclaw",
    ]


@pytest.mark.parametrize(("marked", "at"), [("other", ".zeroclaw/other"), ("{home}/abs", "abs")])
def test_the_marker_of_old_versions_leads_to_another_folder(
    marked: str, at: str, home: Path
) -> None:
    default = database(home / ".zeroclaw" / "workspace")
    there = database(home / at / "workspace")
    marker = home / ".zeroclaw" / "active_workspace.toml"
    marker.write_text(f'config_dir = "{marked.format(home=home)}"\n')
    assert found(home) == [there, default]
    marker.write_text("config_dir = ")
    assert found(home) == [default]


def test_the_config_folder_comes_first_and_the_other_variables_are_ignored(home: Path) -> None:
    config = database(home / "conf" / "data")
    ignored = database(home / "elsewhere" / "data")
    default = database(home / ".zeroclaw" / "data")
    assert found(
        home, ZEROCLAW_CONFIG_DIR=" ~/conf ", ZEROCLAW_DATA_DIR=str(ignored.parents[2])
    ) == [config, default]
    assert found(home, ZEROCLAW_CONFIG_DIR="  ") == [default]


@pytest.mark.parametrize("variable", ["ZEROCLAW_DATA_DIR", "ZEROCLAW_WORKSPACE"])
def test_a_data_folder_is_resolved_by_what_stands_beside_it(variable: str, home: Path) -> None:
    with_config = database(home / "a" / "data")
    (home / "a" / "config.toml").touch()
    assert found(home, **{variable: str(home / "a")}) == [with_config]
    beside = database(home / "b" / "here")
    (home / "b" / ".zeroclaw").mkdir()
    (home / "b" / ".zeroclaw" / "config.toml").touch()
    assert found(home, **{variable: str(home / "b" / "here")}) == [beside]
    by_name = database(home / "c" / "data")
    agent = database(home / "c" / ".zeroclaw" / "agents" / "x" / "workspace")
    assert found(home, **{variable: str(home / "c" / "data")}) == [by_name, agent]
    plain = database(home / "d" / "data")
    assert found(home, **{variable: "~/d"}) == [plain]
    assert found(home, **{variable: "d"}) == [plain]


def test_without_variables_nothing_outside_the_home_is_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = database(home / "outside" / "data")
    monkeypatch.setenv("ZEROCLAW_CONFIG_DIR", str(outside.parents[2]))
    assert found(home) == []
    brewed = chat_database(home / "brew/var/zeroclaw/workspace/sessions/sessions.db")
    assert found(home, HOMEBREW_PREFIX=str(home / "brew")) == [brewed]


def test_trap_19_one_folder_reached_by_two_ways_is_one_store(home: Path) -> None:
    config = home / ".zeroclaw"
    data = database(config / "data")
    (config / "workspace").symlink_to(config / "data")
    loop = config / "agents" / "loop" / "workspace"
    loop.parent.mkdir(parents=True)
    loop.symlink_to(loop)
    assert found(home) == [data]
    assert found(home, ZEROCLAW_CONFIG_DIR=str(config)) == [data]
