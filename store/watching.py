"""How far each show has been watched, and what its detectors remember."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, select, update

from store.statements import upsert
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


def _seen(insert: Any) -> Any:
    heard = (made := insert(shows)).excluded
    first, last = shows.c.first_at, shows.c.last_at
    return made.on_conflict_do_update(
        index_elements=["workspace", "show"],
        set_={
            "first_at": case((first.is_(None), heard.first_at), (first > heard.first_at, heard.first_at), else_=first),
            "last_at": case((last.is_(None), heard.last_at), (last < heard.last_at, heard.last_at), else_=last),
        },
    )


_SEE_SHOW = upsert(_seen)


def see_show(connection: Connection, workspace: int, show: str, title: str, first: datetime, last: datetime) -> None:
    """Note that events of `show` were heard between `first` and `last`."""
    row = {"workspace": workspace, "show": show, "origin": "heard", "title": title, "first_at": first, "last_at": last}
    connection.execute(_SEE_SHOW(connection), row)


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


def _touched(insert: Any) -> Any:
    heard = (made := insert(watched)).excluded
    return made.on_conflict_do_update(
        index_elements=["workspace", "show"],
        set_={
            "newest": case((watched.c.newest < heard.newest, heard.newest), else_=watched.c.newest),
            "heard": case((watched.c.heard < heard.heard, heard.heard), else_=watched.c.heard),
            "live": True,
        },
    )


_TOUCH = upsert(_touched)


def touch(connection: Connection, workspace: int, show: str, seconds: int, begin: int, newest: int, heard: int) -> None:
    """Start to watch a show at `begin` unless it is watched already; note its newest event and when it was heard."""
    row = {
        "workspace": workspace,
        "show": show,
        "seconds": seconds,
        "closed_until": begin,
        "newest": newest,
        "heard": heard,
        "live": True,
    }
    connection.execute(_TOUCH(connection), row)


_WATCHED = [watched.c[name] for name in Watched.__slots__]
_OF_SHOW = select(*_WATCHED).where(watched.c.workspace == bindparam("workspace"), watched.c.show == bindparam("show"))
_ALL = select(*_WATCHED).where(watched.c.workspace == bindparam("workspace"))
_LIVE = select(*_WATCHED).where(watched.c.workspace == bindparam("workspace"), watched.c.live)
_CLOSED_UNTIL = select(watched.c.show, watched.c.closed_until).where(
    watched.c.workspace == bindparam("workspace"), watched.c.show.in_(bindparam("shows", expanding=True))
)
_CLOSE = (
    update(watched)
    .where(watched.c.workspace == bindparam("here"), watched.c.show == bindparam("of"))
    .values(closed_until=bindparam("until"), live=bindparam("live"))
)


def of_show(connection: Connection, workspace: int, show: str) -> Watched | None:
    row = connection.execute(_OF_SHOW, {"workspace": workspace, "show": show}).first()
    return Watched(*tuple(row)) if row else None


def all_shows(connection: Connection, workspace: int) -> list[Watched]:
    """Every show that was ever watched."""
    return [Watched(*tuple(row)) for row in connection.execute(_ALL, {"workspace": workspace})]


def live(connection: Connection, workspace: int) -> list[Watched]:
    """Shows of which something is still to be judged."""
    return [Watched(*tuple(row)) for row in connection.execute(_LIVE, {"workspace": workspace})]


def closed_until(connection: Connection, workspace: int, shows_: list[str]) -> dict[str, int]:
    found = connection.execute(_CLOSED_UNTIL, {"workspace": workspace, "shows": shows_})
    return {row.show: row.closed_until for row in found}


def close(connection: Connection, workspace: int, show: str, until: int, *, live: bool) -> None:
    connection.execute(_CLOSE, {"here": workspace, "of": show, "until": until, "live": live})


# What detectors remember is written with every tick, more than a kilobyte for each of 88 series where a show has eight
# markets. So a market is one row, its series one after the other: lengths of name and state, the name, the state.
_SERIES = struct.Struct("<BI")

_STATES = select(detectors.c.market, detectors.c.states).where(
    detectors.c.workspace == bindparam("workspace"),
    detectors.c.show == bindparam("show"),
    detectors.c.detector == bindparam("detector"),
)
_KEEP_STATES = upsert(
    lambda insert: (made := insert(detectors)).on_conflict_do_update(
        index_elements=["workspace", "show", "market", "detector"], set_={"states": made.excluded.states}
    )
)


def states(connection: Connection, workspace: int, show: str, detector: str) -> dict[str, dict[str, bytes]]:
    """market → category → what the detector remembers."""
    asked = {"workspace": workspace, "show": show, "detector": detector}
    return {row.market: _unpacked(row.states) for row in connection.execute(_STATES, asked)}


def keep_states(
    connection: Connection, workspace: int, show: str, detector: str, by_market: Mapping[str, Mapping[str, bytes]]
) -> None:
    rows = [
        {"workspace": workspace, "show": show, "market": market, "detector": detector, "states": _packed(remembered)}
        for market, remembered in by_market.items()
    ]
    if rows:
        connection.execute(_KEEP_STATES(connection), rows)


def _packed(states: Mapping[str, bytes]) -> bytes:
    parts = []
    for name, state in states.items():
        named = name.encode()
        parts += [_SERIES.pack(len(named), len(state)), named, state]
    return b"".join(parts)


def _unpacked(packed: bytes) -> dict[str, bytes]:
    states, at = {}, 0
    while at < len(packed):
        named, size = _SERIES.unpack_from(packed, at)
        at += _SERIES.size
        states[packed[at : at + named].decode()] = bytes(packed[at + named : at + named + size])
        at += named + size
    return states
