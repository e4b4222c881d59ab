"""How a page reaches a person: at once, and again so long as nobody has acknowledged it, by which of their ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk.configuration.model import Notification
from desk.contacts.methods import Way
from desk.messages import Severity

ALL = "all"  # every way that may be relied on
AGAIN = timedelta(minutes=3)  # a policy's next step follows after five, if nothing else is said


@dataclass(frozen=True, slots=True)
class Ring:
    """`by` is a method, or `all`."""

    after: timedelta
    by: str


def rings(rules: Sequence[Notification], severity: Severity, ways: Sequence[Way]) -> tuple[Ring, ...]:
    """When a page of a severity rings, by what; the earliest first, and one of them at once.

    Without rules for the severity: by the first way at once, by all of them after `AGAIN`.
    """
    own = [Ring(rule.after, rule.by) for rule in rules if not rule.severities or severity in rule.severities]
    own.sort(key=lambda ring: ring.after)
    if not own:
        first = ways[0].method if ways else ALL
        return (Ring(timedelta(0), first), Ring(AGAIN, ALL))
    if own[0].after > timedelta(0):  # the file is refused for it; a page that waits would look like silence
        own[0] = Ring(timedelta(0), own[0].by)
    return tuple(dict.fromkeys(own))


def chosen(by: Iterable[str], ways: Sequence[Way]) -> tuple[Way, ...]:
    """The ways that some rings use, each once.

    A way that is not verified, or has failed, is used as it was asked for, and one to rely on beside it, if there is
    any: nothing that may not arrive is ever the only thing that is sent.
    """
    wanted = set(by)
    able = [way for way in ways if way.works] or list(ways)
    used = [way for way in ways if way.method in wanted or (ALL in wanted and way in able)]
    if not any(way.counts for way in used):
        used += [way for way in ways if way.counts][:1]
    return tuple(dict.fromkeys(used)) or tuple(ways[:1])


def due_now(rest: Sequence[Ring], elapsed: timedelta) -> tuple[list[Ring], list[Ring]]:
    """(the rings whose time has come, those still ahead). What a standstill delayed rings once, not one by one."""
    return [ring for ring in rest if ring.after <= elapsed], [ring for ring in rest if ring.after > elapsed]


def other_way(ways: Sequence[Way], tried: Iterable[tuple[str, str]]) -> Way | None:
    """A way to rely on whose (method, address) was not tried yet."""
    used = set(tried)
    return next((way for way in ways if way.counts and (way.method, way.address) not in used), None)
