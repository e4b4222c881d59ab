"""How well sentiment is read: five folds by a hash of the text, every baseline on the same rows.

    python -m benchmarks.sentiment_quality --data DIR

`sentiment/tweets8` of DIR is trained on, so it is measured by folds: the model of each fold is trained exactly as the
shipped one, with the other folds and everything else that it is trained on. Thai, Indonesian and Korean are measured
in the same way; the sets that are never trained on are read by the shipped model.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analytics.sentiment import SentimentReader, label, textblob_polarity
from analytics.signals import NAMES
from analytics.trained import LABELS, TrainedSentiment
from benchmarks.scores import macro_f1
from benchmarks.training.data import TWEETS, fold_of
from benchmarks.training.sentiment import OTHER_SETS, Polar, answers, beside, polar

FOLDS = 5
# Never trained on: their licences allow measuring only, or none is stated.
MEASURED = ("chinese_food_delivery", "chinese_shopping", "russian", "spanish_live_chat", "vietnamese_shopping")
TEXTBLOB = [place for place, name in enumerate(NAMES) if name in ("textblob", "subjective")]

Answers = NDArray[np.int64]


def by_folds(some: Polar, others: Sequence[Polar], without: Sequence[int] = (), pieces: bool = True) -> Answers:
    """Answers to every text by models that have not seen it. Signals at `without` are hidden; `pieces` are n-grams."""
    fold = np.array([fold_of(text, FOLDS) for text in some.texts])
    out = np.zeros(len(some.texts), np.int64)
    for number in range(FOLDS):
        tested = fold == number
        out[tested] = answers([some.where(~tested), *others], some.where(tested), without, pieces)
    return out


def scored(truth: Answers, answers: Answers) -> float:
    classes = [str(one) for one in sorted(set(truth.tolist()))]
    return macro_f1([str(one) for one in truth.tolist()], [str(one) for one in answers.tolist()], classes)


def row(name: str, some: Polar, answers: Answers) -> None:
    langs = np.array(some.langs)
    cells = [scored(some.labels[langs == lang], answers[langs == lang]) for lang in TWEETS]
    print(f"| {name} | " + " | ".join(f"{cell:.1f}" for cell in cells) + f" | **{np.mean(cells):.1f}** |", flush=True)


def cut(score: float) -> int:
    return 1 + (score > 0.05) - (score < -0.05)


def baselines() -> dict[str, Callable[[Polar], Answers]]:
    """Readers that need no training: name → answers."""
    reader = SentimentReader()
    found: dict[str, Callable[[Polar], Answers]] = {
        "TextBlob, ±0.05, on every language": lambda some: np.array([cut(textblob_polarity(t)) for t in some.texts]),
        "our lexicon and TextBlob, by rules": lambda some: np.array(
            [LABELS.index(label(score)) for score in reader.score(some.texts, some.langs)]
        ),
    }
    if find_spec("vaderSentiment") is not None:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        vader = SentimentIntensityAnalyzer()
        found["VADER, ±0.05, on every language"] = lambda some: np.array(
            [cut(vader.polarity_scores(text)["compound"]) for text in some.texts]
        )
    return found


def eight(data: Path) -> None:
    some = polar(data, "tweets8")
    print(f"\n{len(some.texts):,} short messages, macro-F1 of three classes in percent, {FOLDS} folds\n")
    print(f"| reader | {' | '.join(TWEETS)} | mean |\n|---|{'---|' * (len(TWEETS) + 1)}")
    for name, read in baselines().items():
        row(name, some, read(some))
    everything = range(len(NAMES))
    row("n-grams alone", some, by_folds(some, [], without=everything))
    row("signals of the vocabulary alone", some, by_folds(some, [], pieces=False))
    row("both, without TextBlob's", some, by_folds(some, [], without=TEXTBLOB))
    row("both", some, by_folds(some, []))
    row("**as shipped: both, with other languages and our own comments**", some, by_folds(some, beside(data)))


def further(data: Path) -> None:
    print("\n| set | texts | classes | as shipped | our lexicon by rules | TextBlob |\n|---|---|---|---|---|---|")
    lists = baselines()
    blob, lexicon = (
        lists[name] for name in ("TextBlob, ±0.05, on every language", "our lexicon and TextBlob, by rules")
    )
    sets = [polar(data, "tweets8"), *beside(data)]
    for some in sets:
        if some.name in OTHER_SETS:
            beside_it = [one for one in sets if one is not some]
            _further(f"{some.name}, by folds", some, by_folds(some, beside_it), lexicon(some), blob(some))
    reader = TrainedSentiment()
    for name in MEASURED:
        some = polar(data, name)
        ours = np.array([LABELS.index(label(score)) for score in reader.score(some.texts, some.langs)])
        _further(f"{name}, never trained on", some, ours, lexicon(some), blob(some))


def _further(name: str, some: Polar, ours: Answers, lexicon: Answers, blob: Answers) -> None:
    cells = " | ".join(f"{scored(some.labels, answers):.1f}" for answers in (ours, lexicon, blob))
    print(f"| {name} | {len(some.texts):,} | {len(set(some.labels.tolist()))} | {cells} |", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--only", nargs="*", choices=["eight", "further"], default=["eight", "further"])
    given = asked.parse_args()
    if "eight" in given.only:
        eight(given.data)
    if "further" in given.only:
        further(given.data)


if __name__ == "__main__":
    main()
