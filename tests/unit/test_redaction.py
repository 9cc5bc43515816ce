"""Masking secrets: what is known is masked wherever it stands, what is none stays."""

from __future__ import annotations

import json
import random
import re
import string
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessiontui.domain.backend import ResumeCommand
from sessiontui.domain.message import (
    DamagedBlock,
    MediaBlock,
    OpaqueBlock,
    Role,
    TextBlock,
    ThinkingBlock,
)
from sessiontui.domain.session import Session, SessionRef
from sessiontui.domain.value import JsonValue
from sessiontui.domain.verdict import Verdict, VerdictStatus
from sessiontui.services.redaction import Redactor, found_secrets, mark
from sessiontui.services.redaction_rules import BLOCKS, TOKENS
from sessiontui.services.transcript import Transcript, masked_words, without_secrets
from tests.transcripts import call, message, result

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def some(count: int, signs: str = _ALNUM) -> str:
    """So many signs that look random, and are the same in every run."""
    source = random.Random(count)
    return "".join(source.choice(signs) for _ in range(count))


# No token stands in this file as a whole: scanners of repositories would find it.
TOKEN_SAMPLES = {
    "Anthropic key": ["sk-" + f"ant-api03-{some(93)}AA", "sk-" + f"ant-oat01-{some(95)}"],
    "OpenRouter key": ["sk-" + f"or-v1-{some(64, _HEX)}"],
    "OpenAI key": ["sk-" + f"proj-{some(74)}T3Blbk{some(74)}", "sk-" + some(48)],
    "Google key": ["AI" + f"za{some(35)}", "AQ" + f".{some(50)}"],
    "Google token": ["GOC" + f"SPX-{some(28)}", "ya" + f"29.{some(60)}"],
    "Hugging Face token": ["hf" + f"_{some(34)}"],
    "Perplexity key": ["pp" + f"lx-{some(48)}"],
    "LangSmith key": ["lsv2" + f"_pt_{some(32, _HEX)}_{some(10, _HEX)}"],
    "Groq key": ["gs" + f"k_{some(52)}"],
    "xAI key": ["xa" + f"i-{some(80)}"],
    "Replicate key": ["r8" + f"_{some(37)}"],
    "Tavily key": ["tv" + f"ly-dev-{some(32)}"],
    "AWS access key": [
        prefix + some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        for prefix in ("AK" + "IA", "AS" + "IA")
    ],
    "AWS key": ["AB" + f"SK{some(120)}", "bedrock-api" + f"-key-{some(60)}"],
    "Azure secret": [f"{some(3)}8" + f"Q~{some(34)}"],
    "DigitalOcean token": ["do" + f"p_v1_{some(64, _HEX)}"],
    "Heroku key": ["HR" + f"KU-AA{some(58)}"],
    "Fly.io token": ["fm" + f"2_{some(120)}"],
    "Cloudflare key": ["v1" + f".0-{some(24, _HEX)}-{some(146, _HEX)}"],
    "Databricks token": ["da" + f"pi{some(32, _HEX)}"],
    "PlanetScale token": ["pscale" + f"_tkn_{some(43)}"],
    "Supabase key": ["sb" + f"_secret_{some(36)}", "sb" + f"p_{some(40, _HEX)}"],
    "Vault token": ["hv" + f"s.{some(95)}"],
    "Terraform token": [f"{some(14)}." + f"atlasv1.{some(64)}"],
    "Doppler token": ["dp" + f".pt.{some(43)}"],
    "Pulumi token": ["pu" + f"l-{some(40, _HEX)}"],
    "GitHub token": [
        *(f"gh{kind}_" + some(36) for kind in "pours"),
        "github" + f"_pat_{some(22)}_{some(59)}",
        "gh" + "s_12345_eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0." + some(80),
    ],
    "GitLab token": ["gl" + f"pat-{some(20)}", "gl" + f"pat-{some(27)}.01.{some(9, _HEX)}"],
    "npm token": ["np" + f"m_{some(36)}"],
    "PyPI token": ["py" + f"pi-AgEIcHlwaS5vcmc{some(100)}"],
    "RubyGems key": ["ruby" + f"gems_{some(48, _HEX)}"],
    "Docker token": ["dc" + f"kr_pat_{some(27)}"],
    "Artifactory key": ["AK" + f"Cp{some(69)}", "cm" + f"Vmd{some(59)}"],
    "Sourcegraph token": ["sg" + f"p_{some(40, _HEX)}"],
    "Clojars token": ["CLO" + f"JARS_{some(60)}"],
    "Slack token": [
        "xo" + f"xb-{some(12, string.digits)}-{some(13, string.digits)}-{some(24)}",
        "xa" + f"pp-1-A0{some(9).upper()}-{some(13, string.digits)}-{some(64, _HEX)}",
        "xo" + f"xe.xoxp-1-{some(165)}",
    ],
    "Slack webhook": ["hooks.slack" + f".com/services/T0{some(9).upper()}/B0{some(9)}/{some(24)}"],
    "Discord webhook": ["discord.com" + f"/api/webhooks/{some(18, string.digits)}/{some(68)}"],
    "Discord token": ["M" + f"{some(25)}.G{some(5)}.{some(38)}"],
    "Telegram token": ["123456789" + f":AA{some(33)}"],
    "Teams webhook": [
        "x.webhook.office.com/a/Incoming" + f"Webhook/{some(32, _HEX)}/{some(36, _HEX)}"
    ],
    "Stripe key": [f"{kind}_" + some(24) for kind in ("sk_live", "rk_test")],
    "Square token": ["sq0" + f"atp-{some(22)}"],
    "Shopify token": ["shp" + f"at_{some(32, _HEX)}"],
    "SendGrid key": ["SG" + f".{some(22)}.{some(43)}"],
    "Brevo key": ["xkeys" + f"ib-{some(64, _HEX)}-{some(16)}"],
    "Mailchimp key": [some(32, _HEX) + "-us" + "12"],
    "Mailgun key": ["ke" + f"y-{some(32, _HEX)}"],
    "Twilio key": ["S" + f"K{some(32, _HEX)}"],
    "Linear key": ["lin" + f"_api_{some(40)}"],
    "Notion token": ["nt" + f"n_{some(46)}"],
    "Figma token": ["fi" + f"gd_{some(40)}"],
    "Postman key": ["PM" + f"AK-{some(24, _HEX)}-{some(34, _HEX)}"],
    "Atlassian token": ["ATA" + f"TT3{some(186)}"],
    "Airtable token": ["pa" + f"t{some(14)}.{some(64, _HEX)}"],
    "Grafana token": ["gl" + f"sa_{some(32)}_{some(8, _HEX)}"],
    "Sentry token": ["sn" + f"tryu_{some(64, _HEX)}"],
    "New Relic key": ["NR" + f"AK-{some(27).upper()}"],
    "Dynatrace token": ["dt0" + f"c01.{some(24).upper()}.{some(64).upper()}"],
    "Prefect key": ["pn" + f"u_{some(36)}"],
    "Dropbox token": ["s" + f"l.{some(135)}"],
    "Facebook token": ["EA" + f"AC{some(120)}"],
    "1Password token": ["op" + f"s_eyJ{some(260)}"],
    "1Password key": ["A" + "3-ASWWYB-798JRYLJVD4-23DC2-86TVM-H43EB"],
    "age key": ["AGE-SECRET" + f"-KEY-1{some(58).upper()}"],
    "Tailscale key": ["ts" + f"key-auth-k{some(11)}CNTRL-{some(32)}"],
}
BODY = "\n".join(some(64, _ALNUM + "+/") for _ in range(6))
BEGIN, END = ("-----" + f"{side} OPENSSH PRIVATE" + " KEY-----" for side in ("BEGIN", "END"))
JWT = "ey" + f"J{some(33)}." + "ey" + f"J{some(60)}.{some(43)}"
BLOCK_SAMPLES = {
    "private key": [
        f"{BEGIN}\n{BODY}\n{END}",
        f"{BEGIN}\\n{BODY}\\n{END}".replace("\n", "\\n"),
        f"{BEGIN}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB12\n\n{BODY}\n{END}",
        "\n".join(f"+{line}" for line in f"{BEGIN}\n{BODY}\n{END}".split("\n"))[1:],
        "\n".join(f"-{line}" for line in f"{BEGIN}\n{BODY}\n".split("\n"))[1:].rstrip("-\n"),
        f"{BEGIN}\n{BODY}",
        f"Private-Lines: 6\n{BODY}",
    ],
    "JSON Web Token": [JWT, JWT.rpartition(".")[0]],
}


