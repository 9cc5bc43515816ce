"""Sample conversations of coding agents in a terminal, with the tools that these have."""

from __future__ import annotations

from sessiontui.services.demo_dialogue import asks, begins, notes, picture, says, talk, uses

_OFFSETS = "Find every place below lib and spec where an offset to UTC is a fixed number."
_PRINTED = "Compare low water at Whitby and Faro with tables/2026.csv, a week each way of 29 March."

TIDE_OFFSETS = talk(
    asks(_OFFSETS),
    uses(
        "Grep",
        {"pattern": "offset|getlocal|localtime", "path": "."},
        """
        lib/harbour.rb:22:    offset = 0
        spec/harbour_spec.rb:5:  OFFSET = 0
        """,
    ),
    says("Only `lib/harbour.rb` has one. `spec/harbour_spec.rb` repeats it as a constant."),
)

TIDE_TABLES = talk(
    asks(_PRINTED),
    uses(
        "Bash",
        {"command": "bin/tidepool Whitby --days 14 --from 2026-03-22 | diff - tables/whitby.txt"},
        """
        8,14c8,14
        < Sun 29 Mar  05:12
        ---
        > Sun 29 Mar  06:12
        """,
        failed=True,
    ),
    uses(
        "Bash",
        {"command": "bin/tidepool Faro --days 14 --from 2026-03-22 | diff - tables/faro.txt"},
        """
        8,14c8,14
        < Sun 29 Mar  02:40
        ---
        > Sun 29 Mar  03:40
        """,
        failed=True,
    ),
    says("Both are an hour early from 29 March on, and right before."),
)

TIDE_TABLE = talk(
    asks("tidepool shows low water an hour early since Sunday. Clocks changed?"),
    uses(
        "Grep",
        {"pattern": "utc_offset|Time.new", "path": "lib"},
        """
        lib/harbour.rb:22:    offset = 0
        lib/forecast.rb:9:    Time.new(day.year, day.month, day.day, hour, minute)
        """,
        think="Clocks went forward on Sunday. Look for an offset that is fixed.",
    ),
    uses(
        "Agent",
        {"subagent_type": "Explore", "description": "Find every fixed offset", "prompt": _OFFSETS},
        "Only lib/harbour.rb has one. spec/harbour_spec.rb repeats it as a constant.",
        say="Two things can be looked up beside this.",
    ),
    uses(
        "Agent",
        {
            "subagent_type": "general-purpose",
            "description": "Compare with the printed tables",
            "prompt": _PRINTED,
        },
        "Whitby and Faro are an hour early from 29 March on, and right before.",
    ),
    uses(
        "Edit",
        {
            "file_path": "/home/demo/tidepool/lib/harbour.rb",
            "old_string": "    offset = 0\n    Time.at(low_water, in: offset)",
            "new_string": "    zone = TZInfo::Timezone.get(@zone)\n    zone.to_local(low_water)",
        },
        "The file /home/demo/tidepool/lib/harbour.rb has been updated.",
        say="The offset is always 0, so summer time never comes. A harbour has a zone: use it.",
    ),
    uses("Bash", {"command": "bundle exec rspec"}, "14 examples, 0 failures"),
    says("Whitby and Faro agree with the printed tables again. I added both days as examples."),
)

SKETCH = talk(
    asks("Make the checkout look like this sketch", picture("checkout.png", 24_600, "image/png")),
    uses(
        "Read",
        {"file_path": "/home/demo/shop/templates/checkout.html"},
        """
             1\t<form class="checkout">
             2\t  {{ address }} {{ payment }} {{ summary }}
             3\t</form>
        """,
        think="Two columns: address and payment on the left, the summary stays on the right.",
    ),
    uses(
        "Write",
        {
            "file_path": "/home/demo/shop/styles/checkout.css",
            "content": ".checkout { display: grid; grid-template-columns: 2fr 1fr; gap: 2rem; }\n",
        },
        "File created successfully at: /home/demo/shop/styles/checkout.css",
    ),
    says("Two columns from 720 pixels upwards, one below. The summary stays in view."),
    asks("Lovely. The button should be green."),
    uses(
        "Edit",
        {
            "file_path": "/home/demo/shop/styles/checkout.css",
            "old_string": "gap: 2rem; }",
            "new_string": "gap: 2rem; }\n.checkout button { background: var(--accent); }",
        },
        "The file /home/demo/shop/styles/checkout.css has been updated.",
    ),
    says("Green, with the accent colour that the other pages use."),
)

CHANGELOG = talk(
    asks("Turn the commits since v1.8 into a changelog for people who use the shop"),
    uses(
        "Bash",
        {"command": "git log --oneline v1.8..HEAD"},
        """
        f19ab02 gift cards can be paid with gift cards no more
        7c01d9e remember the size a customer bought last
        0be4413 bump linters
        """,
    ),
    says(
        """
        ## 1.9

        - The size you bought last is chosen already.
        - A gift card cannot buy another gift card.

        The third commit changes nothing that anybody sees.
        """
    ),
)

LOST_MAIL = talk(
    asks("Order mails are sent twice when the queue restarts. Find out why, change nothing."),
    uses(
        "Bash",
        {"command": "rg -n 'ack|send_mail' orders/worker.py"},
        """
        31:    send_mail(order)
        32:    queue.ack(message)
        """,
    ),
    says(
        """
        The mail goes out on line 31 and the message is acknowledged on line 32. A restart between
        the two hands the message out again. Acknowledging first would lose mails instead, so
        remember what was sent: a row per order and kind of mail, written before sending.
        """,
        think="At least once delivery. The consumer must be idempotent.",
    ),
    asks("That explains Tuesday. Write it up as an issue text."),
    says(
        "**Order mails can go out twice.** Restart the worker while it sends: the mail comes again."
    ),
)

