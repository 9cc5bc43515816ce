"""Messages as lines of a Codex rollout, in the shape of version 0.169: for demo stores and tests.

What is said stands there twice, as in a real one: for the model (a response item) and for the
screen (a completed item). Reading gives one message for each thought, text and call.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sessiontui.domain.errors import Unsupported
from sessiontui.domain.message import Block, MediaBlock, Message, Role, ToolCallBlock
from sessiontui.domain.session import Session, SessionState
from sessiontui.domain.store import Capability

INTERRUPTED = "The turn was interrupted"
"""The note of the system that is stored as the end of a turn."""
_VERSION = "0.169.0"
_WINDOW = 272_000
_MOST_MEDIA_BYTES = 30_000
_FAILED = re.compile(r"Process exited with code (-?[0-9]{1,9})\n")
_UNSAFE = re.compile(r"[^A-Za-z0-9/._~-]")


def rollout_of(session: Session, messages: Iterable[Message]) -> bytes:
    """A whole rollout; images get zeros for their bytes and lose their names.

    A turn begins with each prompt. The last one stays open where the session runs or has an open
    turn, or where its last message is no answer. A failed tool result without an exit code gets 1.
    Raises `Unsupported` for what a rollout cannot hold: a note of the system other than
    `INTERRUPTED`, a user's message that nobody typed, a damaged or opaque block.
    """
    lines = _Lines(session)
    spoken = tuple(messages)
    for message in spoken:
        _refuse_unfit(message)
    lines.add_origin()
    starts = [place for place, message in enumerate(spoken) if message.human]
    bounds = [0, *(place for place in starts if place), len(spoken)]
    for start, stop in pairwise(bounds):
        if start < stop:
            lines.add_turn(spoken[start:stop], is_last=stop == len(spoken))
    return b"".join(lines.written)


def index_line(session: Session, at: datetime) -> bytes:
    """The line of the index of names that gives a session its title."""
    entry = {"id": session.ref.key, "thread_name": session.title, "updated_at": _stamp(at)}
    return _json(entry).encode("utf-8", "replace") + b"\n"


def began(session: Session, messages: Sequence[Message]) -> datetime:
    """When a session began, as far as it or its messages tell; else now."""
    times = (message.created_at for message in messages if message.created_at)
    return session.created_at or next(times, None) or datetime.now(UTC)


class _Lines:
    """The lines written so far, and the time of the last one."""

    def __init__(self, session: Session) -> None:
        self.written: list[bytes] = []
        self._session = session
        self._key = session.ref.key
        self._at = began(session, ())
        self._turn = ""
        self._turns = 0
        self._spent = 0
        self._calls: dict[str, ToolCallBlock] = {}

    def add_origin(self) -> None:
        """The first line: whose rollout it is."""
        session = self._session
        about: dict[str, Any] = {
            "session_id": self._key,
            "id": self._key,
            "timestamp": _stamp(self._at),
            "cwd": str(session.workspace or "/"),
            "originator": "codex-tui",
            "cli_version": _VERSION,
            "source": "vscode",
            "model_provider": "openai",
            "history_mode": "paginated",
        }
        if session.parent is not None:
            about["forked_from_id"] = session.parent.key
        git = {"branch": session.branch, "repository_url": session.repo}
        if any(git.values()):
            about["git"] = {name: value for name, value in git.items() if value}
        self._add("session_meta", about)

    def add_turn(self, messages: Sequence[Message], *, is_last: bool) -> None:
        """What one prompt led to."""
        self._turns += 1
        self._turn = self._id("turn", self._turns)
        self._at = messages[0].created_at or self._at
        started = int(self._at.timestamp())
        begun = {"type": "task_started", "turn_id": self._turn, "started_at": started}
        self._add("event_msg", {**begun, "model_context_window": _WINDOW})
        models = (message.model for message in messages if message.model)
        model = next(models, self._session.model)
        context = {"turn_id": self._turn, "cwd": str(self._session.workspace or "/")}
        self._add("turn_context", {**context, **({"model": model} if model else {})})
        for message in messages:
            self._at = message.created_at or self._at
            self._add_message(message)
            if message.tokens:
                self._count(message.tokens)
        if is_last and self._session.tokens and not self._spent:
            self._count(self._session.tokens)
        answer = _answer_of(messages[-1])
        is_open = is_last and (answer is None or self._is_running())
        if messages[-1].role is not Role.SYSTEM and not is_open:
            self._event("task_complete", turn_id=self._turn, last_agent_message=answer)

    def _count(self, tokens: int) -> None:
        self._spent += tokens
        sums = {"total_token_usage": self._spent, "last_token_usage": tokens}
        told = {name: {"input_tokens": n, "total_tokens": n} for name, n in sums.items()}
        self._event("token_count", info=told, rate_limits=None)

    def _is_running(self) -> bool:
        session = self._session
        return session.turn_open is True or session.state is SessionState.RUNNING

    def _add_message(self, message: Message) -> None:
        match message.role:
            case Role.USER:
                self._add_prompt(message)
            case Role.SYSTEM:
                self._event("turn_aborted", turn_id=self._turn, reason="interrupted")
            case Role.OTHER:
                said = {"type": "agent_message", "author": message.author or "agent"}
                content = list(map(_part, message.blocks))
                self._item({**said, "recipient": "root", "content": content})
            case _:
                for block in message.blocks:
                    self._add_block(block)

    def _add_prompt(self, message: Message) -> None:
        own = self._next_id()
        parts = list(map(_part, message.blocks))
        passed = {
            "turn_id": self._turn,
            "content_item_kinds": [_kind_of(block) for block in message.blocks],
            "content_item_metadata": [{"provenance": {"type": "user"}} for _ in parts],
        }
        said = {"type": "message", "id": f"msg_{own}", "role": "user", "content": parts}
        self._item({**said, "internal_chat_message_metadata_passthrough": passed})
        shown = [
            {"type": "text", "text": block.text, "text_elements": []}
            if block.kind == "text"
            else {"type": "image", "image_url": part.get("image_url", "")}
            for block, part in zip(message.blocks, parts, strict=True)
        ]
        self._completed({"type": "UserMessage", "id": own, "content": shown})

    def _add_block(self, block: Block) -> None:
        own = self._next_id()
        match block.kind:
            case "text":
                told = [{"type": "Text", "text": block.text}]
                self._completed({"type": "AgentMessage", "id": f"msg_{own}", "content": told})
                parts = [{"type": "output_text", "text": block.text, "annotations": []}]
                said = {"type": "message", "status": "completed", "id": f"msg_{own}"}
                self._item({**said, "role": "assistant", "content": parts})
            case "thinking":
                told_too = {"summary_text": [block.text], "raw_content": []}
                self._completed({"type": "Reasoning", "id": f"rs_{own}", **told_too})
                summary = [{"type": "summary_text", "text": block.text}]
                thought = {"type": "reasoning", "id": f"rs_{own}", "summary": summary}
                self._item({**thought, "content": None, "encrypted_content": ""})
            case "tool_call":
                self._add_call(block, own)
            case "tool_result":
                self._add_result(block.text, block.call_id or "", block.is_error, own)
            case _:
                said = {"type": "message", "id": f"msg_{own}", "role": "assistant"}
                self._item({**said, "content": [_part(block)]})

    def _add_call(self, block: ToolCallBlock, own: str) -> None:
        call_id, given = block.call_id or "", block.arguments
        self._calls[call_id] = block
        called: dict[str, Any] = {"status": "completed", "id": f"fc_{own}", "name": block.name}
        if isinstance(given, str):
            self._item({"type": "custom_tool_call", **called, "input": given, "call_id": call_id})
        else:
            asked = _json(given)
            self._item({"type": "function_call", **called, "arguments": asked, "call_id": call_id})

    def _add_result(self, text: str, call_id: str, is_error: bool | None, own: str) -> None:
        call = self._calls.get(call_id)
        code, output = _exit_of(text, is_error)
        command = _command_of(call)
        if command is not None and code is not None:
            folder = _UNSAFE.sub(_percent, str(self._session.workspace or "/"))
            ran = {
                "command": ["/bin/bash", "-lc", command],
                "cwd": f"file://{folder}",
                "status": "failed" if code else "completed",
                "aggregated_output": output,
                "exit_code": code,
            }
            self._completed({"type": "CommandExecution", "id": call_id, **ran})
        if code is not None:
            # As Codex hands it to the model; the reader takes the header off again.
            tokens = -(-len(output) // 4)
            header = f"Chunk ID: {own[:6]}\nWall time: 0.0100 seconds\n"
            header += f"Process exited with code {code}\nOriginal token count: {tokens}\n"
            output = f"{header}Output:\n{output}"
        is_custom = call is not None and isinstance(call.arguments, str)
        kind = "custom_tool_call_output" if is_custom else "function_call_output"
        answered = {"type": kind, "id": f"fco_{own}", "call_id": call_id, "output": output}
        self._item(answered)

    def _item(self, payload: dict[str, Any]) -> None:
        self._add("response_item", payload)

    def _event(self, kind: str, **fields: object) -> None:
        self._add("event_msg", {"type": kind, **fields})

    def _completed(self, item: dict[str, Any]) -> None:
        at = int(self._at.timestamp() * 1000)
        self._event(
            "item_completed",
            thread_id=self._key,
            turn_id=self._turn,
            item=item,
            started_at_ms=at,
            completed_at_ms=at,
        )

    def _add(self, kind: str, payload: dict[str, Any]) -> None:
        line = {"timestamp": _stamp(self._at), "ordinal": len(self.written), "type": kind}
        text = _json({**line, "payload": payload})
        self.written.append(text.encode("utf-8", "replace") + b"\n")

    def _next_id(self) -> str:
        return self._id("item", len(self.written))

    def _id(self, what: str, number: int) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._key}/{what}/{number}"))


def _refuse_unfit(message: Message) -> None:
    if message.role is Role.USER and not message.human:
        raise _unfit("a user's message that nobody typed")
    if message.role is Role.SYSTEM:
        told = [block.text for block in message.blocks if block.kind == "text"]
        if told != [INTERRUPTED]:
            raise _unfit("this note of the system")
    fit = {"text", "media"}
    if message.role in (Role.ASSISTANT, Role.TOOL):
        fit |= {"thinking", "tool_call", "tool_result"}
    for block in message.blocks:
        if block.kind not in fit:
            raise _unfit(f"a {block.kind} block")


def _unfit(what: str) -> Unsupported:
    return Unsupported(Capability.PUT, f"a rollout of Codex cannot be given {what}")


def _answer_of(message: Message) -> str | None:
    """What an answer says that ends a turn; None when something is still to be done after it."""
    if message.role is not Role.ASSISTANT or not message.blocks:
        return None
    last = message.blocks[-1]
    return last.text if last.kind == "text" else None


def _command_of(call: ToolCallBlock | None) -> str | None:
    given = None if call is None else call.arguments
    command = given.get("cmd") if isinstance(given, dict) else None
    return command if isinstance(command, str) else None


def _exit_of(text: str, is_error: bool | None) -> tuple[int | None, str]:
    """The exit code of a tool, None where nothing tells, and what it printed."""
    if is_error is None:
        return None, text
    found = _FAILED.match(text) if is_error else None
    if found is not None and int(found[1]):
        return int(found[1]), text[found.end() :]
    return int(is_error), text


def _kind_of(block: Block) -> str:
    return "user.text" if block.kind == "text" else "user.image"


def _part(block: Block) -> dict[str, Any]:
    if block.kind == "text":
        return {"type": "input_text", "text": block.text}
    assert block.kind == "media"  # others were refused
    return _media(block)


def _media(block: MediaBlock) -> dict[str, Any]:
    """An image or a file; its bytes, which are not known, become zeros of its size."""
    media_type = block.media_type or "image/png"
    thirds = -(-min(block.size_bytes or 3, _MOST_MEDIA_BYTES) // 3)
    address = f"data:{media_type};base64,{'AAAA' * thirds}"
    if media_type.startswith("image/"):
        return {"type": "input_image", "image_url": address, "detail": "auto"}
    return {"type": "input_file", "filename": block.name or "file", "file_data": address}


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
