"""Make the model of Latin letters, and write it to `analytics/models`.

    python -m benchmarks.training.language

Needs py3langid (BSD-3-Clause) and no data: our columns of its naive Bayes model are kept, those of `OTHERS` beside them, and
what it does not know is added from texts written for Livedesk: Hindi in Latin letters, chat, and words without their
accents. Nothing is drawn by chance, so the file can be made again to the bit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import yaml
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from analytics.latin import LATIN, LONGEST_GRAM, OTHERS, SISTERS, STEP, grams, plain_word, words
from analytics.text import fold
from analytics.vocabulary import read_file
from analytics.weights import FOLDER
from benchmarks.language_quality import CHAT
from benchmarks.training.comments import COMMENTS, Comment, comments, without

Array = NDArray[np.float64]

# Viewers leave accents out as often as not, web pages never: so much of what a language does with accents it also does
# without them.
PLAIN = 0.5
# Shares of a language's column that are counted from our own comments; Hindi in Latin letters has little else.
OWN, OWN_HINDI = 0.1, 0.3
SMOOTHING = 0.15  # how much of what all languages do is mixed into the counts of the Hindi list
# What a word of our comments that no n-gram spans says, in what the table's steps stand for: log-odds of its shares, each
# lifted by what a third of a mention in ten thousand words would be, times a worth that was tried.
LIFTED, WORTH = 3e-5, 2.9
_LETTERS = re.compile(rb"[a-z '\x80-\xbf\xc3-\xc6\xe1]+")  # bytes of lower-case Latin letters in UTF-8


def features(model: LanguageIdentifier) -> dict[bytes, int]:
    """n-gram → row of the model's table, read from its automaton, for those that Latin words can have."""
    move = np.asarray(model.tk_nextmove).reshape(-1, 256)
    row = np.asarray(model.tk_row)
    text: dict[int, bytes] = {0: b""}
    seen = np.zeros(len(row), dtype=bool)
    seen[0] = True
    edge = np.array([0])
    while len(edge):  # breadth first: the first way to a state spells it
        nexts = move[row[edge]]
        states, first = np.unique(nexts[~seen[nexts]], return_index=True)
        origin, byte = np.nonzero(~seen[nexts])
        for state, place in zip(states.tolist(), first.tolist(), strict=True):
            text[state] = text[int(edge[origin[place]])] + bytes([int(byte[place])])
        seen[states] = True
        edge = states
    found = {gram: model.tk_output[state] for state, gram in text.items() if model.tk_output[state] >= 0}
    return {gram: found[gram] for gram in sorted(found) if _LETTERS.fullmatch(gram) and len(gram) <= LONGEST_GRAM}


def without_accents(places: Mapping[bytes, int], share: Array) -> Array:
    """Shares [n-gram, language], each n-gram with accents giving some of its own to the same without them."""
    out = share.copy()
    for gram, place in places.items():
        try:
            plain = fold(gram.decode(), "und").encode()
        except UnicodeDecodeError:  # a part of a letter
            continue
        if plain != gram and (known := _longest_end(plain, places)) is not None:
            out[known] += PLAIN * share[place]
    return out / out.sum(axis=0)


def _longest_end(gram: bytes, places: Mapping[bytes, int]) -> int | None:
    return next((places[gram[cut:]] for cut in range(len(gram) - 1) if gram[cut:] in places), None)


def counted(places: Mapping[bytes, int], said: Iterable[str]) -> Array:
    """The share of each n-gram in some words."""
    counts = np.zeros(len(places))
    for word, times in Counter(said).items():
        for place in grams(word, places):
            counts[place] += times
    out: Array = counts / counts.sum()
    return out


def own_words() -> dict[str, list[str]]:
    """language → the words of our own comments, as often as they are said; Hindi only where it is in Latin letters."""
    found: dict[str, list[str]] = {lang: [] for lang in LATIN}
    measured = [
        Comment(lang, text, "") for lang, lines in yaml.safe_load(CHAT.read_text("utf-8")).items() for text in lines
    ]
    for one in without(comments(COMMENTS), measured):
        if one.lang in found and not re.search("[\u0900-\u097f]", one.text):
            found[one.lang] += map(plain_word, words(one.text))
    return found


def whole_words(said: Mapping[str, Sequence[str]]) -> dict[bytes, list[float]]:
    """Word, with a space on either side → nats below the language that says it most, for LATIN; sisters count as one."""
    shares: dict[str, dict[str, float]] = {}
    for lang, found in said.items():
        for word, times in Counter(found).items():
            shares.setdefault(word, {})[lang] = times / len(found)
    out = {}
    for word, by in sorted(shares.items()):
        spelled = f" {word} ".encode()
        if len(spelled) > LONGEST_GRAM:
            sister = max(by.get(lang, 0.0) for lang in SISTERS)
            each = [LIFTED + (sister if lang in SISTERS else by.get(lang, 0.0)) for lang in LATIN]
            out[spelled] = [WORTH * float(np.log(max(each) / one)) for one in each]
    return out


def train() -> tuple[Sequence[bytes], NDArray[np.uint8]]:
    """The n-grams and whole words, and for each and each language how far below its best it lies, in `STEP`s."""
    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    rows = features(model)
    places = {gram: place for place, gram in enumerate(rows)}
    column = {lang: number for number, lang in reversed(list(enumerate(model.nb_classes)))}
    langs = [lang for lang in (*LATIN, *OTHERS) if lang != "hi"]
    table = model.nb_ptc[list(rows.values())][:, [column[lang] for lang in langs]].astype(float)
    share = without_accents(places, np.exp(table))
    hindi = counted(places, read_file("languages")["romanised_hindi"].split())
    ours = len(LATIN) - 1
    hindi = (hindi + SMOOTHING * share[:, :ours].mean(axis=1)) / (1 + SMOOTHING)
    share = np.hstack([share[:, :ours], hindi[:, None], share[:, ours:]])
    own = own_words()
    for place, (lang, said) in enumerate(own.items()):
        part = OWN_HINDI if lang == "hi" else OWN
        share[:, place] = (1 - part) * share[:, place] + part * counted(places, said)
    nats = np.log(share)
    spans = nats.max(axis=1, keepdims=True) - nats
    known = whole_words(own)
    of_words = np.zeros((len(known), spans.shape[1]))  # what other languages make of our words is not known: nothing
    of_words[:, : len(LATIN)] = list(known.values())
    below = np.vstack([spans, of_words]) / STEP
    return [*rows, *known], np.clip(np.rint(below), 0, 255).astype(np.uint8)


def main() -> None:
    found, below = train()
    path = FOLDER / "latin.npz"
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(path, grams=np.array(b"\n".join(found)), below=below)
    print(f"latin: {len(found):,} n-grams and words, {below.shape[1]} languages, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
