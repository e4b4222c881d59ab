"""Each market's prime time and shows against the hours in which its schedules have anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.oncall.demand import Cover, cover, live, markets_of, prime_times
from desk.oncall.gaps import staffed
from desk.oncall.spans import Span, common, joined, length, without
from desk.oncall.walltime import utc


@dataclass(frozen=True, slots=True)
class Coverage:
    """Half-open UTC spans within the range asked for. `shows` include the time after them; `staffed` is the market's
    first schedule, `backup` what the policy's other schedules add to it."""

    market: str
    by: Cover
    prime: tuple[Span, ...]
    shows: tuple[Span, ...]
    staffed: tuple[Span, ...]
    backup: tuple[Span, ...]
    open_prime: tuple[Span, ...]  # prime time that nobody covers, backups neither
    open_shows: tuple[Span, ...]

    @property
    def prime_share(self) -> float | None:
        """How much of prime time is covered, 0 to 1; None when there is none in the range."""
        return _share(self.prime, self.open_prime)

    @property
    def show_share(self) -> float | None:
        return _share(self.shows, self.open_shows)


def coverage(configuration: Configuration, start: datetime, end: datetime) -> tuple[Coverage, ...]:
    """The coverage of every market within [start, end), in the order of the file."""
    start, end = utc(start), utc(end)
    known: dict[str, list[Span]] = {}

    def of(schedule: str) -> list[Span]:
        if schedule not in known:
            known[schedule] = staffed(configuration, schedule, start, end)
        return known[schedule]

    found = []
    for key, market in configuration.markets.items():
        by = cover(configuration, key)
        own = of(by.schedule) if by.schedule else []
        backup = without(joined(span for other in by.backups for span in of(other)), own)
        covered = joined([*own, *backup])
        prime = list(prime_times(market, start, end))
        shows = common(_shows(configuration, key, market.cover_after), [(start, end)])
        found.append(
            Coverage(
                key,
                by,
                tuple(prime),
                tuple(shows),
                tuple(own),
                tuple(backup),
                tuple(without(prime, covered)),
                tuple(without(shows, covered)),
            )
        )
    return tuple(found)


def _shows(configuration: Configuration, market: str, after: timedelta) -> list[Span]:
    found = []
    for show in configuration.shows.values():
        on_air = live(show)
        if on_air is not None and market in markets_of(configuration, show):
            found.append((on_air[0], on_air[1] + after))
    return joined(found)


def _share(wanted: tuple[Span, ...], missing: tuple[Span, ...]) -> float | None:
    whole = length(wanted)
    return 1 - length(missing) / whole if whole else None
