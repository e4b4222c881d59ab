"""How well languages are told: forced to answer, and with `und` allowed; py3langid on the same rows, limited to the 17.

    python -m benchmarks.language_quality [--data DIR]

Without DIR only our own chat list is read (`language_chat.yaml`), whose even lines nobody tuned on. Of DIR, `langid/` and
`sentiment/tweets8` are read, in halves by a hash of the text: what could be chosen was chosen on the first. No market, no
source and no earlier comment is told, except where a table says so.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from analytics.language import SURE, Guess, guess
from analytics.vocabulary import LANGUAGES

CHAT = Path(__file__).with_name("language_chat.yaml")
REREAD = Path(__file__).with_name("language_reread.yaml")
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
NOBODY = "nobody"  # what the chat list calls lines that belong to no language
SISTERS = frozenset(("id", "ms"))
STRANGERS = ("cs", "fi", "hu", "nl", "pl", "ro", "sv", "tl")  # in Latin letters, and none of ours
RANDOM_HALVES = 20


@dataclass(frozen=True, slots=True)
class Row:
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """One row with both answers to it."""

    row: Row
    ours: Guess
    theirs: Guess


Side = Callable[[Read], Guess]


def our_side(read: Read) -> Guess:
    return read.ours


def their_side(read: Read) -> Guess:
    return read.theirs


def ours(text: str, earlier: Sequence[str] = ()) -> Guess:
    """Our best answer. Where no letter is left there is nothing to go by, so a forced answer is English."""
    lang, confidence = guess(text, earlier=earlier)
    return Guess(lang if lang != "und" else "en", confidence)


def py3langid() -> Callable[[str], Guess]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    peer = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    peer.set_languages(list(LANGUAGES))
    return lambda text: Guess(*peer.classify(text))


def both(some: Sequence[Row], peer: Callable[[str], Guess]) -> list[Read]:
    return [Read(one, ours(one.text), peer(one.text)) for one in some]


# ── the sets ─────────────────────────────────────────────────────────────────────────────────────────────────────


def half_of(text: str) -> int:
    """0: what was chosen, was chosen on it. 1: reported."""
    return zlib.crc32(text.encode()) % 2


def rows(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def sets(data: Path) -> dict[str, list[Row]]:
    """Every row, other languages than ours included."""
    found = {
        name: [Row(lang, text) for lang, text in rows(data / "langid" / f"{name}.tsv.gz")]
        for name in ("sentences", "word_pairs", "single_words")
    }
    found["tweets"] = [Row(lang, text) for lang, _, text in rows(data / "sentiment" / "tweets8.tsv.gz")]
    found["tweets, first three words"] = [Row(one.lang, " ".join(one.text.split()[:3])) for one in found["tweets"]]
    return found


def reread(some: Sequence[Read]) -> list[Read]:
    """Indonesian and Malay rows with the language they are in (`language_reread.yaml`); all others are left out."""
    lists = yaml.safe_load(REREAD.read_text("utf-8"))
    malay, unclear = set(lists["malay"].split()), set(lists["unclear"].split())
    out = []
    for one in some:
        name = f"{zlib.crc32(one.row.text.encode()):08x}"
        if one.row.lang in SISTERS and name not in unclear:
            out.append(Read(Row("ms" if name in malay else "id", one.row.text), one.ours, one.theirs))
    return out


def chat_lines(odd: bool) -> list[Row]:
    """Every other line of each language's list, counted from 1."""
    lists: dict[str, list[str]] = yaml.safe_load(CHAT.read_text("utf-8"))
    return [Row(lang, text) for lang, lines in lists.items() for text in lines[0 if odd else 1 :: 2]]


# ── the figures ──────────────────────────────────────────────────────────────────────────────────────────────────


def forced(some: Sequence[Read], side: Side) -> float:
    """The share of right answers, in percent."""
    return 100 * sum(side(one).lang == one.row.lang for one in some) / len(some)


