from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.calendars.entries import entries, window
from desk.oncall.model import Schedule
from desk.oncall.resolve import final_schedule
from tests.desk.oncall.examples import layer, override, schedule
from tests.desk.oncall.strategies import MOMENTS, Moment, schedules

DAY = timedelta(days=1)
FRIDAY = datetime(2026, 3, 27, 12, tzinfo=UTC)
WEEKLY = schedule(layer("ana", "ben", type="weekly", hand_off="09:00"))


@st.composite
def near_a_change(draw: st.DrawFn) -> tuple[Moment, Schedule]:
    moment = draw(st.sampled_from(MOMENTS))
    return moment, draw(schedules(moment, moment.at - 30 * DAY, moment.at + 3 * DAY))


@settings(max_examples=25, deadline=None)
@given(near_a_change())
def test_it_shows_what_the_resolver_says(given: tuple[Moment, Schedule]) -> None:
    moment, plan = given
    start, end = moment.at - 4 * DAY, moment.at + 5 * DAY

    shown = entries(plan, start, end)

    told = [(row.person, row.start, row.end) for row in final_schedule(plan, start, end)]
    assert [(one.person, max(one.start, start), one.end) for one in shown] == told


@settings(max_examples=25, deadline=None)
@given(near_a_change(), st.integers(0, 96), st.integers(0, 96))
def test_it_keeps_names_whatever_range_is_asked_for(given: tuple[Moment, Schedule], earlier: int, later: int) -> None:
    moment, plan = given
    hour = timedelta(hours=1)
    wide = entries(plan, moment.at - 6 * DAY, moment.at + 8 * DAY)
    start = moment.at - 5 * DAY + earlier * hour
    narrow = entries(plan, start, moment.at + DAY + later * hour)

    names = {one.uid: one for one in wide}
    for one in narrow:
        assert names[one.uid].person == one.person
        # What has been so for more than a year has no beginning; it is shown from where the range begins.
        assert names[one.uid].start == one.start or one.start == start


@settings(max_examples=20, deadline=None)
@given(near_a_change())
def test_it_gives_every_entry_a_name_of_its_own(given: tuple[Moment, Schedule]) -> None:
    moment, plan = given
    shown = entries(plan, moment.at - 6 * DAY, moment.at + 8 * DAY)

    assert len({one.uid for one in shown}) == len(shown)


def test_it_keeps_the_name_of_a_shift_that_becomes_shorter() -> None:
    cut = schedule(*WEEKLY.layers, overrides=(override("chi", "2026-03-27T00:00", "2026-03-28T00:00"),))
    start, end = datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 4, 6, tzinfo=UTC)
    before = {one.uid: one for one in entries(WEEKLY, start, end)}

    after = entries(cut, start, end)

    shortened = next(one for one in after if one.end == datetime(2026, 3, 27, tzinfo=UTC))
    assert before[shortened.uid].end > shortened.end


def test_it_names_a_shift_anew_when_somebody_else_takes_it() -> None:
    taken = schedule(*WEEKLY.layers, overrides=(override("chi", "2026-03-23T08:00", "2026-03-30T07:00"),))
    start, end = datetime(2026, 3, 24, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)

    assert entries(WEEKLY, start, end)[0].uid != entries(taken, start, end)[0].uid


def test_it_shows_a_person_their_own_shifts_alone() -> None:
    assert {one.person for one in entries(WEEKLY, *window(FRIDAY), person="ben")} == {"ben"}


def test_it_changes_nothing_during_a_week() -> None:
    monday = datetime(2026, 3, 23, tzinfo=UTC)

    assert {window(monday + hours * timedelta(hours=1)) for hours in range(7 * 24)} == {window(monday)}
    assert window(monday + 7 * DAY) != window(monday)


def test_it_tells_a_duty_without_beginning_as_one_that_keeps_its_name() -> None:
    always = schedule(layer("ana"))

    first, second = (entries(always, *window(FRIDAY + weeks * timedelta(weeks=1) + 900 * DAY))[0] for weeks in (0, 30))

    assert first.uid == second.uid
    assert first.goes_on


def test_it_says_that_a_shift_goes_on_only_where_it_does() -> None:
    end = datetime(2026, 3, 30, 7, tzinfo=UTC)  # the hand-off, 09:00 in Berlin after its clocks went forward

    cut, whole = (entries(WEEKLY, FRIDAY, at)[-1] for at in (end - timedelta(hours=1), end))

    assert (cut.goes_on, whole.goes_on) == (True, False)
