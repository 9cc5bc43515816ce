"""What every backend promises, proved for each: reading, changing, and undoing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sessiontui.domain.backend import SessionBackend, SnapshotScope
from sessiontui.domain.errors import ChangedUnderneath, SessionMissing, Unsupported
from sessiontui.domain.indexed_text import texts_of
from sessiontui.domain.message import Role
from sessiontui.domain.query import Query, SortKey, workspace_filter
from sessiontui.domain.session import Session, SessionPatch, SessionRef, SessionState
from sessiontui.domain.store import Capability
from sessiontui.services.backend_registry import backend_class, format_names
from tests.building import text_message
from tests.conformance.stores import CONVERSATIONS, SAMPLES, SampleStore


def formats_with(capability: Capability, *, without: tuple[str, ...] = ()) -> list[str]:
    """The formats that can do something."""
    able = (n for n in SAMPLES if capability in backend_class(n).capabilities)
    return sorted(set(able) - set(without))


def pairs_of(capabilities: Iterable[Capability]) -> list[tuple[str, Capability]]:
    """Every format with every capability it has of these."""
    return [(name, c) for c in sorted(capabilities) for name in formats_with(c)]


ON_DISK = sorted(set(SAMPLES) - {"memory"})


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SampleStore]:
    """A store of each format in turn."""
    folder = tmp_path / "home"
    folder.mkdir()
    made = SAMPLES[request.param](folder)
    yield made
    made.backend.close()


def supports(sample: SampleStore, capability: Capability) -> bool:
    return capability in sample.backend.info().capabilities


def snapshot_of_everything(backend: SessionBackend, key: str) -> tuple[Session, list[object]]:
    """A session and its transcript, without what a file's new inode changes."""
    session = backend.get(key)
    assert session is not None
    messages: list[object] = list(backend.messages(key))
    return session.replace(fingerprint=""), messages


