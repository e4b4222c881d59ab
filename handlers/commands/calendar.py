"""`bot.py oncall calendar` and `export`: links to calendars, and a calendar as a file without a running bot."""

from __future__ import annotations

import getpass
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from desk.calendars.entries import Edition
from desk.calendars.flow import Feed, end_link, make_link
from desk.configuration.model import Configuration
from desk.moment import Moment
from handlers.calendars.links import address, new_secret
from handlers.calendars.writing import write
from handlers.commands.oncall_asked import SECTIONS, RefusedError, UnreadableError, named, span_of, with_changes
from handlers.configuration import ConfigurationError, load_file
from handlers.opening import OpeningError, open_store
from handlers.settings import Settings
from store import calendars, workspaces
from store.calendars import Kind, Link
from store.engine import Store

OK, FAILED, WRONG_INPUT = 0, 1, 2


def export(
    config: Path,
    schedule: str | None,
    person: str | None,
    start: str,
    end: str,
    now: datetime,
    database: str | None = None,
) -> int:
    """Write the calendar of a schedule, or of a person, to standard output. Times are ISO 8601 with an offset.

    Returns the exit code: 0, or 2 with the reason on stderr.
    """
    try:
        first, last = span_of(start, end)
        configuration = with_changes(load_file(config, sections=SECTIONS), database, now)
        kind, subject = _subject(configuration, schedule, person)
    except (ConfigurationError, RefusedError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return FAILED
    wanted = [subject] if kind == "schedule" else list(configuration.schedules)
    feed = Feed(
        title=subject if kind == "schedule" else configuration.people[subject].name,
        person=subject if kind == "person" else None,
        schedules=tuple(configuration.schedules[name] for name in wanted),
        names={key: one.name for key, one in configuration.people.items()},
        locale="en",
        edition=Edition(0, now),
        stamped_at=now,
        start=first,
        end=last,
    )
    sys.stdout.buffer.write(write(feed))
    return OK


def link(
    settings: Settings,
    schedule: str | None,
    person: str | None,
    *,
    revoke: bool,
    locale: str,
    as_json: bool,
    now: datetime,
) -> int:
    """Make a new link and print it, this once, or end the one there is (`revoke`)."""
    store = _opened(settings)
    if store is None:
        return FAILED
    try:
        configuration = load_file(settings.config, sections=SECTIONS)
        kind, subject = _subject(configuration, schedule, person, must_be_known=not revoke)
        workspace = store.write(lambda c: workspaces.ensure(c, settings.workspace, now))
        by = f"cli:{_user()}"
        if revoke:
            had = store.write(lambda c: end_link(Moment(c, workspace, configuration, now, now), kind, subject, by))
            told: dict[str, Any] = {kind: subject, "ended": had}
            print(json.dumps(told) if as_json else _ended(kind, subject, had))
            return OK
        secret = new_secret()
        had = store.write(
            lambda c: make_link(Moment(c, workspace, configuration, now, now), kind, subject, secret, locale, by)
        )
    except (ConfigurationError, RefusedError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    finally:
        store.close()
    url = address(settings.http().public_url, secret)
    if as_json:
        print(json.dumps({kind: subject, "url": url, "ended_another": had}))
        return OK
    print(url)
    if had:
        print(f"the link that {subject} had before no longer works", file=sys.stderr)
    if settings.public_url is None:
        print("set LIVEDESK_PUBLIC_URL for a link that works from other machines", file=sys.stderr)
    return OK


def list_links(settings: Settings, *, as_json: bool) -> int:
    """Print every link that was made: whose calendar, by whom, when, until when. None of them can be shown again."""
    store = _opened(settings)
    if store is None:
        return FAILED
    try:
        workspace = store.read(lambda c: workspaces.find(c, settings.workspace))
        links = store.read(lambda c: calendars.listed(c, workspace)) if workspace is not None else []
    finally:
        store.close()
    if as_json:
        print(json.dumps([_told(one) for one in links]))
        return OK
    if not links:
        print("no calendar has a link yet")
        return OK
    table = [("calendar", "made by", "made at (UTC)", "ended by", "ended at (UTC)")]
    for one in links:
        ended = (one.revoked_by or "", f"{one.revoked_at:%Y-%m-%d %H:%M}" if one.revoked_at else "")
        table.append((f"{one.kind} {one.subject}", one.made_by, f"{one.made_at:%Y-%m-%d %H:%M}", *ended))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return OK


def _subject(
    configuration: Configuration, schedule: str | None, person: str | None, *, must_be_known: bool = True
) -> tuple[Kind, str]:
    if (schedule is None) == (person is None):
        raise RefusedError("say whose calendar: --schedule NAME or --person NAME, one of them")
    if schedule is not None:
        return "schedule", named(configuration, schedule).name if must_be_known else schedule
    assert person is not None
    if must_be_known and person not in configuration.people:
        known = ", ".join(configuration.people) or "none"
        raise RefusedError(f"there is no person {person!r} in this file; there are: {known}")
    return "person", person


def _opened(settings: Settings) -> Store | None:
    try:
        return open_store(settings.database())
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return None


def _ended(kind: Kind, subject: str, had: bool) -> str:
    return f"the link of {kind} {subject} has ended" if had else f"{kind} {subject} has no link"


def _told(one: Link) -> dict[str, Any]:
    at = {name: getattr(one, name) for name in ("made_at", "revoked_at")}
    times = {name: value.isoformat() if value else None for name, value in at.items()}
    return {one.kind: one.subject, "locale": one.locale, "made_by": one.made_by, "revoked_by": one.revoked_by, **times}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return "unknown"
