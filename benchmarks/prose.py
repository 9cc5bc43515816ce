"""Sentences as people and agents write them in a session, fast enough for gigabytes of history."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.vocabulary import (
    CHINESE,
    FRENCH,
    GERMAN,
    JAPANESE,
    KOREAN,
    identifiers,
    topic_words,
    vocabulary,
)

LANGUAGES = ("english", "german", "french", "chinese", "japanese", "korean")
LANGUAGE_WEIGHTS = (87, 5, 3, 2, 2, 1)

_SPACED = {"german": GERMAN, "french": FRENCH, "korean": KOREAN}
_UNSPACED = {"chinese": CHINESE, "japanese": JAPANESE}
_OPENINGS = (
    "Please",
    "Can you",
    "Now",
    "Why does it",
    "I want to",
    "Let us",
    "Next,",
    "We should",
    "The problem:",
    "Could you",
)


class Focus(NamedTuple):
    """What a session is about: words that come back in it, and the names of its code."""

    topic: str
    words: tuple[str, ...]
    names: tuple[str, ...]
    language: str


def new_focus(chance: random.Random, topic: str, names: list[str], language: str) -> Focus:
    """A few of the topic's words and of the project's names."""
    words = tuple(chance.sample(topic_words()[topic], 6))
    return Focus(topic, words, tuple(chance.sample(names, min(8, len(names)))), language)


def project_names(chance: random.Random, topic: str) -> list[str]:
    """The identifiers of a project."""
    return identifiers(chance, topic, 160)


class Prose:
    """Makes texts about a focus. The same generator state gives the same texts."""

    def __init__(self, chance: random.Random, focus: Focus) -> None:
        self._chance = chance
        self._focus = focus
        self._topic = topic_words()[focus.topic]
        self._vocabulary = vocabulary()

    def text(self, length: int) -> str:
        """About so many characters."""
        if self._focus.language in _UNSPACED:
            return self._unspaced(length)
        words = self._words(max(3, length // 6))
        return " ".join(self._sentences(words))

    def prompt(self, length: int) -> str:
        """What a person asks for."""
        return f"{self._chance.choice(_OPENINGS)} {self.text(length)}"

    def title(self) -> str:
        """A short title as agents make them."""
        chance = self._chance
        if self._focus.language in _UNSPACED:
            return "".join(chance.choices(_UNSPACED[self._focus.language], k=3))
        verb = chance.choice(("Fix", "Add", "Refactor", "Review", "Explain", "Investigate", "Test"))
        return f"{verb} {' '.join(chance.sample(self._focus.words, 3))}"

    def _words(self, number: int) -> list[str]:
        chance, focus = self._chance, self._focus
        words = chance.choices(
            self._vocabulary.words, cum_weights=self._vocabulary.weights, k=number
        )
        spaced = _SPACED.get(focus.language)
        if spaced is not None:
            for start in (0, 1, 2):
                places = range(start, number, 4)
                words[start::4] = chance.choices(spaced, k=len(places))
        words[3::5] = chance.choices(self._topic, k=len(range(3, number, 5)))
        words[4::13] = chance.choices(focus.words, k=len(range(4, number, 13)))
        words[7::23] = chance.choices(focus.names, k=len(range(7, number, 23)))
        return words

    def _sentences(self, words: list[str]) -> Iterator[str]:
        lengths = self._chance.choices((5, 8, 11, 14, 19), k=len(words) // 5 + 1)
        at = 0
        for length in lengths:
            if at >= len(words):
                return
            sentence = " ".join(words[at : at + length])
            yield f"{sentence[:1].upper()}{sentence[1:]}."
            at += length

    def _unspaced(self, length: int) -> str:
        words = _UNSPACED[self._focus.language]
        sentences = []
        for _ in range(max(1, length // 60)):
            sentence = "".join(self._chance.choices(words, k=9))
            sentences.append(f"{sentence} {self._chance.choice(self._focus.names)}。")
        return "".join(sentences)
