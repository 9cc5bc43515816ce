"""Labelled queries with other spellings, filters and operators, written as late as the others."""

from __future__ import annotations

from benchmarks.conversations import Program
from benchmarks.labelled import Case, Kind, Said, Talk

LATER_SPELLING_CASES = (
    Case(
        Kind.PREFIX,
        "fault injec",
        Talk(
            58,
            (Said("Add fault injection to the disk layer.", "Every tenth write fails now."),),
            topic="storage",
        ),
        (
            Talk(
                14,
                (Said("Whose fault is it?", "Nobody's. The needle did not inject anything."),),
                filler=1,
                topic="garden",
            ),
        ),
        "the term, unfinished",
    ),
    Case(
        Kind.TYPO,
        "dependancy grpah",
        Talk(
            73,
            (Said("Draw the dependency graph.", "It has one cycle."),),
            title="Dependency graph",
            topic="compiler",
        ),
        (),
        "both words are misspelled",
    ),
    Case(
        Kind.FOLDED,
        "senor garcia",
        Talk(86, (Said("Write to Señor García about the lease.", "Written."),), topic="travel"),
        (),
        "names without their accents",
    ),
    Case(
        Kind.SCOPED,
        "format:claude-code aquarium pump",
        Talk(
            55,
            (Said("Control the aquarium pump.", "The aquarium pump runs at night."),),
            topic="garden",
        ),
        (
            Talk(
                5,
                (Said("Control the aquarium pump.", "Done."),),
                title="Aquarium pump",
                topic="garden",
                program=Program.CODEX,
            ),
        ),
        "the other program did it too",
        "agent:claude aquarium pump",
    ),
    Case(
        Kind.NAME,
        "orderBook",
        Talk(66, (Said("The order_book is empty after a restart.", "It is not saved."),)),
        (
            Talk(
                18,
                (Said("In order to book a room, call them.", "I did."),),
            ),
        ),
        "snake case for camel case",
    ),
    Case(
        Kind.NAME,
        "HTTPServer",
        Talk(48, (Said("Subclass http_server for the tests.", "There is a small one."),)),
        (),
        "capitals in a row",
    ),
    Case(
        Kind.PHRASE,
        '"works on my machine"',
        Talk(99, (Said("It works on my machine, but not in the pipeline.", "Another locale."),)),
        (
            Talk(
                8,
                (Said("My machine works on batteries.", "Then it is a good machine."),),
            ),
        ),
        "the saying",
    ),
    Case(
        Kind.CJK,
        "烤箱",
        Talk(71, (Said("把烤箱的温度调到二百度。", "已经调好了。"),)),
        (
            Talk(
                9,
                (Said("烤面包的箱子在哪里？", "在架子上。"),),
            ),
        ),
        "two characters next to each other",
    ),
    Case(
        Kind.TOOLS,
        "in:tools SIGKILL",
        Talk(
            33,
            (Said("Why did it stop?", "It was killed.", "worker 7 exited: SIGKILL (oom)"),),
        ),
        (),
        "a tool printed it",
        "SIGKILL",
    ),
    Case(
        Kind.WITHOUT,
        "apple -pie -tart",
        Talk(115, (Said("Sign the build for apple.", "Signed and stapled."),), topic="mobile"),
        (
            Talk(20, (Said("Bake an apple pie.", "Forty minutes."),), topic="garden"),
            Talk(10, (Said("Bake an apple tart.", "Thirty minutes."),), topic="garden"),
        ),
        "not the kitchen",
        "apple",
    ),
    Case(
        Kind.ROLE,
        "role:user barometer",
        Talk(76, (Said("Calibrate the barometer.", "Done, at sea level."),), topic="mobile"),
        (
            Talk(
                2,
                (Said("What do we measure?", "Air, by a barometer. The barometer is new."),),
                topic="mobile",
            ),
        ),
        "a person has to have said it",
        "barometer",
    ),
)
