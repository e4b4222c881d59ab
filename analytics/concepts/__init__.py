"""What viewers ask about, in seventeen languages: the few dozen things that are asked in every show.

One YAML file a language stands beside this page, written for Livedesk; `any.yaml` holds what all languages borrow
(brands of payment, "retinol", "halal"). A key is a concept, its value comma-separated phrases in the small language of
`analytics.phrases`; `generic` lists words that tell no question from another. Everything here is asked *of a text
that is a question already*, so one telling word is enough: "vegan?" asks whether it is vegan.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import yaml

from analytics.phrases import Phrases, split_list
from analytics.text import clip, fold, squeeze, tokens

# From the particular to the general: a question that touches several ("is retinol safe when pregnant?") is filed under
# the first, because that is where its answer differs from the others'.
CONCEPTS = (
    "pregnancy", "has_retinol", "retinol", "refill", "host_size", "host_age", "dark_skin", "other_actives",
    "sensitive_skin", "white_cast", "marks", "allergens", "pets", "for_men", "age", "skin_type", "acne", "vegan",
    "halal", "spicy", "sugar", "calories", "taste", "fragrance", "cash_on_delivery", "address", "cancel", "carrier",
    "tracking", "customs", "returns", "warranty", "gift_wrap", "preorder", "limit", "next_live", "replay", "song",
    "shipping_cost", "restock", "shipping_time", "ships_to", "payment", "discount", "expiry", "battery", "charging",
    "voltage", "compatible", "wireless", "noise", "storage", "dishwasher", "assembly", "washing", "fade", "waterproof",
    "removal", "stays_on", "lasts", "time_of_day", "order_of_use", "spf", "results", "gift", "where_made",
    "difference", "volume", "size_fit", "weight", "dimensions", "which_better", "colours", "material", "certified",
    "authentic", "ingredients", "store", "link", "try_on", "price",
)  # fmt: skip
ASIDE = "aside"  # phrases that sound like a concept and ask for something else: "men's watches" is not `for_men`
LANGUAGES = ("en", "es", "pt", "fr", "de", "it", "ar", "hi", "id", "th", "vi", "ko", "ja", "ru", "tr", "ms", "zh")
# Whose words to try when a text's own language knows none: short texts are easily taken for a neighbour's.
_NEIGHBOURS = {"id": ("ms", "en"), "ms": ("id", "en"), "en": ()}
_UNSPACED = frozenset(("th", "ja", "zh"))
_READ = 240
_MEASURE = re.compile(r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)")  # "55kg" is a number and a unit
_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar a text: "no" stays a word


@lru_cache(maxsize=8192)
def concepts(text: str, lang: str = "und") -> tuple[str, ...]:
    """What a question is about, the most particular first; empty when it is none of `CONCEPTS`.

    >>> concepts("does it suit dark skin?", "en"), concepts("这个色号适合深肤色吗", "zh")[:1]
    (('dark_skin',), ('dark_skin',))
    """
    read = _MEASURE.sub(" ", clip(text, _READ))
    for known in (lang if lang in LANGUAGES else "en", *_NEIGHBOURS.get(lang, ("en",))):
        found = {hit.tag for hit in _phrases(known).find(tokens(read, known))}
        if ASIDE in found:
            return ()
        if found:
            return tuple(concept for concept in CONCEPTS if concept in found)
    return ()


def content(gist: str, lang: str = "und") -> str:
    """A gist (`analytics.similarity.gist`) without the words that tell no question from another.

    >>> content("does it come with a mirror", "en"), content("这个有镜子吗", "zh")
    ('mirror', '镜子')
    """
    words, pieces = _generic(lang if lang in LANGUAGES else "en")
    if pieces is not None:
        gist = pieces.sub(" ", gist)
    return " ".join(word for word in gist.split() if word not in words)


@cache
def _read(name: str) -> Mapping[str, str]:
    with (_FOLDER / f"{name}.yaml").open(encoding="utf-8") as file:
        found: dict[str, str] = yaml.load(file, Loader=_LOADER)  # noqa: S506 # BaseLoader makes texts only
    if unknown := found.keys() - {*CONCEPTS, ASIDE, "generic"}:
        raise ValueError(f"analytics/concepts/{name}.yaml: unknown {sorted(unknown)}; concepts are {list(CONCEPTS)}")
    return found


@cache
def _phrases(lang: str) -> Phrases:
    made = Phrases(lang)
    for name in ("any", lang):
        for concept, phrases in _read(name).items():
            if concept == "generic":
                continue
            known = [way for phrase in split_list(_MEASURE.sub(" ", phrases)) for way in _ways(phrase)]
            made.add(concept, 1.0, known)
            if lang == "vi":
                # Viewers type Vietnamese without tones; two syllables and more still mean only one thing that way.
                made.add(concept, 1.0, [fold(one) for one in known if " " in one and fold(one) != one])
    return made


_BEFORE_GAP = re.compile(r"\(([^()]*)\) ?~")


def _ways(phrase: str) -> list[str]:
    """`(a|b) ~ c` as `a ~ c` and `b ~ c`: the length of a gap depends on the script of the word before it."""
    group = _BEFORE_GAP.search(phrase)
    if group is None:
        return [phrase]
    before, after = phrase[: group.start()], phrase[group.end() :]
    return [way for word in group[1].split("|") for way in _ways(f"{before} {word} ~{after}".strip())]


@cache
def _generic(lang: str) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """Words to leave out, and for scripts without spaces the pieces to cut out."""
    own = [squeeze(fold(word, lang)) for word in _read(lang)["generic"].split()]
    words = frozenset(own) | frozenset(_read("en")["generic"].split())
    if lang not in _UNSPACED:
        return words, None
    return words, re.compile("|".join(map(re.escape, sorted(own, key=len, reverse=True))))
