"""What `--redact` masks, in words, for the help: from the rules themselves."""

from __future__ import annotations

from sessiontui.services.redaction_rules import BLOCKS, TOKENS

_BY_CONTEXT = (
    "what stands as a password, passphrase, secret, token or key in an assignment, an option, a"
    " header, a URL, a field of JSON or a sentence (and then wherever else it stands in its"
    " session)"
)
_ENDINGS = (" key", " token", " secret", " webhook")


def makers() -> tuple[str, ...]:
    """Whose keys and tokens are known by a form of their own, in the order of the alphabet."""
    names = {_maker(rule.kind) for rule in TOKENS}
    return tuple(sorted(names, key=str.lower))


def _maker(kind: str) -> str:
    name = kind
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    return name.removesuffix(" access")


def kinds_in_words() -> str:
    """Everything that is masked, as the end of a sentence."""
    standards = sorted({f"{rule.kind}s" for rule in BLOCKS}, reverse=True)
    return (
        f"{', '.join(standards)}; {_BY_CONTEXT}; and the keys, tokens and webhooks of"
        f" {', '.join(makers())}"
    )
