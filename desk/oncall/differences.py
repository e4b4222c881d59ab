"""What a change of a schedule gives to each person, and takes from them: final schedule against final schedule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desk.oncall.resolve import Row
from desk.oncall.spans import Span, joined, without

Shifts = Mapping[str, Sequence[Span]]  # by person, in order, none touching another


@dataclass(frozen=True, slots=True)
class Difference:
    """Half-open UTC instants. Nothing of what is gained was theirs, and all of what is lost was."""

    gained: tuple[Span, ...] = ()
    lost: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


def shifts_of(rows: Iterable[Row]) -> dict[str, list[Span]]:
    """Who is on call when, by person."""
    found: dict[str, list[Span]] = {}
    for row in rows:
        if row.person is not None:
            found.setdefault(row.person, []).append((row.start, row.end))
    return {person: joined(spans) for person, spans in found.items()}


def difference(before: Sequence[Span], after: Sequence[Span]) -> Difference:
    return Difference(tuple(without(after, before)), tuple(without(before, after)))


def differences(before: Shifts, after: Shifts) -> dict[str, Difference]:
    """By person; those for whom nothing changes are left out."""
    people = dict.fromkeys((*before, *after))
    found = {person: difference(before.get(person, ()), after.get(person, ())) for person in people}
    return {person: one for person, one in found.items() if one}


def applied(shifts: Sequence[Span], change: Difference) -> list[Span]:
    """The shifts that a change makes of somebody's.

    >>> applied([(1, 5)], Difference(gained=((7, 9),), lost=((1, 2),)))  # type: ignore[arg-type, list-item]
    [(2, 5), (7, 9)]
    """
    return joined([*without(shifts, change.lost), *change.gained])
