"""Hashed character and word n-grams of a batch of texts, for the models that read every comment.

A text becomes the buckets of its pieces: character n-grams within words (with one of their edges), whole words, signs
and emoji, and pairs of neighbouring words. No vocabulary is kept (the "hashing trick", Weinberger and others 2009), one
method serves every script, and a typo costs a few pieces instead of the word.

Everything is computed for the whole batch at once: with H the running sum of cᵢ·Pⁱ over the code points, the
polynomial hash (Karp and Rabin 1987) of any piece [s, e) is (H[e] − H[s])·P⁻ˢ, modulo 2⁶⁴. That makes it some 5 µs a
comment where hashing strings one by one takes 80.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

from analytics.text import clip, folded

READ = 400  # characters of a text; live chat allows 200 to 500, so this cuts only floods
SHORTEST, LONGEST = 2, 5  # characters in a character n-gram
VERSION = 1  # of what a bucket means: a model names the one that it was trained with

_P = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2⁶⁴
_P_INVERSE = pow(_P, -1, 1 << 64)
_WORD, _PAIR = np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA24BAED4963EE407)
_MIX = np.uint64(0xFF51AFD7ED558CCD)  # of MurmurHash3's finaliser
_HASH_BITS = 48  # of a piece's hash are kept; the 16 above them number the texts of a batch
_STEM = 4  # characters of a word that a pair of beginnings looks at
_STEM_SALT, _OVER, _APART = np.uint64(0x8CB92BA72F3D8DD7), np.uint64(0xD1B54A32D192ED03), np.uint64(0xABC98388FB8FAC03)
_UNSPACED = ((0x0E00, 0x0E7F), (0x3040, 0x30FF), (0x3400, 0x9FFF))  # Thai, kana, Han
_SPACE = 0x20
_SIGN, _LETTER = 1, 2  # what a character is; 0 is a space


@dataclass(frozen=True, slots=True)
class Grams:
    """The different pieces of each text: `hashes` (48 bits), those of text i at [starts[i], starts[i + 1]).

    Every text has one piece at least.
    """

    hashes: NDArray[np.uint64]
    starts: NDArray[np.int64]

    def buckets(self, bits: int) -> NDArray[np.int64]:
        """A bucket of 2^bits (at most 2^48) for each piece."""
        return (self.hashes >> np.uint64(_HASH_BITS - bits)).astype(np.int64)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Pieces of each text."""
        return np.diff(self.starts)


def normal(text: str, lang: str) -> str:
    """The text as its pieces are cut: folded, drawn-out letters shortened, single spaces at its ends.

    >>> normal("Sooooo GOOD", "en")
    ' soo good '
    """
    return f" {' '.join(folded(clip(text, READ), lang).split())} "


def grams(normals: Sequence[str]) -> Grams:
    """The pieces of one to 65,535 texts that `normal` returned."""
    cut = _Cut.of(normals)
    return _different(*_near(cut), len(normals))


def wide_grams(normals: Sequence[str]) -> tuple[Grams, Grams]:
    """`grams`, and the same together with the pieces that reach over something (`_far`)."""
    cut = _Cut.of(normals)
    hashes, texts = _near(cut)
    more, of_more = _far(cut)
    return _different(hashes, texts, len(normals)), _different(hashes + more, texts + of_more, len(normals))


