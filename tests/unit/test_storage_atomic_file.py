"""Files of other programs are replaced as a whole or not at all, and late writes are kept."""

from __future__ import annotations

import errno
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sessiontui.domain.errors import (
    ChangedUnderneath,
    SessionTuiError,
    StoreMissing,
    StoreReadOnly,
    StoreUnreadable,
)
from sessiontui.storage.atomic_file import (
    LEFTOVER_SECONDS,
    TEMPORARY_PREFIX,
    create_file,
    remove_file,
    remove_leftovers,
    replace_file,
    write_file,
)
from sessiontui.storage.file_state import FileState, file_state

OLD = b"one\ntwo\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store" / "a b.jsonl"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


def state_of(path: Path) -> FileState:
    state = file_state(path)
    assert state is not None
    return state


def names(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.iterdir())


def before_call(
    monkeypatch: pytest.MonkeyPatch, name: str, act: Callable[[], None], *, after: bool = False
) -> None:
    """Let something happen just before (or after) the next call of a function of `os`."""
    original = getattr(os, name)
    pending = [act]

    def called(*arguments: object, **options: object) -> object:
        if pending and not after:
            pending.pop()()
        result = original(*arguments, **options)
        if pending and after:
            pending.pop()()
        return result

    monkeypatch.setattr(os, name, called)


def failing(error: OSError) -> Callable[..., None]:
    def fail(*arguments: object, **options: object) -> None:
        raise error

    return fail


