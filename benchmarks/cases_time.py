"""Labelled queries where the same matter came up several times."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

RECENT_CASES = (
    Case(
        Kind.RECENT,
        "prune old backups",
        Talk(2, (Said("Prune old backups on the second disk.", "Removed forty of them."),)),
        (
            Talk(35, (Said("Prune old backups on the first disk.", "Removed ninety of them."),)),
            Talk(160, (Said("Prune old backups on the laptop.", "Removed seven of them."),)),
            Talk(420, (Said("Prune old backups, please.", "Removed two of them."),)),
        ),
        "the same task four times: the last one is meant",
    ),
    Case(
        Kind.RECENT,
        "weekly report",
        Talk(4, (Said("Write the weekly report.", "Here is the weekly report."),)),
        tuple(
            Talk(days, (Said("Write the weekly report.", "Here is the weekly report."),))
            for days in (11, 18, 25, 32, 39)
        ),
        "every week the same words",
    ),
    Case(
        Kind.RECENT,
        "upgrade textual",
        Talk(
            6,
            (Said("Upgrade textual to the next version.", "Three calls had to change."),),
            title="Upgrade textual",
            topic="frontend",
        ),
        (
            Talk(
                230,
                (Said("Upgrade textual to the next version.", "Nothing had to change."),),
                title="Upgrade textual",
                topic="frontend",
            ),
        ),
        "same title, the newer one",
    ),
    Case(
        Kind.RECENT,
        "certificate renewal",
        Talk(
            8,
            (Said("Do the certificate renewal for the shop.", "Valid until March."),),
            topic="network",
        ),
        (
            Talk(
                98,
                (Said("Do the certificate renewal for the shop.", "Valid until December."),),
                topic="network",
            ),
            Talk(
                188,
                (Said("Do the certificate renewal for the shop.", "Valid until September."),),
                topic="network",
            ),
        ),
        "a task that comes back every quarter",
    ),
    Case(
        Kind.RECENT,
        "telescope alignment",
        Talk(
            300,
            (
                Said(
                    "Help me with the telescope alignment.",
                    "For the alignment of the telescope point it at Polaris first.",
                ),
                Said("The telescope alignment is off again.", "Tighten the wedge."),
            ),
            title="Telescope alignment",
        ),
        (
            Talk(
                1,
                (
                    Said(
                        "What did I do last winter?",
                        "You built a shelf, and wrote about telescope alignment once.",
                    ),
                ),
                filler=3,
            ),
        ),
        "the older one fits, the newer one only mentions it",
    ),
    Case(
        Kind.RECENT,
        "payroll export columns",
        Talk(
            75,
            (
                Said(
                    "Which columns does the payroll export need?",
                    "Number, name, hours, rate, and the cost centre.",
                ),
            ),
            title="Columns of the payroll export",
            topic="billing",
        ),
        (
            Talk(
                2,
                (
                    Said("What is open?", "Tests, the payroll thing, and the docs."),
                    Said("And the table?", "Export works; two columns are too narrow."),
                ),
                filler=4,
                topic="billing",
            ),
        ),
        "the older one fits better than yesterday's small talk",
    ),
    Case(
        Kind.RECENT,
        "flamegraph importer",
        Talk(
            1.5,
            (Said("Make a flamegraph of the importer again.", "Parsing is down to a third."),),
            topic="data",
        ),
        (
            Talk(
                9,
                (Said("Make a flamegraph of the importer.", "Parsing takes two thirds."),),
                topic="data",
            ),
        ),
        "yesterday's rather than last week's",
    ),
)


def _forked(words: str) -> tuple[Said, ...]:
    return (
        Said(f"Draw the {words} as a diagram.", f"The {words} has five boxes."),
        Said("Use fewer boxes.", "Three are left."),
    )


FORK_CASES = (
    Case(
        Kind.FORK,
        "ontology of parcels",
        Talk(3, (*_forked("ontology of parcels"), Said("Add the courier.", "Added.")), filler=0),
        (Talk(12, _forked("ontology of parcels"), filler=0),),
        "the fork goes on, the original was left",
    ),
    Case(
        Kind.FORK,
        "escalation matrix",
        Talk(
            20,
            (*_forked("escalation matrix"), Said("Who is on call?", "Nobody on Sunday.")),
            filler=0,
        ),
        (
            Talk(26, _forked("escalation matrix"), filler=0),
            Talk(27, _forked("escalation matrix")[:1], filler=0),
        ),
        "the last of three copies",
    ),
    Case(
        Kind.FORK,
        "courier handshake sunday",
        Talk(
            50,
            (
                Said("Describe the courier handshake.", "It has two steps."),
                Said("What happens on sunday?", "There is no courier, so no handshake."),
            ),
            filler=0,
        ),
        (
            Talk(55, (Said("Describe the courier handshake.", "It has two steps."),), filler=0),
            Talk(
                40,
                (
                    Said("Describe the courier handshake.", "It has two steps."),
                    Said("And who pays?", "The sender, but for a sunday delivery."),
                ),
                filler=2,
            ),
        ),
        "the copy in which that was asked",
    ),
)
