"""Which characters belong to scripts that are written without spaces between words.

The index, the search and the marks on the screen agree on them: text of these characters is found
from any place in it, other text from the beginning of a word.
"""

from __future__ import annotations

import re
from functools import cache

CJK_RANGES = (
    "\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u3096\u309d-\u309f"
    "\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\uff66-\uff9f"
    "\U00020000-\U0003ffff"
)
"""Letters and syllables of Chinese, Japanese and Korean, to stand between brackets in a pattern."""


@cache
def cjk_runs() -> re.Pattern[str]:
    """Matches CJK characters in a row. Compiled when first needed: it takes its time."""
    return re.compile(f"[{CJK_RANGES}]+")


def has_cjk(text: str) -> bool:
    """Whether any CJK character is in it."""
    return not _is_latin(text) and cjk_runs().search(text) is not None


def _is_latin(text: str) -> bool:
    # Looking for the ranges takes forty times as long.
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
