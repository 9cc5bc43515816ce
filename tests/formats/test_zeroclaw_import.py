"""The move of JSONL sessions into the database, with zeroclaw's own rules."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessiontui.backends.zeroclaw_jsonl import ZeroclawJsonl, importing
from sessiontui.backends.zeroclaw_sqlite import ZeroclawSqlite
from sessiontui.domain.errors import StoreReadOnly, Unsupported
from sessiontui.domain.store import Capability
from tests.formats.zeroclaw_stores import (
    Owner,
    add_chat,
    chat_database,
    jsonl_file,
    message_line,
    run,
)

HELLO, ANSWER = message_line("user", "hello wisteria"), message_line("assistant", "hi")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three sessions."""
    path = tmp_path / "conf" / "data" / "sessions"
    jsonl_file(path, "telegram_1", HELLO, b"bad\n", ANSWER)
    jsonl_file(path, "empty", b"\n")
    jsonl_file(path, "weird name.v1", HELLO.removesuffix(b"\n"))
    jsonl_file(path, "", HELLO)
    return path


@pytest.fixture
def store(folder: Path) -> Iterator[ZeroclawJsonl]:
    """The open store of `folder`."""
    backend = ZeroclawJsonl.open(folder)
    yield backend
    backend.close()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if "sessions.db" not in path.name}


def test_behaviour_22_every_file_becomes_a_session_and_stays_beside_it(
    store: ZeroclawJsonl, folder: Path
) -> None:
    before = names(folder)
    assert store.migrate(dry_run=True) == ("empty", "telegram_1", "weird name.v1")
    assert names(folder) == before
    assert store.migrate() == ("empty", "telegram_1", "weird name.v1")
    assert names(folder) == {
        *(".jsonl", "empty.jsonl.migrated", "telegram_1.jsonl.migrated"),
        "weird name.v1.jsonl.migrated",
    }
    chat = ZeroclawSqlite.open(folder)
    found = {session.ref.key: session.message_count for session in chat.scan()}
    assert found == {"empty": 0, "telegram_1": 2, "weird name.v1": 1}
    owner = Owner(folder / "sessions.db")
    assert sorted(owner.search("wisteria")) == ["telegram_1", "weird name.v1"]
    assert len(run(owner.path, "SELECT * FROM jsonl_import_receipts")) == 3
    assert store.migrate() == ()
    assert Capability.APPEND in store.info().capabilities.why_not
    chat.close()


def test_an_import_into_an_older_database_adds_what_that_lacks(
    store: ZeroclawJsonl, folder: Path
) -> None:
    database = chat_database(folder / "sessions.db", "v0.8.0")
    add_chat(database, "gw_1", "hi")
    assert len(store.migrate()) == 3
    assert len(Owner(database).listed()) == 4


@pytest.mark.parametrize("at", ["_insert", "link", "unlink"])
def test_behaviour_22_an_interrupted_import_is_finished_and_never_done_twice(
    at: str, store: ZeroclawJsonl, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        holder = {"_insert": importing, "link": os, "unlink": Path}[at]
        patched.setattr(holder, at, killed)
        with pytest.raises(Killed):
            store.migrate()
    assert store.migrate() == ("empty", "telegram_1", "weird name.v1")
    assert dict(Owner(folder / "sessions.db").listed()) == {
        "empty": 0,
        "telegram_1": 2,
        "weird name.v1": 1,
    }
    assert not [name for name in names(folder) if name.endswith(".importing")]


def refused(store: ZeroclawJsonl, folder: Path) -> str:
    """Why an import is refused; nothing is touched then."""
    before = names(folder)
    with pytest.raises(StoreReadOnly) as caught:
        store.migrate()
    assert names(folder) == before
    return caught.value.title


def test_behaviour_22_whatever_would_stop_zeroclaw_refuses_the_whole_import(
    store: ZeroclawJsonl, folder: Path
) -> None:
    jsonl_file(folder, "bad", b"no message\n")
    assert "nothing that can be read" in refused(store, folder)
    (folder / "bad.jsonl").unlink()
    (folder / "dir.jsonl").mkdir()
    assert "a folder" in refused(store, folder)
    (folder / "dir.jsonl").rmdir()
    (folder / "telegram_1.jsonl.migrated").touch()
    assert "there already" in refused(store, folder)
    (folder / "telegram_1.jsonl.migrated").rename(folder / "telegram_1.jsonl.importing")
    assert "twice" in refused(store, folder)
    (folder / "telegram_1.jsonl.importing").unlink()
    database = chat_database(folder / "sessions.db")
    Owner(database).append("telegram_1", "user", "its own")
    assert "of its own" in refused(store, folder)
    run(database, "INSERT INTO jsonl_import_receipts VALUES ('telegram_1.jsonl','t','x',1,'t')")
    assert "not the file that was imported" in refused(store, folder)


def test_what_zeroclaw_would_not_import_is_not_imported(store: ZeroclawJsonl, folder: Path) -> None:
    config = folder.parents[1] / "config.toml"
    config.write_text('[channels]\nsession_backend = "jsonl"\n')
    assert "jsonl" in store.info().capabilities.why_not[Capability.MIGRATE]
    with pytest.raises(Unsupported):
        store.migrate()
    config.write_text('[channels]\nsession_backend = "sqlite"\n')
    assert Capability.MIGRATE in store.info().capabilities
    chat_database(folder / "sessions.db", "v0.7.4")
    assert "older" in store.info().capabilities.why_not[Capability.MIGRATE]
    jsonl_file(folder / "archive", "old", HELLO)
    with pytest.raises(Unsupported):
        ZeroclawJsonl.open(folder / "archive").migrate()
