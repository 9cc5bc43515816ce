"""Textual's pilot waits in steps of 20 ms for the process to be idle; smaller ones do as well."""

from __future__ import annotations

import pytest
from textual import _wait

_STEP_SECONDS = 0.004


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait in small steps."""
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", _STEP_SECONDS)
    monkeypatch.setattr(_wait, "SLEEP_IDLE", _STEP_SECONDS / 2)
