"""The shape of the code: file sizes, import rules, one declaration per fact."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "sessiontui"


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.tcss"), ROOT / "styles.tcss"]
        if (count := len(path.read_text().splitlines())) > 400
    }
    assert not long


def test_the_app_itself_is_only_wiring() -> None:
    assert len((SOURCE / "ui" / "app.py").read_text().splitlines()) <= 200


def test_nothing_swallows_every_exception() -> None:
    swallowing = re.compile(r"except( Exception)?:|except \(?Base?Exception\)?:$", re.MULTILINE)
    assert not [str(p) for p in SOURCE.rglob("*.py") if swallowing.search(p.read_text())]


def test_every_module_says_what_it_is() -> None:
    for path in SOURCE.rglob("*.py"):
        assert path.read_text().startswith(('"""', "#!")), path


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys, sessiontui; print([m for m in sys.modules if m.startswith('sessiontui.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_format_names_are_listed_without_importing_a_backend() -> None:
    code = (
        "import sys\n"
        "from sessiontui.services.backend_registry import format_names\n"
        "assert 'zeroclaw-sqlite' in format_names()\n"
        "print([m for m in sys.modules if m.startswith('sessiontui.backends')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_path_of_a_machine_and_no_registry_stands_in_the_project() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    forbidden = re.compile(
        "|".join(("/wo" + "rk/", "pypi" + r"\.org", "python" + "hosted", "/ro" + "ot/"))
    )
    for name in listed:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".tcss", ".txt", ".svg", ""} and path.is_file():
            assert not forbidden.search(path.read_text(errors="replace")), name
