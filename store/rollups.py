"""Roll-up cells: written whole by the one worker that owns the show, read by every chart and command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, case, func, select, text

from store.statements import Bulk
from store.tables import rollup_values, rollups

TICK, MINUTE, HOUR = 10, 60, 3600
NO_WORDS = "zxx"  # the language of comments of emoji alone, as ISO 639-2 calls what is in no language


class CellKey(NamedTuple):
    """Empty text where the event had none. `start` in seconds since 1970."""

    start: int
    show: str
    market: str
    lang: str
    product: str
    kind: str
    category: str


@dataclass(slots=True)  # not frozen: that would take three times as long to make
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
_SUMS = ("count", "sentiment_n", "sentiment_sum", "sentiment_squares", "viewers")


def _span(table: Table) -> list[ColumnElement[bool]]:
    """A show's cells of one length that start in [start, end)."""
    return [
        table.c.workspace == bindparam("in_workspace"),
        table.c.seconds == bindparam("of_seconds"),
        table.c.show == bindparam("of_show"),
        table.c.start >= bindparam("from_start"),
        table.c.start < bindparam("to_end"),
    ]


def _asked(workspace: int, seconds: int, show: str, start: int, end: int) -> dict[str, Any]:
    return {
        "in_workspace": workspace,
        "of_seconds": seconds,
        "of_show": show,
        "from_start": start,
        "to_end": end,
    }


_LOAD = select(*_KEY, *(rollups.c[name] for name in _SUMS)).where(*_span(rollups))
_LOAD_VALUES = select(*_VALUE_KEY, rollup_values.c.currency, rollup_values.c.total).where(*_span(rollup_values))


def load(
    connection: Connection, workspace: int, seconds: int, show: str, start: int, end: int
) -> dict[CellKey, CellRow]:
    """All cells of a show that start in [start, end)."""
    asked = _asked(workspace, seconds, show, start, end)
    values: dict[CellKey, dict[str, Decimal]] = {}
    for value in connection.execute(_LOAD_VALUES, asked):
        values.setdefault(CellKey(*value[:7]), {})[value[7]] = value[8]
    cells = {}
    for row in connection.execute(_LOAD, asked):
        key = CellKey(*row[:7])
        cells[key] = CellRow(key, row[7], row[8], row[9], row[10], row[11], values.get(key, {}))
    return cells


_CELL = ("workspace", "seconds", *CellKey._fields)


def _replacing(table: Table, columns: Sequence[str]) -> Bulk:
    index = [column.name for column in table.primary_key]
    return Bulk(
        table,
        (*_CELL, *(name for name in index if name not in _CELL), *columns),
        lambda insert: (made := insert(table)).on_conflict_do_update(
            index_elements=index, set_={name: made.excluded[name] for name in columns}
        ),
    )


_SAVE, _SAVE_VALUES = _replacing(rollups, _SUMS), _replacing(rollup_values, ("total",))


def save(connection: Connection, workspace: int, seconds: int, cells: Iterable[CellRow]) -> None:
    """Write cells whole: what they were before is replaced."""
    rows, values = [], []
    for one in cells:
        key = (workspace, seconds, *one.key)
        rows.append((*key, one.count, one.sentiment_n, one.sentiment_sum, one.sentiment_squares, one.viewers))
        values += [(*key, currency, total) for currency, total in one.values.items()]
    _SAVE(connection, rows)
    _SAVE_VALUES(connection, values)


_OF_SHOW = (
    rollups.c.workspace == bindparam("in_workspace"),
    rollups.c.seconds == bindparam("of_seconds"),
    rollups.c.show == bindparam("of_show"),
)
_NEWEST = select(func.max(rollups.c.start)).where(*_OF_SHOW)
_NEXT = select(func.min(rollups.c.start)).where(*_OF_SHOW, rollups.c.start >= bindparam("from_start"))


def newest(connection: Connection, workspace: int, seconds: int, show: str) -> int | None:
    """Where the newest cell of a show starts."""
    asked = {"in_workspace": workspace, "of_seconds": seconds, "of_show": show}
    found: int | None = connection.execute(_NEWEST, asked).scalar()
    return found


def next_start(connection: Connection, workspace: int, seconds: int, show: str, start: int) -> int | None:
    """Where the first cell of a show that starts at `start` or later does."""
    asked = {"in_workspace": workspace, "of_seconds": seconds, "of_show": show, "from_start": start}
    found: int | None = connection.execute(_NEXT, asked).scalar()
    return found


_STARTS = select(rollups.c.start).distinct().where(*_span(rollups)).order_by(rollups.c.start)


