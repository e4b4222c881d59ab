"""Changes as coats of paint on a schedule: the newest one on top is what is seen, and one that is taken off shows what
lies beneath it.

Undoing takes a coat off from now on. What has been stays as it was, and so does what was painted over it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Paint:
    """Half-open UTC instants. `person` None is nobody, on purpose; `schedule` empty is leave, which is everywhere.
    `instead_of` is whom alone it replaces, of several; None: everybody."""

    schedule: str
    person: str | None
    start: datetime
    end: datetime
    instead_of: str | None = None

    def written(self) -> dict[str, Any]:
        """As plain JSON values; `read` is its inverse."""
        said = {
            "schedule": self.schedule,
            "person": self.person,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }
        return said if self.instead_of is None else {**said, "instead_of": self.instead_of}

    @staticmethod
    def read(value: Mapping[str, Any]) -> Paint:
        start, end = (datetime.fromisoformat(value[name]) for name in ("start", "end"))
        return Paint(value["schedule"], value["person"], start, end, value.get("instead_of"))


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch in which one change is on top. Those of a schedule that replace everybody never overlap; those that
    replace one person lie over all that is older, and over each other: the newer comes after the older, and is about
    who is on call by then."""

    start: datetime
    end: datetime
    person: str | None
    change: int
    instead_of: str | None = None


def on_top(coats: Iterable[tuple[int, Sequence[Paint]]], start: datetime, end: datetime) -> list[Seen]:
    """What is seen of one schedule within [start, end), in order; `coats` are (change, its paints), oldest first."""
    seen: list[Seen] = []
    for change, paints in coats:
        for paint in paints:
            opens, closes = max(paint.start, start), min(paint.end, end)
            if opens < closes:
                if paint.instead_of is None:
                    seen = [left for one in seen for left in _around(one, opens, closes)]
                seen.append(Seen(opens, closes, paint.person, change, paint.instead_of))
    joined: list[Seen] = []
    for one in sorted(seen, key=lambda one: (one.change, one.instead_of or "", one.start)):
        last = joined[-1] if joined else None
        if last and replace(last, start=one.start, end=one.end) == one and last.end == one.start:
            joined[-1] = replace(last, end=one.end)
        else:
            joined.append(one)
    return sorted(joined, key=lambda one: (one.start, one.change))


def until(paints: Iterable[Paint], at: datetime) -> list[Paint]:
    """What of these lies before an instant."""
    return [replace(one, end=min(one.end, at)) for one in paints if one.start < at]


def since(paints: Iterable[Paint], at: datetime) -> list[Paint]:
    """What of these lies at an instant or after it."""
    return [replace(one, start=max(one.start, at)) for one in paints if one.end > at]


def _around(one: Seen, start: datetime, end: datetime) -> Iterable[Seen]:
    """What is left of a stretch around [start, end)."""
    if one.end <= start or one.start >= end:
        yield one
        return
    if one.start < start:
        yield replace(one, end=start)
    if one.end > end:
        yield replace(one, start=end)
