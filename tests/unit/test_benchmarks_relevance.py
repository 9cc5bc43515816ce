"""Labelled queries and the figures made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from benchmarks.__main__ import parsed
from benchmarks.labelled import PLAIN, Case, Kind, Said, Talk, session_id
from benchmarks.peer import Peer
from benchmarks.queries import CASES
from benchmarks.relevance import (
    Answer,
    Quality,
    answers,
    by_kind,
    of_plain,
    open_library,
    our_search,
    rank_of,
    relevance_table,
    write_labelled,
)
from benchmarks.searching import query_classes
from benchmarks.tables import Table, percentile, ratio, seconds

from sessiontui.domain.query_parser import parse_query

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def case(kind: Kind = Kind.RARE, query: str = "kettle") -> Case:
    return Case(kind, query, Talk(1, (Said("a kettle", "yes"),)), (), "it is there")


def test_there_are_enough_queries_of_every_kind() -> None:
    assert len(CASES) >= 80
    assert {case.kind for case in CASES} == set(Kind)
    assert len({case.query for case in CASES}) == len(CASES)
    assert all(case.why and case.meant.said for case in CASES)


def test_every_labelled_query_is_one() -> None:
    for held in CASES:
        query = parse_query(held.query, NOW)
        assert query.searches_text
        assert held.kind is not Kind.TOOLS or query.in_tools
        # The other program is asked the same, unless that is no query of its language.
        assert held.peer is None or held.peer != held.query


def test_the_sessions_meant_are_in_the_history_under_their_ids(tmp_path: Path) -> None:
    written = write_labelled(tmp_path, 1, seed=5, cases=CASES[:12])
    by_name = {one.path.stem[-36:]: one.path for one in written}
    for number, held in enumerate(CASES[:12]):
        for place, talk in enumerate((held.meant, *held.others)):
            text = by_name[session_id(number, place, 5)].read_text("utf-8")
            assert all(said.prompt in text and said.answer in text for said in talk.said)
            assert talk.title is None or talk.title in text


def test_ids_of_planted_sessions_differ() -> None:
    ids = {
        session_id(number, place, seed)
        for seed in (1, 2)
        for number, held in enumerate(CASES)
        for place in range(1 + len(held.others))
    }
    assert len(ids) == 2 * sum(1 + len(held.others) for held in CASES)


def test_a_rank_counts_from_one_and_only_the_first_ten() -> None:
    names = [f"s{number}" for number in range(12)]
    assert rank_of("s0", names) == 1
    assert rank_of("s9", names) == 10
    assert rank_of("s10", names) is None
    assert rank_of("other", names) is None


def test_quality_is_the_mean_reciprocal_rank_and_the_recall() -> None:
    assert Quality.of([1, 2, None, 4]) == Quality(4, (1 + 0.5 + 0.25) / 4, 0.75)
    assert Quality.of([]) == Quality(0, 0.0, 0.0)


def test_answers_are_counted_by_kind_and_by_what_the_peer_can_express() -> None:
    plain, other = Kind.RARE, Kind.TOOLS
    assert plain in PLAIN
    assert other not in PLAIN
    given = [Answer(case(plain), 1), Answer(case(plain), None), Answer(case(other), 2)]
    assert by_kind(given)[plain] == Quality(2, 0.5, 0.5)
    assert of_plain(given, plain=True) == Quality(2, 0.5, 0.5)
    assert of_plain(given, plain=False) == Quality(1, 0.5, 1.0)


def test_both_programs_are_asked_in_their_own_words() -> None:
    asked: list[tuple[str, str]] = []

    def search(query: str, peer_query: str) -> list[str]:
        asked.append((query, peer_query))
        return [session_id(0, 0, 1)]

    held = case()._replace(query="format:codex kettle", peer="agent:codex kettle")
    assert [answer.rank for answer in answers(search, 1, [held, case()])] == [1, None]
    assert asked == [("format:codex kettle", "agent:codex kettle"), ("kettle", "kettle")]


def test_an_absent_peer_is_no_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Peer.find(None) is None
    assert Peer.find(tmp_path / "fr") == Peer(tmp_path / "fr")


def test_queries_of_every_class_are_the_same_for_the_same_seed() -> None:
    assert query_classes(1) == query_classes(1)
    assert query_classes(1) != query_classes(2)
    for texts in query_classes(1).values():
        assert len(texts) > 4
        for text in texts:
            parse_query(text, NOW)


def test_a_table_is_text_and_markdown() -> None:
    table = Table("Times", ("what", "ours", "ratio"), (("a", "1.00 s", "0.50"), ("b", "", "")))
    assert table.text().splitlines()[2:] == ["what    ours  ratio", "a     1.00 s   0.50", "b"]
    assert table.markdown().splitlines()[2:6] == [
        "| what | ours | ratio |",
        "| --- | ---: | ---: |",
        "| a | 1.00 s | 0.50 |",
        "| b |  |  |",
    ]


def test_figures_are_words() -> None:
    assert [seconds(value) for value in (1.234, 0.0456, 0.00078)] == ["1.23 s", "46 ms", "0.78 ms"]
    assert (ratio(1.0, 2.0), ratio(1.0, None), ratio(None, 2.0)) == ("0.50", "", "")
    assert ratio(1.0, 300.0) == "0.003"
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.5) == 3.0
    assert percentile([1.0, 2.0], 0.95) == 2.0


def test_parts_can_be_measured_alone() -> None:
    assert parsed([]).only is None
    assert parsed(["--only", "search", "--only", "app"]).only == ["search", "app"]


def test_our_search_puts_the_sessions_meant_first(tmp_path: Path) -> None:
    write_labelled(tmp_path, 2, seed=4)
    library = open_library(tmp_path)
    library.sync()
    found = answers(our_search(library), seed=4)
    library.close()
    missed = [answer.case.query for answer in found if answer.rank is None]
    assert len(missed) <= 2, missed
    assert of_plain(found, plain=True).reciprocal_rank > 0.95
    assert of_plain(found, plain=False).reciprocal_rank > 0.95


def test_a_table_without_a_peer_has_empty_columns(tmp_path: Path) -> None:
    table = relevance_table(tmp_path, 1, None, seed=1, cases=CASES[:2])
    assert table.rows[0][0] == Kind.TITLE
    assert table.rows[0][1:] == ("2", "1.000", "1.00", "", "")
    assert not (tmp_path / "labelled-1").exists()