@dataclass(frozen=True, slots=True)
class _Cut:
    """A batch as code points. Word i is [begins[i], ends[i]): a run of letters, or one sign."""

    codes: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    of_text: NDArray[np.int64]
    running: NDArray[np.uint64]
    inverses: NDArray[np.uint64]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, normals: Sequence[str]) -> _Cut:
        codes = np.frombuffer("".join(normals).encode("utf-32-le", "replace"), np.uint32)
        lengths = np.fromiter(map(len, normals), np.int64, len(normals))
        kinds = _kinds()[np.minimum(codes, len(_kinds()) - 1)]
        powers, inverses = _powers(1 << len(codes).bit_length())
        running = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(codes * powers[: len(codes)], out=running[1:])
        before, after = np.concatenate(([0], kinds[:-1])), np.concatenate((kinds[1:], [0]))
        begins = np.flatnonzero((kinds == _SIGN) | ((kinds == _LETTER) & (before != _LETTER)))
        ends = np.flatnonzero((kinds == _SIGN) | ((kinds == _LETTER) & (after != _LETTER))) + 1
        return cls(codes, kinds, np.repeat(np.arange(len(normals)), lengths), running, inverses, begins, ends)

    def hashed(self, begins: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
        """The polynomial hash of each [begin, end)."""
        out: NDArray[np.uint64] = (self.running[ends] - self.running[begins]) * self.inverses[begins]
        return out


_Pieces = tuple[list[NDArray[np.uint64]], list[NDArray[np.int64]]]  # hashes, and the text of each


def _near(cut: _Cut) -> _Pieces:
    """Character n-grams, words, and pairs of neighbouring words."""
    hashes, texts = [], []
    of_text = cut.of_text
    inside = cut.kinds != 0
    clear = np.ones(len(cut.codes), bool)  # no space strictly inside the window, and one text only
    for length in range(SHORTEST, LONGEST + 1):
        last = len(cut.codes) - length + 1
        if last <= 0:
            break
        if length > 2:
            clear = clear[:last] & inside[length - 2 : length - 2 + last]
        fits = clear[:last] & (inside[:last] | inside[length - 1 :])
        if length == 2:
            fits &= of_text[:last] == of_text[1:]
        at = np.flatnonzero(fits)
        hashes.append((cut.hashed(at, at + length) + np.uint64(length)) * _MIX)
        texts.append(of_text[at])

    words = cut.hashed(cut.begins, cut.ends) * _WORD
    word_text = of_text[cut.begins]
    hashes.append(words * _MIX)
    texts.append(word_text)
    together = word_text[1:] == word_text[:-1]
    hashes.append(((words[:-1] * _PAIR) ^ (words[1:] >> np.uint64(7)))[together] * _MIX)
    texts.append(word_text[1:][together])
    number = int(of_text[-1]) + 1  # a text that `normal` returned is never empty
    # The edge itself, so that no text is without pieces.
    hashes.append(np.full(number, _MIX))
    texts.append(np.arange(number))
    return hashes, texts


def _far(cut: _Cut) -> _Pieces:
    """Pairs of the beginnings of words, side by side or with a word between; in scripts without spaces, pairs of
    characters with one or two between. Endings and small words change, and the pair stays."""
    hashes, texts = [], []
    word_text = cut.of_text[cut.begins]
    stems = cut.hashed(cut.begins, np.minimum(cut.ends, cut.begins + _STEM)) * _STEM_SALT
    longer = cut.ends - cut.begins > _STEM  # of short words alone the pair is there already
    beside = (word_text[1:] == word_text[:-1]) & (longer[1:] | longer[:-1])
    hashes.append(((stems[:-1] * _PAIR) ^ (stems[1:] >> np.uint64(7)))[beside] * _MIX)
    texts.append(word_text[1:][beside])
    over = word_text[2:] == word_text[:-2]
    hashes.append(((stems[:-2] * _OVER) ^ (stems[2:] >> np.uint64(7)))[over] * _MIX)
    texts.append(word_text[2:][over])

    codes = cut.codes.astype(np.uint64)
    unspaced = np.zeros(len(codes), bool)
    for first, last in _UNSPACED:
        unspaced |= (cut.codes >= first) & (cut.codes <= last)
    for gap in (2, 3):
        both = unspaced[:-gap] & unspaced[gap:] & (cut.of_text[:-gap] == cut.of_text[gap:])
        hashes.append(((codes[:-gap] * _APART) ^ (codes[gap:] * _PAIR))[both] * _MIX)
        texts.append(cut.of_text[gap:][both])
    return hashes, texts


def _different(hashes: list[NDArray[np.uint64]], texts: list[NDArray[np.int64]], number: int) -> Grams:
    keys = np.concatenate(texts).astype(np.uint64) << np.uint64(_HASH_BITS)
    keys |= np.concatenate(hashes) >> np.uint64(64 - _HASH_BITS)
    keys.sort()
    keys = keys[np.concatenate(([True], keys[1:] != keys[:-1]))]
    starts = np.searchsorted(keys >> np.uint64(_HASH_BITS), np.arange(number + 1, dtype=np.uint64))
    return Grams(keys & np.uint64((1 << _HASH_BITS) - 1), starts)


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code point below 0x20000 is (those above are as the last); marks belong to the letters before them."""
    out = np.full(0x20000, _SIGN, np.uint8)
    for point in range(0x20000):
        kind = category(chr(point))
        if kind[0] in "LMN":
            out[point] = _LETTER
    out[[0xFE0E, 0xFE0F]] = _LETTER  # variation selectors: part of the emoji before
    out[_SPACE] = 0
    return out


@cache
def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Pⁱ and P⁻ⁱ modulo 2⁶⁴ for i < size."""
    out = []
    for base in (_P, _P_INVERSE):
        factors = np.full(size, base, np.uint64)
        factors[0] = 1
        out.append(np.cumprod(factors, dtype=np.uint64))
    return out[0], out[1]
