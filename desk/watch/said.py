"""The complaints of the last minutes, from the bus's batches: an incident's words and samples are chosen from them.

An alert waits for that choice. The database would have to go through everything that was done in the show in those
minutes, tens of thousands of events on a busy evening, to find the few that complained.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from analytics.reading import FoundCategory, Reading
from desk.intake.fields import CLOCK_SKEW
from store.events import StoredEvent
from store.readings import Spoken

KEPT = 400  # newest complaints of a show, market and category
# What happened in a minute may have been received before it, from a sender whose clock runs ahead.
AHEAD = CLOCK_SKEW.total_seconds() + 60


class Complaint(NamedTuple):
    said: Spoken
    categories: tuple[FoundCategory, ...]


class Lately:
    """The database stays the truth: after a restart, a rolled-back transaction or another worker's turn it is asked."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._position: int | None = None
        self._since = math.inf  # seconds since 1970 from which on everything that happened is here
        self._complaints: dict[str, dict[tuple[str, str], deque[Complaint]]] = defaultdict(dict)

    def add(self, position: int, batch: Sequence[StoredEvent], understood: Mapping[int, Reading]) -> None:
        """Take a batch, not empty, that follows `position` on the bus."""
        if position != self._position:
            self._complaints.clear()
            self._since = batch[0].received_at.timestamp() + AHEAD
        self._position = batch[-1].id
        for one in batch:
            reading = understood.get(one.id)
            if reading is None or reading.category is None:
                continue
            said = Spoken(
                one.day, one.id, one.at, one.show, one.market, one.product, one.viewer, one.kind, reading.lang,
                reading.sentiment, reading.intent, reading.category, reading.redacted,
            )  # fmt: skip
            of_show = self._complaints[one.show or ""]
            key = (one.market or "", reading.category)
            if key not in of_show:
                of_show[key] = deque(maxlen=self._kept)
            of_show[key].append(Complaint(said, reading.categories))

    def of(
        self, show: str, markets: Collection[str], category: str, start: datetime, end: datetime
    ) -> list[Complaint] | None:
        """Complaints of [start, end) in these markets, in the order in which they were received; None when not all of
        them are known here."""
        if start.timestamp() < self._since:
            return None
        found: list[Complaint] = []
        for market in sorted(markets):
            known = self._complaints.get(show, {}).get((market, category))
            if known is None:
                continue
            if len(known) == self._kept and known[0].said.at >= start:
                return None  # older ones may have been dropped
            found += [one for one in known if start <= one.said.at < end]
        return sorted(found, key=lambda one: one.said.event)

    def forget(self, show: str) -> None:
        self._complaints.pop(show, None)
