"""What a query can be completed to, and that the result means what was chosen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.printable import printable
from sessiontui.domain.query_completion import Gap, gap_at, spelled
from sessiontui.domain.query_parser import FILTERS, WHOLE_VALUE, parse_query

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def gap(marked: str) -> Gap | None:
    """The gap at the bar in a text."""
    before, bar, after = marked.partition("|")
    assert bar
    return gap_at(before + after, len(before))


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        ("ag|", ("agent",)),
        ("oslo -ag|", ("agent",)),
        ("st|", ("store", "state")),
        ("agent|", ("agent",)),
        ("xy|", ()),
    ],
)
def test_a_beginning_of_a_filter_may_become_it(marked: str, names: tuple[str, ...]) -> None:
    found = gap(marked)
    assert found is not None
    assert found.names == names


@pytest.mark.parametrize(
    "marked",
    ["|", "a|", "ag |", "a|g", "ag|x", '"ag|', "Ag|", "is:stuck |", "|is:stuck", "i|s:x"],
)
def test_in_words_and_between_them_nothing_is_offered(marked: str) -> None:
    assert gap(marked) is None


@pytest.mark.parametrize("marked", ["agent::|", "dir://|", "https://x|", 'agent:"my one"|'])
def test_code_addresses_and_what_is_closed_are_left_alone(marked: str) -> None:
    assert gap(marked) is None


@pytest.mark.parametrize(
    ("marked", "typed", "filled"),
    [
        ("is:|", "", "is:CHOICE|"),
        ("-is:st|", "st", "-is:CHOICE|"),
        ("oslo is:st|uck x", "st", "oslo is:CHOICE| x"),
        ("format:a,b|,c x", "b", "format:a,CHOICE|,c x"),
        ('agent:"my o|', "my o", "agent:CHOICE|"),
        ("dir:/a,b|", "/a,b", "dir:CHOICE|"),
    ],
)
def test_a_value_is_filled_in_where_it_stands(marked: str, typed: str, filled: str) -> None:
    found = gap(marked)
    assert found is not None
    assert found.typed == typed
    text, cursor = found.filled(marked.replace("|", ""), "CHOICE")
    assert f"{text[:cursor]}|{text[cursor:]}" == filled


def test_values_that_begin_so_come_before_those_of_which_a_part_does() -> None:
    found = gap("store:sql|")
    assert found is not None
    assert found.values(["zeroclaw-sqlite", "mysql", "sqlite", "SQL"]) == (
        "sqlite",
        "SQL",
        "zeroclaw-sqlite",
    )


def test_a_folder_is_found_by_any_part_of_its_path() -> None:
    found = gap("dir:op|")
    assert found is not None
    assert found.values(["/src/shop", "/opt/x", "/y"]) == ("/opt/x", "/src/shop")


def test_what_stands_in_the_list_already_is_not_offered_again() -> None:
    found = gap("format:codex,|")
    assert found is not None
    assert found.values(["codex", "astrid", "a b"]) == ("astrid",)


def test_accents_and_case_do_not_matter() -> None:
    found = gap("agent:CAF|")
    assert found is not None
    assert found.values(["Café Bot"]) == ("Café Bot",)
    assert found.filled("agent:CAF", "Café Bot") == ('agent:"Café Bot"', 16)


@pytest.mark.parametrize("value", ["", " ", "a\x1b[0m", "a\nb", 'say "a b"', "a\u202eb"])
def test_what_a_line_cannot_hold_is_not_offered(value: str) -> None:
    assert spelled("agent", value) is None


_FREE = sorted(
    name for name, declared in FILTERS.items() if declared.values is None and not declared.examples
)


@given(st.sampled_from(_FREE), st.text(alphabet=st.sampled_from('ab:/," \\-ü京'), max_size=8))
def test_what_is_filled_in_means_the_value_that_was_chosen(name: str, value: str) -> None:
    written = spelled(name, value)
    if written is None:
        assert not value.strip() or '"' in value
        return
    (narrowed,) = parse_query(f"{name}:{written}", NOW).filters
    assert narrowed.values == (value,)
    if name in WHOLE_VALUE or not value.startswith('"'):
        found = gap_at(f"{name}:", len(name) + 1)
        assert found is not None
        assert found.filled(f"{name}:", value)[0] == f"{name}:{written}"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=12))
def test_no_text_stops_it(before: str, after: str, value: str) -> None:
    found = gap_at(before + after, len(before))
    if found is not None:
        assert 0 <= found.start <= len(before) <= found.end <= len(before + after)
        for choice in found.values([value]):
            assert printable(choice) == choice
            text, cursor = found.filled(before + after, choice)
            assert text[cursor:] == (before + after)[found.end :]


@pytest.mark.parametrize("name", FILTERS)
def test_every_fixed_value_and_example_is_a_good_one(name: str) -> None:
    declared = FILTERS[name]
    found = gap_at(f"{name}:", len(name) + 1)
    assert found is not None
    for value in (*(declared.values or ()), *declared.examples):
        text, _ = found.filled(f"{name}:", value)
        parse_query(text, NOW)
