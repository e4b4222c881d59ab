"""The language of short, noisy chat: scripts, then the words of those that share one, then what is likely here.

Most scripts name their language. In the Latin script each word is weighed on its own (`analytics.latin`) and the sum
decides, together with the prior: what the source claims, which languages the show's market speaks, and in which the
viewer wrote before. Where that leaves it open, and for what every chat writes alike ("lol", "666", emoji), the answer
is `und` rather than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from math import exp
from typing import NamedTuple

from analytics.latin import A_TEXT, LATIN, SISTERS, evidence, words
from analytics.reading import Said
from analytics.vocabulary import LANGUAGES, read_file

READ = 400  # characters that are enough to tell
SURE = 0.7  # below it the answer is `und`; docs/understanding.md has the table from which it was chosen

_SCRIPTS = (
    ("th", "\u0e01-\u0e5b"),
    ("ko", "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    ("kana", "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f"),
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"),
    ("ar", "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"),
    ("hi", "\u0904-\u0939\u0958-\u0961\u0971-\u097f"),
    ("ru", "\u0400-\u045f\u0490-\u0491"),
)
_LATIN_LETTERS = "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{ranges}]+)" for name, ranges in (*_SCRIPTS, ("latin", _LATIN_LETTERS))))
_NOT_LATIN = re.compile(rf"[^\W\d_{_LATIN_LETTERS}]")
_LETTER = re.compile(r"[^\W\d_]")
# A syllable of these says about as much as two or three Latin letters. Latin ones count half: every language writes
# brands and English words between its own letters, none writes the others' letters between Latin words.
_DENSITY = {"ko": 2.0, "kana": 2.0, "han": 3.0, "th": 1.0, "latin": 0.5, "ar": 1.0, "hi": 1.2, "ru": 1.0}
# Letters that Arabic, Hindi and Russian do not use: Persian and Urdu, Marathi and Nepali's ळ, Ukrainian and Belarusian.
_FOREIGN = {
    "ar": re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u0679\u0688\u0691\u06ba\u06d2\u06be]"),
    "hi": re.compile("[\u0933]"),
    "ru": re.compile("[\u0456\u0457\u0454\u0491\u045e\u0458\u0459\u045a\u045b\u0452]", re.IGNORECASE),
}
# One such letter in so many is enough; Arabic dialects borrow a few of them, so it takes more there.
_FOREIGN_SHARE = {"ar": 12.0, "hi": 40.0, "ru": 60.0}
_NOT_WORDS = re.compile(
    r"https?:?/\S+|www\.\S+|[@＠][\w.-]+|:[\w-]+:|\[(?:link|email|handle|iban|card|phone|order|id|address)\]|[\w.+-]+@[\w.-]+"
    r"|\bRT\b"
)
# Nats for the language the source names, for those the market speaks, and for those the viewer wrote in before, the
# most frequent first. Together they tip what is open and outweigh no sentence that is clear.
_CLAIMED, _MARKET, _EARLIER = 2.5, 1.5, (1.5, 0.5)
_STEEPNESS = 1.1  # of the curve from nats to confidence, which the data follow closely as it is


class Guess(NamedTuple):
    """The likeliest of our languages, and how sure that is (0…1)."""

    lang: str
    confidence: float


_NOTHING = Guess("und", 0.0)


class ScriptAndWords:
    """`analytics.reading.LanguageModel`, second version."""

    version = "scripts+py3langid-2"

    def identify(self, texts: Sequence[Said]) -> list[str]:
        """ISO 639-1 codes out of the 17 supported, or `und`."""
        return [identify(said.text, said.lang, said.market_languages, said.earlier) for said in texts]


def identify(
    text: str,
    claimed: str | None = None,
    market_languages: Sequence[str] = (),
    earlier: Sequence[str] = (),
    force: bool = False,
) -> str:
    """The language of one text. `force` answers even where `und` would be honest (for measuring, not for use).

    >>> identify("เมื่อไหร่จะได้ของคะ"), identify("lol 666"), identify("kitna price hai bhai")
    ('th', 'und', 'hi')
    """
    lang, confidence = guess(text, claimed, market_languages, earlier)
    if force:
        return lang if lang != "und" else _likeliest(claimed, market_languages, earlier)
    return lang if confidence >= SURE else "und"


def guess(
    text: str, claimed: str | None = None, market_languages: Sequence[str] = (), earlier: Sequence[str] = ()
) -> Guess:
    """The best answer and its confidence; `und` only where no letter of our languages is left."""
    text = _NOT_WORDS.sub(" ", text[:READ])
    prior = _prior(claimed, market_languages, earlier)
    if text.isascii() or _NOT_LATIN.search(text) is None:
        return _latin(text, prior)
    weight: dict[str, float] = {}
    known = 0
    for run in _SCRIPT.finditer(text):
        name = str(run.lastgroup)
        known += len(run[0])
        weight[name] = weight.get(name, 0.0) + len(run[0]) * _DENSITY[name]
    if not weight:
        return _NOTHING
    # Greek, Hebrew, Tamil …: letters, but most of them none of ours.
    doubt = 0.0 if len(_LETTER.findall(text)) > 2 * known else 1.0
    kana, han = weight.get("kana", 0.0), weight.get("han", 0.0)
    rest = max((nats for name, nats in weight.items() if name not in ("kana", "han")), default=0.0)
    if kana + han and kana + han >= rest:
        return Guess(_east_asian(text, kana, han, prior), doubt)
    best = max(weight, key=lambda name: weight[name])
    if best == "latin":
        lang, confidence = _latin(text, prior)
        return Guess(lang, confidence * doubt)
    foreign = _FOREIGN.get(best)
    if foreign is not None and _FOREIGN_SHARE[best] * len(foreign.findall(text)) > weight[best]:
        doubt = 0.0
    return Guess(best, doubt)


def _prior(claimed: str | None, market_languages: Sequence[str], earlier: Sequence[str]) -> dict[str, float]:
    """language → nats, for those that are expected here."""
    if claimed is None and not market_languages and not earlier:
        return {}
    nats: dict[str, float] = {str(claimed): _CLAIMED}
    for lang in market_languages:
        nats[lang] = nats.get(lang, 0.0) + _MARKET
    for lang, more in zip(earlier, _EARLIER, strict=False):
        nats[lang] = nats.get(lang, 0.0) + more
    return {lang: more for lang, more in nats.items() if lang in LANGUAGES}


def _likeliest(claimed: str | None, market_languages: Sequence[str], earlier: Sequence[str]) -> str:
    prior = _prior(claimed, market_languages, earlier)
    return max(prior, key=lambda lang: prior[lang], default="en")


def _east_asian(text: str, kana: float, han: float, prior: dict[str, float]) -> str:
    if kana and not (text.count("の") * 2.0 == kana and han >= 9):  # Chinese shops like to write の
        return "ja"
    if _JAPANESE.search(text) is not None:
        return "ja"
    # 最高, 再入荷希望: Japanese viewers write whole comments without kana.
    return "ja" if prior.get("ja", 0.0) > prior.get("zh", 0.0) and han <= 18 else "zh"


# Characters that only Japanese writes in this form.
_JAPANESE = re.compile(
    "[気駅売円発込働対帰総経桜図団戻歩単読変広価県検験楽薬転伝労営厳巻収従続絵縄縦荘蔵覧観訳豊軽辺遅鉄関雑霊頼顔駆騒髪鶏黒齢峠枠畑匂塩渋焼様毎悪応戦払択"
    "拡挙掲残沢済稲繊聴脳覚触賛銭録闘隠隣実]"
)


def _latin(text: str, prior: dict[str, float]) -> Guess:
    found = words(text)
    if not found:
        return _NOTHING
    everywhere = _everywhere()
    telling = [word for word in found if word not in everywhere and _HA.fullmatch(word) is None]
    sure = 1.0
    if all(len(word) == 1 for word in telling):
        if (lang := _laughter(found)) is not None:
            return Guess(lang, SURE)
        telling, sure = found, 0.0
    scores = [sum(nats) for nats in zip(*map(evidence, telling), strict=True)]
    other = scores.pop()
    for lang, nats in A_TEXT.items():
        scores[_PLACE[lang]] += nats
    for lang, nats in prior.items():
        if (place := _PLACE.get(lang)) is not None:
            scores[place] += nats
    ranking = sorted(zip(scores, LATIN, strict=True), reverse=True)
    best, lang = ranking[0]
    runner_up = ranking[2 if lang in SISTERS and ranking[1][1] in SISTERS else 1][0]
    margin = best - max(runner_up, other)
    return Guess(lang, sure / (1 + exp(-_STEEPNESS * margin)) if margin > -20 else 0.0)


_PLACE = {lang: place for place, lang in enumerate(LATIN)}


@cache
def _everywhere() -> frozenset[str]:
    return frozenset(read_file("languages")["everywhere"].split())


_HA = re.compile(
    r"(?:mu|bw|[abx])?a?(?:h[aeiou]){2,}h?|(?:j[aei]){2,}j?|(?:x[ae]){2,}|(?:ke){2,}k?|(?:ka){3,}k?|(?:wk){2,}w?|(?:rs){2,}|(?:lo)+l|xd+|[kw]{2,}"
)
_LAUGHS = (
    ("id", re.compile(r"(?:wk){2,}w?")),
    ("es", re.compile(r"j[aei](?:j[aei]){2,}j?")),
    ("pt", re.compile(r"(?:rs){2,}")),
)


def _laughter(words: list[str]) -> str | None:
    """Laughter that only one of our languages writes."""
    for word in words:
        for lang, laugh in _LAUGHS:
            if laugh.fullmatch(word):
                return lang
    return None
