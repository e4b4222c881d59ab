"""What every change from chat shares: whom it names, who may not, and how its outcome is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.forms import Refused
from desk.messages import Action, Bullets, Command, Message, Paragraph, Part, Span, Text, between
from desk.oncall.altered import Altered
from desk.oncall.away import last_day
from desk.oncall.changing import Done
from desk.oncall.model import Schedule
from desk.oncall.roles import Refusal
from desk.oncall.walltime import utc
from desk.questions.asking import Asker
from desk.questions.plan_asked import name_of, names_of, people_spans, said
from desk.words import Tongue

UNDO = "undo"
NOBODY = "nobody"
MOST_SHOWN = 8
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_NOBODY_WORDS = frozenset((NOBODY, "none", "null", "无人"))
_ME_WORDS = frozenset(("me", "myself", "我"))


@dataclass(frozen=True, slots=True)
class Named:
    """A person that was named; `person` None is nobody, on purpose."""

    person: str | None


def number(text: str) -> int:
    """The number in a button's reference; ValueError when it is none that a database could have."""
    if not text.isdecimal() or len(text) > 15:
        raise ValueError(text)
    return int(text)


def stranger(asker: Asker, t: Tongue) -> Message:
    """For somebody whom the file does not know: how they get into it."""
    return said(t("I don't know you, so nothing was changed"), (how_to_be_known(asker, t),), asker, t)


def how_to_be_known(asker: Asker, t: Tongue) -> Paragraph:
    platform, contact = asker.contact
    line = f"contacts: {{{platform}: {contact}}}" if contact else "contacts:"
    advice = t("Ask an admin to add this to you under people: in livedesk.yaml:")
    return Paragraph((Text(advice + " "), Text(line, "code")))


def unknown_asker(t: Tongue) -> Refused:
    """The same for a form, which was opened when the file knew them."""
    return Refused({"": t("I don't know you, so nothing was changed")})


def person_in(configuration: Configuration, text: str, asker: Asker) -> tuple[Named | None, str]:
    """(whom the text begins with: a mention, a key, a name or the beginning of just one; the rest of the text)."""
    words = text.split()
    if not words:
        return None, ""
    first, rest = words[0].lstrip("@").casefold(), " ".join(words[1:])
    if first in _NOBODY_WORDS:
        return Named(None), rest
    if first in _ME_WORDS and asker.person is not None:
        return Named(asker.person), rest
    if mention := _MENTION.fullmatch(words[0]):
        found = [key for key, one in configuration.people.items() if mention[1] in one.contacts.values()]
        return (Named(found[0]), rest) if found else (None, text)
    for count in range(len(words), 0, -1):
        wanted = " ".join(words[:count]).lstrip("@").casefold()
        for key, one in configuration.people.items():
            if wanted in (key.casefold(), one.name.casefold()):
                return Named(key), " ".join(words[count:])
    begin = [
        key
        for key, one in configuration.people.items()
        if key.casefold().startswith(first) or one.name.casefold().startswith(first)
    ]
    return (Named(begin[0]), rest) if len(begin) == 1 else (None, text)


def unknown_person(configuration: Configuration, text: str, asker: Asker, t: Tongue) -> Message:
    word = text.split()[0] if text.split() else text
    people = list(configuration.people)
    names = names_of(configuration, people[:MOST_SHOWN], t)
    if len(people) > MOST_SHOWN:
        names += " " + t("and {n} more", n=len(people) - MOST_SHOWN)
    advice = Paragraph((Text(t("I know these people: {names}", names=names)),))
    return said(t("I know nobody called “{text}”; nothing was changed", text=word[:40]), (advice,), asker, t)


def why_not(configuration: Configuration, refusal: Refusal, about: str, t: Tongue) -> str:
    """A refusal in a sentence that says who may. `about` is a schedule, or whose leave it is."""
    if refusal.leads:
        leads = names_of(configuration, refusal.leads, t)
        if refusal.why == "viewer":
            return t("You are a viewer, who changes nothing. {leads} may do it.", leads=leads)
        return t("For others only a lead of {about} may: {leads}.", about=about, leads=leads)
    if refusal.why == "viewer":
        return t("You are a viewer, who changes nothing; an admin can make you a member in livedesk.yaml.")
    return t("For others only a lead of {about} may, and nobody is one: add leads: to a team.", about=about)


def refused(text: str, asker: Asker, t: Tongue) -> Message:
    return said(t("Nothing was changed"), (Paragraph((Text(text),)),), asker, t)


