"""`bot.py backtest`: which alerts would have come under a file's settings, and how noisy those that came were."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from desk.backtest.facts import Came, Period
from desk.backtest.flow import run
from desk.backtest.rules import Asked, Comparison, Row, Totals
from desk.backtest.suggestion import Suggestion
from desk.configuration.model import Configuration
from desk.marks import flow as marks
from desk.marks.rules import Rate, rates
from desk.messages import Bullets, plain
from desk.moment import Moment
from desk.questions import alerts as alerts_question
from desk.questions import backtest as question
from desk.questions.asking import Asker
from desk.words import Tongue, tongue
from handlers.configuration import ConfigurationError, load_file
from handlers.configuration.problems import did_you_mean
from handlers.opening import OpeningError, existing_store, stored_configuration
from handlers.settings import DatabasePolicy
from handlers.wording import aligned
from store import workspaces
from store.engine import Store

OK, FAILED, WRONG = 0, 1, 2
LONGEST = timedelta(days=366)  # of a period: a replay takes seconds a day of shows
_TELL_EVERY = 5.0  # seconds between two lines of progress


@dataclass(frozen=True, slots=True)
class Flags:
    """As typed: instants in ISO 8601 with an offset; `database` is a URL instead of the settings'."""

    config: Path | None
    start: str
    end: str
    market: str | None = None
    database: str | None = None
    as_json: bool = False


class _WrongError(Exception):
    """What was asked cannot be answered; the text says what to ask instead."""


def backtest(database: DatabasePolicy, flags: Flags, settle: timedelta, out: TextIO = sys.stdout) -> int:
    """Print what the settings of a file would have made of a period, beside those in force (the newest configuration
    that the bot loaded) and what really happened.

    Returns the exit code: 0; 2 when the file or the question is wrong; 1 when the database cannot be read. Nothing is
    written to it.
    """
    try:
        period = _period(flags)
        settings = load_file(flags.config) if flags.config else None
    except (ConfigurationError, _WrongError) as wrong:
        print(wrong, file=sys.stderr)
        return WRONG
    policy = replace(database, url=flags.database) if flags.database else database
    try:
        store = existing_store(policy)
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return FAILED
    except Exception as wrong:
        # SQLAlchemy's own words about a URL it cannot read may quote the password in it.
        if flags.database is None:
            raise
        print(f"--database is no URL of a database that can be used ({type(wrong).__name__})", file=sys.stderr)
        return WRONG
    try:
        workspace = store.read(lambda c: workspaces.find(c, policy.workspace))
        in_force = (stored_configuration(store, workspace) if workspace is not None else None) or settings
        _check_market(flags.market, in_force, settings)
        if workspace is None or in_force is None:
            return _nothing(flags, period, out)
        began = time.monotonic()
        found = run(store, workspace, in_force, Asked(period, settings), settle, _progress(sys.stderr))
        noise = _rates(store, workspace, in_force, period)
        seconds = time.monotonic() - began
    except _WrongError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG
    finally:
        store.close()
    if not found.shows:
        return _nothing(flags, period, out)
    if flags.as_json:
        print(json.dumps(_as_object(found, noise, period, seconds), ensure_ascii=False), file=out)
    else:
        for line in _lines(found, noise, flags, period, in_force, seconds):
            print(line, file=out)
    return OK


# ── the question ─────────────────────────────────────────────────────────────────────────────────────────────────


def _period(flags: Flags) -> Period:
    start, end = _instant("--from", flags.start), _instant("--to", flags.end)
    if start >= end:
        raise _WrongError(f"--from {flags.start} is not before --to {flags.end}")
    if end - start > LONGEST:
        raise _WrongError(f"from {flags.start} to {flags.end} are more than {LONGEST.days} days: ask for fewer")
    return Period(start, end, flags.market)


