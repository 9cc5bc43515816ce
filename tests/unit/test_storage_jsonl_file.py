"""Lines are read from anywhere, whatever the bytes, and written whole."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessiontui.domain.errors import StoreMissing, StoreUnreadable
from sessiontui.storage import jsonl_file
from sessiontui.storage.file_state import file_state
from sessiontui.storage.jsonl_file import Line, append_line, open_regular, read_file, read_lines

CONTENTS = st.lists(
    st.binary(max_size=12) | st.sampled_from([b"\n", b"\r\n", b"\x00", b"\xe2\x80\xa8", b"\x0c"]),
    max_size=12,
).map(b"".join)


@given(content=CONTENTS, chunk=st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_lines_hold_every_byte_whatever_the_chunks(content: bytes, chunk: int) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl_file, "_CHUNK", chunk)
        path = Path(name) / "f"
        path.write_bytes(content)
        lines = list(read_lines(path))
        assert b"".join(line.data + b"\n" * line.ended for line in lines) == content
        assert all(line.ended for line in lines[:-1])
        assert not any(b"\n" in line.data for line in lines)
        for number, line in enumerate(lines):
            assert content[line.offset : line.end] == line.data + b"\n" * line.ended
            assert list(read_lines(path, line.offset)) == lines[number:]
        assert list(read_lines(path, len(content))) == []
        assert read_file(path) == (content, file_state(path))


def test_a_last_line_that_is_still_written_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b'{"a":1}\n\n{"b"')
    assert list(read_lines(path)) == [
        Line(0, b'{"a":1}', ended=True),
        Line(8, b"", ended=True),
        Line(9, b'{"b"', ended=False),
    ]


def test_a_file_that_is_cut_while_it_is_read_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "f"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonl_file, "_CHUNK", 4)
        path.write_bytes(b"one\ntwo\nthree\n")
        lines = read_lines(path)
        assert next(lines).data == b"one"
        os.truncate(path, 6)
        assert [(line.data, line.ended) for line in lines] == [(b"tw", False)]


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket"])
def test_what_is_no_plain_file_is_never_waited_for(tmp_path: Path, kind: str) -> None:
    import socket

    path = tmp_path / "f.jsonl"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as server, pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            server.bind(path.name)
    for read in (lambda: list(read_lines(path)), lambda: read_file(path)):
        with pytest.raises(StoreUnreadable):
            read()
    with pytest.raises(StoreUnreadable):
        append_line(path, b"{}", mode=0o600)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing):
        list(read_lines(tmp_path / "none"))
    with pytest.raises(StoreMissing):
        append_line(tmp_path / "none", b"{}")


def test_the_state_is_that_of_the_open_file(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\n")
    before = file_state(path)
    with open_regular(path) as (descriptor, state):
        other = tmp_path / "g"
        other.write_bytes(b"other\n")
        other.rename(path)
        assert state == before
        assert os.pread(descriptor, 10, 0) == b"one\n"


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"one\ntwo\n")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        list(read_lines(path))
        abandoned = read_lines(path)
        next(abandoned)
        abandoned.close()  # type: ignore[attr-defined]
        with pytest.raises(StoreUnreadable):
            read_file(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_an_append_ends_a_half_line_first(tmp_path: Path) -> None:
    path = tmp_path / "f"
    append_line(path, b"1", mode=0o640)
    append_line(path, b"2")
    path.write_bytes(path.read_bytes() + b"half")
    append_line(path, b"3")
    assert path.read_bytes() == b"1\n2\nhalf\n3\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_an_append_is_whole_even_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"")
    original = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: original(fd, bytes(data[:3])))
    append_line(path, b"0123456789")
    assert path.read_bytes() == b"0123456789\n"


def test_an_append_follows_no_link(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_bytes(b"")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(StoreUnreadable):
        append_line(tmp_path / "link", b"{}")
    assert target.read_bytes() == b""
