"""Any JSON value is an event or a refusal that says what to send instead; never a crash, never something unstorable."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.intake.event import KINDS, FeedbackEvent, Refused
from tests.desk.intake.examples import FRIDAY_SHOW, NAUGHTY, accepted, comment, read, refused

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.text(st.characters(), max_size=30)
    | st.sampled_from(NAUGHTY)
    | st.sampled_from(sorted(KINDS))
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
fields = st.sampled_from(
    "event_id at kind show market viewer text lang value currency product reply_to attributes source unknown".split()  # noqa: SIM905
)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in [key, *texts_in(one)]]
    return [text for one in value for text in texts_in(one)] if isinstance(value, list) else []


def assert_storable(event: FeedbackEvent) -> None:
    names = [event.event_id, event.show, event.market, event.text, event.lang, event.currency, event.product]
    for text in [*names, event.reply_to, *texts_in(event.attributes)]:
        if text is not None:
            assert text.encode("utf-8").decode("utf-8") == text
            assert "\x00" not in text
    assert event.viewer is None or event.viewer.encode("utf-8")
    assert 1 <= len(event.event_id) <= 200
    assert event.at.tzinfo is UTC
    assert datetime(2005, 1, 1, tzinfo=UTC) <= event.at <= FRIDAY_SHOW + timedelta(minutes=5)
    assert event.kind in KINDS
    json.dumps(event.attributes, allow_nan=False)
    if event.value is not None:
        assert event.value.is_finite()
        assert event.value == event.value.quantize(Decimal("1e-12"))
        assert abs(event.value) < 10**15


@given(json_values)
def test_it_takes_or_refuses_any_json_value_without_a_crash(value: object) -> None:
    answer = read(value)

    assert isinstance(answer, FeedbackEvent | Refused)


@given(st.dictionaries(fields, json_values, max_size=6), st.booleans())
def test_it_lets_through_only_what_every_store_can_keep(changes: dict[str, Any], from_scratch: bool) -> None:
    answer = read(changes if from_scratch else comment(**changes))

    if isinstance(answer, FeedbackEvent):
        assert_storable(answer)
    else:
        assert answer.field
        assert answer.reason.encode("utf-8")
        assert answer.event_id is None or answer.event_id.encode("utf-8")


@pytest.mark.parametrize("naughty", NAUGHTY, ids=range(len(NAUGHTY)))
@pytest.mark.parametrize("field", ["event_id", "show", "market", "viewer", "text", "lang", "product", "reply_to"])
def test_it_makes_naughty_strings_harmless_or_refuses_them(field: str, naughty: str) -> None:
    answer = read(comment(**{field: naughty}))

    if isinstance(answer, FeedbackEvent):
        assert_storable(answer)
    else:
        assert answer.field == field


def test_it_keeps_everything_a_source_says() -> None:
    event = accepted(
        {
            "event_id": "ord-9",
            "at": "2026-03-27T20:00:00.25+08:00",
            "kind": "purchase",
            "show": "friday-sneakers",
            "market": "de",
            "viewer": "user-77",
            "text": "for my sister",
            "lang": "pt-BR",
            "value": "19.90",
            "currency": "eur",
            "product": "sku-4711",
            "reply_to": "comment-3",
            "attributes": {"device": "phone", "tags": ["new", 1, 2.5, None, True]},
        }
    )

    assert event == FeedbackEvent(
        source="shop",
        event_id="ord-9",
        at=datetime(2026, 3, 27, 12, 0, 0, 250_000, tzinfo=UTC),
        kind="purchase",
        show="friday-sneakers",
        market="de",
        viewer="user-77",
        text="for my sister",
        lang="pt",
        value=Decimal("19.90"),
        currency="EUR",
        product="sku-4711",
        reply_to="comment-3",
        attributes={"device": "phone", "tags": ["new", 1, 2.5, None, True]},
    )


def test_it_ignores_keys_it_does_not_know() -> None:
    assert accepted(comment(source="somebody-else", colour="red", nested={"a": [1]})) == accepted(comment())


def test_it_fills_in_what_the_source_does_not_say() -> None:
    event = accepted(comment(), market="de", show="friday-sneakers")

    assert (event.market, event.show) == ("de", "friday-sneakers")


def test_it_prefers_what_the_event_says_to_what_the_source_says() -> None:
    assert accepted(comment(market="fr"), market="de").market == "fr"


def test_it_notes_how_coarse_the_clock_of_the_source_is() -> None:
    assert accepted(comment(), resolution=timedelta(minutes=1)).attributes == {"resolution_s": 60.0}


@pytest.mark.parametrize("value", [None, 1, "text", [], [{}], True, 1.5])
def test_it_refuses_what_is_no_object(value: object) -> None:
    assert refused(value).field == "event"


@pytest.mark.parametrize("missing", ["event_id", "at", "kind", "text"])
def test_it_names_the_field_that_is_missing_and_shows_a_good_one(missing: str) -> None:
    event = comment()
    del event[missing]

    refusal = refused(event)

    assert refusal.field == missing
    assert "missing" in refusal.reason
    if missing != "kind":
        assert f'"{missing}": ' in refusal.reason


def test_it_tells_which_event_was_refused() -> None:
    assert refused(comment(kind="shout")).event_id == "msg-1"


@pytest.mark.parametrize("kind", ["comment", "Chat-Comment", "chat_coment"])
def test_it_guesses_which_kind_was_meant(kind: str) -> None:
    assert "did you mean" in refused(comment(kind=kind)).reason


@pytest.mark.parametrize("kind", ["🦄", "", 7, None, ["like"], {"kind": "like"}, "x" * 100_000], ids=range(7))
def test_it_refuses_kinds_it_does_not_know(kind: object) -> None:
    refusal = refused(comment(kind=kind))

    assert refusal.field == "kind"
    assert len(refusal.reason) < 500


# ── reasons ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.sampled_from(["kind", "at", "lang", "value", "currency", "event_id", "product"]),
    st.text(st.characters(), min_size=1),
)
def test_it_never_repeats_what_a_terminal_would_obey(field: str, words: str) -> None:
    answer = read(comment(**{field: words + "\x1b[2J"}))

    assert isinstance(answer, Refused)
    assert answer.reason.isprintable()
    assert len(answer.reason) < 600
