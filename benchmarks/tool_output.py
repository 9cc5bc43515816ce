"""What tools print: listings, logs, code, JSON, diffs, test reports. Most bytes of a history.

Blocks are made and escaped for JSON once per topic; an output is a few of them after a line that
is its own.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from benchmarks.vocabulary import camel, topic_words

_BLOCKS_OF_A_KIND = 14
_LEVELS = ("DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR")


def escaped(text: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


class ToolOutput:
    """The outputs of one topic, already escaped."""

    def __init__(self, topic: str, seed: object) -> None:
        self._chance = random.Random(f"{seed} tool output {topic}")
        self._words = topic_words()[topic]
        makers: tuple[Callable[[], str], ...] = (
            self._listing,
            self._log,
            self._code,
            self._code,
            self._json,
            self._diff,
            self._search_results,
            self._test_report,
        )
        made = [maker() for maker in makers for _ in range(_BLOCKS_OF_A_KIND)]
        self.blocks = tuple(map(escaped, made))

    def output(self, chance: random.Random, length: int) -> str:
        """An escaped output of about so many characters."""
        own = f"{chance.choice(self._words)} {chance.getrandbits(48):012x}"
        pieces, size = [own], len(own)
        while size < length:
            block = chance.choice(self.blocks)
            if size + len(block) > 1.6 * length + 200:
                block = block[: max(80, length - size)].rpartition(" ")[0]
            pieces.append(block)
            size += len(block) + 2
        return "\\n".join(pieces)

    # -- blocks ----------------------------------------------------------------------------

    def _name(self, joint: str = "_") -> str:
        return joint.join(self._chance.sample(self._words, 2))

    def _path(self) -> str:
        suffix = self._chance.choice(("py", "ts", "go", "rs", "md", "toml", "json", "sql"))
        return f"src/{self._chance.choice(self._words)}/{self._name()}.{suffix}"

    def _lines(self, least: int, most: int, line: Callable[[int], str]) -> str:
        return "\n".join(line(number) for number in range(self._chance.randint(least, most)))

    def _listing(self) -> str:
        chance = self._chance

        def line(_: int) -> str:
            size, day = chance.randrange(120, 90_000), chance.randrange(1, 28)
            return f"-rw-r--r--  1 dev dev {size:>7} Mar {day:>2} 10:{day + 20} {self._path()}"

        return self._lines(8, 60, line)

    def _log(self) -> str:
        chance = self._chance

        def line(number: int) -> str:
            level = chance.choice(_LEVELS)
            what = " ".join(chance.sample(self._words, 4))
            second = f"{number % 60:02}.{chance.randrange(999):03}"
            day = chance.randrange(1, 9)
            return (
                f"2026-03-0{day}T10:17:{second}Z {level} {self._name('.')} {what} "
                f"id={chance.getrandbits(32):08x} took={chance.randrange(900)}ms"
            )

        return self._lines(6, 50, line)

    def _code(self) -> str:
        chance = self._chance

        def method(_: int) -> str:
            first, second, third = chance.sample(self._words, 3)
            return (
                f"    def {first}_{second}(self, {third}: {camel([second])}, limit: int = "
                f"{chance.randrange(500)}) -> {camel([first, third])}:\n"
                f'        """Return the {first} of every {third} that has a {second}."""\n'
                f"        if not {third}.{second}_count:\n"
                f'            raise ValueError("no {second} in {{}}".format({third}))\n'
                f"        return self._{second}[{third}.{first}][:limit]\n"
            )

        head = f"class {camel(chance.sample(self._words, 2))}:\n"
        return head + self._lines(2, 8, method)

    def _json(self) -> str:
        chance = self._chance
        rows = [
            {
                "id": f"{chance.getrandbits(64):016x}",
                self._name(): chance.randrange(10_000),
                "status": chance.choice(("ok", "failed", "pending")),
                self._name(): chance.choice(self._words),
                "tags": chance.sample(self._words, 3),
            }
            for _ in range(chance.randint(3, 18))
        ]
        return json.dumps({"items": rows, "next": None}, indent=2)

    def _diff(self) -> str:
        chance, path = self._chance, self._path()

        def line(_: int) -> str:
            sign = chance.choice(" " * 4 + "+-")
            return f"{sign}    {self._name()} = {self._name('.')}({chance.choice(self._words)})"

        head = f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -14,7 +14,9 @@\n"
        return head + self._lines(8, 40, line)

    def _search_results(self) -> str:
        chance = self._chance

        def line(_: int) -> str:
            found = f"return {self._name('.')}({self._name()})"
            return f"{self._path()}:{chance.randrange(900)}:    {found}"

        return self._lines(5, 40, line)

    def _test_report(self) -> str:
        chance = self._chance

        def line(number: int) -> str:
            how = chance.choice(("PASSED", "PASSED", "PASSED", "FAILED", "SKIPPED"))
            return f"tests/test_{self._name()}.py::test_{self._name()} {how} [{number:>3}%]"

        return self._lines(8, 50, line) + f"\n=== {chance.randrange(400)} passed in 12.4s ==="
