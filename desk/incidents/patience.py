"""How long an incident waits: to count as the same one when it comes back, and to end when nobody does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from desk.configuration.model import EXPIRE_AFTER, REOPEN_WITHIN, Configuration


def reopen_within(configuration: Configuration, team: str | None, market: str) -> timedelta:
    """The market's own word first, then that of the team that was told."""
    known = configuration.markets.get(market)
    if known is not None and known.reopen_within is not None:
        return known.reopen_within
    told = configuration.teams.get(team or "")
    return told.reopen_within if told else REOPEN_WITHIN


def expire_after(configuration: Configuration, team: str | None, markets: Iterable[str]) -> timedelta:
    """The longest of its markets: an incident ends for all of them at once."""
    told = configuration.teams.get(team or "")
    its = told.expire_after if told else EXPIRE_AFTER
    own = []
    for market in markets:
        known = configuration.markets.get(market)
        own.append(known.expire_after if known is not None and known.expire_after is not None else its)
    return max(own, default=its)


def expires_at(happened: Iterable[datetime | None], after: timedelta) -> datetime:
    """`after` the latest thing that happened to it; what never happened is None.

    >>> expires_at([None, datetime(2026, 3, 6, 12)], timedelta(hours=12))
    datetime.datetime(2026, 3, 7, 0, 0)
    """
    return max(at for at in happened if at is not None) + after
