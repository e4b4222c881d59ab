from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.incidents.rules import (
    RESOLVED_RESTS,
    AlreadySo,
    Change,
    ClosedScope,
    Collect,
    Join,
    LeaveAlone,
    Onward,
    Open,
    OpenScope,
    Over,
    Reopen,
    Rise,
    decide,
    transition,
)
from tests.factories import NOON

WITHIN = timedelta(minutes=20)
RISE = Rise(
    show="aurora-skincare",
    market="us",
    category="payment",
    at=NOON,
    began_at=NOON,
    alarm=True,
    calm=False,
    observed=30.0,
    usual=1.0,
    share=0.3,
    usual_share=0.02,
    distinct=20,
)


def closed(ago: timedelta, *, by_person: bool = False, state: str = "resolved") -> ClosedScope:
    return ClosedScope(4, 2, NOON - ago, by_person, state)  # type: ignore[arg-type]


@pytest.mark.parametrize("by_person", [False, True])
def test_what_comes_back_within_the_window_is_the_same_incident(by_person: bool) -> None:
    assert decide(RISE, [], closed(timedelta(minutes=5), by_person=by_person), WITHIN) == Reopen(4, 2)


def test_what_comes_back_later_is_a_new_one() -> None:
    assert decide(RISE, [], closed(WITHIN), WITHIN) == Open()
    assert decide(RISE, [], closed(WITHIN - timedelta(seconds=1)), WITHIN) == Reopen(4, 2)


def test_a_window_of_nothing_brings_nothing_back() -> None:
    assert decide(RISE, [], closed(timedelta(0)), timedelta(0)) == Open()


def test_it_rests_after_a_person_resolved_it_and_not_after_it_ended_by_itself() -> None:
    moments = timedelta(seconds=10)

    assert decide(RISE, [], closed(moments, by_person=True), WITHIN) == LeaveAlone()
    assert decide(RISE, [], closed(moments), WITHIN) == Reopen(4, 2)
    assert decide(RISE, [], closed(RESOLVED_RESTS, by_person=True), WITHIN) == Reopen(4, 2)


def test_it_brings_back_nothing_that_expired() -> None:
    assert decide(RISE, [], closed(timedelta(minutes=1), state="expired"), WITHIN) == Open()


@pytest.mark.parametrize("state", ["open", "acknowledged"])
def test_a_market_joins_its_incident_when_another_one_brought_it_back(state: str) -> None:
    assert decide(RISE, [], closed(timedelta(minutes=15), state=state), WITHIN) == Join(2)


def test_it_brings_nothing_back_for_an_alarm_that_only_lingers() -> None:
    lingering = replace(RISE, observed=0.5)

    assert decide(lingering, [], closed(timedelta(minutes=5)), WITHIN) == LeaveAlone()


def test_what_is_open_collects_whatever_was_before() -> None:
    here = OpenScope(7, 3, "us", "payment", NOON - timedelta(minutes=1), calm=False)

    assert decide(RISE, [here], closed(timedelta(minutes=5)), WITHIN) == Collect(7, 3, calm=False)


@pytest.mark.parametrize(
    ("state", "verb", "becomes"),
    [
        ("open", "acknowledge", Change("acknowledged")),
        ("open", "resolve", Change("resolved")),
        ("open", "escalate", Onward()),
        ("acknowledged", "acknowledge", AlreadySo()),
        ("acknowledged", "resolve", Change("resolved")),
        ("acknowledged", "escalate", Onward()),
        ("resolved", "acknowledge", Over()),
        ("resolved", "resolve", AlreadySo()),
        ("resolved", "escalate", Over()),
        ("expired", "acknowledge", Over()),
        ("expired", "resolve", AlreadySo()),
        ("expired", "escalate", Over()),
    ],
)
def test_each_button_in_each_state(state: str, verb: str, becomes: object) -> None:
    assert transition(state, verb) == becomes  # type: ignore[arg-type]


def test_no_button_does_anything_else() -> None:
    with pytest.raises(ValueError, match="no button"):
        transition("open", "delete")
