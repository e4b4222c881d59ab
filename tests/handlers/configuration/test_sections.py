"""The JSON Schema for editors, held against the loader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from analytics import vocabulary
from analytics.reading import Category
from desk.configuration.model import Configuration
from desk.messages import Severity
from handlers.configuration import json_schema, load_text
from handlers.configuration.paging import SEVERITIES
from handlers.configuration.sections import SECTIONS
from handlers.configuration.tree import read_tree
from handlers.configuration.vocabulary import CATEGORIES, LANGUAGES, content
from tests.handlers.configuration.bad_files import BAD_FILES, BadFile
from tests.handlers.configuration.schema_check import as_editors_read, faults

EXAMPLE = Path(__file__).parents[3] / "examples" / "livedesk.yaml"


def schema_faults(text: str) -> list[str]:
    tree = read_tree(text, lambda *problem: None)
    return list(faults(as_editors_read(tree), json_schema())) if tree else []


def schemas_within(schema: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(schema, Mapping):
        yield schema
        for value in schema.values():
            yield from schemas_within(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from schemas_within(value)


def test_it_lets_editors_accept_the_example() -> None:
    assert schema_faults(EXAMPLE.read_text("utf-8")) == []


@pytest.mark.parametrize("bad", [bad for bad in BAD_FILES if bad.seen_by_schema], ids=lambda bad: bad.name)
def test_it_lets_editors_see_the_fault(bad: BadFile) -> None:
    assert schema_faults(bad.text)


@pytest.mark.parametrize("bad", [bad for bad in BAD_FILES if not bad.seen_by_schema], ids=lambda bad: bad.name)
def test_it_says_which_faults_only_loading_finds(bad: BadFile) -> None:
    """So that the table stays honest: what the schema comes to see moves to the other side."""
    assert schema_faults(bad.text) == []


def test_it_completes_every_section_of_the_configuration() -> None:
    assert set(SECTIONS) == set(Configuration.__dataclass_fields__) - {"version", "further_ways"}
    assert set(SECTIONS) < set(json_schema()["properties"])


def test_it_describes_every_field() -> None:
    for schema in schemas_within(json_schema()):
        for name, field in schema.get("properties", {}).items():
            assert "pattern" in field or "description" in field or name == "$schema", name


def test_it_uses_patterns_that_javascript_reads_too() -> None:
    r"""No `\A`, `\Z`, `\d` (which is any script's digits in Python), named groups or inline flags."""
    patterns = [schema["pattern"] for schema in schemas_within(json_schema()) if isinstance(schema.get("pattern"), str)]

    assert patterns
    for pattern in patterns:
        assert not re.search(r"\\[AZdw]|\(\?", pattern), pattern


def test_it_knows_the_same_categories_and_severities_as_the_rest() -> None:
    assert get_args(Category) == CATEGORIES
    assert get_args(Severity) == SEVERITIES


def test_it_takes_all_that_our_own_vocabularies_are_made_of() -> None:
    assert set(content("any").fields) == {*vocabulary.LISTS, "complaint", "polarity", "symbols"}
    assert set(LANGUAGES) == {*vocabulary.LANGUAGES, "any"}


@pytest.mark.parametrize("lang", ["any", *vocabulary.LANGUAGES])
def test_it_takes_our_own_vocabularies_as_a_teams(lang: str) -> None:
    """The strictest reader of phrases is no stricter than what we write ourselves."""
    own = {name: value for name, value in vocabulary.read_file(lang).items() if name not in ("borrows", "symbols")}

    loaded = load_text(json.dumps({"vocabulary": {lang: own}}), "x")

    assert set(loaded.vocabulary[lang]) == set(own)
