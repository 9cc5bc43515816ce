"""Labelled queries where the context decides: the whole session, the other words, the speaker."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

SPREAD_CASES = (
    Case(
        Kind.SPREAD,
        "pagination cursor postgres",
        Talk(
            70,
            (
                Said("The pagination of the order list is slow.", "It counts all rows each time."),
                Said("Can we use a cursor instead?", "Yes, by date and id."),
                Said("Which index does postgres need for it?", "One on both columns."),
            ),
            topic="data",
        ),
        (
            Talk(
                9,
                (
                    Said(
                        "Write the release notes.",
                        "Pagination got faster, the cursor blinks again, postgres was updated.",
                    ),
                ),
                filler=5,
            ),
        ),
        "a whole session about it, though no message has all three words",
    ),
    Case(
        Kind.SPREAD,
        "kubernetes memory eviction sidecar",
        Talk(
            35,
            (
                Said("Why does kubernetes restart the importer?", "It needs too much memory."),
                Said("Is it an eviction or a crash?", "An eviction; the node was full."),
                Said("Could the sidecar be the reason?", "Yes, the sidecar caches everything."),
            ),
            topic="deploy",
        ),
        (
            Talk(
                18,
                (
                    Said("What is a sidecar?", "A container beside another one in kubernetes."),
                    Said("And the cache?", "It has an eviction policy and takes memory."),
                ),
                filler=6,
                topic="storage",
            ),
        ),
        "every question is about it",
    ),
    Case(
        Kind.SPREAD,
        "passkey safari enrolment",
        Talk(
            100,
            (
                Said("Nobody can add a passkey since Tuesday.", "Since the new release, then."),
                Said("Only in Safari, it seems.", "It wants the call inside the click."),
                Said("Fix the enrolment page.", "The enrolment calls it directly now."),
            ),
            topic="auth",
        ),
        (
            Talk(
                50,
                (
                    Said(
                        "Which browsers do we support?",
                        "Firefox, Chrome, Safari. Passkey support varies.",
                    ),
                    Said("And the course?", "Enrolment ends on Friday."),
                ),
                filler=4,
                topic="auth",
            ),
        ),
        "three prompts make one matter",
    ),
    Case(
        Kind.SPREAD,
        "zettelkasten backlinks",
        Talk(
            210,
            (
                Said("Import my zettelkasten.", "Four hundred notes are in."),
                Said("Show the backlinks below each note.", "They are below the text now."),
            ),
            topic="documents",
        ),
        (
            Talk(
                5,
                (
                    Said(
                        "What do other note programs do?",
                        "Some have tags, some backlinks, some call it a zettelkasten.",
                    ),
                ),
                filler=7,
                topic="documents",
            ),
        ),
        "asked for, not mentioned in a comparison",
    ),
    Case(
        Kind.SPREAD,
        "metronome drift bluetooth",
        Talk(
            28,
            (
                Said("The metronome is late after a while.", "By eleven milliseconds a minute."),
                Said("Where does the drift come from?", "From two clocks."),
                Said("It only happens with bluetooth.", "Then the headset's clock is the other."),
            ),
            topic="music",
        ),
        (),
        "the only session with all of them",
    ),
)

MIXED_CASES = (
    Case(
        Kind.MIXED,
        "how does the quiescence check work",
        Talk(
            130,
            (
                Said(
                    "How does the quiescence check work before a snapshot?",
                    "It waits until no write is open for a second.",
                ),
            ),
            topic="storage",
        ),
        (
            Talk(
                20,
                (
                    Said(
                        "How does this check work?",
                        "It runs the test suite. If it does not work, look at the log.",
                    ),
                ),
                filler=4,
                topic="storage",
            ),
        ),
        "only one word in it says anything",
    ),
    Case(
        Kind.MIXED,
        "fix the tardigrade test",
        Talk(
            95,
            (Said("Please fix the tardigrade test.", "The tardigrade fixture was too small."),),
        ),
        (
            Talk(
                6,
                (Said("Please fix the test.", "I fix the test now. The test is fixed."),),
                title="Fix the test",
                filler=3,
            ),
        ),
        "the animal is what was meant",
    ),
    Case(
        Kind.MIXED,
        "error when we write parquet footer",
        Talk(
            42,
            (
                Said(
                    "There is an error when we write the parquet footer.",
                    "The file is closed before the footer is complete.",
                ),
            ),
            topic="data",
        ),
        (
            Talk(
                11,
                (
                    Said(
                        "Which footer do we write below the page?",
                        "The one with the error. When we change it, keep the parquet logo.",
                    ),
                ),
                filler=4,
                topic="documents",
            ),
        ),
        "nearly the sentence that was said",
    ),
    Case(
        Kind.MIXED,
        "why is it called samovar",
        Talk(
            350,
            (Said("Why is it called samovar?", "It boils by itself, and the name stuck."),),
            topic="deploy",
        ),
        (
            Talk(
                70,
                (Said("Deploy samovar.", "Done. It is called from the pipeline, that is why."),),
                filler=2,
                topic="deploy",
            ),
        ),
        "the question itself",
    ),
    Case(
        Kind.MIXED,
        "add a new icon for sauerkraut",
        Talk(
            190,
            (Said("Add a new icon for sauerkraut.", "It is green, 24 by 24."),),
            topic="frontend",
        ),
        (),
        "one session has the rare word",
    ),
)


HUMAN_CASES = (
    Case(
        Kind.HUMAN,
        "heartbeat timeout",
        Talk(
            65,
            (
                Said(
                    "Raise the heartbeat timeout to thirty seconds.",
                    "Done, and the value is in the settings now.",
                ),
            ),
            topic="network",
        ),
        (
            Talk(
                7,
                (
                    Said(
                        "Why are the tests red?",
                        "The log says heartbeat timeout, heartbeat timeout, heartbeat timeout.",
                        "WARN heartbeat timeout node=4\n" * 300,
                    ),
                ),
                filler=2,
            ),
        ),
        "a person asked for it; elsewhere a log repeats it",
    ),
    Case(
        Kind.HUMAN,
        "deprecation warnings",
        Talk(
            120,
            (Said("Get rid of the deprecation warnings.", "All eleven are gone."),),
        ),
        (
            Talk(
                15,
                (
                    Said(
                        "Run the tests.",
                        "412 passed, 14 deprecation warnings.",
                        "DeprecationWarning: the old call is deprecated\n" * 200,
                    ),
                ),
                filler=3,
            ),
            Talk(
                45,
                (Said("Run everything.", "It passed. The usual deprecation warnings came up."),),
                filler=3,
            ),
        ),
        "what the session was for, not what a run prints",
    ),
    Case(
        Kind.HUMAN,
        "unresolved import",
        Talk(
            88,
            (Said("Why is there an unresolved import in the linker script?", "A typing error."),),
            topic="compiler",
        ),
        (
            Talk(
                19,
                (
                    Said(
                        "Build it.",
                        "Failed: unresolved import of the old crate. Unresolved import twice more.",
                        "error: unresolved import\n" * 150,
                    ),
                ),
                filler=3,
                topic="compiler",
            ),
        ),
        "the question against build output",
    ),
    Case(
        Kind.HUMAN,
        "segfault decoder",
        Talk(
            145,
            (Said("There is a segfault in the decoder with empty frames.", "A missing check."),),
            topic="ml",
        ),
        (
            Talk(
                13,
                (
                    Said(
                        "Tidy up the issue list.",
                        "Closed: segfault in the old player. Open: decoder docs, encoder docs.",
                    ),
                ),
                filler=3,
                topic="ml",
            ),
        ),
        "reported by a person",
    ),
    Case(
        Kind.HUMAN,
        "rate limiter",
        Talk(
            52,
            (Said("Build a rate limiter for the public routes.", "Sixty calls a minute each."),),
            topic="network",
        ),
        (
            Talk(
                3,
                (
                    Said(
                        "Summarise the folder.",
                        "There is a cache, a pool, a rate limiter, a circuit breaker, and a "
                        "resolver. The rate limiter has tests.",
                    ),
                ),
                filler=4,
                topic="network",
            ),
        ),
        "where it was built",
    ),
)
