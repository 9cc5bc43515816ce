"""Editing the text of any session file: what is meant changes, everything else stays."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.backends.astrid.editing import cleared, retitled
from sessiontui.domain.backend import ClearOnly, ClearScope
from tests.formats.astrid_stores import FIRST, TALK, session

_LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
_MESSAGES = st.lists(
    st.sampled_from(TALK)
    | st.fixed_dictionaries({"role": st.sampled_from(["user", "odd"]), "content": _VALUES}),
    max_size=6,
)


@st.composite
def files(draw: st.DrawFn) -> tuple[dict[str, Any], str]:
    """A session and one way to write it."""
    more = draw(
        st.dictionaries(st.text(min_size=1, max_size=5).map("x".__add__), _VALUES, max_size=3)
    )
    stored = session(FIRST, *draw(_MESSAGES), **more)
    layout: dict[str, Any] = draw(st.sampled_from([
        {"indent": 2}, {"indent": None}, {"separators": (",", ":")}, {"indent": "\t"},
    ]))  # fmt: skip
    return stored, json.dumps(stored, ensure_ascii=draw(st.booleans()), **layout)


@given(files(), st.none() | st.text(max_size=12))
def test_any_file_gets_its_title_and_keeps_the_rest(
    written: tuple[dict[str, Any], str], title: str | None
) -> None:
    stored, text = written
    named = retitled(text, title)
    assert json.loads(named) == {
        **stored, "metadata": {**stored["metadata"], "title": title or None},
    }  # fmt: skip
    assert retitled(named, None) == text


@given(files(), st.none() | st.integers(-1, 8), st.none() | st.sampled_from(list(ClearOnly)))
def test_any_file_is_cleared_and_keeps_the_rest(
    written: tuple[dict[str, Any], str], before: int | None, only: ClearOnly | None
) -> None:
    stored, text = written
    scope = ClearScope(before=before, only=only)
    emptied, touched = cleared(text, scope)
    after = json.loads(emptied)
    assert list(after) == list(stored)
    for name in stored:
        if name not in ("messages", "token_count"):
            assert after[name] == stored[name]
    reach = len(stored["messages"]) if before is None else max(0, before)
    if only is None:
        assert after["messages"] == stored["messages"][reach:]
        assert touched == len(stored["messages"]) - len(after["messages"])
    else:
        assert len(after["messages"]) == len(stored["messages"])
        changed = [a != b for a, b in zip(after["messages"], stored["messages"], strict=True)]
        assert sum(changed) == touched
        assert not any(changed[reach:])
    again, none_left = cleared(emptied, ClearScope(before=None, only=only))
    assert cleared(again, ClearScope(before=None, only=only)) == (again, 0)
    assert none_left >= 0
