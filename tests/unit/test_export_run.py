"""A run of an export: what it writes, what it leaves out, and what is left when it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sessiontui.domain.errors import ExportStopped, SessionMissing, SessionTuiError, StoreReadOnly
from sessiontui.domain.query import Query
from sessiontui.domain.session import SessionRef
from sessiontui.services.export_places import export_folder, suggested
from sessiontui.services.export_run import ExportProgress, ExportRun
from sessiontui.services.exporting import ExportForm
from tests.ui.stories import NOW, Story, empty_story, talk
from tests.unit.html_pages import Page

HOSTILE = "<script>alert(1)</script>\x1b[31m\"'&[/x]\u202e"


@pytest.fixture
def story(tmp_path: Path) -> Story:
    made = empty_story(tmp_path)
    made.add("one", "The first", talk("kettles", turns=5))
    made.add("two", "The second", talk("quokkas"))
    return made


def run_of(story: Story, *keys: str, form: ExportForm = ExportForm.MARKDOWN) -> ExportRun:
    return ExportRun(story.library, [story.ref(key) for key in keys], form)


def stopping_at(wanted: Callable[[ExportProgress], bool]) -> Callable[[ExportProgress], None]:
    def watch(progress: ExportProgress) -> None:
        if wanted(progress):
            raise ExportStopped("stopped", "")

    return watch


def test_a_run_tells_how_far_it_is(story: Story, tmp_path: Path) -> None:
    seen: list[ExportProgress] = []
    run = run_of(story, "one", "two")
    run.watch = seen.append
    written = run.into_file(tmp_path / "all.md")
    assert (written.refs, written.masked) == ((story.ref("one"), story.ref("two")), None)
    assert written.size_bytes == (tmp_path / "all.md").stat().st_size
    assert [p.session for p in seen] == sorted(p.session for p in seen)
    assert max(p.messages for p in seen if p.session == 1) == 10
    assert "session 1 of 2: went through 10 messages" in {p.words for p in seen}
    assert seen[-1].words.startswith("session 2 of 2: wrote ")
    assert ExportProgress(1, 1, 1).words == "went through 1 message"


def test_a_folder_without_a_file_does_not_stay(story: Story, tmp_path: Path) -> None:
    run = run_of(story, "one", "two")
    run.watch = stopping_at(lambda progress: True)
    with pytest.raises(ExportStopped):
        run.into_new_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    with pytest.raises(StoreReadOnly, match="old is there already"):
        run_of(story, "one").into_new_folder(tmp_path / "old")
    with pytest.raises(SessionTuiError, match="nowhere"):
        run_of(story, "one").into_new_folder(tmp_path / "nowhere" / "new")


@pytest.mark.parametrize(
    "wanted",
    [
        lambda progress: progress.messages == 3,
        lambda progress: progress.characters > 0,
        lambda progress: progress.session == 2,
    ],
)
@pytest.mark.parametrize("form", list(ExportForm))
def test_a_run_that_is_stopped_leaves_nothing_behind(
    story: Story, tmp_path: Path, wanted: Callable[[ExportProgress], bool], form: ExportForm
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    run = run_of(story, "one", "two", form=form)
    run.watch = stopping_at(wanted)
    with pytest.raises(ExportStopped):
        run.into_file(folder / f"all.{form.value}")
    assert list(folder.iterdir()) == []


def test_what_cannot_be_read_is_named_or_ends_the_run(story: Story, tmp_path: Path) -> None:
    gone = SessionRef(story.store.store_id, "gone")
    run = ExportRun(story.library, [gone, story.ref("two")], ExportForm.HTML)
    names = [written.path.name for written in run.into_folder(tmp_path)]
    assert names == ["2026-11-20-The-second.html", "index.html"]
    assert [ref for ref, _ in run.failed] == [gone]
    strict = ExportRun(story.library, [gone], ExportForm.HTML, strict=True)
    with pytest.raises(SessionMissing):
        strict.into_file(tmp_path / "gone.html")


def test_an_index_holds_hostile_titles_as_text(story: Story, tmp_path: Path) -> None:
    story.add("bad", HOSTILE, talk(HOSTILE), agent=HOSTILE, model=HOSTILE, channel=HOSTILE)
    story.add("named", "index", talk("x"), last_activity=None, created_at=None)
    run = run_of(story, "bad", "named", form=ExportForm.HTML)
    run.redact = True
    written = run.into_folder(tmp_path)
    page = Page(written[-1].path.read_text())
    assert "<script>alert(1)</script>" in page.text
    assert "index-2.html" in page.links
    assert "what was recognised as a secret is masked" in page.text
    assert {path.name for path in tmp_path.glob("*.html")} == {w.path.name for w in written}


def test_a_folder_that_cannot_be_written_is_an_error(story: Story, tmp_path: Path) -> None:
    with pytest.raises(SessionTuiError, match="no-such-folder"):
        run_of(story, "one").into_file(tmp_path / "no-such-folder" / "one.md")


def test_a_suggested_name_is_free_with_every_ending(
    story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "projects"
    work.mkdir()
    monkeypatch.chdir(work)
    story.library.sync()
    rows = story.library.rows(Query()).rows
    stem = f"{work}/2026-11-20-sessions"
    assert suggested(rows, NOW) == (stem, stem)
    (work / "2026-11-20-sessions.md").touch()
    (work / "2026-11-20-sessions-2.json").symlink_to(tmp_path / "nowhere")
    found = suggested(rows, NOW)
    assert found.path(ExportForm.HTML, redact=True, folder=False) == f"{stem}-3.html"
    assert found.path(ExportForm.HTML, redact=True, folder=True) == f"{stem}-3"
    monkeypatch.setenv("HOME", str(tmp_path))
    one = suggested(rows[:1], NOW).plain
    assert one.startswith("~/projects/2026-11-20-The-")


def test_exports_go_where_one_works_or_to_the_downloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    assert export_folder() == work
    monkeypatch.chdir(home)
    assert export_folder() == home
    (home / "Downloads").mkdir()
    assert export_folder() == home / "Downloads"
