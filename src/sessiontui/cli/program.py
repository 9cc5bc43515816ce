"""How a run ends: every error becomes a sentence, an object with `--json`, and an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, TextIO

import click

from sessiontui.cli.json_output import error_object, print_json, usage_error_object
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.exit_codes import ExitCode, exit_code_of
from sessiontui.domain.printable import printable

INTERRUPTED = 130
"""What a shell expects of a program that ended by Ctrl-C."""


class Program(click.Group):
    """A group of commands that return their exit code.

    `places` has the module of each command, which is imported when the command is used: so that
    none pays for what only another one needs.
    """

    def __init__(self, *args: Any, places: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order in which help shows them."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        return self.command_of(cmd_name) if cmd_name in self._places else None

    def command_of(self, name: str) -> click.Command:
        """The command of a known name."""
        module, _, attribute = self._places[name].partition(":")
        found: click.Command = getattr(import_module(f"sessiontui.cli.{module}"), attribute or name)
        return found

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run and exit. Always ends with `SystemExit`, whatever the mode."""
        given = list(sys.argv[1:] if args is None else args)
        sys.stdout = _writable(sys.stdout)
        sys.stderr = _writable(sys.stderr)
        try:
            code = super().main(
                given,
                prog_name,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except click.ClickException as error:
            code = _tell_usage_error(error, _asks_for_json(given))
        except SessionTuiError as error:
            code = _tell_error(error, _asks_for_json(given))
        except OSError as error:
            # Errors of files have a name; what is left is stdout (a full disk).
            if error.filename is not None:
                raise
            _write_nowhere()
            _narrate(f"the output cannot be written: {error.strerror}", "free some space")
            code = ExitCode.STORE
        except click.Abort:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        sys.exit(_flushed(int(code or 0)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that went away ends it quietly."""
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _write_nowhere()
            return ExitCode.DONE
        return code


def _asks_for_json(arguments: Sequence[str]) -> bool:
    # Asked of the words themselves: when they cannot be parsed, nobody else knows.
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _tell_error(error: SessionTuiError, as_json: bool) -> ExitCode:
    code = exit_code_of(error)
    if as_json:
        _print_quietly(error_object(error, code))
    _narrate(error.title, error.hint)
    return code


def _tell_usage_error(error: click.ClickException, as_json: bool) -> int:
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"see `{error.ctx.command_path} --help`"
    title = error.format_message().rstrip(".")
    code = error.exit_code if isinstance(error, click.UsageError) else ExitCode.STORE
    if as_json:
        _print_quietly(usage_error_object(title, hint, code))
    _narrate(title, hint)
    return code


def _narrate(title: str, hint: str) -> None:
    # A reader of stderr that went away is no reason to fail differently.
    with suppress(BrokenPipeError):
        click.echo(f"error: {printable(title)}", err=True)
        if hint:
            click.echo(f"  {printable(hint)}", err=True)


def _print_quietly(value: object) -> None:
    with suppress(BrokenPipeError):
        print_json(value)


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
    return code


def _writable(stream: TextIO | None) -> TextIO:
    """The stream, to which any text can be written; a stand-in where the caller closed it."""
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        # No character of a title ends the program, whatever the terminal's encoding is.
        stream.reconfigure(errors="replace")
    return stream


def _write_nowhere() -> None:
    """Give what is still buffered a place to go, so that the interpreter ends without a word."""
    with suppress(io.UnsupportedOperation, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
