"""Every language of ours, and every regional name of one, as each service calls it."""

from __future__ import annotations

from typing import Any

import pytest
from deep_translator import DeeplTranslator, GoogleTranslator, LibreTranslator, MyMemoryTranslator

from analytics.vocabulary import LANGUAGES
from handlers.translate import deepl, google, libre, mymemory
from handlers.translate.codes import Codes, UnknownLanguageError, canonical, same_language

# deep-translator's own tables, by the name of the service.
TABLES: dict[str, frozenset[str]] = {
    name: frozenset(made.get_supported_languages(as_dict=True).values())
    for name, made in {
        "Google": GoogleTranslator(),
        "DeepL": DeeplTranslator(api_key="x"),
        "LibreTranslate": LibreTranslator(api_key="x"),
        "MyMemory": MyMemoryTranslator(source="en-GB", target="de-DE"),
    }.items()
}
CODES: dict[str, Codes] = {
    "Google": google.CODES,
    "DeepL": deepl.CODES,
    "LibreTranslate": libre.CODES,
    "MyMemory": mymemory.CODES,
}
READERS = ("he", "nl", "pl", "fil", "nb", "sv", "uk", "zh-Hant", "pt-BR", "en-GB")
# What a service cannot do; everything else of ours it can.
LACKS = {"DeepL": {"hi", "ms", "fil"}}
DIFFERENT: dict[str, dict[str, tuple[Any, str]]] = {  # (as a source, as a target)
    "Google": {
        **{"zh": ("zh-CN", "zh-CN"), "zh-Hant": ("zh-TW", "zh-TW"), "he": ("iw", "iw"), "nb": ("no", "no")},
        **{"fil": ("tl", "tl"), "pt-BR": ("pt", "pt"), "id": ("id", "id"), "en-GB": ("en", "en")},
    },
    "DeepL": {
        **{"zh": ("zh", "ZH-HANS"), "zh-Hant": ("zh", "ZH-HANT"), "pt": ("pt", "PT-PT"), "pt-BR": ("pt", "PT-BR")},
        **{"en": ("en", "EN-US"), "en-GB": ("en", "EN-GB"), "nb": ("nb", "nb"), "th": ("th", "th")},
    },
    "LibreTranslate": {
        **{"zh": ("zh", "zh"), "zh-Hant": ("zt", "zt"), "pt-BR": ("pt", "pt"), "th": ("th", "th"), "fil": ("tl", "tl")},
    },
    "MyMemory": {
        **{"zh": ("zh-CN", "zh-CN"), "zh-Hant": ("zh-TW", "zh-TW"), "he": ("he-IL", "he-IL"), "en": ("en-GB", "en-GB")},
        **{
            "pt-BR": ("pt-BR", "pt-BR"),
            "nb": ("nb-NO", "nb-NO"),
            "fil": ("fil-PH", "fil-PH"),
            "id": ("id-ID", "id-ID"),
        },
    },
}


@pytest.mark.parametrize("service", CODES)
@pytest.mark.parametrize("lang", [*LANGUAGES, *READERS])
def test_it_calls_every_language_by_a_name_that_the_service_knows(service: str, lang: str) -> None:
    codes, table = CODES[service], TABLES[service]
    if lang in LACKS.get(service, ()):
        with pytest.raises(UnknownLanguageError):
            codes.target(lang, table)
        return

    source, target = codes.source(lang, table), codes.target(lang, table)

    assert {source, target} <= table | set(codes.newer)
    assert (source, target) == DIFFERENT[service].get(lang, (source, target))


@pytest.mark.parametrize(("service", "lang"), [(service, lang) for service in CODES for lang in DIFFERENT[service]])
def test_it_calls_some_by_names_of_the_services_own(service: str, lang: str) -> None:
    codes, table = CODES[service], TABLES[service]

    assert (codes.source(lang, table), codes.target(lang, table)) == DIFFERENT[service][lang]


@pytest.mark.parametrize(("service", "asks"), [("Google", "auto"), ("LibreTranslate", "auto"), ("DeepL", None)])
@pytest.mark.parametrize("lang", ["und", "", "mul"])
def test_it_lets_a_service_find_out_a_language_that_nobody_knows(service: str, asks: str | None, lang: str) -> None:
    assert CODES[service].source(lang, TABLES[service]) == asks


def test_it_asks_no_service_to_find_out_that_cannot() -> None:
    with pytest.raises(UnknownLanguageError):
        CODES["MyMemory"].source("und", TABLES["MyMemory"])


@pytest.mark.parametrize("service", CODES)
def test_it_lists_as_newer_only_what_the_library_lacks(service: str) -> None:
    assert not set(CODES[service].newer) & TABLES[service]


@pytest.mark.parametrize("service", CODES)
def test_it_names_no_code_that_neither_library_nor_service_knows(service: str) -> None:
    codes = CODES[service]

    assert {*codes.names.values(), *codes.targets.values()} <= TABLES[service] | set(codes.newer)


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        *(("zh-CN", "zh"), ("zh-Hans", "zh"), ("zh_SG", "zh"), ("zh-TW", "zh-Hant"), ("zh-Hant-HK", "zh-Hant")),
        *(
            ("iw", "he"),
            ("in", "id"),
            ("tl", "fil"),
            ("no", "nb"),
            ("pt_BR", "pt-BR"),
            ("es-419", "es"),
            ("DE-at", "de"),
        ),
        *(("", "und"), ("und", "und"), ("mul", "und"), ("en-US", "en-US"), ("nn", "nn")),
    ],
)
def test_it_reads_the_names_that_others_use(said: str, ours: str) -> None:
    assert canonical(said) == ours
    assert canonical(ours) == ours


@pytest.mark.parametrize(("one", "other"), [("zh-TW", "zh"), ("iw", "he"), ("pt-BR", "pt"), ("in", "id")])
def test_it_knows_what_one_reader_reads(one: str, other: str) -> None:
    assert same_language(one, other)
