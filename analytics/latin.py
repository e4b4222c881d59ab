"""How well one word fits each language that is written in Latin letters.

The letters speak through py3langid's naive Bayes model, of which only our columns are kept. It is asked word by word,
with a space on either side, since the ends of words tell most and a text of three words is little else; a word's
evidence then never changes, so it is remembered. Three things that the model does not have are added from
`vocabulary/languages.yaml`: Hindi in Latin letters, the small words of chat, and what only one of two sisters writes
(Indonesian and Malay). A last number says how well the word fits languages that are not ours at all.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp, log, sqrt
from threading import Lock
from typing import Any

from analytics.text import fold
from analytics.vocabulary import read_file

LATIN = ("en", "es", "pt", "fr", "de", "it", "id", "vi", "tr", "ms", "hi")
Evidence = tuple[float, ...]  # nats for each of LATIN, the best of the letters alone being 0, then for "another language"

# Languages beside which a text must still look like one of ours. Close relatives of ours (Galician, Javanese, Azeri)
# are left out: they would take from their sisters more texts than they keep away.
OTHERS = ("nl", "da", "sv", "no", "fi", "pl", "cs", "sk", "hu", "ro", "hr", "sl", "tl", "lt", "lv", "et", "sw", "ca", "sq")
_OTHER_PRICE = 2.0  # nats a word: each word may pick the best of the 19 anew, which flatters them
_WORDS_KEPT = 16_384  # about 8 MB
_LONGEST = 30  # letters; what is longer is a smashed keyboard
_SHARED = (1.1, 0.65, 0.35)  # nats for a listed word that one, two or three of our languages have
_SISTER = 4.0  # nats against the sister that does not write the word
# Letters alone: Hindi was counted from a list and claims a little too much. py3langid's Malay was learned from pages of
# which most are Indonesian, and Indonesian is written by ten times as many.
_LETTERS_ALONE = {"hi": -0.3, "ms": -0.05}
BEFORE_READING = {"ms": -0.7}
_HINDI_SMOOTHING = 0.15  # how much of what all our languages do is mixed into the Hindi counts
_SEEN_ONCE = log(2)  # py3langid weighs a feature by log(1 + times seen)
_ENDINGS = (
    ("id", re.compile(r"(?:iti|isma|syen|nyer?)$|^juru\w{4}")),  # kualiti, kapitalisma, televisyen, harganye, jurulatih
    ("ms", re.compile(r"(?:itas|\w{4}in)$|^n[gy]\w{3,}in$")),  # kualitas, kirimin, nyobain
)


@dataclass(frozen=True, slots=True)
class _Letters:
    """py3langid's automaton over bytes, and log-probabilities of its features: LATIN's columns, then OTHERS'."""

    move: array[int]
    row: array[int]
    feature: list[int]
    table: Any

    def features(self, word: str) -> list[int]:
        move, row, feature = self.move, self.row, self.feature
        state, found = 0, []
        for byte in f" {word} ".encode():
            state = move[(row[state] << 8) + byte]
            if (one := feature[state]) >= 0:
                found.append(one)
        return found


_loading = Lock()


@cache
def _letters() -> _Letters:
    """Read at first use: 0.7 s, 130 MB for a moment and 30 MB from then on."""
    with _loading:
        import numpy
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        whole = LanguageIdentifier.from_model_file(MODEL_FILE)
        column = {lang: number for number, lang in enumerate(whole.nb_classes)}
        known = whole.nb_ptc[:, [column[lang] for lang in LATIN if lang != "hi"]].astype(numpy.float32)
        other = whole.nb_ptc[:, [column[lang] for lang in OTHERS]]
        letters = _Letters(whole.tk_nextmove, whole.tk_row, whole.tk_output, None)
        counts = numpy.zeros(len(known), dtype=numpy.float32)
        for word in read_file("languages")["romanised_hindi"].split():
            for one in letters.features(word):
                counts[one] += 1
        share = (counts / counts.sum() + _HINDI_SMOOTHING * numpy.exp(known).mean(axis=1)) / (1 + _HINDI_SMOOTHING)
        table = numpy.hstack([known, numpy.log(share)[:, None], other]).astype(numpy.float16)
    return _Letters(letters.move, letters.row, letters.feature, table)


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
    nats: dict[str, dict[str, float]] = {
        word: dict.fromkeys(langs, _SHARED[len(langs) - 1])
        for word, langs in owners.items()
        if len(langs) <= len(_SHARED)
    }
    for lang, sister in (("id", "ms"), ("ms", "id")):
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
    letters = _letters()
    sums = (letters.table[letters.features(word)].sum(axis=0, dtype="f4") * (_SEEN_ONCE / sqrt(len(word) + 2))).tolist()
    best = max(sums[: len(LATIN)])
    nats = [one - best for one in sums]
    for lang, less in _LETTERS_ALONE.items():
        nats[LATIN.index(lang)] += less
    for place, more in _lists().get(word, ()):
        nats[place] += more
    for sister, pattern in _ENDINGS:
        if pattern.search(word):
            nats[LATIN.index(sister)] -= _SISTER / 2
    other = log(sum(map(exp, nats[len(LATIN) :]))) - _OTHER_PRICE
    return (*nats[: len(LATIN)], other)
