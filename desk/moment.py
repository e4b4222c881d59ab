"""The circumstances of one unit of work, handed from flow to flow: where, under which configuration, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from desk.configuration.model import Configuration


@dataclass(frozen=True, slots=True)
class Moment:
    """`now` is clock time, which people see; `wall` is real time, which paces sending. They differ in a demo."""

    connection: Connection
    workspace: int
    configuration: Configuration
    now: datetime
    wall: datetime
    platform: str = "slack"  # where people and channels without a stated platform are

    def channel(self, named: str) -> tuple[str, str]:
        """(platform, destination) of a channel as the file writes it.

        >>> Moment(None, 1, Configuration(), None, None).channel("slack:C0EMEAOPS1")  # type: ignore[arg-type]
        ('slack', 'C0EMEAOPS1')
        """
        platform, colon, destination = named.partition(":")
        return (platform, destination) if colon else (self.platform, named)
