"""Labelled queries of plain words: rare ones, and ones that belong together."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

RARE_CASES = (
    Case(
        Kind.RARE,
        "gyroscope",
        Talk(
            170,
            (
                Said(
                    "The gyroscope drifts after ten minutes, what can we do?",
                    "Subtract the mean of the first second from the gyroscope, then filter.",
                ),
                Said("And when the phone is cold?", "The gyroscope needs its own table then."),
            ),
            topic="mobile",
        ),
        (
            Talk(
                30,
                (
                    Said(
                        "List the sensors we read.",
                        "Camera, location, battery, light, and on some phones the gyroscope.",
                    ),
                ),
                filler=5,
                topic="mobile",
            ),
        ),
        "asked about again and again, against one mention in a list",
    ),
    Case(
        Kind.RARE,
        "quesadilla",
        Talk(
            400,
            (Said("Write a test with a quesadilla in the order.", "Added, it costs 7.50."),),
        ),
        (),
        "there is only one",
    ),
    Case(
        Kind.RARE,
        "hysteresis",
        Talk(
            80,
            (
                Said(
                    "The pump switches on and off every minute. Would hysteresis help?",
                    "Yes: on below 30 percent, off above 45. That is hysteresis of 15 percent.",
                ),
            ),
            topic="garden",
        ),
        (
            Talk(
                60,
                (
                    Said(
                        "Summarise the notes of the meeting.",
                        "Budget, holidays, the pump (somebody said hysteresis), the new sensor.",
                    ),
                ),
                filler=6,
                topic="garden",
            ),
            Talk(
                300,
                (Said("Translate this glossary.", "Gain, damping, hysteresis, overshoot, lag."),),
                filler=4,
                topic="documents",
            ),
        ),
        "the question was about it; the others list it",
    ),
    Case(
        Kind.RARE,
        "monotonicity",
        Talk(
            33,
            (
                Said(
                    "Prove that the offsets keep their monotonicity after a restart.",
                    "Monotonicity holds as the last offset is written before it is given out.",
                ),
            ),
            topic="data",
        ),
        (
            Talk(
                31,
                (
                    Said(
                        "Name properties worth testing.",
                        "Idempotence, monotonicity, commutativity, bounds.",
                    ),
                ),
                filler=4,
                topic="testing",
            ),
        ),
        "a proof of it against one word in a list",
    ),
    Case(
        Kind.RARE,
        "xylophone",
        Talk(
            500,
            (Said("Replace the piano by a xylophone.", "The xylophone is track nine now."),),
            topic="music",
        ),
        (
            Talk(
                480,
                (Said("Which samples are unused?", "Bell, xylophone, two claps."),),
                filler=8,
                topic="music",
            ),
        ),
        "it was done there",
    ),
)

NEAR_CASES = (
    Case(
        Kind.NEAR,
        "watermark lag",
        Talk(
            45,
            (
                Said(
                    "Why is the watermark lag so high on Mondays?",
                    "The weekend's late events hold it back; the lag falls after the backfill.",
                ),
            ),
            topic="data",
        ),
        (
            Talk(
                12,
                (
                    Said("Where is the watermark set?", "In the consumer, once per batch."),
                    Said(
                        "The cursor feels sluggish.",
                        "That lag comes from the terminal, not from us.",
                    ),
                ),
                filler=4,
                topic="data",
            ),
        ),
        "the words belong together there; in the other one they are about two things",
    ),
    Case(
        Kind.NEAR,
        "retry budget exhausted",
        Talk(
            90,
            (
                Said(
                    "The gateway says retry budget exhausted. What does it mean?",
                    "More than a fifth of the calls were repeated, so no more retries are allowed.",
                ),
            ),
            topic="network",
        ),
        (
            Talk(
                14,
                (
                    Said("Add a retry to the upload.", "Three times, with jitter."),
                    Said("What is the budget for the new region?", "Four hundred a month."),
                    Said("I am done for today.", "Sleep well; you sounded exhausted."),
                ),
                filler=3,
                topic="network",
            ),
        ),
        "an error message, typed as it stands",
    ),
    Case(
        Kind.NEAR,
        "dead letter topic",
        Talk(
            110,
            (
                Said(
                    "Create a dead letter topic for the orders.",
                    "It is there; whatever fails five times goes into it.",
                ),
            ),
            topic="data",
        ),
        (
            Talk(
                20,
                (
                    Said("Find dead code.", "Two functions are dead, I removed them."),
                    Said("Write a letter to the landlord.", "Here is a draft."),
                    Said("Which topic gets most events?", "Clicks, by far."),
                ),
                filler=2,
                topic="data",
            ),
        ),
        "a term of three words, and a session where they fall apart",
    ),
    Case(
        Kind.NEAR,
        "borrow checker complaint",
        Talk(
            55,
            (
                Said(
                    "I do not understand the borrow checker complaint about the iterator.",
                    "The vector is changed while the iterator still borrows it.",
                ),
            ),
            topic="compiler",
        ),
        (
            Talk(
                8,
                (
                    Said("May I borrow your naming scheme?", "Of course."),
                    Said("Is there a type checker in the pipeline?", "Yes, it runs first."),
                    Said("A customer has a complaint.", "About the price, I guess."),
                ),
                filler=3,
                topic="compiler",
            ),
        ),
        "the words stand side by side in a question",
    ),
    Case(
        Kind.NEAR,
        "frost warning",
        Talk(
            260,
            (Said("Send a frost warning at two degrees.", "It is sent at 18:00 the day before."),),
            topic="garden",
        ),
        (
            Talk(
                120,
                (
                    Said("When was the last frost?", "On the ninth of April."),
                    Said("A warning shows up at import.", "It is about an old module."),
                ),
                filler=3,
                topic="garden",
            ),
        ),
        "what it warns of is frost",
    ),
)