def masked(text: str) -> tuple[str, dict[str, int]]:
    """A text without secrets, and what was masked."""
    redactor = Redactor()
    return redactor.text(text), dict(redactor.counts)


# -- forms ---------------------------------------------------------------------------------


def test_every_rule_has_a_sample() -> None:
    assert {rule.kind for rule in TOKENS} == TOKEN_SAMPLES.keys()
    assert {rule.kind for rule in BLOCKS} == BLOCK_SAMPLES.keys()


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (kind, s)
        for samples in (TOKEN_SAMPLES, BLOCK_SAMPLES)
        for kind in samples
        for s in samples[kind]
    ],
)
def test_a_secret_of_a_known_form_is_masked_wherever_it_stands(kind: str, secret: str) -> None:
    telling = secret[len(secret) // 2 :]
    for around in (
        *("{}", "it is {}.", "({})", "`{}`", '"{}"', "a\n{}\nb", "x={};", "%20{}", "\\n{}\\n"),
        *("https://x.example/?a={}&b=1", "\x1b[32m{}\x1b[0m", "key: {}\n", "東京{}東京"),
    ):
        text, counts = masked(around.format(secret))
        assert telling not in text, around
        assert sum(counts.values()) == 1, (around, counts)
        if "=" not in around and ":" not in around:
            assert counts == {kind: 1}, around
            assert mark(kind) in text


def test_a_colour_in_the_middle_hides_no_secret() -> None:
    token = TOKEN_SAMPLES["GitHub token"][0]
    printed = f"\x1b[01;31m\x1b[K{token[:4]}\x1b[m\x1b[K{token[4:]}"
    assert masked(printed)[0] == mark("GitHub token")


def test_a_token_that_was_cut_at_the_end_of_a_title_is_masked() -> None:
    token = TOKEN_SAMPLES["GitHub token"][0]
    for cut in (f"use {token[:12]}…", f"use {token[:12]}...", f"use {token[:12]}"):
        assert masked(cut)[0] in ("use [redacted: token]" + rest for rest in ("", "…", "..."))


@pytest.mark.parametrize(
    "text",
    [
        *("sk-ant-" + "x" * 90, "ghp_" + "X" * 36, "GITHUB_TOKEN=ghp_" + "x" * 36),
        *("AKIA" + "X" * 16, "xoxb-xxxxxxxxxx-xxxxxxxxxx-xxxxxxxx", "sk-learn", "scikit-learn"),
        "task-runner-with-a-very-long-name-and-more",
        "risk-assessment-2026-final-version-document",
        "claude-sonnet-4-5-20250929 gpt-4o-mini-2024-07-18",
        "toolu_01A09q90qw90lq917835lq9 call_abc123DEF456ghi789 req_011CSHoEeqs5C35K2UUqR7Fy",
        "commit 4220eeb8c1d0f7e2a9b3c4d5e6f708192a3b4c5d",
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "550e8400-e29b-41d4-a716-446655440000",
        '"integrity": "sha512-v9IcIjxK32mFE1he4OMmkjJTiM1dI0w38fT8abcdefgh=="',
        "h1:s8pnnxNVzjWyrvYdFUQq5llS1PX2zhPXmccZv99h7uQ=",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "npm_config_cache=/tmp/cache npm_lifecycle_event=test",
        *("-----BEGIN PUBLIC KEY-----", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@host"),
        "-----BEGIN PRIVATE KEY----- is how such a file begins",
        'the header "-----BEGIN RSA PRIVATE KEY-----" is missing',
    ],
)
def test_what_only_looks_like_a_token_stays(text: str) -> None:
    assert masked(text) == (text, {})


# -- surroundings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2", "password={password}"),
        ("PGPASSWORD=swordfish psql", "PGPASSWORD={password} psql"),
        ("DB_PASS='tr0ub4dor&3'", "DB_PASS='{password}'"),
        ("password: hunter2", "password: {password}"),
        ('password = "correct horse battery staple"', 'password = "{password}"'),
        ("password: str = 'hunter2'", "password: str = '{password}'"),
        ("if password == 'hunter2':", "if password == '{password}':"),
        ('config["password"] = "hunter2"', 'config["password"] = "{password}"'),
        ('{"password": "s3cr3t!", "a": 1}', '{"password": "{password}", "a": 1}'),
        (r"{\"password\":\"hunter2x\"}", r"{\"password\":\"{password}\"}"),
        ("connect(user='a', password='it\\'s 1')", "connect(user='a', password='{password}')"),
        ("connect(password=hunter2)", "connect(password={password})"),
        ("Server=db;User Id=sa;Password=P@ssw0rd;", "Server=db;User Id=sa;Password={password};"),
        ("?password=swordfish&x=1", "?password={password}&x=1"),
        ("my password is hunter2.", "my password is {password}."),
        ("<password>hunter2</password>", "<password>{password}</password>"),
        ("<db:password>hunter2</db:password>", "<db:password>{password}</db:password>"),
        ("API_KEY=abcdefgh12345678", "API_KEY={API key}"),
        ("x-api-key: 8f14e45fceea167a5a36", "x-api-key: {API key}"),
        ("aws_secret_access_key = wJalr/K7+MDENGbPxRfi", "aws_secret_access_key = {key}"),
        ("AccountKey=8f14e45fceea167a5a36==;", "AccountKey={key};"),
        (f"API_KEY={some(3000)} x", "API_KEY={API key} x"),
        (f'api_key: "{some(3000)}" x', 'api_key: "{API key}" x'),
        ("token: 8f14e45fceea167a5a36dedd", "token: {token}"),
        ("//registry/:_authToken=8f14e45fceea167a", "//registry/:_authToken={token}"),
        ("client_secret=Zx81kQ9plm22", "client_secret={secret}"),
        ("jwt_secret: 'abc123def'", "jwt_secret: '{secret}'"),
        ("Authorization: Bearer mF_9.B5f-4.1JqM9", "Authorization: Bearer {HTTP credential}"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: Basic {HTTP credential}"),
        ("-H 'Authorization: token 8f14e45fceea'", "-H 'Authorization: token {HTTP credential}'"),
        ('{"authorization": "8f14e45fceea167a"}', '{"authorization": "{HTTP credential}"}'),
        ("bearer 8f14e45fceea167a5a36", "bearer {bearer token}"),
        ("Set-Cookie: sid=8f14e45fceea167a5a; a=b", "Set-Cookie: {cookie}"),
        ("postgres://app:tr0ub4dor@db/x", "postgres://app:{password}@db/x"),
        ("mongodb+srv://u:p4ss%21word@c0", "mongodb+srv://u:{password}@c0"),
        ("redis://:s3cretpw@cache:6379", "redis://:{password}@cache:6379"),
        ("?sv=1&sig=8f14e45fceea167a5a%3D&x", "?sv=1&sig={signature}&x"),
        ("curl -u admin:hunter2 http://x", "curl -u admin:{password} http://x"),
        ("mysql -u root -phunter22 db", "mysql -u root -p{password} db"),
        ("sshpass -p 'abc!def' ssh h", "sshpass -p '{password}' ssh h"),
        ("machine h login me password abc12345", "machine h login me password {password}"),
        ("tool --password hunter2 -v", "tool --password {password} -v"),
        ("tool --db-password=hunter2", "tool --db-password={password}"),
        ('["tool", "--token", "abc123def456"]', '["tool", "--token", "{token}"]'),
        ("$2b$12$abcdefghijklmnopqrstuv0123456789", "{hashed password}"),
        ("token=token=8f14e45fceea167a", "token={token}"),
        ("PASSWORT=İ password=hunter2", "PASSWORT=İ password={password}"),
    ],
)
def test_a_secret_that_its_surroundings_tell_is_masked(text: str, expected: str) -> None:
    shown = re.sub(r"\{([A-Za-z][A-Za-z ]*)\}", lambda kind: mark(kind.group(1)), expected)
    assert masked(text)[0] == shown


@pytest.mark.parametrize(
    "text",
    [
        *("max_tokens: 4096", '"input_tokens": 12345, "output_tokens": 678', "token: str"),
        "def login(password: str, token: str | None = None) -> None:",
        *('password = os.environ["DB_PASSWORD"]', "password=$PASSWORD", "PASSWORD=${DB_PASS:-}"),
        *("password: ${{ secrets.DB_PASSWORD }}", "secret: <your-secret>", '"password": "****"'),
        *("token=...", "password: true", "api_key=None", "api_key = config.api_key"),
        *("apiKey: process.env.OPENAI_API_KEY,", "const token = await getToken();"),
        *("token = tokens[0]", "token = self._next_token()", "pwd = (self.password.encode())"),
        *("PWD=/home/demo/project", "OLDPWD=/home/demo", "private_key_path = '/etc/ssl/key.pem'"),
        *("private_key: /etc/ssl/private/key.pem", "primary_key=True", "key: value"),
        "The password is required and must have 8 characters",
        *("Password: required", "Enter your password:", "password_hash TEXT NOT NULL"),
        *("token_type: bearer", "secretName: app-config", "secret: app-config-v2"),
        '<input type="password" name="pw" autocomplete="current-password">',
        *("getpass(prompt='Password: ', stream=None):", '"password": "Enter your password"'),
        *("Bearer authentication is used", "authorization: required", "Cookie: a small cake"),
        *("Authorization: Bearer <token>", "Authorization: Bearer $TOKEN", "theme=dark; Path=/"),
        *(
            "https://example.org/path?query=1",
            "https://user@example.org/",
            "http://localhost:80/@a",
        ),
        *("postgres://user:password@localhost/db", "postgres://user:${PASS}@localhost/db"),
        *("docker run -u 1000:1000 image", "git push -u origin feature", "MONKEY=banana1234"),
        *("session_key: telegram:12345678", '"session_key": "agent:main:telegram:12345678"'),
        *(
            "for token in tokens:",
            "the token is invalid",
            "if (token !== null) {",
            "bypass=1234567",
        ),
        *("password: z.string().min(8)", "password: faker.internet.password()", "passed: 12"),
        *("tokenizer = AutoTokenizer.from_pretrained('gpt2')", 'import { token } from "./auth"'),
    ],
)
def test_what_no_secret_follows_stays(text: str) -> None:
    assert masked(text) == (text, {})


# -- everywhere in a session ---------------------------------------------------------------

TOKEN = TOKEN_SAMPLES["GitHub token"][0]
PASSWORD = "tr0ub4dor-3x"
VALUES: JsonValue = {
    "command": f"curl -H 'x: {TOKEN}'",
    "env": [{"DB_PASSWORD": PASSWORD}, {"name": "plain"}],
    "password": "correct horse battery staple",
    "apiKey": "a1b2c3d4e5f6",
    TOKEN: 1,
    "deep": {"list": [[f"x {TOKEN}"], None, 1.5, True]},
}


def session(**fields: object) -> Session:
    values: dict[str, Any] = {"ref": SessionRef("memory-1", "k"), "format": "memory", **fields}
    return Session(**values)


def test_every_block_and_every_field_is_searched() -> None:
    whole = Transcript(
        session(
            ref=SessionRef("memory-1", f"key {TOKEN}"),
            title=f"use {TOKEN}",
            workspace=Path(f"/home/{TOKEN}/x"),
            problem=f"bad {TOKEN}",
            extra={"token": {"value": TOKEN}},
        ),
        Verdict(status=VerdictStatus.IDLE, evidence=(f"said {TOKEN}",)),
        [
            message(0, Role.USER, TextBlock(text=TOKEN), MediaBlock(name=TOKEN), author=TOKEN),
            message(
                1,
                Role.ASSISTANT,
                ThinkingBlock(text=TOKEN),
                call(TOKEN, VALUES, "1"),
                call("x", f'{{"password": "{PASSWORD}"}}'),
                OpaqueBlock(type_name=TOKEN, data=[{"a": TOKEN}]),
                DamagedBlock(where=TOKEN, reason=TOKEN, raw=f'{{"a":"{TOKEN[:20]}'),
                model=TOKEN,
            ),
            message(2, Role.TOOL, result(f"out {TOKEN} {PASSWORD}", "1")),
        ],
        ResumeCommand(("tool", "--token", TOKEN), Path(f"/{TOKEN}")),
    )
    clean = without_secrets(whole)
    shown = repr(clean)
    assert TOKEN[:20] not in shown
    assert PASSWORD not in shown
    assert "horse" not in shown
    assert "a1b2c3d4e5f6" not in shown
    arguments = clean.messages[1].blocks[1]
    assert arguments.kind == "tool_call"
    assert arguments.call_id == "1"
    assert arguments.arguments == {
        "command": f"curl -H 'x: {mark('GitHub token')}'",
        "env": [{"DB_PASSWORD": mark("password")}, {"name": "plain"}],
        "password": mark("password"),
        "apiKey": mark("API key"),
        mark("GitHub token"): 1,
        "deep": {"list": [[f"x {mark('GitHub token')}"], None, 1.5, True]},
    }
    assert clean.masked is not None
    assert clean.masked["password"] == 4


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"Authorization": "Basic dXNlcjpwYXNzd29yZA=="}, "Basic {HTTP credential}"),
        ({"authorization": "Token 8f14e45fceea167a5a36"}, "Token {HTTP credential}"),
        ({"Set-Cookie": "sid=8f14e45fceea167a5a36; Path=/"}, "{cookie}"),
        ({"githubToken": "8f14e45fceea167a5a36"}, "{token}"),
        ({"passphrase_2": "my voice"}, "{password}"),
        ({"value": "hunter", "name": "DB_PASSWORD"}, "{password}"),
        ({"value": "hunter", "name": "DB_USER"}, "hunter"),
        ({"password": "string"}, "string"),
        ({"token_count": "12345678ab"}, "12345678ab"),
        ({"cookies": "none today"}, "none today"),
    ],
)
def test_the_name_of_a_field_tells_what_its_value_is(
    data: dict[str, JsonValue], expected: str
) -> None:
    shown = re.sub(r"\{(.*)\}", lambda kind: mark(kind.group(1)), expected)
    clean = Redactor().messages([message(0, Role.ASSISTANT, call("x", data))])[0].blocks[0]
    assert clean.kind == "tool_call"
    assert isinstance(clean.arguments, dict)
    assert next(iter(clean.arguments.values())) == shown


