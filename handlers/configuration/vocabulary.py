"""The sections `vocabulary:` and `glossary:`: phrases that cannot be read are named with their line, as all else is.

What may stand in a vocabulary is what our own files in `analytics/vocabulary` are made of; a test holds the two equal.
Phrases are compiled here once, so that no mistake waits until the first comment in its language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from desk.configuration.model import Term
from handlers.configuration import scalars, words
from handlers.configuration.problems import did_you_mean
from handlers.configuration.shapes import BAD, Field, Reading, Record, Said, what
from handlers.configuration.tree import Listing, Scalar, Tree, join
from handlers.configuration.tree import Mapping as Branch

# Written out here because these lists live beside imports that a question about a schedule should not pay for; a test
# holds them equal to those of `analytics`.
LANGUAGES = {
    **{"any": "every language", "en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "de": "German"},
    **{"it": "Italian", "ar": "Arabic", "hi": "Hindi", "id": "Indonesian", "th": "Thai", "vi": "Vietnamese"},
    **{"ko": "Korean", "ja": "Japanese", "ru": "Russian", "tr": "Turkish", "ms": "Malay", "zh": "Chinese"},
}
CATEGORIES = (
    *("delivery", "price", "quality", "size_fit", "authenticity", "payment"),
    *("after_sale", "stream_quality", "host", "stock", "other"),
)
LONGEST_PHRASE = 1000  # characters; the longest of ours has half of it
DEEPEST = 9  # parentheses within parentheses; ours have three
MOST_GAPS = 3  # each makes what a phrase may match, and so the work, five to nine times as much
WEIGHT = r"^-?([0-2](\.[0-9]{1,2})?|3(\.0{1,2})?)$"


# ── phrases ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases as one text with commas, as our files have them, or as a list; read as one text."""

    lang: str

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        found: list[str] = []
        before = len(reading.problems)
        for line, place, text in _written(tree, at, reading):
            for phrase in text.split(","):
                if phrase := phrase.strip():
                    _check(phrase, self.lang, line, place, reading)
                    found.append(phrase)
        if not found and len(reading.problems) == before:
            reading.refuse(tree.line, at, "names no phrase", "[glow gang, dewy skin]")
        return ", ".join(found) if found else BAD

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["string", "array"],
            "items": {"type": "string"},
            "examples": ["glow gang, dewy (skin|face)", ["glow gang", "dewy (skin|face)"]],
        }


def _written(tree: Tree, at: str, reading: Reading) -> Iterator[tuple[int, str, str]]:
    """(line, field, text) of a text, or of each text in a list."""
    items = tree.items if isinstance(tree, Listing) else (tree,)
    for index, item in enumerate(items):
        place = f"{at}[{index}]" if isinstance(tree, Listing) else at
        if isinstance(item, Scalar) and not item.is_null:
            yield item.line, place, item.text
        else:
            reading.refuse(item.line, place, f"phrases are wanted here, with commas, not {what(item)}")


def _check(phrase: str, lang: str, line: int, at: str, reading: Reading) -> None:
    # Loaded only where there is a vocabulary to check.
    from analytics.phrases import PhraseError
    from analytics.phrases import Phrases as Automaton
    from analytics.text import BREAKS

    shown = repr(phrase if len(phrase) <= 60 else phrase[:57] + "…")
    if len(phrase) > LONGEST_PHRASE:
        reading.refuse(line, at, f"the phrase {shown} is longer than {LONGEST_PHRASE} characters; write several")
    elif _depth(phrase) > DEEPEST:
        reading.refuse(line, at, f"the phrase {shown} has parentheses more than {DEEPEST} deep; write several")
    elif phrase.count("~") > MOST_GAPS:
        reading.refuse(line, at, f"the phrase {shown} has more than {MOST_GAPS} gaps (~); write several")
    else:
        made = Automaton("und" if lang == "any" else lang)
        try:
            made.add("", 1.0, [phrase])
        except PhraseError as wrong:
            reading.refuse(line, at, str(wrong))
            return
        if not made.words - BREAKS:
            reading.refuse(line, at, f"the phrase {shown} names no word, so it would be found in too many comments")


def _depth(phrase: str) -> int:
    return max(accumulate({"(": 1, ")": -1}.get(sign, 0) for sign in phrase))


# ── weights ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Weighed:
    """What has a weight from -3 (sad) to 3 (glad), by that weight: phrases, or signs with spaces between."""

    lang: str
    signs: bool = False

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"weights are wanted here, not {what(tree)}", '{2: "dewy, glass skin"}')
            return BAD
        made: dict[str, str] = {}
        for key, (line, value) in tree.entries.items():
            if not re.fullmatch(WEIGHT, key):
                reading.refuse(line, join(at, key), f"{key[:40]!r} is not a weight from -3 to 3", "2")
                continue
            read = self._signs(value, join(at, key), reading) if self.signs else self._phrases(value, at, key, reading)
            weight = f"{float(key):g}"
            between = " " if self.signs else ", "
            made[weight] = between.join(filter(None, (made.get(weight), read)))
        return made

    def _phrases(self, tree: Tree, at: str, key: str, reading: Reading) -> str:
        read = Phrases(self.lang).read(tree, join(at, key), reading)
        return "" if read is BAD else str(read)

    def _signs(self, tree: Tree, at: str, reading: Reading) -> str:
        from analytics.text import tokens

        found = []
        for line, place, text in _written(tree, at, reading):
            for sign in text.split():
                if tokens(sign) != [sign]:
                    reading.refuse(line, place, f"{sign[:40]!r} is not one emoji or emoticon", "🫠")
                found.append(sign)
        return " ".join(found)

    def schema(self) -> dict[str, Any]:
        values = {"type": ["string", "array"], "items": {"type": "string"}} if self.signs else Phrases("any").schema()
        return {"type": "object", "propertyNames": {"pattern": WEIGHT}, "additionalProperties": values}


