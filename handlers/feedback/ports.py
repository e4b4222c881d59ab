"""What the edges of intake need from the rest of the house. `bot.py` supplies the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from desk.intake.event import FeedbackEvent, Receipt, Refused


class IntakeUnavailableError(Exception):
    """Nothing of this batch was acknowledged; the same batch may be sent again after `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: float = 5.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class IntakePort(Protocol):
    async def accept(self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime) -> list[Receipt]:
        """One receipt for each item, in order, once the accepted ones are durable. Refused items are counted.

        Raises `IntakeUnavailableError` when nothing could be stored; every other exception means the same to a sender.
        """
        ...


class KeysPort(Protocol):
    async def bearer(self, token: str) -> str | None:
        """The source that this token speaks for; None for a token that is unknown or revoked."""
        ...

    async def secrets(self, source: str) -> Sequence[bytes]:
        """The signing secrets of a source that are valid now: two during a rotation, none for an unknown source."""
        ...


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """What one source has sent so far. `late` is the part of `accepted` that came after its tick was closed."""

    received: int
    accepted: int
    duplicate: int
    late: int
    refused: int
    last_seen_at: datetime | None


class CountsPort(Protocol):
    async def counts(self, source: str) -> SourceCounts | None:
        """The counters of a source; None before its first event."""
        ...


class ImportPort(Protocol):
    async def accept(
        self, source: str, items: Sequence[FeedbackEvent | Refused], now: datetime, file: str, rows_done: int
    ) -> list[Receipt]:
        """As `IntakePort.accept`, and in the same transaction note that `file` is done up to row `rows_done`."""
        ...

    async def rows_done(self, file: str) -> int:
        """The last row of `file` (64 characters that stand for a file and how it is read) that is done; 0: none."""
        ...
