"""How the plan stands, in numbers: for a metric, so that an empty shift is seen before it begins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from desk.oncall.outlook import outlook
from handlers.configuration import load_text
from handlers.standing import Standing
from store.engine import Store
from tests.desk.oncall.test_changing import Desk

# Friday noon, in UTC: Ana is on call on weekdays from nine to five, in a schedule that wants no gaps.
HOUSE = """
people: {ana: {contacts: {slack: U0ANA}}, ben: {}}
schedules:
  emea:
    timezone: UTC
    no_gaps: true
    layers:
      - rotation: {type: daily, start: 2026-01-05, members: [ana]}
        restrictions: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]
  whenever:
    timezone: UTC
    layers: [{rotation: {type: daily, start: 2026-03-10, members: [ben]}}]
"""


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, HOUSE)


def test_hours_without_anybody_are_counted_where_somebody_is_wanted(desk: Desk) -> None:
    found = desk.read(outlook)

    assert found == {"gaps_now": 0, "gap_hours_ahead": 7 * 24 - 5 * 8, "unreachable_ahead": 1}
    desk.at += timedelta(hours=6)
    assert desk.read(outlook)["gaps_now"] == 1
    desk.override("ana", 6 * 60, 7 * 60, "emea")
    assert desk.read(outlook)["gaps_now"] == 0


async def test_they_are_looked_at_once_a_minute(desk: Desk) -> None:
    standing = Standing(desk.store, desk.workspace, lambda: desk.configuration, lambda: desk.at)
    first = await standing.numbers()
    desk.override("ana", 5 * 60, 6 * 60, "emea")

    assert await standing.numbers() is first
    desk.at += timedelta(minutes=1)
    assert (await standing.numbers())["gap_hours_ahead"] == first["gap_hours_ahead"] - 1
    desk.configuration = load_text(HOUSE.replace("no_gaps: true", "no_gaps: false"), "livedesk.yaml")
    assert (await standing.numbers())["gap_hours_ahead"] == 0, "another file is seen at once"
