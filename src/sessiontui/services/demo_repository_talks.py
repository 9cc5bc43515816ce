"""Sample conversations of coding agents in a repository, and of a bot in a team's channel."""

from __future__ import annotations

from sessiontui.services.demo_dialogue import asks, begins, notes, says, talk, uses

FLAKY_TEST = talk(
    asks("test_reconnect fails about once in thirty runs. Please make it stop."),
    uses(
        "shell",
        {"command": "for i in $(seq 60); do pytest -q -x tests/test_reconnect.py || break; done"},
        """
        .... 4 passed in 1.02s
        .... 4 passed in 1.01s
        ..F
        E   AssertionError: expected 2 connections, got 1
        """,
        failed=True,
        think="Reproduce first. Then look at what it waits for.",
    ),
    uses(
        "read_file",
        {"path": "tests/test_reconnect.py"},
        """
        async def test_reconnects(server):
            client = await connect(server)
            server.drop()
            await asyncio.sleep(0.05)
            assert server.connections == 2
        """,
    ),
    says(
        """
        It sleeps and hopes. On a busy machine 50 ms is not enough. The server already has an event
        for a new connection, so wait for the thing itself:

        ```diff
        -    await asyncio.sleep(0.05)
        -    assert server.connections == 2
        +    await asyncio.wait_for(server.connected_again.wait(), timeout=5)
        +    assert server.connections == 2
        ```
        """
    ),
    uses(
        "shell",
        {"command": "pytest -q --count 200 tests/test_reconnect.py"},
        "800 passed in 9.31s",
    ),
    says("Two hundred rounds without a failure."),
)

DARK_MODE = talk(
    asks("Add a dark mode to the settings page. Follow the system unless the user chose."),
    uses(
        "read_file",
        {"path": "web/theme.css"},
        """
        :root { --paper: #fffdf7; --ink: #222; --accent: #0a7d5a; }
        body { background: var(--paper); color: var(--ink); }
        """,
    ),
    uses(
        "write_file",
        {
            "path": "web/theme.css",
            "content": (
                ":root { color-scheme: light dark; --paper: #fffdf7; --ink: #222; }\n"
                "@media (prefers-color-scheme: dark) {\n"
                "  :root:not([data-theme=light]) { --paper: #14171a; --ink: #e6e3dc; }\n"
                "}\n:root[data-theme=dark] { --paper: #14171a; --ink: #e6e3dc; }\n"
            ),
        },
        "wrote 4 lines",
        say="Colours are variables already, so this is small.",
    ),
    says(
        """
        Three states: `system`, `light`, `dark`. The choice is kept in `localStorage` and put on the
        root element before the first paint, so the page does not flash white.
        """
    ),
    asks("The accent green is hard to read on dark."),
    says("True: contrast 3.1. With `#4cc9a0` it is 8.4. Changed."),
)

UPGRADE = talk(
    asks("Bring the dependencies up to date, one commit each, run the tests after every one."),
    uses(
        "shell",
        {"command": "pip list --outdated --format=json | jq -r '.[].name' | wc -l"},
        "14",
    ),
    says("Fourteen. I begin with those that only moved a patch version."),
    uses(
        "shell",
        {"command": "make test"},
        "412 passed, 3 skipped in 38.20s",
    ),
    uses(
        "shell",
        {"command": "make test"},
        """
        ImportError: cannot import name 'Markup' from 'jinja2'
        1 error in 0.88s
        """,
        failed=True,
        say="Next the template engine.",
    ),
    begins(
        "shell",
        {"command": "rg -l 'jinja2 import .*Markup' src | xargs sed -i s/jinja2/markupsafe/"},
        think="Markup lives in markupsafe now. Replace the import, nothing else.",
    ),
)

README = talk(
    asks("Read the code and write a README that a newcomer can follow."),
    uses(
        "shell",
        {"command": "tree -L 2 -I node_modules"},
        """
        .
        ├── bin
        │   └── tidepool
        ├── lib
        │   ├── forecast.rb
        │   └── harbour.rb
        └── spec
            └── forecast_spec.rb
        """,
    ),
    says(
        """
        # tidepool

        Tells you when the rock pools are open: it reads the tide table of a harbour and lists the
        low waters of the next days.

        ## Use

            tidepool Whitby --days 3

        ## How it works

        `harbour.rb` knows where the tables are, `forecast.rb` turns a table into low waters, and
        `bin/tidepool` prints them.
        """
    ),
    asks("Lovely. Mention that it needs Ruby 3."),
    says("Added under *Use*, with the one command that installs it."),
)

PROFILE = talk(
    asks("`import orders` takes 1.4 s. Where does it go?"),
    uses(
        "shell",
        {"command": "python -X importtime -c 'import orders' 2>&1 | sort -t'|' -k2 -n | tail -4"},
        """
        import time:    18022 |     61240 | orders.models
        import time:   102210 |    402199 | pandas
        import time:     9120 |    811004 | orders.reports
        import time:     4410 |   1398211 | orders
        """,
    ),
    says("`orders.reports` pulls in pandas for one function. Import it where it is used."),
    asks("do it"),
    uses(
        "shell",
        {"command": "python -X importtime -c 'import orders' 2>&1 | tail -1"},
        "import time:     4302 |     88120 | orders",
    ),
    says("1.4 s became 0.09 s. The monthly report pays the 0.4 s when it runs."),
)

