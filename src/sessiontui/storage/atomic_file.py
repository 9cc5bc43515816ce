"""Changing files that another program may be writing, without losing a byte of what it writes.

A file is replaced by a finished one (temporary file, fsync, rename), so that a crash leaves the old
or the new content and nothing between. Owner, group, mode and access lists stay as they were, or
the change is refused: a daemon must not lose access to its own file.

A writer that had the old file open when it was replaced still writes into it. The old file is kept
open, and what arrived there late is carried over to the new one.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sessiontui.domain.errors import ChangedUnderneath, StoreReadOnly, StoreUnreadable
from sessiontui.storage.file_state import FileState, file_state
from sessiontui.storage.system_errors import store_error

TEMPORARY_PREFIX = ".tmp-sessiontui-"
LEFTOVER_SECONDS = 600.0
_LATE_SECONDS = (0.0, 0.01, 0.03, 0.06)
"""When to look for late writes after a file was replaced; an open-append-close takes far less."""


def replace_file(
    path: Path,
    content: bytes,
    expect: FileState,
    *,
    growing: bool = True,
    mtime_ns: int | None = None,
) -> None:
    """Give the file at `path` new content, if it still is in the state `expect`.

    With `growing` (files that are appended to), bytes that a writer adds to the old file while it
    is replaced are carried over to the new one. With `mtime_ns`, the new file has that time.
    Raises `ChangedUnderneath`, `StoreReadOnly`, `StoreMissing`, `StoreUnreadable`; the file is then
    as it was.
    """
    with _held(path, expect) as (old, found):
        temporary = _written_beside(path, content, found, mtime_ns=mtime_ns)
        try:
            _check(old, path, expect)
            temporary.rename(path)
        except OSError as error:
            raise store_error(error, path) from error
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        if growing:
            _carry_over(old, expect.size, path, stat.S_IMODE(found.st_mode))
    sync_folder(path.parent)


def remove_file(path: Path, expect: FileState, *, growing: bool = True) -> None:
    """Remove the file at `path`, if it still is in the state `expect`.

    With `growing`, bytes that a writer adds while it is removed become a new file, as the writer's
    next append would have made one. Of a link only the link goes. Raises as `replace_file`.
    """
    if _is_link(path):
        try:
            path.unlink()
        except OSError as error:
            raise store_error(error, path) from error
        return
    with _held(path, expect) as (old, found):
        try:
            _check(old, path, expect)
            path.unlink()
        except OSError as error:
            raise store_error(error, path) from error
        if growing:
            _carry_over(old, expect.size, path, stat.S_IMODE(found.st_mode))
    sync_folder(path.parent)


def create_file(
    path: Path, content: bytes, *, mode: int = 0o600, mtime_ns: int | None = None
) -> None:
    """Make a new file with finished content. Raises `ChangedUnderneath` when one is there.

    With `mtime_ns`, the file has that time.
    """
    temporary = _written_beside(path, content, None, mode, mtime_ns=mtime_ns)
    try:
        link_new(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def link_new(temporary: Path, path: Path) -> None:
    """Give a finished temporary file its name; the temporary one stays.

    Raises `ChangedUnderneath` when a file has that name, else what the system's error means.
    """
    try:
        # A link never replaces: what was written meanwhile under this name stays.
        os.link(temporary, path)
    except FileExistsError as error:
        raise ChangedUnderneath(f"{path} is there already", "look again before changing it") from (
            error
        )
    except OSError as error:
        raise store_error(error, path) from error


def write_file(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write one of our own files as a whole, replacing it if it is there. Raises `OSError`."""
    descriptor, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    sync_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of ours that a killed process left in a folder.

    Only such as nobody has touched for a while: another process may be writing one.
    """
    try:
        found = [path for path in folder.iterdir() if path.name.startswith(TEMPORARY_PREFIX)]
    except OSError:
        return
    for path in found:
        # One that cannot be looked at or removed stays; it harms nobody.
        with suppress(OSError):
            # Its content may carry an old time: when it was made or renamed is what counts.
            if time.time() - path.lstat().st_ctime > LEFTOVER_SECONDS:
                path.unlink()


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder durable, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        # Some file systems cannot sync a folder; the change itself is done.
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _held(path: Path, expect: FileState) -> Iterator[tuple[int, os.stat_result]]:
    if _is_link(path):
        raise StoreReadOnly(
            f"{path} is a link", "change the file it leads to: replacing would break the link"
        )
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise store_error(error, path) from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StoreUnreadable(f"{path} is not a regular file", "move it out of the folder")
        if FileState.from_stat(found) != expect:
            raise _changed(path)
        yield descriptor, found
    finally:
        os.close(descriptor)


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError as error:
        # A name too long, a folder that cannot be entered.
        raise store_error(error, path) from error


def _check(old: int, path: Path, expect: FileState) -> None:
    if FileState.from_stat(os.fstat(old)) != expect or file_state(path) != expect:
        raise _changed(path)


def _changed(path: Path) -> ChangedUnderneath:
    return ChangedUnderneath(
        f"{path.name} has changed since it was read", "look at it again and repeat"
    )


def _written_beside(
    path: Path,
    content: bytes,
    like: os.stat_result | None,
    mode: int = 0o600,
    mtime_ns: int | None = None,
) -> Path:
    """A finished temporary file in the same folder, with the owner and rights of the old one."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=path.parent)
    except OSError as error:
        raise store_error(error, path.parent) from error
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if like is not None:
                _take_over(file.fileno(), path, like)
            else:
                os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            if mtime_ns is not None:
                os.utime(file.fileno(), ns=(mtime_ns, mtime_ns))
            os.fsync(file.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise store_error(error, path) from error
    except StoreReadOnly:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _take_over(descriptor: int, path: Path, like: os.stat_result) -> None:
    own = os.fstat(descriptor)
    try:
        if (own.st_uid, own.st_gid) != (like.st_uid, like.st_gid):
            os.fchown(descriptor, like.st_uid, like.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(like.st_mode))
        if sys.platform == "linux":
            for name in _attributes(path):
                os.setxattr(descriptor, name, os.getxattr(path, name))
    except OSError as error:
        raise StoreReadOnly(
            f"{path.name} would get another owner or other rights", "change it as its owner"
        ) from error


def _attributes(path: Path) -> list[str]:
    # Access lists and the user's own attributes; labels of the system follow the folder.
    try:
        names = os.listxattr(path)
    except OSError:
        return []
    return [name for name in names if name.startswith(("user.", "system.posix_acl"))]


def _carry_over(old: int, position: int, path: Path, mode: int) -> None:
    for seconds in _LATE_SECONDS:
        if seconds:
            time.sleep(seconds)
        try:
            late = b""
            while chunk := os.pread(old, 1 << 20, position + len(late)):
                late += chunk
            if late:
                _append(path, late, mode)
        except OSError as error:
            raise store_error(error, path) from error
        position += len(late)


def _append(path: Path, content: bytes, mode: int) -> None:
    target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode)
    try:
        left = memoryview(content)
        while left:
            # A nearly full disk takes only a part at a time.
            left = left[os.write(target, left) :]
        os.fsync(target)
    finally:
        os.close(target)
