"""Why somebody is on call, or nobody: what every layer had to say, in the order in which they are asked.

The resolver's own lanes are looked at (`pieces.py`), so an explanation cannot differ from who is paged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from desk.oncall.away import Absence
from desk.oncall.model import Layer, Schedule
from desk.oncall.pieces import Pick, Pieces
from desk.oncall.resolve import who
from desk.oncall.rotation import turns
from desk.oncall.walltime import EARLIEST, LATEST, utc

Verdict = Literal[
    "decides",  # its person is on call
    "empty",  # an override that leaves the schedule empty, on purpose
    "overruled",  # has somebody, and something above decided
    "replaced",  # its person would be on call, and an override puts somebody else in their place
    "same",  # has somebody who is on call already, through something above
    "away",  # everybody in it is away
    "outside",  # its restrictions leave this hour out
    "not_yet",  # its first date, or its first hand-off, is still to come
    "over",  # its last date has been
]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Somebody whose turn came before, and why it passed over them."""

    person: str
    absence: Absence


@dataclass(frozen=True, slots=True)
class Look:
    """One layer, or an override (`layer` empty).

    `turn` counts from 1 (0: none), and `weekly` says that turns are weeks. `until` is an override's end, `since` the
    instant from which a layer that is `not_yet` has somebody, or at which one that is `over` ended. `instead_of` is
    whom alone an override replaces, of several.
    """

    layer: str
    verdict: Verdict
    person: str | None = None
    turn: int = 0
    weekly: bool = False
    skipped: tuple[Skipped, ...] = ()
    until: datetime | None = None
    since: datetime | None = None
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`oncall` as `resolve.who` gives it: people with the end of their row. `looks` go from what is asked first."""

    schedule: str
    at: datetime
    oncall: tuple[tuple[str, datetime | None], ...]
    looks: tuple[Look, ...]


def explain(schedule: Schedule, at: datetime) -> Explanation:
    """Who is on call at an instant, and what each override and layer had to do with it. Naive is a ValueError."""
    at = utc(at)
    answer = who(schedule, at)
    if not EARLIEST <= at < LATEST:
        return Explanation(schedule.name, at, answer.oncall, ())
    looks: list[Look] = []
    taken: list[str] = []
    closed = False  # nothing further down is asked
    for layer, pick in Pieces(schedule).looks(at):
        if layer is None:
            if pick is None or pick.override is None:
                continue
            if pick.override.instead_of is not None:
                _replaced(looks, taken, pick)
                continue
            verdict: Verdict = "empty" if pick.person is None else "decides"
            closed = True
        elif pick is None:
            looks.append(_absent(layer, at))
            continue
        else:
            verdict = _verdict(pick, taken, closed)
        if verdict == "decides" and pick.person is not None:
            taken.append(pick.person)
        closed = closed or len(taken) == schedule.people
        looks.append(_look(layer, pick, verdict))
    return Explanation(schedule.name, at, answer.oncall, tuple(looks))


def _replaced(looks: list[Look], taken: list[str], pick: Pick) -> None:
    """What an override of one of several does to who is on call so far; nothing where that one is not."""
    assert pick.override is not None
    gone = pick.override.instead_of
    if gone is None or gone not in taken:
        return
    for number, look in enumerate(looks):
        if look.verdict == "decides" and look.person == gone:
            looks[number] = replace(look, verdict="replaced")
    verdict: Verdict = "empty" if pick.person is None else "same" if pick.person in taken else "decides"
    taken.remove(gone)
    if pick.person is not None and verdict == "decides":
        taken.append(pick.person)
    looks.append(_look(None, pick, verdict))


def _verdict(pick: Pick, taken: list[str], closed: bool) -> Verdict:
    if pick.person is None:
        return "away"
    if pick.person in taken:
        return "same"
    return "overruled" if closed else "decides"


def _look(layer: Layer | None, pick: Pick, verdict: Verdict) -> Look:
    skipped = tuple(Skipped(person, absence) for person, absence in pick.away)
    if layer is None:
        until = utc(pick.override.end) if pick.override else None
        instead_of = pick.override.instead_of if pick.override else None
        return Look("", verdict, pick.person, skipped=skipped, until=until, instead_of=instead_of)
    weekly = layer.rotation.type == "weekly" and layer.rotation.every == 1
    return Look(layer.name, verdict, pick.person, pick.turn + 1, weekly, skipped)


def _absent(layer: Layer, at: datetime) -> Look:
    worked = turns(layer)
    begins = max(worked.open_time.starts_at, worked.first_hand_off)
    if at >= worked.open_time.ends_at:
        return Look(layer.name, "over", since=worked.open_time.ends_at)
    if at < begins:
        return Look(layer.name, "not_yet", since=begins)
    return Look(layer.name, "outside")
