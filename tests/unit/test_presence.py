"""A backend is imported only where its program may have been: told by paths alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sessiontui.domain.backend import Surroundings
from sessiontui.services import backend_registry
from sessiontui.services.backend_registry import (
    PRESENCE,
    backend_class,
    can_be_there,
    format_names,
)
from sessiontui.services.entry_points import entry_points_of

_LOOK = """
import json, sys
from pathlib import Path
from sessiontui.domain.backend import Surroundings
from sessiontui.services.catalogue import Catalogue

found = Catalogue(Surroundings(home=Path(sys.argv[1]), home_is_named=True))
names = {name.split(".")[2] for name in sys.modules if name.startswith("sessiontui.backends.")}
print(json.dumps([[one.format for one in found.backends], sorted(names)]))
"""


def looked(home: Path) -> tuple[list[str], list[str]]:
    """The formats of the stores below a home, and the backends imported to find them."""
    ran = subprocess.run(
        [sys.executable, "-c", _LOOK, str(home)], capture_output=True, text=True, check=True
    )
    formats, imported = json.loads(ran.stdout)
    return formats, imported


def test_nothing_is_imported_where_no_program_was(tmp_path: Path) -> None:
    assert looked(tmp_path) == ([], [])


def test_only_what_may_be_there_is_imported(tmp_path: Path) -> None:
    (tmp_path / ".claude" / "projects").mkdir(parents=True)
    (tmp_path / ".codex").mkdir()  # Codex has not made anything in it yet.
    assert looked(tmp_path) == (["claude-code"], ["claude_code", "codex"])


def test_every_built_in_format_tells_its_presence() -> None:
    assert entry_points_of(PRESENCE).keys() >= set(format_names())


def homes_of_all(home: Path) -> Surroundings:
    """A home in which every program has a store where it makes it by itself."""
    backend_class("claude-code").create(home / ".claude").close()
    backend_class("codex").create(home / ".codex").close()
    (home / ".astralis" / "sessions").mkdir(parents=True)
    zeroclaw = home / ".zeroclaw" / "data" / "sessions"
    zeroclaw.mkdir(parents=True)
    (zeroclaw / "telegram_1.jsonl").write_text('{"role":"user","content":"hello"}\n')
    for name in ("zeroclaw-sqlite", "zeroclaw-acp"):
        backend_class(name).create(zeroclaw).close()
    bot = home / "bot"
    bot.mkdir()
    (bot / "config.toml").write_text('sessions_file = "talks.db"\n')
    backend_class("hermes-bot").create(bot / "talks.db").close()
    return Surroundings(home=home, current_folder=bot)


def test_what_is_discovered_is_told_to_be_there(tmp_path: Path) -> None:
    surroundings = homes_of_all(tmp_path)
    for name in set(format_names()) - {"memory"}:
        assert list(backend_class(name).discover(surroundings)), name
        assert can_be_there(name, surroundings), name
        assert not can_be_there(name, Surroundings(home=tmp_path / "bot")), name


def test_a_home_named_by_a_variable_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "moved" / "projects").mkdir(parents=True)
    names = {"claude-code": "CLAUDE_CONFIG_DIR", "codex": "CODEX_HOME", "astrid": "ASTRID_HOME"}
    for format_name, variable in names.items():
        for moved, there in ((str(tmp_path / "moved"), True), (str(tmp_path / "gone"), False)):
            surroundings = Surroundings(home=tmp_path, variables={variable: moved})
            assert can_be_there(format_name, surroundings) is there


@pytest.mark.parametrize("reference", ["nowhere_at_all:x", "json:nothing"])
def test_a_broken_teller_leaves_the_backend_to_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reference: str
) -> None:
    monkeypatch.setattr(backend_registry, "_presence", lambda: {"codex": reference})
    assert can_be_there("codex", Surroundings(home=tmp_path))


def test_a_format_of_another_package_is_always_looked_for(tmp_path: Path) -> None:
    assert can_be_there("of-another-package", Surroundings(home=tmp_path))
