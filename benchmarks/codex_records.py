"""A conversation in the lines of a Codex 0.169 rollout, with every text and result twice."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

from benchmarks.conversations import Conversation, Step, Turn
from benchmarks.prose import Prose, new_focus, project_names
from benchmarks.record_values import quoted, stamp, timed_id

VERSION = "0.169.0"
MODEL = "gpt-5.4-codex"


def _instructions(topic: str, length: int) -> str:
    """Text that is in every session and is no conversation."""
    chance = random.Random(f"instructions {topic}")
    names = project_names(chance, topic)
    return quoted(Prose(chance, new_focus(chance, topic, names, "english")).text(length))


_BASE = _instructions("compiler", 18_000)
_DEVELOPER = _instructions("testing", 6_000)
_WORLD = _instructions("deploy", 5_000)


def rollout_name(conversation: Conversation) -> str:
    """The path of a session's file below `sessions`."""
    at = datetime.fromtimestamp(conversation.began, UTC)
    return f"{at:%Y/%m/%d}/rollout-{at:%Y-%m-%dT%H-%M-%S}-{conversation.native_id}.jsonl"


class CodexRecords:
    """Makes the lines of one rollout, in the order in which the program writes them."""

    def __init__(self, conversation: Conversation, chance: random.Random) -> None:
        self._conversation = conversation
        self._chance = chance
        self._id = conversation.native_id
        self._cwd = quoted(conversation.workspace)
        self._url = f"file://{quote(conversation.workspace)}"
        self._at = conversation.began
        self._ordinal = 0
        self._sequence = 1
        self._turn_id = ""
        self._spent = 0
        self._size = 0

    @property
    def last(self) -> float:
        """The time of the last record."""
        return self._at

    def lines(self) -> Iterator[str]:
        """All lines, until the size is reached or the turns end."""
        talk = self._conversation
        yield self._head()
        for number, turn in enumerate(talk.turns):
            yield from self._turn(turn, number)
            if self._is_full():
                break
            self._at += self._chance.uniform(20, 900)

    def _line(self, kind: str, payload: str, metadata: str = "") -> str:
        line = (
            f'{{"timestamp":"{stamp(self._at)}","ordinal":{self._ordinal},"type":"{kind}",'
            f'"payload":{{{payload}}}{metadata}}}\n'
        )
        self._ordinal += 1
        self._size += len(line)
        self._at += 0.004
        return line

    def _is_full(self) -> bool:
        size = self._conversation.size
        return size is not None and self._size >= size

    def _head(self) -> str:
        git = f'{{"commit_hash":"{self._chance.getrandbits(160):040x}","branch":'
        return self._line(
            "session_meta",
            f'"account_scoped":true,"session_id":"{self._id}","id":"{self._id}",'
            f'"timestamp":"{stamp(self._at)}","cwd":{self._cwd},'
            f'"runtime_workspace_roots":[{self._cwd}],"originator":"codex-tui",'
            f'"cli_version":"{VERSION}","source":"vscode","thread_source":"user",'
            f'"model_provider":"openai","base_instructions":{{"text":{_BASE}}},'
            f'"history_mode":"paginated","git":{git}{quoted(self._conversation.branch)}}}',
        )

    def _turn(self, turn: Turn, number: int) -> Iterator[str]:
        began = self._at
        self._turn_id = timed_id(self._chance, began)
        turn_ids = f'"turn_id":"{self._turn_id}","root_turn_id":"{self._turn_id}"'
        yield self._line(
            "event_msg",
            f'"type":"task_started",{turn_ids},"started_at":{int(began)},'
            '"model_context_window":258400,"collaboration_mode_kind":"default"',
        )
        if number == 0:
            yield from self._context()
        yield self._line(
            "turn_context",
            f'{turn_ids},"disabled_plugin_ids":[],"cwd":{self._cwd},"approval_policy":"on-request",'
            f'"approvals_reviewer":"user","permission_profile":{{"type":"disabled"}},'
            f'"model":"{MODEL}","collaboration_mode":{{"mode":"default","settings":{{"model":'
            f'"{MODEL}","reasoning_effort":"medium","developer_instructions":null}}}},'
            '"multi_agent_version":"v1","realtime_active":false,"summary":"none",'
            '"sandbox_policy":{"type":"workspace-write"}',
        )
        prompt = quoted(turn.prompt)
        yield self._message("user", "input_text", prompt, "user.text", "user")
        yield self._completed(
            f'"type":"UserMessage","id":"{timed_id(self._chance, self._at)}","content":'
            f'[{{"type":"text","text":{prompt},"text_elements":[]}}]'
        )
        for step in turn.steps:
            if self._is_full():
                break
            yield from self._step(step)
        yield from self._spoken(turn.answer)
        yield self._tokens()
        yield self._line(
            "event_msg",
            f'"type":"task_complete","root_turn_id":"{self._turn_id}","turn_id":"{self._turn_id}",'
            f'"last_agent_message":{quoted(turn.answer)},"started_at":{int(began)},'
            f'"completed_at":{int(self._at)},"duration_ms":{int(1000 * (self._at - began))},'
            '"time_to_first_token_ms":640',
        )

    def _context(self) -> Iterator[str]:
        yield self._message("developer", "input_text", _DEVELOPER, "skills.list", "harness")
        surroundings = quoted(
            f"<environment_context>\n  <cwd>{self._conversation.workspace}</cwd>\n"
            "  <shell>bash</shell>\n  <timezone>Etc/UTC</timezone>\n</environment_context>"
        )
        yield self._message(
            "user", "input_text", surroundings, "environments.environment_context", "harness"
        )
        yield self._line(
            "world_state",
            f'"full":true,"state":{{"agents_md":{{}},"host_skills":{{"body":{_WORLD}}}}}',
        )

    def _step(self, step: Step) -> Iterator[str]:
        """One call: the model's item, the program's twin of it with the output, the output."""
        chance = self._chance
        if step.thinking:
            summary = quoted(step.thinking)
            yield self._completed(
                f'"type":"Reasoning","id":"rs_{chance.getrandbits(80):020x}","summary_text":'
                f'[{summary}],"raw_content":[]'
            )
            yield self._item(
                f'"type":"reasoning","id":"rs_{chance.getrandbits(80):020x}","summary":'
                f'[{{"type":"summary_text","text":{summary}}}],"content":null,'
                f'"encrypted_content":"{chance.getrandbits(3200):0800x}",{self._passed()}'
            )
        if step.text:
            yield from self._spoken(step.text)
        call = f"call_{chance.getrandbits(96):024x}"
        command = step.target if step.tool == "Bash" else f"sed -n '1,200p' {step.target}"
        given = json.dumps({"cmd": command}, ensure_ascii=False)
        yield self._item(
            f'"type":"function_call","status":"completed","id":"fc_{call}","name":"exec_command",'
            f'"arguments":{quoted(given)},"call_id":"{call}",{self._passed()}'
        )
        took = chance.uniform(0.1, 25.0)
        started = int(1000 * self._at)
        self._at += took
        shell = quoted(command)
        yield self._completed(
            f'"type":"CommandExecution","id":"{call}","process_id":"{chance.randrange(99_999)}",'
            f'"command":["/bin/bash","-lc",{shell}],"cwd":"{self._url}","parsed_cmd":'
            f'[{{"type":"unknown","cmd":{shell}}}],"source":"unified_exec_startup",'
            f'"status":"completed","aggregated_output":"{step.output}\\n","exit_code":0,'
            f'"duration":{{"secs":{int(took)},"nanos":5999}}',
            started,
        )
        yield self._item(
            f'"type":"function_call_output","id":"fco_{chance.getrandbits(80):020x}","call_id":'
            f'"{call}","output":"Chunk ID: {chance.getrandbits(24):06x}\\nWall time: {took:.4f} '
            f"seconds\\nProcess exited with code 0\\nOriginal token count: "
            f'{len(step.output) // 4}\\nOutput:\\n{step.output}\\n",{self._passed()}'
        )
        yield self._tokens()

    def _spoken(self, text: str) -> Iterator[str]:
        spoken, message = quoted(text), f"msg_{self._chance.getrandbits(96):024x}"
        yield self._completed(
            f'"type":"AgentMessage","id":"{message}","content":[{{"type":"Text","text":{spoken}}}]'
        )
        self._at += self._chance.uniform(0.2, 6.0)
        yield self._item(
            f'"type":"message","status":"completed","id":"{message}","role":"assistant","content":'
            f'[{{"type":"output_text","text":{spoken},"annotations":[]}}],{self._passed()}'
        )

    def _message(self, role: str, block: str, text: str, kind: str, source: str) -> str:
        return self._item(
            f'"type":"message","id":"msg_{timed_id(self._chance, self._at)}","role":"{role}",'
            f'"content":[{{"type":"{block}","text":{text}}}],'
            f'"internal_chat_message_metadata_passthrough":{{"turn_id":"{self._turn_id}",'
            f'"create_time":{self._at:.3f},"content_item_kinds":["{kind}"],'
            f'"content_item_metadata":[{{"provenance":{{"type":"{source}"}}}}]}}'
        )

    def _passed(self) -> str:
        return f'"internal_chat_message_metadata_passthrough":{{"turn_id":"{self._turn_id}"}}'

    def _item(self, payload: str) -> str:
        self._sequence += 1
        return self._line(
            "response_item",
            payload,
            f',"metadata":{{"history_sequence":{self._sequence},"client_authored":false}}',
        )

    def _completed(self, item: str, started: int | None = None) -> str:
        now = int(1000 * self._at)
        return self._line(
            "event_msg",
            f'"type":"item_completed","thread_id":"{self._id}","turn_id":"{self._turn_id}",'
            f'"item":{{{item}}},"started_at_ms":{started or now},"completed_at_ms":{now}',
        )

    def _tokens(self) -> str:
        used = self._chance.randrange(500, 9_000)
        self._spent += used
        usage = (
            '{{"input_tokens":{0},"cached_input_tokens":{0},"cache_write_input_tokens":0,'
            '"output_tokens":211,"reasoning_output_tokens":0,"total_tokens":{0}}}'
        )
        return self._line(
            "event_msg",
            f'"type":"token_count","info":{{"total_token_usage":{usage.format(self._spent)},'
            f'"last_token_usage":{usage.format(used)},"model_context_window":258400}},'
            '"rate_limits":{"limit_id":"codex","limit_name":null,"primary":null,"secondary":null}',
        )
