"""`/oncall whoami`: as whom Livedesk knows the one who asks, and by what a page would reach them."""

from __future__ import annotations

from desk.contacts.flow import ways_to
from desk.messages import Command, Facts, Message, Paragraph, Part, Span, Text
from desk.moment import Moment
from desk.oncall.duty import on_duty
from desk.questions.asking import Asker
from desk.questions.change_asked import how_to_be_known
from desk.questions.plan_asked import said
from desk.words import Tongue, method_name

WHOAMI = "whoami"


def answer(moment: Moment, asker: Asker, t: Tongue) -> Message:
    known = moment.configuration.people.get(asker.person or "")
    if known is None:
        return said(t("I don't know you"), (how_to_be_known(asker, t),), asker, t)
    ways = [method_name(t, way.method) for way in ways_to(moment, known) if way.counts]
    duties = [duty.schedule for duty in on_duty(moment, known.key)]
    nothing = t("nothing: no page reaches you")
    pairs: list[tuple[str, tuple[Span, ...]]] = [
        (t("Key in the file"), (Text(known.key, "code"),)),
        (t("Clock"), (Text(f"{known.zone.key}, {t.time(moment.now, known.zone)}"),)),
        (t("Languages"), (Text(t.listed([t.language(one) for one in known.languages]) or "–"),)),
        (t("Teams"), (Text("; ".join(_teams(moment, known.key, t)) or "–"),)),
        (t("This account"), (Text(": ".join(one for one in asker.contact if one) or "–"),)),
        (t("A page reaches you by"), (Text(t.listed(list(dict.fromkeys(ways))) or nothing),)),
        (t("On call now"), (Text(", ".join(duties) or t("no")),)),
    ]
    parts: list[Part] = [Facts(tuple(pairs))]
    if not ways:
        spans = (Text(t("Add a way:") + " "), Command("/oncall contact add email ana@example.com"))
        parts.append(Paragraph(spans))
    return said(t("You are {name}", name=known.name), parts, asker, t)


def _teams(moment: Moment, person: str, t: Tongue) -> list[str]:
    """Every team that names them, as what."""
    found = []
    for team in moment.configuration.teams.values():
        if person in team.leads:
            found.append(t("{team}: lead", team=team.name))
        elif person in team.members:
            found.append(t("{team}: member", team=team.name))
        elif person in team.viewers:
            found.append(t("{team}: viewer", team=team.name))
    return found
