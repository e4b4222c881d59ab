"""What is asked of `bot.py oncall …`: instants, ranges and schedules, each refused with what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from desk.configuration.model import Configuration
from desk.oncall.model import Schedule

if TYPE_CHECKING:
    from desk.moment import Moment
    from desk.reach.rehearsal import Known

Found = TypeVar("Found")

SECTIONS = frozenset({"people", "schedules"})  # of the file: they say who is on call
_LONGEST = timedelta(days=36_525)  # a century of hourly hand-offs is a million rows; nobody plans further


class UnreadableError(Exception):
    """The database that was named cannot be read; the text says what to do."""


class RefusedError(Exception):
    """What was asked cannot be answered; the text says what to ask instead."""


def asked(
    at: str | None, start: str | None, end: str | None, now: datetime
) -> tuple[tuple[datetime, datetime] | None, datetime]:
    """(the range, if one was asked for; the instant). Raises RefusedError."""
    if start is None and end is None:
        return None, instant("--at", at) if at is not None else now.astimezone(UTC).replace(microsecond=0)
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


def with_changes(configuration: Configuration, database: str | None, now: datetime) -> Configuration:
    """The configuration with what was changed from chat laid over it, as a database has it; as it is without one.
    Raises UnreadableError."""
    if database is None:
        return configuration
    from desk.oncall.current import planned

    return _read(configuration, database, now, planned)


def known_beside(configuration: Configuration, database: str | None, now: datetime) -> Known | None:
    """By what everybody can be reached, as a database and this installation's settings have it; None without one.
    Raises UnreadableError."""
    if database is None:
        return None
    from desk.oncall.duty import known_of

    return _read(configuration, database, now, known_of)


def _read(configuration: Configuration, database: str, now: datetime, look: Callable[[Moment], Found]) -> Found:
    from sqlalchemy.exc import ArgumentError

    from desk.moment import Moment
    from handlers.further import further_ways
    from handlers.opening import OpeningError, existing_store
    from handlers.settings import DatabasePolicy, SettingsError, read_settings
    from store import workspaces

    try:
        settings = read_settings()
        name = settings.workspace
        known = replace(configuration, further_ways=further_ways(settings))
        store = existing_store(DatabasePolicy(url=database, workspace=name))
    except (ArgumentError, ModuleNotFoundError):
        raise RefusedError("--database is no URL of a database, such as sqlite:///var/livedesk.db") from None
    except (OpeningError, SettingsError) as failed:
        raise UnreadableError(str(failed)) from None
    try:
        workspace = store.read(lambda c: workspaces.find(c, name))
        if workspace is None:
            raise UnreadableError(f"the workspace {name!r} is not in that database; name it with LIVEDESK_WORKSPACE")
        number = workspace
        return store.read(lambda c: look(Moment(c, number, known, now, now)))
    finally:
        store.close()


def named(configuration: Configuration, name: str) -> Schedule:
    """A schedule of the file. Raises RefusedError, which names those there are."""
    if name not in configuration.schedules:
        known = ", ".join(configuration.schedules) or "none"
        raise RefusedError(f"there is no schedule {name!r} in this file; there are: {known}")
    return configuration.schedules[name]
