"""The JSON of the outer contract as JSON schemas: one per kind, nothing more allowed than known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
MAYBE_FLAG: Schema = {"type": ["boolean", "null"]}
COUNT: Schema = {"type": "integer", "minimum": 0}
MAYBE_COUNT: Schema = {"type": ["integer", "null"], "minimum": 0}
TIME: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$",
}
MAYBE_TIME: Schema = {"anyOf": [TIME, {"type": "null"}]}
REF: Schema = {"type": "string", "pattern": "^[^:]+:"}
MAYBE_REF: Schema = {"anyOf": [REF, {"type": "null"}]}


def obj(properties: Mapping[str, Schema]) -> Schema:
    """An object with exactly these keys: what is absent is null, never missing."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def array(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def one_of(*values: str) -> Schema:
    """One of these words."""
    return {"enum": list(values)}


PROBLEM = obj({"store": MAYBE_TEXT, "ref": MAYBE_TEXT, "title": TEXT, "hint": TEXT})


def envelope(kind: str, item: Schema, **extra: Schema) -> Schema:
    """The object around the items of one kind."""
    return obj(
        {
            "schema": {"const": 1},
            "kind": {"const": kind},
            **extra,
            "items": array(item),
            "total": MAYBE_COUNT,
            "next_offset": MAYBE_COUNT,
            "problems": array(PROBLEM),
        }
    )


STORE = obj(
    {
        "id": {"type": "string", "pattern": "^[^:]+$"},
        "format": TEXT,
        "path": TEXT,
        "available": FLAG,
        "writable": FLAG,
        "sessions": MAYBE_COUNT,
        "size_bytes": MAYBE_COUNT,
        "format_version": MAYBE_TEXT,
        "capabilities": array(TEXT),
        "why_not": {"type": "object", "additionalProperties": TEXT},
        "problem": MAYBE_TEXT,
    }
)

STATUS = one_of("waiting", "running", "stuck", "interrupted", "error", "idle", "unknown", "gone")

SESSION = obj(
    {
        "ref": REF,
        "store": TEXT,
        "format": TEXT,
        "key": TEXT,
        "native_id": MAYBE_TEXT,
        "title": MAYBE_TEXT,
        "title_source": one_of("store", "local", "derived"),
        "created_at": MAYBE_TIME,
        "last_activity": MAYBE_TIME,
        "message_count": MAYBE_COUNT,
        "state": one_of("idle", "running", "error", "unknown"),
        "verdict": obj({"status": STATUS, "evidence": array(TEXT), "since": MAYBE_TIME}),
        "turn_id": MAYBE_TEXT,
        "turn_started_at": MAYBE_TIME,
        "agent": MAYBE_TEXT,
        "model": MAYBE_TEXT,
        "workspace": MAYBE_TEXT,
        "repo": MAYBE_TEXT,
        "branch": MAYBE_TEXT,
        "channel": MAYBE_TEXT,
        "room": MAYBE_TEXT,
        "sender": MAYBE_TEXT,
        "thread": MAYBE_TEXT,
        "turns": {"type": ["integer", "null"]},
        "tokens": {"type": ["integer", "null"]},
        "size_bytes": MAYBE_COUNT,
        "parent": MAYBE_REF,
        "live": MAYBE_FLAG,
        "resume": {"anyOf": [array(TEXT), {"type": "null"}]},
        "resume_dir": MAYBE_TEXT,
        "problem": MAYBE_TEXT,
    }
)


def _block(kind: str, **fields: Schema) -> Schema:
    return obj({"kind": {"const": kind}, **fields})


BLOCK: Schema = {
    "oneOf": [
        _block("text", text=TEXT),
        _block("thinking", text=TEXT),
        _block("tool_call", call_id=MAYBE_TEXT, name=TEXT, arguments={}),
        _block("tool_result", call_id=MAYBE_TEXT, text=TEXT, is_error=MAYBE_FLAG),
        _block("media", media_type=MAYBE_TEXT, name=MAYBE_TEXT, size_bytes=MAYBE_COUNT),
        _block("damaged", where=TEXT, reason=TEXT, raw=TEXT),
        _block("opaque", type_name=TEXT, data={}),
    ]
}

