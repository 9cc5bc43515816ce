"""The values that can be completed are those that the sessions have."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.domain.query import FilterField
from sessiontui.services.index_values import FilterValue, filter_values
from tests.unit.indexing import Indexed


@pytest.fixture
def indexed(tmp_path: Path) -> Indexed:
    indexed = Indexed(tmp_path)
    shop, site = Path("/src/shop"), Path("/src/site")
    indexed.put("one", "a", agent="scout", channel="telegram", workspace=shop)
    indexed.put("two", "b", agent="Scout", channel="slack", workspace=shop)
    indexed.put("three", "c", agent="ü coder", workspace=site)
    indexed.put("four", "d", agent="")
    indexed.sync.run()
    return indexed


def values(indexed: Indexed, field: FilterField) -> list[tuple[str, int]]:
    """The values of a field and their counts."""
    found = filter_values(indexed.index.database, field, indexed.store_ids)
    return [(item.value, item.sessions) for item in found]


def test_the_most_common_values_come_first_and_case_does_not_split_them(indexed: Indexed) -> None:
    assert values(indexed, FilterField.AGENT) == [("Scout", 2), ("ü coder", 1)]
    assert values(indexed, FilterField.CHANNEL) == [("slack", 1), ("telegram", 1)]
    assert values(indexed, FilterField.DIR) == [("/src/shop", 2), ("/src/site", 1)]
    assert values(indexed, FilterField.STORE) == [(indexed.store.store_id, 4)]
    assert values(indexed, FilterField.FORMAT) == [(indexed.store.format, 4)]


def test_other_stores_and_fields_without_names_have_none(indexed: Indexed) -> None:
    assert filter_values(indexed.index.database, FilterField.AGENT, ("other-1",)) == ()
    assert filter_values(indexed.index.database, FilterField.AGENT, ()) == ()
    assert values(indexed, FilterField.TIME) == []


def test_every_value_finds_as_many_sessions_as_it_says(indexed: Indexed) -> None:
    for field in ("agent", "channel", "dir", "store", "format"):
        found = filter_values(indexed.index.database, FilterField(field), indexed.store_ids)
        for value, sessions in (FilterValue(*pair) for pair in found):
            assert len(indexed.found(f'{field}:"{value}"')) == sessions
