"""APScheduler, used as a ticker alone: what is due, and when, stands in the database.

So a restart loses nothing, two replicas do nothing twice, and no wall-clock rule of ours depends on the library's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import Connection

from desk import sweep
from desk.configuration.model import Configuration
from desk.moment import Moment
from handlers.clock.clocks import Clock, wall_now
from store import due
from store.due import Due
from store.engine import Store

log = structlog.get_logger(__name__)

SWEEP_EVERY = 1.0  # seconds of wall time
FASTEST = 0.1


class Sweeper:
    """Does what is due. `sweep` may be called from anywhere: two at once share the work and never repeat it."""

    def __init__(self, store: Store, workspace: int, configuration: Callable[[], Configuration], clock: Clock) -> None:
        self._store = store
        self._workspace = workspace
        self._configuration = configuration
        self._clock = clock
        self._lock = asyncio.Lock()

    async def sweep(self) -> int:
        """Do all that is due; how many rows were done."""
        done = 0
        async with self._lock:
            now = self._clock.now()
            last: Due | None = None
            # To the end, and not those alone that are due first: some of them may never be done.
            while rows := await self._due(now, last):
                for row in rows:
                    try:
                        done += await self._settle(row)
                    except Exception:
                        # One row that cannot be done must not hold up the pages behind it; it stays due and is seen.
                        log.exception("a due row failed", kind=row.kind, ref=row.ref)
                last = rows[-1]
        return done

    async def _due(self, now: datetime, after: Due | None) -> list[Due]:
        return await self._store.reading(lambda c: due.waiting(c, self._workspace, now, after=after))

    async def _settle(self, row: Due) -> bool:
        configuration = self._configuration()

        def moment(connection: Connection) -> Moment:
            return Moment(connection, self._workspace, configuration, self._clock.now(), wall_now())

        seen = None
        if row.kind in sweep.LOOKED_AT:
            seen = await self._store.reading(lambda c: sweep.look(moment(c), row))
        return await self._store.writing(lambda c: sweep.settle(moment(c), row, seen))


async def ticking(sweeper: Sweeper, clock: Clock) -> None:
    """Sweep at regular intervals until cancelled, faster when the clock runs faster."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(
        sweeper.sweep,
        "interval",
        seconds=max(FASTEST, SWEEP_EVERY / max(clock.speed(), 1.0)),
        id="sweep",
        misfire_grace_time=None,  # a tick that comes late is still wanted
        coalesce=True,  # but only once
        max_instances=1,
    )
    scheduler.add_listener(_tell, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.shutdown(wait=False)


def _tell(event: JobExecutionEvent) -> None:
    if event.code == EVENT_JOB_MISSED:
        log.warning("a tick was missed", job=event.job_id)
    else:
        log.error("a tick failed", job=event.job_id, error=type(event.exception).__name__)
