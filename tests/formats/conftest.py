"""Empty stores for the tests of formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.claude_code_stores import ClaudeFolder


@pytest.fixture
def claude(tmp_path: Path) -> ClaudeFolder:
    """A folder of Claude Code's without sessions."""
    return ClaudeFolder(tmp_path / "kim")
