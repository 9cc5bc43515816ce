"""Sessions as JSON objects straight from the rows of the index.

They are the objects that `json_form.session_object` makes of whole sessions, in a fraction of the
time: a list may hold very many. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from sessiontui.domain.backend import SessionBackend
from sessiontui.domain.errors import SessionTuiError
from sessiontui.domain.query import Query
from sessiontui.domain.session import Session, SessionRef, SessionState
from sessiontui.domain.store import Capability
from sessiontui.domain.value import PlainValue
from sessiontui.domain.verdict import TurnFacts, Verdict, changes_with_time, judge
from sessiontui.services.index_details import details_of
from sessiontui.services.index_filters import Surroundings, session_condition, session_order
from sessiontui.services.index_rows import newest, ref_of
from sessiontui.services.index_sessions import HELD_COLUMNS, session_of_row
from sessiontui.services.index_words import from_exact
from sessiontui.services.json_form import JsonObject, json_time, verdict_object
from sessiontui.services.search_index import SearchIndex
from sessiontui.storage.undisturbed import undisturbed

_ANY_TIME = datetime.fromtimestamp(0, UTC)
_nothing = details_of(None).get


Item = TypeVar("Item")


class ListedPage(PlainValue, Generic[Item]):
    """The sessions of one page in some form, and how many match."""

    items: list[Item]
    total: int


class Continued(PlainValue):
    """What a store wants to know of a session to tell how it is continued (`Resumable`)."""

    ref: SessionRef
    workspace: Path | None


def listed_page(
    index: SearchIndex,
    query: Query,
    stores: Sequence[str],
    now: float,
    threshold: float,
    form: Callable[[Sequence[Any]], Item],
) -> ListedPage[Item]:
    """The sessions of a query without words, each in a form made of its row of `HELD_COLUMNS`.

    Raises as `SearchIndex.rows` does.
    """
    held = session_condition(query, Surroundings(tuple(stores), now, threshold))
    order = session_order(query.sort, reverse=query.reverse)
    limit = -1 if query.limit is None else query.limit
    select = f"SELECT {HELD_COLUMNS} FROM session WHERE {held.text} ORDER BY {order}"
    with undisturbed(), index.database.reading() as connection:
        found = connection.execute(
            f"{select} LIMIT ? OFFSET ?", (*held.values, limit, query.offset)
        )
        # One by one: what is not kept needs no room.
        items = [form(row) for row in found]
        total = len(items)
        if query.offset or total == query.limit:
            counted = f"SELECT count(*) FROM session WHERE {held.text}"
            ((total,),) = connection.execute(counted, held.values)
    return ListedPage(items, total)


class SessionObjects:
    """Makes the objects; asks every store once for what concerns all of its sessions.

    `judged` gives the verdict on a session in an open turn, or one that a process has open.
    """

    def __init__(
        self,
        backend: Callable[[str], SessionBackend],
        judged: Callable[[Session], Verdict],
    ) -> None:
        self._backend = backend
        self._judged = judged
        self._owned: dict[str, Collection[str]] = {}
        self._resumed: dict[str, SessionBackend | None] = {}
        self._settled: dict[tuple[str, int | None], tuple[str, list[str]]] = {}

    def object_of(self, row: Sequence[Any]) -> JsonObject:
        """The object of one row of `HELD_COLUMNS`."""
        (
            store, key, format_name, title, title_source, state, opened, turn_started_at,
            last_activity, moved_at, created_at, message_count, size_bytes, agent, channel,
            workspace, model, problem, repo, branch, native_id, _, details, parent,
        ) = row if bytes not in map(type, row) else map(_text, row)  # fmt: skip
        if store not in self._owned:
            self._ask(store)
        active = json_time(last_activity)
        live = None
        if changes_with_time(state, bool(opened)) or key in self._owned[store]:
            verdict = self._judged(session_of_row(row))
            judgement, live = verdict_object(verdict), verdict.live
        else:
            status, evidence = self._settled.get((state, opened)) or self._settle(state, opened)
            since = active if moved_at is None else json_time(newest(last_activity, moved_at))
            judgement = {"status": status, "evidence": evidence, "since": since}
        arguments = folder = None
        if self._resumed[store] is not None:
            arguments, folder = self._resume(SessionRef(store, key), workspace)
        more = details_of(details).get if details else _nothing
        return {
            "ref": f"{store}:{key}",
            "store": store,
            "format": format_name,
            "key": key,
            "native_id": native_id,
            "title": title,
            "title_source": title_source,
            "created_at": json_time(created_at),
            "last_activity": active,
            "message_count": message_count,
            "state": state,
            "verdict": judgement,
            "turn_id": more("turn_id"),
            "turn_started_at": json_time(turn_started_at),
            "agent": agent,
            "model": model,
            "workspace": workspace,
            "repo": repo,
            "branch": branch,
            "channel": channel,
            "room": more("room"),
            "sender": more("sender"),
            "thread": more("thread"),
            "turns": more("turns"),
            "tokens": more("tokens"),
            "size_bytes": size_bytes,
            "parent": _parent(parent),
            "live": live,
            "resume": arguments,
            "resume_dir": folder,
            "problem": problem,
        }

    def _ask(self, store: str) -> None:
        backend = self._backend(store)
        try:
            self._owned[store] = backend.owners()
        except SessionTuiError:
            # What cannot be asked proves nothing.
            self._owned[store] = ()
        is_able = Capability.RESUME in backend.capabilities
        self._resumed[store] = backend if is_able else None

    def _settle(self, state: str, opened: int | None) -> tuple[str, list[str]]:
        """Status and evidence where neither time nor a process has a say."""
        facts = TurnFacts(
            state=SessionState(state), turn_open=None if opened is None else bool(opened)
        )
        verdict = judge(facts, _ANY_TIME)
        self._settled[state, opened] = verdict.status.value, list(verdict.evidence)
        return self._settled[state, opened]

    def _resume(
        self, ref: SessionRef, workspace: str | None
    ) -> tuple[list[str] | None, str | None]:
        backend = self._resumed[ref.store]
        assert backend is not None
        try:
            command = backend.resume_of(Continued(ref, Path(workspace) if workspace else None))
        except SessionTuiError:
            return None, None
        if command is None:
            return None, None
        return list(command.arguments), None if command.folder is None else str(command.folder)


def _text(value: Any) -> Any:
    return from_exact(value) if value.__class__ is bytes else value


def _parent(stored: str | bytes | None) -> str | None:
    parent = None if stored is None else ref_of(stored)
    return None if parent is None else str(parent)
