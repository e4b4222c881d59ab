"""By what a page would reach somebody, and what of their ways would not work: said before it is needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from desk.configuration.model import Person
from desk.contacts.methods import CODED, Way, ways
from desk.messages import Severity
from desk.reach.rules import chosen, rings

Why = Literal[
    "unverified",  # its code was never given
    "code",  # added in chat, and waits for its code
    "failed",  # the last delivery failed for good
    "unsent",  # this installation cannot send by it
    "unknown",  # of the file alone nobody can tell whether it is verified
]


@dataclass(frozen=True, slots=True)
class Known:
    """What the database and the installation know beside the file. `ways` and `waiting` (methods whose code was not
    given yet) are by person, `accounts` those in a platform's user groups by `platform:id`."""

    ways: Mapping[str, Sequence[Way]]
    waiting: Mapping[str, Sequence[str]]
    accounts: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A way that is not relied on; `used`: it is tried all the same, beside the others."""

    method: str
    why: Why
    used: bool


@dataclass(frozen=True, slots=True)
class Called:
    """How a page would ring: (after, methods), the first at once; no ring where nothing may be relied on."""

    person: str
    rings: tuple[tuple[timedelta, tuple[str, ...]], ...]
    flaws: tuple[Flaw, ...]


def called(person: Person, severity: Severity, known: Known | None, chats: Collection[str], *, low: bool) -> Called:
    """For one person; `low` urgency rings once. Without `known` the file alone speaks, and `chats` are those that it
    may name."""
    theirs = known.ways.get(person.key, ()) if known else ways(person, tuple(chats), CODED)
    reachable = any(way.verified for way in theirs) if known else bool(theirs)
    rung: list[tuple[timedelta, tuple[Way, ...]]] = []
    if reachable:
        planned = rings(person.notify, severity, theirs)
        rung = [(ring.after, chosen([ring.by], theirs)) for ring in (planned[:1] if low else planned)]
    used = {way for _, many in rung for way in many}
    flaws = [Flaw(way.method, why, way in used) for way in theirs if (why := _why(way, known)) is not None]
    if known is not None:
        have = {way.method for way in theirs}
        flaws += [Flaw(method, "code", False) for method in known.waiting.get(person.key, ()) if method not in have]
        flaws += [Flaw(method, "unsent", False) for method in person.contacts if method not in have]
    told = tuple((after, tuple(dict.fromkeys(way.method for way in many))) for after, many in rung)
    return Called(person.key, told, tuple(flaws))


def _why(way: Way, known: Known | None) -> Why | None:
    if not way.works:
        return "failed"
    if way.verified:
        return None
    return "unknown" if known is None else "unverified"
