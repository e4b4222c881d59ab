"""What becomes of a page, or a code, that could not be sent: the desk is told, and tries another way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.undelivered import flow as undelivered
from handlers.clock.clocks import wall_now
from handlers.platform import GiveUp, TryLater, Unclear
from store.engine import Store
from store.outbox import Claimed

log = structlog.get_logger(__name__)

STUCK_AFTER = 1  # tries in vain: one lost answer is no reason to wake somebody by another way


class Troubles:
    """The sender's `on_trouble`. Never raises: what it tells of has been recorded already."""

    def __init__(
        self,
        store: Store,
        workspace: int,
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._configuration = configuration
        self._now = now

    async def tell(self, one: Claimed, outcome: GiveUp | TryLater | Unclear) -> None:
        for_good = isinstance(outcome, GiveUp)
        if not for_good and (one.address is not None or one.attempts != STUCK_AFTER):
            return
        if one.thread is not None or one.body.get("kind") not in ("page", "notice"):
            return
        configuration = self._configuration()
        gone = isinstance(outcome, GiveUp) and outcome.gone

        def note(connection: Connection) -> None:
            moment = Moment(connection, self._workspace, configuration, self._now(), wall_now())
            undelivered.note(
                moment, one.message, one.platform, one.destination, outcome.reason, for_good=for_good, gone=gone
            )

        try:
            await self._store.writing(note)
        except Exception:
            log.exception("a page's trouble was not told", message=one.message, platform=one.platform)
