"""The sample sessions: which conversation is in which store, how old it is, how it stands."""

from __future__ import annotations

from pathlib import Path

from sessiontui.domain.session import SessionState
from sessiontui.domain.value import PlainValue
from sessiontui.services import demo_code_talks as code
from sessiontui.services import demo_daily_talks as daily
from sessiontui.services import demo_odd_talks as odd
from sessiontui.services import demo_repository_talks as repository
from sessiontui.services import demo_terminal_talks as terminal
from sessiontui.services.demo_dialogue import Dialogue

LONG_SESSION_MESSAGES = 2000


class Sample(PlainValue):
    """One sample session. `name` is what its ids follow from, `age` that of its last activity.

    `open_for` is how long its turn has been running, for stores that know.
    """

    name: str
    dialogue: Dialogue
    age: str
    title: str | None = None
    agent: str | None = "scout"
    state: SessionState = SessionState.IDLE
    open_for: str | None = None
    key: str | None = None
    channel: str | None = None
    room: str | None = None
    workspace: Path | None = None
    repo: str | None = None
    branch: str | None = None
    model: str | None = None
    forked_from: str | None = None
    """The name of a sample of the same store."""
    spawned_by: str | None = None
    """The same; the title is then what its call says in there."""
    agent_type: str | None = None


_RUNNING, _ERROR = SessionState.RUNNING, SessionState.ERROR
_SHOP, _DOCS = Path("/home/demo/shop"), Path("/home/demo/docs")
_TIDEPOOL, _ORDERS = Path("/home/demo/tidepool"), Path("/home/demo/orders")
_RATES, _SAMOVAR = Path("/home/demo/rates"), Path("/home/demo/samovar")

_MORNINGS = tuple(
    Sample(
        f"morning-{number}",
        daily.morning_weather(*morning),
        age,
        key=f"telegram_home_20{number}_family",
        channel="telegram.home",
        room=f"20{number}",
    )
    for number, (morning, age) in enumerate(
        zip(daily.MORNINGS, ("3h", "1d3h", "2d3h", "9d3h", "16d3h"), strict=True)
    )
)

ZEROCLAW_SQLITE: tuple[Sample, ...] = (
    Sample(
        "parser-bug",
        code.PARSER_BUG,
        "20s",
        "Importer drops rows with quotes",
        "coder",
        _RUNNING,
        open_for="2m",
    ),
    Sample(
        "nightly-index",
        odd.NIGHTLY_INDEX,
        "3h",
        "Nightly index of the photo archive",
        state=_RUNNING,
        open_for="3h5m",
    ),
    Sample(
        "release-notes",
        odd.RELEASE_NOTES,
        "1d2h",
        "Release notes 2.4",
        "reviewer",
        _RUNNING,
        open_for="1d2h",
    ),
    Sample("cart", code.CART, "12m", "Cart is empty after login", "coder"),
    Sample("rounding", code.ROUNDING, "50m", "Invoices off by one cent", "coder", _ERROR),
    Sample("lisbon", daily.LISBON, "2h", "Trip: three days in Lisbon"),
    Sample("lisboa", daily.LISBOA, "1d", "Trip: three days in Lisboa"),
    Sample("lisbon-budget", daily.LISBON_BUDGET, "4d", "Trip: 3 days in Lisbon"),
    Sample("balcony", daily.BALCONY, "5d", "What grows on the balcony"),
    Sample("leaf", daily.LEAF, "6d2h"),
    Sample("sourdough", daily.SOURDOUGH, "8d"),
    Sample("tokyo", daily.TOKYO, "7h", "東京の花見"),
    Sample("hebrew", daily.HEBREW, "2d5h", "ערב עם חברים"),
    Sample("arabic", daily.ARABIC, "11d"),
    Sample("packing", daily.PACKING, "13d", "Packing list 🧸"),
    Sample("inventory", odd.inventory(LONG_SESSION_MESSAGES), "2d", "Everything in the house"),
    Sample("empty", (), "30m"),
    Sample("hostile", odd.HOSTILE, "20h", "Log with [red]escapes[/red] \x1b[31m and a \u202etrick"),
    Sample("long-line", odd.LONG_LINE, "17d", "One very long line", "coder"),
    Sample("borrow", code.BORROW, "3d", "Borrow checker and a tree", "coder"),
    Sample("slow-query", code.SLOW_QUERY, "10d", "Report takes 40 seconds", "coder"),
    Sample("backup", code.BACKUP, "19d", "Backup script for photos", "coder"),
    Sample("failed-login", odd.FAILED_LOGIN, "9h", None, "scout", _ERROR),
    Sample("regex", repository.REGEX, "34d", "Dates, not versions", "coder"),
    Sample("bicycle", daily.BICYCLE, "71d", "Which bicycle"),
    Sample("letter", daily.LETTER, "118d"),
    Sample(
        "standup",
        daily.STANDUP,
        "5h",
        key="discord_ops_998_team",
        channel="discord.ops",
        room="998",
    ),
    *_MORNINGS,
)

