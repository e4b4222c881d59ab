"""How well one word fits each language that is written in Latin letters.

Its letters are weighed with naive Bayes over n-grams: py3langid's figures for our languages, with what they lack added
from our own texts (`benchmarks/training/language.py`, docs/model-card.md): Hindi in Latin letters, chat, words without
their accents. A word is weighed with a space on either side, since its ends tell most, and alone, so that what was
found can be remembered. To that come the lists of `vocabulary/languages.yaml`: the small words of chat, and what only
one of two sisters writes (Indonesian and Malay). A last number says how well the word fits languages that are not ours.

Adding up a dozen numbers a word is most of the work, so they travel in one whole number, a lane of bits each: one
addition adds them all (`Lanes`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log, sqrt
from pathlib import Path
from struct import Struct
from threading import Lock

from analytics.text import fold
from analytics.vocabulary import read_file

LATIN = ("en", "es", "pt", "fr", "de", "it", "id", "vi", "tr", "ms", "hi")
SISTERS = ("id", "ms")
# Languages beside which a text must still look like one of ours. Close relatives of ours (Galician, Javanese, Azeri)
# are left out: they would take from their sisters more texts than they keep away.
OTHERS = (
    "nl",
    "da",
    "sv",
    "no",
    "fi",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "hr",
    "sl",
    "tl",
    "lt",
    "lv",
    "et",
    "sw",
    "ca",
    "sq",
)

LONGEST_GRAM = 5  # bytes; py3langid has a handful of six, none of them needed
STEP = 0.045  # nats that one step of the table stands for: 255 of them reach as far down as naive Bayes goes
_FILE = Path(__file__).with_name("models") / "latin.npz"

_WORDS_KEPT = 16_384  # about 3 MB
_LONGEST = 30  # letters; what is longer is a smashed keyboard
_SHARED = (0.8, 0.45, 0.25)  # nats for a listed word that one, two or three of our languages have
_SISTER, _RATHER = 4.0, 1.5  # nats against the sister that does not write the word, or writes it less
# Corrections of what letters say, by word and by text. Hindi was counted from a list and claims a little too much.
# py3langid's Malay was learned from pages of which most are Indonesian, and Indonesian is written by ten times as many.
_A_WORD = {"hi": -0.3, "ms": -0.1}
A_TEXT = {"ms": -0.6}
_ENDINGS = (
    ("id", re.compile(r"(?:iti|isma|syen|nyer?)$|^juru\w{4}")),  # kualiti, kapitalisma, televisyen, harganye, jurulatih
    ("ms", re.compile(r"(?:itas|\w{4}in)$|^n[gy]\w{3,}in$")),  # kualitas, kirimin, nyobain
)

# Lower-case letters, the full-width ones and mathematical alphabets with which spam hides among them.
_LETTER = "a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff41-\uff5a\U0001d400-\U0001d6a3"
_WORD = re.compile(f"[{_LETTER}]+(?:['’][{_LETTER}]+)*")
_LONG = re.compile(r"(.)\1\1+")
_HA = re.compile(
    r"(?:mu|bw|[abx])?a?(?:h[aeiou]){2,}h?|(?:j[aei]){2,}j?|(?:x[ae]){2,}|(?:ke){2,}k?|(?:ka){3,}k?|(?:wk){2,}w?|"
    r"(?:rs){2,}|(?:lo)+l|xd+|[kw]{2,}"
)


class Lanes:
    """Thirteen numbers in one: for each of LATIN, for another language, and how many words there are that tell.

    Each has 32 bits. A nat is `PARTS`, and all lanes of a word are lifted alike, so that none is negative and
    differences between languages are what they were. A text has at most 200 words: their sums stay below 2^32.
    """

    PARTS = 4096
    LIFT = 256 * PARTS  # more than the longest word can lie below its best language
    _LAYOUT = Struct(f"<{len(LATIN) + 2}I")

    @classmethod
    def packed(cls, parts: list[int], tells: bool) -> int:
        return int.from_bytes(cls._LAYOUT.pack(*parts, tells), "little")

    @classmethod
    def unpacked(cls, total: int) -> tuple[int, ...]:
        return cls._LAYOUT.unpack(total.to_bytes(cls._LAYOUT.size, "little"))


def in_parts(nats: float) -> int:
    return round(nats * Lanes.PARTS)


def words(text: str) -> list[str]:
    """Lower-case words in Latin letters.

    >>> words("Qué LINDO!! 10 likes, 多少钱")
    ['qué', 'lindo', 'likes']
    """
    return _WORD.findall(text.lower() if text.isascii() else text.lower().replace("i\u0307", "i"))  # İzmir


def plain_word(word: str) -> str:
    """A word as it is weighed: ordinary letters with their accents, drawn-out ones said twice, not too long.

    >>> plain_word("quéééééé")
    'quéé'
    """
    return _LONG.sub(r"\1\1", fold(word, "vi"))[:_LONGEST]


def grams(word: str, places: Mapping[bytes, int]) -> list[int]:
    """What `places` has for the longest known n-gram that ends at each byte of a word, and for the word itself."""
    spelled = f" {word} ".encode()
    known, found = places.get, []
    if len(spelled) > LONGEST_GRAM and (place := known(spelled)) is not None:
        found.append(place)
    for end in range(2, len(spelled) + 1):
        for start in range(end - LONGEST_GRAM if end > LONGEST_GRAM else 0, end - 1):
            if (place := known(spelled[start:end])) is not None:
                found.append(place)
                break
    return found


@dataclass(frozen=True, slots=True)
class _Model:
    """n-gram or word → the `STEP`s that it lies below its best, for LATIN, then OTHERS: 16 bits each in one number."""

    below: dict[bytes, int]
    layout: Struct


_loading = Lock()


@cache
def _model() -> _Model:
    """Read at first use."""
    import numpy as np

    with _loading, np.load(_FILE, allow_pickle=False) as file:
        rows = file["below"].astype("<u2")
        packed = [int.from_bytes(row.tobytes(), "little") for row in rows]
        return _Model(dict(zip(file["grams"].item().split(b"\n"), packed, strict=True)), Struct(f"<{rows.shape[1]}H"))


@cache
def _lists() -> dict[str, tuple[tuple[int, int], ...]]:
    """word → (place in LATIN, parts of a nat), for the words that are listed."""
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
        for key, against in (("rather", _RATHER), ("only", _SISTER)):
            for word in lists[key][lang].split():
                known = nats.setdefault(word, {})
                known[sister] = known.get(sister, 0.0) - against
    return {word: tuple((LATIN.index(lang), in_parts(nat)) for lang, nat in by.items()) for word, by in nats.items()}


@cache
def _everywhere() -> frozenset[str]:
    lists = read_file("languages")
    return frozenset((*lists["everywhere"].split(), *lists["names"].split()))


@lru_cache(maxsize=_WORDS_KEPT)
def evidence(word: str) -> int:
    """`Lanes` of a lower-case word. Words that every chat writes, and laughter, are nothing in all lanes.

    >>> en, es, pt, fr, de, it, *_ = Lanes.unpacked(evidence("quanto"))
    >>> it > es
    True
    """
    word = plain_word(word)
    if word in _everywhere() or _HA.fullmatch(word) is not None:
        return 0
    return Lanes.packed(_weighed(word), tells=len(word) > 1)


def letters_alone(word: str) -> int:
    """`Lanes` of a word as if no chat wrote it everywhere: for the answer where nothing else is left."""
    return Lanes.packed(_weighed(plain_word(word)), tells=False)


def _weighed(word: str) -> list[int]:
    """Lifted parts of a nat for LATIN, the best of the letters alone being 0 nats, then for another language."""
    model = _model()
    total = sum(grams(word, model.below))
    below = model.layout.unpack(total.to_bytes(model.layout.size, "little"))
    scale = _A_STEP / sqrt(len(word) + 2)
    parts = [int(steps * scale) for steps in below[: len(LATIN)]]
    base = Lanes.LIFT + min(parts)
    parts = [base - one for one in parts]
    other = base - int(min(below[len(LATIN) :]) * scale) - _OTHER_PRICE
    for place, more in _CORRECTIONS:
        parts[place] += more
    for place, more in _lists().get(word, ()):
        parts[place] += more
    for place, pattern in _AGAINST:
        if pattern.search(word) is not None:
            parts[place] -= _ENDS_AGAINST
    parts.append(other)
    return parts


# What an n-gram that occurs once is weighed with is log(1 + 1), as in py3langid.
_A_STEP = STEP * log(2) * Lanes.PARTS
_OTHER_PRICE = in_parts(0.7)  # a word: each word may pick the best of them anew, which flatters them
_CORRECTIONS = tuple((LATIN.index(lang), in_parts(nats)) for lang, nats in _A_WORD.items())
_AGAINST = tuple((LATIN.index(lang), pattern) for lang, pattern in _ENDINGS)
_ENDS_AGAINST = in_parts(2.0)
