"""The schedules as they are now: those of the file, with what was changed from chat laid over them.

Every question about the plan asks here, pages included. What is laid over it changes only with a new change, so the
result is kept until there is one; and a schedule that is the same one is resolved from the same pieces.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall.model import Leave, Override, Schedule
from desk.oncall.spans import without
from desk.oncall.walltime import utc
from store import oncall_changes
from store.oncall_changes import Stored

_KEPT = 8  # of the newest configurations and changes; a bot has one at a time

_Key = tuple[str, int, int, str]
_kept: OrderedDict[_Key, tuple[Configuration, Configuration]] = OrderedDict()
_lock = Lock()


def current(moment: Moment, key: str) -> Schedule:
    """A schedule with everything that is laid over it."""
    return planned(moment).schedules[key]


def planned(moment: Moment) -> Configuration:
    """The configuration with every schedule as it is now."""
    edition = oncall_changes.edition(moment.connection, moment.workspace)
    if edition is None:
        return moment.configuration
    # A configuration is known by its identity: comparing two would cost more than the whole rest.
    key = (str(moment.connection.engine.url), moment.workspace, id(moment.configuration), edition.stamp)
    with _lock:
        known = _kept.get(key)
        if known is not None and known[0] is moment.configuration:
            _kept.move_to_end(key)
            return known[1]
    overrides = oncall_changes.overrides(moment.connection, moment.workspace)
    leave = oncall_changes.leave(moment.connection, moment.workspace)
    made = laid_over(moment.configuration, overrides, leave)
    with _lock:
        _kept[key] = moment.configuration, made
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return made


def laid_over(configuration: Configuration, overrides: Sequence[Stored], leave: Sequence[Stored]) -> Configuration:
    """The configuration with stored overrides and leave. A stored override cuts the file's, leave adds to it; rows of
    people and schedules that the file does not know (any more) count for nothing."""
    known = configuration.people
    of_schedule: dict[str, list[Override]] = {}
    for one in sorted(overrides, key=lambda one: one.change):
        if one.schedule in configuration.schedules and {one.person, one.instead_of} - {None} <= known.keys():
            override = Override(one.person, one.start, one.end, one.instead_of)
            of_schedule.setdefault(one.schedule, []).append(override)
    away = tuple(Leave(one.person, one.start, one.end) for one in leave if one.person in known and one.person)
    if not of_schedule and not away:
        return configuration
    schedules: Mapping[str, Schedule] = {
        name: replace(
            schedule,
            overrides=_cut(schedule.overrides, of_schedule.get(name, [])),
            leave=(*schedule.leave, *away),
        )
        if away or name in of_schedule
        else schedule
        for name, schedule in configuration.schedules.items()
    }
    return replace(configuration, schedules=schedules)


def unknown(configuration: Configuration, overrides: Sequence[Stored], leave: Sequence[Stored]) -> list[Stored]:
    """Stored rows that count for nothing, because the file does not know their person or schedule."""
    return [
        one
        for one in (*overrides, *leave)
        if (one.schedule and one.schedule not in configuration.schedules)
        or not {one.person, one.instead_of} - {None} <= configuration.people.keys()
    ]


def _cut(written: Sequence[Override], stored: Sequence[Override]) -> tuple[Override, ...]:
    """The file's overrides where no stored one lies over them, and the stored ones, by time; then those that replace
    one person of several, in their order of `stored`, the oldest first."""
    alone = [one for one in stored if one.instead_of is not None]
    stored = [one for one in stored if one.instead_of is None]
    taken = [(one.start, one.end) for one in stored]
    left = [
        Override(one.person, start, end)
        for one in written
        for start, end in (without([(utc(one.start), utc(one.end))], taken) if taken else [(one.start, one.end)])
    ]
    return (*sorted([*left, *stored], key=lambda one: one.start), *alone)
