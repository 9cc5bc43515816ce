"""The file of figures: what is measured anew replaces what stood there, the rest stays."""

from __future__ import annotations

from benchmarks.__main__ import with_tables
from benchmarks.tables import Table


def table(title: str, figure: str) -> Table:
    return Table(title, ("what", "figure"), (("a step", figure),), ("A note.",))


def test_a_part_measured_alone_keeps_the_other_parts_and_their_order() -> None:
    whole = with_tables(
        "# Figures\n\n", "", [table(name, "1 ms") for name in ("one", "two", "three")]
    )
    again = with_tables("# Figures\n\n", whole, [table("two", "2 ms"), table("four", "4 ms")])
    assert again.startswith("# Figures\n\n## one\n")
    assert again.replace("2 ms", "1 ms").startswith(whole)
    assert [line for line in again.splitlines() if line.startswith("## ")] == [
        *("## one", "## two", "## three", "## four")
    ]
    assert again.count("1 ms") == again.count("| a step") - 2 == 2
    assert with_tables("# Figures\n\n", again, []) == again
