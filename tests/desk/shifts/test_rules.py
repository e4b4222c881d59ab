"""When notices of shifts are due, held to the sentences that say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.oncall.night import night_at
from desk.oncall.notices import Chosen, ShiftNotice, chosen
from desk.oncall.resolve import Row, final_schedule
from desk.shifts.rules import Notice, Wishes, crowded, next_look, notices, useful
from tests.desk.oncall.strategies import MOMENTS, PEOPLE, Moment, schedules

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
OFFICE = 9 * HOUR, 17 * HOUR
FIRST, LAST = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def asked(*shifts: tuple[str, str], **wished: object) -> list[tuple[str, datetime]]:
    """(kind, when) of every notice of Ana's shifts."""
    rows = [Row(at(start), at(end), "ana", "") for start, end in shifts]
    its = Wishes(Chosen(**wished), BERLIN, OFFICE)  # type: ignore[arg-type]
    return [(one.kind, one.at) for one in notices(rows, FIRST, LAST, lambda _: its)]


def test_a_shift_is_told_at_its_start_and_at_its_end() -> None:
    assert asked(("2026-03-06T09:00", "2026-03-06T17:00")) == [
        ("start", at("2026-03-06T09:00")),
        ("end", at("2026-03-06T17:00")),
    ]


def test_it_is_told_ahead_where_somebody_asks_for_it() -> None:
    found = asked(("2026-03-06T09:00", "2026-03-06T17:00"), before=HOUR / 2, end=False)

    assert found == [("ahead", at("2026-03-06T08:30")), ("start", at("2026-03-06T09:00"))]


def test_a_start_at_three_in_the_morning_is_told_the_evening_before_and_what_is_open_in_the_morning() -> None:
    assert asked(("2026-03-06T03:00", "2026-03-06T11:00")) == [
        ("ahead", at("2026-03-05T20:00")),
        ("start", at("2026-03-06T07:00")),
        ("end", at("2026-03-06T11:00")),
    ]


def test_a_shift_that_is_over_before_somebody_wakes_is_told_the_evening_before_alone() -> None:
    found = asked(("2026-03-06T03:00", "2026-03-06T06:00"), end=False)

    assert found == [("ahead", at("2026-03-05T20:00"))]


def test_half_an_hour_before_seven_is_still_night() -> None:
    assert asked(("2026-03-06T07:10", "2026-03-06T12:00"), before=HOUR / 2, end=False) == [
        ("ahead", at("2026-03-05T20:00")),
        ("start", at("2026-03-06T07:10")),
    ]


def test_who_wants_nothing_hears_nothing() -> None:
    assert asked(("2026-03-06T03:00", "2026-03-06T11:00"), start=False, end=False) == []


def test_rows_that_are_clipped_neither_start_nor_end_there() -> None:
    rows = [Row(FIRST, LAST, "ana", "")]

    assert notices(rows, FIRST, LAST, lambda _: Wishes(Chosen(), BERLIN, OFFICE)) == []
    assert notices([Row(FIRST + HOUR, FIRST + 2 * HOUR, "gone", "")], FIRST, LAST, lambda _: None) == []


def test_what_is_late_is_told_as_long_as_it_is_of_use() -> None:
    start, end = at("2026-03-06T09:00"), at("2026-03-06T17:00")
    ahead, begins, ends = (Notice(kind, "ana", start, end, when) for kind, when in  # type: ignore[arg-type]
                           (("ahead", start - HOUR), ("start", start), ("end", end)))  # fmt: skip

    assert useful(ahead, start - HOUR / 2)
    assert not useful(ahead, start), "it has begun, and is told as a start"
    assert useful(begins, start + 4 * HOUR)
    assert not useful(begins, start + 4 * HOUR + timedelta(seconds=1)), "the better part is over"
    assert useful(ends, end + 4 * HOUR)
    assert not useful(ends, end + 5 * HOUR), "whoever took over knows more by now"


def test_many_short_shifts_are_told_once_in_eight_hours() -> None:
    now = at("2026-03-06T17:00")

    assert crowded(at("2026-03-06T09:01"), now, Chosen())
    assert not crowded(at("2026-03-06T09:00"), now, Chosen())
    assert not crowded(None, now, Chosen())
    assert not crowded(now, now, Chosen(at_most_every=timedelta(0)))


def test_a_persons_wish_comes_before_the_schedules_each_for_itself() -> None:
    found = chosen(ShiftNotice(before=HOUR), ShiftNotice(before=timedelta(0), end=False))

    assert (found.before, found.end, found.start) == (HOUR, False, True)


wishes = st.builds(
    Wishes,
    st.builds(
        Chosen,
        before=st.sampled_from([0 * HOUR, HOUR / 2, 12 * HOUR]),
        start=st.booleans(),
        end=st.booleans(),
    ),
    st.sampled_from(["Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia"]).map(ZoneInfo),
    st.sampled_from([OFFICE, (22 * HOUR, 6 * HOUR)]),
)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_every_edge_is_noticed_once_however_often_the_schedule_is_looked_at(
    data: st.DataObject, moment: Moment
) -> None:
    day = 24 * HOUR
    plan = data.draw(schedules(moment, moment.at - 30 * day, moment.at))
    of = {person: data.draw(wishes) for person in PEOPLE}
    start, end = moment.at - 2 * day, moment.at + 3 * day

    def seen(first: datetime, last: datetime) -> list[Notice]:
        rows = final_schedule(plan, first, last)
        return notices(rows, first, last, of.get)

    whole = [one for one in seen(start - day, end + 9 * day) if start < one.at <= end]
    # As the flow does it: from one notice to the next, each time with rows around that moment alone.
    since, told = start, []
    while since < end:
        found = seen(since - day, since + 9 * day)
        following = min(next_look(found, since, since + 6 * day), end)
        told += [one for one in seen(since - day, following + 9 * day) if since < one.at <= following]
        since = following

    def key(one: Notice) -> tuple[datetime, str, str, datetime]:
        return one.at, one.kind, one.person, one.edge

    assert sorted(map(key, told)) == sorted(map(key, whole))
    assert len({(one.person, one.kind, one.edge) for one in whole}) == len(whole)
    for one in whole:
        if one.kind != "end":
            its = of[one.person]
            assert night_at(its.zone, its.working_hours, one.at) is None, "nobody is woken to be told of a shift"