def test_what_holds_no_secret_is_the_same_object() -> None:
    messages = [message(0, Role.USER, "hello", call("x", {"a": ["b", {"c": 1}]}))]
    redactor = Redactor()
    assert redactor.messages(messages)[0] is messages[0]
    whole = session(title="Trip", extra={"a": {"b": [1]}})
    assert redactor.session(whole) is whole
    assert not redactor.counts


def test_a_password_that_was_told_once_is_masked_everywhere_else() -> None:
    messages = [
        message(0, Role.TOOL, result(f"mysql said {PASSWORD} first")),
        message(1, Role.USER, f"DB_PASSWORD={PASSWORD}"),
        message(2, Role.TOOL, result(f"mysql said {PASSWORD}")),
    ]
    whole = Transcript(
        session(title=f"login {PASSWORD}"), Verdict(status=VerdictStatus.IDLE), messages
    )
    clean = without_secrets(whole)
    assert PASSWORD not in repr(clean)
    assert clean.session.title == f"login {mark('password')}"
    assert clean.masked == {"password": 4}


def test_a_common_word_that_was_a_password_once_stays_elsewhere() -> None:
    messages = [message(0, Role.USER, "password='summer'"), message(1, Role.USER, "in summer")]
    said = [
        block.text
        for m in Redactor().messages(messages)
        for block in m.blocks
        if block.kind == "text"
    ]
    assert said == [f"password='{mark('password')}'", "in summer"]


