"""What is written out and read in again is the same plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.configuration.model import Person
from desk.oncall.model import Override, Schedule
from desk.oncall.resolve import final_schedule
from handlers.calendars.reading import read
from handlers.calendars.taking import by_mail, overrides
from handlers.calendars.writing import write
from tests.desk.oncall.strategies import MOMENTS, PEOPLE, Moment, schedules
from tests.handlers.calendars.feeds import feed

DAY = timedelta(days=1)
KNOWN = {key: Person(key, key.title()) for key in PEOPLE}


@st.composite
def plans(draw: st.DrawFn) -> tuple[Moment, Schedule]:
    moment = draw(st.sampled_from(MOMENTS))
    return moment, replace(draw(schedules(moment, moment.at - 20 * DAY, moment.at + 2 * DAY)), people=1)


@settings(max_examples=40, deadline=None)
@given(plans())
def test_it_takes_its_own_calendar_as_overrides_that_say_the_same(given: tuple[Moment, Schedule]) -> None:
    moment, plan = given
    start, end = moment.at - 4 * DAY, moment.at + 5 * DAY
    wanted = [(row.person, row.start, row.end) for row in final_schedule(plan, start, end)]

    found = overrides(
        read(write(feed(plan, start=start, end=end))),
        "emea",
        lambda one: by_mail(KNOWN, one),
        lambda person: ZoneInfo("Asia/Kathmandu"),
        start,
        end,
    )

    taken = tuple(Override(one.person, one.start, one.end) for one in found.taken)
    for other in (Schedule("emea", plan.zone), replace(plan, overrides=())):
        again = final_schedule(replace(other, overrides=taken), start, end)
        assert [(row.person, row.start, row.end) for row in again] == wanted
    assert found.left_out == []
