"""Roll-up cells: written whole by the one worker that owns the show, read by every chart and command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select

from store.engine import insert
from store.tables import rollup_values, rollups

TICK, MINUTE, HOUR = 10, 60, 3600


class CellKey(NamedTuple):
    """Empty text where the event had none. `start` in seconds since 1970."""

    start: int
    show: str
    market: str
    lang: str
    product: str
    kind: str
    category: str


@dataclass(frozen=True, slots=True)
class CellRow:
    key: CellKey
    count: int
    sentiment_n: int
    sentiment_sum: float
    sentiment_squares: float
    viewers: bytes | None
    values: Mapping[str, Decimal]  # currency → sum


_KEY = [rollups.c[name] for name in CellKey._fields]
_VALUE_KEY = [rollup_values.c[name] for name in CellKey._fields]


def load(
    connection: Connection, workspace: int, seconds: int, show: str, start: int, end: int
) -> dict[CellKey, CellRow]:
    """All cells of a show that start in [start, end)."""
    span = (
        rollups.c.workspace == workspace,
        rollups.c.seconds == seconds,
        rollups.c.show == show,
        rollups.c.start >= start,
        rollups.c.start < end,
    )
    values: dict[CellKey, dict[str, Decimal]] = {}
    value_query = select(*_VALUE_KEY, rollup_values.c.currency, rollup_values.c.total).where(
        rollup_values.c.workspace == workspace,
        rollup_values.c.seconds == seconds,
        rollup_values.c.show == show,
        rollup_values.c.start >= start,
        rollup_values.c.start < end,
    )
    for value in connection.execute(value_query):
        values.setdefault(CellKey(*value[:7]), {})[value[7]] = value[8]
    query = select(
        *_KEY,
        rollups.c.count,
        rollups.c.sentiment_n,
        rollups.c.sentiment_sum,
        rollups.c.sentiment_squares,
        rollups.c.viewers,
    ).where(*span)
    cells = {}
    for row in connection.execute(query):
        key = CellKey(*row[:7])
        cells[key] = CellRow(key, row[7], row[8], row[9], row[10], row[11], values.get(key, {}))
    return cells


def save(connection: Connection, workspace: int, seconds: int, cells: Iterable[CellRow]) -> None:
    """Write cells whole: what they were before is replaced."""
    rows, values = [], []
    for cell in cells:
        key = {"workspace": workspace, "seconds": seconds, **cell.key._asdict()}
        rows.append(
            {
                **key,
                "count": cell.count,
                "sentiment_n": cell.sentiment_n,
                "sentiment_sum": cell.sentiment_sum,
                "sentiment_squares": cell.sentiment_squares,
                "viewers": cell.viewers,
            }
        )
        values += [{**key, "currency": currency, "total": total} for currency, total in cell.values.items()]
    if rows:
        _replace(connection, rollups, rows, ("count", "sentiment_n", "sentiment_sum", "sentiment_squares", "viewers"))
    if values:
        _replace(connection, rollup_values, values, ("total",))


def forget(connection: Connection, workspace: int, seconds: int, show: str, start: int, end: int) -> None:
    """Drop the cells of a show that start in [start, end), before they are derived anew."""
    for table in (rollups, rollup_values):
        connection.execute(
            delete(table).where(
                table.c.workspace == workspace,
                table.c.seconds == seconds,
                table.c.show == show,
                table.c.start >= start,
                table.c.start < end,
            )
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one tick, summed over languages and products."""

    start: int
    market: str
    kind: str
    category: str
    count: int
    sentiment_n: int
    sentiment_sum: float
    sentiment_squares: float


def counts(
    connection: Connection,
    workspace: int,
    show: str,
    start: int,
    end: int,
    *,
    kinds: Sequence[str] = (),
    seconds: int = TICK,
    every: int | None = None,
) -> list[Counted]:
    """Counts of a show in [start, end), in steps of `every` seconds (a multiple of `seconds`), oldest first."""
    every = every or seconds
    step = (rollups.c.start - rollups.c.start % every).label("step")
    query = (
        select(
            step,
            rollups.c.market,
            rollups.c.kind,
            rollups.c.category,
            func.sum(rollups.c.count),
            func.sum(rollups.c.sentiment_n),
            func.sum(rollups.c.sentiment_sum),
            func.sum(rollups.c.sentiment_squares),
        )
        .where(
            rollups.c.workspace == workspace,
            rollups.c.seconds == seconds,
            rollups.c.show == show,
            rollups.c.start >= start,
            rollups.c.start < end,
        )
        .group_by(step, rollups.c.market, rollups.c.kind, rollups.c.category)
        .order_by(step)
    )
    if kinds:
        query = query.where(rollups.c.kind.in_(kinds))
    return [
        Counted(int(row[0]), row[1], row[2], row[3], int(row[4]), int(row[5]), float(row[6]), float(row[7]))
        for row in connection.execute(query)
    ]


def complaint_sketches(
    connection: Connection, workspace: int, show: str, start: int, end: int, kinds: Sequence[str], seconds: int = TICK
) -> list[tuple[int, str, str, bytes]]:
    """(start, market, category, sketch of those who complained) of every cell of complaints in [start, end)."""
    query = select(rollups.c.start, rollups.c.market, rollups.c.category, rollups.c.viewers).where(
        rollups.c.workspace == workspace,
        rollups.c.seconds == seconds,
        rollups.c.show == show,
        rollups.c.start >= start,
        rollups.c.start < end,
        rollups.c.kind.in_(kinds),
        rollups.c.category != "",
        rollups.c.viewers.is_not(None),
    )
    return [(row.start, row.market, row.category, row.viewers) for row in connection.execute(query)]


def by_language(connection: Connection, workspace: int, show: str, start: int, end: int) -> dict[str, int]:
    """How many spoken events per language."""
    query = (
        select(rollups.c.lang, func.sum(rollups.c.count))
        .where(
            rollups.c.workspace == workspace,
            rollups.c.seconds == TICK,
            rollups.c.show == show,
            rollups.c.start >= start,
            rollups.c.start < end,
            rollups.c.lang != "",
        )
        .group_by(rollups.c.lang)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def money(
    connection: Connection, workspace: int, show: str, start: int, end: int, kinds: Sequence[str]
) -> list[tuple[str, str, str, Decimal]]:
    """(market, kind, currency, sum) of a show in [start, end), exact."""
    query = select(rollup_values.c.market, rollup_values.c.kind, rollup_values.c.currency, rollup_values.c.total).where(
        rollup_values.c.workspace == workspace,
        rollup_values.c.seconds == TICK,
        rollup_values.c.show == show,
        rollup_values.c.start >= start,
        rollup_values.c.start < end,
        rollup_values.c.kind.in_(kinds),
    )
    sums: dict[tuple[str, str, str], Decimal] = {}
    for market, kind, currency, total in connection.execute(query):
        sums[market, kind, currency] = sums.get((market, kind, currency), Decimal(0)) + total
    return [(*key, total) for key, total in sorted(sums.items())]


def _replace(connection: Connection, table: Any, rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    statement = insert(connection, table)
    index = [column.name for column in table.primary_key]
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=index, set_={name: statement.excluded[name] for name in columns}
        ),
        rows,
    )