def starts(connection: Connection, workspace: int, show: str, start: int, end: int, seconds: int = TICK) -> list[int]:
    """Where the cells of a show in [start, end) start: when anything at all was heard of it. In order."""
    return [int(row[0]) for row in connection.execute(_STARTS, _asked(workspace, seconds, show, start, end))]


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one tick, summed over languages and products. `wordless`: those of emoji alone."""

    start: int
    market: str
    kind: str
    category: str
    count: int
    sentiment_n: int
    sentiment_sum: float
    sentiment_squares: float
    wordless: int


_STEP = (rollups.c.start - rollups.c.start % bindparam("every")).label("step")
_OF_KINDS = rollups.c.kind.in_(bindparam("kinds", expanding=True))
_COUNTS = (
    select(
        _STEP,
        rollups.c.market,
        rollups.c.kind,
        rollups.c.category,
        func.sum(rollups.c.count),
        func.sum(rollups.c.sentiment_n),
        func.sum(rollups.c.sentiment_sum),
        func.sum(rollups.c.sentiment_squares),
        func.sum(case((rollups.c.lang == NO_WORDS, rollups.c.count), else_=0)),
    )
    .where(*_span(rollups))
    .group_by(_STEP, rollups.c.market, rollups.c.kind, rollups.c.category)
    .order_by(_STEP)
)
_COUNTS_OF_KINDS = _COUNTS.where(_OF_KINDS)


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
    asked = {**_asked(workspace, seconds, show, start, end), "every": every or seconds}
    if kinds:
        found = connection.execute(_COUNTS_OF_KINDS, {**asked, "kinds": list(kinds)})
    else:
        found = connection.execute(_COUNTS, asked)
    return [
        Counted(
            int(row[0]), row[1], row[2], row[3], int(row[4]), int(row[5]), float(row[6]), float(row[7]), int(row[8])
        )
        for row in found
    ]


# As text, not as a parameter: a database takes a partial index only where it can see that its condition is met.
_COMPLAIN = text("rollups.category <> ''")
_COMPLAINT_SKETCHES = select(rollups.c.start, rollups.c.market, rollups.c.category, rollups.c.viewers).where(
    *_span(rollups), _OF_KINDS, _COMPLAIN, rollups.c.viewers.is_not(None)
)
_COMPLAINTS = (
    select(rollups.c.start, rollups.c.market, func.sum(rollups.c.count))
    .where(*_span(rollups), _COMPLAIN, rollups.c.category == bindparam("category"))
    .group_by(rollups.c.start, rollups.c.market)
)


def complaint_sketches(
    connection: Connection, workspace: int, show: str, start: int, end: int, kinds: Sequence[str], seconds: int = TICK
) -> list[tuple[int, str, str, bytes]]:
    """(start, market, category, sketch of those who complained) of every cell of complaints in [start, end)."""
    asked = {**_asked(workspace, seconds, show, start, end), "kinds": list(kinds)}
    return [tuple(row) for row in connection.execute(_COMPLAINT_SKETCHES, asked)]


def complaints(
    connection: Connection, workspace: int, show: str, start: int, end: int, category: str, seconds: int = TICK
) -> list[tuple[int, str, int]]:
    """(start, market, how many) of a show's complaints of one category in [start, end)."""
    asked = {**_asked(workspace, seconds, show, start, end), "category": category}
    return [(int(row[0]), row[1], int(row[2])) for row in connection.execute(_COMPLAINTS, asked)]


_COMPLAINED = select(func.sum(rollups.c.count)).where(*_span(rollups), _COMPLAIN)


def complained(connection: Connection, workspace: int, show: str, start: int, end: int, seconds: int = TICK) -> int:
    """How many complaints of any kind a show has in [start, end)."""
    return int(connection.execute(_COMPLAINED, _asked(workspace, seconds, show, start, end)).scalar() or 0)


_SKETCHES = select(rollups.c.market, rollups.c.viewers).where(
    *_span(rollups), _OF_KINDS, rollups.c.viewers.is_not(None)
)


def sketches(
    connection: Connection, workspace: int, show: str, start: int, end: int, kinds: Sequence[str], seconds: int = TICK
) -> list[tuple[str, bytes]]:
    """(market, sketch of those who did it) of every cell of such events in [start, end)."""
    asked = {**_asked(workspace, seconds, show, start, end), "kinds": list(kinds)}
    return [tuple(row) for row in connection.execute(_SKETCHES, asked)]


_KIND_SKETCHES = select(rollups.c.start, rollups.c.market, rollups.c.kind, rollups.c.viewers).where(
    *_span(rollups), _OF_KINDS, rollups.c.viewers.is_not(None)
)


def kind_sketches(
    connection: Connection, workspace: int, show: str, start: int, end: int, kinds: Sequence[str], seconds: int = TICK
) -> list[tuple[int, str, str, bytes]]:
    """(start, market, kind, sketch of those who did it) of every cell of such events in [start, end)."""
    asked = {**_asked(workspace, seconds, show, start, end), "kinds": list(kinds)}
    return [tuple(row) for row in connection.execute(_KIND_SKETCHES, asked)]


_MEANS = (
    select(rollups.c.start, rollups.c.market, rollup_values.c.total, rollups.c.count)
    .join(
        rollup_values,
        and_(*(rollups.c[name] == rollup_values.c[name] for name in ("workspace", "seconds", *CellKey._fields))),
    )
    .where(*_span(rollups), _OF_KINDS, rollup_values.c.currency == "")
)


def means(
    connection: Connection, workspace: int, show: str, start: int, end: int, kind: str, seconds: int = TICK
) -> list[tuple[int, str, float]]:
    """(start, market, mean value) of every cell of such events in [start, end) that have a value without currency."""
    asked = {**_asked(workspace, seconds, show, start, end), "kinds": [kind]}
    return [
        (int(at), market, float(total) / int(count)) for at, market, total, count in connection.execute(_MEANS, asked)
    ]


_STAKES = select(rollup_values.c.start, rollup_values.c.kind, rollup_values.c.currency, rollup_values.c.total).where(
    *_span(rollup_values),
    rollup_values.c.market == bindparam("in_market"),
    rollup_values.c.kind.in_(bindparam("kinds", expanding=True)),
    rollup_values.c.currency != "",
)


def stakes(
    connection: Connection,
    workspace: int,
    show: str,
    market: str,
    start: int,
    end: int,
    kinds: Sequence[str],
    seconds: int = TICK,
) -> list[tuple[int, str, str, Decimal]]:
    """(start, kind, currency, exact sum) of every cell with money of one market of a show in [start, end)."""
    asked = {**_asked(workspace, seconds, show, start, end), "in_market": market, "kinds": list(kinds)}
    return [(int(at), kind, currency, total) for at, kind, currency, total in connection.execute(_STAKES, asked)]


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
            rollups.c.lang.not_in(("", NO_WORDS)),
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
