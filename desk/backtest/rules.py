"""What happened, set beside what the same evenings make under other settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from desk.backtest.facts import Came, Facts, Period
from desk.backtest.places import in_place_of
from desk.backtest.suggestion import Suggestion
from desk.configuration.model import Configuration
from desk.marks.rules import NOISE, USEFUL


@dataclass(frozen=True, slots=True)
class Asked:
    """`settings` are the others to try (None: only those in force). `replays` False looks for a better sensitivity
    alone, and replays nothing but alerts that were marked."""

    period: Period
    settings: Configuration | None = None
    replays: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One incident as it was, as the settings in force make it again, and as the others do; None where it is not."""

    real: Came | None
    now: Came | None
    then: Came | None

    @property
    def first(self) -> Came:
        found = self.real or self.now or self.then
        assert found is not None, "a row is of something"
        return found

    @property
    def later(self) -> timedelta | None:
        """How much later (earlier, below 0) the other settings open it than it was opened; None where they do not."""
        was = self.real or self.now
        return self.then.opened_at - was.opened_at if self.then and was else None


@dataclass(frozen=True, slots=True)
class Totals:
    """`noise` and `useful` count the real incidents marked so that are among them."""

    incidents: int
    paged: int
    noise: int
    useful: int
    paged_per_hour: float | None  # of stream; None when no show was on air


@dataclass(frozen=True, slots=True)
class Comparison:
    """`then` is None when no other settings were tried. `shows` counts what was replayed."""

    rows: Sequence[Row]
    stream_hours: float
    shows: int
    real: Totals
    now: Totals
    then: Totals | None
    suggestions: Sequence[Suggestion] = ()

    @property
    def noise_avoided(self) -> int:
        return sum(_is(row, NOISE) and row.then is None for row in self.rows) if self.then else 0

    @property
    def useful_lost(self) -> int:
        return sum(_is(row, USEFUL) and row.then is None for row in self.rows) if self.then else 0

    @property
    def later(self) -> tuple[float, float, float] | None:
        """(least, median, most) seconds by which the other settings open incidents later; None: they open none of
        these."""
        known = [row.later.total_seconds() for row in self.rows if row.later is not None]
        return (min(known), median(known), max(known)) if known else None


def compare(
    facts: Facts, now: Sequence[Came], then: Sequence[Came] | None, suggestions: Sequence[Suggestion] = ()
) -> Comparison:
    """Rows by time: each real incident with what takes its place, then what only a replay has."""
    others = then or ()
    again, other = in_place_of(facts.happened, now), in_place_of(facts.happened, others)
    rows = [Row(*found) for found in zip(facts.happened, again, other, strict=True)]
    only_now, only_then = _left(now, again), _left(others, other)
    beside = in_place_of(only_now, only_then)
    rows += [Row(None, one, found) for one, found in zip(only_now, beside, strict=True)]
    rows += [Row(None, None, one) for one in _left(only_then, beside)]
    rows.sort(key=lambda row: (row.first.opened_at, row.first.show, row.first.scopes))
    hours = facts.stream_hours
    return Comparison(
        rows,
        hours,
        len(facts.shows),
        _totals(facts.happened, (row for row in rows if row.real), hours),
        _totals(now, (row for row in rows if row.now), hours),
        None if then is None else _totals(then, (row for row in rows if row.then), hours),
        suggestions,
    )


def _left(some: Sequence[Came], found: Sequence[Came | None]) -> list[Came]:
    """Those that stand in no place yet."""
    taken = {id(one) for one in found}
    return [one for one in some if id(one) not in taken]


def _totals(came: Sequence[Came], rows: Iterable[Row], hours: float) -> Totals:
    marked = list(rows)
    paged = sum(one.paged for one in came)
    return Totals(
        len(came),
        paged,
        sum(_is(row, NOISE) for row in marked),
        sum(_is(row, USEFUL) for row in marked),
        paged / hours if hours else None,
    )


def _is(row: Row, mark: str) -> bool:
    return row.real is not None and row.real.mark == mark
