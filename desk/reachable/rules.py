"""Who is about to be on call and could not be reached by a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk.configuration.model import Configuration
from desk.contacts.methods import Way, reachable
from desk.oncall.model import Schedule
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.walltime import DAY, utc

Rows = Callable[[Schedule, datetime, datetime], Iterable[Row]]

AHEAD = 7 * DAY


@dataclass(frozen=True, slots=True)
class Coming:
    """Somebody who will be paged within the time looked at: from `start` on, by `schedule`; None: a policy names
    them, so at any time."""

    person: str
    start: datetime
    schedule: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """`nobody`: no way that a page may rely on. `failing`: there is one, but the last delivery by `methods` failed for
    good."""

    coming: Coming
    kind: Literal["nobody", "failing"]
    methods: tuple[str, ...] = ()

    @property
    def sign(self) -> str:
        """What it was told as: a different one is news."""
        return f"{self.kind}:{','.join(self.methods)}"


def coming(
    configuration: Configuration, now: datetime, ahead: timedelta = AHEAD, rows: Rows = final_schedule
) -> list[Coming]:
    """Everybody who comes on call, once each, the earliest first; then those whom a policy names. `rows` is who
    answers for a final schedule."""
    found: dict[str, Coming] = {}
    for name, schedule in configuration.schedules.items():
        for row in rows(schedule, now, utc(now) + ahead):
            if row.person is not None and (row.person not in found or row.start < found[row.person].start):
                found[row.person] = Coming(row.person, row.start, name)
    on_call = sorted(found.values(), key=lambda one: (one.start, one.person))
    used = {rule.policy for rule in configuration.routing}
    named = (
        target.name
        for policy in configuration.policies.values()
        if policy.key in used
        for step in policy.steps
        for target in step.notify
        if target.kind == "person" and target.name not in found
    )
    return [*on_call, *(Coming(person, now, None) for person in dict.fromkeys(named))]


def problems(people: Iterable[Coming], ways: Mapping[str, Sequence[Way]]) -> list[Problem]:
    """What is wrong with the ways to them, in their order."""
    found = []
    for one in people:
        theirs = ways.get(one.person, ())
        failing = tuple(dict.fromkeys(way.method for way in theirs if not way.works))
        if not reachable(theirs):
            found.append(Problem(one, "nobody", failing))
        elif failing:
            found.append(Problem(one, "failing", failing))
    return found


def teller(configuration: Configuration, person: str) -> str:
    """The team that is told of a person: the first with a channel whose member they are, else the first with a
    channel; "" where there is none, which is the admin channel."""
    speaking = [team for team in configuration.teams.values() if team.channels]
    theirs = [team for team in speaking if person in team.members]
    return next((team.key for team in (*theirs, *speaking)), "")


def tellers(configuration: Configuration) -> list[str]:
    """Everybody who may have to be told."""
    return [team.key for team in configuration.teams.values() if team.channels] or [""]


def news(found: Sequence[Problem], told: Mapping[str, str]) -> tuple[list[Problem], dict[str, str]]:
    """(what was not told yet, what is told after this). A problem that went away is forgotten, so that it is news when
    it comes back.

    >>> ana = Problem(Coming("ana", None, None), "nobody")  # type: ignore[arg-type]
    >>> news([ana], {"ben": "nobody:"})[1], news([ana], {"ana": "nobody:"})[0]
    ({'ana': 'nobody:'}, [])
    """
    fresh = [one for one in found if told.get(one.coming.person) != one.sign]
    return fresh, {one.coming.person: one.sign for one in found}
