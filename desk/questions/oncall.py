"""`/oncall [who] [schedule or market]`: who is on call, until when, and who is next; questions about the plan are in
`plan.py`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from desk.configuration.model import Configuration, Market
from desk.disturbing import flow as disturbing
from desk.messages import Bullets, Command, Message, Paragraph, Part, PersonName, Span, Text, When, between
from desk.moment import Moment
from desk.oncall.current import current, planned
from desk.oncall.demand import cover
from desk.oncall.duty import coverage, next_after
from desk.oncall.resolve import final_schedule
from desk.questions import charts, plan, plan_week
from desk.questions.asking import Asker
from desk.words import Tongue

WEEK = timedelta(days=7)


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    if (about_the_plan := plan.answer(moment, text, asker, t)) is not None:
        return about_the_plan
    schedules = moment.configuration.schedules
    wanted = text.strip()
    if wanted not in schedules and wanted.casefold().split(" ")[0] in ("who", "now"):
        wanted = wanted.partition(" ")[2].strip()
    if not schedules:
        return _plain(
            t("Nobody is on call: there is no schedule"), t("Write one under schedules: in livedesk.yaml."), asker, t
        )
    if not wanted:
        return _all(moment, asker, t)
    market = _market(moment.configuration, wanted)
    named = _called(schedules, wanted) or (None if market else _beginning(schedules, wanted))
    if named is not None:
        return _one(moment, named, asker, t)
    return _covering(moment, market, asker, t) if market is not None else _unknown(moment, wanted, asker, t)


def _called(names: Iterable[str], wanted: str) -> str | None:
    return next((name for name in names if name.casefold() == wanted.casefold()), None)


def _beginning(names: Iterable[str], wanted: str) -> str | None:
    return next((name for name in names if name.casefold().startswith(wanted.casefold())), None)


def _market(configuration: Configuration, wanted: str) -> Market | None:
    """By its key or its name."""
    markets = configuration.markets.values()
    return next((one for one in markets if wanted.casefold() in (one.key.casefold(), one.name.casefold())), None)


def _covering(moment: Moment, market: Market, asker: Asker, t: Tongue) -> Message:
    """Who would be paged first for a market now."""
    its = cover(planned(moment), market.key, moment.now)
    if its.schedule is not None:
        return _one(moment, its.schedule, asker, t, market.name)
    names = [moment.configuration.people[person].name for person in its.people if person in moment.configuration.people]
    return _plain(
        t("{market} has no schedule: its policy names {people}", market=market.name, people=t.listed(names))
        if names
        else t("Nobody is on call for {market}: no routing rule leads to a schedule", market=market.name),
        t("What a page would do: /oncall route {market}", market=market.key),
        asker,
        t,
    )


def _all(moment: Moment, asker: Asker, t: Tongue) -> Message:
    items = [tuple(_line(moment, name, t)) for name in moment.configuration.schedules]
    people = [
        duty.person
        for name in moment.configuration.schedules
        for duty in coverage(moment, name, moment.now)
        if duty.person is not None
    ]
    names = [moment.configuration.people[person].name for person in dict.fromkeys(people)]
    headline = t("On call now: {people}", people=t.listed(names)) if names else t("Nobody is on call now")
    first = next(iter(moment.configuration.schedules))
    return Message(
        kind="answer",
        headline=headline,
        parts=(Bullets(tuple(items)), *_silent(moment, list(dict.fromkeys(people)), t)),
        footer=(Text(t("For the week of one schedule:") + " "), Command(f"/oncall {first}")),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _one(moment: Moment, name: str, asker: Asker, t: Tongue, market: str = "") -> Message:
    shown = f"{market} · {name}" if market else name
    now = coverage(moment, name, moment.now)
    rows = final_schedule(current(moment, name), moment.now, moment.now + WEEK)
    gaps = [row for row in rows if row.person is None]
    parts: list[Part] = [
        Paragraph(tuple(_line(moment, name, t))),
        Paragraph((Text(t("Why:") + " " + now[0].why, "muted"),)),
    ]
    for gap in gaps[:3]:
        parts.append(
            Paragraph(
                (
                    Text(t("Nobody from") + " ", "strong"),
                    *between(gap.start, gap.end),
                    Text(t(".")),
                )
            )
        )
    parts += _silent(moment, [one.person for one in now if one.person is not None], t)
    parts += plan_week.days(rows, asker, t)
    named = [moment.configuration.people[one.person].name for one in now if one.person is not None]
    headline = (
        t("{schedule}: {people} on call", schedule=shown, people=t.listed(named))
        if named
        else t("{schedule}: nobody is on call now", schedule=shown)
    )
    return Message(
        kind="answer",
        headline=headline,
        parts=tuple(parts),
        chart=charts.oncall(moment.configuration, moment.now, name, rows, asker, t),
        footer=(Text(t("Why this person:") + " "), Command(f"/oncall explain {name}")),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _silent(moment: Moment, people: list[str], t: Tongue) -> list[Part]:
    """Whose phone may stay silent, as their platform says."""
    found = disturbing.silent_until(moment, people)
    return [Paragraph((Text(disturbing.words(moment, person, until, t)),)) for person, until in found.items()]


def _line(moment: Moment, name: str, t: Tongue) -> list[Span]:
    spans: list[Span] = [Text(name, "strong"), Text(" · ")]
    duties = coverage(moment, name, moment.now)
    for number, duty in enumerate(duties):
        if number:
            spans.append(Text(", "))
        spans.append(PersonName(duty.person) if duty.person is not None else Text(t("nobody"), "strong"))
        if duty.until is not None:
            spans += [Text(" " + t("until") + " "), When(duty.until, "date_time")]
    following = next_after(moment, name, moment.now)
    if following is not None and following.person is not None:
        spans += [
            Text(" · " + t("next") + " "),
            PersonName(following.person),
        ]
        if duties[0].until != following.start:
            spans += [Text(" " + t("from") + " "), When(following.start, "date_time")]
    return spans


def _unknown(moment: Moment, wanted: str, asker: Asker, t: Tongue) -> Message:
    items = tuple((Command(f"/oncall {name}"),) for name in moment.configuration.schedules)
    return Message(
        kind="answer",
        headline=t("I know no schedule or market called “{text}”", text=wanted[:60]),
        parts=(Paragraph((Text(t("These I know:")),)), Bullets(items)),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _plain(headline: str, advice: str, asker: Asker, t: Tongue) -> Message:
    return Message(
        kind="answer",
        headline=headline,
        parts=(Paragraph((Text(advice),)),),
        locale=str(t.locale),
        zone=str(asker.zone),
    )
