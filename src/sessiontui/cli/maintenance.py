"""Commands about the program itself: index, config, demo."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from sessiontui.cli.invocation import Invocation, pass_invocation
from sessiontui.cli.json_output import index_envelope, list_envelope, print_json
from sessiontui.cli.option_types import json_option, reading_options
from sessiontui.cli.text_output import Column, index_lines, narrate, say, table
from sessiontui.domain.errors import SettingsInvalid
from sessiontui.domain.exit_codes import ExitCode
from sessiontui.domain.printable import printable_line
from sessiontui.domain.search import IndexTier
from sessiontui.services.json_form import json_text
from sessiontui.services.library import Library
from sessiontui.services.settings import (
    default_settings_path,
    own_places,
    write_default_file,
)
from sessiontui.ui.actions import ACTIONS, Topic
from sessiontui.ui.keymap import checked_keymap, key_words, keys_of


@click.group()
def config() -> None:
    """Settings: where they are, what is in force, a file to begin with."""


@config.command("path")
@json_option
@pass_invocation
def config_path(invocation: Invocation, as_json: bool) -> int:
    """The program's own files and folders, whether they exist or not."""
    places = own_places(_settings_path(invocation))
    if as_json:
        print_json(
            list_envelope(
                "paths",
                (
                    {"name": name, "path": str(path), "exists": path.exists()}
                    for name, path in places
                ),
            )
        )
    else:
        _print_table(
            ("name", [name for name, _ in places]), ("path", [str(path) for _, path in places])
        )
    return ExitCode.DONE


@config.command("show")
@json_option
@pass_invocation
def config_show(invocation: Invocation, as_json: bool) -> int:
    """Every setting, its value, and where it comes from."""
    items = invocation.settings.items()
    if as_json:
        print_json(
            list_envelope(
                "settings",
                ({"name": name, "value": value, "origin": origin} for name, value, origin in items),
            )
        )
    else:
        _print_table(
            ("setting", [name for name, _, _ in items]),
            ("value", [json_text(value) for _, value, _ in items]),
            ("from", [origin for _, _, origin in items]),
        )
    return ExitCode.DONE


@config.command("init")
@json_option
@pass_invocation
def config_init(invocation: Invocation, as_json: bool) -> int:
    """Write a settings file in which everything is explained and commented out."""
    path = _settings_path(invocation)
    write_default_file(path)
    if as_json:
        written = {"name": "settings", "path": str(path), "exists": True}
        print_json(list_envelope("paths", (written,)))
    else:
        say(str(path))
    return ExitCode.DONE


@config.command("check")
@json_option
@pass_invocation
def config_check(invocation: Invocation, as_json: bool) -> int:
    """What is wrong with the settings, and how to mend it."""
    # A file that cannot be used at all has ended the command before, like every other.
    problems = checked_keymap(invocation.settings.settings.keymap).problems
    if as_json:
        found = ({"title": problem.title, "hint": problem.hint} for problem in problems)
        print_json(list_envelope("checks", found))
    elif not problems:
        say("the settings are sound")
    for problem in problems:
        narrate(f"{printable_line(problem.title)}: {printable_line(problem.hint)}")
    return ExitCode.USAGE if problems else ExitCode.DONE


@config.command("actions")
@json_option
@pass_invocation
def config_actions(invocation: Invocation, as_json: bool) -> int:
    """The actions that a keymap can name, their keys now, and what they do."""
    keymap = checked_keymap(invocation.settings.settings.keymap).keys
    items = [
        (action.id, [*keys_of(action.id, keymap)], action.help)
        for topic in Topic
        for action in ACTIONS
        if action.topic is topic
    ]
    if as_json:
        listed = ({"id": name, "keys": keys, "help": words} for name, keys, words in items)
        print_json(list_envelope("actions", listed))
    else:
        _print_table(
            ("action", [name for name, _, _ in items]),
            ("keys", [" ".join(map(key_words, keys)) for _, keys, _ in items]),
            ("does", [words for _, _, words in items]),
        )
    return ExitCode.DONE


def _settings_path(invocation: Invocation) -> Path:
    return invocation.options.config or default_settings_path()


def _print_table(*columns: tuple[str, Sequence[str]]) -> None:
    # Paths and values are there to be copied: never cut.
    say("\n".join(table([Column(name, cells) for name, cells in columns], None)))


@click.group()
def index() -> None:
    """The search index: a cache that can always be made anew."""


@index.command("status")
@reading_options
@pass_invocation
def index_status(invocation: Invocation, no_sync: bool, as_json: bool) -> int:
    """Where the index is, how big it is, and how complete."""
    library = invocation.synced(no_sync, IndexTier.ROWS)
    return _told_index(invocation, library, as_json, sizes=True)


@index.command("rebuild")
@click.option(
    "--tier",
    type=click.Choice(["text", "tools", "all"]),
    default="all",
    show_default=True,
    help="Ends when this tier is complete: conversations, tool output, or both.",
)
@json_option
@pass_invocation
def index_rebuild(invocation: Invocation, tier: str, as_json: bool) -> int:
    """Throw the index away and read every store anew."""
    library = invocation.library()
    with invocation.progress() as progress:
        upto = IndexTier.TEXT if tier == "text" else IndexTier.TOOLS
        library.rebuild_index(progress=progress.note, upto=upto, rows_first=False)
    return _told_index(invocation, library, as_json, sizes=False)


def _told_index(invocation: Invocation, library: Library, as_json: bool, *, sizes: bool) -> int:
    status = library.index_status(sizes=sizes)
    if as_json:
        print_json(index_envelope(status, invocation.problems))
    else:
        say("\n".join(index_lines(status)))
    return invocation.outcome(found=True)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@json_option
@pass_invocation
def demo(invocation: Invocation, folder: Path, as_json: bool) -> int:
    """Write sample stores and print the options that open them."""
    from sessiontui.services.demo_stores import write_demo_stores  # noqa: PLC0415 - rarely needed

    target = folder.expanduser().absolute()
    if target.exists() and any(target.iterdir()):
        raise SettingsInvalid(f"{target} is not empty", "name a new folder")
    specs = write_demo_stores(target, invocation.now)
    if as_json:
        print_json(
            list_envelope(
                "demo",
                (
                    {"format": name, "path": path, "option": f"--store={name}:{path}"}
                    for name, _, path in (spec.partition(":") for spec in specs)
                ),
            )
        )
    else:
        say(" ".join(f"--store {shlex.quote(spec)}" for spec in specs))
    return ExitCode.DONE
