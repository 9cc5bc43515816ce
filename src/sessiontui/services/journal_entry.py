"""What one entry of the undo journal records, and how it is written down.

An entry is a folder named by its id: a manifest in JSON, and one payload file for each session.
Ids begin with the time, so that they sort, and end with the action, so that an entry whose
manifest is damaged still tells what it was.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, ValidationError

from sessiontui.domain.backend import Snapshot, SnapshotScope
from sessiontui.domain.change import JournalledSession
from sessiontui.domain.errors import UndoExpired, UndoRefused
from sessiontui.domain.report import Action, JournalEntry
from sessiontui.domain.session import SessionRef
from sessiontui.services.local_titles import LocalTitle

VERSION = 1
"""The version of the manifest; only ever counted upwards."""
MANIFEST = "manifest.json"

_ID = re.compile(r"(\d{8}-\d{6}-\d{6})-([a-z_]+)")
_ID_TIME = "%Y%m%d-%H%M%S-%f"


def _dated(title: LocalTitle | None) -> LocalTitle | None:
    if title is not None and title.created_at is not None and title.created_at.tzinfo is None:
        raise ValueError("a time without a zone")
    return title


class ItemState(StrEnum):
    """How far the change of one session got."""

    PREPARED = "prepared"
    """The snapshot is safe; whether the change happened is not yet written down."""
    DONE = "done"
    UNDONE = "undone"


class _Record(BaseModel):
    """What an entry consists of: checked when it is read, for a person's sessions hang on it."""

    model_config = ConfigDict(frozen=True)

    def replace(self, **changes: object) -> Self:
        """The same with other values in some fields."""
        return self.model_copy(update=changes)


class StoredSnapshot(_Record):
    """A snapshot whose payload is in a file of the entry's folder."""

    file: str
    size_bytes: int
    sha256: str
    scope: SnapshotScope
    taken_at: AwareDatetime
    fingerprint: str


class JournalItem(_Record):
    """One session of an entry.

    `format` and `root` open its store again where it is no longer found. Without a `snapshot` only
    the local title was changed; `local_title` is the one from before, where `title_changed`. How
    many messages it had, what its store said of it, and the title a rename gave are None in entries
    that were written before these were kept.
    """

    store: str
    key: str
    format: str
    root: str
    title: str
    state: ItemState = ItemState.PREPARED
    snapshot: StoredSnapshot | None = None
    title_changed: bool = False
    local_title: Annotated[LocalTitle | None, AfterValidator(_dated)] = None
    message_count: int | None = None
    session_state: str | None = None
    title_after: str | None = None

    @property
    def ref(self) -> SessionRef:
        """The session's name."""
        return SessionRef(self.store, self.key)

    def restorable(self, payload: bytes) -> Snapshot:
        """The snapshot as its backend made it."""
        if self.snapshot is None:
            raise UndoExpired("the entry holds no snapshot of the session", ref=self.ref)
        return Snapshot(
            key=self.key,
            format=self.format,
            scope=self.snapshot.scope,
            taken_at=self.snapshot.taken_at,
            fingerprint=self.snapshot.fingerprint,
            payload=payload,
        )


class Manifest(_Record):
    """One change over any number of sessions. `expired` says why its payloads were removed."""

    version: int = VERSION
    id: str
    at: AwareDatetime
    action: Action
    expired: str | None = None
    items: tuple[JournalItem, ...] = ()

    @property
    def size_bytes(self) -> int:
        """The size of all payloads."""
        return sum(item.snapshot.size_bytes for item in self.items if item.snapshot)

    @property
    def is_undone(self) -> bool:
        """Nothing of it is left to take back."""
        return all(item.state is ItemState.UNDONE for item in self.items)

    def with_items(self, items: Sequence[JournalItem]) -> Manifest:
        """The same about other items."""
        return self.replace(items=tuple(items))


class Unusable(_Record):
    """An entry whose manifest cannot be used: damaged, or of a newer version."""

    id: str
    at: AwareDatetime
    action: Action
    problem: str
    too_new: bool
    size_bytes: int

    def error(self) -> UndoExpired | UndoRefused:
        """What undoing it answers."""
        title = f"{self.id} cannot be taken back: {self.problem}"
        if self.too_new:
            return UndoRefused(title, "update sessiontui")
        return UndoExpired(title, "see `sessiontui journal` for others")


