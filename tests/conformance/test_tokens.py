"""The tokens of messages and of their session agree, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from sessiontui.domain.message import Message, Role
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.store import Capability
from sessiontui.services.backend_registry import backend_class
from tests.building import text_message
from tests.conformance.stores import SAMPLES, START
from tests.conformance.test_every_backend import formats_with

BY_MESSAGE = {"claude-code", "codex", "hermes-bot", "memory"}
"""The formats that tell what each message took; others know of whole sessions only, or nothing.

The transcripts of hermes-bot are written by Claude Code; it does not count itself.
"""
TALK = (("one", None), ("two", 1_200), ("three", None), ("four", 34))


def counts_tokens(name: str) -> bool:
    return Capability.TOKENS in backend_class(name).capabilities


def spent(text: str, tokens: int | None) -> Message:
    role = Role.USER if tokens is None else Role.ASSISTANT
    return text_message(role, text, START).replace(tokens=tokens)


def put(folder: Path, name: str, *messages: Message) -> tuple[int | None, list[int | None]]:
    """The tokens of a session of 1,234 that the backend wrote, and those of its messages."""
    sample = SAMPLES[name](folder)
    backend, key = sample.backend, sample.keys[0]
    session = Session(
        ref=SessionRef(backend.store_id, key),
        format=backend.format,
        created_at=START,
        last_activity=START,
        tokens=1_234,
    )
    backend.put(session, messages)
    found = backend.get(key)
    assert found is not None
    read = [message.tokens for message in backend.messages(key)]
    backend.close()
    return found.tokens, read


@pytest.mark.parametrize("name", sorted(BY_MESSAGE))
def test_what_each_message_took_is_read_again(name: str, tmp_path: Path) -> None:
    whole, each = put(tmp_path, name, *(spent(*words) for words in TALK))
    assert each == [tokens for _, tokens in TALK]
    assert whole == (1_234 if counts_tokens(name) else None)


@pytest.mark.parametrize("name", sorted(BY_MESSAGE))
def test_what_is_known_of_the_whole_is_not_made_up_for_each(name: str, tmp_path: Path) -> None:
    whole, each = put(tmp_path, name, spent("one", None), text_message(Role.ASSISTANT, "two"))
    assert whole == (1_234 if counts_tokens(name) else None)
    # Some formats have no other place to write it down.
    assert each in ([None, None], [None, 1_234])


@pytest.mark.parametrize("name", formats_with(Capability.PUT, without=tuple(BY_MESSAGE)))
def test_where_messages_have_none_the_session_may_have_some(name: str, tmp_path: Path) -> None:
    whole, each = put(tmp_path, name, *(spent(*words) for words in TALK))
    assert set(each) <= {None}
    assert (whole is not None) == counts_tokens(name)
