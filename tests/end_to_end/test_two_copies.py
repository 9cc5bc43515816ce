"""Two copies of the app over one index, while other programs write: the same answers in both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sessiontui.services.backend_registry import backend_class
from sessiontui.services.library import Library, LibraryOptions
from sessiontui.storage.locations import Locations
from tests.end_to_end import copy_of_the_app

SECONDS = os.environ.get("SESSIONTUI_TWO_COPIES_SECONDS", "")
"""How long both copies are used; 120 is two minutes."""
ROOT = Path(__file__).parents[2]


def started(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def tell(process: subprocess.Popen[str], text: str) -> str:
    out, _ = process.communicate(text)
    assert process.returncode == 0
    return out


@pytest.mark.skipif(not SECONDS, reason="takes SESSIONTUI_TWO_COPIES_SECONDS seconds")
def test_two_copies_and_a_writer_agree(tmp_path: Path) -> None:
    database = tmp_path / "sqlite" / "sessions.db"
    lines = tmp_path / "jsonl" / "telegram_x.jsonl"
    backend_class("zeroclaw-sqlite").create(database).close()
    backend_class("zeroclaw-jsonl").create(lines.parent).close()
    stores = (f"zeroclaw-sqlite:{database}", f"zeroclaw-jsonl:{lines.parent}")
    script = [str(Path(__file__).with_name("busy_writer.py")), str(lines), str(database), "gw_x"]
    writer = started(*script, "0.01")
    assert read_line(writer) == "writing\n"
    module = ("-m", "tests.end_to_end.copy_of_the_app")
    copies = [started(*module, str(tmp_path / "own"), *stores) for _ in range(2)]
    for copy in copies:
        assert read_line(copy) == "open\n"
    time.sleep(float(SECONDS))
    written = int(tell(writer, ""))
    results = [json.loads(tell(copy, f"{2 * written}\n")) for copy in copies]
    for result in results:
        assert result["searches"] > 0
        assert result["told"] == []
        assert result["screens"] == ["Screen", "BrowseScreen"] or len(result["screens"]) <= 2
        assert result["found"] == 2 * written
    assert results[0]["answers"] == results[1]["answers"]
    # The same as an index that was built in one go.
    options = LibraryOptions(stores=stores, locations=Locations.below(tmp_path / "clean"))
    library = Library.open(options)
    library.sync()
    assert results[0]["answers"] == json.loads(json.dumps(copy_of_the_app.answers(library)))
    library.close()
