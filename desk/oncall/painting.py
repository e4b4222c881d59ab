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
    """Half-open UTC instants. `person` None is nobody, on purpose; `schedule` empty is leave, which is everywhere."""

    schedule: str
    person: str | None
    start: datetime
    end: datetime

    def written(self) -> dict[str, Any]:
        """As plain JSON values; `read` is its inverse."""
        return {
            "schedule": self.schedule,
            "person": self.person,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }

    @staticmethod
    def read(value: Mapping[str, Any]) -> Paint:
        start, end = (datetime.fromisoformat(value[name]) for name in ("start", "end"))
        return Paint(value["schedule"], value["person"], start, end)


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch in which one change is on top. Those of a schedule never overlap."""

    start: datetime
    end: datetime
    person: str | None
    change: int


def on_top(coats: Iterable[tuple[int, Sequence[Paint]]], start: datetime, end: datetime) -> list[Seen]:
    """What is seen of one schedule within [start, end), in order; `coats` are (change, its paints), oldest first."""
    seen: list[Seen] = []
    for change, paints in coats:
        for paint in paints:
            opens, closes = max(paint.start, start), min(paint.end, end)
            if opens < closes:
                seen = [left for one in seen for left in _around(one, opens, closes)]
                seen.append(Seen(opens, closes, paint.person, change))
    joined: list[Seen] = []
    for one in sorted(seen, key=lambda one: one.start):
        last = joined[-1] if joined else None
        if last and (last.end, last.person, last.change) == (one.start, one.person, one.change):
            joined[-1] = replace(last, end=one.end)
        else:
            joined.append(one)
    return joined


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
