"""Coverage, gaps, fairness and proposals, held to walks along the clock and to sums of the final schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.configuration.model import Configuration
from desk.oncall.coverage import coverage
from desk.oncall.fairness import fairness
from desk.oncall.filling import night_spans
from desk.oncall.gaps import gaps, news
from desk.oncall.propose import propose
from desk.oncall.resolve import final_schedule, who
from desk.oncall.spans import Span, common, joined, length, without
from tests.desk.oncall.demands import DAY, QUARTER, houses
from tests.desk.oncall.strategies import MOMENTS, Moment

MINUTE = timedelta(minutes=1)
# A walk looks at every few minutes: everything in these houses changes at whole quarters of an hour.
STEP = 5 * MINUTE


def walk(start: datetime, end: datetime) -> Iterable[datetime]:
    at = start
    while at < end:
        yield at
        at += STEP


def wanted_at(house: Configuration, schedule: str, at: datetime) -> bool:
    """The definition read again, without spans: a show of a market that this schedule covers is live, or was lately."""
    if house.schedules[schedule].no_gaps:
        return True
    for show in house.shows.values():
        if show.starts_at is None:
            continue
        ends = show.ends_at or show.starts_at + timedelta(hours=1)
        for key in show.markets or house.markets:
            rule = next((one for one in house.routing if key in one.markets), None)
            covered = rule is not None and rule.policy == schedule
            if covered and show.starts_at <= at < ends + house.markets[key].cover_after:
                return True
    return False


def holds(spans: Iterable[Span], at: datetime) -> bool:
    return any(start <= at < end for start, end in spans)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_gaps_are_where_somebody_is_wanted_and_nobody_is(data: st.DataObject, moment: Moment) -> None:
    house = data.draw(houses(moment))
    start, end = moment.at - DAY, moment.at + 2 * DAY

    found = gaps(house, start, end)

    for name, plan in house.schedules.items():
        mine = [(gap.start, gap.end) for gap in found if gap.schedule == name]
        assert mine == joined(mine), "gaps of a schedule neither touch nor overlap"
        for at in walk(start, end):
            assert holds(mine, at) == (wanted_at(house, name, at) and not who(plan, at).oncall), (name, at)
    assert all(gap.wants for gap in found)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_coverage_is_what_a_walk_along_the_clock_sees(data: st.DataObject, moment: Moment) -> None:
    house = data.draw(houses(moment))
    start, end = moment.at - DAY, moment.at + 2 * DAY

    for one in coverage(house, start, end):
        market = house.markets[one.market]
        opens, closes = market.prime_time
        plan = house.schedules.get(one.by.schedule or "")
        for at in walk(start, end):
            local = at.astimezone(market.zone)
            time = timedelta(hours=local.hour, minutes=local.minute)
            watching = opens <= time < closes if opens < closes else time >= opens or time < closes
            manned = plan is not None and bool(who(plan, at).oncall)
            assert holds(one.staffed, at) == manned
            if abs(at - moment.at) < timedelta(hours=36) and _moves(market.zone, at):
                continue  # how a window behaves in such hours is the windows' own test
            assert holds(one.prime, at) == watching, (at, one)
            assert holds(one.open_prime, at) == (watching and not manned)


def _moves(zone: object, at: datetime) -> bool:
    """Whether clocks are moved within hours of an instant."""
    near = {(at + hours * timedelta(hours=1)).astimezone(zone).utcoffset() for hours in range(-30, 31, 3)}  # type: ignore[arg-type]
    return len(near) > 1


@settings(max_examples=40, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS))
def test_fairness_adds_up_to_the_final_schedule(data: st.DataObject, moment: Moment) -> None:
    house = data.draw(houses(moment))
    start, end = moment.at - 5 * DAY, moment.at + 9 * DAY

    loads = fairness(house, list(house.schedules), start, end)

    rows = [row for plan in house.schedules.values() for row in final_schedule(plan, start, end)]
    for load in loads:
        mine = [(row.start, row.end) for row in rows if row.person == load.person]
        assert load.hours == sum((last - first for first, last in mine), timedelta())
        nights = night_spans(house.people[load.person].zone, start, end)
        assert load.night_hours == length(common(mine, nights))
        assert load.night_hours <= length(mine) <= load.hours
        assert load.weekend_hours <= length(mine)
    total = sum((row.end - row.start for row in rows if row.person is not None), timedelta())
    assert sum((load.hours for load in loads), timedelta()) == total


@settings(max_examples=25, deadline=None)
@given(
    data=st.data(),
    moment=st.sampled_from(MOMENTS),
    turn=st.sampled_from(("daily", "weekly")),
    workdays=st.booleans(),
)
def test_a_proposal_keeps_what_it_claims(data: st.DataObject, moment: Moment, turn: str, workdays: bool) -> None:
    house = data.draw(houses(moment))
    days = (
        frozenset(("mon", "tue", "wed", "thu", "fri"))
        if workdays
        else frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    )
    now = moment.at + data.draw(st.integers(0, 95)) * QUARTER

    proposal = propose(house, "sun", now, turn=turn, days=days)  # type: ignore[arg-type]

    rows = final_schedule(proposal.schedule, now, now + 366 * DAY)
    manned = [(row.start, row.end) for row in rows if row.person is not None]
    assert without(proposal.claims, manned) == []
    assert proposal.claims, "somebody works at some time"
    named = {person for place in proposal.places for person in place.people}
    assert named | set(proposal.left_out) == set(house.people)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), moment=st.sampled_from(MOMENTS), mornings=st.lists(st.integers(1, 3), min_size=2, max_size=6))
def test_no_instant_of_a_gap_is_told_twice(data: st.DataObject, moment: Moment, mornings: list[int]) -> None:
    house = data.draw(houses(moment))
    now, told, said = moment.at - 4 * DAY, {}, {name: [] for name in house.schedules}  # type: ignore[var-annotated]

    for days in mornings:
        fresh, told = news(house, told, now, 3 * DAY)
        for gap in fresh:
            assert not common([(gap.start, gap.end)], said[gap.schedule])
            said[gap.schedule].append((gap.start, gap.end))
        for gap in gaps(house, now, now + 3 * DAY):
            assert without([(gap.start, gap.end)], said[gap.schedule]) == [], "nothing within three days is kept back"
        now += days * DAY
