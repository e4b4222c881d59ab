"""What was counted in the ticks of a show: comments, complaints and their viewers, and what viewers did."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import get_args

from analytics.detectors.base import Tick
from analytics.reading import Category
from analytics.sketch import DistinctSketch
from desk.intake.event import SPOKEN
from desk.moment import Moment
from desk.watch import behaviour, rules
from store import rollups

CATEGORIES: tuple[str, ...] = get_args(Category)
ALL_KINDS = sorted({*SPOKEN, *behaviour.KINDS})


class Counts:
    """What was counted in the ticks to be judged; of the minute before them only when something rises.

    `only` leaves every other market unheard.
    """

    def __init__(self, moment: Moment, show: str, tick: int, start: int, end: int, only: str | None = None) -> None:
        self.complaints: Counter[tuple[int, str, str]] = Counter()
        self.totals: Counter[tuple[int, str]] = Counter()
        self.done: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)  # what viewers did, by kind
        self._heard: dict[int, set[str]] = defaultdict(set)
        self._sketches: dict[tuple[int, str, str], list[bytes]] = defaultdict(list)
        self._moment, self._show, self._tick, self._only = moment, show, tick, only
        self._from = end
        self._look_back_to(start)

    def _look_back_to(self, start: int) -> None:
        if start >= self._from:
            return
        connection, workspace, end = self._moment.connection, self._moment.workspace, self._from
        self._from = start
        spoken = sorted(SPOKEN)
        for cell in rollups.counts(
            connection, workspace, self._show, start, end, kinds=ALL_KINDS, every=self._tick, seconds=rollups.TICK
        ):
            if self._only not in (None, cell.market):
                continue
            if cell.kind not in SPOKEN:
                self.done[cell.start, cell.market][cell.kind] += cell.count
                continue
            self.totals[cell.start, cell.market] += cell.count
            self._heard[cell.start].add(cell.market)
            if cell.category:
                self.complaints[cell.start, cell.market, cell.category] += cell.count
        for at, market, category, sketch in rollups.complaint_sketches(
            connection, workspace, self._show, start, end, spoken
        ):
            self._sketches[rules.floor(at, self._tick), market, category].append(sketch)

    @property
    def seconds(self) -> int:
        """The length of a tick."""
        return self._tick

    def heard(self, at: int) -> set[str]:
        """The markets in which somebody spoke in the tick that starts at `at`."""
        return self._heard.get(at, set())

    def ticks(self, at: int, markets: Iterable[str]) -> list[Tick]:
        """What detectors are shown of the tick that starts at `at`: for each market, each of `CATEGORIES`."""
        ended, seconds = float(at + self._tick), float(self._tick)
        found = []
        for market in markets:
            total = self.totals.get((at, market), 0)
            quiet = Tick(ended, seconds, 0, total, 0)
            for category in CATEGORIES:
                complaints = self.complaints.get((at, market, category), 0)
                distinct = self.distinct(at, market, category) if complaints else 0
                found.append(Tick(ended, seconds, complaints, total, distinct) if complaints else quiet)
        return found

    def sketch(self, at: int, market: str, category: str) -> DistinctSketch | None:
        found = self._sketches.get((at, market, category))
        return _union(found) if found else None

    def distinct(self, at: int, market: str, category: str) -> int:
        """Viewers behind the complaints of a tick; never more than the complaints."""
        complaints = self.complaints[at, market, category]
        if complaints <= 1:
            return complaints
        sketch = self.sketch(at, market, category)
        return min(complaints, max(1, round(sketch.estimate()))) if sketch else complaints

    def minute(self, at: int, market: str, category: str) -> tuple[float, float, int]:
        """(complaints a minute, share of all comments, viewers) over the minute that ends with the tick at `at`."""
        tick = self._tick
        self._look_back_to(at - max(0, 60 - tick))
        ticks = range(at - (60 - tick), at + tick, tick) if tick < 60 else range(at, at + tick, tick)
        complaints = sum(self.complaints[one, market, category] for one in ticks)
        total = sum(self.totals[one, market] for one in ticks)
        sketches = [sketch for one in ticks for sketch in self._sketches.get((one, market, category), ())]
        viewers = round(_union(sketches).estimate()) if sketches else 0
        return complaints * 60 / max(60, tick), complaints / total if total else 0.0, min(viewers, complaints)

    def of_minute(self, at: int, market: str, category: str) -> tuple[int, DistinctSketch | None]:
        """(complaints, their viewers) of the minute that ends with the tick at `at`, or of a tick that is longer."""
        self._look_back_to(at - max(0, 60 - self._tick))
        ticks = range(min(at, at - 60 + self._tick), at + self._tick, self._tick)
        sketches = [sketch for one in ticks for sketch in self._sketches.get((one, market, category), ())]
        complaints = sum(self.complaints[one, market, category] for one in ticks)
        return complaints, _union(sketches) if sketches else None


def _union(sketches: Sequence[bytes]) -> DistinctSketch:
    merged = DistinctSketch.from_bytes(sketches[0])
    for other in sketches[1:]:
        merged = merged.merge(DistinctSketch.from_bytes(other))
    return merged