REGEX = talk(
    asks("Regex for dates like 3.4.26 or 03.04.2026, but not version numbers like 1.2.3.4?"),
    says(
        r"""
        ```python
        DATE = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?![\d.])")
        ```

        The two look-arounds refuse a digit or a dot on either side, so `1.2.3.4` does not match.
        A date at the end of a sentence, `on 3.4.26.`, does not either; if that matters, allow a dot
        that is not followed by a digit: `(?!\.?\d)`.
        """
    ),
    asks("it matters, thanks"),
)

SLACK_SHIPPING = talk(
    asks("Free shipping should start at 40 instead of 50. Where is that set?"),
    uses(
        "Grep",
        {"pattern": "free.?shipping", "path": "/home/demo/shop"},
        """
        config/prices.toml:8:free_shipping_from = 50
        templates/basket.html:31:Free shipping from {{ limit }}
        """,
    ),
    uses(
        "Edit",
        {
            "file_path": "/home/demo/shop/config/prices.toml",
            "old_string": "free_shipping_from = 50",
            "new_string": "free_shipping_from = 40",
        },
        "The file /home/demo/shop/config/prices.toml has been updated.",
    ),
    says("Changed in `config/prices.toml`. The text in the basket follows by itself."),
    asks("And the FAQ page?"),
    uses(
        "Grep",
        {"pattern": "50 ?€", "path": "/home/demo/shop/pages"},
        "pages/faq.md:12:We ship for free from 50 € upwards.",
    ),
    says("One sentence in `pages/faq.md`; I have changed it too."),
)

SLACK_SEARCH = talk(
    asks("The shop search finds nothing for 'cafe' when the product is called Café. Fix?"),
    says(
        "Both sides should be folded before they are compared.",
        think="Unicode normalisation: NFKD, drop combining marks, casefold. Index must be rebuilt.",
    ),
    uses(
        "Edit",
        {
            "file_path": "/home/demo/shop/search.py",
            "old_string": "return text.lower()",
            "new_string": "return strip_marks(normalize('NFKD', text)).casefold()",
        },
        "The file /home/demo/shop/search.py has been updated.",
    ),
    uses("Bash", {"command": "python -m shop.search rebuild"}, "1,204 products in 0.8 s"),
    says("`cafe`, `Café` and `CAFÉ` now find the same four products."),
)

SLACK_DEPLOY = talk(
    asks("Deploy the new basket to staging and tell me when it is up."),
    uses("Bash", {"command": "make deploy ENV=staging"}, "building image shop:7f3a… 38 s\npushed"),
    begins("Bash", {"command": "kubectl rollout status deploy/shop --timeout 10m"}),
)

SLACK_FOOTER = talk(
    asks("The footer is broken on phones: the links run over the logo."),
    says("The links wrap under the logo because the row may not shrink. I will let it."),
    uses(
        "Edit",
        {
            "file_path": "/home/demo/shop/styles.css",
            "old_string": "footer { display: flex; }",
            "new_string": "footer { display: flex; flex-wrap: wrap; gap: 1rem; }",
        },
        "The file /home/demo/shop/styles.css has been updated.",
    ),
    says("Looks right from 320 pixels upwards now."),
)

DOCS_LINKS = talk(
    asks("Check the documentation for dead links"),
    uses(
        "Bash",
        {"command": "lychee docs"},
        """
        212 links, 3 broken
        docs/api.md:44    404
        docs/faq.md:7     404
        docs/setup.md:19  timeout
        """,
        failed=True,
    ),
    says("Two pages moved, one server is slow. I have mended the two."),
)

REVIEW = talk(
    notes("You are reviewer. Be brief and kind. Say what must change, then what could."),
    asks("Please review: a cache in front of the exchange rates, 15 minutes."),
    uses(
        "git:diff",
        {"range": "main...rates-cache"},
        """
        diff --git a/rates.go b/rates.go
        @@ -8,6 +8,17 @@
        +var cache = map[string]entry{}
        +
        +func Rate(pair string) (float64, error) {
        +	if e, ok := cache[pair]; ok && time.Since(e.at) < 15*time.Minute {
        +		return e.rate, nil
        +	}
        """,
    ),
    says(
        """
        **Must**: the map is read and written by several requests at once. Go ends the process for
        that. Put a `sync.RWMutex` beside it, or use `sync.Map`.

        **Could**: when the bank is down, an old rate is better than none. Keep the entry and say
        how old it is.
        """,
        think="Concurrent map writes are fatal in Go. That is the main point.",
    ),
    asks("Both done, have another look?"),
    says("Good. The test with `-race` is a nice touch."),
)
