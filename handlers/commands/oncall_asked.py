"""What is asked of `bot.py oncall …`: instants, ranges and schedules, each refused with what to write instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desk.configuration.model import Configuration
from desk.oncall.model import Schedule

SECTIONS = frozenset({"people", "schedules"})  # of the file: they say who is on call
_LONGEST = timedelta(days=36_525)  # a century of hourly hand-offs is a million rows; nobody plans further


class RefusedError(Exception):
    """What was asked cannot be answered; the text says what to ask instead."""


def asked(
    at: str | None, start: str | None, end: str | None, now: datetime
) -> tuple[tuple[datetime, datetime] | None, datetime]:
    """(the range, if one was asked for; the instant). Raises RefusedError."""
    if start is None and end is None:
        return None, instant("--at", at) if at is not None else now.astimezone(UTC)
    if at is not None:
        raise RefusedError("--at asks for an instant and --from/--to for a range; give one or the other")
    if start is None or end is None:
        raise RefusedError("--from and --to go together")
    span = span_of(start, end)
    return span, span[0]


def span_of(start: str, end: str) -> tuple[datetime, datetime]:
    """The range from `--from` to `--to`. Raises RefusedError."""
    return checked((instant("--from", start), instant("--to", end)), start, end)


def checked(span: tuple[datetime, datetime], start: str, end: str) -> tuple[datetime, datetime]:
    """A range that can be answered; `start` and `end` are as they were written. Raises RefusedError."""
    if span[0] >= span[1]:
        raise RefusedError(f"--from {start} is not before --to {end}")
    if span[1] - span[0] > _LONGEST:
        raise RefusedError("--from and --to are more than a hundred years apart; ask for less at a time")
    return span


def instant(option: str, text: str) -> datetime:
    """An instant (UTC) from ISO 8601 with an offset. Raises RefusedError, which names the option."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise RefusedError(f"{option} {text!r} is not a time; write one such as 2026-03-29T00:59:59Z") from None
    if read.tzinfo is None:
        raise RefusedError(f"{option} {text} has no offset; write 2026-03-29T09:00:00+02:00, or Z for UTC")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise RefusedError(f"{option} {text} is beyond the calendar") from None


def named(configuration: Configuration, name: str) -> Schedule:
    """A schedule of the file. Raises RefusedError, which names those there are."""
    if name not in configuration.schedules:
        known = ", ".join(configuration.schedules) or "none"
        raise RefusedError(f"there is no schedule {name!r} in this file; there are: {known}")
    return configuration.schedules[name]
