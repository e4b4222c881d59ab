"""`/oncall fairness [schedule] [days]`: who carries how much, and what would even it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton

from desk.configuration.model import Configuration
from desk.messages import Bullets, ChartRef, Message, Part, Table, Text
from desk.oncall.fairness import Load, PageAt, Swap, fairness, suggestions
from desk.oncall.walltime import DAY, utc
from desk.questions.asking import Asker
from desk.questions.plan_asked import days_in, hours, name_of, said, schedule_in, unknown_schedule
from desk.words import Tongue

DAYS = 28
MOST_DAYS = 366
MOST_PEOPLE = 12


def answer(
    configuration: Configuration,
    text: str,
    asker: Asker,
    now: datetime,
    t: Tongue,
    pages: Sequence[PageAt] | None = None,
) -> Message:
    """Of the days ahead; with `pages`, of the days behind."""
    name, rest = schedule_in(configuration, text)
    if (rest and not any(letter.isdigit() for letter in rest)) or not configuration.schedules:
        return unknown_schedule(configuration, rest, "/oncall fairness", asker, t)
    length = days_in(rest, DAYS, MOST_DAYS) * DAY
    span = (utc(now) - length, utc(now)) if pages is not None else (utc(now), utc(now) + length)
    names = [name] if name else list(configuration.schedules)
    loads = fairness(configuration, names, *span, pages)
    swaps = [swap for one in names for swap in suggestions(configuration, one, utc(now), utc(now) + length)]
    return told(configuration, names, loads, swaps, span, asker, t)


def told(
    configuration: Configuration,
    names: Sequence[str],
    loads: Sequence[Load],
    swaps: Sequence[Swap],
    span: tuple[datetime, datetime],
    asker: Asker,
    t: Tongue,
) -> Message:
    period = f"{t.day(span[0], asker.zone)} – {t.day(span[1], asker.zone)}"
    held = [load for load in loads if load.hours] or list(loads)
    total = sum((load.hours for load in loads), timedelta())
    if not total:
        return said(t("Nobody is on call in that time"), (), asker, t)
    most = held[0]
    headline = t(
        "{person} carries {share} of {hours} on call",
        person=name_of(configuration, most.person),
        share=t.percent(most.hours / total),
        hours=hours(t, total),
    )
    parts: list[Part] = [Table(_header(loads, t), tuple(_row(configuration, load, t) for load in loads[:MOST_PEOPLE]))]
    if swaps:
        parts.append(Bullets(tuple((Text(words(configuration, swap, t)),) for swap in swaps)))
    small = t(
        "{schedules}, {period}; nights are 22–07 on each person's clock", schedules=t.listed(list(names)), period=period
    )
    drawn = chart(configuration, names, loads, span, asker, t)
    return said(headline, parts, asker, t, chart=drawn, footer=(Text(small),))


def words(configuration: Configuration, swap: Swap, t: Tongue) -> str:
    """`Ana has 3 of 4 weekends, Ben none: give Ben 14–16 March`."""
    giver, taker = name_of(configuration, swap.giver), name_of(configuration, swap.taker)
    if swap.kind == "nights":
        return t(
            "{schedule}: {giver} has {theirs} of {total} nights, {taker} {others}: a later hand-off or a night layer "
            "would share them",
            schedule=swap.schedule, giver=giver, theirs=swap.theirs, total=swap.total, taker=taker, others=swap.others,
        )  # fmt: skip
    said_ = t(
        "{schedule}: {giver} has {theirs} of {total} weekends, {taker} {others}",
        schedule=swap.schedule, giver=giver, theirs=swap.theirs, total=swap.total, taker=taker, others=swap.others,
    )  # fmt: skip
    if swap.saturday is None:
        return said_
    return said_ + t(": {taker} could take {days}", taker=taker, days=_weekend(swap.saturday, t))


def _weekend(saturday: date, t: Tongue) -> str:
    first, last = (format_skeleton("MMMd", day, locale=t.locale) for day in (saturday, saturday + DAY))
    return f"{first}–{last}"


def _header(loads: Sequence[Load], t: Tongue) -> tuple[str, ...]:
    known = (t("person"), t("hours"), t("nights"), t("weekends"), t("holiday hours"))
    return (*known, t("pages"), t("wake-ups")) if any(load.pages is not None for load in loads) else known


def _row(configuration: Configuration, load: Load, t: Tongue) -> tuple[str, ...]:
    hour = timedelta(hours=1)
    known = (
        name_of(configuration, load.person),
        t.number(load.hours / hour),
        t.number(load.nights),
        t.number(len(load.weekends)),
        t.number(load.holiday_hours / hour),
    )
    return (*known, str(load.pages), str(load.wake_ups)) if load.pages is not None else known


def chart(
    configuration: Configuration,
    names: Sequence[str],
    loads: Sequence[Load],
    span: tuple[datetime, datetime],
    asker: Asker,
    t: Tongue,
) -> ChartRef:
    hour = timedelta(hours=1)
    data = {
        "locale": str(t.locale),
        "zone": str(asker.zone),
        "schedule": names[0] if len(names) == 1 else t("all schedules"),
        "start": span[0].isoformat(),
        "end": span[1].isoformat(),
        "people": [
            {
                "person": name_of(configuration, load.person),
                "hours": load.hours / hour,
                "night": load.night_hours / hour,
                "nights": load.nights,
                "weekends": len(load.weekends),
                "wake_ups": load.wake_ups,
            }
            for load in loads
        ],
    }
    each = [
        t("{person} {hours} h", person=name_of(configuration, load.person), hours=t.number(load.hours / hour))
        for load in loads[:MOST_PEOPLE]
    ]
    return ChartRef("fairness", data, t("Hours on call: {list}.", list=t.listed(each)))
