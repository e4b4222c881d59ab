"""`bot.py oncall who`: who is on call, from a configuration file alone."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration
from desk.oncall.model import Schedule
from desk.oncall.resolve import Answer, Row, final_schedule
from desk.oncall.resolve import who as resolve
from handlers.commands.oncall_asked import SECTIONS, RefusedError, UnreadableError, asked, named, with_changes
from handlers.configuration import ConfigurationError, load_file

OK, FAILED, WRONG_INPUT = 0, 1, 2


def who(
    config: Path,
    schedule: str,
    at: str | None,
    start: str | None,
    end: str | None,
    as_json: bool,
    now: datetime,
    database: str | None = None,
) -> int:
    """Print who is on call at an instant (`at`, or `now`), or the final schedule from `start` to `end`, as a small
    table or as the JSON of design.md §2.5. Times are ISO 8601 with an offset. The file alone answers, unless a
    `database` (its URL) is named.

    Returns the exit code: 0, or 2 with the reason on stderr when the file or the question is wrong.
    """
    try:
        span, instant = asked(at, start, end, now)
        configuration = with_changes(load_file(config, sections=SECTIONS), database, now)
        plan = named(configuration, schedule)
    except (ConfigurationError, RefusedError) as error:
        print(error, file=sys.stderr)
        return WRONG_INPUT
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return FAILED
    if span:
        rows = final_schedule(plan, *span)
        print(_dumped([_row(row) for row in rows]) if as_json else _rows_table(plan, configuration, rows))
    else:
        answer = resolve(plan, instant)
        print(
            _dumped(_answer(schedule, instant, answer))
            if as_json
            else _answer_table(plan, configuration, instant, answer)
        )
    return OK


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _answer(schedule: str, at: datetime, answer: Answer) -> dict[str, Any]:
    oncall = [{"person": person, "until": iso(until) if until else None} for person, until in answer.oncall]
    return {"schedule": schedule, "at": iso(at), "oncall": oncall, "why": answer.why}


def _row(row: Row) -> dict[str, str | None]:
    return {"start": iso(row.start), "end": iso(row.end), "person": row.person}


def iso(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _dumped(value: object) -> str:
    return json.dumps(value)  # ASCII alone, which survives any console


# ── for people ───────────────────────────────────────────────────────────────────────────────────────────────────


def _answer_table(schedule: Schedule, configuration: Configuration, at: datetime, answer: Answer) -> str:
    lines = [f"{schedule.name} at {local_time(at, schedule.zone)} {schedule.zone.key} ({_plain_utc(at)} UTC)"]
    if answer.oncall:
        table = [("on call", "until", "until (UTC)")]
        for person, until in answer.oncall:
            times = (local_time(until, schedule.zone), _plain_utc(until)) if until else ("for more than a year", "")
            table.append((_name(configuration, person), *times))
        lines += aligned(table)
    else:
        lines.append("nobody is on call")
    return "\n".join([*lines, f"why: {answer.why}"])


def _rows_table(schedule: Schedule, configuration: Configuration, rows: Sequence[Row]) -> str:
    table = [(f"from ({schedule.zone.key})", "to", "on call", "from (UTC)", "to (UTC)")]
    for row in rows:
        local = local_time(row.start, schedule.zone), local_time(row.end, schedule.zone)
        person = _name(configuration, row.person) if row.person else "nobody"
        table.append((*local, person, _plain_utc(row.start), _plain_utc(row.end)))
    return "\n".join(aligned(table))


def _name(configuration: Configuration, person: str) -> str:
    known = configuration.people.get(person)
    return f"{known.name} ({person})" if known and known.name != person else person


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """With the offset, for in the hour that comes twice the time alone says too little."""
    try:
        here = at.astimezone(zone)
    except OverflowError:  # within hours of the calendar's end
        return _plain_utc(at)
    offset = f"{here:%z}"
    return f"{here:%a} {_to_the_second(here)} {offset[:3]}:{offset[3:5]}"


def _plain_utc(at: datetime) -> str:
    return _to_the_second(at.astimezone(UTC))


def _to_the_second(at: datetime) -> str:
    """`2026-03-29 09:00`, with seconds only where there are any."""
    return at.replace(tzinfo=None).isoformat(" ", "auto" if at.second or at.microsecond else "minutes")


def aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    """Columns of a terminal: Chinese, Japanese and Korean letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
