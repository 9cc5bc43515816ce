"""Labelled queries that do not spell what they look for: unfinished, misspelled, other cases."""

from __future__ import annotations

from benchmarks.labelled import Case, Kind, Said, Talk

PREFIX_CASES = (
    Case(
        Kind.PREFIX,
        "kaleidos",
        Talk(85, (Said("The kaleidoscope demo is upside down.", "Mirrored it."),)),
        (),
        "there is only one",
    ),
    Case(
        Kind.PREFIX,
        "thermostat calib",
        Talk(
            66,
            (Said("Do the thermostat calibration again.", "The thermostat is off by a degree."),),
            topic="garden",
        ),
        (
            Talk(
                22,
                (
                    Said(
                        "Which devices are old?",
                        "The thermostat, and the scale that nobody calibrates.",
                    ),
                ),
                filler=4,
                topic="garden",
            ),
        ),
        "the words stand together there",
    ),
    Case(
        Kind.PREFIX,
        "saml asser",
        Talk(
            105,
            (Said("The saml assertion has no audience.", "It was named differently there."),),
            topic="auth",
        ),
        (
            Talk(
                16,
                (Said("Do we do saml?", "Not really. The tests assert nothing about it."),),
                filler=3,
                topic="auth",
            ),
        ),
        "the word that begins so stands beside the other",
    ),
    Case(
        Kind.PREFIX,
        "walkthrough onb",
        Talk(
            12,
            (Said("Shorten the walkthrough of the onboarding.", "Three pages are left."),),
            title="Walkthrough onboarding",
            topic="mobile",
        ),
        (),
        "unfinished, and as the title has it",
    ),
    Case(
        Kind.PREFIX,
        "sprocket inven",
        Talk(
            240,
            (Said("Count the sprocket inventory.", "Eight hundred and two."),),
            topic="billing",
        ),
        (
            Talk(
                200,
                (Said("Who made the first sprocket?", "Nobody knows who did invent it."),),
                topic="documents",
            ),
        ),
        "both words begin so, but only one session is about stock",
    ),
)

TYPO_CASES = (
    Case(
        Kind.TYPO,
        "authetication middlewear",
        Talk(
            48,
            (
                Said(
                    "Write the authentication middleware.",
                    "The authentication middleware reads the cookie first.",
                ),
            ),
            title="Authentication middleware",
            topic="auth",
        ),
        (),
        "two slips in two words",
    ),
    Case(
        Kind.TYPO,
        "orchestratoin",
        Talk(
            77,
            (Said("Explain the orchestration of the imports.", "One job starts the others."),),
            topic="data",
        ),
        (),
        "two letters changed places",
    ),
    Case(
        Kind.TYPO,
        "accelerometr",
        Talk(
            150,
            (Said("Read the accelerometer fifty times a second.", "Done."),),
            topic="mobile",
        ),
        (),
        "a letter is missing",
    ),
    Case(
        Kind.TYPO,
        "chlorophyl",
        Talk(
            270,
            (Said("What does chlorophyll absorb?", "Red and blue."),),
            topic="garden",
        ),
        (),
        "the last letter is missing: also its beginning",
    ),
    Case(
        Kind.TYPO,
        "mitochndria",
        Talk(333, (Said("Why do mitochondria have their own DNA?", "They were bacteria."),)),
        (),
        "a letter in the middle is missing",
    ),
    Case(
        Kind.TYPO,
        "labirynth generator",
        Talk(
            36,
            (Said("Write a labyrinth generator.", "It carves corridors depth first."),),
            title="Labyrinth generator",
        ),
        (),
        "two wrong vowels",
    ),
)

