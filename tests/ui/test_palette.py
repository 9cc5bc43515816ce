"""The command palette: everything by name, ranked, with live previews of themes."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.query import FilterField
from sessiontui.domain.query_parser import parse_query
from sessiontui.domain.session import SessionRef, SessionRow
from sessiontui.services.index_values import FilterValue
from sessiontui.ui.palette import (
    Kind,
    Offer,
    Sessions,
    placed,
    ranked,
    theme_offers,
    value_offers,
    view_offers,
)
from sessiontui.ui.screens.browse import BrowseScreen
from sessiontui.ui.screens.palette import Palette
from sessiontui.ui.themes import DARK, LIGHT
from sessiontui.ui.widgets.search_bar import SearchBar
from tests.ui.painted import go_to, line_with, painted, settle, type_into_palette
from tests.ui.scenarios import shows
from tests.ui.stories import NOW, ordinary_story


def row(number: int, title: str) -> SessionRow:
    """A row of which only key and title matter."""
    return SessionRow(
        SessionRef("s", str(number)),
        "memory",
        title,
        "store",
        "idle",
        "idle",
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
    )


def offer(title: str, kind: Kind = Kind.ACTION, **fields: str) -> Offer:
    """An offer of which only the words matter."""
    return Offer(kind, title)._replace(**fields)  # type: ignore[arg-type]


def titles(offers: list[Offer], text: str) -> list[str]:
    """What is offered for a text, in its order."""
    return [found.offer.title for found in ranked(offers, text)]


# -- ranking ---------------------------------------------------------------------------------


def test_a_match_at_the_beginning_comes_before_one_inside() -> None:
    offers = [offer("previous hit"), offer("copy the reference"), offer("rename")]
    assert titles(offers, "re") == ["rename", "copy the reference", "previous hit"]


def test_every_word_has_to_match_in_whatever_order() -> None:
    offers = [offer("sessions stuck"), offer("sessions running")]
    assert titles(offers, "stuck ses") == ["sessions stuck"]
    assert titles(offers, "stuck hats") == []


def test_initials_find_and_words_around_the_title_come_last() -> None:
    offers = [
        offer("quit", note="next hit, but not really"),
        offer("next hit"),
    ]
    assert titles(offers, "nh") == ["next hit"]
    assert titles(offers, "hit") == ["next hit", "quit"]


def test_of_equal_matches_what_can_be_done_comes_first_and_actions_before_sessions() -> None:
    offers = [
        offer("rename kettle", Kind.SESSION),
        offer("rename all", refused="nothing is marked"),
        offer("rename"),
    ]
    assert titles(offers, "rename") == ["rename", "rename kettle", "rename all"]


def test_sessions_come_before_the_words_of_the_program_only_where_they_match_better() -> None:
    offers = [
        offer("light bulbs for the kitchen", Kind.SESSION),
        offer("theme sessiontui-light", Kind.THEME),
        offer("sessions in store lighthouse", Kind.STORE),
        offer("highlight hits"),
    ]
    assert titles(offers, "light") == [
        "sessions in store lighthouse",
        "theme sessiontui-light",
        "light bulbs for the kitchen",
        "highlight hits",
    ]
    # The whole title was typed, or more of it than anything else has.
    assert titles([*offers, offer("light", Kind.SESSION)], "Light")[0] == "light"
    assert titles(offers, "light kitchen") == ["light bulbs for the kitchen"]


def test_nothing_typed_offers_everything_in_order() -> None:
    offers = [offer("b"), offer("a")]
    assert titles(offers, " ") == ["b", "a"]
    offers = [offer("a", refused="not here"), offer("b"), offer("c", Kind.VIEW)]
    assert titles(offers, "") == ["b", "a", "c"], "what can be done now first, kind by kind"


def test_the_characters_that_matched_are_known_whatever_their_case() -> None:
    assert placed(["plan"], "The PLAN") == (1, (4, 5, 6, 7))
    # Folding may change lengths; what is marked must stay inside the title.
    found = placed(["stra"], "Straße ẞ İ")
    assert found is not None
    assert max(found[1]) < len("Straße ẞ İ")


def test_sessions_are_found_by_every_word_best_and_newest_first() -> None:
    rows = [row(0, "the oslo trip"), row(1, "Oslo trip"), row(2, "trip to Oslo"), row(3, "train")]
    sessions = Sessions(rows)
    assert [found.ref.key for found in sessions.matching("oslo")] == ["1", "0", "2"]
    assert [found.ref.key for found in sessions.matching("oslo trip")] == ["0", "1", "2"]
    assert sessions.matching("  ") == ()


def test_a_hundred_thousand_sessions_are_looked_through_without_ranking_all() -> None:
    ranks = 0

    class Counted(Sessions):
        def _rank(self, number: int, words: object) -> int:
            nonlocal ranks
            ranks += 1
            return 0

    sessions = Counted([row(number, f"session {number}") for number in range(100_000)])
    assert len(sessions.matching("session")) == 20
    assert ranks <= 2_000


def test_views_are_queries_that_can_be_asked() -> None:
    asked: list[str] = []
    values = [(FilterField.AGENT, (FilterValue("two, words", 1), FilterValue('"', 1)))]
    offers = [*view_offers(asked.append), *value_offers(values, asked.append)]
    for found in offers:
        found.do()
    assert 'agent:"two, words"' in asked
    for query in asked:
        parse_query(query, NOW)


def test_themes_are_found_by_being_dark_or_light() -> None:
    offers = [*theme_offers({"dusk": True, "paper": False}, "dusk", lambda _: None)]
    assert titles(offers, "light") == ["theme paper"]
    assert titles(offers, "dark") == ["theme dusk"]
    assert titles(offers, "colours") == ["theme dusk", "theme paper"]


# -- on the screen ---------------------------------------------------------------------------


async def test_the_palette_does_actions_and_says_why_not(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await type_into_palette(pilot, "previous hit")
        assert isinstance(app.screen, Palette)
        assert "not now: no text is searched" in painted(app)
        await pilot.press("escape")
        assert isinstance(app.screen, Palette)
        await pilot.press("escape")
        assert isinstance(app.screen, BrowseScreen)
        await type_into_palette(pilot, "reverse")
        assert "reverse the order" in painted(app)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert "▴" in painted(app)


async def test_enter_promises_nothing_where_nothing_is_found(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+p")
        await settle(pilot)
        assert "enter does it · esc closes" in painted(app)
        await pilot.press(*"qqqqzzz")
        await settle(pilot)
        assert "enter does it" not in painted(app)
        assert "esc closes" in painted(app)


async def test_views_stores_and_agents_become_the_filter(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        for typed, query in (
            ("stuck sessions", "is:stuck"),
            ("agent scout", "agent:scout"),
            ("in store", f"store:{story.store.store_id}"),
            ("all sessions", ""),
        ):
            await type_into_palette(pilot, typed)
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
            assert app.screen.query_one(SearchBar).value == query


async def test_a_session_is_reached_from_a_transcript_and_out_of_a_filter(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        browse = app.screen
        assert isinstance(browse, BrowseScreen)
        browse.filter_by("is:stuck")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen.query_one("#title-line")
        await type_into_palette(pilot, "review the")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert app.screen_stack == [browse]
        assert browse.sessions.row is not None
        assert browse.sessions.row.ref.key == "old"
        assert browse.search.value == ""


@shows("palette", "theme")
async def test_themes_are_looked_at_first_and_kept_when_chosen(tmp_path: Path) -> None:
    story = ordinary_story(tmp_path)
    app = story.app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        await type_into_palette(pilot, "change the theme")
        await pilot.press("enter")
        await settle(pilot)
        assert "in use" in line_with(app, f"theme {DARK.name} ")
        await pilot.press("down")
        await pilot.pause()
        assert app.theme == LIGHT.name
        await pilot.press("escape")
        await pilot.pause()
        assert app.theme == DARK.name
        await type_into_palette(pilot, "theme nord")
        assert app.theme == "nord"
        await pilot.press("enter")
        await settle(pilot)
        assert app.theme == "nord"
    assert story.library.view_state.read().theme == "nord"


async def test_the_palette_is_used_with_the_mouse(tmp_path: Path) -> None:
    app = ordinary_story(tmp_path).app()
    async with app.run_test(size=(120, 36)) as pilot:
        await settle(pilot)
        go_to(app, "trip")
        await type_into_palette(pilot, "reverse")
        line = next(
            number for number, text in enumerate(painted(app).splitlines()) if "the order" in text
        )
        await pilot.click(offset=(30, line))
        await settle(pilot)
        assert isinstance(app.screen, BrowseScreen)
        assert "▴" in painted(app)
        await pilot.press("ctrl+p")
        await pilot.click(offset=(2, 34))
        await pilot.pause()
        assert isinstance(app.screen, BrowseScreen)
