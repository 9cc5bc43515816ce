"""The types and the sets of options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import click

from sessiontui.domain.query_times import parse_period
from sessiontui.domain.words import parse_duration
from sessiontui.services.backend_registry import format_names, formats_in_words

_Command = TypeVar("_Command", bound=Callable[..., Any])


def duration(text: str) -> timedelta:
    """The type of an option: `90s`, `10m`, `2h`, `1h30m`, `7d`, `4w`; longer than nothing."""
    found = parse_duration(text)
    if not found:
        raise click.BadParameter(f"{text!r} is no time span; write 90s, 10m, 2h, 7d or 1h30m")
    return found


def moment(text: str) -> datetime:
    """The type of an option: so long ago (`7d`), the beginning of a day, or ISO 8601."""
    period = parse_period(text, datetime.now(UTC))
    if period is None:
        raise click.BadParameter(
            f"{text!r} is no time; write 7d, 2h, yesterday, 2026-11-01 or ISO 8601"
        )
    return period.start


def store_format(text: str) -> str:
    """The type of an option: the name of a store format, in any case."""
    name = text.lower()
    if name not in format_names():
        raise click.BadParameter(f"there is no format {text!r}; known are {formats_in_words()}")
    return name


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
sync_option = click.option("--no-sync", is_flag=True, help="Answer from the index as it is.")
threshold_option = click.option(
    "--threshold",
    type=duration,
    metavar="TIME",
    help="How long nothing may move in an open turn before it counts as stuck.",
)


def reading_options(command: _Command) -> _Command:
    """What every reading command takes."""
    return json_option(sync_option(command))


def change_options(command: _Command) -> _Command:
    """What every change takes."""
    for option in (
        json_option,
        sync_option,
        click.option("--yes", "-y", is_flag=True, help="Do not ask."),
        click.option("--dry-run", is_flag=True, help="Say what would be done, change nothing."),
    ):
        command = option(command)
    return command


force_option = click.option("--force", is_flag=True, help="Also when the session is live.")


def need_answerer(yes: bool, dry_run: bool) -> None:
    """Raise where a change needs a yes and nobody can give it."""
    if not yes and not dry_run and not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: this needs --yes (or --dry-run)")


def confirmed(question: str, yes: bool) -> bool:
    """Whether a person agrees; asked on stderr."""
    return yes or click.confirm(question, err=True)
