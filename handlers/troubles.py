"""What becomes of a page, or a code, that could not be sent: the desk is told, and tries another way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from desk.configuration.model import Configuration
from desk.moment import Moment
from desk.undelivered import flow as undelivered
from handlers.clock.clocks import wall_now
from handlers.platform import GiveUp, TryLater, Unclear
from store.outbox import Claimed

STUCK_AFTER = 1  # tries in vain: one lost answer is no reason to wake somebody by another way


class Troubles:
    """The sender's `on_trouble`."""

    def __init__(
        self,
        workspace: int,
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._configuration = configuration
        self._now = now

    def tell(self, connection: Connection, one: Claimed, outcome: GiveUp | TryLater | Unclear) -> None:
        for_good = isinstance(outcome, GiveUp)
        kind = one.body.get("kind")
        if one.thread is not None or kind not in ("page", "notice"):
            return
        if not for_good and (one.address is not None or not _is_stuck(one, kind)):
            return
        gone = isinstance(outcome, GiveUp) and outcome.gone
        moment = Moment(connection, self._workspace, self._configuration(), self._now(), wall_now())
        undelivered.note(
            moment, one.message, one.platform, one.destination, outcome.reason, for_good=for_good, gone=gone
        )


def _is_stuck(one: Claimed, kind: str) -> bool:
    """A try that was killed counts, too, and has told nobody: so a page is told of at any later try (the desk knows
    what it was told before)."""
    return one.attempts >= STUCK_AFTER if kind == "page" else one.attempts == STUCK_AFTER
