"""`bot.py oncall import`: leave and shifts from somebody's calendar, shown before they are taken."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.oncall.away import last_day
from desk.oncall.model import Schedule
from handlers.commands.oncall import aligned, iso, local_time
from handlers.commands.oncall_asked import SECTIONS, RefusedError, instant, named
from handlers.configuration import ConfigurationError, load_file
from handlers.configuration.schedules import members_of

OK, WRONG_INPUT = 0, 2
HORIZON = timedelta(days=366)
_WITHOUT_END = "it recurs without end; say with --to until when it is to be taken"


@dataclass(frozen=True, slots=True)
class Asked:
    """`source` None is standard input. `start` and `end` are ISO 8601 with an offset; now, and a year from `start`,
    unless something recurs without end."""

    source: Path | None
    config: Path
    into: Literal["leave", "overrides"]
    person: str | None
    schedule: str | None
    start: str | None
    end: str | None
    write: Path | None
    as_json: bool


def run(asked: Asked, stdin: BinaryIO, now: datetime) -> int:
    """Show what a calendar would give, and the YAML to paste; with `write`, add it to that file.

    Returns the exit code: 0, or 2 with the reasons on stderr; then nothing was taken.
    """
    # Reading with icalendar takes a second to import; `bot.py --help` does without.
    from handlers.calendars.pasting import NotWrittenError, add_to_file, to_paste
    from handlers.calendars.problems import CalendarError

    try:
        start = instant("--from", asked.start) if asked.start else now.astimezone(UTC).replace(microsecond=0)
        end = instant("--to", asked.end) if asked.end else start + HORIZON
        if start >= end:
            raise RefusedError("--from is not before --to")
        configuration = load_file(asked.config, sections=SECTIONS)
        outcomes = _outcomes(asked, configuration, _bytes(asked.source, stdin), start, end)
    except (ConfigurationError, RefusedError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except CalendarError as error:
        name = asked.source or "standard input"
        for reason in error.reasons:
            print(f"{name}: {reason}", file=sys.stderr)
        return WRONG_INPUT
    additions = [one.addition for one in outcomes if one.addition.entries]
    refused = ""
    if asked.write and additions:
        try:
            add_to_file(asked.write, additions)
        except NotWrittenError as error:
            refused = f"{asked.write} was left as it is: {error}"
    written = asked.write is not None and not refused
    if asked.as_json:
        print(_json(asked, outcomes, start, end, written, to_paste(additions) if additions else ""))
    else:
        _show(asked, outcomes, written)
        if additions and not written:
            print(to_paste(additions))
    if refused:
        print(f"{refused}\nadd the lines above by hand", file=sys.stderr)
        return WRONG_INPUT
    return OK


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Of one schedule: what is new (`addition`), how much its file has already, what was left out or must be known."""

    addition: Any  # handlers.calendars.pasting.Addition, imported late
    already: int
    left_out: Sequence[Any]
    notes: Sequence[str]


def _bytes(source: Path | None, stdin: BinaryIO) -> bytes:
    from handlers.calendars.reading import LARGEST

    # One byte more than is taken tells the reader that there is more.
    if source is None:
        return stdin.read(LARGEST + 1)
    try:
        with source.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise RefusedError(f"{source} cannot be opened: {error.strerror or error}") from None


