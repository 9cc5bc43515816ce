"""File systems whose locks do not reach the machine that writes them are recognised."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from sessiontui.storage.mounts import MOUNTS, mounts, shared_file_system


class Partition(NamedTuple):
    mountpoint: str
    fstype: str


@pytest.fixture
def partitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Partition]:
    found = [Partition("/", "ext4")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: found)  # noqa: A006
    monkeypatch.setattr("sessiontui.storage.mounts.MOUNTS", tmp_path / "not Linux")
    return found


@pytest.mark.parametrize(
    ("kind", "shared"),
    [
        ("ext4", False),
        ("btrfs", False),
        ("tmpfs", False),
        ("overlay", False),
        ("apfs", False),
        ("nfs4", True),
        ("nfs", True),
        ("cifs", True),
        ("9p", True),
        ("virtiofs", True),
        ("fuse.sshfs", True),
        ("fuseblk", True),
    ],
)
def test_the_kind_of_the_mount_decides(
    partitions: list[Partition], tmp_path: Path, kind: str, shared: bool
) -> None:
    partitions.append(Partition(str(tmp_path), kind))
    assert shared_file_system(tmp_path / "store") == (kind if shared else None)


def test_the_innermost_mount_counts_in_whatever_order(
    partitions: list[Partition], tmp_path: Path
) -> None:
    partitions.append(Partition(str(tmp_path / "net" / "local"), "ext4"))
    partitions.append(Partition(str(tmp_path / "net"), "nfs4"))
    assert shared_file_system(tmp_path / "net" / "store") == "nfs4"
    assert shared_file_system(tmp_path / "net" / "local" / "store") is None
    assert shared_file_system(tmp_path / "network") is None


def test_the_last_mount_of_one_place_counts(partitions: list[Partition], tmp_path: Path) -> None:
    partitions.append(Partition(str(tmp_path), "ext4"))
    partitions.append(Partition(str(tmp_path), "nfs4"))
    assert shared_file_system(tmp_path) == "nfs4"


def test_links_are_followed(partitions: list[Partition], tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "net")
    partitions.append(Partition(str(tmp_path / "net"), "nfs4"))
    assert shared_file_system(tmp_path / "link" / "store") == "nfs4"


def test_everything_below_a_shared_root_is_shared(
    partitions: list[Partition], tmp_path: Path
) -> None:
    partitions[0] = Partition("/", "9p")
    assert shared_file_system(tmp_path) == "9p"


def test_what_linux_tells_of_its_mounts_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tmp_path / "mounts"
    told.write_bytes(
        b"/dev/sda1 / ext4 rw,relatime 0 0\n"
        b"server:/a\\040b /mnt/my\\040disk\\134\xff nfs4 rw,addr=1.2.3.4 0 0\n"
    )
    monkeypatch.setattr("sessiontui.storage.mounts.MOUNTS", told)
    disk = os.fsdecode(b"/mnt/my disk\\\xff")
    assert list(mounts()) == [("/", "ext4"), (disk, "nfs4")]
    assert shared_file_system(Path(disk, "store")) == "nfs4"
    assert shared_file_system(tmp_path) is None


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux tells its mounts in a file")
def test_linux_tells_the_mounts_that_psutil_finds() -> None:
    found = {(each.mountpoint, each.fstype) for each in psutil.disk_partitions(all=True)}
    assert set(mounts()) == found


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert shared_file_system(tmp_path) in (None, "fuse.overlayfs", "9p", "virtiofs")