def test_two_names_that_are_masked_stay_two() -> None:
    tokens = TOKEN_SAMPLES["GitHub token"][:2]
    block = OpaqueBlock(type_name="x", data=dict.fromkeys(tokens, 1))
    clean = Redactor().messages([message(0, Role.USER, block)])[0].blocks[0]
    assert clean.kind == "opaque"
    assert clean.data == {mark("GitHub token"): 1, f"{mark('GitHub token')} 2": 1}


def test_what_was_masked_is_told_in_words() -> None:
    assert masked_words({}) == "no secret was recognised"
    assert masked_words({"password": 1}) == "masked 1 secret: 1 password"
    assert masked_words({"password": 2, "AWS access key": 1_200}) == (
        "masked 1,202 secrets: 1,200 AWS access keys, 2 passwords"
    )


# -- any text ------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *(
            "password",
            "token",
            "secret",
            "api_key",
            "=",
            ":",
            " ",
            "'",
            '"',
            "\\",
            "://",
            "@",
            "--",
        ),
        *("\n", "bearer ", "cookie: ", "-----BEGIN RSA PRIVATE KEY-----", "ghp_", "sk-", "abc123"),
        *("hunter2", "…", "(", ")", "{", "<", ">", "é", "İ", "8f14e45fceea167a5a36", "\x1b[31m"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_finds_are_in_order_and_apart_and_marks_hold_no_secret(text: str) -> None:
    finds = found_secrets(text)
    assert all(0 <= find.start < find.end <= len(text) for find in finds)
    assert all(one.end <= other.start for one, other in pairwise(finds))
    # Colours within a secret do not hide it; nothing but colours is none.
    bare = re.sub("\x1b\\[[0-9;:]*[mK]", "", text)
    once = masked(text)[0]
    for find in found_secrets(bare):
        assert mark(find.kind) in once


@given(
    st.recursive(
        st.none() | st.text(max_size=20) | st.integers(),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=8), v, max_size=3),
    )
)
def test_any_json_stays_json(value: JsonValue) -> None:
    clean = Redactor().messages([message(0, Role.USER, OpaqueBlock(type_name="x", data=value))])
    block = clean[0].blocks[0]
    assert block.kind == "opaque"
    json.dumps(block.data)


@pytest.mark.parametrize(
    "unit",
    [
        *("a", " ", "password ", "token=", "token='", 'password:"', "secret: secret= ", "mysql -"),
        *("-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n", "----"),
        *("eyJ", "eyJhbGciOiJIUzI1NiJ9.", "eyJhbGciOiJIUzI1NiJ9-eyJ", "sk-a", "://a:", "--a-"),
        *("cookie:a=b;", "a=;", "<a_a_", "login a ", "password is a", "M.", "passwd=))))"),
    ],
)
def test_a_million_characters_of_anything_take_no_long_time(unit: str) -> None:
    # What is searched by trying every split would not come back at all.
    text = unit * (1_000_000 // len(unit))
    assert len(masked(text)[0]) > 0