def _outcomes(asked: Asked, configuration: Configuration, raw: bytes, start: datetime, end: datetime) -> list[_Outcome]:
    from handlers.calendars import taking
    from handlers.calendars.pasting import Addition
    from handlers.calendars.problems import CalendarError
    from handlers.calendars.reading import read

    person = asked.person
    if person is not None and person not in configuration.people:
        raise RefusedError(f"there is no person {person!r} in this file; there are: {', '.join(configuration.people)}")
    schedules = _schedules(asked, configuration)
    calendar = read(raw)
    outcomes = []
    for schedule in schedules:
        if asked.into == "leave":
            assert person is not None
            found = taking.leave(calendar, person, _home(configuration, schedule, person), start, end)
        else:
            found = taking.overrides(
                calendar,
                schedule.name,
                lambda one: person or taking.by_mail(configuration.people, one),
                lambda who, schedule=schedule: _home(configuration, schedule, who),  # type: ignore[misc]
                start,
                end,
            )
        if found.endless and asked.end is None:
            raise CalendarError(f"{named}: {_WITHOUT_END}" for named in found.endless)
        there = {(one.person, one.start, one.end) for one in getattr(schedule, asked.into)}
        new = tuple(one for one in found.taken if (one.person, one.start, one.end) not in there)
        addition = Addition(schedule.name, asked.into, schedule.zone, new)
        outcomes.append(_Outcome(addition, len(found.taken) - len(new), found.left_out, found.notes))
    return outcomes


def _schedules(asked: Asked, configuration: Configuration) -> list[Schedule]:
    """Leave without a schedule is for every one in which the person takes turns."""
    if asked.schedule is not None:
        schedules = [named(configuration, asked.schedule)]
    elif asked.into == "overrides":
        raise RefusedError("overrides belong to a schedule: say --schedule NAME")
    else:
        schedules = [one for one in configuration.schedules.values() if asked.person in members_of(one)]
    if asked.into == "leave" and asked.person is None:
        raise RefusedError("leave is somebody's: say --person NAME")
    if not schedules:
        raise RefusedError(f"{asked.person} takes turns in no schedule of this file; say --schedule NAME")
    return schedules


def _home(configuration: Configuration, schedule: Schedule, person: str | None) -> ZoneInfo:
    """Where the file does not say where somebody lives, the schedule's zone is the best guess."""
    if person is None:
        return schedule.zone
    own = configuration.people[person].zone
    return schedule.zones.get(person, schedule.zone if own.key == "UTC" else own)


# ── told ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _show(asked: Asked, outcomes: Sequence[_Outcome], written: bool) -> None:
    for one in outcomes:
        addition = one.addition
        count = len(addition.entries)
        said = f"{count} {'entry' if count == 1 else 'entries'} of {asked.into} for {addition.schedule}"
        print((f"{said}, added to {asked.write}" if written and count else said) + _already(one))
        if count:
            table = [(f"from ({addition.zone.key})", "to", "person", "event")]
            for entry in addition.entries:
                times = local_time(entry.start, addition.zone), _until(entry.end, asked, addition.zone)
                table.append((*times, entry.person or "nobody", f"line {entry.line} {entry.summary}".rstrip()))
            print("\n".join(aligned(table)))
        for note in one.notes:
            print(f"note: {note}")
        for left in one.left_out:
            print(f"left out: {left.named}: {left.why}")


def _until(end: datetime, asked: Asked, zone: ZoneInfo) -> str:
    """Who is away thinks in days."""
    day = last_day(end, zone) if asked.into == "leave" else None
    return f"{day:%a %Y-%m-%d} (whole day)" if day is not None else local_time(end, zone)


def _already(one: _Outcome) -> str:
    return f" ({one.already} more are there already)" if one.already else ""


def _json(
    asked: Asked, outcomes: Sequence[_Outcome], start: datetime, end: datetime, written: bool, pasted: str
) -> str:
    schedules = {
        one.addition.schedule: {
            "taken": [
                {
                    **{"person": entry.person, "start": iso(entry.start), "end": iso(entry.end)},
                    **{"summary": entry.summary, "uid": entry.uid, "line": entry.line},
                }
                for entry in one.addition.entries
            ],
            "already_there": one.already,
            "left_out": [{"event": left.named, "why": left.why} for left in one.left_out],
            "notes": list(one.notes),
        }
        for one in outcomes
    }
    told = {"as": asked.into, "from": iso(start), "to": iso(end), "schedules": schedules, "yaml": pasted}
    return json.dumps({**told, "written": str(asked.write) if written else None})
