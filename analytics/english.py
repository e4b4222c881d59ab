"""TextBlob's view of English words, from its lexicon and by its rule, in one pass over them.

TextBlob's analyser (pattern.en's, De Smedt and Daelemans 2012) builds a dictionary a word and looks each word up a
dozen times. Here are the same steps on plain numbers, about ten times as fast; the tests hold both next to each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import NamedTuple

from analytics.text import folded

# Words as TextBlob's lexicon has them, "n't" apart as it negates, and each exclamation mark, which strengthens.
_WORDS = re.compile(r"[a-z]+(?:-[a-z]+)*|!")
_WORDS_AND_NOT = re.compile(r"n't|[a-z]+?(?=n't)|[a-z]+(?:-[a-z]+)*|!")
_NOT = frozenset(("no", "not", "n't", "never"))
_TURNED, _EXCLAIMED = -0.5, 1.25


class _Known(NamedTuple):
    """What the lexicon says of a word; `adverb`: it strengthens or weakens the word that it stands before."""

    polarity: float
    subjectivity: float
    intensity: float
    adverb: bool


@dataclass(frozen=True, slots=True)
class _Lexicon:
    words: dict[str, _Known]
    faces: dict[str, float]  # emoticons that look like words ("x-d"), with their polarity


@dataclass(slots=True)
class _Said:
    """A known word as it stands in a text."""

    polarity: float
    subjectivity: float
    intensity: float
    turned: bool = False


_importing = Lock()


@cache
def _lexicon() -> _Lexicon:
    """Imported at first use: it brings nltk along (0.2 to 0.5 s)."""
    with _importing:
        from textblob._text import EMOTICONS
        from textblob.en import sentiment

        sentiment("good")  # reads its lexicon now, inside the lock: that is not safe from two threads
    words = {}
    for word, of in dict.items(sentiment):
        polarity, subjectivity, intensity = of[None]
        words[word] = _Known(polarity, subjectivity, intensity, "RB" in of)
    faces: dict[str, float] = {}
    for (_, feeling), written in EMOTICONS.items():
        for face in map(str.lower, written):
            if not face.isalpha() and _WORDS_AND_NOT.fullmatch(face):
                faces.setdefault(face, feeling)
    return _Lexicon(words, faces)


def textblob_view(text: str) -> tuple[float, float]:
    """TextBlob's polarity (−1…1) and subjectivity (0…1) of an English text.

    Drawn-out letters are shortened, and the words are those that chat has instead of those of edited English. Its few
    emoticons and entries of several words are left to our own lexicon.
    """
    plain = folded(text, "en")
    return view((_WORDS_AND_NOT if "n't" in plain else _WORDS).findall(plain))


def view(words: Sequence[str]) -> tuple[float, float]:
    """Polarity and subjectivity of words in lower case, 0 when none is known.

    >>> view(["what", "a", "great", "show"]), view(["not", "great"])
    ((0.8, 0.75), (-0.4, 0.75))
    """
    lexicon = _lexicon()
    known = lexicon.words
    if known.keys().isdisjoint(words):
        return 0.0, 0.0
    said: list[_Said] = []
    adverb = ""  # that stands before: "really" in "really good"
    turned = False  # by a "not" that stands before
    for word in words:
        found = known.get(word)
        if found is not None:
            if adverb:
                last = said[-1]
                last.polarity = max(-1.0, min(found.polarity * last.intensity, 1.0))
                last.subjectivity = max(-1.0, min(found.subjectivity * last.intensity, 1.0))
                last.intensity = found.intensity
            else:
                last = _Said(found.polarity, found.subjectivity, found.intensity)
                said.append(last)
            if turned:
                last.intensity = 1.0 / last.intensity
                last.turned = True
            adverb = word if found.adverb else ""
            turned = word in _NOT
            continue
        if word in _NOT:
            turned = True
        elif len(word) > 1:  # "not a good" is "not good", "not the good" is not
            turned = False
        if turned and adverb.endswith("ly"):  # "really not good"
            said[-1].turned = True
            turned = False
        elif len(word) > 2:
            adverb = ""
        if word == "!" and said:
            said[-1].polarity = max(-1.0, min(said[-1].polarity * _EXCLAIMED, 1.0))
        elif word in lexicon.faces:
            said.append(_Said(lexicon.faces[word], 1.0, 1.0))
    polarity = subjectivity = 0.0
    for one in said:  # added up in order and plainly, as there: newer Pythons' sum() rounds in another way
        polarity += one.polarity * _TURNED if one.turned else one.polarity
        subjectivity += one.subjectivity
    return polarity / len(said), subjectivity / len(said)
