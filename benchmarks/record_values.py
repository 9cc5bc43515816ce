"""Ids, times and quoted texts as the records of both programs hold them."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime


def quoted(text: str) -> str:
    """A JSON string as JavaScript and Rust write it: other alphabets stay as they are."""
    return json.dumps(text, ensure_ascii=False)


def stamp(at: float) -> str:
    """A time as both programs write it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def new_id(chance: random.Random) -> str:
    """A random UUID."""
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def timed_id(chance: random.Random, at: float) -> str:
    """A UUID that begins with its time, as Codex makes them."""
    digits = f"{int(at * 1000):012x}{chance.getrandbits(80):020x}"
    return f"{digits[:8]}-{digits[8:12]}-7{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
