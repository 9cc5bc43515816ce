"""One run of an export: sessions read one after another, each let go before the next, and written.

What cannot be read is named and left out, unless `strict`. A run can be watched, and stopped: then
nothing of the file it was at stays behind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sessiontui.domain.errors import ExportStopped, SessionTuiError, StoreReadOnly
from sessiontui.domain.session import SessionRef
from sessiontui.domain.value import PlainValue
from sessiontui.domain.words import count_words, size_words
from sessiontui.services.exporting import ExportForm, document, file_name, write_export
from sessiontui.services.library import Library
from sessiontui.services.transcript import Transcript
from sessiontui.storage.system_errors import store_error

INDEX_NAME = "index.html"


class ExportProgress(PlainValue):
    """How far a run is: the session it is at, counted from 1, and what was done to it."""

    session: int
    sessions: int
    messages: int = 0
    characters: int = 0

    @property
    def words(self) -> str:
        """It as a sentence."""
        place = f"session {self.session:,} of {self.sessions:,}: " if self.sessions > 1 else ""
        if self.characters:
            return f"{place}wrote {size_words(self.characters)}"
        return f"{place}went through {count_words(self.messages, 'message')}"


class Written(PlainValue):
    """A file that was written, and what of its sessions' secrets was masked (None: not asked)."""

    path: Path
    refs: tuple[SessionRef, ...]
    size_bytes: int
    masked: Mapping[str, int] | None


@dataclass
class ExportRun:
    """`watch` is called all the time, and raises `ExportStopped` to end the run."""

    library: Library
    refs: Sequence[SessionRef]
    form: ExportForm
    redact: bool = False
    strict: bool = False
    watch: Callable[[ExportProgress], None] = lambda _: None
    failed: list[tuple[SessionRef, SessionTuiError]] = field(default_factory=list)
    done: list[SessionRef] = field(default_factory=list)
    masked: Counter[str] = field(default_factory=Counter)
    _at: ExportProgress = field(default_factory=lambda: ExportProgress(0, 0))

    def document(self) -> Iterator[str]:
        """All sessions as one document, in pieces."""
        yield from self._watched(
            document(self.transcripts(), self.form, several=len(self.refs) > 1)
        )

    def into_file(self, path: Path, *, replace: bool = False) -> Written:
        """Write all sessions into one file. Raises as `write_export` does."""
        size = write_export(path, self.document(), replace=replace)
        return Written(path, tuple(self.done), size, self._masked(self.masked))

    def into_folder(self, folder: Path, *, replace: bool = False) -> list[Written]:
        """Write a file for each session into a folder; pages get one more that leads to them.

        Raises as `write_export` does.
        """
        # Pages bring the parser of Markdown along.
        from sessiontui.services.html_export_index import IndexEntry, html_index  # noqa: PLC0415

        indexed = self.form is ExportForm.HTML and len(self.refs) > 1
        if indexed and not replace and (folder / INDEX_NAME).exists():
            raise StoreReadOnly(
                f"{folder / INDEX_NAME} is there already", "use --force to replace it"
            )
        taken, written, entries = {INDEX_NAME}, [], []
        for transcript in self.transcripts():
            name = file_name(transcript.session, self.form, taken)
            taken.add(name)
            pieces = self._watched(document([transcript], self.form))
            size = write_export(folder / name, pieces, replace=replace)
            masked = self._masked(transcript.masked)
            written.append(Written(folder / name, (transcript.session.ref,), size, masked))
            if indexed:
                entries.append(IndexEntry.of(transcript, name))
            del transcript, pieces  # before the next one is read
        if entries:
            size = write_export(folder / INDEX_NAME, html_index(entries), replace=replace)
            refs = tuple(self.done)
            written.append(Written(folder / INDEX_NAME, refs, size, self._masked({})))
        return written

    def into_new_folder(self, folder: Path) -> list[Written]:
        """Make a folder for its owner only, and write into it; without a file it goes again.

        Raises `StoreReadOnly` where something of that name is there.
        """
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError as error:
            raise StoreReadOnly(f"{folder} is there already", "name a new folder") from error
        except OSError as error:
            raise store_error(error, folder) from error
        written: list[Written] = []
        try:
            written = self.into_folder(folder)
        finally:
            if not written:
                with suppress(OSError):
                    folder.rmdir()
        return written

    def transcripts(self) -> Iterator[Transcript]:
        """The sessions that can be read."""
        for number, ref in enumerate(self.refs, start=1):
            self._tell(ExportProgress(number, len(self.refs)))
            if (transcript := self._transcript(ref)) is not None:
                yield transcript
            del transcript  # before the next one is read

    def _transcript(self, ref: SessionRef) -> Transcript | None:
        try:
            transcript = self.library.transcript(ref, redact=self.redact, each=self._read_one)
        except ExportStopped:
            raise
        except SessionTuiError as error:
            if self.strict:
                raise
            self.failed.append((ref, error))
            return None
        self.done.append(ref)
        self.masked.update(transcript.masked or {})
        return transcript

    def _masked(self, counts: Mapping[str, int] | None) -> Mapping[str, int] | None:
        return dict(counts or {}) if self.redact else None

    # -- being watched ---------------------------------------------------------------------

    def _read_one(self) -> None:
        self._tell(self._at.replace(messages=self._at.messages + 1))

    def _watched(self, pieces: Iterable[str]) -> Iterator[str]:
        for piece in pieces:
            self._tell(self._at.replace(characters=self._at.characters + len(piece)))
            yield piece

    def _tell(self, progress: ExportProgress) -> None:
        self._at = progress
        self.watch(progress)