# ── one language, all languages ──────────────────────────────────────────────────────────────────────────────────


@cache
def content(lang: str) -> Record:
    """What may be said of one language."""
    some = Phrases(lang)
    part = Record(
        "category",
        {
            "says": Field(some, "a complaint wherever it stands"),
            "soft": Field(some, "a complaint outside of questions"),
            "about": Field(some, "a topic: a complaint beside a fault or a bad word"),
        },
        build=_as_said,
    )
    return Record(
        "vocabulary",
        {
            "complaint": Field(
                Record(
                    "list of complaints", {name: Field(part, f"{name} complaints") for name in CATEGORIES}, _as_said
                ),
                "complaints, by category",
            ),
            "fault": Field(some, "says that something is wrong: a complaint beside a topic"),
            "calm": Field(some, "takes back a complaint that it overlaps: no lag, can't wait"),
            "elsewhere": Field(some, "speaks of another shop, so it is no complaint about this one"),
            "ask": Field(some, "asks something"),
            "ask_first": Field(some, "asks at the beginning of a clause"),
            "not_ask": Field(some, "only looks like a question"),
            "request": Field(some, "asks to be shown something"),
            "greeting": Field(some, "greets"),
            "praise": Field(some, "praises"),
            "want": Field(some, "tells of the wish to buy"),
            "order": Field(some, "orders"),
            "spam": Field(some, "is spam"),
            "toxic": Field(some, "is not to be shown in highlights"),
            "polarity": Field(Weighed(lang), "words by weight from -3 (bad) to 3 (good); 0 makes ours neutral"),
            "symbols": Field(Weighed(lang, signs=True), "emoji and emoticons by weight, with spaces between"),
            "negators": Field(some, "turn round what follows"),
            "negators_after": Field(some, "turn round what stands before"),
            "boosters": Field(some, "strengthen"),
            "dampers": Field(some, "weaken"),
        },
        build=_as_said,
    )


def _as_said(said: Said) -> dict[str, Any]:
    return {name: value for name, value in said.values.items() if value}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A team's own words by language. `described`: whether the reference lists what may be said, here or elsewhere."""

    described: bool = True

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            return {}
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"languages with their words are wanted here, not {what(tree)}")
            return BAD
        made: dict[str, Mapping[str, Any]] = {}
        for lang, (line, value) in tree.entries.items():
            if lang not in LANGUAGES:
                hint = did_you_mean(lang, LANGUAGES) or f"; there are {', '.join(LANGUAGES)}"
                reading.refuse(line, join(at, lang), f"{lang[:40]!r} is not a language that comments are read in{hint}")
            elif (read := content(lang).read(value, join(at, lang), reading)) is not BAD:
                made[lang] = read
        return {lang: said for lang, said in made.items() if said}

    def schema(self) -> dict[str, Any]:
        each = {lang: {"$ref": "#/$defs/words", "description": f"words of {name}"} for lang, name in LANGUAGES.items()}
        return {"type": ["object", "null"], "properties": each, "additionalProperties": False}


# ── the glossary ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Glossary:
    """Terms as viewers write them, each with what it is in other languages, or `keep: true`."""

    def read(self, tree: Tree, at: str, reading: Reading) -> Any:
        if isinstance(tree, Scalar) and tree.is_null:
            return {}
        if not isinstance(tree, Branch):
            reading.refuse(tree.line, at, f"terms are wanted here, not {what(tree)}", "{GlowSerum: {keep: true}}")
            return BAD
        made: dict[str, Term] = {}
        lines: dict[str, int] = {}
        for term, (line, value) in tree.entries.items():
            place = join(at, term)
            if term != term.strip() or not any(map(str.isalnum, term)) or len(term) > 80 or "\n" in term:
                reading.refuse(line, place, "a term is one line of 1 to 80 characters, with a letter", "GlowSerum")
            elif (folded := term.casefold()) in lines:
                reading.refuse(line, place, f"is the term of line {lines[folded]}: capitals make no difference")
            else:
                lines[folded] = line
                made[term] = self._term(value, line, place, reading)
        return made

    def _term(self, tree: Tree, line: int, at: str, reading: Reading) -> Any:
        if not isinstance(tree, Branch) or not tree.entries:
            reading.refuse(line, at, "says neither keep: true nor what it is in a language", "{zh: 精华}")
            return BAD
        before = len(reading.problems)
        keep, translations = False, {}
        for key, (key_line, value) in tree.entries.items():
            place = join(at, key)
            if key == "keep":
                keep = words.BOOL.read(value, place, reading)
            elif not re.fullmatch(scalars.LANGUAGE, key):
                reading.refuse(key_line, place, f"{key[:40]!r} is neither keep nor a language code", "zh")
            else:
                translations[key] = words.TITLE.read(value, place, reading)
        if keep is False and not translations and len(reading.problems) == before:
            reading.refuse(line, at, "is neither kept nor translated; leave the term out", "{keep: true}")
        return Term(keep, translations)

    def schema(self) -> dict[str, Any]:
        term = {
            "type": "object",
            "properties": {"keep": {**words.BOOL.schema(), "description": "stays as it is in every other language"}},
            "patternProperties": {scalars.LANGUAGE: {**words.TITLE.schema(), "description": "what it is there"}},
            "additionalProperties": False,
            "minProperties": 1,
        }
        names = {"pattern": r"^\S(.{0,78}\S)?$"}
        return {"type": ["object", "null"], "propertyNames": names, "additionalProperties": term}
