"""How the on-call plan stands, as numbers for whoever watches the bot: hours without anybody, and people whom no page
reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.oncall.outlook import outlook
from store.engine import Store

EVERY = timedelta(minutes=1)  # a scraper asks more often than a plan changes


class Standing:
    """`now` is clock time."""

    def __init__(
        self, store: Store, workspace: int, configuration: Callable[[], Configuration], now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._configuration = configuration
        self._now = now
        self._seen: tuple[Configuration, datetime, Mapping[str, float]] | None = None

    async def numbers(self) -> Mapping[str, float]:
        """As of a minute ago at most."""
        configuration, now = self._configuration(), self._now()
        if self._seen is not None:
            of, at, found = self._seen
            if of is configuration and at <= now < at + EVERY:
                return found
        found = await self._store.reading(lambda c: outlook(Moment(c, self._workspace, configuration, now, now)))
        self._seen = configuration, now, found
        return found
