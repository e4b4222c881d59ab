"""The public texts that the models are trained on, each set under a licence that allows it (docs/model-card.md)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from analytics.vocabulary import LANGUAGES

TWEETS = ("ar", "en", "fr", "de", "hi", "it", "pt", "es")
_SCRUBBED = re.compile(r"@user|https?\S*")


def rows(path: Path) -> Iterator[list[str]]:
    """Tab-separated rows of a compressed file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield line.rstrip("\n").split("\t")


def no_shop(data: Path) -> list[tuple[str, str]]:
    """(language, text) of what complains to no shop: web pages in all our languages, messages, film reviews."""
    found = []
    for name in ("sentences", "word_pairs", "single_words"):
        share = 3 if name == "sentences" else 2
        found += [
            (lang, text)
            for lang, text in rows(data / "langid" / f"{name}.tsv.gz")
            if lang in LANGUAGES and fold_of(text) < share
        ]
    for number, (lang, _, text) in enumerate(rows(data / "sentiment" / "tweets8.tsv.gz")):
        if number % 2 == 0:
            found.append((lang, _SCRUBBED.sub("", text).strip()))
    found += [("ko", text) for _, _, text in rows(data / "sentiment" / "korean.tsv.gz") if fold_of(text) == 0]
    return found


def fold_of(text: str, folds: int = 5) -> int:
    """Which fold a text is tested in: by its own hash, so that a repeated text is never on both sides."""
    return sha256(text.encode("utf-8", "replace")).digest()[0] % folds
