"""File systems whose locks do not reach the machine that writes them are recognised."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from sessiontui.storage.mounts import shared_file_system


class Partition(NamedTuple):
    mountpoint: str
    fstype: str


@pytest.fixture
def mounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Partition]:
    found = [Partition("/", "ext4")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: found)  # noqa: A006
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
    mounts: list[Partition], tmp_path: Path, kind: str, shared: bool
) -> None:
    mounts.append(Partition(str(tmp_path), kind))
    assert shared_file_system(tmp_path / "store") == (kind if shared else None)


def test_the_innermost_mount_counts_in_whatever_order(
    mounts: list[Partition], tmp_path: Path
) -> None:
    mounts.append(Partition(str(tmp_path / "net" / "local"), "ext4"))
    mounts.append(Partition(str(tmp_path / "net"), "nfs4"))
    assert shared_file_system(tmp_path / "net" / "store") == "nfs4"
    assert shared_file_system(tmp_path / "net" / "local" / "store") is None
    assert shared_file_system(tmp_path / "network") is None


def test_the_last_mount_of_one_place_counts(mounts: list[Partition], tmp_path: Path) -> None:
    mounts.append(Partition(str(tmp_path), "ext4"))
    mounts.append(Partition(str(tmp_path), "nfs4"))
    assert shared_file_system(tmp_path) == "nfs4"


def test_links_are_followed(mounts: list[Partition], tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "net")
    mounts.append(Partition(str(tmp_path / "net"), "nfs4"))
    assert shared_file_system(tmp_path / "link" / "store") == "nfs4"


def test_everything_below_a_shared_root_is_shared(mounts: list[Partition], tmp_path: Path) -> None:
    mounts[0] = Partition("/", "9p")
    assert shared_file_system(tmp_path) == "9p"


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert shared_file_system(tmp_path) in (None, "fuse.overlayfs", "9p", "virtiofs")
