"""Seven days on a reader's clock, and one person's own shifts."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.oncall.resolve import final_schedule
from desk.oncall.week import by_day, shifts_of
from tests.desk.oncall.strategies import MOMENTS, Moment, schedules

DAY = timedelta(days=1)


@settings(max_examples=40, deadline=None)
@given(
    data=st.data(),
    moment=st.sampled_from(MOMENTS),
    reader=st.sampled_from(("Europe/Berlin", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "UTC")),
)
def test_days_lose_nothing_and_begin_at_the_readers_midnight(data: st.DataObject, moment: Moment, reader: str) -> None:
    schedule = data.draw(schedules(moment, moment.at - 40 * DAY, moment.at + 2 * DAY))
    start, end, zone = moment.at - 3 * DAY, moment.at + 4 * DAY, ZoneInfo(reader)
    rows = final_schedule(schedule, start, end)

    days = by_day(rows, zone)

    stretches = [one for day in days for one in day.stretches]
    for person in {row.person for row in rows}:
        expected = sum((row.end - row.start for row in rows if row.person == person), timedelta())
        assert sum((one.end - one.start for one in stretches if one.person == person), timedelta()) == expected
    for day in days:
        assert all(one.start < one.end for one in day.stretches)
        assert all(_date(one.start, zone) == day.date for one in day.stretches)


def _date(at: object, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()  # type: ignore[attr-defined,no-any-return]


@settings(max_examples=30, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_my_shifts_are_my_rows(data: st.DataObject, moment: Moment) -> None:
    plans = {name: data.draw(schedules(moment, moment.at - 40 * DAY, moment.at + 2 * DAY)) for name in ("one", "two")}

    shifts = shifts_of(plans, "ana", moment.at - DAY, moment.at + 5 * DAY)

    assert [shift.start for shift in shifts] == sorted(shift.start for shift in shifts)
    for name, plan in plans.items():
        mine = {
            (row.start, row.end)
            for row in final_schedule(plan, moment.at - DAY, moment.at + 5 * DAY)
            if row.person == "ana"
        }
        assert {(shift.start, shift.end) for shift in shifts if shift.schedule == name} == mine
