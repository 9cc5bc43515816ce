"""The ways to the clipboard: which are taken where, and what reaches them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.printable import bare_text, printable
from sessiontui.services.clipboard import TERMINAL_LIMIT, Clipboard

ALL = frozenset({"tmux", "pbcopy", "wl-copy", "xclip", "xsel", "clip.exe"})
SSH = {"SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}
WAYLAND, X11 = {"WAYLAND_DISPLAY": "wayland-1"}, {"DISPLAY": ":0"}
TMUX = {"TMUX": "/tmp/tmux-1/default,1,0"}


def clipboard(
    variables: Mapping[str, str], there: frozenset[str] = ALL, platform: str = "linux"
) -> Clipboard:
    return Clipboard(variables, lambda name: name if name in there else None, platform)


@pytest.mark.parametrize(
    ("variables", "there", "platform", "names"),
    [
        ({}, ALL - {"clip.exe"}, "linux", []),
        (WAYLAND | X11, ALL, "linux", ["wl-copy"]),
        (WAYLAND | X11, ALL - {"wl-copy"}, "linux", ["xclip"]),
        (X11, frozenset({"xsel"}), "linux", ["xsel"]),
        ({}, ALL, "darwin", ["pbcopy"]),
        ({}, ALL, "linux", ["clip.exe"]),
        (WAYLAND | TMUX, ALL, "linux", ["wl-copy", "tmux"]),
        (WAYLAND | SSH, ALL, "linux", []),
        (SSH | TMUX, ALL, "darwin", ["tmux"]),
        (SSH | TMUX, frozenset({"wl-copy"}), "linux", []),
    ],
)
def test_programs_are_used_where_the_person_sits(
    variables: dict[str, str], there: frozenset[str], platform: str, names: list[str]
) -> None:
    found = [copier.arguments[0] for copier in clipboard(variables, there, platform).copiers()]
    assert found == names


def decoded(sequence: str | None) -> str:
    assert sequence is not None
    held = re.fullmatch("\x1b]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert held is not None
    return base64.b64decode(held[1]).decode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_the_terminal_gets_the_text_whole(text: str) -> None:
    assert decoded(clipboard({}).sequence(text)) == text
    pieces = clipboard({"STY": "1.screen"}).sequence(text)
    assert pieces is not None
    parts = re.findall("\x1bP(.*?)\x1b\\\\", pieces, re.DOTALL)
    assert decoded("".join(parts)) == text
    assert all(len(part) + 4 <= 256 for part in parts)


def test_a_text_that_terminals_would_drop_is_not_sent() -> None:
    assert clipboard({}).sequence("é" * (TERMINAL_LIMIT // 2)) is not None
    assert clipboard({}).sequence("é" * (TERMINAL_LIMIT // 2) + "é") is None


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the only one on the PATH but the system's."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def program(folder: Path, name: str, code: int = 0) -> Path:
    taken = folder / f"{name}-took"
    (folder / name).write_text(f'#!/bin/sh\necho "$@" > {taken}-how\ncat > {taken}\nexit {code}\n')
    (folder / name).chmod(0o755)
    return taken


def test_a_text_goes_to_every_program_that_helps(programs: Path) -> None:
    wayland, tmux = program(programs, "wl-copy"), program(programs, "tmux")
    delivery = Clipboard(WAYLAND | TMUX, platform="linux").deliver("zwölf\n\tBoxkämpfer")
    assert delivery == (True, "")
    assert wayland.read_text() == tmux.read_text() == "zwölf\n\tBoxkämpfer"
    assert Path(f"{tmux}-how").read_text() == "load-buffer -w -\n"


def test_windows_gets_text_it_cannot_mistake(programs: Path) -> None:
    taken = program(programs, "clip.exe")
    assert Clipboard({}, platform="linux").deliver("héé").taken
    assert taken.read_bytes().decode("utf-16") == "héé"


def test_a_program_that_fails_leaves_it_to_the_terminal(programs: Path) -> None:
    program(programs, "wl-copy", code=1)
    delivery = Clipboard(WAYLAND, platform="linux").deliver("x")
    assert not delivery.taken
    assert "wl-clipboard" in delivery.hint
    assert not Clipboard(X11, lambda name: "/no/such/xclip", "linux").deliver("x").taken


def test_what_may_be_in_the_way_is_named() -> None:
    nothing = frozenset[str]()
    assert clipboard(SSH, nothing).deliver("x").hint == ""
    assert (
        "set-clipboard on" in clipboard(SSH | {"TERM": "tmux-256color"}, nothing).deliver("").hint
    )
    assert "install xclip" in clipboard(X11, nothing).deliver("x").hint


@given(st.text(alphabet=st.sampled_from("ab\n\t\r\x1b[]0;1mP\\\x07\x9b\x9c\x00\x7f\u202e é")))
def test_what_is_copied_steers_no_terminal(text: str) -> None:
    bare = bare_text(text)
    assert printable(bare) == bare
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", bare)
    assert bare_text(bare) == bare


@pytest.mark.parametrize(
    ("stored", "copied"),
    [
        ("\x1b[1;31mred\x1b[0m and \x1b[38;5;208morange\x1b[m", "red and orange"),
        ("\x1b]0;title\x07kept\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "keptlink"),
        ("\x1b]52;c;ZXZpbA==\x07fine", "fine"),
        ("\x1b]never ended\nnext line", "\nnext line"),
        ("a\r\nb\rc\x00d\x9b2Je", "a\nb\ncde"),
        ("\tindented\n東京 🎉", "\tindented\n東京 🎉"),
        ("abc\u202edef\u2066", "abcdef"),
        ("\ud800x", "x"),
    ],
)
def test_escape_sequences_go_as_a_whole(stored: str, copied: str) -> None:
    assert bare_text(stored) == copied