ZEROCLAW_JSONL: tuple[Sample, ...] = (
    Sample("books", daily.BOOKS, "14h", key="telegram_clubs_314_books"),
    Sample("garden-club", daily.GARDEN_CLUB, "21d", key="matrix_plots_garden_club"),
    Sample("voice-note", daily.VOICE_NOTE, "6h", key="whatsapp_main_scout"),
    Sample("waiting", odd.WAITING_REPLY, "4h", key="signal_main_flat_search"),
    Sample("menu", odd.DIVIDED, "26d", key="slack_C0KITCHEN_menu"),
    Sample("bread-again", daily.SOURDOUGH, "45d", key="telegram_clubs_271_bread"),
)
ZEROCLAW_ACP: tuple[Sample, ...] = (
    Sample("flaky", repository.FLAKY_TEST, "40m", agent="coder", workspace=_ORDERS),
    Sample("dark-mode", repository.DARK_MODE, "1d6h", agent="coder", workspace=_SHOP),
    Sample("upgrade", repository.UPGRADE, "2d20h", agent="coder", workspace=_SHOP),
    Sample("readme", repository.README, "12d", agent="coder", workspace=_TIDEPOOL),
    Sample("profile", repository.PROFILE, "24d", agent="coder", workspace=_ORDERS),
)

HERMES_BOT: tuple[Sample, ...] = (
    Sample("shipping", repository.SLACK_SHIPPING, "25m", workspace=_SHOP, repo="shop"),
    Sample("shop-search", repository.SLACK_SEARCH, "22h", workspace=_SHOP, repo="shop"),
    Sample("deploy", repository.SLACK_DEPLOY, "90m", workspace=_SHOP, repo="shop"),
    Sample("footer", repository.SLACK_FOOTER, "3d4h", workspace=_SHOP, repo="shop"),
    Sample("links", repository.DOCS_LINKS, "4d2h", workspace=_DOCS, repo="docs"),
    Sample("failed", (), "5d", state=_ERROR, workspace=_DOCS, repo="docs"),
    Sample("pending", (), "3m", workspace=_SHOP, repo="shop"),
)
PENDING_NAME = "pending"
"""The Slack thread whose first turn never ended: it has no session of Claude Code yet."""
TRANSCRIPT_TITLE = ("links", "Dead links in the docs")
"""The Slack thread whose transcript has a title, and that title."""

ASTRID: tuple[Sample, ...] = (
    Sample(
        "review",
        repository.REVIEW,
        "75m",
        "Review: cache for exchange rates",
        None,
        workspace=_RATES,
        branch="rates-cache",
        model="claude-sonnet",
    ),
    Sample("shop-cart", code.CART, "2d7h", workspace=_SHOP, branch="cart-merge", agent=None),
    Sample("tidepool", repository.README, "15d", "README for tidepool", None, workspace=_TIDEPOOL),
    Sample("query", code.SLOW_QUERY, "29d", None, None, workspace=_ORDERS, branch="main"),
    Sample("leaf", daily.LEAF, "3d1h", None, None),
    Sample("backup", code.BACKUP, "6d", "Backup, first try", None, workspace=Path("/home/demo")),
    Sample("plants", daily.BALCONY, "52d", None, None),
    Sample("cycle", daily.BICYCLE, "90d", "Bicycle, second thoughts", None),
    Sample("divided", odd.DIVIDED, "130d", None, None),
)

