"""Why somebody is on call: the explanation never differs from the resolver, and names every layer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.oncall.explain import explain
from desk.oncall.resolve import who
from handlers.configuration import load_text
from tests.desk.oncall.strategies import MOMENTS, at, schedules

PLAN = load_text(
    """
people: {ana: {country: DE, timezone: Europe/Berlin}, wei: {country: DE, timezone: Europe/Berlin}, ben: {}}
schedules:
  emea:
    timezone: Europe/Berlin
    holidays: true
    layers:
      - {name: nights, start: 2026-01-05, rotation: {type: weekly, members: [ben]}}
      - name: Berlin days
        start: 2026-01-05
        end: 2026-06-01
        rotation: {type: weekly, members: [wei, ana]}
        restrictions: [{from: "09:00", to: "18:00"}]
    overrides:
      - {person: ben, start: "2026-04-08T07:00:00Z", end: "2026-04-08T16:00:00Z"}
      - {person: null, start: "2026-04-09T07:00:00Z", end: "2026-04-09T16:00:00Z"}
""",
    "livedesk.yaml",
).schedules["emea"]


def said(instant: str) -> list[tuple[str, str, str | None]]:
    return [(look.layer, look.verdict, look.person) for look in explain(PLAN, at(instant)).looks]


def test_it_names_who_was_skipped_and_why() -> None:
    found = explain(PLAN, at("2026-04-03T10:00"))  # Good Friday, Wei's week: so it is Ana's holiday, too

    top = found.looks[0]
    assert (top.layer, top.verdict, top.turn, top.weekly) == ("Berlin days", "away", 13, True)
    assert [(one.person, one.absence.holiday) for one in top.skipped] == [
        ("wei", "Good Friday"),
        ("ana", "Good Friday"),
    ]
    assert found.looks[1].verdict == "decides"
    assert [person for person, _ in found.oncall] == ["ben"]


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-04-08T10:00", [("", "decides", "ben"), ("Berlin days", "overruled", "ana"), ("nights", "same", "ben")]),
        (
            "2026-04-09T10:00",
            [("", "empty", None), ("Berlin days", "overruled", "ana"), ("nights", "overruled", "ben")],
        ),
        ("2026-04-10T03:00", [("Berlin days", "outside", None), ("nights", "decides", "ben")]),
        ("2026-01-04T10:00", [("Berlin days", "not_yet", None), ("nights", "not_yet", None)]),
        ("2026-06-01T10:00", [("Berlin days", "over", None), ("nights", "decides", "ben")]),
    ],
)
def test_it_says_of_every_layer_whether_it_decided(instant: str, expected: list[tuple[str, str, str | None]]) -> None:
    assert said(instant) == expected


@settings(max_examples=60, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS), minutes=st.integers(-5 * 96, 5 * 96))
def test_it_never_differs_from_who_is_paged(data: st.DataObject, moment: object, minutes: int) -> None:
    day = timedelta(days=1)
    schedule = data.draw(schedules(moment, moment.at - 40 * day, moment.at + 2 * day))  # type: ignore[attr-defined,arg-type]
    instant = moment.at + minutes * timedelta(minutes=15)  # type: ignore[attr-defined]

    found = explain(schedule, instant)

    answer = who(schedule, instant)
    deciding = [look.person for look in found.looks if look.verdict == "decides"]
    assert deciding == list(answer.people)
    assert found.oncall == answer.oncall
    assert len([look for look in found.looks if look.layer]) == len(schedule.layers)
