"""What was understood of each event, by which model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, tuple_

from store.statements import Bulk
from store.tables import events, readings

_COLUMNS = [column.name for column in readings.columns]
_KEEP = Bulk(readings, _COLUMNS, lambda insert: insert(readings).on_conflict_do_nothing())


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep readings (columns of `readings`); one already kept by the same model stays as it is."""
    _KEEP(connection, [[row[name] for name in _COLUMNS] for row in rows])


@dataclass(frozen=True, slots=True)
class Spoken:
    """An event with words, as understood."""

    day: date
    event: int
    at: datetime
    show: str | None
    market: str | None
    product: str | None
    viewer: bytes | None
    kind: str
    lang: str
    sentiment: float
    intent: str
    category: str | None
    redacted: str


_SPOKEN = (
    readings.c.day,
    readings.c.event,
    events.c.at,
    events.c.show,
    events.c.market,
    events.c.product,
    events.c.viewer,
    events.c.kind,
    readings.c.lang,
    readings.c.sentiment,
    readings.c.intent,
    readings.c.category,
    readings.c.redacted,
)
_JOINED = readings.join(events, and_(events.c.day == readings.c.day, events.c.id == readings.c.event))


def spoken(
    connection: Connection,
    workspace: int,
    start: datetime,
    end: datetime,
    *,
    show: str | None = None,
    markets: Iterable[str] = (),
    category: str | None = None,
    intents: Iterable[str] = (),
    limit: int = 2000,
) -> list[Spoken]:
    """What was said in [start, end), newest first: at most `limit`, narrowed by what is given."""
    query = (
        select(*_SPOKEN)
        .select_from(_JOINED)
        .where(events.c.workspace == workspace, events.c.at >= start, events.c.at < end)
    )
    if show is not None:
        query = query.where(events.c.show == show)
    if markets := list(markets):
        query = query.where(events.c.market.in_(markets))
    if category is not None:
        query = query.where(readings.c.category == category)
    if intents := list(intents):
        query = query.where(readings.c.intent.in_(intents))
    query = query.order_by(events.c.at.desc(), readings.c.event.desc()).limit(limit)
    return [Spoken(*tuple(row)) for row in connection.execute(query)]


class Comment(NamedTuple):
    """What is left of a comment once it was read: no raw text."""

    day: date
    event: int
    market: str | None
    lang: str
    redacted: str


def _said(workspace: int, start: datetime, end: datetime, market: str | None) -> Any:
    """Events of [start, end), from one market where it is given. An event is received after it happens, so older days
    hold none; two days of leeway are for sources whose clock runs ahead."""
    said = and_(
        events.c.workspace == workspace,
        events.c.at >= start,
        events.c.at < end,
        readings.c.day >= start.date() - timedelta(days=2),
    )
    return said if market is None else and_(said, events.c.market == market)


def count(connection: Connection, workspace: int, start: datetime, end: datetime, market: str | None = None) -> int:
    """How many comments of [start, end) were read."""
    each = select(readings.c.day, readings.c.event).select_from(_JOINED).where(_said(workspace, start, end, market))
    return connection.execute(select(func.count()).select_from(each.distinct().subquery())).scalar_one()


def page(
    connection: Connection,
    workspace: int,
    start: datetime,
    end: datetime,
    market: str | None = None,
    *,
    after: tuple[date, int] | None = None,
    limit: int = 2000,
) -> list[Comment]:
    """The next comments of [start, end), in the order in which they were received; `after` is the last one seen.

    One that several models have read comes once.
    """
    query = (
        select(readings.c.day, readings.c.event, func.min(events.c.market), func.max(readings.c.lang),
               func.max(readings.c.redacted))
        .select_from(_JOINED)
        .where(_said(workspace, start, end, market))
        .group_by(readings.c.day, readings.c.event)
        .order_by(readings.c.day, readings.c.event)
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(readings.c.day, readings.c.event) > tuple_(*after))
    return [Comment(*row) for row in connection.execute(query)]


def words(connection: Connection, quotes: Sequence[tuple[date, int]]) -> dict[tuple[date, int], tuple[str, str]]:
    """(redacted text, language) by (day, event); what was erased is missing."""
    if not quotes:
        return {}
    by_day: dict[date, list[int]] = {}
    for day, event in quotes:
        by_day.setdefault(day, []).append(event)
    # Day by day: SQLite reads the whole table for pairs in a list.
    query = select(readings.c.day, readings.c.event, readings.c.redacted, readings.c.lang).where(
        or_(*(and_(readings.c.day == day, readings.c.event.in_(some)) for day, some in by_day.items()))
    )
    return {(row.day, row.event): (row.redacted, row.lang) for row in connection.execute(query)}


def decisions(
    connection: Connection,
    workspace: int,
    start: datetime,
    end: datetime,
    *,
    show: str | None,
    market: str | None,
    category: str,
    limit: int = 300,
) -> list[tuple[list[dict[str, Any]], str]]:
    """(categories with their deciding words, language) of the newest complaints of a category in [start, end)."""
    query = (
        select(readings.c.categories, readings.c.lang)
        .select_from(_JOINED)
        .where(
            events.c.workspace == workspace,
            events.c.at >= start,
            events.c.at < end,
            readings.c.category == category,
        )
        .order_by(readings.c.event.desc())
        .limit(limit)
    )
    if show is not None:
        query = query.where(events.c.show == show)
    if market is not None:
        query = query.where(events.c.market == market)
    return [(row.categories, row.lang) for row in connection.execute(query)]
