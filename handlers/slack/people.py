"""Who is asking: name, zone and language of a Slack user, remembered for an hour."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.answering import Asker
from handlers.slack.outcomes import FAILURES, outcome_of
from handlers.wording import one_line

log = structlog.get_logger(__name__)

REMEMBER = 3600.0  # seconds; people change their zone rarely, and users.info takes 100 calls a minute
REMEMBER_FAILURE = 30.0
PATIENCE = 2.0  # seconds; an answer in the wrong zone is better than none
MOST = 5000


@dataclass(frozen=True, slots=True)
class _Profile:
    name: str
    zone: str
    locale: str


class People:
    """`clock` counts seconds, as `time.monotonic` does."""

    def __init__(self, client: AsyncWebClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, _Profile]] = OrderedDict()

    async def asker(self, user: str, channel: str, name: str = "") -> Asker:
        """The person behind a command or a tap; UTC and English when Slack does not say in time."""
        profile = await self._profile(user, name)
        return Asker("slack", user, profile.name, channel, profile.zone, profile.locale)

    async def _profile(self, user: str, name: str) -> _Profile:
        now = self._clock()
        until, known = self._known.get(user, (0.0, _Profile(name or user, "UTC", "en")))
        if now < until:
            return known
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self._client.users_info(user=user, include_locale=True)
        except FAILURES as error:
            # What was known an hour ago is still the best guess.
            log.warning("person not looked up", user=user, reason=outcome_of(error, repeatable=True).reason)
            return self._keep(user, now + REMEMBER_FAILURE, known)
        info = found.get("user") or {}
        shown = info.get("real_name") or (info.get("profile") or {}).get("display_name") or name
        profile = _Profile(one_line(str(shown), 80) or user, info.get("tz") or "UTC", info.get("locale") or "en")
        return self._keep(user, now + REMEMBER, profile)

    def _keep(self, user: str, until: float, profile: _Profile) -> _Profile:
        self._known[user] = (until, profile)
        self._known.move_to_end(user)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return profile
