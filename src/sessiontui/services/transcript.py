"""One session whole: what an export is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.message import Message
from sessiontui.domain.session import Session
from sessiontui.domain.verdict import Verdict
from sessiontui.domain.words import count_words

CAUTION = "not every secret can be recognised: read it before you share it"


@dataclass(frozen=True)
class Transcript:
    """A session with all of its messages.

    `masked`: how many places were masked, by kind of secret; None where nobody asked for it.
    """

    session: Session
    verdict: Verdict
    messages: Sequence[Message]
    resume: ResumeCommand | None = None
    masked: Mapping[str, int] | None = None


def counted(
    messages: Iterable[Message], each: Callable[[], None] | None = None
) -> Iterator[Message]:
    """The messages, with a call for each as it passes."""
    for message in messages:
        if each is not None:
            each()
        yield message


def without_secrets(transcript: Transcript, each: Callable[[], None] | None = None) -> Transcript:
    """The transcript with every secret masked that is recognised; `each` as in `counted`."""
    # A hundred expressions take a while to compile.
    from sessiontui.services.redaction import Redactor  # noqa: PLC0415

    redactor = Redactor()
    # Messages first: what they show to be secret is then known in the title, too.
    messages = redactor.messages(counted(transcript.messages, each))
    return replace(
        transcript,
        messages=messages,
        session=redactor.session(transcript.session),
        verdict=redactor.verdict(transcript.verdict),
        resume=redactor.resume(transcript.resume),
        masked=dict(redactor.counts),
    )


def masked_words(counts: Mapping[str, int]) -> str:
    """What was masked, in words: `masked 3 secrets: 2 GitHub tokens, 1 password`."""
    total = sum(counts.values())
    if not total:
        return "no secret was recognised"
    kinds = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(count_words(count, kind) for kind, count in kinds)
    return f"masked {count_words(total, 'secret')}: {named}"
