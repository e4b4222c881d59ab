"""How well questions that are one question are found: pair precision and recall, within and across languages.

    python -m benchmarks.questions_quality

A pair is two different wordings; it is right when both ask the same of the ten questions in `questions.yaml`. Even
wordings have never been looked at when words were added to `analytics/concepts`, odd ones may have been. The first six
of each question were written by another hand than the concepts as they are now. The baseline clusters by the hashed
n-grams alone, without concepts: this is how questions fare that no concept knows.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

import yaml

from analytics.highlights import Candidate
from analytics.questions import cluster

Pairs = set[tuple[int, int]]
START = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wording:
    text: str
    lang: str
    asks: str
    number: int  # its place among the wordings of one question in one language, from 1


QUESTIONS = Path(__file__).with_name("questions.yaml")


def read(path: Path = QUESTIONS) -> list[Wording]:
    """All wordings; a distractor asks something of its own, or what the others of its name ask."""
    found = []
    for asks, languages in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        for lang, texts in languages.items():
            for number, text in enumerate(texts, 1):
                if isinstance(text, dict):
                    ((name, text),) = text.items()
                    found.append(Wording(text, lang, f"also: {name}", number))
                else:
                    own = asks if asks != "distractors" else f"{lang}: {text}"
                    found.append(Wording(text, lang, own, number))
    return found


def together(wordings: Sequence[Wording]) -> Pairs:
    """The pairs of wordings that end up in one cluster."""
    asked = [
        Candidate((START.date(), n), one.text, one.lang, "question", 0.0, b"%d" % n, START + timedelta(seconds=n))
        for n, one in enumerate(wordings)
    ]
    return {pair for one in cluster(asked) for pair in combinations(sorted(number for _, number in one.members), 2)}


def measure(
    wordings: Sequence[Wording], joined: set[tuple[int, int]], counts: Callable[[Wording, Wording], bool]
) -> str:
    """Precision, recall and pair counts of the pairs that `counts` is true of, as one row of a table."""
    pairs = [(a, b) for a, b in combinations(range(len(wordings)), 2) if counts(wordings[a], wordings[b])]
    same = {(a, b) for a, b in pairs if wordings[a].asks == wordings[b].asks}
    found = joined.intersection(pairs)
    right = len(found & same)
    precision = right / len(found) if found else float("nan")
    recall = right / len(same) if same else float("nan")
    return f"P {100 * precision:5.1f} %  R {100 * recall:5.1f} %   ({right} of {len(same)} pairs, {len(found)} joined)"


def report(wordings: Sequence[Wording], title: str) -> None:
    joined = together(wordings)
    print(f"{title}: {len(wordings)} wordings")
    print(f"  within languages   {measure(wordings, joined, lambda a, b: a.lang == b.lang)}")
    print(f"  across languages   {measure(wordings, joined, lambda a, b: a.lang != b.lang)}")


def confusions(wordings: Sequence[Wording]) -> None:
    """What was joined wrongly and what stayed alone, for the odd wordings only."""
    joined = together(wordings)
    wrong = Counter(
        tuple(sorted((wordings[a].text, wordings[b].text)))
        for a, b in joined
        if wordings[a].asks != wordings[b].asks and wordings[a].lang == wordings[b].lang
    )
    for pair in sorted(wrong):
        print("joined wrongly:", " | ".join(pair))
    for number, one in enumerate(wordings):
        mates = {
            n for n, other in enumerate(wordings) if n != number and other.asks == one.asks and other.lang == one.lang
        }
        if mates and not any((min(n, number), max(n, number)) in joined for n in mates):
            print(f"alone: {one.asks} {one.lang}: {one.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--confusions", action="store_true", help="show the mistakes among the odd wordings")
    show = parser.parse_args().confusions
    wordings = read()
    odd = [one for one in wordings if one.number % 2]
    if show:
        confusions(odd)
    report([one for one in wordings if one.number % 2 == 0], "even wordings (measured only)")
    report(odd, "odd wordings")
    report(wordings, "all")
    report([one for one in wordings if one.number in (2, 4, 6)], "even wordings by another hand")
    for lang in sorted({one.lang for one in wordings}):
        for rest, name in enumerate(("even", "odd")):
            own = [one for one in wordings if one.lang == lang and one.number % 2 == rest]
            print(f"  {lang} {name:4} {measure(own, together(own), lambda a, b: True)}")
    with patch("analytics.questions.concepts", lambda text, lang: ()):
        for rest, name in enumerate(("even", "odd")):
            own = [one for one in wordings if one.number % 2 == rest]
            report(own, f"baseline, n-grams alone, {name} wordings")


if __name__ == "__main__":
    main()
