from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from desk.words import LOCALES, SPOKEN_HERE, tongue

ROOT = Path(__file__).parents[2]
FIELDS = re.compile(r"\{\w+\}")


def phrases() -> set[str]:
    """Everything that the code says through a tongue."""
    found = set()
    for folder in ("desk", "handlers"):
        for _, _, phrase, _, _ in extract_from_dir(
            str(ROOT / folder), method_map=[("**.py", "python")], keywords={"t": None, "room": None}
        ):
            found.add(str(phrase))
    return found


@pytest.mark.parametrize("locale", [one for one in SPOKEN_HERE if one != "en"])
def test_it_can_say_everything_in_each_language(locale: str) -> None:
    catalogue = tongue(locale).catalogue

    assert sorted(phrases() - set(catalogue)) == []


@pytest.mark.parametrize("locale", [one for one in SPOKEN_HERE if one != "en"])
def test_it_keeps_the_fields_of_every_phrase(locale: str) -> None:
    for english, said in tongue(locale).catalogue.items():
        assert sorted(FIELDS.findall(english)) == sorted(FIELDS.findall(said)), english


def test_it_has_no_catalogue_that_nobody_can_choose() -> None:
    assert {path.stem for path in LOCALES.glob("*.po")} == set(SPOKEN_HERE) - {"en"}


@pytest.mark.parametrize(
    ("asked", "spoken"), [("zh-CN", "zh"), ("zh_TW", "zh"), ("de-DE", "en"), ("xx", "en"), ("", "en")]
)
def test_it_speaks_the_nearest_language_it_knows(asked: str, spoken: str) -> None:
    said = tongue(asked)("Acknowledge")

    assert said == {"zh": "接手", "en": "Acknowledge"}[spoken]


@pytest.mark.parametrize(("asked", "number"), [("de-DE", "63.2"), ("en-GB", "63.2"), ("zh-CN", "63.2")])
def test_it_never_mixes_another_languages_numbers_into_its_sentences(asked: str, number: str) -> None:
    assert tongue(asked).number(63.24) == number
