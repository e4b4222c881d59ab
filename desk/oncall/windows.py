"""When a layer has anybody at all: its own dates and its restrictions, as instants."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from desk.oncall.model import WEEKDAYS, Layer, Restriction
from desk.oncall.walltime import DAY, EARLIEST, LATEST, date_exists, first_instant, last_instant, local, midnight

Span = tuple[datetime, datetime]  # half-open, start before end

# A window lasts at most until the end of the day after its own, and a skipped day moves that one day further.
_REACH_BACK = 3 * DAY
# Any eight days and nights hold one window of every weekday from start to end.
_EVERY_WINDOW = 9 * DAY
# Windows of one layer that are kept: eleven years of days. Then they are forgotten and made again.
_KEPT_DAYS = 4096


class OpenTime:
    """The union of a layer's restriction windows within the layer's dates."""

    def __init__(self, layer: Layer) -> None:
        self._zone = layer.zone
        self._restrictions = layer.restrictions
        # A layer's dates change at midnight; at a midnight that comes twice, at the first, so that a layer ending
        # on a date and another starting on it leave neither gap nor overlap.
        self.starts_at = first_instant(midnight(layer.start), layer.zone) if layer.start else EARLIEST
        self.ends_at = first_instant(midnight(layer.end), layer.zone) if layer.end else LATEST
        self._has_windows = not layer.restrictions or any(restriction.days for restriction in layer.restrictions)
        self._windows: dict[date, tuple[Span, ...]] = {}

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """The open time within [start, end), in order, touching windows joined."""
        start, end = max(start, self.starts_at), min(end, self.ends_at)
        if start >= end:
            return []
        if not self._restrictions:
            return [(start, end)]
        joined: list[Span] = []
        for opens, closes in sorted(self._windows_around(start, end)):
            opens, closes = max(opens, start), min(closes, end)
            if opens >= closes:
                continue
            if joined and opens <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], closes))
            else:
                joined.append((opens, closes))
        return joined

    def opens(self, start: datetime, end: datetime) -> bool:
        """Whether any of [start, end) is open. Stops at the first window, so a shift of years costs no more."""
        start, end = max(start, self.starts_at), min(end, self.ends_at)
        if start >= end or not self._has_windows:
            return False
        if not self._restrictions:
            return True
        return any(opens < end and start < closes for opens, closes in self._windows_around(start, end))

    def opens_on_paper(self, start: datetime, end: datetime) -> bool:
        """Whether a window touches the naive wall times [start, end) on clocks that never change, whatever the
        layer's dates: what is true of one week is then true of every week."""
        if not self._has_windows or start >= end:
            return False
        if not self._restrictions or end - start >= _EVERY_WINDOW:
            return True
        for number in range((end - start) // DAY + 4):
            begins = midnight(start.date() - 2 * DAY + number * DAY)
            for restriction in self._restrictions:
                if WEEKDAYS[begins.weekday()] in restriction.days:
                    opens, closes = _on_the_wall(restriction, begins)
                    if opens < end and start < closes:
                        return True
        return False

    def _windows_around(self, start: datetime, end: datetime) -> Iterator[Span]:
        if not self._has_windows:
            return
        day = (local(start, self._zone) - _REACH_BACK).date()
        last = (local(end, self._zone) + DAY).date()
        while day <= last:
            yield from self._windows_of(day)
            day += DAY

    def _windows_of(self, day: date) -> tuple[Span, ...]:
        known = self._windows.get(day)
        if known is None:
            if len(self._windows) >= _KEPT_DAYS:
                self._windows.clear()
            known = self._windows[day] = tuple(self._made(day))
        return known

    def _made(self, day: date) -> Iterator[Span]:
        today = [restriction for restriction in self._restrictions if WEEKDAYS[day.weekday()] in restriction.days]
        if not today or not date_exists(day, self._zone):
            return
        for restriction in today:
            opens_wall, closes_wall = _on_the_wall(restriction, midnight(day))
            opens, closes = first_instant(opens_wall, self._zone), last_instant(closes_wall, self._zone)
            if opens < closes:  # else a change of clocks has moved its start to or past its end
                yield opens, closes


def _on_the_wall(restriction: Restriction, begins: datetime) -> tuple[datetime, datetime]:
    """A window's naive start and end; `begins` is the midnight of its day."""
    overnight = timedelta(0) if restriction.end > restriction.start else DAY
    return begins + restriction.start, begins + restriction.end + overnight
