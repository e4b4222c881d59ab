"""How the plan stands for the week to come, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.gaps import gap_time, gaps
from desk.oncall.walltime import utc
from desk.reachable.flow import found_now

AHEAD = timedelta(days=7)


def outlook(moment: Moment) -> Mapping[str, float]:
    """`gaps_now`: schedules in which somebody is wanted now and nobody is on call; `gap_hours_ahead`: such hours of the
    next week, each schedule for itself; `unreachable_ahead`: people who come on call, or whom a policy names, and whom
    a page may not reach."""
    found = gaps(planned(moment), moment.now, moment.now + AHEAD)
    problems, _ = found_now(moment)
    return {
        "gaps_now": len({gap.schedule for gap in found if gap.start <= utc(moment.now)}),
        "gap_hours_ahead": round(gap_time(found) / timedelta(hours=1), 2),
        "unreachable_ahead": len({one.coming.person for one in problems}),
    }
