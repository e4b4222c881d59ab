"""Notices of shifts: whoever comes on call is told at the start, whoever leaves at the end, with the hand-over note.

One due row a schedule, at the next notice that its final schedule asks for. Its payload says up to when notices were
given, and each is noted by schedule, person and edge: so none is given twice, and a downtime leaves none out that is
still of use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from desk.handover import flow as handover
from desk.handover.figures import open_for
from desk.moment import Moment
from desk.oncall.current import current, planned
from desk.oncall.foreseen import foresee, rows
from desk.oncall.notices import chosen
from desk.oncall.spans import Span
from desk.oncall.walltime import DAY
from desk.shifts import figures, rules, words
from desk.shifts.rules import Notice, Wishes
from desk.telling.flow import tell
from store import due, handovers

KIND = "shift"
LOOK = 6 * DAY  # a schedule is looked at again so often, whatever is in it
HORIZON = 9 * DAY  # what is told ahead is told at most two days before
MISSED = 4 * DAY  # after a longer downtime, what came before is not looked at any more
NIGHT = DAY  # what starts or ends in somebody's night is told in their morning
STARTS = ("ahead", "start")


def plan(moment: Moment, before: Moment | None = None) -> None:
    """Plan every schedule's next notice; what is overdue after a downtime stays, and is caught up with. Where all was
    planned under another configuration, `before`, only what is another by now."""
    schedules = planned(moment).schedules
    then = planned(before).schedules if before is not None and _wished(before) == _wished(moment) else {}
    foresee(moment.connection, [(one, looked_at(moment)) for name, one in schedules.items() if one != then.get(name)])
    for name, one in schedules.items():
        if one != then.get(name):
            replan(moment, name)


def looked_at(moment: Moment) -> Span:
    """The widest range of a schedule that its notices are read from."""
    return moment.now - MISSED - NIGHT, moment.now + HORIZON


def replan(moment: Moment, schedule: str) -> None:
    """The schedule may be another: when is its next notice due?"""
    waiting = due.waiting_row(moment.connection, moment.workspace, KIND, schedule)
    since = datetime.fromisoformat(waiting.payload["since"]) if waiting else moment.now
    _plan_next(moment, schedule, since)


def give(moment: Moment, schedule: str, payload: Mapping[str, Any]) -> None:
    """Give the notices that have become due since the last time, and plan the next."""
    if schedule not in moment.configuration.schedules:
        return
    since = max(datetime.fromisoformat(payload["since"]), moment.now - MISSED)
    found = _notices(moment, schedule, since)
    for notice in found:
        if since < notice.at <= moment.now:
            _give(moment, schedule, notice, found)
    _plan_next(moment, schedule, moment.now)


def _plan_next(moment: Moment, schedule: str, since: datetime) -> None:
    found = _notices(moment, schedule, max(since, moment.now - MISSED))
    at = rules.next_look(found, since, moment.now + LOOK)
    due.put(moment.connection, moment.workspace, KIND, schedule, at, {"since": since.isoformat()})


def _notices(moment: Moment, schedule: str, since: datetime) -> list[Notice]:
    plan = current(moment, schedule)
    first, last = since - NIGHT, moment.now + HORIZON
    people = moment.configuration.people

    def wishes(person: str) -> Wishes | None:
        known = people.get(person)
        if known is None:
            return None
        return Wishes(chosen(known.shift_notice, plan.shift_notice), known.zone, known.working_hours)

    return rules.notices(rows(moment.connection, plan, first, last), first, last, wishes)


def _wished(moment: Moment) -> dict[str, tuple[object, ...]]:
    """What of people decides whether and when they are told."""
    return {key: (one.shift_notice, one.zone, one.working_hours) for key, one in moment.configuration.people.items()}


def _give(moment: Moment, schedule: str, notice: Notice, found: Sequence[Notice]) -> None:
    wished = chosen(moment.configuration.people[notice.person].shift_notice, current(moment, schedule).shift_notice)
    told = rules.useful(notice, moment.now)
    if told and notice.kind in STARTS:
        last = handovers.last_told(
            moment.connection, moment.workspace, schedule, notice.person, STARTS, but=notice.start
        )
        told = not rules.crowded(last, moment.now, wished)
    elif told and notice.end - notice.start < wished.shortest:
        told = bool(open_for(moment, schedule))
    fresh = handovers.first_notice(
        moment.connection,
        moment.workspace,
        schedule,
        notice.person,
        notice.kind,
        notice.edge,
        moment.now,
        told=told,
    )
    if not fresh or not told:
        return
    if notice.kind == "end":
        handover.shift_ended(moment, schedule, notice.person, notice.start, notice.end)
        return
    following = [
        (one.start, one.end)
        for one in found
        if one.person == notice.person
        and one.kind in STARTS
        and one.start > notice.start
        and moment.now < one.at < moment.now + wished.at_most_every
    ]
    seen = figures.of_start(moment, schedule, notice, list(dict.fromkeys(following)))
    message = words.ahead(seen) if notice.kind == "ahead" else words.start(seen)
    tell(moment, notice.person, message)