def files_below(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_every_known_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(format_names())


def test_every_capability_is_supported_or_explained(sample: SampleStore) -> None:
    capabilities = sample.backend.info().capabilities
    for capability in Capability:
        assert (capability in capabilities) != (capability in capabilities.why_not)
        assert capability in capabilities or capabilities.reason(capability).strip()


def test_the_store_is_described(sample: SampleStore) -> None:
    info = sample.backend.info()
    assert info.available
    assert info.writable
    assert info.problem is None
    assert info.session_count == len(sample.keys)
    assert info.id == sample.backend.store_id
    assert ":" not in info.id
    assert info.format == sample.backend.format


def test_a_store_has_the_same_id_when_it_is_opened_again(sample: SampleStore) -> None:
    again = type(sample.backend).open(sample.backend.root)
    assert again.store_id == sample.backend.store_id
    assert set(again.keys()) == set(sample.keys)
    again.close()


@pytest.mark.parametrize("sample", ON_DISK, indirect=True)
def test_a_store_is_found_by_its_content(sample: SampleStore) -> None:
    assert type(sample.backend).find_in(sample.backend.root) == (sample.backend.root,)
    for name in format_names():
        if name not in (sample.backend.format, "memory"):
            found = backend_class(name).find_in(sample.backend.root)
            assert sample.backend.root not in found, name


def test_keys_fingerprints_and_sessions_agree(sample: SampleStore) -> None:
    backend = sample.backend
    assert set(backend.keys()) == set(sample.keys)
    fingerprints = dict(backend.fingerprints())
    assert {s.ref.key: s.fingerprint for s in backend.scan()} == fingerprints
    assert {s.ref.key for s in backend.scan(sample.keys[:2])} == set(sample.keys[:2])
    assert all(s.ref.store == backend.store_id for s in backend.scan())


def test_one_session_equals_its_entry_in_the_list(sample: SampleStore) -> None:
    for session in sample.backend.scan():
        assert sample.backend.get(session.ref.key) == session


def test_an_unknown_session_is_nowhere(sample: SampleStore) -> None:
    backend = sample.backend
    unknown = "3f0c1f6e-6a53-4f0e-9a51-0d6f3f1f8a10"
    assert backend.get(unknown) is None
    assert not backend.exists(unknown)
    assert list(backend.messages(unknown)) == []
    assert list(backend.scan((unknown,))) == []
    assert backend.turn_facts(unknown) is None


def test_messages_are_counted_from_zero_and_hold_the_texts(sample: SampleStore) -> None:
    for key, texts in zip(sample.keys, CONVERSATIONS, strict=True):
        messages = list(sample.backend.messages(key))
        assert [m.index for m in messages] == list(range(len(messages)))
        spoken = [b.text for m in messages for b in m.blocks if b.kind == "text"]
        assert spoken == list(texts)
        assert [m.role for m in messages][:2] == [Role.USER, Role.ASSISTANT]
        assert messages[0].human
        assert not messages[1].human
        session = sample.backend.get(key)
        assert session is not None
        assert session.message_count == len(texts)


@pytest.mark.parametrize("bounds", [(0, 1), (1, None), (1, 3), (-1, None), (-2, None), (5, 9)])
def test_a_part_of_a_transcript_is_a_slice_of_it(
    sample: SampleStore, bounds: tuple[int, int | None]
) -> None:
    for key in sample.keys:
        whole = list(sample.backend.messages(key))
        assert list(sample.backend.messages(key, *bounds)) == whole[slice(*bounds)]


def test_sessions_come_newest_first_and_can_be_narrowed(sample: SampleStore) -> None:
    backend = sample.backend
    newest = [s.ref.key for s in backend.sessions()]
    assert sorted(newest) == sorted(sample.keys)
    times = [s.last_activity for s in backend.sessions()]
    assert times == sorted(times, key=lambda at: at or datetime.min.replace(tzinfo=UTC))[::-1]
    assert [s.ref.key for s in backend.sessions(Query(limit=1))] == newest[:1]
    assert [s.ref.key for s in backend.sessions(Query(offset=2))] == newest[2:]
    nowhere = Query(filters=(workspace_filter(Path("/nowhere")),))
    assert list(backend.sessions(nowhere)) == []
    by_title = [s.display_title for s in backend.sessions(Query(sort=SortKey.TITLE))]
    assert by_title == sorted(by_title, key=str.casefold)


def test_indexed_text_is_the_transcript_and_then_only_what_is_new(sample: SampleStore) -> None:
    backend, key = sample.backend, sample.keys[0]
    first = backend.text_since(key, None)
    assert first.restart
    assert first.items == list(texts_of(backend.messages(key)))
    again = backend.text_since(key, first.cursor)
    if again.restart:
        assert again.items == first.items
    else:
        assert again.items == []
    sample.append(key, "one thing more: wobblegasket")
    after = backend.text_since(key, again.cursor)
    items = after.items if after.restart else [*first.items, *after.items]
    assert items == list(texts_of(backend.messages(key)))
    assert any("wobblegasket" in item.text for item in after.items)


def test_an_append_is_seen_and_changes_fingerprint_and_stamp(sample: SampleStore) -> None:
    backend, key = sample.backend, sample.keys[1]
    before, stamp = dict(backend.fingerprints()), backend.stamp()
    sample.append(key, "and another question")
    after = dict(backend.fingerprints())
    assert after[key] != before[key]
    assert {k for k in after if after[k] != before[k]} == {key}
    assert backend.stamp() != stamp


def test_reading_changes_nothing(sample: SampleStore, tmp_path: Path) -> None:
    backend = sample.backend
    before = files_below(tmp_path), dict(backend.fingerprints())
    for _ in range(20):
        backend.info()
        backend.stamp()
        for session in backend.scan():
            list(backend.messages(session.ref.key))
            backend.text_since(session.ref.key, None)
            backend.turn_facts(session.ref.key)
            backend.resume_command(session.ref.key)
        backend.close()
    assert (files_below(tmp_path), dict(backend.fingerprints())) == before


def test_what_a_delete_takes_is_named_with_its_size(sample: SampleStore) -> None:
    footprint = sample.backend.footprint(sample.keys[0])
    assert footprint.parts
    assert footprint.size_bytes > 0
    assert all(part.what for part in footprint.parts)


CHANGES: dict[Capability, Callable[[SessionBackend, str], object]] = {
    Capability.APPEND: lambda b, k: b.append(k, text_message(Role.USER, "more")),
    Capability.UPDATE_LAST: lambda b, k: b.update_last(k, text_message(Role.ASSISTANT, "else")),
    Capability.REMOVE_LAST: lambda b, k: b.remove_last(k),
    Capability.CLEAR: lambda b, k: b.clear(k),
    Capability.DELETE: lambda b, k: b.delete(k),
    Capability.RENAME: lambda b, k: b.patch(k, SessionPatch(title="another name")),
    Capability.SET_AGENT: lambda b, k: b.patch(k, SessionPatch(agent="reviewer")),
    Capability.SET_CONTEXT: lambda b, k: b.patch(
        k, SessionPatch(channel="irc.home", room="kitchen", sender="nightowl")
    ),
    Capability.SET_STATE: lambda b, k: b.patch(k, SessionPatch(state=SessionState.ERROR)),
    Capability.COMPACT: lambda b, k: b.compact(k),
    Capability.MIGRATE: lambda b, _: b.migrate(),
    Capability.SEARCH: lambda b, _: list(b.search(Query())),
    Capability.PUT: lambda b, k: b.put(Session(ref=SessionRef(b.store_id, k), format=b.format), ()),
}


@pytest.mark.parametrize("capability", sorted(CHANGES))
def test_what_is_declared_works_and_what_is_not_raises_unsupported(
    sample: SampleStore, capability: Capability
) -> None:
    backend, key = sample.backend, sample.keys[0]
    change = CHANGES[capability]
    if supports(sample, capability):
        before = dict(backend.fingerprints())
        change(backend, key)
        if capability not in (Capability.SEARCH, Capability.MIGRATE, Capability.COMPACT):
            assert dict(backend.fingerprints()) != before
        if capability is not Capability.MIGRATE:  # moves every session to the other store
            others = {k: v for k, v in before.items() if k != key}
            assert others.items() <= dict(backend.fingerprints()).items()
    else:
        before = dict(backend.fingerprints())
        with pytest.raises(Unsupported) as caught:
            change(backend, key)
        assert caught.value.title
        assert dict(backend.fingerprints()) == before


CHECKED: dict[Capability, Callable[[SessionBackend, str, str], object]] = {
    Capability.CLEAR: lambda b, k, e: b.clear(k, expect=e),
    Capability.DELETE: lambda b, k, e: b.delete(k, expect=e),
    Capability.RENAME: lambda b, k, e: b.patch(k, SessionPatch(title="x"), expect=e),
    Capability.SET_STATE: lambda b, k, e: b.patch(k, SessionPatch(state=SessionState.IDLE), e),
}


@pytest.mark.parametrize(("sample", "capability"), pairs_of(CHECKED), indirect=["sample"])
def test_a_change_is_refused_when_the_session_is_not_the_one_seen(
    sample: SampleStore, capability: Capability
) -> None:
    backend, key = sample.backend, sample.keys[0]
    seen = dict(backend.fingerprints())[key]
    sample.append(key, "written meanwhile")
    before = snapshot_of_everything(backend, key)
    with pytest.raises(ChangedUnderneath):
        CHECKED[capability](backend, key, seen)
    assert snapshot_of_everything(backend, key) == before


@pytest.mark.parametrize("sample", formats_with(Capability.CLEAR), indirect=True)
def test_a_clear_empties_a_session_and_can_be_undone(sample: SampleStore) -> None:
    backend, key = sample.backend, sample.keys[0]
    before = snapshot_of_everything(backend, key)
    snapshot = backend.snapshot(key, SnapshotScope.EVERYTHING)
    assert backend.clear(key) == len(CONVERSATIONS[0])
    cleared = backend.get(key)
    assert cleared is not None
    assert cleared.message_count == 0
    assert list(backend.messages(key)) == []
    assert backend.clear(key) == 0
    backend.restore(snapshot)
    restored = snapshot_of_everything(backend, key)
    assert restored[1] == before[1]
    assert restored[0].message_count == before[0].message_count
    assert restored[0].created_at == before[0].created_at
    backend.restore(snapshot)
    assert snapshot_of_everything(backend, key) == restored


@pytest.mark.parametrize("sample", formats_with(Capability.DELETE), indirect=True)
def test_a_delete_takes_the_session_once_and_can_be_undone(sample: SampleStore) -> None:
    backend, key = sample.backend, sample.keys[0]
    before = snapshot_of_everything(backend, key)
    others = {k: f for k, f in backend.fingerprints() if k != key}
    snapshot = backend.snapshot(key, SnapshotScope.EVERYTHING)
    assert backend.delete(key)
    assert not backend.exists(key)
    assert not backend.delete(key)
    assert dict(backend.fingerprints()) == others
    backend.restore(snapshot)
    assert snapshot_of_everything(backend, key) == before
    backend.restore(snapshot)
    assert snapshot_of_everything(backend, key) == before
    assert others.items() <= dict(backend.fingerprints()).items()


METADATA = {
    Capability.RENAME: SessionPatch(title="another name"),
    Capability.SET_STATE: SessionPatch(state=SessionState.ERROR),
}


@pytest.mark.parametrize(("sample", "capability"), pairs_of(METADATA), indirect=["sample"])
def test_a_change_of_metadata_can_be_undone_and_keeps_messages_written_since(
    sample: SampleStore, capability: Capability
) -> None:
    backend, key = sample.backend, sample.keys[1]
    before = backend.get(key)
    assert before is not None
    snapshot = backend.snapshot(key, SnapshotScope.METADATA)
    backend.patch(key, METADATA[capability])
    changed = backend.get(key)
    assert changed is not None
    assert (changed.title, changed.state) != (before.title, before.state)
    if backend.format != "astrid":  # a file that is written as a whole refuses instead
        sample.append(key, "written since")
    backend.restore(snapshot)
    restored = backend.get(key)
    assert restored is not None
    assert (restored.title, restored.title_source) == (before.title, before.title_source)
    assert (restored.state, restored.turn_id) == (before.state, before.turn_id)
    texts = [b.text for m in backend.messages(key) for b in m.blocks if b.kind == "text"]
    if backend.format != "astrid":
        assert texts[-1] == "written since"


# A file that is written as a whole refuses the undo instead.
@pytest.mark.parametrize(
    "sample", formats_with(Capability.CLEAR, without=("astrid",)), indirect=True
)
def test_messages_written_after_a_clear_survive_its_undo(sample: SampleStore) -> None:
    backend, key = sample.backend, sample.keys[0]
    snapshot = backend.snapshot(key, SnapshotScope.EVERYTHING)
    backend.clear(key)
    sample.append(key, "a new beginning")
    backend.restore(snapshot)
    texts = [b.text for m in backend.messages(key) for b in m.blocks if b.kind == "text"]
    assert texts == [*CONVERSATIONS[0], "a new beginning"]


def test_changing_an_unknown_session_is_refused(sample: SampleStore) -> None:
    unknown = "3f0c1f6e-6a53-4f0e-9a51-0d6f3f1f8a10"
    if supports(sample, Capability.RENAME):
        with pytest.raises(SessionMissing):
            sample.backend.patch(unknown, SessionPatch(title="x"))
    if supports(sample, Capability.CLEAR):
        assert sample.backend.clear(unknown) == 0
    with pytest.raises(SessionMissing):
        sample.backend.snapshot(unknown, SnapshotScope.EVERYTHING)
    assert not sample.backend.delete(unknown)


@pytest.mark.parametrize("sample", ON_DISK, indirect=True)
def test_a_store_that_is_not_there_is_described_and_not_made(
    sample: SampleStore, tmp_path: Path
) -> None:
    missing = tmp_path / "nowhere" / sample.backend.root.name
    backend = type(sample.backend).open(missing)
    info = backend.info()
    assert not info.available
    assert info.problem
    assert not missing.exists()
    assert not missing.parent.exists()