def how(headline: str, examples: Sequence[str], asker: Asker, t: Tongue) -> Message:
    """What is missing in a command, with lines to copy."""
    lines = Bullets(tuple((Command(line),) for line in examples))
    return said(headline, (Paragraph((Text(t("For example:")),)), lines), asker, t)


def range_words(start: datetime, end: datetime, asker: Asker, t: Tongue) -> str:
    """`Tue 10 Mar 09:00 – 17:00` on the asker's clock."""
    last = t.time(end, asker.zone) if t.day(start, asker.zone) == t.day(end, asker.zone) else None
    return f"{t.day_time(start, asker.zone)} – {last or t.day_time(end, asker.zone)}"


def leave_words(start: datetime, end: datetime, asker: Asker, t: Tongue) -> str:
    """A leave on the asker's clock: its days where it ends with one, `range_words` else.

    `Fri 3 Apr – Mon 6 Apr (whole days)`, `Fri 3 Apr (whole day)`, `Fri 3 Apr 13:00 – Mon 6 Apr (whole day)`
    """
    if last_day(end, asker.zone) is None:
        return range_words(start, end, asker, t)
    last = t.day(end - datetime.resolution, asker.zone)
    if last_day(start, asker.zone) is None:
        return f"{t.day_time(start, asker.zone)} – " + t("{day} (whole day)", day=last)
    first = t.day(start, asker.zone)
    if first == last and end - start < timedelta(days=2):
        return t("{day} (whole day)", day=first)
    return t("{first} – {last} (whole days)", first=first, last=last)


def altered_lines(altered: Mapping[str, Sequence[Altered]], t: Tongue) -> list[Part]:
    """Who was on call before and is now, a line a stretch."""
    items: list[tuple[Span, ...]] = [
        altered_spans(schedule, one, t) for schedule, stretches in altered.items() for one in stretches
    ]
    if not items:
        return [Paragraph((Text(t("Nobody's time on call is altered by it."), "muted"),))]
    parts: list[Part] = [Bullets(tuple(items[:MOST_SHOWN]))]
    if len(items) > MOST_SHOWN:
        parts.append(Paragraph((Text(t("and {n} more", n=len(items) - MOST_SHOWN)),)))
    return parts


def altered_spans(schedule: str, one: Altered, t: Tongue) -> tuple[Span, ...]:
    return (
        Text(schedule, "strong"),
        Text(" · "),
        *between(one.start, one.end),
        Text(": "),
        *_people(one.before, t),
        Text(" → "),
        *_people(one.after, t),
    )


def _people(people: Sequence[str], t: Tongue) -> list[Span]:
    return people_spans(people) if people else [Text(t("nobody"), "strong")]


def undo_action(number: int, label: str, confirm: str = "") -> Action:
    return Action(UNDO, f"change:{number}", 0, label, confirm=confirm)


def outcome(headline: str, done: Done, notes: Iterable[str], asker: Asker, t: Tongue) -> Message:
    """What a change did, with the way back."""
    parts = altered_lines(done.altered, t)
    parts += [Paragraph((Text(note),)) for note in notes]
    footer = (Text(t("Who changed what:") + " "), Command("/oncall log"))
    return said(headline, parts, asker, t, footer=footer, actions=(undo_action(done.number, t("Undo")),))


def leave_notes(
    configuration: Configuration,
    schedule: Schedule,
    people: Iterable[str | None],
    start: datetime,
    end: datetime,
    t: Tongue,
) -> list[str]:
    """A warning for everybody who comes on call although they are on leave: an override stands against it."""
    away = {
        one.person
        for one in schedule.leave
        if one.person in set(people) and utc(one.start) < end and start < utc(one.end)
    }
    return [
        t("{person} is on leave in that time; the change stands all the same.", person=name_of(configuration, person))
        for person in sorted(away)
    ]


def likely_schedules(configuration: Configuration, person: str) -> list[str]:
    """The schedules in which somebody takes turns; all of them where that is none."""
    own = [
        name
        for name, schedule in configuration.schedules.items()
        if any(person in layer.rotation.members for layer in schedule.layers)
    ]
    return own or list(configuration.schedules)


def which_schedule(
    configuration: Configuration, names: Sequence[str], command: str, asker: Asker, t: Tongue
) -> Message:
    if not configuration.schedules:
        advice = Paragraph((Text(t("Write one under schedules: in livedesk.yaml.")),))
        return said(t("Nobody is on call: there is no schedule"), (advice,), asker, t)
    return how(t("Which schedule? Name one of these."), [f"{command} {name}" for name in names[:MOST_SHOWN]], asker, t)