def new_id(at: datetime, action: Action) -> str:
    """An id of that time, to the microsecond."""
    return f"{at.astimezone(UTC).strftime(_ID_TIME)}-{action.value}"


def time_of_id(entry_id: str) -> datetime | None:
    """The time in an id; None when the name is no id."""
    found = _ID.fullmatch(entry_id)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], _ID_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def action_of_id(entry_id: str) -> Action:
    """The action in an id, `OTHER` where it is not known here."""
    found = _ID.fullmatch(entry_id)
    try:
        return Action(found[2]) if found else Action.OTHER
    except ValueError:
        return Action.OTHER


def encode_manifest(manifest: Manifest) -> bytes:
    """The manifest as it is written; escapes keep keys that are no valid Unicode."""
    return json.dumps(manifest.model_dump(mode="json"), indent=1).encode("ascii")


def decode_manifest(content: bytes, folder: Path) -> Manifest | Unusable:
    """The manifest in a folder, or why it cannot be used."""
    problem, too_new = "its record is damaged", False
    try:
        value: Any = json.loads(content)
        version = value.get("version") if isinstance(value, dict) else None
        if isinstance(version, int) and version > VERSION:
            problem, too_new = "it was written by a newer version", True
        elif version == VERSION:
            manifest = Manifest.model_validate(value)
            if manifest.id == folder.name:
                return manifest
    except (ValueError, RecursionError, ValidationError):
        pass
    return unusable(folder, problem, too_new=too_new)


def unusable(folder: Path, problem: str, *, too_new: bool = False) -> Unusable:
    """An entry of which only its folder tells."""
    return Unusable(
        id=folder.name,
        at=time_of_id(folder.name) or datetime.fromtimestamp(0, UTC),
        action=action_of_id(folder.name),
        problem=problem,
        too_new=too_new,
        size_bytes=sum(size for _, size in payload_files(folder)),
    )


def payload_files(folder: Path) -> list[tuple[Path, int]]:
    """The files of an entry but its manifest, with their sizes."""
    try:
        found = [path for path in folder.iterdir() if path.name != MANIFEST]
        return [(path, path.lstat().st_size) for path in sorted(found)]
    except OSError:
        return []


def listed(entry: Manifest | Unusable, folder: Path, keep_for: timedelta) -> JournalEntry:
    """The entry as it is shown; payloads are looked for, not read."""
    if isinstance(entry, Unusable):
        return JournalEntry(
            id=entry.id,
            at=entry.at,
            action=entry.action,
            refs=(),
            size_bytes=entry.size_bytes,
            undoable=False,
            problem=entry.problem,
        )
    problem, undoable = _usability(entry, folder)
    return JournalEntry(
        id=entry.id,
        at=entry.at,
        action=entry.action,
        refs=tuple(item.ref for item in entry.items),
        titles=tuple(item.title for item in entry.items),
        size_bytes=sum(size for _, size in payload_files(folder)),
        undoable=undoable,
        problem=problem,
        kept_until=entry.at + keep_for if undoable else None,
    )


def journalled(entry: Manifest) -> tuple[JournalledSession, ...]:
    """The sessions of an entry as they were before the change."""
    return tuple(
        JournalledSession(
            ref=item.ref,
            format=item.format,
            root=item.root,
            title=item.title,
            action=entry.action,
            is_undone=item.state is ItemState.UNDONE,
            size_bytes=item.snapshot.size_bytes if item.snapshot else 0,
            message_count=item.message_count,
            session_state=item.session_state,
            title_after=item.title_after,
            has_messages=(
                item.snapshot is not None
                and item.snapshot.scope is SnapshotScope.EVERYTHING
                and entry.expired is None
                and not entry.is_undone
            ),
        )
        for item in entry.items
    )


def _usability(entry: Manifest, folder: Path) -> tuple[str | None, bool]:
    if entry.is_undone:
        return "it was taken back", False
    if entry.expired is not None:
        return entry.expired, False
    left = [item for item in entry.items if item.state is not ItemState.UNDONE]
    sizes = {path.name: size for path, size in payload_files(folder)}
    damaged = sum(
        sizes.get(item.snapshot.file) != item.snapshot.size_bytes for item in left if item.snapshot
    )
    if damaged == len(left):
        return "its snapshots are missing or damaged", False
    if damaged:
        return f"{damaged} of its {len(left)} snapshots are missing or damaged", True
    if len(left) < len(entry.items):
        return f"{len(entry.items) - len(left)} of {len(entry.items)} were taken back", True
    return None, True
