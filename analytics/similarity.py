"""How alike texts are: vectors of hashed word and character n-grams, compared by cosine.

Character n-grams need no dictionary and no word boundaries, so one method serves every script, and a typo or an
ending costs a few of them instead of the word. Hashing into a fixed number of signed buckets is the "hashing trick"
of Weinberger and others (2009): no vocabulary is kept, and collisions cancel out on average.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analytics.text import PLACEHOLDERS, clip, fold, squeeze

Vectors = NDArray[np.float32]

SIZE = 1024  # buckets; noise of a comparison is about 1/sqrt(SIZE), far below every threshold used here
READ = 240  # characters of a text that are compared; live chat allows 200 to 500, so this cuts only floods
_UNSPACED = 0x0E00  # from Thai on, scripts are written without spaces: pairs and triples of characters do for words
_SPACED_GRAMS, _UNSPACED_GRAMS = (3, 4), (2, 3)
# What a feature counts, by the lowest bit of its hash: a piece of a word 1, a whole word 2.
_WORTH = np.array([1.0, 2.0])
_FREQUENCIES = 1 << 16  # buckets in which document frequencies are counted
_GOLDEN = np.uint32(0x9E3779B1)  # Knuth's multiplicative hashing
# Vowel signs of Arabic, Indian and Thai writing are no "word characters" to Python, and belong to their words.
_NO_WORD = re.compile("[^\\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0e31-\u0e4e]+|_+")
_REDACTED = re.compile(rf"\[(?:{'|'.join(PLACEHOLDERS)})\]")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def gist(text: str, lang: str = "und") -> str:
    """What is compared of a text: its folded words, without punctuation, emoji, signs and redacted parts.

    Texts with the same gist say the same thing in the same words. It is empty where nothing is said in words.

    >>> gist("Does it suit DARK skin???  😍", "en"), gist("没声音！！", "zh"), gist("🔥🔥 :)")
    ('does it suit dark skin', '没声音', '')
    """
    folded = squeeze(fold(clip(text, READ), lang))
    if "[" in folded:
        folded = _REDACTED.sub(" ", folded)
    if "'" in folded:
        folded = _APOSTROPHE.sub(" " if lang in ("fr", "it") else "", folded)
    return " ".join(_NO_WORD.sub(" ", folded).split())


def vectors(gists: Sequence[str], *, rare: bool = True, size: int = SIZE) -> Vectors:
    """Vectors of unit length, one row a text (shape `len(gists)` × `size`); of an empty text all zeros.

    Two rows' dot product is their likeness: 1 for the same words, about 0 for nothing in common. With `rare`, what
    few of these texts share counts more than what all share (inverse document frequency), so a row then depends on
    the whole batch; without, it depends on its own text alone. `size` must be a power of two.

    >>> one, same, other = vectors(["does it suit dark skin", "suits it dark skin", "when do you ship"], rare=False)
    >>> float(one @ same) > 0.6 > 0.2 > float(one @ other)
    True
    """
    count = len(gists)
    if not count:
        return np.zeros((0, size), np.float32)
    # Each feature once a text: someone who says a word ten times means it once.
    pairs = np.sort(_features(gists))  # and not np.unique, which hashes first and takes ten times as long here
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    rows = (pairs >> np.uint64(32)).astype(np.int64)
    hashes = (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    weights = _WORTH[hashes & 1]
    if rare:
        slot = hashes >> 1 & (_FREQUENCIES - 1)
        frequency = np.bincount(slot, minlength=_FREQUENCIES)[slot]
        weights = weights * (np.log((1 + count) / (1 + frequency)) + 1)
    signed = np.where(hashes >> 31, -weights, weights)
    flat = np.bincount(rows * size + (hashes >> 9 & (size - 1)), weights=signed, minlength=count * size)
    out = flat.reshape(count, size).astype(np.float32)
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    norms[norms == 0] = 1
    found: Vectors = out / norms
    return found


def _features(gists: Sequence[str]) -> NDArray[np.uint64]:
    """Every feature of every text: the text's row in the upper 32 bits, the feature's hash in the lower."""
    padded = [f" {text} " if text else "" for text in gists]
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    owner = np.repeat(np.arange(len(padded), dtype=np.uint64), [len(text) for text in padded])
    found = []
    for length in sorted({*_SPACED_GRAMS, *_UNSPACED_GRAMS}):
        starts = len(points) - length + 1
        if starts <= 0:
            continue
        unspaced = points[1 : 1 + starts] >= _UNSPACED  # the first is often the space before a word
        wanted = owner[:starts] == owner[length - 1 :]  # begins and ends in the same text
        wanted &= np.where(unspaced, length in _UNSPACED_GRAMS, length in _SPACED_GRAMS)
        at = np.flatnonzero(wanted)
        mixed = np.full(len(at), length, np.uint32)
        for place in range(length):
            mixed = (mixed ^ points[at + place]) * _GOLDEN
            mixed ^= mixed >> np.uint32(15)
        found.append(owner[at] << np.uint64(32) | (mixed & ~np.uint32(1)))
    words = [
        row << 32 | zlib.crc32(word.encode("utf-8", "surrogatepass")) | 1
        for row, text in enumerate(gists)
        for word in text.split()
    ]
    return np.concatenate([*found, np.array(words, np.uint64)])
