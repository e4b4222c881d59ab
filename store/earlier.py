"""What was counted in earlier shows, by the hour: what a new show begins with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from store.rollups import HOUR
from store.tables import rollups, shows


class HourCount(NamedTuple):
    """Events of one hour of a show in a market; `start` in seconds since 1970, `category` empty for no complaint."""

    show: str
    market: str
    start: int
    category: str
    events: int


_SHOWS = (
    select(shows.c.show)
    .where(
        shows.c.workspace == bindparam("workspace"),
        shows.c.last_at < bindparam("before"),
        shows.c.last_at >= bindparam("since"),
    )
    .order_by(shows.c.last_at.desc(), shows.c.show)
    .limit(bindparam("most"))
)
_HOURS = (
    select(rollups.c.show, rollups.c.market, rollups.c.start, rollups.c.category, func.sum(rollups.c.count))
    .where(
        rollups.c.workspace == bindparam("workspace"),
        rollups.c.seconds == HOUR,
        rollups.c.show.in_(bindparam("shows", expanding=True)),
        rollups.c.start >= bindparam("from_start"),
        rollups.c.start < bindparam("to_end"),
        rollups.c.market.in_(bindparam("markets", expanding=True)),
        rollups.c.kind.in_(bindparam("kinds", expanding=True)),
    )
    .group_by(rollups.c.show, rollups.c.market, rollups.c.start, rollups.c.category)
    .order_by(rollups.c.show, rollups.c.market, rollups.c.start, rollups.c.category)
)


def shows_before(connection: Connection, workspace: int, since: datetime, before: datetime, most: int) -> list[str]:
    """Shows whose last event lies in [since, before), the newest `most` of them, newest first."""
    asked = {"workspace": workspace, "since": since, "before": before, "most": most}
    return [row.show for row in connection.execute(_SHOWS, asked)]


def hours(
    connection: Connection,
    workspace: int,
    of_shows: Sequence[str],
    markets: Sequence[str],
    kinds: Sequence[str],
    since: datetime,
    before: datetime,
) -> list[HourCount]:
    """How many events of such kinds these shows had in these markets, in hours that start in [since, before)."""
    if not of_shows or not markets:
        return []
    asked = {
        "workspace": workspace,
        "shows": list(of_shows),
        "markets": list(markets),
        "kinds": list(kinds),
        "from_start": int(since.timestamp()),
        "to_end": int(before.timestamp()),
    }
    return [HourCount(row[0], row[1], int(row[2]), row[3], int(row[4])) for row in connection.execute(_HOURS, asked)]
