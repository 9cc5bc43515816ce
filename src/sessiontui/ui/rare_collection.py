"""Python's search for circles of garbage, so rarely that nobody who holds a key down sees it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (10_000, 20, 50)
"""A look at everything takes a quarter of a second when a transcript of 50,000 messages is open.
With these it comes after ten million new objects. What is large is let go of without it.
"""


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Meanwhile the collector looks at young objects as ever, and at old ones hardly ever."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
