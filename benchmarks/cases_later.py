"""Labelled queries that were written after the ranking was made: nothing was tuned on them."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

LATER_CASES = (
    Case(
        Kind.TITLE,
        "webhook signature",
        Talk(
            95,
            (
                Said(
                    "Payments of the test shop are refused since the update.",
                    "The body is parsed before it is checked, so the check sees other bytes.",
                ),
            ),
            title="Debug webhook signature mismatch",
            topic="billing",
        ),
        (
            Talk(
                12,
                (
                    Said(
                        "Which webhook events do we get?",
                        "Paid, refunded, disputed. Each has a signature in its header.",
                    ),
                ),
                filler=5,
                topic="billing",
            ),
        ),
        "the title says what it was about",
    ),
    Case(
        Kind.TITLE,
        "dark mode",
        Talk(
            22,
            (Said("Colours should follow the system.", "They do, and can be set by hand."),),
            named="dark mode",
            topic="frontend",
        ),
        (
            Talk(
                4,
                (
                    Said(
                        "Write the release notes of June.",
                        "New: dark mode, faster tables, fewer clicks. Fixed: eleven bugs.",
                    ),
                ),
                filler=3,
                topic="frontend",
            ),
        ),
        "named so by hand",
    ),
    Case(
        Kind.RARE,
        "idempotency",
        Talk(
            64,
            (
                Said(
                    "How do we keep the idempotency of a charge that is sent twice?",
                    "With a key that the client makes; the second call returns the first answer.",
                ),
                Said("Where is the idempotency key stored?", "In a table with a day's life."),
            ),
            topic="billing",
        ),
        (
            Talk(
                11,
                (
                    Said(
                        "Explain the methods of the interface.",
                        "Get and put have idempotency, post has not. Delete has it too.",
                    ),
                ),
                filler=4,
                topic="network",
            ),
        ),
        "two questions about it",
    ),
    Case(
        Kind.RARE,
        "bisect",
        Talk(
            140,
            (Said("Bisect the slow start.", "It began with the new font loader."),),
            topic="frontend",
        ),
        (
            Talk(
                30,
                (
                    Said(
                        "What could I do about the flake?",
                        "Run it a hundred times, log more, or bisect.",
                    ),
                ),
                filler=6,
                topic="testing",
            ),
        ),
        "it was done there, advised elsewhere",
    ),
    Case(
        Kind.SPREAD,
        "sourdough hydration oven",
        Talk(
            180,
            (
                Said("My sourdough is flat.", "It was left too long, or is too wet."),
                Said("What hydration should it have?", "Start with 68 percent."),
                Said("And how hot is the oven?", "As hot as it gets, with steam."),
            ),
            topic="garden",
        ),
        (
            Talk(
                25,
                (
                    Said(
                        "Make a shopping list.",
                        "Sourdough bread, hydration salts for the hike, oven gloves, tea.",
                    ),
                ),
                filler=2,
                topic="travel",
            ),
        ),
        "three questions of one evening",
    ),
    Case(
        Kind.SPREAD,
        "terraform drift bucket policy",
        Talk(
            44,
            (
                Said("Terraform wants to change things again.", "There is drift in two places."),
                Said("Is it the bucket?", "Yes, its policy was edited by hand."),
            ),
            topic="deploy",
        ),
        (),
        "question and answer together have all words",
    ),
    Case(
        Kind.NEAR,
        "memory leak worker",
        Talk(
            82,
            (
                Said(
                    "There is a memory leak in the worker, it grows by a gigabyte a day.",
                    "It keeps every finished task in a list.",
                ),
            ),
            topic="data",
        ),
        (
            Talk(
                17,
                (
                    Said("Did the press get wind of it?", "No leak so far."),
                    Said("How much memory has the phone?", "Eight."),
                    Said("Restart the worker.", "It runs again."),
                ),
                filler=3,
                topic="mobile",
            ),
        ),
        "one sentence against three matters",
    ),
    Case(
        Kind.NEAR,
        "unique constraint email",
        Talk(
            37,
            (Said("Add a unique constraint on the email column.", "Two rows had to be merged."),),
            topic="data",
        ),
        (
            Talk(
                9,
                (
                    Said("Send the email.", "Sent."),
                    Said("What is unique about our product?", "Its constraint solver, perhaps."),
                ),
                filler=2,
                topic="documents",
            ),
        ),
        "the words belong together there",
    ),
    Case(
        Kind.MIXED,
        "what is the difference between a mutex and a semaphore",
        Talk(
            230,
            (
                Said(
                    "What is the difference between a mutex and a semaphore?",
                    "A mutex has an owner, a semaphore counts.",
                ),
            ),
            topic="compiler",
        ),
        (
            Talk(
                21,
                (
                    Said(
                        "What is the difference between the two branches?",
                        "One has a mutex, and a comment about a semaphore was removed.",
                    ),
                ),
                filler=2,
                topic="compiler",
            ),
        ),
        "the question as it was asked",
    ),
    Case(
        Kind.RECENT,
        "standup notes",
        Talk(1.2, (Said("Write my standup notes.", "Yesterday, today, blocked."),)),
        tuple(
            Talk(days, (Said("Write my standup notes.", "Yesterday, today, blocked."),))
            for days in (2.2, 3.2, 6.2, 7.2)
        ),
        "every day the same, the last one is meant",
    ),
    Case(
        Kind.RECENT,
        "vendor security questionnaire",
        Talk(
            130,
            (
                Said(
                    "Fill in the vendor security questionnaire.",
                    "Forty answers are there, three are open.",
                ),
                Said("Answer the open ones of the questionnaire.", "Done."),
            ),
            title="Vendor security questionnaire",
            topic="documents",
        ),
        (
            Talk(
                3,
                (
                    Said(
                        "What have I put off?",
                        "Taxes, the dentist, and that vendor security questionnaire.",
                    ),
                ),
                filler=1,
            ),
        ),
        "where it was filled in, not where it was remembered",
    ),
    Case(
        Kind.HUMAN,
        "connection refused",
        Talk(
            40,
            (Said("Why do I get connection refused from the proxy?", "It listens elsewhere."),),
            topic="network",
        ),
        (
            Talk(
                6,
                (
                    Said(
                        "Run the smoke tests.",
                        "Two failed with connection refused, eighty passed.",
                        "connect: connection refused\n" * 120,
                    ),
                ),
                filler=2,
                topic="testing",
            ),
            Talk(
                15,
                (
                    Said(
                        "And now?",
                        "Still connection refused. Connection refused again. Connection refused.",
                        "connect: connection refused\n" * 300,
                    ),
                ),
                filler=2,
                topic="testing",
            ),
        ),
        "a person asked why",
    ),
    Case(
        Kind.HUMAN,
        "feature flags",
        Talk(
            100,
            (Said("Introduce feature flags for the checkout.", "Two flags are there, both off."),),
            topic="deploy",
        ),
        (
            Talk(
                13,
                (
                    Said(
                        "Clean up the settings.",
                        "Removed dead keys; the feature flags stay. I sorted the feature flags.",
                    ),
                ),
                filler=3,
                topic="deploy",
            ),
        ),
        "where they were asked for",
    ),
)
