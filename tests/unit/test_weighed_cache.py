"""A cache that is bounded by weight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.widgets.weighed_cache import WeighedCache


def test_what_was_used_least_lately_goes_first() -> None:
    cache: WeighedCache[str] = WeighedCache(10)
    cache.keep(1, "a", 4)
    cache.keep(2, "b", 4)
    assert cache.get(1) == "a"
    cache.keep(3, "c", 4)
    assert [cache.get(key) for key in (1, 2, 3)] == ["a", None, "c"]


def test_the_last_one_stays_whatever_it_weighs() -> None:
    cache: WeighedCache[str] = WeighedCache(10)
    cache.keep(1, "a", 4)
    cache.keep(2, "log", 5_000)
    assert cache.get(1) is None
    assert cache.get(2) == "log"
    cache.keep(3, "c", 1)
    assert cache.get(2) is None
    assert cache.get(3) == "c"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.booleans()), max_size=40))
def test_it_never_holds_more_than_it_may(steps: list[tuple[int, int, bool]]) -> None:
    cache: WeighedCache[int] = WeighedCache(12)
    weights: dict[int, int] = {}
    for key, weight, goes in steps:
        if goes:
            cache.discard(key)
        else:
            cache.keep(key, weight, weight)
            weights[key] = weight
            assert cache.get(key) == weight
        held = [weights[number] for number in range(6) if cache.get(number) is not None]
        assert len(held) == len(cache)
        assert sum(held) <= 12
    cache.clear()
    assert not len(cache)


def test_what_is_spared_stays_whatever_it_weighs() -> None:
    cache: WeighedCache[str] = WeighedCache(10)
    cache.spared = range(3, 5)
    for key, weight in ((1, 5), (3, 20), (4, 20), (5, 20), (6, 2)):
        cache.keep(key, str(key), weight)
    assert [cache.get(key) for key in range(1, 7)] == [None, None, "3", "4", None, "6"]
    cache.spared = range(6, 7)
    cache.keep(7, "7", 2)
    assert [cache.get(key) for key in range(3, 8)] == [None, None, None, "6", "7"]
