"""Importing without garbage collection looking at what comes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """What is imported meanwhile stays: nobody needs to look through it for garbage, ever."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
