"""Labelled queries that are words of a title."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

TITLE_CASES = (
    Case(
        Kind.TITLE,
        "token refresh race",
        Talk(
            60,
            (
                Said(
                    "Two tabs refresh at once and one of them is logged out.",
                    "Both send the old refresh token; the second one is refused.",
                ),
            ),
            title="Fix token refresh race",
            topic="auth",
        ),
        (
            Talk(
                20,
                (
                    Said(
                        "Go through the login code and list what could be cleaner.",
                        "The token is read twice. The refresh happens in a timer. There is a race "
                        "between the timer and the logout, though I could not trigger it.",
                    ),
                ),
                title="Review of the login module",
                filler=6,
                topic="auth",
            ),
            Talk(
                5,
                (
                    Said(
                        "Write tests for the session store.",
                        "I covered token expiry, refresh, and what happens when a race loses.",
                    ),
                ),
                filler=5,
                topic="auth",
            ),
        ),
        "it is what the session is called",
    ),
    Case(
        Kind.TITLE,
        "invoice rounding",
        Talk(
            140,
            (
                Said(
                    "Totals differ by one cent from the sum of the lines.",
                    "Each line is rounded before it is added up; the total should be rounded once.",
                ),
            ),
            named="invoice rounding",
            topic="billing",
        ),
        (
            Talk(
                30,
                (
                    Said(
                        "What does the export contain?",
                        "One row per invoice. Rounding is done by the ledger, invoice by invoice.",
                    ),
                ),
                title="Explain the ledger export",
                filler=7,
                topic="billing",
            ),
        ),
        "somebody named it exactly so",
    ),
    Case(
        Kind.TITLE,
        "balcony irrigation",
        Talk(
            200,
            (Said("Which valve opens first?", "The one of the upper pots, for four minutes."),),
            title="Plan balcony irrigation",
            topic="garden",
        ),
        (
            Talk(
                90,
                (
                    Said(
                        "Do the tomatoes need more sun?",
                        "On the balcony they get enough; irrigation matters more in July.",
                    ),
                ),
                title="Tomatoes in July",
                filler=4,
                topic="garden",
            ),
        ),
        "the title says it, the other one mentions it",
    ),
    Case(
        Kind.TITLE,
        "migrate lockfile",
        Talk(
            25,
            (
                Said(
                    "Move the repository to the new lockfile format.",
                    "Done; the old file is gone and the pipeline reads the new one.",
                ),
            ),
            title="Migrate lockfile to the new format",
            topic="deploy",
        ),
        (
            Talk(
                3,
                (
                    Said(
                        "Why is the pipeline slow?",
                        "It resolves everything anew. Migrate to a lockfile and it will not.",
                    ),
                ),
                title="Slow pipeline",
                filler=3,
                topic="deploy",
            ),
        ),
        "the work itself, not the advice to do it",
    ),
    Case(
        Kind.TITLE,
        "sidebar flicker",
        Talk(
            75,
            (
                Said(
                    "It flashes white when the page changes.",
                    "The theme is read after the first paint. Reading it before ends the flicker.",
                ),
            ),
            title="Investigate sidebar flicker",
            topic="frontend",
        ),
        (
            Talk(
                10,
                (
                    Said(
                        "Make a list of all small visual bugs.",
                        "Tooltip offset, sidebar width, dialog shadow, carousel flicker, focus "
                        "ring in the sidebar, table flicker while sorting.",
                    ),
                ),
                title="Small visual bugs",
                filler=5,
                topic="frontend",
            ),
        ),
        "one session is about it, the other lists many bugs",
    ),
    Case(
        Kind.TITLE,
        "ferry timetable",
        Talk(
            320,
            (Said("When does the last boat leave?", "At 21:40, on Sundays at 19:10."),),
            named="Ferry timetable for the island",
            topic="travel",
        ),
        (
            Talk(
                310,
                (
                    Said(
                        "Plan the week.",
                        "Train on Monday, ferry on Tuesday; I put the timetable of the tram below.",
                    ),
                ),
                title="Plan a week at the coast",
                filler=4,
                topic="travel",
            ),
        ),
        "it was named for that",
    ),
    Case(
        Kind.TITLE,
        "quantise kick groove",
        Talk(
            15,
            (Said("The kick drags behind.", "Quantise it to three quarters, keep the swing."),),
            title="Quantise the kick, keep the groove",
            topic="music",
        ),
        (
            Talk(
                40,
                (
                    Said(
                        "Explain what makes this groove tick.",
                        "The kick is early. Do not quantise it or it dies.",
                    ),
                ),
                filler=3,
                topic="music",
            ),
        ),
        "all three words are the title",
    ),
)