_CLAUDE, _SMALL_CLAUDE, _GPT = "claude-sonnet-4-5", "claude-haiku-4-5", "gpt-5-codex"


def _at_work(
    name: str,
    dialogue: Dialogue,
    age: str,
    title: str | None,
    workspace: Path,
    model: str = _CLAUDE,
    *,
    branch: str = "main",
    forked_from: str | None = None,
    spawned_by: str | None = None,
    agent_type: str | None = None,
) -> Sample:
    """A session of a coding agent in a terminal, whose state only its transcript tells."""
    return Sample(
        name,
        dialogue,
        age,
        title,
        agent=None,
        state=SessionState.UNKNOWN,
        workspace=workspace,
        branch=branch,
        model=model,
        forked_from=forked_from,
        spawned_by=spawned_by,
        agent_type=agent_type,
    )


CLAUDE_CODE: tuple[Sample, ...] = (
    _at_work("tides", terminal.TIDE_TABLE, "35m", "Low water an hour early", _TIDEPOOL),
    _at_work(
        "tide-offsets",
        terminal.TIDE_OFFSETS,
        "36m",
        "Find every fixed offset",
        _TIDEPOOL,
        _SMALL_CLAUDE,
        spawned_by="tides",
        agent_type="Explore",
    ),
    _at_work(
        "tide-tables",
        terminal.TIDE_TABLES,
        "36m",
        "Compare with the printed tables",
        _TIDEPOOL,
        spawned_by="tides",
        agent_type="general-purpose",
    ),
    _at_work("sketch", terminal.SKETCH, "6h", None, _SHOP, branch="checkout"),
    _at_work("changelog", terminal.CHANGELOG, "1d4h", "Changelog 1.9", _SHOP, _SMALL_CLAUDE),
    _at_work("mails", terminal.LOST_MAIL, "3d2h", "Order mails go out twice", _ORDERS),
    _at_work("migration", terminal.MIGRATION, "5h", None, _ORDERS, branch="delivery-note"),
    _at_work("fonts", terminal.FONTS, "9d4h", None, _DOCS, _SMALL_CLAUDE),
    _at_work("readme", repository.README, "27d", "README for tidepool", _TIDEPOOL),
)

CODEX: tuple[Sample, ...] = (
    _at_work("limit", terminal.RATE_LIMIT, "2h", "Back off when rates say 429", _RATES, _GPT),
    _at_work("bench", terminal.BENCH, "1d1h", "Is the new index faster", _SHOP, _GPT),
    _at_work(
        "bench-chart",
        terminal.BENCH_FORK,
        "22h",
        "Is the new index faster",
        _SHOP,
        _GPT,
        forked_from="bench",
    ),
    _at_work("build", terminal.FAILING_BUILD, "4d6h", None, _TIDEPOOL, _GPT),
    _at_work("rename", terminal.RENAME_PROJECT, "7d", "Rename kettle", _SAMOVAR, _GPT),
    _at_work("prices", terminal.SCREENSHOT_BUG, "14d", None, _SHOP, _GPT, branch="prices"),
    _at_work("load", terminal.LOAD_TEST, "8h", None, _SHOP, _GPT),
)

DAMAGED_LINES = frozenset({("zeroclaw-jsonl", "menu"), ("hermes-bot", "shop-search")})
"""(format, name) of sessions with a line nobody can read."""
CUT_SHORT = frozenset({("astrid", "plants")})
"""(format, name) of sessions of which only the beginning is there."""

SAMPLES: dict[str, tuple[Sample, ...]] = {
    "zeroclaw-sqlite": ZEROCLAW_SQLITE,
    "zeroclaw-jsonl": ZEROCLAW_JSONL,
    "zeroclaw-acp": ZEROCLAW_ACP,
    "hermes-bot": HERMES_BOT,
    "astrid": ASTRID,
    "claude-code": CLAUDE_CODE,
    "codex": CODEX,
}
