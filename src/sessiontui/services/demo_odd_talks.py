"""Sample conversations that are hard to show: very long, hostile, damaged, cut off."""

from __future__ import annotations

from collections.abc import Iterator

from sessiontui.services.demo_dialogue import Dialogue, Line, asks, begins, says, talk, uses

_ROOMS = ("kitchen", "hall", "study", "cellar", "attic", "workshop", "bedroom", "pantry")
_THINGS = (
    "ladder",
    "box of jars",
    "sewing machine",
    "paint, half full",
    "winter coats",
    "tent",
    "spare tiles",
    "board games",
    "bicycle pump",
    "old radio",
    "seed trays",
    "cable drum",
    "camera bag",
)


def inventory(messages: int) -> Dialogue:
    """A household list, dictated one thing at a time, over this many messages."""
    return tuple(_inventory(messages))


def _inventory(messages: int) -> Iterator[Line]:
    for number in range(messages // 2):
        room = _ROOMS[(number // 7) % len(_ROOMS)]
        thing = _THINGS[number % len(_THINGS)]
        yield from asks(f"{room}: {thing}, number {number + 1}")
        yield from says(f"Noted: {thing} in the {room}. That makes {number + 1:,} things.")


NIGHTLY_INDEX = talk(
    asks("Index the photo archive tonight: dates, places, faces off. 48,000 pictures."),
    says("Starting with the oldest folder. I report every five thousand."),
    uses("photos", {"action": "index", "folder": "2009"}, "4,981 pictures, 12 without a date"),
    uses("photos", {"action": "index", "folder": "2010"}, "5,230 pictures, 3 without a date"),
    begins("photos", {"action": "index", "folder": "2011"}),
)

RELEASE_NOTES = talk(
    asks("Write the release notes for 2.4 from the merged pull requests."),
    uses("forge", {"list": "merged", "since": "v2.3"}, "31 pull requests"),
    begins(
        "forge",
        {"read": "pull requests", "count": 31},
        think="Thirty-one of them. Group by what a user notices, leave the rest out.",
    ),
)

HOSTILE = talk(
    asks("what is in the log file? just print it"),
    uses(
        "shell",
        {"command": "cat build.log"},
        "\x1b[2J\x1b[31mred alert\x1b[0m \x1b]0;a new window title\x07"
        "\x9b1;31mmore red\rover\x08\x08 and \u202eback to front\u202c, end",
    ),
    says(
        "It holds escape sequences: it clears the screen, sets the window's title, and writes "
        "backwards. [bold red]This looks like markup[/bold red], [/nothing] and [link=x]too[/link]."
    ),
    asks("and this one? \x00 \x1b[?1049h \u2066hidden\u2069"),
    says("Control characters only. Shown as signs they can do no harm."),
)

LONG_LINE = talk(
    asks("minify this page please"),
    uses("shell", {"command": "minify index.html"}, "<p>" + "lorem-ipsum-" * 900 + "</p>"),
    says("One line, 10,807 characters."),
)

FAILED_LOGIN = talk(
    asks("Fetch my electricity readings of last month"),
    uses(
        "browser",
        {"open": "https://energy.example/login"},
        "503 Service Unavailable, retry after 600 s",
        failed=True,
    ),
    uses(
        "browser",
        {"open": "https://energy.example/login"},
        "the page asks for a code that was sent by mail",
        failed=True,
    ),
)

WAITING_REPLY = talk(
    asks("Which of the two flats shall we take?"),
    says("The one by the park is 40 more a month and 20 minutes nearer to work."),
    asks("and which is quieter at night?"),
)

DIVIDED = talk(
    asks("Translate the menu, see attachment"),
    says("Soup of the day, noodles with walnuts, plum dumplings."),
    asks("and the drinks"),
)
