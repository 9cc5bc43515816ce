"""What secrets look like: one table.

Every line names where its shape is published. The expressions are our own: a scanner that alarms
must be exact, a mask had better cover too much, so lengths are lower bounds and the makers' exact
lengths are not demanded.

Each expression looks at every character a bounded number of times: quantifiers are bounded or
possessive, and a repeated part never begins inside another match of itself.
"""

from __future__ import annotations

import re

from sessiontui.domain.value import PlainValue


class Rule(PlainValue):
    """One kind of secret.

    `needles`: one of them stands in every match, so that a text without them need not be searched.
    `pattern` finds it; what its group `secret` holds is masked, or all of it without that group.
    `starts`: needles with which every match begins, so that one that was cut off is known by them.
    `begins_word`: a match inside a longer word is none; see `may_begin`.
    """

    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]
    starts: tuple[str, ...] = ()
    begins_word: bool = False


# Looking back is left to `may_begin`: an expression that begins with letters is found far quicker.
_BEGIN = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-F][0-9A-F])|(?<=\\[nrt]))")


def may_begin(text: str, position: int) -> bool:
    """Whether a word may begin here: also after a percent escape or an escaped line end."""
    return _BEGIN.match(text, position) is not None


_WORD = r"A-Za-z0-9_-"


def _token(
    kind: str, *starts: str, body: str = _WORD, least: int = 16, begins_word: bool = False
) -> Rule:
    """A maker's token: one of some beginnings, then at least so many characters of a set.

    `begins_word`: the beginning is too short to be told from the inside of a longer word.
    """
    choice = "|".join(map(re.escape, starts))
    pattern = re.compile(rf"(?:{choice})[{body}]{{{least},}}+", re.ASCII)
    return Rule(kind, starts, pattern, starts, begins_word)


def _shape(kind: str, *needles: str, pattern: str, begins_word: bool = True) -> Rule:
    return Rule(kind, needles, re.compile(pattern, re.ASCII), begins_word=begins_word)


_ALNUM = "A-Za-z0-9"
_HEX = "A-Fa-f0-9"

