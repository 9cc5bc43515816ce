"""export: as a page, of several sessions, and without secrets."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from sessiontui.domain.message import Role, TextBlock
from tests.building import text_message
from tests.cli.running import SampleStore
from tests.cli.schemas import check
from tests.transcripts import call, message, result
from tests.unit.html_pages import Page

TOKEN = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
PASSWORD = "tr0ub4dor-3x"
CAUTION = "not every secret can be recognised"


@pytest.fixture
def secrets(store: SampleStore) -> SampleStore:
    """A session with secrets in its title, its prompt, its calls and its output."""
    store.put(
        "secrets",
        f"Login with {TOKEN}",
        timedelta(minutes=1),
        text_message(Role.USER, f"use {TOKEN} and DB_PASSWORD={PASSWORD}"),
        message(
            1, Role.ASSISTANT, call("shell", {"token": TOKEN, "run": f"login {PASSWORD}"}, "1")
        ),
        message(2, Role.TOOL, result(f"welcome {PASSWORD}", "1")),
    )
    return store


# -- pages ---------------------------------------------------------------------------------


def test_a_page_goes_to_stdout(store: SampleStore) -> None:
    done = store.run("export", "log", "--as", "html")
    assert (done.code, done.stderr) == (0, "")
    page = Page(done.stdout)
    assert page.texts_in["title"] == ["What the log says"]
    assert "cat log" in page.text


def test_the_ending_of_the_file_says_what_it_is_written_as(
    store: SampleStore, tmp_path: Path
) -> None:
    for name, first in (
        ("a.html", "<!doctype html>"),
        ("a.json", "{"),
        ("a.md", "# "),
        ("a", "# "),
    ):
        path = tmp_path / name
        done = store.run("export", "log", "-o", str(path), "--json")
        assert done.json("exports")["items"][0]["as"] == (path.suffix[1:] or "md")
        assert path.read_text().startswith(first)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    done = store.run("export", "log", "-o", str(tmp_path / "b.html"), "--as", "md")
    assert (tmp_path / "b.html").read_text().startswith("# ")


def test_several_sessions_are_sections_of_one_page_or_pages_in_a_folder(
    store: SampleStore, tmp_path: Path
) -> None:
    path = tmp_path / "all.html"
    assert store.run("export", "log", "trip", "-o", str(path)).code == 0
    assert Page(path.read_text()).texts_in["h1"] == ["What the log says", "Trip to Oslo"]
    folder = tmp_path / "pages"
    folder.mkdir()
    assert store.run("export", "log", "trip", "-o", str(folder), "--as", "html").code == 0
    index = folder / "index.html"
    pages = sorted(set(folder.iterdir()) - {index}, key=lambda path: path.name[11:])
    assert [path.name[11:] for path in pages] == ["Trip-to-Oslo.html", "What-the-log-says.html"]
    for path in pages:
        assert len(Page(path.read_text()).texts_in["h1"]) == 1
    found = Page(index.read_text())
    assert sorted(map(unquote, found.links)) == sorted(path.name for path in pages)
    assert found.texts_in["h1"] == ["2 sessions"]
    assert "plan two days in Oslo" in found.text
    assert stat.S_IMODE(index.stat().st_mode) == 0o600


def test_an_index_is_written_only_where_it_leads_somewhere_and_replaces_nothing(
    store: SampleStore, tmp_path: Path
) -> None:
    words = ("export", "log", "trip", "-o", str(tmp_path))
    assert store.run(*words).code == 0
    assert store.run("export", "log", "-o", str(tmp_path), "--as", "html").code == 0
    assert not (tmp_path / "index.html").exists()
    (tmp_path / "index.html").write_text("mine")
    before = set(tmp_path.iterdir())
    done = store.run(*words, "--as", "html")
    assert done.code == 4
    assert "index.html is there already" in done.stderr
    assert (set(tmp_path.iterdir()), (tmp_path / "index.html").read_text()) == (before, "mine")
    items = store.run(*words, "--as", "html", "--force", "--json").json("exports")["items"]
    assert [Path(item["path"]).name for item in items][-1] == "index.html"
    assert len(Page((tmp_path / "index.html").read_text()).links) == 2


def test_a_session_that_cannot_be_read_is_named_and_the_others_are_written(
    store: SampleStore, tmp_path: Path
) -> None:
    path = tmp_path / "all.json"
    done = store.run("export", "log", "nobody", "trip", "-o", str(path))
    assert done.code == 1
    assert "nobody" in done.stderr
    value = check(json.loads(path.read_text()), "transcripts")
    assert value["total"] == 2


def test_where_no_session_is_found_no_file_is_written(store: SampleStore, tmp_path: Path) -> None:
    path = tmp_path / "none.md"
    done = store.run("export", "nobody", "noone", "-o", str(path), "--json")
    assert done.code == 1
    assert not path.exists()


# -- secrets -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["md", "json", "html"])
def test_secrets_are_masked_in_every_form(secrets: SampleStore, form: str) -> None:
    plain = secrets.run("export", "secrets", "--as", form)
    assert plain.stdout.count(TOKEN[4:]) >= 3
    assert not plain.stderr
    done = secrets.run("export", "secrets", "--as", form, "--redact")
    assert done.code == 0
    assert TOKEN[:20] not in done.stdout
    assert PASSWORD not in done.stdout
    assert "[redacted: GitHub token]" in done.stdout
    assert "[redacted: password]" in done.stdout
    assert "masked 6 secrets: 3 GitHub tokens, 3 passwords" in done.stderr
    assert CAUTION in done.stderr
    assert CAUTION in done.stdout
    if form == "json":
        value = check(json.loads(done.stdout), "transcript")
        assert value["problems"][0]["title"].startswith("masked 6 secrets")
        arguments = value["items"][1]["blocks"][0]["arguments"]
        assert arguments == {
            "token": "[redacted: GitHub token]",
            "run": "login [redacted: password]",
        }


def test_the_name_of_a_file_holds_no_secret(secrets: SampleStore, tmp_path: Path) -> None:
    done = secrets.run("export", "secrets", "log", "--redact", "-o", str(tmp_path), "--json")
    items = done.json("exports")["items"]
    assert TOKEN[:12] not in "".join(str(path) for path in tmp_path.iterdir())
    assert items[0]["redacted"] == {"GitHub token": 3, "password": 3}
    assert items[1]["redacted"] == {}


def test_what_was_masked_in_several_sessions_is_counted_together(secrets: SampleStore) -> None:
    secrets.put("more", "More", timedelta(0), message(0, Role.USER, TextBlock(text=TOKEN)))
    done = secrets.run("export", "secrets", "more", "--redact")
    assert "masked 7 secrets: 4 GitHub tokens, 3 passwords" in done.stderr


def test_without_secrets_that_is_said_and_without_the_option_nothing_is(
    store: SampleStore, tmp_path: Path
) -> None:
    assert "no secret was recognised" in store.run("export", "trip", "--redact").stderr
    done = store.run("export", "trip", "-o", str(tmp_path / "trip.md"), "--json")
    assert done.json("exports")["items"][0]["redacted"] is None
    assert "masked" not in done.stderr


def test_the_help_promises_no_more_than_is_kept(store: SampleStore) -> None:
    told = " ".join(store.run("export", "--help").stdout.split())
    assert "Never all of them can be recognised" in told
    for named in ("private keys", "JSON Web Tokens", "GitHub", "Slack", "password"):
        assert named in told.partition("--redact masks ")[2]
