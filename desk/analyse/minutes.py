"""Minutes and hours, derived from ticks once these are closed and judged: nobody waits for them, so alarms go first.

A minute is derived once, and its cells are added to its hour in the same transaction; the newest minute that a show
has tells how far that has come. What arrives later for a minute that was derived is added to it, and to its hour,
directly. Cells are sums, so both ways lead to the same numbers.
"""

from __future__ import annotations

from sqlalchemy import Connection

from analytics.rollups import Cells, coarser, merge
from desk.analyse import cells
from desk.watch.flow import Closed
from store import rollups, watching
from store.rollups import HOUR, MINUTE, TICK

MOST = 1  # minutes in one transaction; a busy show has some thousand cells a minute, 50 ms of work


def add_late(connection: Connection, workspace: int, show: str, fresh: Cells) -> None:
    """Add new cells of ticks to the minutes and hours that have been derived already."""
    newest = rollups.newest(connection, workspace, MINUTE, show)
    if newest is None or min(key.start for key in fresh) >= newest + MINUTE:
        return
    late = {key: cell for key, cell in fresh.items() if key.start < newest + MINUTE}
    for seconds in (MINUTE, HOUR):
        _add(connection, workspace, show, seconds, coarser(late, seconds))


class Debts:
    """Closed minutes that are not derived yet. They need not be kept: a fresh process looks at every show once."""

    def __init__(self) -> None:
        self._until: dict[str, int] | None = None  # show → where its closed minutes end; None: look

    @property
    def left(self) -> bool:
        return self._until is None or bool(self._until)

    def owe(self, closed: Closed) -> None:
        """Ticks were closed; the minute in which a finished show ends is derived as well."""
        if self._until is not None:
            self._until[closed.show] = _end(closed.until, closed.finished)

    def settle_some(self, connection: Connection, workspace: int) -> None:
        """Derive some of what is owed; after a failure everything is looked for again."""
        owed, self._until = self._until, None
        if owed is None:
            shows = watching.all_shows(connection, workspace)
            owed = {one.show: _end(one.closed_until, not one.live) for one in shows}
        left = MOST
        for show, until in list(owed.items()):
            left -= _derive(connection, workspace, show, until, left)
            if not left:
                break
            del owed[show]
        self._until = owed


def _end(closed_until: int, finished: bool) -> int:
    return closed_until + (-closed_until % MINUTE if finished else 0)


def _derive(connection: Connection, workspace: int, show: str, until: int, most: int) -> int:
    """Derive minutes that end by `until`, at most so many; how many it were."""
    newest = rollups.newest(connection, workspace, MINUTE, show)
    begin = 0 if newest is None else newest + MINUTE
    made: list[Cells] = []
    while len(made) < most:
        first = rollups.next_start(connection, workspace, TICK, show, begin)
        if first is None or first - first % MINUTE + MINUTE > until:
            break
        begin = first - first % MINUTE + MINUTE
        ticks = cells.from_rows(rollups.load(connection, workspace, TICK, show, begin - MINUTE, begin))
        made.append(coarser(ticks, MINUTE))
    if made:
        minutes = merge(*made)
        rollups.save(connection, workspace, MINUTE, cells.to_rows(minutes))
        _add(connection, workspace, show, HOUR, coarser(minutes, HOUR))
    return len(made)


def _add(connection: Connection, workspace: int, show: str, seconds: int, fresh: Cells) -> None:
    starts = [key.start for key in fresh]
    stored = rollups.load(connection, workspace, seconds, show, min(starts), max(starts) + seconds)
    known = {key: cell for key, cell in cells.from_rows(stored).items() if key in fresh}
    rollups.save(connection, workspace, seconds, cells.to_rows(merge(known, fresh)))
