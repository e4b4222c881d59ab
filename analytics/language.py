"""The language of short, noisy chat: scripts, then the words of those that share one, then what is likely here.

Most scripts name their language. In the Latin script each word is weighed on its own (`analytics.latin`) and the sum
decides, together with the prior: what the source claims, which languages the show's market speaks, and in which the
viewer wrote before. Where that leaves it open, and for what every chat writes alike ("lol", "666", emoji), the answer
is `und` rather than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import exp
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from analytics.latin import A_TEXT, LATIN, SISTERS, Lanes, evidence, in_parts, letters_alone, plain_word, words
from analytics.reading import Said
from analytics.vocabulary import LANGUAGES

READ = 400  # characters that are enough to tell
SURE = 0.7  # below it the answer is `und`; docs/understanding.md has the table from which it was chosen

_SCRIPTS = {
    "th": "\u0e01-\u0e5b",
    "ko": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "kana": "\u3041-\u3096\u30a1-\u30fa\u30fc\uff66-\uff9f",
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f",
    "ar": "\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "hi": "\u0904-\u0939\u0958-\u0961\u0971-\u097f",
    "ru": "\u0400-\u045f\u0490-\u0491",
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"
    "\U0001d400-\U0001d6a3",
}
_SCRIPT = re.compile("|".join(f"(?P<{name}>[{ranges}][{ranges}\\s]*)" for name, ranges in _SCRIPTS.items()))
_NOT_LATIN = re.compile(rf"[^\W\d_{_SCRIPTS['latin']}]")
_STRANGE = re.compile(rf"[^\W\d_{''.join(_SCRIPTS.values())}]")  # letters that none of our languages has
_ANY_LETTER = re.compile(r"[^\W\d_]")
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
_MAY_BE_NO_WORD = re.compile(r"[@＠:/\[ツシง]|www\.|\bRT\b")
_KANA, _THAI = _SCRIPTS["kana"], _SCRIPTS["th"]
_NO_WORD = re.compile(
    r"https?:?/\S+|www\.\S+|[@＠][\w.-]+|:[\w-]+:|\[(?:link|email|handle|iban|card|phone|order|id|address)\]|"
    rf"[\w.+-]{{1,64}}@[\w.-]+|\bRT\b|(?<![{_KANA}])[ツシ](?![{_KANA}])|(?<![{_THAI}])ง(?![{_THAI}])"  # ¯\_(ツ)_/¯
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

    version = "scripts+letters-2"

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
    text = text[:READ]
    if _MAY_BE_NO_WORD.search(text) is not None:
        text = _NO_WORD.sub(" ", text)
    prior = _prior(claimed, market_languages, earlier)
    if text.isascii():
        return _latin(text, prior)
    if not is_normalized("NFC", text):
        text = normalize("NFC", text)
    if _NOT_LATIN.search(text) is None:
        return _latin(text, prior)
    weight: dict[str, float] = {}
    for run in _SCRIPT.finditer(text):
        name = str(run.lastgroup)
        weight[name] = weight.get(name, 0.0) + len(run[0].rstrip()) * _DENSITY[name]
    if not weight:
        return _NOTHING
    sure = 0.0 if _STRANGE.search(text) is not None and _is_strange(text) else 1.0
    kana, han = weight.get("kana", 0.0), weight.get("han", 0.0)
    rest = max((nats for name, nats in weight.items() if name not in ("kana", "han")), default=0.0)
    if kana + han and kana + han >= rest:
        return Guess(_east_asian(text, kana, han, prior), sure)
    best = max(weight, key=lambda name: weight[name])
    if best == "latin":
        lang, confidence = _latin(text, prior)
        return Guess(lang, confidence * sure)
    foreign = _FOREIGN.get(best)
    if foreign is not None and _FOREIGN_SHARE[best] * len(foreign.findall(text)) > weight[best]:
        sure = 0.0
    return Guess(best, sure)


def _is_strange(text: str) -> bool:
    """Greek, Hebrew, Tamil …: most letters are none of ours."""
    return 2 * len(_STRANGE.findall(text)) > len(_ANY_LETTER.findall(text))


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
    "[気駅売円発込働対帰総経桜図団戻歩単読変広価県検験楽薬転伝労営厳巻収従続絵縄縦荘蔵覧観訳豊軽辺遅鉄関雑霊頼顔駆騒髪"
    "鶏黒齢峠枠畑匂塩渋焼様毎悪応戦払択拡挙掲沢済稲繊聴脳覚賛銭録闘隠実]"
)


def _latin(text: str, prior: dict[str, float]) -> Guess:
    found = words(text)
    if not found:
        return _NOTHING
    *scores, other, telling = Lanes.unpacked(sum(map(evidence, found)))
    if not telling:
        if (lang := _laughter(found)) is not None:
            return Guess(lang, SURE)
        *scores, other, _ = Lanes.unpacked(sum(map(letters_alone, found)))
    for place, parts in _BEFORE_READING:
        scores[place] += parts
    for lang, nats in prior.items():
        if lang in _PLACE:
            scores[_PLACE[lang]] += in_parts(nats)
    best = max(scores)
    place = scores.index(best)
    scores[place] = other
    if place in _SISTER_PLACES:  # either vocabulary reads the other, so which of them it is need not be sure
        for sister in _SISTER_PLACES:
            scores[sister] = other
    margin = (best - max(scores)) / Lanes.PARTS
    return Guess(LATIN[place], 1 / (1 + exp(-_STEEPNESS * max(margin, _HOPELESS))) if telling else 0.0)


_PLACE = {lang: place for place, lang in enumerate(LATIN)}
_SISTER_PLACES = tuple(_PLACE[lang] for lang in SISTERS)
_BEFORE_READING = tuple((_PLACE[lang], in_parts(nats)) for lang, nats in A_TEXT.items())
_HOPELESS = -20.0  # nats; from there on down exp has nothing to add but overflows
_LAUGHS = (
    ("id", re.compile(r"(?:wk){2,}w?")),
    ("es", re.compile(r"j[aei](?:j[aei]){2,}j?")),
    ("pt", re.compile(r"(?:rs){2,}")),
)


def _laughter(found: list[str]) -> str | None:
    """Laughter that only one of our languages writes."""
    for word in map(plain_word, found):
        for lang, laugh in _LAUGHS:
            if laugh.fullmatch(word):
                return lang
    return None
