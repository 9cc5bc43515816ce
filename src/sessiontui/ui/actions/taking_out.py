"""Actions of the topic Change that leave sessions as they are: copy, resume, export."""

from __future__ import annotations

from sessiontui.domain.store import Capability
from sessiontui.ui.actions.action import SESSION, Action, Topic

TAKING_OUT: tuple[Action, ...] = (
    Action(
        "resume",
        ("r",),
        "resume",
        "Go on with the session in the program it belongs to; afterwards you are back here",
        Topic.CHANGE,
        SESSION,
        Capability.RESUME,
        footer=9,
    ),
    Action(
        "copy",
        ("y",),
        "copy",
        "Copy what is selected, or choose: reference, message, code, prompt, command, transcript",
        Topic.CHANGE,
        SESSION,
        footer=24,
    ),
    Action(
        "export",
        ("e",),
        "export",
        "Write the session into a file: a page of HTML, Markdown or JSON",
        Topic.CHANGE,
        SESSION,
        footer=26,
    ),
    Action(
        "copy_ref",
        (),
        "copy the reference",
        "Copy the reference of the session, as commands take it",
        Topic.CHANGE,
        SESSION,
    ),
    Action(
        "copy_message",
        (),
        "copy the message",
        "Copy the message at the cursor as it was written",
        Topic.CHANGE,
        SESSION,
    ),
    Action(
        "copy_code",
        (),
        "copy a code block",
        "Copy the code in the message at the cursor; of several, choose",
        Topic.CHANGE,
        SESSION,
    ),
    Action(
        "copy_prompt",
        (),
        "copy the prompt",
        "Copy what a person typed last before the cursor",
        Topic.CHANGE,
        SESSION,
    ),
    Action(
        "copy_resume",
        (),
        "copy the resume command",
        "Copy the command that goes on with the session, and its folder, for a shell",
        Topic.CHANGE,
        SESSION,
        Capability.RESUME,
    ),
    Action(
        "copy_transcript",
        (),
        "copy the transcript",
        "Copy the whole transcript as Markdown",
        Topic.CHANGE,
        SESSION,
    ),
)

OF_SESSION = frozenset(action.id for action in TAKING_OUT)
"""All of them need a session."""
