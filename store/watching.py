"""How far each show has been watched, and what its detectors remember."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, select, update

from store.engine import insert
from store.tables import detectors, shows, watched


@dataclass(frozen=True, slots=True)
class Watched:
    """Times in seconds since 1970. `show` is '' for what belongs to no show."""

    show: str
    seconds: int
    closed_until: int
    newest: int
    heard: int
    live: bool


def see_show(connection: Connection, workspace: int, show: str, title: str, first: datetime, last: datetime) -> None:
    """Note that events of `show` were heard between `first` and `last`."""
    statement = insert(connection, shows).values(
        workspace=workspace, show=show, origin="heard", title=title, first_at=first, last_at=last
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "show"],
            set_={
                "first_at": case(
                    (shows.c.first_at.is_(None), first), (shows.c.first_at > first, first), else_=shows.c.first_at
                ),
                "last_at": case(
                    (shows.c.last_at.is_(None), last), (shows.c.last_at < last, last), else_=shows.c.last_at
                ),
            },
        )
    )


@dataclass(frozen=True, slots=True)
class ShowRow:
    show: str
    title: str
    origin: str
    first_at: datetime | None
    last_at: datetime | None


def show_rows(connection: Connection, workspace: int) -> list[ShowRow]:
    """All shows that were heard, the newest first."""
    query = (
        select(shows.c.show, shows.c.title, shows.c.origin, shows.c.first_at, shows.c.last_at)
        .where(shows.c.workspace == workspace)
        .order_by(shows.c.last_at.desc())
    )
    return [ShowRow(*tuple(row)) for row in connection.execute(query)]


def touch(connection: Connection, workspace: int, show: str, seconds: int, begin: int, newest: int, heard: int) -> None:
    """Start to watch a show at `begin` unless it is watched already; note its newest event and when it was heard."""
    statement = insert(connection, watched).values(
        workspace=workspace, show=show, seconds=seconds, closed_until=begin, newest=newest, heard=heard, live=True
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace", "show"],
            set_={
                "newest": case((watched.c.newest < newest, newest), else_=watched.c.newest),
                "heard": case((watched.c.heard < heard, heard), else_=watched.c.heard),
                "live": True,
            },
        )
    )


_WATCHED = [watched.c[name] for name in Watched.__slots__]


def of_show(connection: Connection, workspace: int, show: str) -> Watched | None:
    row = connection.execute(select(*_WATCHED).where(watched.c.workspace == workspace, watched.c.show == show)).first()
    return Watched(*tuple(row)) if row else None


def live(connection: Connection, workspace: int) -> list[Watched]:
    """Shows of which something is still to be judged."""
    query = select(*_WATCHED).where(watched.c.workspace == workspace, watched.c.live)
    return [Watched(*tuple(row)) for row in connection.execute(query)]


def closed_until(connection: Connection, workspace: int, shows_: list[str]) -> dict[str, int]:
    query = select(watched.c.show, watched.c.closed_until).where(
        watched.c.workspace == workspace, watched.c.show.in_(shows_)
    )
    return {row.show: row.closed_until for row in connection.execute(query)}


def close(connection: Connection, workspace: int, show: str, until: int, *, live: bool) -> None:
    connection.execute(
        update(watched)
        .where(watched.c.workspace == workspace, watched.c.show == show)
        .values(closed_until=until, live=live)
    )


def states(connection: Connection, workspace: int, show: str, detector: str) -> dict[str, Mapping[str, Any]]:
    """market → category → what the detector remembers."""
    query = select(detectors.c.market, detectors.c.states).where(
        detectors.c.workspace == workspace, detectors.c.show == show, detectors.c.detector == detector
    )
    return {row.market: row.states for row in connection.execute(query)}


def keep_states(
    connection: Connection, workspace: int, show: str, detector: str, by_market: Mapping[str, Mapping[str, Any]]
) -> None:
    for market, remembered in by_market.items():
        statement = insert(connection, detectors).values(
            workspace=workspace, show=show, market=market, detector=detector, states=dict(remembered)
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace", "show", "market", "detector"], set_={"states": dict(remembered)}
            )
        )
