"""`/oncall week [schedule]` and `/oncall me`: seven days, and my own shifts, on the reader's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.messages import Bullets, Command, Message, Paragraph, Part, PersonName, Span, Text, between
from desk.oncall.resolve import Row, final_schedule
from desk.oncall.walltime import utc
from desk.oncall.week import Shift, by_day, shifts_of
from desk.questions import charts
from desk.questions.asking import Asker
from desk.questions.plan_asked import hours, name_of, said, schedule_in, unknown_schedule
from desk.words import Tongue

WEEK = timedelta(days=7)
AHEAD = timedelta(days=28)  # of my own shifts
MOST_SHIFTS = 12
MOST_A_DAY = 8  # stretches of a day that are named


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    name, rest = schedule_in(configuration, text)
    if rest or not configuration.schedules:
        return unknown_schedule(configuration, rest, "/oncall week", asker, t)
    return told(configuration, name or _likely(configuration, asker), now, asker, t)


def told(configuration: Configuration, name: str, now: datetime, asker: Asker, t: Tongue) -> Message:
    """Seven days of a schedule from `now` on."""
    rows = final_schedule(configuration.schedules[name], now, utc(now) + WEEK)
    empty = sum((row.end - row.start for row in rows if row.person is None), timedelta())
    headline = (
        t("{schedule}: nobody for {hours} of the next seven days", schedule=name, hours=hours(t, empty))
        if empty
        else t("{schedule}: the next seven days have somebody at every hour", schedule=name)
    )
    others = [other for other in configuration.schedules if other != name]
    footer: list[Span] = [Text(t("Another schedule:") + " ")] if others else []
    for number, other in enumerate(others[:4]):
        footer += [Text(", "), Command(f"/oncall week {other}")] if number else [Command(f"/oncall week {other}")]
    return said(
        headline,
        days(rows, asker, t),
        asker,
        t,
        chart=charts.oncall(configuration, now, name, rows, asker, t),
        footer=tuple(footer),
    )


def days(rows: Sequence[Row], asker: Asker, t: Tongue) -> list[Part]:
    """A line a day on the reader's clock: `Mon 30 Mar: Ana 09:00–17:00, Olga 17:00–24:00`."""
    items = []
    for day in by_day(rows, asker.zone):
        first = day.stretches[0].start
        spans: list[Span] = [Text(t.day(first, asker.zone), "strong"), Text(" · ")]
        for number, stretch in enumerate(day.stretches[:MOST_A_DAY]):
            spans += [Text(", ")] if number else []
            spans.append(Text(t("nobody"), "strong") if stretch.person is None else PersonName(stretch.person))
            spans.append(Text(f" {t.time(stretch.start, asker.zone)}–{_closing(stretch.end, asker, t)}"))
        if len(day.stretches) > MOST_A_DAY:
            spans.append(Text(" " + t("and {n} more", n=len(day.stretches) - MOST_A_DAY)))
        items.append(tuple(spans))
    return [Bullets(tuple(items))] if items else []


def me(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    del text
    if asker.person is None:
        advice = Paragraph((Text(t("Add your member id to contacts: of a person in livedesk.yaml.")),))
        return said(t("I do not know you yet"), (advice,), asker, t)
    shifts = shifts_of(configuration.schedules, asker.person, now, utc(now) + AHEAD)
    return mine(configuration, asker.person, shifts, now, asker, t)


def mine(
    configuration: Configuration, person: str, shifts: Sequence[Shift], now: datetime, asker: Asker, t: Tongue
) -> Message:
    """A person's shifts, in words."""
    who = name_of(configuration, person)
    if not shifts:
        return said(t("{person} has no shift in that time", person=who), (), asker, t)
    total = sum((shift.end - shift.start for shift in shifts), timedelta())
    first = shifts[0]
    headline = (
        t("{person} is on call now, for {schedule}", person=who, schedule=first.schedule)
        if first.start <= utc(now) < first.end
        else t(
            "{person}: next shift {at}, {schedule}",
            person=who,
            at=t.day_time(first.start, asker.zone),
            schedule=first.schedule,
        )
    )
    items: list[tuple[Span, ...]] = [
        (
            *between(shift.start, shift.end),
            Text(f" · {shift.schedule} · {hours(t, shift.end - shift.start)}"),
        )
        for shift in shifts[:MOST_SHIFTS]
    ]
    parts: list[Part] = [Bullets(tuple(items))]
    if len(shifts) > MOST_SHIFTS:
        parts.append(Paragraph((Text(t("and {n} more", n=len(shifts) - MOST_SHIFTS)),)))
    return said(headline, parts, asker, t, footer=(Text(t("{hours} in all", hours=hours(t, total))),))


def _closing(at: datetime, asker: Asker, t: Tongue) -> str:
    """The end of a stretch; midnight is the end of its day and not the start of the next."""
    shown = t.time(at, asker.zone)
    return "24:00" if shown == "00:00" else shown


def _likely(configuration: Configuration, asker: Asker) -> str:
    """The schedule somebody means who names none: the first they take turns in, else the first of all."""
    for name, schedule in configuration.schedules.items():
        if any(asker.person in layer.rotation.members for layer in schedule.layers):
            return name
    return next(iter(configuration.schedules))
