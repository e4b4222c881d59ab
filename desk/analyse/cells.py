"""Between the roll-ups that are computed (`analytics.rollups`) and the rows that are kept (`store.rollups`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analytics.rollups import Cell, CellKey, Cells, coarser, merge
from analytics.sketch import DistinctSketch
from store import rollups as stored


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


def added(known: Mapping[stored.CellKey, stored.CellRow], fresh: Cells) -> list[stored.CellRow]:
    """The cells that `fresh` touches, with what was known of them."""
    keys = [stored.CellKey(*key) for key in fresh]
    return to_rows(merge(from_rows({key: known[key] for key in keys if key in known}), fresh))


def derived(rows: Iterable[stored.CellRow], seconds: int) -> list[stored.CellRow]:
    """Rows of longer ticks, made of shorter ones."""
    return to_rows(coarser(from_rows({row.key: row for row in rows}), seconds))
