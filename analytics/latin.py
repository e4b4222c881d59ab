"""How well one word fits each language that is written in Latin letters.

Its letters are weighed with naive Bayes over n-grams: py3langid's figures for our languages, with what they lack added
from our own texts (`benchmarks/training/language.py`, docs/model-card.md): Hindi in Latin letters, chat, words without
their accents. A word is weighed with a space on either side, since its ends tell most, and alone, so that what was found
can be remembered. To that come the lists of `vocabulary/languages.yaml`: the small words of chat, and what only one of
two sisters writes (Indonesian and Malay). A last number says how well the word fits languages that are not ours at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp, log, sqrt
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from analytics.text import fold
from analytics.vocabulary import read_file

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LATIN = ("en", "es", "pt", "fr", "de", "it", "id", "vi", "tr", "ms", "hi")
Evidence = tuple[float, ...]  # nats for each of LATIN, the best of the letters alone being 0, then for "another language"
SISTERS = ("id", "ms")

# Languages beside which a text must still look like one of ours. Close relatives of ours (Galician, Javanese, Azeri)
# are left out: they would take from their sisters more texts than they keep away.
OTHERS = ("nl", "da", "sv", "no", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl", "tl", "lt", "lv", "et", "sw", "ca", "sq")
_OTHER_PRICE = 2.0  # nats a word: each word may pick the best of the 19 anew, which flatters them

LONGEST_GRAM = 6  # bytes
STEP = 0.045  # nats that one step of the table stands for: 255 of them reach as far down as naive Bayes goes
_SEEN_ONCE = log(2)  # the weight of an n-gram that occurs once is log(1 + 1), as in py3langid
_FILE = Path(__file__).with_name("models") / "latin.npz"

_WORDS_KEPT = 16_384  # about 10 MB
_LONGEST = 30  # letters; what is longer is a smashed keyboard
_SHARED = (0.8, 0.45, 0.25)  # nats for a listed word that one, two or three of our languages have
_SISTER = 4.0  # nats against the sister that does not write the word
# Corrections of what letters say, by word and by text. Hindi was counted from a list and claims a little too much.
# py3langid's Malay was learned from pages of which most are Indonesian, and Indonesian is written by ten times as many.
_A_WORD = {"hi": -0.3, "ms": -0.07}
A_TEXT = {"ms": -0.8}
_ENDINGS = (
    ("id", re.compile(r"(?:iti|isma|syen|nyer?)$|^juru\w{4}")),  # kualiti, kapitalisma, televisyen, harganye, jurulatih
    ("ms", re.compile(r"(?:itas|\w{4}in)$|^n[gy]\w{3,}in$")),  # kualitas, kirimin, nyobain
)

_LETTER = "a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_WORD = re.compile(f"[{_LETTER}]+(?:['’][{_LETTER}]+)*")
_LONG = re.compile(r"(.)\1\1+")


def words(text: str) -> list[str]:
    """Words in Latin letters, folded but with their accents, drawn-out letters said twice.

    >>> words("Quééééé lindo!! 10 likes, 多少钱")
    ['quéé', 'lindo', 'likes']
    """
    folded = fold(text, "vi")
    found = _WORD.findall(folded)
    if _LONG.search(folded) is not None:
        found = [_LONG.sub(r"\1\1", word) for word in found]
    return found


def grams(word: str, places: Mapping[bytes, int]) -> list[int]:
    """The places of the longest known n-gram that ends at each byte of a word."""
    spelled = f" {word} ".encode()
    found = []
    for end in range(2, len(spelled) + 1):
        for start in range(max(0, end - LONGEST_GRAM), end - 1):
            if (place := places.get(spelled[start:end])) is not None:
                found.append(place)
                break
    return found


@dataclass(frozen=True, slots=True)
class _Model:
    """n-gram → its row of `below`, which says for LATIN, then OTHERS, how many `STEP`s it lies below its best."""

    places: dict[bytes, int]
    below: NDArray[np.uint8]


_loading = Lock()


@cache
def _model() -> _Model:
    """Read at first use."""
    import numpy as np

    with _loading, np.load(_FILE, allow_pickle=False) as file:
        gram_list = file["grams"].item().split(b"\n")
        return _Model({gram: place for place, gram in enumerate(gram_list)}, file["below"])


@cache
def _lists() -> dict[str, tuple[tuple[int, float], ...]]:
    """word → (place in LATIN, nats), for the words that are listed."""
    lists = read_file("languages")
    owners: dict[str, set[str]] = {}
    for lang in LATIN:
        for word in fold(lists["words"][lang], "vi").split():
            owners.setdefault(word, set()).add(lang)
            if len(plain := fold(word, "und")) > 3:
                owners.setdefault(plain, set()).add(lang)
    nats: dict[str, dict[str, float]] = {}
    for word, langs in owners.items():
        apart = len(langs) - langs.issuperset(SISTERS)
        if apart <= len(_SHARED):
            # The sisters share what either lists: which of them it is, the second list says.
            shared = langs.union(SISTERS) if langs.intersection(SISTERS) else langs
            nats[word] = dict.fromkeys(shared, _SHARED[apart - 1])
    for lang, sister in (SISTERS, SISTERS[::-1]):
        for word in lists["only"][lang].split():
            nats.setdefault(word, {})[sister] = -_SISTER
    return {word: tuple((LATIN.index(lang), nat) for lang, nat in by.items()) for word, by in nats.items()}


@lru_cache(maxsize=_WORDS_KEPT)
def evidence(word: str) -> Evidence:
    """What a folded word says of its language.

    >>> dict(zip(LATIN, evidence("quanto")))["it"] > dict(zip(LATIN, evidence("quanto")))["es"]
    True
    """
    word = word[:_LONGEST]
    model = _model()
    below = model.below[grams(word, model.places)].sum(axis=0, dtype="i4").tolist()
    scale = STEP * _SEEN_ONCE / sqrt(len(word) + 2)
    best = min(below[: len(LATIN)])
    nats = [(best - one) * scale for one in below]
    other = log(sum(map(exp, nats[len(LATIN) :]))) - _OTHER_PRICE
    for lang, more in _A_WORD.items():
        nats[LATIN.index(lang)] += more
    for place, more in _lists().get(word, ()):
        nats[place] += more
    for sister, pattern in _ENDINGS:
        if pattern.search(word) is not None:
            nats[LATIN.index(sister)] -= _SISTER / 2
    return (*nats[: len(LATIN)], other)