MIGRATION = talk(
    asks("Add a column for the delivery note to orders, and fill it for old rows"),
    uses(
        "Read",
        {"file_path": "/home/demo/orders/migrations/0041_totals.py"},
        "     1\tdef upgrade(db):\n     2\t    db.execute('ALTER TABLE orders ADD total INTEGER')",
    ),
    begins(
        "Bash",
        {"command": "python -m orders.migrate --batch 5000"},
        say="Written as 0042. Running it on the copy, five thousand rows at a time.",
    ),
)

FONTS = talk(
    asks("Which fonts do the docs load, and can we do with fewer?"),
    uses("Glob", {"pattern": "**/*.woff2"}, "6 files, 412 KB"),
    says("Six. Body text uses two weights, headings one. The other three can go: 190 KB less."),
    asks("Do it"),
    uses(
        "Bash",
        {"command": "git rm static/fonts/{thin,black,italic}.woff2 && make docs"},
        "make: *** [docs] Error 2: styles.css:12: no such font 'italic'",
        failed=True,
    ),
    says("Quotes are set in italic. I put that one back; two fonts less, 131 KB."),
)

RATE_LIMIT = talk(
    asks("The exchange rates service answers 429 at midnight. Back off instead of failing."),
    uses(
        "exec_command",
        {"cmd": "sed -n 1,40p rates/client.go"},
        """
        func (c *Client) Fetch(ctx context.Context, pair string) (Rate, error) {
        \tresp, err := c.http.Get(c.base + pair)
        """,
        think="**Looking for retries**\n\nThere are none. Retry-After should be respected.",
    ),
    uses(
        "apply_patch",
        """
        *** Begin Patch
        *** Update File: rates/client.go
        @@
        -\tresp, err := c.http.Get(c.base + pair)
        +\tresp, err := c.withBackoff(ctx, func() (*http.Response, error) {
        +\t\treturn c.http.Get(c.base + pair)
        +\t})
        *** End Patch
        """,
        "Success. Updated the following files:\nM rates/client.go",
    ),
    uses("exec_command", {"cmd": "go test ./rates/..."}, "ok  \texample/rates\t0.412s"),
    says("It waits as long as `Retry-After` says, five times at most, and stops with the request."),
)

_BENCH = talk(
    asks("Is the new search index faster? Measure, do not guess."),
    uses(
        "exec_command",
        {"cmd": "hyperfine 'shop-search cafe' 'shop-search --old cafe'"},
        """
        shop-search cafe        12.4 ms ± 0.6 ms
        shop-search --old cafe  87.1 ms ± 3.2 ms
        """,
        think="**Measuring both**\n\nSame query, warm cache, enough runs.",
    ),
    says("Seven times: 12.4 ms against 87.1 ms, over 50 runs each."),
)
BENCH = talk(
    _BENCH,
    asks("And with a cold cache?"),
    says("I may not drop the cache without root. On a fresh machine: 41 ms against 390 ms."),
)
BENCH_FORK = talk(
    _BENCH,
    asks("Draw that as a chart for the release notes"),
    says("```\nnew  ▇ 12.4 ms\nold  ▇▇▇▇▇▇▇ 87.1 ms\n```"),
)

FAILING_BUILD = talk(
    asks("CI is red since the upgrade of the compiler. Fix the warnings, not the flag."),
    uses(
        "exec_command",
        {"cmd": "cargo clippy -- -D warnings"},
        """
        error: this `if let` can be collapsed into the outer `match`
          --> src/harbour.rs:88:17
        error: could not compile `tidepool` due to 1 previous error
        """,
        failed=True,
    ),
    uses(
        "apply_patch",
        """
        *** Begin Patch
        *** Update File: src/harbour.rs
        @@
        -    Some(tide) => if let Tide::Low(at) = tide { lows.push(at) },
        +    Some(Tide::Low(at)) => lows.push(at),
        *** End Patch
        """,
        "Success. Updated the following files:\nM src/harbour.rs",
    ),
    uses("exec_command", {"cmd": "cargo clippy -- -D warnings"}, "Finished `dev` in 3.11s"),
    says("One arm collapsed, no warnings left."),
)

RENAME_PROJECT = talk(
    asks("Rename the package from `kettle` to `samovar` everywhere"),
    uses("exec_command", {"cmd": "rg -l kettle | wc -l"}, "214"),
    notes("The turn was interrupted"),
    asks("Stop, only in src and tests. The blog posts keep the old name."),
    uses("exec_command", {"cmd": "rg -l kettle src tests | xargs sed -i s/kettle/samovar/g"}, ""),
    says("61 files in `src` and `tests`. The blog is as it was."),
)

SCREENSHOT_BUG = talk(
    asks("The price jumps to the next line, see picture", picture("", 18_300, "image/png")),
    says(
        "The space before the currency may break. A no-break space keeps them together.",
        think="**Reading the picture**\n\nThe amount and the sign are on two lines.",
    ),
    asks("Also in the mails please"),
    uses("exec_command", {"cmd": "rg -n ' €' templates/mail | wc -l"}, "9"),
    says("Nine places in the mails, all changed."),
)

LOAD_TEST = talk(
    asks("Run the load test against staging for half an hour and watch the memory"),
    begins(
        "exec_command",
        {"cmd": "k6 run --duration 30m load/basket.js"},
        say="Starting with 50 visitors.",
    ),
)