def least_lead(some: Sequence[Read]) -> float:
    """How far ours is ahead of py3langid's share in the worst of some halves drawn by chance, in points."""
    draw = random.Random(2)
    halves = (draw.sample(list(some), len(some) // 2) for _ in range(RANDOM_HALVES))
    return min(forced(half, our_side) - forced(half, their_side) for half in halves)


@dataclass(frozen=True, slots=True)
class Level:
    """What part of the rows is answered, and what part of the answers is right, id and ms counting as one or not."""

    answered: float
    right: float
    right_as_labelled: float

    def __str__(self) -> str:
        return f"{self.answered:.1%} / {self.right:.1%}"


def surer_than(some: Sequence[Read], side: Side, least: float) -> Level:
    return _level([one for one in some if side(one).confidence >= least], side, len(some))


def surest(some: Sequence[Read], side: Side, share: float) -> Level:
    """The level at which that share of the rows is answered."""
    ranked = sorted(some, key=lambda one: -side(one).confidence)
    return _level(ranked[: round(share * len(some))], side, len(some))


def _level(answered: Sequence[Read], side: Side, total: int) -> Level:
    pairs = [(one.row.lang, side(one).lang) for one in answered]
    as_labelled = sum(a == b for a, b in pairs)
    right = sum(a == b or {a, b} == SISTERS for a, b in pairs)
    return Level(len(pairs) / total, right / max(1, len(pairs)), as_labelled / max(1, len(pairs)))


def left_open(some: Sequence[Read], side: Side, least: float) -> float:
    return sum(side(one).confidence < least for one in some) / len(some)


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────


def table(head: Sequence[str], body: Sequence[Sequence[object]]) -> None:
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for line in body:
        print("| " + " | ".join(map(str, line)) + " |")
    print(flush=True)


def of_data(data: Path, peer: Callable[[str], Guess]) -> None:
    reads = {name: both(some, peer) for name, some in sets(data).items()}
    ours_only = {name: [one for one in some if one.row.lang in LANGUAGES] for name, some in reads.items()}
    measured = {"sentences": ours_only.pop("sentences")}
    measured["… in Indonesian or Malay, read again"] = reread(measured["sentences"])
    measured["… in the other 15 languages"] = [one for one in measured["sentences"] if one.row.lang not in SISTERS]
    measured |= ours_only
    lines = []
    for name, some in measured.items():
        halves = [[one for one in some if half_of(one.row.text) == number] for number in (0, 1)]
        cells = [f"{forced(half, side):.1f}" for half in halves for side in (our_side, their_side)]
        lines.append((name, f"{len(halves[0]):,} + {len(halves[1]):,}", *cells, f"{least_lead(some):+.1f}"))
    print("Forced to answer, right in percent:\n")
    head = ("set", "rows", "chosen on: ours", "py3langid", "**reported: ours**", "py3langid")
    table((*head, f"least lead in {RANDOM_HALVES} random halves"), lines)

    print("`und` allowed, reported half: answered / of those right, Indonesian and Malay counting as one:\n")
    lines = []
    for name, some in reads.items():
        half = [one for one in some if half_of(one.row.text) == 1 and one.row.lang in LANGUAGES]
        levels = [surer_than(half, our_side, least) for least in LEVELS]
        lines.append((name, "ours", *levels))
        lines.append(("", "py3langid, its surest as many", *(surest(half, their_side, one.answered) for one in levels)))
        lines.append(("", "py3langid, its own probability", *(surer_than(half, their_side, least) for least in LEVELS)))
        chosen = surer_than(half, our_side, SURE)
        print(f"{name}: at {SURE} {chosen.right_as_labelled:.1%} are right as they are labelled")
    print()
    table(("set", "at least this sure", *map(str, LEVELS)), lines)

    print(f"Other languages ({', '.join(STRANGERS)}), reported half, that ours leaves open:\n")
    lines = []
    for name, some in reads.items():
        half = [one for one in some if half_of(one.row.text) == 1 and one.row.lang in STRANGERS]
        if half:
            lines.append((name, len(half), *(f"{left_open(half, our_side, least):.1%}" for least in LEVELS)))
    table(("set", "rows", *map(str, LEVELS)), lines)


def of_chat(peer: Callable[[str], Guess]) -> None:
    lines: list[tuple[object, ...]] = []
    opened: list[tuple[object, ...]] = []
    for name, odd in (("odd lines", True), ("even lines, never tuned on", False)):
        reads = both(chat_lines(odd), peer)
        known = [one for one in reads if one.row.lang in LANGUAGES]
        strangers = [one for one in reads if one.row.lang not in LANGUAGES and one.row.lang != NOBODY]
        nobody = [one for one in reads if one.row.lang == NOBODY]
        for who, side in (("ours", our_side), ("py3langid", their_side)):
            lines.append((name, who, len(known), f"{forced(known, side):.1f}"))
            for least in LEVELS:
                level = surer_than(known, side, least)
                open_of = [f"{left_open(some, side, least):.0%}" for some in (strangers, nobody)]
                opened.append((name, who, least, level, f"{level.right_as_labelled:.1%}", *open_of))
        for label, told in (("the viewer wrote in it before", lambda lang: (lang,)), ("… in another one", _another)):
            again = [Read(one.row, ours(one.row.text, told(one.row.lang)), one.theirs) for one in known]
            lines.append((name, f"ours, {label}", len(again), f"{forced(again, our_side):.1f}"))
        missed = [f"{one.row.lang} as {one.ours.lang}" for one in known if one.ours.lang != one.row.lang]
        print(f"{name}, misses of ours: {', '.join(missed) or 'none'}")
    print("\nOur chat list, forced to answer, right in percent:\n")
    table(("lines", "who", "lines in ours", "right"), lines)
    print("With `und` allowed:\n")
    head = ("lines", "who", "at least", "answered / right, id and ms as one", "right as labelled")
    table((*head, "`und`: three other languages", "`und`: no language"), opened)


def _another(lang: str) -> tuple[str, ...]:
    return ("en",) if lang != "en" else ("es",)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with langid/ and sentiment/")
    asked = parser.parse_args()
    if asked.data is not None and not asked.data.is_dir():
        print(f"{asked.data} is no folder: name the one that holds langid/ and sentiment/", file=sys.stderr)
        return 2
    peer = py3langid()
    of_chat(peer)
    if asked.data is not None:
        of_data(asked.data, peer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
