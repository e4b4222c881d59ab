from __future__ import annotations

import pytest

from desk.configuration.model import Configuration, Segment, Show, Term
from handlers.configuration import load_text
from handlers.translate.glossary import KEEP, Glossary


def found(glossary: Glossary, text: str, target: str = "en") -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.becomes) for span in glossary.spans(text, target)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("the glowserum leaks", ["glowserum"]),
        ("GLOWSERUM's pump", ["GLOWSERUM"]),
        ("GlowSerum好用吗", ["GlowSerum"]),
        ("الGlowSerum جيد", ["GlowSerum"]),
        ("GlowSerum은 좋아요", ["GlowSerum"]),
        ("glowserums and myglowserum", []),
        ("GlowSerum2 is another", []),
    ],
)
def test_it_finds_whole_words_in_any_capitals(text: str, kept: list[str]) -> None:
    assert found(Glossary({"GlowSerum": KEEP}), text) == [(word, word) for word in kept]


@pytest.mark.parametrize(
    ("target", "becomes"), [("en", "serum"), ("en-GB", "serum"), ("pt-BR", "sérum"), ("zh-TW", "精華"), ("de", None)]
)
def test_it_says_a_term_in_the_readers_language(target: str, becomes: str | None) -> None:
    glossary = Glossary({"小棕瓶": Term(translations={"en": "serum", "pt": "sérum", "zh-Hant": "精華"})})

    assert found(glossary, "小棕瓶好用吗", target) == ([("小棕瓶", becomes)] if becomes else [])


def test_it_keeps_a_term_where_it_has_no_translation_and_says_so() -> None:
    glossary = Glossary({"极光瓶": Term(keep=True, translations={"en": "Aurora"})})

    assert found(glossary, "极光瓶", "en") == [("极光瓶", "Aurora")]
    assert found(glossary, "极光瓶", "de") == [("极光瓶", "极光瓶")]


def test_it_takes_the_longest_term() -> None:
    glossary = Glossary({"Aurora": KEEP, "Aurora Serum": Term(translations={"en": "the serum"})})

    assert found(glossary, "Aurora Serum and Aurora Serums") == [("Aurora Serum", "the serum"), ("Aurora", "Aurora")]


@pytest.mark.parametrize(
    ("product", "text", "is_kept"),
    [
        ("GlowSerum", "is glowserum good", True),
        ("AS-30", "as-30 leaks", True),
        ("Aurora Serum", "my aurora serum", True),
        ("Velvet", "Velvet is sold out", True),
        ("Velvet", "so velvet on the skin", False),
        ("set", "can you set the price", False),
        ("光感精华", "光感精华多少钱", True),
    ],
)
def test_it_keeps_the_names_of_products_of_the_run_of_show(product: str, text: str, is_kept: bool) -> None:
    segment = Segment(*load_times(), "Serum", product=product)
    glossary = Glossary.of(Configuration(shows={"s": Show("s", "Show", segments=(segment,))}))

    assert bool(found(glossary, text)) is is_kept


def load_times() -> tuple:  # type: ignore[type-arg]
    (segment,) = load_text("shows: {s: {run_of_show: [{start: 0, end: 5, title: x}]}}", "x").shows["s"].segments
    return segment.start, segment.end


def test_it_lets_a_term_decide_over_a_products_name() -> None:
    glossary = Glossary({"glowserum": Term(translations={"zh": "光感精华"})}, names=["GlowSerum"])

    assert found(glossary, "GlowSerum", "zh") == [("GlowSerum", "光感精华")]


def test_it_has_a_version_for_what_it_says_of_a_text() -> None:
    one = Glossary({"极光瓶": Term(translations={"en": "Aurora"}), "Velvet": KEEP})
    other = Glossary({"极光瓶": Term(translations={"en": "Aurora Serum"}), "Velvet": KEEP})

    assert one.version("极光瓶好用吗", "en") != other.version("极光瓶好用吗", "en")
    assert one.version("Velvet?", "en") == other.version("Velvet?", "en") != ""
    assert one.version("好用吗", "en") == one.version("极光瓶", "de") == ""


def test_it_is_nothing_without_terms() -> None:
    assert Glossary().spans("GlowSerum", "en") == []
