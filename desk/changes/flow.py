"""Telling people that their future shifts have changed: once for all that changes within a minute, and never for what
they did themselves.

What waits to be told stands in the payload of a due row of the person: their shifts as they were before the first
change by somebody else. So what was changed and changed back is no news, and a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.changes import words
from desk.changes.words import News
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.differences import Difference, Shifts, applied, difference, differences, shifts_of
from desk.oncall.foreseen import foresee, rows
from desk.oncall.model import Schedule
from desk.oncall.spans import Span, common
from desk.readers import reader
from desk.shifts import flow as shifts
from desk.telling.flow import tell
from store import due

KIND = "changed_shifts"
TOGETHER = timedelta(minutes=1)
AHEAD = timedelta(days=28)
FILE = "livedesk.yaml"  # who changed what the file changed


@dataclass(frozen=True, slots=True)
class _Wait:
    """What one person is to be told of, by schedule, and when."""

    at: datetime
    told: dict[str, dict[str, Any]]


def asks(moment: Moment, before: Schedule, after: Schedule) -> list[tuple[Schedule | None, Span]]:
    """What `changed` will look at."""
    ahead = (moment.now, moment.now + AHEAD)
    return [(before, ahead), (after, ahead), (after, shifts.looked_at(moment))]


def changed(moment: Moment, schedule: str, before: Schedule, after: Schedule, by: str) -> None:
    """A schedule is another from now on. `by` is a person's key, or `platform:name`."""
    if schedule in moment.configuration.schedules:
        shifts.replan(moment, schedule)
    waits: dict[str, _Wait] = {}
    _look(moment, schedule, before, after, by, waits)
    _keep(moment, waits)


def reload_asks(before: Moment | None, after: Moment) -> list[tuple[Schedule | None, Span]]:
    """What a reload will look at, here and for the notices of shifts. `before` None: the file is loaded for the first
    time since the start."""
    then = planned(before).schedules if before is not None else {}
    since = planned(after).schedules
    asked: list[tuple[Schedule | None, Span]] = [
        (plan, shifts.looked_at(after)) for name, plan in since.items() if then.get(name) != plan
    ]
    ahead = (after.now, after.now + AHEAD)
    if before is not None:
        for name in dict.fromkeys((*then, *since)):
            if then.get(name) != since.get(name):
                asked += [(then.get(name), ahead), (since.get(name), ahead)]
    return asked


def reloaded(before: Moment, after: Moment) -> None:
    """The file has been loaded with other schedules than those of `before`'s configuration. Notices of shifts were
    planned anew by whoever loaded it."""
    waits: dict[str, _Wait] = {}
    then, since = planned(before).schedules, planned(after).schedules
    for name in dict.fromkeys((*then, *since)):
        was, now_is = then.get(name), since.get(name)
        if was != now_is:
            _look(after, name, was, now_is, FILE, waits)
    _keep(after, waits)


def tell_change(moment: Moment, person: str, payload: Mapping[str, Any]) -> None:
    """What has become of somebody's shifts, against what they were; nothing when it is the same again."""
    if person not in moment.configuration.people:
        return
    ahead = {name: until for name, its in payload["schedules"].items() if (until := _until(its)) > moment.now}
    plans = {name: plan for name, plan in planned(moment).schedules.items() if name in ahead}
    foresee(moment.connection, [(plan, (moment.now, ahead[name])) for name, plan in plans.items()])
    news = []
    for name, until in ahead.items():
        its = payload["schedules"][name]
        now_is = _shifts(moment, plans.get(name), until).get(person, [])
        found = difference(common(_spans(its["before"]), [(moment.now, until)]), now_is)
        if found:
            news.append(News(name, found, tuple(its["by"])))
    if news:
        tell(moment, person, words.message(news, reader(moment.configuration, person)))


def _look(
    moment: Moment,
    schedule: str,
    before: Schedule | None,
    after: Schedule | None,
    by: str,
    waits: dict[str, _Wait],
) -> None:
    until = moment.now + AHEAD
    was = _shifts(moment, before, until)
    for person, change in differences(was, _shifts(moment, after, until)).items():
        if person not in moment.configuration.people:
            continue
        if person not in waits:
            row = due.waiting_row(moment.connection, moment.workspace, KIND, person)
            told = {name: dict(its) for name, its in row.payload["schedules"].items()} if row else {}
            waits[person] = _Wait(row.due_at if row else moment.now + TOGETHER, told)
        _note(waits[person].told, person, schedule, was.get(person, []), change, by, until)


def _shifts(moment: Moment, plan: Schedule | None, until: datetime) -> Shifts:
    """From now on; nothing of a schedule that does not exist."""
    return shifts_of(rows(moment.connection, plan, moment.now, until) if plan is not None else ())


def _until(noted: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(noted["until"])


def _note(
    told: dict[str, dict[str, Any]],
    person: str,
    schedule: str,
    was: Sequence[Span],
    change: Difference,
    by: str,
    until: datetime,
) -> None:
    its = told.get(schedule)
    if by == person:
        if its is not None:
            # They know of it: it counts as if it had always been so.
            its["before"] = _plain(applied(_spans(its["before"]), change))
    elif its is None:
        told[schedule] = {"before": _plain(was), "until": until.isoformat(), "by": [by]}
    else:
        its["by"] = list(dict.fromkeys((*its["by"], by)))


def _keep(moment: Moment, waits: Mapping[str, _Wait]) -> None:
    """Once a person, however many schedules have changed."""
    for person, one in waits.items():
        if one.told:
            due.put(moment.connection, moment.workspace, KIND, person, one.at, {"schedules": one.told})


def _plain(spans: Sequence[Span]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in spans]


def _spans(plain: Sequence[Sequence[str]]) -> list[Span]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in plain]