FOLDED_CASES = (
    Case(
        Kind.FOLDED,
        "kundigungsfrist",
        Talk(
            58,
            (Said("Wie lang ist die Kündigungsfrist?", "Drei Monate zum Quartal."),),
            topic="billing",
        ),
        (),
        "typed without the dots",
    ),
    Case(
        Kind.FOLDED,
        "creme brulee",
        Talk(410, (Said("Translate Crème brûlée.", "It is not translated."),), topic="documents"),
        (),
        "typed without accents",
    ),
    Case(
        Kind.FOLDED,
        "TERRARIUM",
        Talk(
            115,
            (Said("Light the terrarium at seven.", "The terrarium has a schedule now."),),
            topic="garden",
        ),
        (),
        "typed in capitals",
    ),
    Case(
        Kind.FOLDED,
        "Ångström",
        Talk(222, (Said("Show lengths in angstrom.", "The unit is there."),)),
        (),
        "typed with accents, written without",
    ),
    Case(
        Kind.FOLDED,
        "smorgasbord layout",
        Talk(
            29,
            (Said("Call it the Smörgåsbord layout.", "Renamed everywhere."),),
            topic="frontend",
        ),
        (),
        "an accent in the middle, and a common word",
    ),
)

NAME_CASES = (
    Case(
        Kind.NAME,
        "ParcelTracker",
        Talk(
            62,
            (Said("Why does parcel_tracker lose events?", "It is not awaited."),),
        ),
        (
            Talk(
                20,
                (Said("Where is my parcel?", "Ask the courier; their tracker is down."),),
                filler=2,
            ),
        ),
        "the same name in snake case",
    ),
    Case(
        Kind.NAME,
        "parcel_manifest",
        Talk(
            83,
            (Said("Split ParcelManifest in two.", "There are two classes now."),),
        ),
        (
            Talk(
                14,
                (Said("Send the parcel.", "Sent. The manifest of the app changed too."),),
                filler=2,
            ),
        ),
        "the same name in camel case",
    ),
    Case(
        Kind.NAME,
        "lantern-dispatcher",
        Talk(
            47,
            (Said("LanternDispatcher throws when it is closed.", "It is closed twice."),),
        ),
        (),
        "kebab case for camel case",
    ),
    Case(
        Kind.NAME,
        "dispatcher",
        Talk(
            18,
            (
                Said("Rename OrderDispatcher.", "OrderDispatcher is now called OrderSender."),
                Said("Are there others like OrderDispatcher?", "No."),
            ),
        ),
        (),
        "the second part of a camel case name",
    ),
    Case(
        Kind.NAME,
        "walnut_press.py",
        Talk(
            125,
            (Said("Look at src/kitchen/walnut_press.py, line 40.", "The handle is None."),),
        ),
        (
            Talk(
                30,
                (Said("Press release about the walnut festival, please.", "Here it is."),),
            ),
        ),
        "the last part of a path",
    ),
    Case(
        Kind.NAME,
        "kitchen/almond",
        Talk(
            72,
            (Said("Move src/kitchen/almond_slicer.rs up one level.", "Moved."),),
        ),
        (
            Talk(
                21,
                (Said("Paint the kitchen.", "In almond white?"),),
                filler=1,
            ),
        ),
        "two parts of a path, the last unfinished",
    ),
    Case(
        Kind.NAME,
        "E4471",
        Talk(
            38,
            (Said("What does E4471 mean?", "The lid is open."),),
        ),
        (),
        "an error code",
    ),
    Case(
        Kind.NAME,
        "walrus.tusk.length",
        Talk(
            91,
            (Said("The setting walrus.tusk.length is ignored.", "It is read too late."),),
        ),
        (
            Talk(
                33,
                (Said("What is the length of a tusk of a walrus?", "Up to a metre."),),
            ),
        ),
        "a dotted name as it is written",
    ),
    Case(
        Kind.NAME,
        "tusk",
        Talk(
            17,
            (
                Said("Rename narwhal.tusk.count.", "narwhal.tusk.count is gone."),
                Said("Is tusk used elsewhere?", "No tusk anywhere."),
            ),
        ),
        (),
        "the middle of a dotted name",
    ),
    Case(
        Kind.NAME,
        "teapotError",
        Talk(
            27,
            (Said("Where is TEAPOT_ERROR raised?", "In the boiler."),),
        ),
        (),
        "a constant, typed in camel case",
    ),
)
