"""What follows when a schedule has changed: notices of shifts are planned anew, and those whose shifts are others now
are told. Whoever changes a schedule calls this in the transaction that does it."""

from __future__ import annotations

from desk.changes import flow
from desk.moment import Moment
from desk.oncall.model import Schedule
from desk.oncall.spans import Span


def asks(moment: Moment, before: Schedule, after: Schedule) -> list[tuple[Schedule | None, Span]]:
    """What `changed` will look at: a change of many schedules asks `foreseen.foresee` for all of it."""
    return flow.asks(moment, before, after)


def changed(moment: Moment, schedule: str, before: Schedule, after: Schedule, by: str) -> None:
    """`before` and `after` are the schedule with everything laid over it; `by` is a person's key, or `platform:name`.

    Nobody is told of what they changed themselves. Everybody else hears of it once, a minute later, together with what
    else changes until then.
    """
    flow.changed(moment, schedule, before, after, by)
