"""Which file systems share no locks with the machine that writes them."""

from __future__ import annotations

import os
from pathlib import Path

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


def shared_file_system(path: Path) -> str | None:
    """The kind of network, virtual-machine or FUSE file system a path is on; None if it is local.

    Locks and change notices do not cross such a mount.
    """
    import psutil  # noqa: PLC0415  10 ms that reading a store does not need

    real = os.path.realpath(path)
    kind, longest = "", -1
    for partition in psutil.disk_partitions(all=True):
        point = partition.mountpoint
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        # Of several mounts on one place (an automounter's, and what it mounted) the last counts.
        if inside and len(point) >= longest:
            kind, longest = partition.fstype, len(point)
    return kind if kind in _SHARED or kind.startswith("fuse") else None
