"""The wheel holds everything, and runs where the checkout is not."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

START = """
import asyncio
from pathlib import Path
import sessiontui
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from sessiontui.ui.app import SessionApp

folder = Path(r"{folder}")
assert folder in Path(sessiontui.__file__).parents, sessiontui.__file__
options = LibraryOptions(stores=("memory:/nothing",), locations=Locations.below(folder / "own"))
app = SessionApp(Library.open(options))

async def start() -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        paths = {{str(path) for path, _ in app.stylesheet.source}}
        assert any(path.endswith("sessiontui/styles.tcss") for path in paths), paths

asyncio.run(start())
print("started")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_its_styles_and_its_entry_points(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        styles = (ROOT / "src" / "sessiontui" / "ui" / "styles").glob("*.tcss")
        assert "sessiontui/styles.tcss" in names
        assert {f"sessiontui/ui/styles/{path.name}" for path in styles} <= names
        assert "sessiontui/py.typed" in names
        assert {f"sessiontui/services/html_export.{kind}" for kind in ("css", "js")} <= names
        sources = {str(p.relative_to(ROOT / "src")) for p in (ROOT / "src").rglob("*.py")}
        assert sources <= names
        entries = next(name for name in names if name.endswith("entry_points.txt"))
        assert "zeroclaw-sqlite" in archive.read(entries).decode()


def test_an_installed_wheel_starts_with_its_styles(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
            *("--target", target, wheel),
        ],
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        [sys.executable, "-c", START.format(folder=target)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target), "HOME": str(tmp_path), "TERM": "xterm-256color"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().endswith("started"), done.stderr
