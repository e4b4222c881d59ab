"""The hands of what follows a shift: user groups and topics are set, do-not-disturb and members of groups are read.

What should be shown stands in the database, as the desk wrote it (`desk/following`). It is shown as often as it takes,
and only the newest counts: a row that was changed meanwhile stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.disturbing import flow as disturbing
from desk.following import flow as following
from desk.moment import Moment
from handlers.clock.clocks import wall_now
from handlers.platform import Delivered, GiveUp, Outcome, Shifts, TryLater
from store import shifts
from store.engine import Store
from store.shifts import Disturbance, Followed

log = structlog.get_logger(__name__)

LOOK_AGAIN = 5.0  # seconds; a commit wakes us at once, this is only the safety net
READ_EVERY = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)


class ShiftKeeper:
    """`platforms` are those that can show a shift, by name."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        platforms: Mapping[str, Shifts],
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._platforms = platforms
        self._configuration = configuration
        self._now = now
        self._woken = asyncio.Event()
        self._read_next: dict[str, datetime] = {}

    def wake(self) -> None:
        """There may be something to show. Call from the event loop."""
        self._woken.set()

    async def run(self) -> None:
        """Show and read until cancelled."""
        while True:
            self._woken.clear()
            await self.show()
            await self.read()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._woken.wait()

    async def show(self) -> int:
        """Show what waits to be shown; how many were."""
        wall = wall_now()
        waiting = await self._store.reading(lambda c: shifts.pending(c, self._workspace, wall))
        shown = 0
        for one in waiting:
            if one.target.partition(":")[0] not in self._platforms:
                # A file that was written for Slack may be tried in a terminal: nobody has to hear of it.
                log.warning("shift not shown: this platform shows none", schedule=one.schedule, target=one.target)
                reason = "no platform here shows it"
                await self._store.writing(
                    lambda c, one=one, reason=reason: shifts.settle(  # type: ignore[misc]
                        c, self._workspace, one, state="failed", reason=reason
                    )
                )
                continue
            outcome = await self._set(one)
            await self._store.writing(lambda c, one=one, outcome=outcome: self._record(c, one, outcome))  # type: ignore[misc]
            shown += isinstance(outcome, Delivered)
        return shown

    async def read(self) -> None:
        """Ask each platform for do-not-disturb and for members of groups, if it is time."""
        for name, platform in self._platforms.items():
            if self._read_next.get(name, wall_now()) <= wall_now():
                self._read_next[name] = wall_now() + READ_EVERY
                await self._read_disturbances(name, platform)
                await self._read_members(name, platform)

    async def _set(self, one: Followed) -> Outcome:
        name, _, target = one.target.partition(":")
        platform = self._platforms[name]
        if one.kind == following.USER_GROUP:
            return await platform.set_members(target, one.wanted)
        return await platform.set_topic(target, one.schedule, one.wanted)

    def _record(self, connection: Connection, one: Followed, outcome: Outcome) -> None:
        if isinstance(outcome, Delivered):
            shifts.settle(connection, self._workspace, one, state="done", reason=None)
            return
        if isinstance(outcome, GiveUp):
            if shifts.settle(connection, self._workspace, one, state="failed", reason=outcome.reason):
                log.error("shift not shown", schedule=one.schedule, kind=one.kind, reason=outcome.reason)
                following.failed(self._moment(connection), one, outcome.reason)
            return
        wait = min(FIRST_WAIT * 2 ** min(one.attempts, 9), LONGEST_WAIT)
        after = max(outcome.after, wait) if isinstance(outcome, TryLater) else wait
        log.warning("shift not shown yet", schedule=one.schedule, kind=one.kind, reason=outcome.reason)
        shifts.settle(connection, self._workspace, one, not_before=wall_now() + after, reason=outcome.reason)

    async def _read_disturbances(self, name: str, platform: Shifts) -> None:
        configuration = self._configuration()
        coming = await self._store.reading(lambda c: disturbing.coming(self._moment(c)))
        accounts = [
            account
            for person in coming
            if person in configuration.people and (account := configuration.people[person].contacts.get(name))
        ]
        if not accounts:
            return
        told = await platform.do_not_disturb(accounts)
        if isinstance(told, TryLater | GiveUp):
            self._not_read(name, "do not disturb", told)
            return
        found = [Disturbance(account, *(span or (None, None))) for account, span in told.items()]
        await self._store.writing(lambda c: shifts.keep_disturbances(c, self._workspace, name, found, self._now()))

    async def _read_members(self, name: str, platform: Shifts) -> None:
        groups = [group.user_group for group in self._configuration().groups.values()]
        for target in dict.fromkeys(one for one in groups if one is not None and one.startswith(f"{name}:")):
            found = await platform.members(target.partition(":")[2])
            if isinstance(found, TryLater | GiveUp):
                self._not_read(name, "user group", found)
                continue
            await self._store.writing(
                lambda c, target=target, found=found: shifts.keep_members(  # type: ignore[misc]
                    c, self._workspace, target, found, self._now()
                )
            )

    def _not_read(self, name: str, what: str, outcome: TryLater | GiveUp) -> None:
        """What was read before stays; a rate limit is kept."""
        log.warning("not read", platform=name, what=what, reason=outcome.reason)
        if isinstance(outcome, TryLater):
            self._read_next[name] = wall_now() + max(outcome.after, FIRST_WAIT)

    def _moment(self, connection: Connection) -> Moment:
        return Moment(connection, self._workspace, self._configuration(), self._now(), wall_now())
