"""The collector looks at old objects hardly ever while the program runs, and as before after."""

from __future__ import annotations

import gc

from sessiontui.ui.rare_collection import collecting_rarely


def test_old_objects_are_looked_at_less_often_meanwhile() -> None:
    before = gc.get_threshold()
    with collecting_rarely():
        young, middle, old = gc.get_threshold()
        assert young * middle * old >= 100 * before[0] * before[1] * before[2]
    assert gc.get_threshold() == before
