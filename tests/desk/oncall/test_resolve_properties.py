"""What holds of every schedule at every instant."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule, who
from tests.desk.oncall.examples import layer, schedule
from tests.desk.oncall.strategies import MOMENTS, schedules

DAY = timedelta(days=1)

# The oracle's own tests read these schedules by the minute; here they only have to hold together.
ANY = st.sampled_from(MOMENTS).flatmap(
    lambda moment: st.tuples(st.just(moment.at), schedules(moment, moment.at - 40 * DAY, moment.at + 2 * DAY))
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def joined(one: tuple[Row, ...], other: tuple[Row, ...]) -> set[tuple[datetime, datetime, str | None]]:
    found = {(row.person, row.start): row for row in one}
    spans = {(row.start, row.end, row.person) for row in one}
    for row in other:
        before = next((old for old in found.values() if old.person == row.person and old.end == row.start), None)
        if before:
            spans.remove((before.start, before.end, before.person))
        spans.add((before.start if before else row.start, row.end, row.person))
    return spans


@FEW
@given(ANY, st.integers(1, 20 * 1440 - 1))
def test_it_says_the_same_of_a_range_and_of_its_two_parts(drawn: tuple[datetime, Schedule], minute: int) -> None:
    moment, of = drawn
    start, end = moment - 10 * DAY, moment + 10 * DAY
    middle = start + timedelta(minutes=minute)

    whole = {(row.start, row.end, row.person) for row in final_schedule(of, start, end)}

    assert joined(final_schedule(of, start, middle), final_schedule(of, middle, end)) == whole


@FEW
@given(ANY)
def test_it_says_the_same_after_a_way_through_json(drawn: tuple[datetime, Schedule]) -> None:
    moment, of = drawn
    found = final_schedule(of, moment - DAY, moment + DAY)

    read = json.loads(json.dumps([asdict(row) for row in found], default=datetime.isoformat))

    assert found == tuple(
        Row(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]), row["person"], row["why"])
        for row in read
    )


@FEW
@given(ANY, st.datetimes(timezones=st.timezones()))
def test_it_answers_at_any_instant(drawn: tuple[datetime, Schedule], at: datetime) -> None:
    _, of = drawn
    at = at.replace(year=min(at.year, 2100))  # later ones are answered as well, only not so fast

    answer = who(of, at)

    assert answer.why
    assert len(answer.oncall) <= of.people


@pytest.mark.parametrize(
    "at", [datetime.min.replace(tzinfo=ZoneInfo("Asia/Tokyo")), datetime.max.replace(tzinfo=UTC)], ids=str
)
def test_it_answers_at_the_ends_of_the_calendar(at: datetime) -> None:
    answer = who(schedule(layer("ana")), at)

    assert answer.why == "nobody: outside of the years that a calendar can count"


def test_it_fills_a_range_that_reaches_beyond_the_calendar() -> None:
    always = schedule(layer("ana", type="weekly", every=10_000, start=date(1, 1, 1)))
    start, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

    found = final_schedule(always, start, end)

    assert [row.person for row in found] == [None, "ana", None]
    assert (found[0].start, found[-1].end) == (start, end)
