"""A conversation in the records of Claude Code 2.1: key order, split messages, doubled results."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from benchmarks.conversations import Conversation, Step, Turn
from benchmarks.prose import Prose, new_focus, project_names
from benchmarks.record_values import new_id, quoted, stamp

VERSION = "2.1.197"
MODEL = "claude-opus-4-8"


def _skills() -> str:
    """What a session is told about skills at its start; some kilobytes that nobody searches."""
    chance = random.Random("skills")
    names = project_names(chance, "testing")
    prose = Prose(chance, new_focus(chance, "testing", names, "english"))
    return "\n".join(f"- {name}: {prose.text(160)}" for name in names[:18])


_SKILLS = f'{{"type":"skill_listing","content":{quoted(_skills())},"isInitial":true}}'


class ClaudeRecords:
    """Makes the lines of one session, in the order in which the program writes them."""

    def __init__(self, conversation: Conversation, chance: random.Random) -> None:
        self._conversation = conversation
        self._chance = chance
        self._session = conversation.native_id
        self._parent = "null"
        self._at = conversation.began
        self._tail = (
            f'"userType":"external","entrypoint":"cli","cwd":{quoted(conversation.workspace)},'
            f'"sessionId":"{self._session}","version":"{VERSION}",'
            f'"gitBranch":{quoted(conversation.branch)}}}\n'
        )
        self._size = 0

    def lines(self) -> Iterator[str]:
        """All lines, until the size is reached or the turns end."""
        talk = self._conversation
        title = talk.title
        yield self._metadata("mode", "mode", "normal")
        yield self._metadata("permission-mode", "permissionMode", "default")
        if talk.named is not None:
            yield self._metadata("custom-title", "customTitle", talk.named)
            yield self._metadata("agent-name", "agentName", talk.named)
        for number, turn in enumerate(talk.turns):
            yield from self._turn(turn, number, title if number == 0 else None)
            if self._is_full():
                break
            self._at += self._chance.uniform(20, 900)
        if title is not None:
            yield self._metadata("ai-title", "aiTitle", title)

    @property
    def last(self) -> float:
        """The time of the last record."""
        return self._at

    def _turn(self, turn: Turn, number: int, title: str | None) -> Iterator[str]:
        chance, prompt_id = self._chance, new_id(self._chance)
        first = new_id(chance)
        yield (
            f'{{"type":"file-history-snapshot","messageId":"{first}","snapshot":{{"messageId":'
            f'"{first}","trackedFileBackups":{{}},"timestamp":"{stamp(self._at)}"}},'
            '"isSnapshotUpdate":false}\n'
        )
        if chance.random() < 0.1:
            queued = f'"timestamp":"{stamp(self._at)}","sessionId":"{self._session}"'
            content = quoted(turn.prompt)
            yield (
                f'{{"type":"queue-operation","operation":"enqueue",{queued},"content":{content}}}\n'
            )
            yield f'{{"type":"queue-operation","operation":"dequeue",{queued}}}\n'
        yield self._chained(
            f'"promptId":"{prompt_id}","type":"user","message":{{"role":"user","content":'
            f"{quoted(turn.prompt)}}}",
            '"permissionMode":"default","origin":{"kind":"human"},"promptSource":"typed",',
            first,
        )
        if number == 0:
            yield self._chained(f'"attachment":{_SKILLS},"type":"attachment"')
        if title is not None:
            yield self._metadata("ai-title", "aiTitle", title)
        for step in turn.steps:
            if self._is_full():
                break
            yield from self._step(step, prompt_id)
        yield self._assistant(self._message_id(), [_text(turn.answer)], "end_turn")
        yield self._chained(
            f'"type":"system","subtype":"turn_duration","durationMs":{chance.randrange(90_000)},'
            f'"messageCount":{2 * len(turn.steps) + 2}',
            '"isMeta":false,',
        )
        last = quoted(turn.prompt[:200])
        yield (
            f'{{"type":"last-prompt","lastPrompt":{last},"leafUuid":{self._parent},'
            f'"sessionId":"{self._session}"}}\n'
        )

    def _step(self, step: Step, prompt_id: str) -> Iterator[str]:
        """One call: an assistant message split over records, then its result."""
        chance, message = self._chance, self._message_id()
        if step.thinking:
            signature = f"{chance.getrandbits(2400):0600x}"
            thinking = f'{{"type":"thinking","thinking":{quoted(step.thinking)}'
            yield self._assistant(message, [f'{thinking},"signature":"{signature}"}}'], "tool_use")
        if step.text:
            yield self._assistant(message, [_text(step.text)], "tool_use")
        call = f"toolu_01{chance.getrandbits(88):022x}"
        given = json.dumps(_input(step), ensure_ascii=False, separators=(",", ":"))
        yield self._assistant(
            message,
            [f'{{"type":"tool_use","id":"{call}","name":"{step.tool}","input":{given}}}'],
            "tool_use",
        )
        caller = self._parent
        self._at += chance.uniform(0.1, 25.0)
        yield self._chained(
            f'"promptId":"{prompt_id}","type":"user","message":{{"role":"user","content":['
            f'{{"tool_use_id":"{call}","type":"tool_result","content":"{step.output}"'
            f"{_no_error(step)}}}]}}",
            f'"toolUseResult":{_twin(step)},"sourceToolAssistantUUID":{caller},',
        )

    def _assistant(self, message: str, blocks: list[str], stop: str) -> str:
        self._at += self._chance.uniform(0.2, 6.0)
        written = self._chance.randrange(20, 2_000)
        return self._chained(
            f'"message":{{"model":"{MODEL}","id":"{message}","type":"message","role":"assistant",'
            f'"content":[{",".join(blocks)}],"stop_reason":"{stop}","stop_sequence":null,'
            f'"usage":{{"input_tokens":4,"cache_creation_input_tokens":{3 * written},'
            f'"cache_read_input_tokens":{20 * written},"output_tokens":{written},'
            '"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0},'
            '"service_tier":"standard","cache_creation":{"ephemeral_1h_input_tokens":0,'
            f'"ephemeral_5m_input_tokens":{3 * written}}},"inference_geo":"","iterations":[],'
            '"speed":"standard"},"stop_details":null},'
            f'"requestId":"req_{message[6:]}","type":"assistant"'
        )

    def _message_id(self) -> str:
        return f"msg_01{self._chance.getrandbits(88):022x}"

    def _chained(self, middle: str, after: str = "", own: str | None = None) -> str:
        """A record of the chain; the next one names it as its parent."""
        own = own or new_id(self._chance)
        self._at += 0.013
        line = (
            f'{{"parentUuid":{self._parent},"isSidechain":false,{middle},"uuid":"{own}",'
            f'"timestamp":"{stamp(self._at)}",{after}{self._tail}'
        )
        self._parent = f'"{own}"'
        self._size += len(line)
        return line

    def _is_full(self) -> bool:
        size = self._conversation.size
        return size is not None and self._size >= size

    def _metadata(self, kind: str, key: str, value: str) -> str:
        return f'{{"type":"{kind}","{key}":{quoted(value)},"sessionId":"{self._session}"}}\n'


def _text(text: str) -> str:
    return f'{{"type":"text","text":{quoted(text)}}}'


def _input(step: Step) -> dict[str, str]:
    match step.tool:
        case "Read":
            return {"file_path": step.target}
        case "Grep":
            return {"pattern": step.target, "path": "src", "output_mode": "content"}
        case _:
            return {"command": step.target, "description": f"Run {step.target.split()[0]}"}


def _no_error(step: Step) -> str:
    return ',"is_error":false' if step.tool == "Bash" else ""


def _twin(step: Step) -> str:
    """The structured twin of a result."""
    match step.tool:
        case "Read":
            lines = step.output.count("\\n") + 1
            return (
                f'{{"type":"text","file":{{"filePath":{quoted(step.target)},"content":'
                f'"{step.output}","numLines":{lines},"startLine":1,"totalLines":{lines}}}}}'
            )
        case "Grep":
            return (
                f'{{"mode":"content","numFiles":0,"filenames":[],"content":"{step.output}",'
                '"numLines":40}'
            )
        case _:
            return (
                f'{{"stdout":"{step.output}","stderr":"","interrupted":false,"isImage":false,'
                '"noOutputExpected":false}'
            )
