from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.incidents.bundle import MOST, TOGETHER, bundle, joins, page_bundle
from desk.incidents.card import CardFacts, ScopeFacts
from desk.messages import Buttons, Heading, Message, Quote
from desk.words import tongue
from tests.factories import NOON

EN = tongue("en")


def facts(incident: int, category: str, **given: Any) -> CardFacts:
    values: dict[str, Any] = {
        "incident": incident,
        "version": 1,
        "state": "open",
        "severity": "P2",
        "category": category,
        "show": "Aurora skincare",
        "began_at": NOON,
        "scopes": [ScopeFacts("United States", 33.0, 33.0, 5.5, 0.12, 21, False)],
        "on_air": "",
        "leading_words": [],
        "owner": None,
        "acknowledged_at": None,
        "resolved_at": None,
        "resolved_by": None,
        "next_step_at": None,
        "next_step_for": "",
        "paged": [],
        "from_import": False,
        "samples": [(date(2026, 3, 6), incident)],
        "chart": None,
    }
    return CardFacts(**{**values, **given})


def buttons(message: Message) -> list[list[str]]:
    """Those that belong to a state; how it may be muted and marked stands beside them in every one."""
    encoded = [[one.encoded for one in part.actions] for part in message.parts if isinstance(part, Buttons)]
    return [[one for one in some if not one.startswith(("mute", "useful", "noise"))] for some in encoded]


def test_each_incident_keeps_its_own_buttons() -> None:
    made = bundle([facts(1, "payment"), facts(2, "delivery", state="acknowledged", version=4)], None, EN)

    assert buttons(made) == [
        ["acknowledge|incident:1|1", "escalate|incident:1|1", "resolve|incident:1|1"],
        ["resolve|incident:2|4", "escalate|incident:2|4"],
    ]
    assert made.actions == ()


def test_it_names_all_that_is_wrong_in_its_first_line() -> None:
    made = bundle([facts(1, "payment"), facts(2, "delivery", severity="P1")], None, EN)

    assert made.headline == "2 problems at once (delivery and payment)"
    assert made.severity == "P1"


def test_what_is_over_has_no_button_and_counts_no_more() -> None:
    over = facts(1, "payment", state="resolved", severity="P1", resolved_at=NOON, resolved_by="livedesk")
    made = bundle([over, facts(2, "delivery")], None, EN)

    assert buttons(made) == [["acknowledge|incident:2|1", "escalate|incident:2|1", "resolve|incident:2|1"], []]
    assert made.headline == "P2 · Delivery complaints in United States"
    assert made.severity == "P2"
    # What is left stands in the first line of all, and not once more below it.
    assert [part.text for part in made.parts if isinstance(part, Heading)] == [
        "Over: P1 · Payment complaints in United States"
    ]


def test_when_all_is_over_it_says_so() -> None:
    over = [
        facts(n, name, state="resolved", resolved_at=NOON, resolved_by="ana")
        for n, name in enumerate(("payment", "stock"), 1)
    ]

    assert bundle(over, None, EN).headline == "Over: 2 problems at once (payment and stock)"


def test_a_single_one_is_its_card() -> None:
    made = bundle([facts(1, "payment")], None, EN)

    assert made.headline == "P2 · Payment complaints in United States"
    assert [one.verb for one in made.actions][:3] == ["acknowledge", "escalate", "resolve"]


def test_many_leave_the_comments_to_the_thread() -> None:
    few = bundle([facts(n, "payment") for n in range(1, 4)], None, EN)
    many = bundle([facts(n, "payment") for n in range(1, 5)], None, EN)

    assert sum(isinstance(part, Quote) for part in few.parts) == 3
    assert sum(isinstance(part, Quote) for part in many.parts) == 0


def test_a_page_of_several_rings_for_one_person_and_says_why_once() -> None:
    made = page_bundle(
        [facts(1, "payment"), facts(2, "stock")], "maya", ["on call", "on call"], None, "UTC", EN, calling=True
    )

    assert made.headline == "Page: 2 problems at once (payment and stock)"
    assert made.mentions == ("maya",)
    assert sum("because" in str(part) for part in made.parts) == 1


severities: Any = st.sampled_from(["P1", "P2", "P3"])


@given(severities, severities, st.integers(-300, 300), st.integers(1, 10))
def test_nothing_worse_than_what_has_rung_goes_in_silence(now: Any, rang: Any, seconds: int, count: int) -> None:
    joined = joins(now, NOON + timedelta(seconds=seconds), rang, NOON, count)

    assert not (joined and now < rang)
    assert not (joined and abs(timedelta(seconds=seconds)) > TOGETHER)
    assert not (joined and count >= MOST)


@pytest.mark.parametrize(("now", "rang", "joined"), [("P2", "P1", True), ("P2", "P2", True), ("P1", "P3", False)])
def test_what_is_no_worse_joins(now: Any, rang: Any, joined: bool) -> None:
    assert joins(now, NOON + timedelta(seconds=30), rang, NOON, 1) is joined
