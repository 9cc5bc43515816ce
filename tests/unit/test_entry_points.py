"""Entry points are those that `importlib.metadata` finds, without importing it."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from sessiontui.services.backend_registry import GROUP
from sessiontui.services.entry_points import entry_points_of, load_entry_point


def package(folder: Path, name: str, text: bytes) -> None:
    """An installed package with these entry points."""
    info = folder / f"{name}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_bytes(text)


@pytest.mark.parametrize("group", [GROUP, "console_scripts", "pytest11", "nobody.has.this"])
def test_the_same_are_found(group: str) -> None:
    found = {entry.name: entry.value for entry in entry_points(group=group)}
    assert entry_points_of(group) == found


def test_other_packages_add_theirs_and_the_first_on_the_path_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = tmp_path / "early", tmp_path / "late"
    package(
        early,
        "one",
        b"# a list\n[other]\nx = y:z\n\n[ some.group ]\n; no\na = json:loads\nodd\n",
    )
    package(late, "two", b"[some.group]\na = nowhere:x\nb = pathlib:Path.home [extra]\n")
    package(late, "torn", b"[some.group]\nc = \xff\n")
    (late / "three.egg-info").write_text("a file, not a folder")
    monkeypatch.setattr("sys.path", [str(early), str(tmp_path / "gone"), str(late)])
    found = entry_points_of("some.group")
    assert found == {"a": "json:loads", "b": "pathlib:Path.home [extra]"}
    assert load_entry_point(found["b"])() == Path.home()


@pytest.mark.parametrize("reference", ["nowhere_at_all:x", "json:nothing"])
def test_what_is_not_there_is_an_error_that_says_so(reference: str) -> None:
    with pytest.raises((ImportError, AttributeError)):
        load_entry_point(reference)
