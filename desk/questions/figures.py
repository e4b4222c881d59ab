"""The figures behind answers and digests, read from roll-ups alone: what a show costs to ask does not grow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from desk.intake.event import SPOKEN
from desk.moment import Moment
from store import incidents, rollups

FUNNEL = ("product_click", "add_to_cart", "checkout", "purchase")
MINUTE = 60
ENOUGH = 5  # comments in a minute, below which its mean is not called the lowest


@dataclass
class Minute:
    """One minute of a show."""

    comments: int = 0
    complaints: Counter[str] = field(default_factory=Counter)  # by category
    sentiment_n: int = 0
    sentiment_sum: float = 0.0
    sentiment_squares: float = 0.0


@dataclass
class ShowFigures:
    """A show in [start, end), seconds since 1970, both on whole minutes."""

    start: int
    end: int
    minutes: dict[int, Minute]
    kinds: dict[str, Counter[str]]  # market → kind → count
    complaints: dict[str, Counter[str]]  # market → category → count
    mood: dict[str, tuple[int, float]]  # market → (n, Σ sentiment)

    @property
    def comments(self) -> int:
        return sum(minute.comments for minute in self.minutes.values())

    @property
    def complained(self) -> int:
        return sum(sum(minute.complaints.values()) for minute in self.minutes.values())

    def by_category(self) -> Counter[str]:
        total: Counter[str] = Counter()
        for minute in self.minutes.values():
            total.update(minute.complaints)
        return total

    def count(self, kind: str, market: str | None = None) -> int:
        """How many events of a kind, in one market or all."""
        return sum(kinds[kind] for name, kinds in self.kinds.items() if market in (None, name))


def of_show(moment: Moment, show: str, start: int, end: int, markets: Sequence[str] = ()) -> ShowFigures:
    """Figures of a show, whole minutes around [start, end]; narrowed to `markets` when any are given."""
    begin, until = start - start % MINUTE, end - end % MINUTE + MINUTE
    figures = ShowFigures(
        begin,
        until,
        {at: Minute() for at in range(begin, until, MINUTE)},
        defaultdict(Counter),
        defaultdict(Counter),
        {},
    )
    for cell in rollups.counts(moment.connection, moment.workspace, show, begin, until, every=MINUTE):
        if markets and cell.market not in markets:
            continue
        figures.kinds[cell.market][cell.kind] += cell.count
        if cell.kind not in SPOKEN:
            continue
        minute = figures.minutes[cell.start]
        minute.comments += cell.count
        minute.sentiment_n += cell.sentiment_n
        minute.sentiment_sum += cell.sentiment_sum
        minute.sentiment_squares += cell.sentiment_squares
        n, total = figures.mood.get(cell.market, (0, 0.0))
        figures.mood[cell.market] = (n + cell.sentiment_n, total + cell.sentiment_sum)
        if cell.category:
            minute.complaints[cell.category] += cell.count
            figures.complaints[cell.market][cell.category] += cell.count
    return figures


def incidents_begun(moment: Moment, show: str, figures: ShowFigures) -> list[tuple[datetime, str]]:
    """(began, category) of the incidents opened while the figures were counted, oldest first."""
    start, end = (datetime.fromtimestamp(at, UTC) for at in (figures.start, figures.end))
    opened = incidents.between(moment.connection, moment.workspace, start, end)
    return [(one.began_at, one.category) for one in opened if one.show == show]


def peak_minute(figures: ShowFigures) -> tuple[int, int]:
    """(start, complaints) of the minute with most complaints; the first of equals."""
    return max(
        ((at, sum(minute.complaints.values())) for at, minute in figures.minutes.items()),
        key=lambda pair: (pair[1], -pair[0]),
    )


def lowest_minute(figures: ShowFigures) -> tuple[int, float] | None:
    """(start, mean) of the minute with the lowest mean among those in which enough was said."""
    said = [
        (at, minute.sentiment_sum / minute.sentiment_n)
        for at, minute in figures.minutes.items()
        if minute.sentiment_n >= ENOUGH
    ]
    return min(said, key=lambda pair: (pair[1], pair[0])) if said else None
