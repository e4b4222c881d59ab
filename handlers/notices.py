"""Telling an admin what could not be sent: a message that nobody sees must not fail where nobody sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from desk import messages
from desk.configuration.model import Configuration
from desk.contacts.methods import masked
from desk.messages import Message, Paragraph, Text
from desk.words import tongue
from handlers.clock.clocks import wall_now
from store import outbox
from store.outbox import Claimed


class FailureNotices:
    """One notice for each place and reason, until the bot is started again: a dead channel is not told of hourly."""

    def __init__(
        self,
        workspace: int,
        configuration: Callable[[], Configuration],
        now: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._configuration = configuration
        self._now = now
        self._told: set[tuple[str, str, str]] = set()

    def tell(self, connection: Connection, one: Claimed, reason: str) -> None:
        """Put a notice for the admin channel in the outbox; nothing when that is the place that failed."""
        configuration = self._configuration()
        if configuration.admin_channel is None:
            return
        platform, _, channel = configuration.admin_channel.partition(":")
        what = (one.platform, one.destination, reason)
        where = f"{one.platform}:{masked(one.platform, one.destination)}"
        if what in self._told or (one.platform, one.destination) == (platform, channel):
            return
        t = tongue("en")
        message = Message(
            kind="notice",
            headline=t("A message for {where} could not be sent", where=where),
            parts=(Paragraph((Text(reason),)),),
        )
        body = messages.dump(message)
        self._told.add(what)
        outbox.say(connection, self._workspace, platform, channel, body, self._now(), wall_now())
