"""What can be done with astrid's session files, why other things cannot, and what to know."""

from __future__ import annotations

from collections.abc import Mapping

from sessiontui.domain.store import Capabilities, Capability

_WHOLE_FILES = "astrid writes a session as a whole, after each turn"
_NO_FIELD = "astrid's session files have no field for it"
_GONE = "this version of astrid is gone: no program resumes these files"
_LIVE = "a running astrid holds the session in memory and overwrites this at its next turn"

CAPABILITIES = Capabilities(
    supported=frozenset(
        {
            Capability.CLEAR,
            Capability.DELETE,
            Capability.RENAME,
            Capability.PUT,
            Capability.PRUNE,
            Capability.TOKENS,
        }
    ),
    why_not={
        Capability.SEARCH: "astrid has no search of its own for these files",
        Capability.APPEND: _WHOLE_FILES,
        Capability.UPDATE_LAST: _WHOLE_FILES,
        Capability.REMOVE_LAST: _WHOLE_FILES,
        Capability.SET_AGENT: _NO_FIELD,
        Capability.SET_CONTEXT: _NO_FIELD,
        Capability.SET_STATE: "astrid's session files say nothing about turns",
        Capability.COMPACT: "a session file has no lines that could be dropped",
        Capability.MIGRATE: "later versions of astrid do not take these files over",
        Capability.TIMESTAMPS: "astrid stores no time with a message",
        Capability.RESUME: _GONE,
    },
    overwritten_when_live=frozenset({Capability.RENAME, Capability.CLEAR}),
)
CHANGE_NOTES: Mapping[Capability, str] = {
    Capability.RENAME: f"{_LIVE}; the file keeps its time, so the order of the list stays",
    Capability.CLEAR: f"{_LIVE}; the file keeps its time, so the order of the list stays",
    Capability.DELETE: "a running astrid writes the session again at its next turn",
}
