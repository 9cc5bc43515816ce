"""Which file systems share no locks with the machine that writes them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
"""Where Linux tells what is mounted: a line for each, spaces in it as octal numbers."""

_SHARED = frozenset(
    {
        "9p",
        "afpfs",
        "afs",
        "ceph",
        "cifs",
        "davfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
        "webdav",
    }
)


_OCTAL = re.compile(r"\\([0-7]{3})")


def shared_file_system(path: Path) -> str | None:
    """The kind of network, virtual-machine or FUSE file system a path is on; None if it is local.

    Locks and change notices do not cross such a mount.
    """
    real = os.path.realpath(path)
    kind, longest = "", -1
    for point, its_kind in mounts():
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # Of several mounts on one place (an automounter's, and what it mounted) the last counts.
        if inside and len(point) >= longest:
            kind, longest = its_kind, len(point)
    return kind if kind in _SHARED or kind.startswith("fuse") else None


def mounts() -> Iterator[tuple[str, str]]:
    """The places where file systems are mounted, and their kinds, in the order of mounting."""
    try:
        lines = os.fsdecode(MOUNTS.read_bytes()).splitlines()
    except OSError:
        import psutil  # noqa: PLC0415  15 ms that Linux does not need

        for partition in psutil.disk_partitions(all=True):
            yield partition.mountpoint, partition.fstype
        return
    for line in lines:
        _, point, kind, *_ = line.split(" ")
        yield _OCTAL.sub(lambda found: chr(int(found[1], 8)), point), kind