MESSAGE = obj(
    {
        "index": COUNT,
        "role": one_of("user", "assistant", "system", "tool", "other"),
        "human": FLAG,
        "at": MAYBE_TIME,
        "author": MAYBE_TEXT,
        "model": MAYBE_TEXT,
        "native_id": MAYBE_TEXT,
        "parent_id": MAYBE_TEXT,
        "tokens": MAYBE_COUNT,
        "blocks": array(BLOCK),
    }
)

HIT = obj(
    {
        "message_index": MAYBE_COUNT,
        "role": MAYBE_TEXT,
        "at": MAYBE_TIME,
        "tier": one_of("title", "text", "tools"),
        "snippet": TEXT,
        "matches": array({"type": "array", "items": COUNT, "minItems": 2, "maxItems": 2}),
    }
)

SESSION_HITS = obj(
    {
        "ref": REF,
        "format": TEXT,
        "title": TEXT,
        "last_activity": MAYBE_TIME,
        "workspace": MAYBE_TEXT,
        "score": {"type": "number"},
        "hit_count": COUNT,
        "hit_count_exact": FLAG,
        "hits": array(HIT),
    }
)

_REPORT: dict[str, Schema] = {
    "action": one_of("rename", "clear", "delete", "cure", "undo"),
    "done": array(REF),
    "skipped": array(obj({"ref": TEXT, "reason": TEXT})),
    "undo_id": MAYBE_TEXT,
    "freed_bytes": MAYBE_COUNT,
    "dry_run": FLAG,
    "removed_messages": MAYBE_COUNT,
    "notes": array(TEXT),
}

JOURNAL_ENTRY = obj(
    {
        "id": TEXT,
        "at": TIME,
        "action": TEXT,
        "refs": array(REF),
        "size_bytes": COUNT,
        "undoable": FLAG,
        "problem": MAYBE_TEXT,
        "titles": array(TEXT),
    }
)

EVENT = obj(
    {
        "kind": one_of("appeared", "changed", "vanished", "indexing", "failed"),
        "store": TEXT,
        "refs": array(REF),
        "at": TIME,
        "problem": MAYBE_TEXT,
        "done": MAYBE_COUNT,
        "total": MAYBE_COUNT,
    }
)

TIER = obj(
    {
        "complete": FLAG,
        "off": FLAG,
        "items": COUNT,
        "pending_sessions": COUNT,
        "size_bytes": MAYBE_COUNT,
    }
)

INDEX = obj(
    {
        "path": TEXT,
        "size_bytes": COUNT,
        "limit_bytes": COUNT,
        "generation": COUNT,
        "sessions": COUNT,
        "text": TIER,
        "tools": TIER,
        "problem": MAYBE_TEXT,
    }
)

DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
MAYBE_DAY: Schema = {"anyOf": [DAY, {"type": "null"}]}
_AMOUNTS: dict[str, Schema] = {
    "sessions": COUNT,
    "messages": MAYBE_COUNT,
    "size_bytes": MAYBE_COUNT,
    "tokens": MAYBE_COUNT,
}
_PERIOD = obj(
    {"start": DAY, "begun": COUNT, "active": COUNT, "texts": COUNT, "undated_texts": COUNT}
)
_GROUPS = obj(
    {
        "items": array(obj({"name": MAYBE_TEXT, **_AMOUNTS})),
        "others": {"anyOf": [obj({"values": COUNT, **_AMOUNTS}), {"type": "null"}]},
    }
)
_TOP_SESSION = obj(
    {
        "ref": REF,
        "title": TEXT,
        "format": TEXT,
        "agent": MAYBE_TEXT,
        "workspace": MAYBE_TEXT,
        "model": MAYBE_TEXT,
        "status": STATUS,
        "created_at": MAYBE_TIME,
        "last_activity": MAYBE_TIME,
        "message_count": MAYBE_COUNT,
        "size_bytes": MAYBE_COUNT,
        "tokens": MAYBE_COUNT,
        "seconds": {"type": ["number", "null"], "minimum": 0},
    }
)

