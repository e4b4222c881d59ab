"""The language of short, noisy chat: script rules, then py3langid among the Latin ones, then what is likely here.

Most scripts name their language. For the Latin script the naive Bayes model of py3langid, limited to the supported
languages, is joined by two things it knows too little of in three words: function words and letters of one language,
and the prior, that is what the source claims and which languages the show's market speaks. What every chat writes
alike ("lol", "666", names, emoji) is `und` rather than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import log
from threading import Lock
from typing import Any

from analytics.reading import Said
from analytics.text import fold
from analytics.vocabulary import LANGUAGES, read_file

LATIN = ("en", "es", "pt", "fr", "de", "it", "id", "vi", "tr", "ms", "hi")
READ = 400  # characters that are enough to tell

_SCRIPTS = (
    ("th", "\u0e01-\u0e5b"),
    ("ko", "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    ("kana", "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f"),
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"),
    ("ar", "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("hi", "\u0904-\u0939\u0958-\u0961\u0971-\u097f"),
    ("ru", "\u0400-\u045f\u0490-\u0491"),
    ("latin", "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"),
)
_OTHER_LETTER = re.compile(r"[^\W\d_]")
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{ranges}]+)" for name, ranges in _SCRIPTS))
# A syllable of these says about as much as two or three Latin letters.
_DENSITY = {"ko": 2.0, "kana": 2.0, "han": 3.0, "th": 1.0, "latin": 1.0, "ar": 1.0, "hi": 1.2, "ru": 1.0}
# Letters that Arabic, Hindi and Russian do not use: Persian and Urdu, Marathi and Nepali's ळ, Ukrainian and Belarusian.
_FOREIGN = {
    "ar": re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u0679\u0688\u0691\u06ba\u06d2\u06be]"),
    "hi": re.compile("[\u0933]"),
    "ru": re.compile("[\u0456\u0457\u0454\u0491\u045e\u0458\u0459\u045a\u045b\u0452]", re.IGNORECASE),
}
# One such letter in so many is enough; Arabic dialects borrow a few of them, so it takes more there.
_FOREIGN_SHARE = {"ar": 12.0, "hi": 40.0, "ru": 60.0}
_NOT_WORDS = re.compile(
    r"https?://\S+|www\.\S+|[@＠][\w.-]+|:[\w-]+:|\[(?:link|email|handle|iban|card|phone|order|id|address)\]|[\w.+-]+@[\w.-]+"
)
_RUN = re.compile(r"[^\W\d_](?:['’]?[^\W\d_])*")
_LONG = re.compile(r"(.)\1\1+")
# Letters that mostly one of our Latin languages writes, and how much each counts (in nats).
_LETTERS = {
    "es": ("ñ¿¡", 3.0),
    "pt": ("ãõ", 3.0),
    "de": ("ß", 4.0),
    "tr": ("ğışİ", 3.0),
    "vi": ("ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", 4.0),
    "fr": ("œêîûÿ", 1.5),
}
_LETTER_WEIGHT: dict[str, list[tuple[str, float]]] = {}
for _lang, (_letters, _weight) in _LETTERS.items():
    for _letter in _letters:
        _LETTER_WEIGHT.setdefault(_letter, []).append((_lang, _weight))
_SPECIAL = re.compile("[" + "".join(_LETTER_WEIGHT) + "]")
_CLAIMED, _MARKET = 2.5, 1.5  # nats for the language the source names, and for those the market speaks
_PLAIN = 4.4  # nats: two words that only one of our languages has
_SURE = 0.9  # nats between the two best languages below which a short text stays `und`


@cache
def _identifier() -> Any:
    """py3langid's model (0.2 s, 100 MB), read at first use."""
    with _loading:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        identifier.set_languages([lang for lang in LATIN if lang != "hi"])  # it knows Hindi in Devanagari only
    return identifier


_loading = Lock()


@cache
def _word_lists() -> tuple[dict[str, list[tuple[str, float]]], frozenset[str]]:
    """word → (language, nats) for words that few of our languages share, and the words that all chats share."""
    lists = read_file("languages")
    owners: dict[str, list[str]] = {}
    for lang in LATIN:
        for word in dict.fromkeys(fold(lists["words"][lang], "vi").split()):
            owners.setdefault(word, []).append(lang)
            if (plain := fold(word, "und")) != word and len(plain) > 3:
                owners.setdefault(plain, []).append(lang)
    weight = {1: 2.2, 2: 1.3, 3: 0.7}
    marks = {
        word: [(lang, weight[len(set(langs))]) for lang in dict.fromkeys(langs)]
        for word, langs in owners.items()
        if len(set(langs)) in weight
    }
    return marks, frozenset(lists["everywhere"].split())


class ScriptAndWords:
    """`analytics.reading.LanguageModel`, first version."""

    version = "scripts+py3langid-1"

    def identify(self, texts: Sequence[Said]) -> list[str]:
        """ISO 639-1 codes out of the 17 supported, or `und`."""
        return [identify(said.text, said.lang, said.market_languages) for said in texts]


