"""Making stores of astrid, and finding those that are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.astrid import Astrid
from sessiontui.domain.backend import Surroundings
from sessiontui.domain.message import (
    MediaBlock,
    Message,
    Role,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
)
from sessiontui.domain.session import Session, SessionRef, TitleSource
from tests.formats.astrid_stores import FIRST, SECOND, AstridHome


@pytest.fixture
def home(tmp_path: Path) -> AstridHome:
    return AstridHome(tmp_path / "kim" / ".astrid")


@pytest.fixture
def store(home: AstridHome) -> Iterator[Astrid]:
    backend = Astrid.open(home.folder)
    yield backend
    backend.close()


# -- put and create ----------------------------------------------------------------------------


def test_a_made_store_is_for_its_owners_eyes(tmp_path: Path) -> None:
    made = Astrid.create(tmp_path / ".astrid" / "sessions")
    for folder in (made.root, made.root.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
    made.put(Session(ref=SessionRef(made.store_id, FIRST), format="astrid"), ())
    (path,) = made.root.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith('{\n  "id": ')
    assert not path.read_text().endswith("\n")
    (found,) = made.scan()
    assert (found.message_count, found.problem) == (0, None)


def test_a_session_put_is_one_astrid_would_load(store: Astrid, home: AstridHome) -> None:
    blocks = (
        ThinkingBlock(text="hm"),
        TextBlock(text="I look"),
        ToolCallBlock(call_id="c1", name="fs:list", arguments={"path": "."}),
    )
    said = [
        Message(index=0, role=Role.USER, human=True, blocks=(
            TextBlock(text="what is this?"), MediaBlock(media_type="image/png", size_bytes=300))),
        Message(index=1, role=Role.ASSISTANT, blocks=blocks),
        Message(index=2, role=Role.TOOL, blocks=(
            ToolResultBlock(call_id="c1", text="a.txt", is_error=False),)),
        Message(index=3, role=Role.ASSISTANT, blocks=(TextBlock(text="a file"),)),
    ]  # fmt: skip
    ref = SessionRef(store.store_id, FIRST)
    store.put(
        Session(ref=ref, format="astrid", title="Named", title_source=TitleSource.STORE,
                workspace=Path("/home/kim/demo"), branch="main", model="m", turns=1),
        said,
    )  # fmt: skip
    (found,) = store.scan()
    assert (found.title, found.problem, found.message_count) == ("Named", None, 5)
    assert (found.workspace, found.branch, found.model) == (Path("/home/kim/demo"), "main", "m")
    assert found.tokens == 100 + 1 + 100 + 100 + 1
    assert found.extra["tool_call_count"] == 1
    kinds = [[block.kind for block in m.blocks] for m in store.messages(FIRST)]
    assert kinds == [["text", "media"], ["text"], ["tool_call"], ["tool_result"], ["text"]]
    store.put(Session(ref=ref, format="astrid"), said[:1])
    (found,) = store.scan()
    assert (found.title, found.message_count) == ("what is this?", 1)


# -- where it is -------------------------------------------------------------------------------


def test_homes_are_found_by_variable_or_below_the_users(tmp_path: Path) -> None:
    def found(**variables: str) -> list[Path]:
        surroundings = Surroundings(home=tmp_path / "kim", variables=variables)
        return [place.path for place in Astrid.discover(surroundings)]

    assert found() == []
    usual = AstridHome(tmp_path / "kim" / ".astrid")
    older = AstridHome(tmp_path / "kim" / ".astralis")
    other = AstridHome(tmp_path / "other")
    assert found() == [usual.folder, older.folder]
    assert found(ASTRID_HOME=str(other.home)) == [other.folder, older.folder]
    assert found(ASTRALIS_HOME=str(other.home)) == [usual.folder, other.folder]
    # A home astrid itself would refuse; it does not look elsewhere then.
    assert found(ASTRID_HOME="relative") == [older.folder]
    assert found(ASTRID_HOME=f"{other.home}/../x") == [older.folder]
    usual.folder.rmdir()
    assert found() == [older.folder]
    (usual.home / "var").mkdir()
    (usual.home / "var" / "astrid.volume").write_text("ASTVOL1")
    assert found() == [usual.folder, older.folder]
    info = Astrid.open(usual.folder).info()
    assert not info.available
    assert "cannot be read from outside" in (info.problem or "")


def test_a_store_is_known_by_what_is_in_its_files(tmp_path: Path) -> None:
    folder = AstridHome(tmp_path / "copied files")
    assert Astrid.find_in(folder.folder) == ()
    folder.write(FIRST, b'{"id": "of another program"}')
    assert Astrid.find_in(folder.folder) == ()
    folder.save(SECOND)
    assert Astrid.find_in(folder.folder) == (folder.folder,)
    assert Astrid.find_in(tmp_path / "nowhere") == ()
    assert Astrid.find_in(folder.path(SECOND)) == ()
