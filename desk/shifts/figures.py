"""What somebody should know at the start of a shift, gathered."""

from __future__ import annotations

from collections.abc import Sequence

from desk.handover.figures import open_for
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.duty import next_after
from desk.oncall.resolve import final_schedule, who
from desk.oncall.spans import Span
from desk.oncall.walltime import DAY
from desk.readers import reader
from desk.shifts.rules import Notice
from desk.shifts.words import OpenOne, Seen
from store import incidents

MOST_OPEN = 3


def of_start(moment: Moment, schedule: str, notice: Notice, following: Sequence[Span]) -> Seen:
    """Of a shift that starts, or is about to; `following` are those of the same person that this notice stands for."""
    plan = current(moment, schedule)
    until = next((end for person, end in who(plan, notice.start).oncall if person == notice.person), None)
    before = final_schedule(plan, notice.start - DAY, notice.start)
    relieved = [row.person for row in before if row.end == notice.start and row.person is not None]
    open_ones = open_for(moment, schedule)
    return Seen(
        schedule=schedule,
        to=reader(moment.configuration, notice.person),
        start=notice.start,
        until=until,
        late=moment.now - notice.start,
        relieves=next((person for person in relieved if person != notice.person), None),
        following=tuple(following),
        next_one=next_after(moment, schedule, notice.start) if until is not None else None,
        open=tuple(
            OpenOne(one.id, one.severity, one.category, _markets(moment, one.id), one.acknowledged_by)
            for one in open_ones[:MOST_OPEN]
        ),
        more_open=max(0, len(open_ones) - MOST_OPEN),
    )


def _markets(moment: Moment, incident: int) -> tuple[str, ...]:
    known = moment.configuration.markets
    keys = dict.fromkeys(scope.market for scope in incidents.scopes(moment.connection, incident))
    return tuple(known[key].name if key in known else key for key in keys if key)
