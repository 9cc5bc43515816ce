"""States, stamps and locks of files."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sessiontui.storage import file_state as module
from sessiontui.storage.file_lock import try_file_lock
from sessiontui.storage.file_state import FileState, file_state, is_regular_file, stamp_of
from sessiontui.storage.locations import Locations, private_folder

OLD = 1_600_000_000_000_000_000


def settled(path: Path, content: bytes = b"x") -> FileState:
    path.write_bytes(content)
    os.utime(path, ns=(OLD, OLD))
    state = file_state(path)
    assert state is not None
    return state


def test_a_state_tells_size_time_and_identity(tmp_path: Path) -> None:
    path = tmp_path / "f"
    before = settled(path)
    assert file_state(path) == before
    larger = settled(path, b"xx")
    settled(path)
    os.utime(path, ns=(OLD, OLD + 1))
    newer = file_state(path)
    assert newer is not None
    settled(tmp_path / "g")
    (tmp_path / "g").rename(path)
    other = file_state(path)
    assert other is not None
    assert len({state.fingerprint for state in (before, larger, newer, other)}) == 4


def test_nothing_there_has_no_state(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    assert file_state(tmp_path / "none") is None
    assert file_state(tmp_path / "f" / "below") is None


def test_only_plain_files_are_regular(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"")
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    found = {child.name for child in tmp_path.iterdir() if is_regular_file(child)}
    assert found == {"f", "link"}
    assert not is_regular_file(tmp_path / ("x" * 300))


def test_equal_states_have_equal_stamps_once_they_have_settled(tmp_path: Path) -> None:
    state = settled(tmp_path / "f")
    assert stamp_of([state, None]) == stamp_of([state, None])
    assert stamp_of([state, None]) != stamp_of([None, state])


def test_a_fresh_state_has_no_stamp_to_rely_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x")
    state = file_state(path)
    assert state is not None
    now = state.mtime_ns
    times = iter([now, now + 1000, now + module._TICK_NS, now + module._TICK_NS + 1])
    monkeypatch.setattr(time, "time_ns", lambda: next(times))
    stamps = [stamp_of([state]) for _ in range(4)]
    assert len(set(stamps[:3])) == 3
    assert stamps[2] == stamps[3]


def test_a_lock_has_one_holder_and_is_free_again(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with try_file_lock(path) as first, try_file_lock(path) as second:
        assert (first, second) == (True, False)
    with try_file_lock(path) as again:
        assert again


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import pathlib, sys, time\n"
        "from sessiontui.storage.file_lock import try_file_lock\n"
        "with try_file_lock(pathlib.Path(sys.argv[1])) as held:\n"
        "    print(held, flush=True)\n"
        "    time.sleep(0.1)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        with try_file_lock(path, 30.0) as held:
            assert held


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    script = (
        "import os, pathlib, signal, sys\n"
        "from sessiontui.storage.file_lock import try_file_lock\n"
        "with try_file_lock(pathlib.Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    with try_file_lock(path) as held:
        assert held


def test_our_folders_follow_the_variables_of_the_desktop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    found = Locations.of_user()
    assert found.data == tmp_path / "d" / "sessiontui"
    assert found.cache.is_absolute()
    assert found.config.is_relative_to(os.environ["HOME"])


def test_a_private_folder_is_the_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = private_folder(tmp_path / "a" / "b")
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o700
    assert private_folder(made) == made
    assert time.time() - made.stat().st_mtime < 3600