def _instant(option: str, text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return read.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _WrongError(f"{option} {text!r} is no time with an offset; write one such as 2026-03-29T09:00:00+02:00")


def _check_market(market: str | None, *configurations: Configuration | None) -> None:
    known = sorted({key for one in configurations if one for key in one.markets})
    if market is not None and market not in known:
        hint = did_you_mean(market, known) or f"; there are {', '.join(known) or 'none in the file'}"
        raise _WrongError(f"--market: there is no market {market!r}{hint}")


def _progress(stream: TextIO) -> Callable[[int, int], None]:
    """A line every few seconds."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _TELL_EVERY:
            told = now
            print(f"{done:,} of {total:,} shows replayed", file=stream)

    return tell


def _rates(store: Store, workspace: int, configuration: Configuration, period: Period) -> list[Rate]:
    found = store.read(
        lambda c: marks.alerts(Moment(c, workspace, configuration, period.end, period.end), period.start, period.end)
    )
    return rates(found, period.market)


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def _nothing(flags: Flags, period: Period, out: TextIO) -> int:
    said = f"nothing was heard from {period.start:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC: nothing to replay"
    if flags.as_json:
        said = json.dumps({**_span(period), "shows": 0, "alerts": [], "why": said})
    print(said, file=out)
    return OK


def _lines(
    found: Comparison, noise: list[Rate], flags: Flags, period: Period, configuration: Configuration, seconds: float
) -> Iterator[str]:
    t, asker = tongue("en"), Asker(None, ZoneInfo("UTC"), "en", None)
    where = f" in {flags.market}" if flags.market else ""
    span = f"from {period.start:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} UTC"
    yield f"{found.shows:,} shows{where}, {found.stream_hours:,.1f} hours of stream, {span}"
    tried = f"tried {flags.config}, against " if flags.config else ""
    in_force = f"version {configuration.version} of the configuration, in force"
    yield f"{tried}{in_force}; nothing was written ({seconds:.1f} s)"
    yield ""
    totals = question.totals_table(found, t)
    yield from aligned(totals.header, totals.rows)
    if found.then is not None:
        yield ""
        yield f"noise avoided: {found.noise_avoided}, useful lost: {found.useful_lost}"
    if found.rows:
        yield ""
        rows = [question.row_cells(configuration, row, found, asker, t) for row in found.rows]
        yield from aligned(question.header(found, t), rows)
    yield ""
    yield from _noise_lines(configuration, noise, t)
    if found.suggestions:
        yield ""
        yield from _suggestion_lines(configuration, found, t)


def _noise_lines(configuration: Configuration, noise: list[Rate], t: Tongue) -> Iterator[str]:
    if not any(one.marked for one in noise):
        yield "no alert was marked useful or noise"
        return
    table = alerts_question.rates_table(configuration, noise, t)
    yield from aligned(table.header, table.rows)


def _suggestion_lines(configuration: Configuration, found: Comparison, t: Tongue) -> Iterator[str]:
    for part in alerts_question.suggestions(configuration, found.suggestions, t):
        if isinstance(part, Bullets):
            yield from (plain(item, {}) for item in part.items)


def _span(period: Period) -> dict[str, Any]:
    return {"from": period.start.isoformat(), "to": period.end.isoformat(), "market": period.market}


def _as_object(found: Comparison, noise: list[Rate], period: Period, seconds: float) -> dict[str, Any]:
    tried = found.then is not None
    return {
        **_span(period),
        "shows": found.shows,
        "stream_hours": round(found.stream_hours, 4),
        "seconds": round(seconds, 3),
        "totals": {
            "really": _totals(found.real),
            "in_force": _totals(found.now),
            "tried": _totals(found.then) if found.then else None,
        },
        "noise_avoided": found.noise_avoided if tried else None,
        "useful_lost": found.useful_lost if tried else None,
        "alerts": [_row(row) for row in found.rows],
        "noise_rates": [_rate(one) for one in noise],
        "suggestions": [_suggestion(one) for one in found.suggestions],
    }


def _totals(one: Totals) -> dict[str, Any]:
    return {
        "alerts": one.incidents,
        "paged": one.paged,
        "paged_per_stream_hour": None if one.paged_per_hour is None else round(one.paged_per_hour, 4),
        "noise": one.noise,
        "useful": one.useful,
    }


def _row(row: Row) -> dict[str, Any]:
    def came(one: Came | None) -> dict[str, Any] | None:
        if one is None:
            return None
        return {
            "opened_at": one.opened_at.isoformat(),
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "severity": one.severity,
            "markets": list(one.markets),
            "paged": one.paged,
        }

    return {
        "incident": row.real.incident if row.real else None,
        "show": row.first.show,
        "category": row.first.category,
        "mark": row.real.mark if row.real else None,
        "really": came(row.real),
        "in_force": came(row.now),
        "tried": came(row.then),
        "later_seconds": row.later.total_seconds() if row.later is not None else None,
    }


def _rate(one: Rate) -> dict[str, Any]:
    low, high = one.interval if one.marked else (None, None)
    return {
        "market": one.market,
        "category": one.category or None,
        "alerts": one.alerts,
        "useful": one.useful,
        "noise": one.noise,
        "noise_rate": one.share if one.marked else None,
        "low": low,
        "high": high,
    }


def _suggestion(one: Suggestion) -> dict[str, Any]:
    return {
        "market": one.market,
        "current": one.current,
        "alerts": one.alerts,
        "noise": one.noise,
        "useful": one.useful,
        "sensitivity": one.sensitivity,
        "avoided": one.avoided,
        "later_seconds": one.later,
        "line": one.line,
    }