class TestReplace:
    def test_the_content_is_new_and_the_rights_stay(self, path: Path) -> None:
        path.chmod(0o640)
        before = path.stat()
        replace_file(path, b"new\n", state_of(path))
        after = path.stat()
        assert path.read_bytes() == b"new\n"
        assert stat.S_IMODE(after.st_mode) == 0o640
        assert (after.st_uid, after.st_gid) == (before.st_uid, before.st_gid)
        assert after.st_ino != before.st_ino
        assert names(path) == ["a b.jsonl"]

    def test_the_owner_stays(self, path: Path) -> None:
        if os.getuid() != 0:
            pytest.skip("only root can give files away")
        os.chown(path, 4321, 8765)
        replace_file(path, b"new\n", state_of(path))
        assert (path.stat().st_uid, path.stat().st_gid) == (4321, 8765)

    def test_attributes_stay(self, path: Path) -> None:
        try:
            os.setxattr(path, "user.note", b"mine")
        except (OSError, AttributeError):
            pytest.skip("this file system has no attributes")
        replace_file(path, b"new\n", state_of(path))
        assert os.getxattr(path, "user.note") == b"mine"

    def test_another_owner_than_ours_refuses_the_change(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expect = state_of(path)
        monkeypatch.setattr(os, "fchmod", failing(PermissionError(errno.EPERM, "not permitted")))
        with pytest.raises(StoreReadOnly, match="another owner"):
            replace_file(path, b"new\n", expect)
        assert path.read_bytes() == OLD
        assert names(path) == ["a b.jsonl"]

    def test_a_file_that_was_changed_since_is_left_alone(self, path: Path) -> None:
        expect = state_of(path)
        with path.open("ab") as file:
            file.write(b"three\n")
        with pytest.raises(ChangedUnderneath):
            replace_file(path, b"new\n", expect)
        assert path.read_bytes() == OLD + b"three\n"
        assert names(path) == ["a b.jsonl"]

    def test_a_file_that_was_exchanged_since_is_left_alone(self, path: Path) -> None:
        expect = state_of(path)
        other = path.with_name("other")
        other.write_bytes(OLD)
        os.utime(other, ns=(expect.mtime_ns, expect.mtime_ns))
        other.rename(path)
        with pytest.raises(ChangedUnderneath):
            replace_file(path, b"new\n", expect)
        assert path.read_bytes() == OLD

    def test_a_change_while_the_new_content_is_written_is_seen(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expect = state_of(path)

        def append() -> None:
            with path.open("ab") as file:
                file.write(b"three\n")

        before_call(monkeypatch, "fsync", append)
        with pytest.raises(ChangedUnderneath):
            replace_file(path, b"new\n", expect)
        assert path.read_bytes() == OLD + b"three\n"
        assert names(path) == ["a b.jsonl"]

    @pytest.mark.parametrize("after", [False, True])
    def test_what_a_writer_adds_at_the_last_moment_is_carried_over(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, after: bool
    ) -> None:
        with path.open("ab", buffering=0) as writer:
            before_call(monkeypatch, "rename", lambda: writer.write(b"late\n"), after=after)  # type: ignore[arg-type]
            replace_file(path, b"new\n", state_of(path))
        assert path.read_bytes() == b"new\nlate\n"

    def test_a_file_that_never_grows_needs_no_waiting(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with path.open("ab", buffering=0) as writer:
            before_call(monkeypatch, "rename", lambda: writer.write(b"late\n"))  # type: ignore[arg-type]
            replace_file(path, b"new\n", state_of(path), growing=False)
        assert path.read_bytes() == b"new\n"

    def test_a_late_write_is_written_whole_even_in_pieces(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        original = os.write
        with path.open("ab", buffering=0) as writer:
            before_call(monkeypatch, "rename", lambda: writer.write(b"0123456789\n"))  # type: ignore[arg-type]
            # A nearly full disk takes only some of it at a time.
            monkeypatch.setattr(os, "write", lambda fd, data: original(fd, bytes(data[:4])))
            replace_file(path, b"new\n", state_of(path))
        assert path.read_bytes() == b"new\n0123456789\n"

    def test_no_line_of_a_busy_writer_is_lost(self, path: Path) -> None:
        lines = [f"line {number}\n".encode() for number in range(400)]
        stop = threading.Event()

        def write() -> None:
            for line in lines:
                with path.open("ab") as file:
                    file.write(line)
                # Long enough for a replacement to begin, too short for it to end.
                if stop.wait(0.02):
                    return

        path.write_bytes(b"")
        writer = threading.Thread(target=write)
        writer.start()
        replaced, taken = 0, b""
        try:
            while writer.is_alive() and replaced < 5:
                state = state_of(path)
                content = path.read_bytes()[: state.size]
                try:
                    replace_file(path, b"", state)
                except ChangedUnderneath:
                    continue
                taken += content
                replaced += 1
        finally:
            stop.set()
            writer.join()
        seen = taken + path.read_bytes()
        written = seen.count(b"\n")
        assert replaced > 0
        assert sorted(seen.splitlines(keepends=True)) == sorted(lines[:written])

    def test_a_link_is_refused_and_stays(self, path: Path) -> None:
        link = path.with_name("link.jsonl")
        link.symlink_to(path.name)
        with pytest.raises(StoreReadOnly, match="is a link"):
            replace_file(link, b"new\n", state_of(link))
        assert link.is_symlink()
        assert path.read_bytes() == OLD

    @pytest.mark.parametrize("kind", ["folder", "pipe"])
    def test_what_is_no_plain_file_is_refused_without_waiting(self, path: Path, kind: str) -> None:
        odd = path.with_name("odd.jsonl")
        if kind == "folder":
            odd.mkdir()
        else:
            os.mkfifo(odd)
        with pytest.raises(StoreUnreadable, match="not a regular file"):
            replace_file(odd, b"new\n", state_of(odd))

    def test_a_file_that_is_gone_is_missing(self, path: Path) -> None:
        expect = state_of(path)
        path.unlink()
        with pytest.raises(StoreMissing):
            replace_file(path, b"new\n", expect)
        assert names(path) == []

    @pytest.mark.parametrize("name", ["fsync", "rename"])
    def test_a_full_disk_leaves_the_old_content(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        expect = state_of(path)
        monkeypatch.setattr(os, name, failing(OSError(errno.ENOSPC, "no space left")))
        with pytest.raises(StoreUnreadable, match="no space left"):
            replace_file(path, b"new\n", expect)
        assert path.read_bytes() == OLD
        assert names(path) == ["a b.jsonl"]

    def test_read_only_media_refuse_the_change(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expect = state_of(path)
        monkeypatch.setattr(
            "tempfile.mkstemp", failing(OSError(errno.EROFS, "read-only file system"))
        )
        with pytest.raises(StoreReadOnly):
            replace_file(path, b"new\n", expect)

    @pytest.mark.parametrize("act", [replace_file, remove_file])
    def test_a_name_that_no_file_can_have_is_an_error_with_a_hint(
        self, path: Path, act: Callable[..., None]
    ) -> None:
        odd = path.with_name("x" * 300)
        arguments = (b"new\n",) if act is replace_file else ()
        with pytest.raises(SessionTuiError):
            act(odd, *arguments, state_of(path))


class TestRemove:
    def test_the_file_is_gone(self, path: Path) -> None:
        remove_file(path, state_of(path))
        assert names(path) == []

    def test_what_a_writer_adds_at_the_last_moment_becomes_a_new_file(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path.chmod(0o640)
        with path.open("ab", buffering=0) as writer:
            before_call(monkeypatch, "unlink", lambda: writer.write(b"late\n"))  # type: ignore[arg-type]
            remove_file(path, state_of(path))
        assert path.read_bytes() == b"late\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_a_changed_file_stays(self, path: Path) -> None:
        expect = state_of(path)
        path.write_bytes(b"other\n")
        with pytest.raises(ChangedUnderneath):
            remove_file(path, expect)
        assert path.read_bytes() == b"other\n"

    def test_of_a_link_only_the_link_goes(self, path: Path) -> None:
        link = path.with_name("link.jsonl")
        link.symlink_to(path.name)
        remove_file(link, state_of(link))
        assert names(path) == ["a b.jsonl"]
        assert path.read_bytes() == OLD


class TestCreate:
    def test_a_new_file_is_complete_and_private(self, path: Path) -> None:
        fresh = path.with_name("fresh.jsonl")
        create_file(fresh, b"content\n")
        assert fresh.read_bytes() == b"content\n"
        assert stat.S_IMODE(fresh.stat().st_mode) == 0o600
        assert fresh.stat().st_nlink == 1
        create_file(path.with_name("shared.jsonl"), b"", mode=0o644)
        assert stat.S_IMODE(path.with_name("shared.jsonl").stat().st_mode) == 0o644

    def test_what_is_there_is_never_written_over(self, path: Path) -> None:
        with pytest.raises(ChangedUnderneath):
            create_file(path, b"new\n")
        assert path.read_bytes() == OLD
        assert names(path) == ["a b.jsonl"]

    def test_a_missing_folder_is_told(self, path: Path) -> None:
        with pytest.raises(StoreMissing):
            create_file(path.parent / "none" / "x", b"")


class TestOwnFiles:
    def test_a_file_of_ours_is_replaced_as_a_whole(self, path: Path) -> None:
        write_file(path, b"new\n")
        assert path.read_bytes() == b"new\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_failure_leaves_the_old_one(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", failing(OSError(errno.EIO, "input/output error")))
        with pytest.raises(OSError, match="input/output"):
            write_file(path, b"new\n")
        assert path.read_bytes() == OLD
        assert names(path) == ["a b.jsonl"]


class TestTimes:
    def test_a_file_can_get_an_old_time_together_with_its_content(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[int] = []
        before_call(monkeypatch, "rename", lambda: seen.append(path.stat().st_mtime_ns), after=True)
        replace_file(path, b"new\n", state_of(path), mtime_ns=1_600_000_000_123_456_789)
        assert seen == [1_600_000_000_123_456_789]
        create_file(path.with_name("fresh"), b"", mtime_ns=1_600_000_000_000_000_001)
        assert path.with_name("fresh").stat().st_mtime_ns == 1_600_000_000_000_000_001

    def test_a_late_write_makes_the_time_new_again(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with path.open("ab", buffering=0) as writer:
            before_call(monkeypatch, "rename", lambda: writer.write(b"late\n"))  # type: ignore[arg-type]
            replace_file(path, b"new\n", state_of(path), mtime_ns=1_600_000_000_000_000_000)
        assert path.read_bytes() == b"new\nlate\n"
        assert path.stat().st_mtime_ns > 1_600_000_000_000_000_000


class TestLeftovers:
    def test_only_old_temporary_files_of_ours_go(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        left = path.with_name(TEMPORARY_PREFIX + "abc")
        left.write_bytes(b"half")
        other = path.with_name(".tmpXYZ")
        other.write_bytes(b"of another program")
        remove_leftovers(path.parent)
        assert left.exists()
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + LEFTOVER_SECONDS + 60)
        remove_leftovers(path.parent)
        assert names(path) == [".tmpXYZ", "a b.jsonl"]
        remove_leftovers(path.parent / "none")
