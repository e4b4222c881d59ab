"""How well intents and complaint categories are read, on comments written for this and labelled twice.

    python -m benchmarks.labelled_quality [--half unseen seen] [--errors LANG]

`benchmarks/labelled` holds some 470 comments in each of twelve languages, 26 for each intent and category, traps among
them, by writers who had not seen the rules. Only comments on which a second, blind annotator agreed were kept. The
half `seen` may be looked at and is trained on; `unseen` only measures, and `--errors` never shows it. The baseline is the
vocabulary's phrase lists by themselves.

Category figures come twice: given that a comment complains (is the category right?), and end to end, where a complaint
that was missed is missed and a false one is wrong.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.intent import PhraseIntents
from analytics.reading import IntentModel
from analytics.sentiment import SentimentReader
from analytics.signals import CATEGORIES, INTENTS
from analytics.trained import TrainedIntent
from benchmarks.scores import macro_f1
from benchmarks.training.comments import LABELLED, Comment, comments


@dataclass(frozen=True, slots=True)
class Answered:
    """What a model said of some comments: intents, and primary categories (None unless a complaint)."""

    intents: list[str]
    categories: list[str | None]


def ask(model: IntentModel, some: Sequence[Comment]) -> Answered:
    texts, langs = [one.text for one in some], [one.lang for one in some]
    found = model.classify(texts, langs, SentimentReader().score(texts, langs))
    return Answered([one[0] for one in found], [one[2][0].name if one[2] else None for one in found])


def figures(some: Sequence[Comment], said: Answered) -> tuple[float, float, float]:
    """Macro-F1 in percent: intent, category among true complaints, category end to end."""
    intent = macro_f1([one.intent for one in some], said.intents, INTENTS)
    pairs = [(one.category, category) for one, category in zip(some, said.categories, strict=True)]
    complaints = [(truth, category or "none") for truth, category in pairs if truth is not None]
    given = macro_f1([truth for truth, _ in complaints], [category for _, category in complaints], CATEGORIES)
    whole = macro_f1([truth or "none" for truth, _ in pairs], [category or "none" for _, category in pairs], CATEGORIES)
    return intent, given, whole


def table(half: str) -> None:
    some = comments(LABELLED / half)
    print(f"\n{half}: {len(some):,} comments, macro-F1 in percent\n")
    print(
        "| language | comments | intent | category | category, end to end | intent by phrases | category by phrases |"
    )
    print("|---|---|---|---|---|---|---|")
    ours, lists = ask(TrainedIntent(), some), ask(PhraseIntents(), some)
    for lang in (*sorted({one.lang for one in some}), ""):
        kept = [number for number, one in enumerate(some) if lang in ("", one.lang)]
        of = [some[number] for number in kept]
        cells = [
            figures(of, Answered([s.intents[n] for n in kept], [s.categories[n] for n in kept])) for s in (ours, lists)
        ]
        (intent, given, whole), (intent_0, given_0, _) = cells
        name = lang or "**all**"
        print(f"| {name} | {len(of):,} | {intent:.1f} | {given:.1f} | {whole:.1f} | {intent_0:.1f} | {given_0:.1f} |")


def errors(lang: str) -> None:
    some = [one for one in comments(LABELLED / "seen") if one.lang == lang]
    said = ask(TrainedIntent(), some)
    for one, intent, category in zip(some, said.intents, said.categories, strict=True):
        answer = f"c/{category}" if intent == "complaint" else intent
        if answer != one.label:
            print(f"{one.label:18} read as {answer:18} {one.text}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--half", nargs="*", choices=["unseen", "seen"], default=["unseen", "seen"])
    asked.add_argument("--errors", metavar="LANG", help="show the mistakes in the half that may be looked at")
    asked.add_argument("--data", type=Path, help="not needed: the comments are the project's own")
    given = asked.parse_args()
    if given.errors:
        errors(given.errors)
        return
    for half in given.half:
        table(half)


if __name__ == "__main__":
    main()
