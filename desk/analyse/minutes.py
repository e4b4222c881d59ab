"""Minutes and hours, derived from ticks once these are closed and judged: nobody waits for them, so alarms go first.

A minute is derived once, and its cells are added to its hour in the same transaction; the newest minute that a show
has tells how far that has come. What arrives later for a minute that was derived is added to it, and to its hour,
directly. Cells are sums, so both ways lead to the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from analytics.rollups import Cells, coarser, merge
from desk.analyse import cells
from desk.watch.flow import Closed
from store import rollups, watching
from store.rollups import HOUR, MINUTE, TICK, CellRow


def add_late(connection: Connection, workspace: int, show: str, fresh: Cells) -> None:
    """Add new cells of ticks to the minutes and hours that have been derived already."""
    newest = rollups.newest(connection, workspace, MINUTE, show)
    if newest is None or min(key.start for key in fresh) >= newest + MINUTE:
        return
    late = {key: cell for key, cell in fresh.items() if key.start < newest + MINUTE}
    for seconds in (MINUTE, HOUR):
        added = _added(connection, workspace, show, seconds, coarser(late, seconds))
        rollups.save(connection, workspace, seconds, cells.to_rows(added))


@dataclass(frozen=True, slots=True)
class Derived:
    """A minute of a show and the hours that it changes, as they will be written; `left` is what is owed after that."""

    minutes: list[CellRow]
    hours: list[CellRow]
    left: dict[str, int]


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

    def derive(self, connection: Connection, workspace: int) -> Derived:
        """Work out a minute of what is owed, which only reads: it takes a busy show 100 ms, and there is one writer.

        Nothing else may add to the roll-ups until `settle` has written it. Until then, and after a failure,
        everything counts as owed and is looked for again.
        """
        owed, self._until = self._until, None
        if owed is None:
            shows = watching.all_shows(connection, workspace)
            owed = {one.show: _end(one.closed_until, not one.live) for one in shows}
        for show, until in list(owed.items()):
            minutes = _next_minute(connection, workspace, show, until)
            if minutes:
                hours = _added(connection, workspace, show, HOUR, coarser(minutes, HOUR))
                return Derived(cells.to_rows(minutes), cells.to_rows(hours), owed)
            del owed[show]
        return Derived([], [], owed)

    def settle(self, connection: Connection, workspace: int, derived: Derived) -> None:
        rollups.save(connection, workspace, MINUTE, derived.minutes)
        rollups.save(connection, workspace, HOUR, derived.hours)
        self._until = derived.left


def _end(closed_until: int, finished: bool) -> int:
    return closed_until + (-closed_until % MINUTE if finished else 0)


def _next_minute(connection: Connection, workspace: int, show: str, until: int) -> Cells:
    """The first minute after the newest that was derived, if it ends by `until`."""
    newest = rollups.newest(connection, workspace, MINUTE, show)
    first = rollups.next_start(connection, workspace, TICK, show, 0 if newest is None else newest + MINUTE)
    if first is None:
        return {}
    begin = first - first % MINUTE
    if begin + MINUTE > until:
        return {}
    return coarser(cells.from_rows(rollups.load(connection, workspace, TICK, show, begin, begin + MINUTE)), MINUTE)


def _added(connection: Connection, workspace: int, show: str, seconds: int, fresh: Cells) -> Cells:
    """The cells that `fresh` touches, with what is stored of them."""
    starts = [key.start for key in fresh]
    stored = rollups.load(connection, workspace, seconds, show, min(starts), max(starts) + seconds)
    return merge({key: cell for key, cell in cells.from_rows(stored).items() if key in fresh}, fresh)