TOKENS: tuple[Rule, ...] = (
    # -- makers of models --
    # gitleaks: anthropic-api-key, anthropic-admin-api-key, claude-code-oauth-token.
    _token("Anthropic key", "sk-ant-", least=20),
    # OpenRouter docs, "Detected Secret Formats": sk-or-v1- and 64 hexadecimal digits.
    _token("OpenRouter key", "sk-or-", least=20, begins_word=True),
    # gitleaks: openai-api-key; newer keys name what they are for, older ones are 48 characters.
    _token("OpenAI key", "sk-proj-", "sk-svcacct-", "sk-admin-", least=20, begins_word=True),
    _shape("OpenAI key", "sk-", pattern=r"sk-[A-Za-z0-9]{32,}+(?![_-])"),
    # gitleaks: gcp-api-key. Google's forum on Gemini keys: new ones begin with "AQ.".
    _token("Google key", "AIza", least=30),
    _shape("Google key", "AQ.", pattern=r"AQ\.[A-Za-z0-9_-]{36,}+"),
    # GitHub, "Supported secret scanning patterns": google_oauth_client_secret and its tokens.
    _token("Google token", "GOCSPX-", least=20),
    _token("Google token", "ya29.", body="A-Za-z0-9._-", least=20, begins_word=True),
    # gitleaks: huggingface-access-token, huggingface-organization-api-token.
    _token("Hugging Face token", "hf_", "api_org_", body=_ALNUM, least=30, begins_word=True),
    # gitleaks: perplexity-api-key, langsmith. The makers' consoles: gsk_, xai-, r8_, tvly-.
    _token("Perplexity key", "pplx-", body=_ALNUM, least=40),
    _token("LangSmith key", "lsv2_pt_", "lsv2_sk_", body="a-f0-9_", least=32),
    _token("Groq key", "gsk_", body=_ALNUM, least=40, begins_word=True),
    _token("xAI key", "xai-", body=_ALNUM, least=60, begins_word=True),
    _token("Replicate key", "r8_", body=_ALNUM, least=35, begins_word=True),
    _token("Tavily key", "tvly-", least=28),
    # -- makers of clouds --
    # AWS, "IAM identifiers", table of unique id prefixes; 16 characters of base 32 follow.
    _shape(
        "AWS access key",
        *("AKIA", "ASIA", "ABIA", "ACCA"),
        pattern=r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])",
    ),
    # gitleaks: aws-amazon-bedrock-api-key-long-lived and -short-lived.
    _token("AWS key", "ABSK", body="A-Za-z0-9+/=", least=100, begins_word=True),
    _token("AWS key", "bedrock-api-key-", body="A-Za-z0-9+/=", least=30),
    # gitleaks: azure-ad-client-secret, three characters, a digit, "Q~", then 31 or more.
    _shape("Azure secret", "Q~", pattern=r"[\w.~]{3}[0-9]Q~[\w.~-]{31,}+", begins_word=False),
    # gitleaks: digitalocean-pat, -access-token, -refresh-token.
    _token("DigitalOcean token", "dop_v1_", "doo_v1_", "dor_v1_", body="a-f0-9", least=40),
    # gitleaks: heroku-api-key-v2, flyio-access-token, cloudflare-origin-ca-key, databricks.
    _token("Heroku key", "HRKU-", least=40),
    _token("Fly.io token", "fm1r_", "fm1a_", "fm2_", "fo1_", body="A-Za-z0-9+/=_-", least=40),
    _token("Cloudflare key", "v1.0-", body="a-f0-9-", least=150, begins_word=True),
    _token("Databricks token", "dapi", body="a-f0-9", least=32, begins_word=True),
    _token("PlanetScale token", "pscale_tkn_", "pscale_oauth_", "pscale_pw_", least=30),
    # Supabase docs, "API keys": secret keys sb_secret_, personal tokens sbp_.
    _token("Supabase key", "sb_secret_", "sbp_", least=30),
    # gitleaks: vault-service-token, vault-batch-token, hashicorp-tf-api-token, doppler, pulumi.
    _token("Vault token", "hvs.", "hvb.", "hvr.", least=24, begins_word=True),
    _shape(
        "Terraform token",
        ".atlasv1.",
        pattern=r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}+",
    ),
    _token("Doppler token", "dp.pt.", "dp.st.", "dp.sa.", "dp.ct.", body="A-Za-z0-9._-", least=30),
    _token("Pulumi token", "pul-", body="a-f0-9", least=40, begins_word=True),
    # -- code and packages --
    # GitHub changelogs of 2021-03-31 (prefixes, up to 255 characters) and of 2026-05-15
    # (installation tokens ghs_ carry a JSON Web Token, with dots and dashes).
    _token("GitHub token", "ghs_", body="A-Za-z0-9_.-", least=30),
    _token("GitHub token", "ghp_", "gho_", "ghu_", "ghr_", body="A-Za-z0-9_", least=30),
    _token("GitHub token", "github_pat_", body="A-Za-z0-9_", least=36),
    # GitLab docs, "Token prefixes"; routable ones have a dot and a checksum.
    _token(
        "GitLab token",
        *("glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-"),
        *("glagent-", "gloas-", "glsoat-", "glffct-", "glwt-", "GR1348941"),
        body="A-Za-z0-9_.-",
    ),
    # gitleaks: npm-access-token, pypi-upload-token, rubygems-api-token; Docker docs: dckr_pat_.
    _token("npm token", "npm_", body=_ALNUM, least=30, begins_word=True),
    _token("PyPI token", "pypi-AgE", least=50),
    _token("RubyGems key", "rubygems_", body="a-f0-9", least=40),
    _token("Docker token", "dckr_pat_", "dckr_oat_", least=20),
    # gitleaks: artifactory-api-key, artifactory-reference-token, sourcegraph, clojars.
    _token("Artifactory key", "AKCp", body=_ALNUM, least=60, begins_word=True),
    _token("Artifactory key", "cmVmd", body=_ALNUM, least=55, begins_word=True),
    _token("Sourcegraph token", "sgp_", body="A-Fa-f0-9_local", least=40, begins_word=True),
    _token("Clojars token", "CLOJARS_", body=_ALNUM, least=40),
    # -- talk, mail, money, work --
    # Slack docs, "Tokens"; gitleaks slack-*: bots, users, apps, sessions, configuration.
    _token(
        "Slack token",
        *("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxc-", "xoxd-", "xoxe-"),
        *("xoxe.xoxb-", "xoxe.xoxp-", "xapp-", "xwfp-"),
        body="A-Za-z0-9%-",
    ),
    _shape(
        "Slack webhook",
        "hooks.slack.com/",
        pattern=r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/+-]{20,}+)",
        begins_word=False,
    ),
    # Discord docs: webhook URLs end in an id and a token; bot tokens have three parts.
    _shape(
        "Discord webhook",
        "/api/webhooks/",
        pattern=r"discord(?:app)?\.com/api/webhooks/[0-9]{5,25}/(?P<secret>[\w-]{30,}+)",
        begins_word=False,
    ),
    _shape(
        "Discord token",
        ".",
        pattern=r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])",
    ),
    # Telegram docs, bot API: the bot's number, a colon, 35 characters.
    _shape(
        "Telegram token",
        ":AA",
        pattern=r":(?<=[0-9]{8}:)(?P<secret>AA[\w-]{32,34})(?![\w-])",
        begins_word=False,
    ),
    # gitleaks: microsoft-teams-webhook.
    _shape(
        "Teams webhook",
        "/IncomingWebhook/",
        pattern=r"/IncomingWebhook/(?P<secret>[\w-]{20,}+/[\w-]{20,}+)",
        begins_word=False,
    ),
    # Stripe docs, "API keys": secret and restricted keys, signing secrets of webhooks.
    _token(
        "Stripe key",
        *("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_", "whsec_"),
        body="A-Za-z0-9_",
        begins_word=True,
    ),
    # gitleaks: square-access-token, shopify-*, sendgrid, sendinblue, mailchimp, twilio.
    _token("Square token", "sq0atp-", "sq0csp-", least=20),
    _token("Shopify token", "shpat_", "shpca_", "shppa_", "shpss_", body=_HEX, least=30),
    _shape("SendGrid key", "SG.", pattern=r"SG\.[\w-]{16,32}\.[\w-]{32,64}"),
    _token("Brevo key", "xkeysib-", "xsmtpsib-", body="A-Za-z0-9-", least=40),
    _shape("Mailchimp key", "-us", pattern=r"[a-f0-9]{32}-us[0-9]{1,2}\b"),
    _shape("Mailgun key", "key-", pattern=r"key-[a-f0-9]{32}(?![A-Za-z0-9])"),
    _shape("Twilio key", "SK", pattern=r"SK[a-f0-9]{32}(?![A-Za-z0-9])"),
    # Resend docs: re_. gitleaks: linear, notion, figma, postman, atlassian, airtable, asana.
    _token("Linear key", "lin_api_", "lin_oauth_", body=_ALNUM, least=32),
    _token("Notion token", "ntn_", body=_ALNUM, least=40, begins_word=True),
    _token("Figma token", "figd_", "figu_", least=30),
    _token("Postman key", "PMAK-", body="A-Fa-f0-9-", least=50),
    _token("Atlassian token", "ATATT3", "ATCTT3", "ATBB", body="A-Za-z0-9_=-", least=28),
    _shape("Airtable token", "pat", pattern=r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    # gitleaks: grafana-*, sentry-*, new-relic-*, dynatrace, prefect, readme, typeform, dropbox.
    _token("Grafana token", "glsa_", "glc_", body="A-Za-z0-9+/=_", least=30, begins_word=True),
    _token("Sentry token", "sntrys_", "sntryu_", body="A-Za-z0-9+/=_", least=40),
    _token("New Relic key", "NRAK-", "NRII-", "NRJS-", "NRRA-", least=19, begins_word=True),
    _token("Dynatrace token", "dt0c01.", "dt0s16.", body="A-Za-z0-9.", least=60),
    _token("Prefect key", "pnu_", "pnb_", body=_ALNUM, least=36, begins_word=True),
    _token("Dropbox token", "sl.", least=100, begins_word=True),
    # gitleaks: facebook-page-access-token, 1password-*, age-secret-key. Tailscale docs: tskey-.
    _token("Facebook token", "EAAC", "EAAM", "EAAG", body=_ALNUM, least=80, begins_word=True),
    _token("1Password token", "ops_eyJ", body="A-Za-z0-9+/=_-", least=100),
    _shape("1Password key", "A3-", pattern=r"A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}"),
    _token("age key", "AGE-SECRET-KEY-1", body="A-Z0-9", least=50),
    _token("Tailscale key", "tskey-", least=20),
)
"""Tokens whose makers gave them a form of their own."""

