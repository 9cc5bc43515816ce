"""Labelled queries with filters."""

from __future__ import annotations

from benchmarks.conversations import Program
from benchmarks.labelled import Case, Kind, Said, Talk

SCOPED_CASES = (
    Case(
        Kind.SCOPED,
        "dir:quokka-shop voucher",
        Talk(
            112,
            (Said("Add a voucher to the basket.", "The voucher is a line now."),),
            folder="/home/dev/shops/quokka-shop",
            topic="billing",
        ),
        (
            Talk(
                3,
                (Said("Add a voucher to the basket.", "Done."),),
                folder="/home/dev/shops/wombat-shop",
                topic="billing",
            ),
        ),
        "the folder decides",
    ),
    Case(
        Kind.SCOPED,
        "format:codex stencil",
        Talk(
            85,
            (Said("Cut the stencil smaller.", "The stencil is 40 wide."),),
            program=Program.CODEX,
        ),
        (Talk(2, (Said("Cut the stencil smaller.", "The stencil is 42 wide."),)),),
        "the program decides",
        "agent:codex stencil",
    ),
    Case(
        Kind.SCOPED,
        "after:7d turnstile",
        Talk(4, (Said("Is the turnstile counted?", "Yes."),), filler=3),
        (
            Talk(
                40,
                (
                    Said("The turnstile counts twice.", "The turnstile counts once now."),
                    Said("Test the turnstile.", "Tested."),
                ),
                title="Turnstile counts twice",
            ),
        ),
        "the week decides",
        "date:<7d turnstile",
    ),
    Case(
        Kind.SCOPED,
        "-format:codex gramophone",
        Talk(66, (Said("Digitise the gramophone records.", "Sixty of them."),)),
        (
            Talk(
                1,
                (Said("Digitise the gramophone records.", "All of them."),),
                title="Gramophone records",
                program=Program.CODEX,
            ),
        ),
        "everything but one program",
        "-agent:codex gramophone",
    ),
    Case(
        Kind.SCOPED,
        "before:90d lighthouse score",
        Talk(
            200,
            (Said("Our lighthouse score is 61.", "Images are too big."),),
            topic="frontend",
        ),
        (
            Talk(
                5,
                (Said("Our lighthouse score is 93.", "Well done."),),
                title="Lighthouse score",
                topic="frontend",
            ),
        ),
        "the old one was asked for",
        "date:>90d lighthouse score",
    ),
)


ROLE_CASES = (
    Case(
        Kind.ROLE,
        "role:user periscope",
        Talk(90, (Said("Paint the periscope red.", "It is red."),)),
        (
            Talk(
                4,
                (Said("What did we build?", "A periscope. The periscope has a mirror."),),
                title="What we built",
            ),
        ),
        "a person has to have said it",
        "periscope",
    ),
    Case(
        Kind.ROLE,
        "role:assistant abacus",
        Talk(
            120,
            (Said("How did they count?", "With an abacus; the abacus has ten rods."),),
        ),
        (Talk(7, (Said("Draw an abacus.", "Here is the drawing."),)),),
        "the answer has to have it",
        "abacus",
    ),
    Case(
        Kind.ROLE,
        "title:observatory dome",
        Talk(
            170,
            (Said("When does the dome open?", "At dusk."),),
            title="Observatory control",
        ),
        (
            Talk(
                6,
                (Said("The dome of the observatory leaks.", "Seal the dome."),),
                title="Leak in the roof",
            ),
        ),
        "the title has to have one word, the talk the other",
        "observatory dome",
    ),
    Case(
        Kind.ROLE,
        "has:tools zeppelin",
        Talk(
            77,
            (Said("Build the zeppelin target.", "Built.", "gcc -o zeppelin zeppelin.c"),),
            filler=0,
        ),
        (Talk(2, (Said("What is a zeppelin?", "An airship."),), filler=0),),
        "the one in which something was run",
        "zeppelin",
    ),
)
