"""Numbers, sizes and times in words: the same everywhere."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

_UNITS = (("w", 7 * 86400), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_SIZES = ("bytes", "KB", "MB", "GB", "TB")
_DURATION = re.compile(r"(\d+)([smhdw])")


def duration_words(duration: timedelta) -> str:
    """A duration as `20s`, `5m`, `2h`, `3d`, `4w`: whole units, rounded down, never negative."""
    seconds = max(0, int(duration.total_seconds()))
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds // length}{unit}"
    return "0s"


def age_words(seconds: float) -> str:
    """An age for a column: `now` below five seconds, then as `duration_words`."""
    return "now" if seconds < 5 else duration_words(timedelta(seconds=seconds))


def size_words(size_bytes: int) -> str:
    """A size as `312 bytes`, `12 KB`, `4.5 MB` (units of 1000)."""
    if size_bytes < 1000:
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    size = float(size_bytes)
    for unit in _SIZES:
        if size < 999.5:
            return f"{size:.1f} {unit}" if size < 9.95 else f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.0f} PB"


def count_words(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: `1 message`, `1,204 messages`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def folder_words(folder: str, home: Path) -> str:
    """A folder as people write it: below the home it begins with `~`."""
    path = Path(folder)
    return str(Path("~") / path.relative_to(home)) if path.is_relative_to(home) else folder


def short_count(count: int) -> str:
    """A count that may be very large: `1,204`, `123k`, `12.3M`, `4.5B`."""
    if count < 100_000:
        return f"{count:,}"
    number = float(count)
    for unit in ("k", "M", "B"):
        number /= 1000
        if number < 999.5:
            return (
                f"{number:.1f}{unit}" if number < 99.95 and unit != "k" else f"{number:.0f}{unit}"
            )
    return f"{number / 1000:,.0f}T"


def token_words(tokens: int) -> str:
    """So many tokens: `1 token`, `12,345 tokens`, `1.2M tokens`."""
    return f"{short_count(tokens)} token{'' if tokens == 1 else 's'}"


def parse_duration(text: str) -> timedelta | None:
    """`90s`, `10m`, `2h`, `7d`, `4w`, also combined as `1h30m`; None when it is none of these."""
    if not text or _DURATION.sub("", text):
        return None
    lengths = dict(_UNITS)
    try:
        seconds = sum(int(n) * lengths[unit] for n, unit in _DURATION.findall(text))
        return timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # longer than a calendar
        return None
