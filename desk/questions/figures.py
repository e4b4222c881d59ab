"""The figures behind answers and digests, read from roll-ups alone: what a show costs to ask does not grow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from analytics.emotion import Felt, Sums, lowest, mood, steps, together
from desk.intake.event import SPOKEN
from desk.moment import Moment
from store import incidents, rollups

FUNNEL = ("product_click", "add_to_cart", "checkout", "purchase")
MINUTE = 60
GESTURES = ("reaction", "like", "gift")
NOBODY = Felt()


@dataclass
class Minute:
    """One minute of a show."""

    comments: int = 0
    complaints: Counter[str] = field(default_factory=Counter)  # by category
    felt: Felt = NOBODY


@dataclass
class ShowFigures:
    """A show in [start, end), seconds since 1970, both on whole minutes."""

    start: int
    end: int
    minutes: dict[int, Minute]
    kinds: dict[str, Counter[str]]  # market → kind → count
    complaints: dict[str, Counter[str]]  # market → category → count
    felt: dict[str, dict[int, Felt]]  # market → minute → how it felt there

    @property
    def comments(self) -> int:
        return sum(minute.comments for minute in self.minutes.values())

    @property
    def complained(self) -> int:
        return sum(sum(minute.complaints.values()) for minute in self.minutes.values())

    def mood(self, market: str | None = None) -> Sums:
        """Scores of one market or of all together, those from outside weighed in minute by minute."""
        if market is None:
            return mood(minute.felt for minute in self.minutes.values())
        return mood(self.felt.get(market, {}).values())

    def feelings(self, market: str | None = None) -> Felt:
        """Everything that was felt in one market or all of them; its scores from outside are not weighed yet."""
        if market is None:
            return together(minute.felt for minute in self.minutes.values())
        return together(self.felt.get(market, {}).values())

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
        defaultdict(dict),
    )
    for cell in rollups.counts(moment.connection, moment.workspace, show, begin, until, every=MINUTE):
        if markets and cell.market not in markets:
            continue
        figures.kinds[cell.market][cell.kind] += cell.count
        minute = figures.minutes[cell.start]
        if (felt := _felt(cell)) is not None:
            minute.felt = minute.felt.plus(felt)
            here = figures.felt[cell.market]
            here[cell.start] = here.get(cell.start, NOBODY).plus(felt)
        if cell.kind not in SPOKEN:
            continue
        minute.comments += cell.count
        if cell.category:
            minute.complaints[cell.category] += cell.count
            figures.complaints[cell.market][cell.category] += cell.count
    return figures


def _felt(cell: rollups.Counted) -> Felt | None:
    """What a cell says of how people felt, None when it says nothing of it.

    A gesture counts once, however many likes a source put into it: it is one person who tapped.
    """
    scores = Sums(cell.sentiment_n, cell.sentiment_sum, cell.sentiment_squares)
    if cell.kind in SPOKEN:
        return Felt(said=scores, gestures=cell.wordless, emoji_alone=cell.wordless)
    if cell.kind == "emotion":
        return Felt(outside=scores)
    if cell.kind == "satisfaction":
        return Felt(satisfied=scores, unrated=cell.count - cell.sentiment_n)
    return Felt(gestures=cell.count) if cell.kind in GESTURES else None


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


def busiest_minute(figures: ShowFigures) -> tuple[int, int] | None:
    """(start, reactions) of the minute with most reactions, the first of equals; None when nobody reacted."""
    most = max(figures.minutes, key=lambda at: (figures.minutes[at].felt.gestures, -at), default=None)
    gestures = figures.minutes[most].felt.gestures if most is not None else 0
    return (most, gestures) if most is not None and gestures else None


def lowest_minute(figures: ShowFigures) -> tuple[int, float] | None:
    """(start, mean) of the lowest point of the curve: of the same stretches of minutes that the chart draws."""
    at = lowest(steps([minute.felt for minute in figures.minutes.values()]))
    return None if at is None else (figures.start + MINUTE * at.first, at.mean or 0.0)
