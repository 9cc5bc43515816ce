"""The contract between a store format and the rest of the program.

A backend turns the files or rows of one store into frozen values and, on request, changes them.
It is synchronous and safe to use from several threads. Reading never changes a store: `open`
creates nothing and migrates nothing.

Optional operations have default bodies: either built from others, or raising `Unsupported` with
the reason from the format's capabilities. Nothing succeeds silently without doing anything.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, NamedTuple, NoReturn, Protocol, Self

from sessiontui.domain.ending import Ending
from sessiontui.domain.errors import SessionMissing, Unsupported
from sessiontui.domain.indexed_text import TextBatch, texts_of
from sessiontui.domain.message import Message
from sessiontui.domain.query import Query, select_sessions
from sessiontui.domain.search import SearchHit
from sessiontui.domain.session import Session, SessionPatch, SessionRef
from sessiontui.domain.store import Capabilities, Capability, StoreInfo
from sessiontui.domain.store_id import make_store_id
from sessiontui.domain.value import PlainValue, Value
from sessiontui.domain.verdict import Owner, TurnFacts


class Place(NamedTuple):
    """Where discovery found a store; `origin` says why it looked there."""

    path: Path
    origin: str


class Surroundings(Value):
    """Where to look for stores: a home folder, environment variables, the current folder.

    With a home given on the command line, `variables` is empty.
    """

    home: Path
    home_is_named: bool = False
    """The user named the home: stores that lead below a home lead below this one."""
    variables: Mapping[str, str] = {}
    current_folder: Path | None = None

    def place_of(self, variable: str, folder: str) -> Place:
        """The folder an environment variable names, else one of this name in the home."""
        named = self.variables.get(variable, "")
        if not named:
            return Place(self.home / folder, f"~/{folder}")
        current = self.current_folder
        return Place(Path(named) if current is None else current / named, f"${variable}")


class SnapshotScope(StrEnum):
    """How much of a session a snapshot has to hold for a change to be undone."""

    EVERYTHING = "everything"
    """Before clear, delete and compact."""
    METADATA = "metadata"
    """Before rename and cure: everything but the messages."""


class Snapshot(Value):
    """What `restore` needs to put a session back; the payload is opaque to everyone else."""

    key: str
    format: str
    scope: SnapshotScope
    taken_at: datetime
    fingerprint: str
    payload: bytes


class FootprintPart(NamedTuple):
    """A file, or some rows, that belong to a session; `path` may be None for rows."""

    what: str
    path: Path | None
    size_bytes: int


class Footprint(PlainValue):
    """Everything that belongs to a session, named before it is deleted."""

    parts: tuple[FootprintPart, ...]

    @property
    def size_bytes(self) -> int:
        """The sum of all parts."""
        return sum(part.size_bytes for part in self.parts)

    @property
    def files(self) -> int:
        """How many files would go or shrink; rows share that of their database."""
        return len({part.path for part in self.parts if part.path is not None and part.size_bytes})


class ClearOnly(StrEnum):
    """Which content a clear removes, when not all."""

    TOOL_OUTPUT = "tool-output"
    MEDIA = "media"


class ClearScope(Value):
    """What to clear: everything, messages before an index, or only some content."""

    before: int | None = None
    only: ClearOnly | None = None

    @property
    def everything(self) -> bool:
        """True when no message stays."""
        return self.before is None and self.only is None


class ResumeCommand(PlainValue):
    """The program that continues a session: its arguments and the folder to start it in."""

    arguments: tuple[str, ...]
    folder: Path | None


class Resumable(Protocol):
    """What is asked of a session to tell how it is continued."""

    @property
    def ref(self) -> SessionRef: ...
    @property
    def workspace(self) -> Path | None: ...


class SessionBackend(Protocol):
    """One open store of one format.

    Every method may raise `StoreMissing`, `StoreUnreadable` or `StoreBusy`; methods that take a
    key raise `SessionMissing` for an unknown one unless they say otherwise, and `BadKey` for one
    that can name no session. Changes take `expect`, the fingerprint the user saw, and raise
    `ChangedUnderneath` when the stored session has another one (None: do not check).
    """

    format: ClassVar[str]
    title: ClassVar[str]
    """The name of the format for people, such as `zeroclaw`."""
    capabilities: ClassVar[Capabilities]
    """What the format supports at its best; `info()` narrows it for this store."""
    change_notes: ClassVar[Mapping[Capability, str]] = {}
    """What a person should know besides when such a change is made, in one sentence each."""
    texts_complete_sessions: ClassVar[bool] = False
    """Whether `scan` gives a first look only, which costs the same for a file of any size: title,
    folder, times. What has to be counted then comes with `text_since`, as the batch's session;
    `get` always gives the whole."""
    resumed_from_root: ClassVar[bool] = False
    """Whether the program that resumes a session has to find it in this very store: it only looks
    where `discover` does."""

    # -- opening ---------------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def open(cls, root: Path) -> Self:
        """Open the store at `root` for reading. Creates and migrates nothing."""

    @classmethod
    @abstractmethod
    def discover(cls, surroundings: Surroundings) -> Iterable[Place]:
        """The places where stores of this format are, existing ones only, best first."""

    @classmethod
    @abstractmethod
    def find_in(cls, path: Path) -> tuple[Path, ...]:
        """The stores of this format that `path` is or directly holds, judged by content."""

    @classmethod
    def create(cls, root: Path) -> Self:
        """Make an empty store at `root` and open it. For demo stores and tests only."""
        raise Unsupported(Capability.PUT, cls.capabilities.reason(Capability.PUT))

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections; the backend may be used again and reopens itself."""

    def use_home(self, home: Path) -> None:
        """Follow what the store points to (transcripts of another program) below this home."""
        return

    def close_idle(self, seconds: float) -> None:
        """Let go of connections not used for so long, so that the owner is free to tidy up."""
        return

    @property
    @abstractmethod
    def root(self) -> Path:
        """The real path of the store."""

    @property
    def store_id(self) -> str:
        """The store's id: no colon in it, the same in every run."""
        return make_store_id(self.format, self.root)

    # -- reading ---------------------------------------------------------------------------

    @abstractmethod
    def info(self) -> StoreInfo:
        """Health and capabilities. Never raises for a broken store: `available`, `problem`."""

    @abstractmethod
    def stamp(self) -> str:
        """A cheap value that changes when anything in the store may have changed.

        Costs a few stat calls, opens and parses nothing.
        """

    @abstractmethod
    def fingerprints(self) -> Iterator[tuple[str, str]]:
        """(key, fingerprint) of every session, without reading transcripts.

        A complete pass or an exception: a session that is missing here counts as deleted. For
        stores of files this costs one stat each, and those come first that changed longest ago.
        """

    @abstractmethod
    def scan(self, keys: Collection[str] | None = None) -> Iterator[Session]:
        """Every session, or those of `keys` that exist, in any order.

        Damaged sessions are there too, with a `problem`.
        """

    def keys(self) -> Iterator[str]:
        """Every key, in any order."""
        return (key for key, _ in self.fingerprints())

    def sessions(self, query: Query | None = None) -> Iterator[Session]:
        """The sessions a query asks for; its terms are not looked at. Newest activity first."""
        return select_sessions(self.scan(), query or Query(), datetime.now(UTC))

    def get(self, key: str) -> Session | None:
        """One session, or None."""
        return next(iter(self.scan((key,))), None)

    def exists(self, key: str) -> bool:
        """Whether the session is there."""
        return self.get(key) is not None

    @abstractmethod
    def messages(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[Message]:
        """The transcript from `start` to `stop`, both as in a slice: negative counts from the end.

        Unknown keys give nothing.
        """

    def ending(self, key: str, count: int) -> Ending:
        """The last messages: up to `count` (at least 1), and fewer only where they are very long.

        Where a format allows it, this costs the same whatever stands before them. Unknown keys
        give nothing.
        """
        return Ending(tuple(self.messages(key, -count)))

    def text_since(self, key: str, cursor: str | None, *, tools: bool = True) -> TextBatch:
        """Text that is new since `cursor` (None: all). An append costs only the new bytes.

        Without `tools` the texts of tool calls and their results may be empty: only the
        conversation is wanted. A batch may end before the session does (`TextBatch.more`). The
        default reads the whole session each time.
        """
        return TextBatch(list(texts_of(self.messages(key))), "", restart=True)

    def search(self, query: Query) -> Iterator[tuple[str, SearchHit]]:
        """The store's own full-text search: (key, hit) pairs."""
        self._unsupported(Capability.SEARCH)

    def footprint(self, key: str) -> Footprint:
        """Every file and row that a delete would take."""
        self._unsupported(Capability.DELETE)

    def turn_facts(self, key: str) -> TurnFacts | None:
        """The store's half of a verdict; None for an unknown key."""
        session = self.get(key)
        return None if session is None else TurnFacts.of(session, self.owners().get(key, ()))

    def owners(self) -> Mapping[str, tuple[Owner, ...]]:
        """The processes that the store names as having sessions open, by key; they may be gone.

        Costs a small listing, whatever the number of sessions.
        """
        return {}

    def resume_command(self, key: str) -> ResumeCommand | None:
        """How the owner continues the session; None where it cannot."""
        return None

    def resume_of(self, session: Resumable) -> ResumeCommand | None:
        """The same for a session that was read before, without reading it again where possible."""
        return self.resume_command(session.ref.key)

    # -- watching --------------------------------------------------------------------------

    def watch_roots(self) -> tuple[Path, ...]:
        """Files and folders in which a change concerns this store; they need not exist."""
        return (self.root,)

    def changed_keys(self, paths: Collection[Path]) -> frozenset[str] | None:
        """The sessions concerned by changes of these paths.

        An empty set: none (a foreign file, or nothing was committed). None: any may be.
        """
        return None

    # -- changing --------------------------------------------------------------------------

    def append(self, key: str, message: Message) -> None:
        """Add a message at the end, as the owner would."""
        self._unsupported(Capability.APPEND)

    def remove_last(self, key: str) -> bool:
        """Remove the last message; False when there is none."""
        self._unsupported(Capability.REMOVE_LAST)

    def update_last(self, key: str, message: Message) -> bool:
        """Replace the last message; False when there is none."""
        if self.remove_last(key):
            self.append(key, message)
            return True
        return False

    def clear(self, key: str, scope: ClearScope | None = None, expect: str | None = None) -> int:
        """Remove messages, keep the session; returns how many messages were removed or cut.

        0 for an unknown session, as its owners answer.
        """
        self._unsupported(Capability.CLEAR)

    def delete(self, key: str, expect: str | None = None) -> bool:
        """Remove the session and everything that belongs to it; False when it was not there."""
        if self.exists(key):
            self._unsupported(Capability.DELETE)
        return False

    def patch(self, key: str, changes: SessionPatch, expect: str | None = None) -> None:
        """Change the fields that are set in `changes`, in the store's own terms."""
        self._require_session(key)
        self._unsupported(Capability.RENAME)

    def put(self, session: Session, messages: Iterable[Message]) -> None:
        """Write a whole session, replacing one of the same key."""
        self._unsupported(Capability.PUT)

    def compact(self, key: str, expect: str | None = None) -> int:
        """Drop what cannot be read; returns how many lines went."""
        self._unsupported(Capability.COMPACT)

    def migrate(self, dry_run: bool = False) -> tuple[str, ...]:
        """The owner's own move to its newer store; returns the keys moved."""
        self._unsupported(Capability.MIGRATE)

    def snapshot(self, key: str, scope: SnapshotScope) -> Snapshot:
        """Everything `restore` needs to undo a change of that scope."""
        self._require_session(key)
        self._unsupported(Capability.DELETE)

    def restore(self, snapshot: Snapshot) -> None:
        """Put a session back as it was, keeping what was written to it since.

        Restoring twice is the same as once. Raises `UndoRefused` where putting it back would
        overwrite or confuse something.
        """
        self._unsupported(Capability.DELETE)

    def _require_session(self, key: str) -> None:
        if not self.exists(key):
            raise self._missing(key)

    def _missing(self, key: str) -> SessionMissing:
        ref = SessionRef(self.store_id, key)
        return SessionMissing(f"{self.title} has no session {key}", "refresh the list", ref)

    def _unsupported(self, capability: Capability) -> NoReturn:
        raise Unsupported(capability, self.info().capabilities.reason(capability))
