"""What a show's audience said and did, summed into ticks: the only form in which charts and commands ever read it.

A cell holds counts and sums alone, so that merging is addition: in any order, in any grouping, the result is the
same to the last bit. Minutes and hours are derived from 10-second ticks (`coarser`), never counted apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from typing import NamedTuple

from analytics.sketch import DistinctSketch, merged

TICK, MINUTE, HOUR = 10, 60, 3600

# Sentiment is rounded to a binary fraction, so that sums and sums of squares are exact in a double and adding them
# is associative. Plain fractions would differ in the last digit with the order of arrival.
SENTIMENT_STEPS = 1024

# Sums of money must never round; the default context would after 28 digits.
_EXACT = Context(prec=80)


class CellKey(NamedTuple):
    """Empty text where the event had none. `start` is the start of the tick in seconds since 1970."""

    start: int
    show: str
    market: str
    lang: str
    product: str
    kind: str
    category: str


class Counted(NamedTuple):
    """One event as far as it is counted. `at` is aware; `viewer_hash` is any 64-bit number that stands for the viewer.

    `sentiment` lies in −1…1. A `value` without a currency (a score, a number of viewers) is summed under "".
    """

    at: datetime
    show: str | None = None
    market: str | None = None
    lang: str | None = None
    product: str | None = None
    kind: str = "chat_comment"
    category: str | None = None
    intent: str | None = None
    sentiment: float | None = None
    value: Decimal | None = None
    currency: str | None = None
    viewer_hash: int | None = None


@dataclass(slots=True)
class Cell:
    """Sums of one cell. `values` is currency → exact sum; `viewers` is None when no viewer was known."""

    count: int = 0
    sentiment_n: int = 0
    sentiment_sum: float = 0.0
    sentiment_squares: float = 0.0
    values: dict[str, Decimal] = field(default_factory=dict)
    viewers: DistinctSketch | None = None

    @property
    def distinct(self) -> float:
        """Estimated number of different viewers behind the cell."""
        return self.viewers.estimate() if self.viewers else 0.0


Cells = dict[CellKey, Cell]


def category_of(intent: str | None, category: str | None) -> str:
    """The category under which a reading is counted: empty unless it is a complaint, `other` when it names none.

    >>> category_of("complaint", None), category_of("question", "delivery")
    ('other', '')
    """
    return (category or "other") if intent == "complaint" else ""


def roll_up(events: Iterable[Counted], seconds: int = TICK) -> Cells:
    """Cells of all events, ticks starting at multiples of `seconds` since 1970.

    >>> from datetime import UTC
    >>> lag = Counted(datetime(2026, 3, 27, 12, 0, 7, tzinfo=UTC), intent="complaint", category="stream_quality")
    >>> [(key.category, cell.count) for key, cell in roll_up([lag, lag]).items()]
    [('stream_quality', 2)]
    """
    cells: Cells = {}
    for event in events:
        if event.at.tzinfo is None:
            raise ValueError(f"an event's time must carry its zone, and {event.at.isoformat()} carries none")
        key = CellKey(
            int(event.at.timestamp() // seconds) * seconds,
            event.show or "",
            event.market or "",
            event.lang or "",
            event.product or "",
            event.kind,
            category_of(event.intent, event.category),
        )
        cell = cells.get(key)
        if cell is None:
            cell = cells[key] = Cell()
        cell.count += 1
        if event.sentiment is not None:
            sentiment = round(event.sentiment * SENTIMENT_STEPS) / SENTIMENT_STEPS
            cell.sentiment_n += 1
            cell.sentiment_sum += sentiment
            cell.sentiment_squares += sentiment * sentiment
        if event.value is not None:
            currency = event.currency or ""
            cell.values[currency] = _EXACT.add(cell.values.get(currency, Decimal(0)), event.value)
        if event.viewer_hash is not None:
            if cell.viewers is None:
                cell.viewers = DistinctSketch()
            cell.viewers.add(event.viewer_hash)
    return cells


def merge(*parts: Mapping[CellKey, Cell]) -> Cells:
    """The roll-up of everything that the parts are roll-ups of. The parts are left as they are; a cell that stands in
    one of them alone is the same cell in the result.

    >>> key = CellKey(0, "", "de", "de", "", "like", "")
    >>> merge({key: Cell(count=2)}, {key: Cell(count=3)})[key].count
    5
    """
    return _collect((key, cell) for part in parts for key, cell in part.items())


def coarser(cells: Mapping[CellKey, Cell], seconds: int) -> Cells:
    """The same cells in longer ticks (minutes, hours), which must be a multiple of the present ones."""
    return _collect((key._replace(start=key.start // seconds * seconds), cell) for key, cell in cells.items())


def _collect(pairs: Iterable[tuple[CellKey, Cell]]) -> Cells:
    groups: dict[CellKey, list[Cell]] = {}
    for key, cell in pairs:
        groups.setdefault(key, []).append(cell)
    return {key: _sum(group) for key, group in groups.items()}


def _sum(group: list[Cell]) -> Cell:
    if len(group) == 1:
        return group[0]
    total = Cell()
    for cell in group:
        total.count += cell.count
        total.sentiment_n += cell.sentiment_n
        total.sentiment_sum += cell.sentiment_sum
        total.sentiment_squares += cell.sentiment_squares
        for currency, value in cell.values.items():
            total.values[currency] = _EXACT.add(total.values.get(currency, Decimal(0)), value)
    sketches = [cell.viewers for cell in group if cell.viewers is not None]
    if sketches:
        total.viewers = merged(sketches)
    return total
