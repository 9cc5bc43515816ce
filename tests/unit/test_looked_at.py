"""What was looked at: kept between runs, bounded, shared, and never in anybody's way."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sessiontui.domain.session import SessionRef
from sessiontui.services import looked_at
from sessiontui.services.looked_at import LookedAt, Looks
from sessiontui.storage.file_lock import try_file_lock

A, B = SessionRef("s", "a"), SessionRef("s", "b:with a colon")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "looked-at.json"


def left(path: Path, at: float) -> None:
    """A run that ended at some time."""
    LookedAt(path).save(at, leaving=True)


def test_new_is_what_moved_after_one_left_and_was_not_looked_at_since() -> None:
    looks = Looks(100.0, {A: 200.0})
    assert looks.is_new(B, 101.0)
    assert not looks.is_new(B, 100.0)
    assert not looks.is_new(B, None)
    assert not looks.is_new(A, 200.0)
    assert looks.is_new(A, 201.0)
    assert not Looks().is_new(A, 1e18)


def test_the_first_time_nothing_is_new_until_it_moves(path: Path) -> None:
    looked = LookedAt(path)
    assert looked.looks(50.0) == Looks(50.0, {})
    assert looked.looks(70.0).left_at == 50.0
    assert not path.exists()


def test_what_was_looked_at_holds_in_this_run_and_the_next_begins_where_it_ended(
    path: Path,
) -> None:
    left(path, 100.0)
    looked = LookedAt(path)
    looked.note([A], 150.0)
    looked.save(150.0)
    assert looked.looks(160.0) == Looks(100.0, {A: 150.0})
    # A run that ends without a word ended when it last wrote something.
    assert LookedAt(path).looks(200.0) == Looks(150.0, {A: 150.0})
    looked.save(300.0, leaving=True)
    assert LookedAt(path).looks(400.0).left_at == 300.0


def test_nothing_is_written_where_nothing_was_looked_at(path: Path) -> None:
    looked = LookedAt(path)
    looked.looks(1.0)
    looked.save(2.0)
    assert not path.parent.exists()


def test_looks_from_before_one_left_are_forgotten_and_the_newest_are_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_at, "MOST_KEPT", 2)
    left(path, 100.0)
    looked = LookedAt(path)
    for number in range(4):
        looked.note([SessionRef("s", str(number))], 101.0 + number)
    looked.note([A], 99.0)
    looked.save(110.0)
    assert [key for _, key, _ in json.loads(path.read_text())["looked"]] == ["2", "3"]


def test_only_its_owner_can_read_it(path: Path) -> None:
    left(path, 1.0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_programs_beside_each_other_do_not_lose_each_others_looks(path: Path) -> None:
    left(path, 100.0)
    one, other = LookedAt(path), LookedAt(path)
    for looked in (one, other):
        looked.looks(110.0)
    one.note([A], 120.0)
    one.save(120.0)
    other.note([B], 130.0)
    other.save(130.0)
    assert other.looks(140.0) == Looks(100.0, {A: 120.0, B: 130.0})
    one.save(125.0, leaving=True)
    assert json.loads(path.read_text())["left_at"] == 130.0

    code = (
        "import sys; from pathlib import Path\n"
        "from sessiontui.domain.session import SessionRef\n"
        "from sessiontui.services.looked_at import LookedAt\n"
        "looked = LookedAt(Path(sys.argv[1])); looked.looks(200.0)\n"
        "for n in range(15):\n"
        "    looked.note([SessionRef(sys.argv[2], str(n))], 500.0 + n); looked.save(500.0 + n)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), n]) for n in ("x", "y")]
    assert [writer.wait() for writer in writers] == [0, 0]
    kept = {tuple(entry[:2]) for entry in json.loads(path.read_text())["looked"]}
    assert kept >= {(name, str(number)) for name in ("x", "y") for number in range(15)}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"version": 1, "left_at": 5}',
        b'{"version": 1, "left_at": "5", "looked": []}',
        b'{"version": 1, "left_at": NaN, "looked": []}',
        b'{"version": 1, "left_at": 5, "looked": [["s", "a"]]}',
        b"\xff\x00",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_counts_as_none_and_is_written_anew(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    looked = LookedAt(path)
    assert looked.looks(50.0) == Looks(50.0, {})
    looked.note([A], 60.0)
    looked.save(60.0)
    assert LookedAt(path).looks(70.0) == Looks(60.0, {A: 60.0})
    assert looked.take_notices() == ()


def test_a_clock_that_was_wrong_does_not_hide_what_moves_now(path: Path) -> None:
    left(path, 9_000.0)
    assert LookedAt(path).looks(100.0).left_at == 100.0


def test_a_newer_versions_file_stays_as_it_is_and_is_told_once(path: Path) -> None:
    content = b'{"version": 2, "left_at": 5, "looked": {}}'
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    looked = LookedAt(path)
    looked.note([A], 60.0)
    looked.save(60.0)
    looked.save(61.0, leaving=True)
    assert path.read_bytes() == content
    assert looked.looks(70.0).looked == {A: 60.0}
    assert len(looked.take_notices()) == 1
    assert looked.take_notices() == ()


def test_what_cannot_be_written_holds_in_this_run_and_is_told_once(path: Path) -> None:
    path.mkdir(parents=True)
    looked = LookedAt(path)
    looked.looks(1.0)
    looked.note([A], 60.0)
    looked.save(60.0)
    looked.save(61.0)
    assert looked.looks(70.0).looked == {A: 60.0}
    assert len(looked.take_notices()) == 1
    path.rmdir()
    looked.save(80.0)
    assert LookedAt(path).looks(90.0).looked == {A: 60.0}


def test_a_busy_file_is_written_with_the_next_look(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_at, "_WAIT_SECONDS", 0.0)
    left(path, 1.0)
    looked = LookedAt(path)
    looked.note([A], 60.0)
    with try_file_lock(path.with_name(path.name + ".lock")) as held:
        assert held
        looked.save(60.0)
    assert LookedAt(path).looks(61.0).looked == {}
    looked.save(62.0)
    assert LookedAt(path).looks(63.0).looked == {A: 60.0}


def test_keys_that_are_no_text_do_no_harm(path: Path) -> None:
    looked = LookedAt(path)
    looked.looks(1.0)
    looked.note([SessionRef("s", "\udcff"), SessionRef("s", "x" * 5_000), A], 60.0)
    looked.save(60.0)
    assert LookedAt(path).looks(70.0).looked == {A: 60.0}
