"""Random houses: markets, shows, people and schedules, around a moment at which something odd happens to a clock."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from desk.configuration.model import Configuration, Market, Person, Policy, Route, Show, Step, Target
from desk.oncall.model import Schedule
from tests.desk.oncall.strategies import PEOPLE, Moment, schedules

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "UTC")


@st.composite
def people(draw: st.DrawFn) -> dict[str, Person]:
    found = {}
    for key in PEOPLE:
        opens, length = draw(st.integers(0, 47)), draw(st.integers(8, 24))
        hours = timedelta(minutes=30 * opens), timedelta(minutes=30 * ((opens + length) % 48 or 48))
        zone = ZoneInfo(draw(st.sampled_from(ZONES)))
        found[key] = Person(key, key, zone, tuple(draw(st.sets(st.sampled_from(("de", "en", "zh"))))), None, hours)
    return found


@st.composite
def houses(draw: st.DrawFn, moment: Moment) -> Configuration:
    """Two schedules, up to three markets that a rule leads to one of them or to nobody, up to five shows."""
    plans: dict[str, Schedule] = {}
    for name in ("one", "two"):
        plan = draw(schedules(moment, moment.at - 20 * DAY, moment.at + DAY))
        plans[name] = Schedule(
            name, plan.zone, plan.layers, plan.overrides, plan.leave, plan.people, no_gaps=draw(st.booleans())
        )
    markets = {
        key: Market(
            key,
            key,
            ZoneInfo(draw(st.sampled_from((moment.zone, *ZONES)))),
            cover_after=draw(st.integers(0, 8)) * QUARTER,
            prime_time=(draw(st.integers(0, 95)) * QUARTER, draw(st.integers(1, 96)) * QUARTER),
        )
        for key in draw(st.sets(st.sampled_from(("eu", "us", "sea"))))
    }
    shows = {}
    for number in range(draw(st.integers(0, 5))):
        starts = moment.at - 3 * DAY + draw(st.integers(0, 6 * 96)) * QUARTER
        ends = draw(st.none() | st.integers(1, 40).map(lambda count, first=starts: first + count * QUARTER))
        sold = tuple(draw(st.sets(st.sampled_from(sorted(markets))))) if markets else ()
        shows[f"show{number}"] = Show(f"show{number}", f"Show {number}", starts, ends, sold)
    routing = tuple(
        Route(markets=frozenset((key,)), policy=policy)
        for key in sorted(markets)
        if (policy := draw(st.sampled_from(("one", "two", None))))
    )
    policies = {name: Policy(name, (Step((Target("schedule", name),)),)) for name in plans}
    return Configuration(
        people=draw(people()), markets=markets, shows=shows, schedules=plans, policies=policies, routing=routing
    )
