"""What a question about the plan names: a schedule, an instant, a number of days; and what all answers share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from desk.configuration.model import Configuration
from desk.messages import Action, Bullets, ChartRef, Command, Message, Paragraph, Part, PersonName, Span, Text
from desk.oncall.walltime import EARLIEST, LATEST, first_instant, local, utc
from desk.questions.asking import Asker
from desk.words import Tongue

_DAYS = re.compile(r"(\d{1,3})\s*(?:d|days?|天)?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def schedule_in(configuration: Configuration, text: str) -> tuple[str | None, str]:
    """(the schedule that `text` begins with, by name or by the name's beginning; the rest of the text).

    >>> schedule_in(Configuration(schedules={"emea": None}), "EM 10:00")  # type: ignore[dict-item]
    ('emea', '10:00')
    """
    wanted = text.strip()
    folded = wanted.casefold()
    for name in sorted(configuration.schedules, key=len, reverse=True):
        if folded == name.casefold() or folded.startswith(name.casefold() + " "):
            return name, wanted[len(name) :].strip()
    word, _, rest = wanted.partition(" ")
    if word:
        for name in configuration.schedules:
            if name.casefold().startswith(word.casefold()):
                return name, rest.strip()
    return None, wanted


def instant_in(text: str, asker: Asker, now: datetime) -> datetime | None:
    """The instant that `text` is: ISO 8601 with an offset, or a date and time, or a time of today, on the asker's
    clock. None when it is none, or beyond the years that can be counted."""
    wanted = text.strip().removeprefix("at ").strip()
    found = _CLOCK.fullmatch(wanted)
    if found and int(found[1]) < 24 and int(found[2]) < 60:
        today = local(now, asker.zone).date()
        return first_instant(datetime.combine(today, time(int(found[1]), int(found[2]))), asker.zone)
    try:
        read = datetime.fromisoformat(wanted)
        at = utc(read) if read.tzinfo is not None else first_instant(read, asker.zone)
    except (ValueError, OverflowError):
        return None
    return at if EARLIEST <= at < LATEST else None


def days_in(text: str, default: int, most: int) -> int:
    """A number of days in `text`, between 1 and `most`; `default` when there is none."""
    found = _DAYS.search(text)
    return min(max(int(found[1]), 1), most) if found else default


def name_of(configuration: Configuration, person: str) -> str:
    known = configuration.people.get(person)
    return known.name if known else person


def names_of(configuration: Configuration, people: Sequence[str], t: Tongue) -> str:
    return t.listed([name_of(configuration, person) for person in people])


def people_spans(people: Sequence[str]) -> list[Span]:
    """People, with commas between them."""
    spans: list[Span] = []
    for person in people:
        spans += [Text(", "), PersonName(person)] if spans else [PersonName(person)]
    return spans


def hours(t: Tongue, length: timedelta) -> str:
    """A length in hours, or in minutes below one."""
    if length < timedelta(hours=1):
        return t("{n} min", n=t.number(length / timedelta(minutes=1)))
    return t("{n} h", n=t.number(length / timedelta(hours=1)))


def said(
    headline: str,
    parts: Sequence[Part],
    asker: Asker,
    t: Tongue,
    *,
    chart: ChartRef | None = None,
    footer: tuple[Span, ...] = (),
    actions: tuple[Action, ...] = (),
) -> Message:
    return Message(
        kind="answer",
        headline=headline,
        parts=tuple(parts),
        chart=chart,
        footer=footer,
        actions=actions,
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def unknown_schedule(configuration: Configuration, wanted: str, command: str, asker: Asker, t: Tongue) -> Message:
    """No such schedule: which there are, each as a command that can be typed."""
    if not configuration.schedules:
        advice = Paragraph((Text(t("Write one under schedules: in livedesk.yaml.")),))
        return said(t("Nobody is on call: there is no schedule"), (advice,), asker, t)
    items = tuple((Command(f"{command} {name}"),) for name in configuration.schedules)
    parts = (Paragraph((Text(t("These I know:")),)), Bullets(items))
    return said(t("I know no schedule called “{text}”", text=wanted[:60]), parts, asker, t)
