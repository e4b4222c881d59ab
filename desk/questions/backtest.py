"""`/live backtest [days] [sensitivity] [market]`: what would have come with other settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from desk.backtest.facts import Came, Period
from desk.backtest.flow import load, with_sensitivity
from desk.backtest.rules import Asked, Comparison, Row, Totals
from desk.configuration.model import Configuration
from desk.messages import Command, Heading, Message, Paragraph, Part, Table, Text
from desk.moment import Moment
from desk.questions.alerts import caution, market_meant, market_name, period_words, suggestions
from desk.questions.asking import Asker
from desk.words import Tongue, category_name

DAYS, MOST_DAYS = 7, 31
MOST_ROWS = 25  # shown in a chat; the command line shows them all
_DAYS, _SENSITIVITY = re.compile(r"\d{1,4}", re.ASCII), re.compile(r"\d{1,3}(?:[.,]\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Meant:
    days: int
    sensitivity: float | None = None
    market: str | None = None


def _meant(configuration: Configuration, text: str) -> _Meant | None:
    """What was asked; None where it cannot be told or is out of bounds."""
    words = text.split()
    days, sensitivity, market = DAYS, None, None
    if words and _DAYS.fullmatch(words[0]):
        days = int(words.pop(0))
    if words and _SENSITIVITY.fullmatch(words[0]):
        sensitivity = float(words.pop(0).replace(",", "."))
    if words:
        market = market_meant(configuration, " ".join(words))
        if market is None:
            return None
    is_wrong = not 0 < days <= MOST_DAYS or (sensitivity is not None and not 0 < sensitivity <= 100)
    return None if is_wrong else _Meant(days, sensitivity, market)


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """What can be said at once: that it is being worked on, or why not."""
    asked = _asked(moment, text)
    if asked is None:
        example = "/live backtest 7 1.4"
        return _message(
            t("Ask for up to {most} days, a sensitivity and a market", most=MOST_DAYS),
            (Paragraph((Text(t("For example:") + " "), Command(example))),),
            t("For longer, and with a whole file of settings: bot.py backtest."),
            asker,
            t,
        )
    shows = _shows(moment, asked)
    if not shows:
        return _message(_no_data(asked, t), (), "", asker, t)
    said = t(
        "Replaying the {period} (shows: {shows}); the answer follows here.",
        shows=shows,
        period=period_words(_days(asked), t),
    )
    return _message(said, (), t("A day of shows takes some seconds; ten minutes at most."), asker, t)


def longer(moment: Moment, text: str) -> Asked | None:
    """What is to be replayed for the second answer; None when the first one said all."""
    asked = _asked(moment, text)
    return asked if asked is not None and _shows(moment, asked) else None


def tell(configuration: Configuration, asked: Asked, found: Comparison, asker: Asker, t: Tongue) -> Message:
    """The second answer."""
    parts: list[Part] = [totals_table(found, t)]
    rows = [row_cells(configuration, row, found, asker, t) for row in _telling(found)[:MOST_ROWS]]
    if rows:
        parts.append(Heading(t("Alert by alert")))
        parts.append(Table(tuple(header(found, t)), tuple(tuple(one) for one in rows)))
        if len(found.rows) > MOST_ROWS:
            parts.append(Paragraph((Text(t("{n} more are left out.", n=len(found.rows) - MOST_ROWS), "muted"),)))
    if found.suggestions:
        parts.append(Heading(t("Suggested sensitivity")))
        parts += suggestions(configuration, found.suggestions, t)
    return _message(headline(asked, found, t), tuple(parts), caution(t), asker, t)


def headline(asked: Asked, found: Comparison, t: Tongue) -> str:
    """The finding in a sentence."""
    if found.then is None:
        values = {"days": _days(asked), "alerts": found.real.incidents, "paged": found.real.paged}
        return t("Last {days} days: {alerts} alerts, {paged} of them paged", **values)
    return t(
        "Alerts with these settings: {alerts} instead of {before} (noise avoided: {avoided}, useful lost: {lost})",
        alerts=found.then.incidents,
        before=found.now.incidents,
        avoided=found.noise_avoided,
        lost=found.useful_lost,
    )


def totals_table(found: Comparison, t: Tongue) -> Table:
    """What came really, in the replay under the settings in force, and under the others."""
    columns = [found.real, found.now, *([found.then] if found.then else [])]
    header = ["", t("Really"), t("In force"), *([t("These settings")] if found.then else [])]

    def line(name: str, values: Sequence[str]) -> tuple[str, ...]:
        return (name, *values)

    rows = [
        line(t("Alerts"), [str(one.incidents) for one in columns]),
        line(t("Paged somebody"), [str(one.paged) for one in columns]),
        line(t("Pages an hour of stream"), [_per_hour(one) for one in columns]),
        line(t("Marked noise"), [str(one.noise) for one in columns]),
        line(t("Marked useful"), [str(one.useful) for one in columns]),
    ]
    if found.later is not None:
        least, middle, most = found.later
        late = f"{middle:+.0f} s ({least:+.0f} … {most:+.0f})"
        rows.append(line(t("Later by (median)"), ["—", "—", late]))
    return Table(tuple(header), tuple(rows))


def header(found: Comparison, t: Tongue) -> list[str]:
    columns = [
        t("Alert"),
        t("When"),
        t("Market"),
        t("Category"),
        t("Severity"),
        t("Really"),
        t("Marked"),
        t("In force"),
    ]
    return columns + ([t("These settings")] if found.then else [])


def row_cells(configuration: Configuration, row: Row, found: Comparison, asker: Asker, t: Tongue) -> list[str]:
    first = row.first
    marked = {"useful": t("useful"), "noise": t("noise")}
    cells = [
        str(row.real.incident) if row.real else "—",
        t.day_time(first.opened_at, asker.zone),
        t.listed([market_name(configuration, market) for market in first.markets]),
        category_name(t, first.category),
        first.severity,
        t("yes") if row.real else t("no"),
        marked.get(row.real.mark or "", "—") if row.real else "—",
        _came(row.now, first, t),
    ]
    return cells + ([_came(row.then, first, t)] if found.then else [])


def _came(one: Came | None, first: Came, t: Tongue) -> str:
    """Whether it came, and what is different about it."""
    if one is None:
        return t("no")
    seconds = (one.opened_at - first.opened_at).total_seconds()
    different = ([f"{seconds:+.0f} s"] if seconds else []) + ([one.severity] if one.severity != first.severity else [])
    return " · ".join([t("yes"), *different])


def _telling(found: Comparison) -> list[Row]:
    """Those first in which the settings differ; the newest of each first."""

    def changed(row: Row) -> bool:
        before = row.real or row.now
        return found.then is not None and ((row.then is None) != (before is None))

    newest = sorted(found.rows, key=lambda row: row.first.opened_at, reverse=True)
    return sorted(newest, key=lambda row: not changed(row))


def _per_hour(one: Totals) -> str:
    return "—" if one.paged_per_hour is None else f"{one.paged_per_hour:.2f}"


def _asked(moment: Moment, text: str) -> Asked | None:
    meant = _meant(moment.configuration, text)
    if meant is None:
        return None
    period = Period(moment.now - timedelta(days=meant.days), moment.now, meant.market)
    settings = None
    if meant.sensitivity is not None:
        settings = with_sensitivity(moment.configuration, meant.market, meant.sensitivity)
    return Asked(period, settings)


def _shows(moment: Moment, asked: Asked) -> int:
    return len(load(moment.connection, moment.workspace, moment.configuration, asked.period).shows)


def _no_data(asked: Asked, t: Tongue) -> str:
    return t("Nothing was heard in the last {days} days: there is nothing to replay", days=_days(asked))


def _days(asked: Asked) -> int:
    return max(1, round((asked.period.end - asked.period.start) / timedelta(days=1)))


def _message(headline: str, parts: tuple[Part, ...], small: str, asker: Asker, t: Tongue) -> Message:
    return Message(
        "answer",
        headline,
        parts=parts,
        footer=(Text(small),) if small else (),
        locale=str(t.locale),
        zone=str(asker.zone),
    )
