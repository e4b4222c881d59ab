"""What the page behind a link of a page's e-mail shows, and what its button does: the same as the button in chat."""

from __future__ import annotations

from dataclasses import dataclass

from desk.acknowledged import flow as acknowledged
from desk.acknowledged.keeping import CONFIRM
from desk.incidents import card as cards
from desk.incidents import flow as incidents
from desk.incidents import showing
from desk.incidents.rules import OVER
from desk.incidents.said import already, moved_on, over
from desk.moment import Moment
from desk.words import Tongue, tongue


@dataclass(frozen=True, slots=True)
class Shown:
    """`open`: the button can still do what it says, once one of `choices` (value, label) is chosen where there are any.
    `text` is how it stands, or what was done. All in the team's language, `locale`."""

    headline: str
    text: str
    label: str
    open: bool
    locale: str
    done: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def show(moment: Moment, incident: int, version: int, person: str) -> Shown | None:
    """How an incident stands for the person of a link; None when it or they are not known here any more. Changes
    nothing: mail scanners and previews follow links."""
    row = showing.find(moment, incident)
    if row is None or person not in moment.configuration.people:
        return None
    t, _ = showing.voice(moment, row)
    facts = showing.card_facts(moment, row, t, with_chart=False)
    label = t("Acknowledge")
    if row.state in OVER:
        return _shown(cards.headline(facts, t), over(moment, row, t), label, t)
    ends_at = acknowledged.theirs_until(moment, incident, person, version)
    if ends_at is not None:
        at = t.local_time(ends_at, moment.configuration.people[person].zone, moment.now)
        ask = t("It is yours until {at}, unless you say that you are still at it.", at=at)
        return Shown(cards.headline(facts, t), ask, t("Still on It"), True, str(t.locale))
    if row.state == "acknowledged":
        return _shown(cards.headline(facts, t), already(moment, row, t), label, t)
    if row.version != version:
        return _shown(cards.headline(facts, t), moved_on(moment, row, t), label, t)
    name = moment.configuration.people[person].name
    ask = t("{person}, you take it in hand, and nobody else is woken for it.", person=name)
    return Shown(cards.headline(facts, t), ask, label, True, str(t.locale))


def acknowledge(moment: Moment, incident: int, version: int, person: str) -> Shown | None:
    """Acknowledge, or confirm, as the button does; what became of it."""
    before = show(moment, incident, version, person)
    if before is None:
        return None
    theirs = acknowledged.theirs_until(moment, incident, person, version) is not None
    verb = CONFIRM if theirs else "acknowledge"
    answer = incidents.act(moment, incident, verb, person, tongue(before.locale), version)
    after = show(moment, incident, version, person)
    return Shown((after or before).headline, answer.text, before.label, False, before.locale, answer.done)


def _shown(headline: str, text: str, label: str, t: Tongue) -> Shown:
    return Shown(headline, text, label, False, str(t.locale))
