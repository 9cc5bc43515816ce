"""Titles of sessions that a list only names."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.session import SessionRef
from tests.ui.stories import empty_story


def test_titles_are_found_by_ref_whatever_the_keys_are(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    named = story.add("a:b", "fix the lexer")
    unnamed = story.add("\x1b key", None, [])
    other = story.add("other", "something else")
    story.library.sync()
    gone = SessionRef("nowhere-1", "a:b")
    found = story.library.titles({named, unnamed, gone})
    assert found[named] == "fix the lexer"
    assert set(found) == {named, unnamed}
    found[unnamed].encode("utf-8")
    assert other not in found
    assert story.library.titles(()) == {}


def test_many_titles_are_found_at_once(tmp_path: Path) -> None:
    story = empty_story(tmp_path)
    refs = [story.add(f"k{number}", f"talk {number}", []) for number in range(1_100)]
    story.library.sync()
    assert story.library.titles(refs) == {ref: f"talk {number}" for number, ref in enumerate(refs)}
