"""Secrets that only what stands around them tells: assignments, options, headers, URLs.

All expressions are applied to the text in small letters, values are judged as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sessiontui.domain.value import PlainValue
from sessiontui.services.redaction_values import (
    Family,
    Writing,
    is_credential,
    is_random,
    is_secret,
)


class Find(PlainValue):
    """A secret in a text: where it stands, and what kind it is.

    `telling`: the value itself would not say that it is one.
    """

    start: int
    end: int
    kind: str
    telling: bool = False


Judge = Callable[[re.Match[str], str], Find | None]
"""What a match in the text in small letters means for the text as it is; None: no secret."""


class ContextRule(PlainValue):
    """An expression and the judge of its matches; `needles` as those of `Rule`."""

    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    judge: Judge


# -- names ----------------------------------------------------------------------------------

_BEFORE_KEY = (
    *("api", "access", "secret", "private", "auth", "signing", "encryption", "encrypt", "master"),
    *("account", "storage", "shared", "app", "license", "webhook", "subscription", "function"),
)
# Every alternative begins with a letter: then the engine skips all others quickly.
_NAMES = "|".join(
    [
        *("passwords?", "passwd", "passphrase", "passcode", "pwd", "pass(?<=[_-]pass)"),
        *(f"{word}[ _-]?(?:access[ _-]?)?key" for word in _BEFORE_KEY),
        *("token", "credential", "jwt", "secret"),
    ]
)
_NAME = rf"(?P<name>{_NAMES})"
_NUMBER = r"(?:[_-]?[0-9]{1,3})?"
_NAME_NEEDLES = ("pass", "pwd", "key", "token", "credential", "jwt", "secret")
_HEADERS = ("authorization", "cookie")
_FIELD = re.compile(rf"{_NAME}{_NUMBER}$")


def _family(name: str) -> Family:
    small = name.lower()
    if "pass" in small or small == "pwd":
        return Family.PASSWORD
    if small.endswith("key"):
        return Family.KEY
    return Family.SECRET if small == "secret" else Family.TOKEN


def _kind(name: str) -> str:
    if _family(name) is Family.KEY and name.lower().startswith("api"):
        return "API key"
    return _family(name).name.lower()


def found_in_field(name: str, value: str) -> list[Find]:
    """The secrets in the value of an object's field that the field's name tells."""
    found = _FIELD.search(small_letters(name))
    if found is not None:
        telling = name[slice(*found.span("name"))]
        if is_secret(telling, _family(telling), value, Writing.QUOTED):
            return [Find(0, len(value), _kind(telling), telling=True)]
        return []
    if name.lower().endswith(_HEADERS):
        # As it would stand in a request.
        before = len(name) + 2
        finds = found_by_context(f"{name}: {value}")
        return [
            find.replace(start=find.start - before, end=find.end - before)
            for find in finds
            if find.start >= before
        ][:1]
    return []


_JUDGED = 200
"""Characters of a value by which it is judged."""

# -- judges ---------------------------------------------------------------------------------

_CLOSERS = {")": "(", "]": "[", "}": "{"}
_MOST_CLOSERS = 16


def _bare_end(text: str, start: int, end: int) -> int:
    """The end of a value without quotes: what only closes or ends something is not part of it."""
    for last in range(end, max(start, end - _MOST_CLOSERS), -1):
        opening = _CLOSERS.get(text[last - 1])
        closes = opening is not None and opening not in text[start:last]
        if not closes and text[last - 1] not in ".:":
            return last
    return max(start, end - _MOST_CLOSERS)


def _named(name: str, text: str, start: int, end: int, writing: Writing) -> Find | None:
    if not is_secret(name, _family(name), text[start : min(end, start + _JUDGED)], writing):
        return None
    return Find(start, end, _kind(name), telling=True)


def _assigned(match: re.Match[str], text: str) -> Find | None:
    group = next(group for group in _VALUE_GROUPS if match[group] is not None)
    start, end = match.span(group)
    name = text[slice(*match.span("name"))]
    if group != "bare":
        return _named(name, text, start, end, Writing.QUOTED)
    tight = match["operator"] in ("=", ":=")
    # A parameter of a URL is set as surely as a variable of the environment.
    if tight and text[match.start() - 1 : match.start()] in ("?", "&"):
        name = name.upper()
    writing = Writing.TIGHT if tight else Writing.LOOSE
    found = _named(name, text, start, _bare_end(text, start, end), writing)
    if found is None or found.end < end:
        return found
    rest = _REST.match(text, end)
    return found if rest is None else found.replace(end=_bare_end(text, start, rest.end()))


def _said(match: re.Match[str], text: str) -> Find | None:
    start, end = match.span("secret")
    end = _bare_end(text, start, end)
    return _named(text[slice(*match.span("name"))], text, start, end, Writing.LOOSE)


def _given(match: re.Match[str], text: str) -> Find | None:
    name = text[slice(*match.span("name"))].upper()
    return _named(name, text, *match.span("secret"), Writing.TIGHT)


def _in_element(match: re.Match[str], text: str) -> Find | None:
    name = text[slice(*match.span("name"))]
    return _named(name, text, *match.span("secret"), Writing.QUOTED)


def _password(match: re.Match[str], text: str) -> Find | None:
    return _named("PASSWORD", text, *match.span("secret"), Writing.QUOTED)


def _if(holds: Callable[[str], bool], kind: str) -> Judge:
    def judge(match: re.Match[str], text: str) -> Find | None:
        start, end = match.span("secret")
        return Find(start, end, kind, telling=True) if holds(text[start:end]) else None

    return judge


def _always(kind: str) -> Judge:
    return _if(lambda value: True, kind)


# -- expressions ----------------------------------------------------------------------------

_TYPE = (
    r"(?::[ \t]?(?:optional\[)?(?:str|string|secretstr|bytes|text|any|&(?:'static )?str)\]?"
    r"(?:[ \t]?\|[ \t]?(?:none|null|undefined))?[ \t]?(?==))?"
)
_OPERATOR = r"(?P<operator>[ \t]{0,4}(?:[!=]==?|:=|=>|=|:)(?![=:])[ \t]{0,4})"
_OPEN = r"\\{0,3}[\"'`]?"
_SECRET = r"(?P<secret>[^\s\"'`;|&<>]{3,8000}+)"  # noqa: S105  an expression, no secret


def _quoted(quote: str, number: int) -> str:
    """A value between quotes, which may themselves be escaped; the text may end before it does."""
    return (
        rf"{quote}(?P<quoted{number}>(?:[^{quote}\\\n]|\\[^\n]){{1,8000}}+){quote}"
        rf"|\\{{1,3}}{quote}(?P<escaped{number}>[^{quote}\\\n]{{1,8000}}+)\\"
        rf"|\\{{0,3}}{quote}(?P<cut{number}>[^{quote}\\\s]{{1,8000}}+)\Z"
    )


# A value may be far longer, but only of one that is a secret the rest is looked for.
_BARE = r"[^\s\"'`,;<>|&\\]"
_REST = re.compile(rf"{_BARE}*+")
_VALUE_GROUPS = ("bare", *(f"{f}{n}" for n in range(3) for f in ("quoted", "escaped", "cut")))
_VALUE = "|".join(
    [
        *(_quoted(quote, number) for number, quote in enumerate("\"'`")),
        rf"(?P<bare>{_BARE}{{1,200}}+)",
    ]
)


def _rule(needles: tuple[str, ...], pattern: str, judge: Judge) -> ContextRule:
    return ContextRule(needles, re.compile(pattern), judge)


CONTEXT_RULES: tuple[ContextRule, ...] = (
    # RFC 6750, bearer tokens.
    _rule(
        ("bearer",),
        r"bearer[ \t]{1,4}(?P<secret>[a-z0-9._~+/=-]{16,4000}+)",
        _if(is_random, "bearer token"),
    ),
    # RFC 9110, section 11.6.2, and RFC 7617 (basic); gitleaks: curl-auth-header.
    _rule(
        ("authorization",),
        rf"authorization{_OPEN}\]?[ \t]{{0,4}}[:=][ \t]{{0,4}}{_OPEN}"
        r"(?:(?:bearer|basic|token|apikey|digest|negotiate)[ \t]{1,4})?"
        r"(?P<secret>[^\s\"'`,;<>\\]{8,4000}+)",
        _if(is_credential, "HTTP credential"),
    ),
    # RFC 6265: cookies carry sessions.
    _rule(
        ("cookie",),
        rf"cookie2?{_OPEN}[ \t]{{0,4}}:[ \t]{{0,4}}{_OPEN}"
        r"(?P<secret>(?:[\w.%$-]{1,64}+=[^\s;\"'`\\]{0,4000}+(?:;[ \t]{0,2}+)?+){1,100}+)",
        _if(is_random, "cookie"),
    ),
    # RFC 3986, section 3.2.1, user and password in a URL, so also in the connection strings of
    # databases, queues and caches; detect-secrets: basic_auth.
    _rule(
        ("://",),
        r"://[^\s:/@?#\"'`<>]{0,200}+:(?P<secret>[^\s/@?#\"'`<>]{1,200}+)@",
        _password,
    ),
    # AWS, Azure and Google: signatures in the URLs of files that are shared for a while.
    _rule(
        ("signature=", "sig=", "security-token="),
        r"[?&](?:sig|signature|x-(?:amz|goog)-(?:signature|security-token))="
        r"(?P<secret>[^\s&\"'`<>]{16,4000}+)",
        _always("signature"),
    ),
    # gitleaks: generic-api-key; detect-secrets: keyword.
    _rule(
        _NAME_NEEDLES,
        rf"{_NAME}{_NUMBER}(?![a-z]){_OPEN}\]?{_TYPE}{_OPERATOR}(?:{_VALUE})",
        _assigned,
    ),
    # Options of programs: --password X, --api-key X, "--token", "X".
    _rule(
        ("--",),
        rf"--(?:[a-z0-9]{{1,20}}-){{0,3}}{_NAME}(?![a-z])"
        rf"(?:=|[ \t]{{1,4}}|\",[ \t]{{0,4}}\")[\"']?{_SECRET}",
        _given,
    ),
    # gitleaks: curl-auth-user.
    _rule(
        ("-u", "--user"),
        r"-(?:u|-user)(?<![\w-]-u)(?<![\w-]--user)(?:=|[ \t]{0,4})[\"']?"
        rf"[^\s:\"'`/]{{1,64}}+:{_SECRET}",
        _password,
    ),
    # The clients of MySQL take a password without a space, sshpass with or without.
    _rule(
        ("mysql", "mariadb"),
        rf"(?:mysql|mariadb)(?:dump|admin|import)?[ \t][^\n]{{0,120}}?(?<=[ \t])-p{_SECRET}",
        _password,
    ),
    _rule(
        ("sshpass",),
        rf"sshpass[ \t]{{1,4}}-p[ \t]{{0,4}}[\"']?{_SECRET}",
        _always("password"),
    ),
    # netrc(5): login NAME password SECRET.
    _rule(
        ("login",),
        rf"login(?<!\wlogin)[ \t]{{1,4}}\S{{1,100}}+\s{{1,4}}password[ \t]{{1,4}}{_SECRET}",
        _always("password"),
    ),
    # What people write: the password is X.
    _rule(
        (" is", " was"),
        rf"{_NAME}[ \t](?:is|was)[ \t:]{{1,3}}[\"'`]?(?P<secret>[^\s\"'`,;<>]{{4,200}}+)",
        _said,
    ),
    # Elements of XML.
    _rule(
        ("</",),
        rf"<(?:[a-z0-9:_-]{{0,20}}[:_-])?{_NAME}>(?P<secret>[^<>\n]{{4,300}}+)</",
        _in_element,
    ),
    # crypt(5): a hash of a password can be tried against lists of words.
    _rule(
        ("$1$", "$2", "$5$", "$6$", "$7$", "$y$", "$argon2"),
        r"(?P<secret>\$(?<![\w$]\$)(?:[1567y]|2[abxy]?|argon2(?:i|d|id))\$[\w./$=,+-]{20,400}+)",
        _always("hashed password"),
    ),
)
"""Every expression begins with letters or signs of its own, and looks ahead a bounded way."""


# -- search ---------------------------------------------------------------------------------


def small_letters(text: str) -> str:
    """The text in small letters, with every character in its place."""
    small = text.lower()
    # Only the capital I with a dot becomes two characters.
    return small if len(small) == len(text) else text.replace("\u0130", "I").lower()


def found_by_context(text: str) -> Iterator[Find]:
    """Secrets that the words around them tell."""
    small = small_letters(text)
    for rule in CONTEXT_RULES:
        if any(needle in small for needle in rule.needles):
            yield from _found(rule, small, text)


def _found(rule: ContextRule, small: str, text: str) -> Iterator[Find]:
    position = 0
    while match := rule.pattern.search(small, position):
        found = rule.judge(match, text)
        if found is not None:
            yield found
            position = max(found.end, match.start() + 1)
        elif "name" in match.re.groupindex:
            # What was no value may hold a name with its own value.
            position = match.end("name")
        else:
            position = match.end()