STATS = obj(
    {
        "query": TEXT,
        "corrected": MAYBE_TEXT,
        "since": MAYBE_TIME,
        "until": MAYBE_TIME,
        "zone": TEXT,
        **_AMOUNTS,
        "begun": COUNT,
        "texts": COUNT,
        "undated_texts": COUNT,
        "untimed_sessions": COUNT,
        "pending_sessions": COUNT,
        "first_day": MAYBE_DAY,
        "last_day": MAYBE_DAY,
        "days": obj(
            {
                "at_work": COUNT,
                "current_streak": COUNT,
                "longest_streak": COUNT,
                "longest_streak_end": MAYBE_DAY,
                "busiest": {"anyOf": [_PERIOD, {"type": "null"}]},
            }
        ),
        "by": one_of("day", "week", "month", "year"),
        "periods": array(_PERIOD),
        "hours": {
            **array({**array(COUNT), "minItems": 24, "maxItems": 24}),
            "minItems": 7,
            "maxItems": 7,
        },
        "busiest_hours": array(
            obj(
                {
                    "weekday": {"type": "integer", "minimum": 0, "maximum": 6},
                    "hour": {"type": "integer", "minimum": 0, "maximum": 23},
                    "texts": {"type": "integer", "minimum": 1},
                }
            )
        ),
        "groups": obj(
            dict.fromkeys(("agent", "workspace", "model", "format", "store", "status"), _GROUPS)
        ),
        "top": obj(dict.fromkeys(("size", "messages", "tokens", "time"), array(_TOP_SESSION))),
    }
)

ERROR: Schema = {
    **obj(
        {
            "schema": {"const": 1},
            "kind": {"const": "error"},
            "code": {"enum": [1, 2, 3, 4, 5]},
            "title": {"type": "string", "minLength": 1},
            "hint": TEXT,
            "ref": MAYBE_TEXT,
        }
    ),
    "additionalProperties": {},
}

TRANSCRIPT = envelope("transcript", MESSAGE, session=SESSION)

SCHEMAS: dict[str, Schema] = {
    "stores": envelope("stores", STORE),
    "sessions": envelope("sessions", SESSION),
    "transcript": TRANSCRIPT,
    "transcripts": envelope("transcripts", TRANSCRIPT),
    "hits": envelope("hits", SESSION_HITS, corrected=MAYBE_TEXT),
    "report": envelope("report", obj(_REPORT), **_REPORT),
    "journal": envelope("journal", JOURNAL_ENTRY),
    "index": envelope("index", INDEX),
    "stats": envelope("stats", STATS),
    "settings": envelope("settings", obj({"name": TEXT, "value": {}, "origin": TEXT})),
    "paths": envelope("paths", obj({"name": TEXT, "path": TEXT, "exists": FLAG})),
    "checks": envelope("checks", obj({"title": TEXT, "hint": TEXT})),
    "actions": envelope("actions", obj({"id": TEXT, "keys": array(TEXT), "help": TEXT})),
    "exports": envelope(
        "exports",
        obj(
            {
                "refs": array(REF),
                "path": TEXT,
                "as": TEXT,
                "size_bytes": COUNT,
                "redacted": {"type": ["object", "null"], "additionalProperties": COUNT},
            }
        ),
    ),
    "resume": envelope(
        "resume",
        obj(
            {
                "ref": REF,
                "resume": array(TEXT),
                "resume_dir": MAYBE_TEXT,
                "against": array(obj({"title": TEXT, "hint": TEXT})),
            }
        ),
    ),
    "demo": envelope("demo", obj({"format": TEXT, "path": TEXT, "option": TEXT})),
    "error": ERROR,
}


def check(value: object, kind: str) -> dict[str, Any]:
    """Prove that a value is an object of a kind, and return it."""
    schema = {"event": EVENT, "message": MESSAGE}.get(kind) or SCHEMAS[kind]
    Draft202012Validator(schema).validate(value)
    assert isinstance(value, dict)
    return value
