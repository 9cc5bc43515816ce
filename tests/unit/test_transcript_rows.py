"""Moving over rows that are measured on the way never skips and never repeats a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sessiontui.ui.widgets.transcript_rows import Place, TranscriptRows

sizes = st.lists(
    st.tuples(st.integers(0, 9), st.one_of(st.just(0), st.integers(1, 12))), min_size=1, max_size=40
).filter(lambda pairs: any(exact for _, exact in pairs) and any(guess for guess, _ in pairs))


class Measured:
    """Rows whose estimates may be wrong, and a record of what was measured."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.asked: set[int] = set()
        self.exact = [exact for _, exact in pairs]
        self.rows = TranscriptRows([guess for guess, _ in pairs], self._measure)
        self.lines = [
            Place(position, line)
            for position, height in enumerate(self.exact)
            for line in range(height)
        ]

    def _measure(self, position: int) -> tuple[int, bool]:
        self.asked.add(position)
        return self.exact[position], True


@given(sizes, st.lists(st.integers(-15, 15), max_size=20), st.data())
def test_every_movement_lands_where_counting_lines_lands(
    pairs: list[tuple[int, int]], steps: list[int], data: st.DataObject
) -> None:
    measured = Measured(pairs)
    at = data.draw(st.integers(0, len(measured.lines) - 1))
    place = measured.lines[at]
    measured.rows.exact(place.position)
    for step in steps:
        wanted = max(0, min(at + step, len(measured.lines) - 1))
        place = measured.rows.moved(place, step)
        if at + step >= 0:
            assert place == measured.lines[wanted]
        else:
            place = measured.lines[0]
        at = wanted


@given(sizes, st.integers(1, 20), st.data())
def test_a_settled_view_is_full_and_fully_measured(
    pairs: list[tuple[int, int]], page: int, data: st.DataObject
) -> None:
    measured = Measured(pairs)
    position = data.draw(st.integers(0, len(pairs) - 1))
    place = measured.rows.settled(Place(position, 0), page)
    start = measured.lines.index(place) if place in measured.lines else None
    if start is None:
        # A message without rows at the top: what follows it is what is seen.
        assert measured.exact[place.position] == 0
        start = next(n for n, line in enumerate(measured.lines) if line.position > place.position)
    assert len(measured.lines) - start >= min(page, len(measured.lines))
    for line in measured.lines[start : start + page]:
        assert line.position in measured.asked


def test_only_what_is_walked_over_is_measured() -> None:
    measured = Measured([(3, 4)] * 10_000)
    place = measured.rows.settled(Place(5_000, 0), 20)
    measured.rows.moved(place, -10)
    assert measured.asked == set(range(4_997, 5_005))


def test_a_correction_above_moves_rows_but_not_places() -> None:
    measured = Measured([(3, 7)] * 10)
    place = measured.rows.settled(Place(5, 2), 4)
    before = measured.rows.row_of(place)
    above = measured.rows.moved(place, -3)
    assert above == Place(4, 6)
    assert measured.rows.moved(above, 3) == place
    assert measured.rows.row_of(place) == before + 4


def test_a_message_that_changed_is_measured_again() -> None:
    measured = Measured([(3, 4), (3, 4)])
    assert measured.rows.exact(0) == 4
    measured.exact[0] = 9
    assert measured.rows.exact(0) == 4
    measured.rows.forget(0)
    assert measured.rows.exact(0) == 9
    assert measured.rows.total == 12