# Here the search itself looks back: a run of beginnings would be read again from each of them.
_NO_WORD_BEFORE = r"(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-F][0-9A-F])|(?<=\\[nrt]))"
_END = r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_LINE_END = r"(?:\s|\\[nr])"

BLOCKS: tuple[Rule, ...] = (
    # RFC 7468 (textual encodings of keys) and RFC 4880 (armor); gitleaks: private-key. A block
    # without its end is one that was cut: its lines of base 64 are masked.
    _shape(
        "private key",
        "PRIVATE KEY",
        pattern=(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            rf"(?:[^-]*+(?:-(?!----)[^-]*+)*+{_END}"
            rf"|(?:[^-\n\\]{{0,80}}{_LINE_END}{{1,4}}+[+> -]{{0,8}}+)?"
            rf"(?:[A-Za-z0-9+/=]{{16,}}+(?:{_LINE_END}|[+> -]){{0,8}}+)++)"
        ),
        begins_word=False,
    ),
    # PuTTY's file format of private keys: the lines after "Private-Lines".
    _shape(
        "private key",
        "Private-Lines:",
        pattern=(
            rf"Private-Lines:[ \t]{{0,4}}[0-9]{{1,4}}{_LINE_END}{{1,4}}"
            rf"(?P<secret>(?:[A-Za-z0-9+/=]{{16,}}+{_LINE_END}{{0,4}}+)++)"
        ),
        begins_word=False,
    ),
    # RFC 7519: three parts in base64url, the first two begin as JSON objects do.
    _shape(
        "JSON Web Token",
        "eyJ",
        pattern=rf"{_NO_WORD_BEFORE}eyJ[\w-]{{10,}}+\.eyJ[\w-]{{4,}}+(?:\.[\w-]*+)?",
    ),
)
"""Keys and tokens of standards."""
