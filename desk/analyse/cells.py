"""Between the roll-ups that are computed (`analytics.rollups`) and the rows that are kept (`store.rollups`)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping

from analytics.rollups import Cell, CellKey, Cells, merge
from analytics.sketch import DistinctSketch
from store import rollups as stored

KEPT = 64  # ticks, some 200 cells each: ten shows with the ticks around now


def from_rows(rows: Mapping[stored.CellKey, stored.CellRow]) -> Cells:
    return {
        CellKey(*key): Cell(
            row.count,
            row.sentiment_n,
            row.sentiment_sum,
            row.sentiment_squares,
            dict(row.values),
            DistinctSketch.from_bytes(row.viewers) if row.viewers else None,
        )
        for key, row in rows.items()
    }


def to_rows(cells: Cells) -> list[stored.CellRow]:
    return [
        stored.CellRow(
            stored.CellKey(*key),
            cell.count,
            cell.sentiment_n,
            cell.sentiment_sum,
            cell.sentiment_squares,
            cell.viewers.to_bytes() if cell.viewers else None,
            cell.values,
        )
        for key, cell in cells.items()
    ]


class Memory:
    """The newest ticks of each show, whole, so that adding a few events to them reads nothing.

    The database stays the truth: `begin` forgets everything unless the bus stands where the last batch that was added
    here left it. After a restart, a transaction that was rolled back or another worker's turn it does not.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._position: int | None = None
        self._ticks: OrderedDict[tuple[str, int], Cells] = OrderedDict()

    def begin(self, position: int) -> None:
        """A batch that follows `position` is about to be added."""
        if position != self._position:
            self._ticks.clear()
        self._position = None

    def missing(self, show: str, starts: Collection[int]) -> set[int]:
        """Ticks of which nothing is known here; tell of them with `learn`, also when they are empty."""
        return {start for start in starts if (show, start) not in self._ticks}

    def learn(self, show: str, starts: Collection[int], known: Cells) -> None:
        """`known` has all cells of these ticks, and perhaps of others."""
        for start in starts:
            self._ticks[show, start] = {}
        for key, cell in known.items():
            if key.start in starts:
                self._ticks[show, key.start][key] = cell

    def add(self, show: str, fresh: Cells) -> Cells:
        """The cells that `fresh` touches, with what was known of them; their ticks are known."""
        before: Cells = {}
        for key in fresh:
            if (known := self._ticks[show, key.start].get(key)) is not None:
                before[key] = known
        after = merge(before, fresh)
        for key, cell in after.items():
            self._ticks[show, key.start][key] = cell
            self._ticks.move_to_end((show, key.start))
        return after

    def end(self, position: int) -> None:
        """The batch was added, and the bus will stand at `position`."""
        self._position = position
        while len(self._ticks) > self._kept:
            self._ticks.popitem(last=False)