def identify(text: str, claimed: str | None = None, market_languages: Sequence[str] = (), force: bool = False) -> str:
    """The language of one text. `force` answers even where `und` would be honest (for measuring, not for use).

    >>> identify("เมื่อไหร่จะได้ของคะ"), identify("lol 666"), identify("kitna price hai bhai")
    ('th', 'und', 'hi')
    """
    text = _NOT_WORDS.sub(" ", text[:READ])
    if text.isascii():
        return _latin(text, claimed, market_languages, force)
    weight: dict[str, float] = {}
    known = 0
    for run in _SCRIPT.finditer(text):
        name = str(run.lastgroup)
        known += len(run[0])
        weight[name] = weight.get(name, 0.0) + len(run[0]) * _DENSITY[name]
    if len(_OTHER_LETTER.findall(text)) > 2 * known:  # Greek, Hebrew, Tamil …: letters, but none of ours
        return "und"
    if not weight:
        return _prior(claimed, market_languages) if force else "und"
    kana, han = weight.get("kana", 0.0), weight.get("han", 0.0)
    if kana + han and kana + han >= max((w for name, w in weight.items() if name not in ("kana", "han")), default=0.0):
        return _east_asian(text, kana, han, claimed, market_languages)
    best = max(weight, key=lambda name: weight[name])
    if best == "latin":
        return _latin(text, claimed, market_languages, force)
    foreign = _FOREIGN.get(best)
    if foreign is not None and not force and _FOREIGN_SHARE[best] * len(foreign.findall(text)) > weight[best]:
        return "und"
    return best


def _east_asian(text: str, kana: float, han: float, claimed: str | None, market_languages: Sequence[str]) -> str:
    if kana and not (text.count("の") * 2.0 == kana and han >= 9):  # Chinese shops like to write の
        return "ja"
    if claimed in ("ja", "zh"):
        return str(claimed)
    if "ja" in market_languages and "zh" not in market_languages and han <= 18:
        return "ja"  # 最高, 再入荷希望: Japanese viewers write whole comments without kana
    return "zh"


def _latin(text: str, claimed: str | None, market_languages: Sequence[str], force: bool) -> str:
    found = [_LONG.sub(r"\1\1", word) for word in _RUN.findall(fold(text, "vi"))]
    marks, everywhere = _word_lists()
    words = [word for word in found if not _is_everywhere(word, everywhere)]
    if all(len(word) == 1 for word in words):
        return _laughter(found) or (_prior(claimed, market_languages) if force else "und")
    score = dict.fromkeys(LATIN, 0.0)
    marked, hindi = 0.0, 0
    for word in words:
        for lang, nats in marks.get(word, ()):
            score[lang] += nats
            marked += nats
            hindi += lang == "hi"
    for letter in _SPECIAL.findall(text):
        for lang, nats in _LETTER_WEIGHT[letter]:
            score[lang] += nats
            marked += nats
    if 5 * hindi >= 2 * len(words):
        score["hi"] += 3.0  # code-mixed as it is ("payment nahi ho raha"), that many Hindi words decide
    clearest, next_to = sorted(score.values(), reverse=True)[:2]
    if clearest - next_to < _PLAIN:  # otherwise its words name the language, and the model would only cost time
        for lang, probability in _identifier().rank(" ".join(words)):
            score[lang] += max(-8.0, log(probability + 1e-9))
        score["hi"] -= 4.0  # the model knows Hindi in Devanagari only: romanised, its words must carry it
    if claimed in score:
        score[str(claimed)] += _CLAIMED
    for lang in market_languages:
        if lang in score:
            score[lang] += _MARKET
    best, second = sorted(score, key=lambda lang: score[lang], reverse=True)[:2]
    if force or sum(map(len, words)) > 36:
        return best
    if {best, second} == {"id", "ms"}:
        return best  # close enough for either vocabulary to read the other
    # One or two words without any mark of a language: a name, a brand, a shout.
    needed = _SURE if marked or len(words) > 2 else 2 * _SURE
    if best == claimed or best in market_languages:
        needed /= 2
    return best if score[best] - score[second] >= needed else "und"


def _is_everywhere(word: str, everywhere: frozenset[str]) -> bool:
    return word in everywhere or (len(word) > 3 and _HA.fullmatch(word) is not None)


_HA = re.compile(r"(?:a?[hkjx][aei]|[ax]?h[aeiou]|lol|wk|rs|xd|w{2,}|k{3,})+[hkjw]?", re.IGNORECASE)
_LAUGHS = (
    ("id", re.compile(r"(?:wk){2,}w?")),
    ("es", re.compile(r"j[aei](?:j[aei]){2,}j?")),
    ("pt", re.compile(r"(?:rs){2,}|kkk{2,}")),
)


def _laughter(words: list[str]) -> str | None:
    """Laughter that only one of our languages writes."""
    for word in words:
        for lang, laugh in _LAUGHS:
            if laugh.fullmatch(word):
                return lang
    return None


def _prior(claimed: str | None, market_languages: Sequence[str]) -> str:
    for lang in (claimed, *market_languages):
        if lang in LANGUAGES:
            return str(lang)
    return "en"
