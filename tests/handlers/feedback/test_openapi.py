"""The page that integrators work from says what the rules do."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.intake.event import KINDS, FeedbackEvent, Refused
from desk.intake.rules import read_event
from handlers.feedback.openapi import EVENT_SCHEMA, KIND_EXAMPLES, POST_FEEDBACK
from handlers.feedback.reference import OPENAPI_FILE, describe, render
from handlers.feedback.signing import sign
from tests.desk.intake.examples import FRIDAY_SHOW, comment

ROOT = Path(__file__).parents[3]


def test_it_is_written_down_as_it_is() -> None:
    """When this fails: `python -c "from pathlib import Path; from handlers.feedback.reference import write_openapi;
    write_openapi(Path())"`."""
    assert (ROOT / OPENAPI_FILE).read_text(encoding="utf-8") == render()


def test_it_shows_every_kind() -> None:
    assert set(KIND_EXAMPLES) == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_shows_an_example_that_is_taken(kind: str) -> None:
    read = read_event(KIND_EXAMPLES[kind][1], source="shop", now=FRIDAY_SHOW + timedelta(minutes=5))

    assert isinstance(read, FeedbackEvent)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_says_what_a_kind_needs(kind: str) -> None:
    what, _ = KIND_EXAMPLES[kind]
    bare = read_event({**comment(kind=kind), "text": None}, source="shop", now=FRIDAY_SHOW + timedelta(minutes=5))

    assert isinstance(bare, Refused) == ("Needs" in what)
    if isinstance(bare, Refused):
        assert f"Needs {bare.field}" in what


def test_it_lists_every_field_of_an_event() -> None:
    said = {field.name for field in dataclasses.fields(FeedbackEvent)} - {"source"}

    assert set(EVENT_SCHEMA["properties"]) == said


@pytest.mark.parametrize("name", [n for n, schema in EVENT_SCHEMA["properties"].items() if "maxLength" in schema])
def test_it_gives_the_lengths_that_are_enforced(name: str) -> None:
    schema = EVENT_SCHEMA["properties"][name]
    short = (schema["examples"][0] * schema["maxLength"])[: schema["maxLength"]]
    if name == "lang":
        short = "pt" + "-x1234567" * 3 + "-abcde"

    def read(value: str) -> FeedbackEvent | Refused:
        return read_event(comment(**{name: value}), source="shop", now=FRIDAY_SHOW)

    assert len(short) == schema["maxLength"]
    assert isinstance(read(short), FeedbackEvent)
    assert isinstance(read(short + "x"), Refused)


def test_it_prints_a_signing_snippet_that_signs() -> None:
    snippet = POST_FEEDBACK["description"].split("```python\n")[1].split("```")[0]
    names: dict[str, Any] = {}
    exec(snippet, names)

    headers = names["headers"]("shop", b"secret", b"{}")

    assert headers["Livedesk-Signature"] == sign(b"secret", "shop", int(headers["Livedesk-Timestamp"]), b"{}")


def test_it_offers_a_key_or_a_signature() -> None:
    assert describe()["paths"]["/v1/feedback"]["post"]["security"] == [{"bearer": []}, {"signature": []}]
