"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import SampleStore


@pytest.fixture
def store(tmp_path: Path) -> SampleStore:
    """A store in memory, known to this process only."""
    return SampleStore(tmp_path / "memory-store")
