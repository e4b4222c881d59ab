"""`/oncall explain [schedule] [time]`: why this person, with every layer that was asked."""

from __future__ import annotations

from datetime import datetime

from desk.configuration.model import Configuration
from desk.messages import Bullets, Heading, Message, Paragraph, Part, PersonName, Span, Text, When
from desk.oncall.away import last_day
from desk.oncall.explain import Explanation, Look, explain
from desk.questions.asking import Asker
from desk.questions.plan_asked import instant_in, names_of, said, schedule_in, unknown_schedule
from desk.words import Tongue


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    name, rest = schedule_in(configuration, text)
    at = now
    if rest:
        asked = instant_in(rest, asker, now)
        if asked is None and name is not None:
            advice = Paragraph((Text(t("Write 21:00 for today, or 2026-03-29 21:00.")),))
            return said(t("I cannot read “{text}” as a time", text=rest[:60]), (advice,), asker, t)
        if asked is None:
            return unknown_schedule(configuration, rest, "/oncall explain", asker, t)
        at = asked
    if not configuration.schedules:
        return unknown_schedule(configuration, "", "/oncall explain", asker, t)
    names = [name] if name else list(configuration.schedules)
    return told(configuration, [explain(configuration.schedules[one], at) for one in names], asker, t)


def told(configuration: Configuration, found: list[Explanation], asker: Asker, t: Tongue) -> Message:
    """One explanation or several, in words."""
    parts: list[Part] = []
    for one in found:
        if len(found) > 1:
            parts.append(Heading(one.schedule))
        parts += [
            Paragraph(tuple(_on_call(one, t))),
            Bullets(tuple(tuple(_look(look, asker, t)) for look in one.looks)),
        ]
        if not one.looks:
            parts[-1] = Paragraph((Text(t("The schedule has no layers.")),))
    if len(found) > 1:
        return said(t("Why who is on call"), parts, asker, t)
    people = [person for person, _ in found[0].oncall]
    headline = (
        t("{schedule}: why {people}", schedule=found[0].schedule, people=names_of(configuration, people, t))
        if people
        else t("{schedule}: why nobody", schedule=found[0].schedule)
    )
    return said(headline, parts, asker, t)


def _on_call(one: Explanation, t: Tongue) -> list[Span]:
    spans: list[Span] = [When(one.at, "date_time"), Text(": ")]
    for number, (person, until) in enumerate(one.oncall):
        spans += [Text(", "), PersonName(person)] if number else [PersonName(person)]
        if until is not None:
            spans += [Text(" " + t("until") + " "), When(until, "date_time")]
    return spans if one.oncall else [*spans, Text(t("nobody"), "strong")]


def _look(look: Look, asker: Asker, t: Tongue) -> list[Span]:
    """`Berlin days · week 14 · Ana decides · Wei skipped: public holiday`."""
    if not look.layer:
        spans: list[Span] = [Text(t("override"), "strong"), Text(" · ")]
        spans.append(PersonName(look.person) if look.person else Text(t("nobody, on purpose")))
        if look.instead_of is not None:
            spans += [Text(" " + t("instead of") + " "), PersonName(look.instead_of)]
        if look.until is not None:
            spans += [Text(" " + t("until") + " "), When(look.until, "date_time")]
        if look.skipped:  # an override stands against leave, and says so
            spans.append(Text(" · " + t("although away") + " ("))
            spans += [*_absence(look, 0, asker, t), Text(")")]
        return spans
    spans = [Text(t("layer {name}", name=look.layer), "strong"), Text(" · ")]
    if look.turn:
        turn = t("week {n}", n=look.turn) if look.weekly else t("turn {n}", n=look.turn)
        spans.append(Text(turn + " · "))
    spans += _verdict(look, t)
    for number, skipped in enumerate(look.skipped):
        spans += [
            Text(" · "),
            PersonName(skipped.person),
            Text(" " + t("skipped:") + " "),
            *_absence(look, number, asker, t),
        ]
    return spans


def _verdict(look: Look, t: Tongue) -> list[Span]:
    if look.verdict == "away":
        return [Text(t("nobody is available"))]
    if look.verdict == "outside":
        return [Text(t("outside its hours"))]
    if look.verdict == "not_yet" and look.since is not None:
        return [Text(t("begins") + " "), When(look.since, "date_time")]
    if look.verdict == "over" and look.since is not None:
        return [Text(t("ended") + " "), When(look.since, "date_time")]
    words = {
        "decides": t("decides"),
        "overruled": t("not asked, something above decided"),
        "replaced": t("replaced by an override"),
        "same": t("on call already through something above"),
    }
    person: list[Span] = [PersonName(look.person), Text(", ")] if look.person else []
    return [*person, Text(words.get(look.verdict, ""))]


def _absence(look: Look, number: int, asker: Asker, t: Tongue) -> list[Span]:
    absence = look.skipped[number].absence
    if absence.holiday:
        return [Text(t("public holiday, {name}", name=absence.holiday))]
    if last_day(absence.end, asker.zone) is None:
        return [Text(t("on leave until") + " "), When(absence.end, "date_time")]
    return [Text(t("on leave until the end of {day}", day=t.day(absence.end - datetime.resolution, asker.zone)))]
