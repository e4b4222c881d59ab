"""What viewers say: the texts of examples/demo/comments.yaml, dealt like cards so that few are heard twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final
from unicodedata import category

import yaml

from sandbox.show.plan import DEMO

# Added to a text that has no emoji of its own. A tail needs no translation, so the recorded ones stay few.
TAILS: Final[Mapping[str, tuple[str, ...]]] = {
    "happy": (" 😍", " ❤️", " 🔥", " ✨", " 🥰", " 👏", " 💕", " 😊"),
    "cross": (" 😡", " 😤", " 😩", " 🙄", " 😠", " 👎"),
    "asking": (" 🙏", " 🤔", " 👀", " 🙋‍♀️"),
}
_MOODS: Final = {"praise": "happy", "order": "happy", "interest": "happy", "relief": "happy", "farewell": "happy"} | {
    "outage": "cross",
    "spammer": "cross",
}
TAILED: Final = 0.3  # share of the texts that get a tail


def tails(text: str, topic: str) -> tuple[str, ...]:
    """The tails that a text on a topic can be given; none where it has an emoji of its own.

    >>> tails("got mine", "order")[:2], tails("got mine 🙌", "order")
    ((' 😍', ' ❤️'), ())
    """
    if any(category(sign) == "So" for sign in text):
        return ()
    if topic.startswith("q_") or topic == "question":
        return TAILS["asking"]
    if topic.startswith("complaint."):
        return TAILS["cross"]
    return TAILS[_MOODS[topic]] if topic in _MOODS else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One text with its language and what it is about. `redacted` is what may be shown or translated of it."""

    text: str
    lang: str
    topic: str
    redacted: str


class Library:
    """All lines by language and topic."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.lines: dict[tuple[str, str], list[Line]] = {}
        for line in lines:
            self.lines.setdefault((line.lang, line.topic), []).append(line)

    def __contains__(self, key: tuple[str, str]) -> bool:
        return key in self.lines

    def topics(self, lang: str, prefix: str = "") -> list[str]:
        """Topics of a language in the order of the file, those that begin with `prefix`."""
        return [topic for spoken, topic in self.lines if spoken == lang and topic.startswith(prefix)]

    def find(self, text: str) -> Line:
        """The line that a comment was made from, whatever tail it was given; KeyError when it is none of ours."""
        line = self._by_text.get(text)
        if line is None:
            tail = next((tail for tails in TAILS.values() for tail in tails if text.endswith(tail)), "")
            line = self._by_text[text.removesuffix(tail)]
        return line

    @cached_property
    def _by_text(self) -> dict[str, Line]:
        return {line.text: line for lines in self.lines.values() for line in lines}


def read_library(path: Path = DEMO / "comments.yaml") -> Library:
    return Library(_lines(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)))  # noqa: S506 # a safe one


_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, ten times as fast, where it was built in


def _lines(languages: Mapping[str, Mapping[str, list[str | Mapping[str, str]]]]) -> Iterator[Line]:
    for lang, topics in languages.items():
        for topic, texts in topics.items():
            for said in texts:
                if isinstance(said, str):
                    yield Line(said, lang, topic, said)
                else:
                    yield Line(said["text"], lang, topic, said["redacted"])


class Deck:
    """Deals the lines of a topic in a shuffled order, and shuffles again only when all have been said."""

    def __init__(self, library: Library, chance: Random) -> None:
        self.library = library
        self._chance = chance
        self._left: dict[tuple[str, str], list[Line]] = {}

    def deal(self, lang: str, topic: str) -> str:
        """A text to say, sometimes with a tail."""
        left = self._left.get((lang, topic))
        if not left:
            left = self._left[lang, topic] = self.library.lines[lang, topic].copy()
            self._chance.shuffle(left)
        text = left.pop().text
        possible = tails(text, topic)
        return text + self._chance.choice(possible) if possible and self._chance.random() < TAILED else text
