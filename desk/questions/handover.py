"""`/oncall handover [schedule]`: the note of your shift, as it is now, with the buttons to add to it and to send it."""

from __future__ import annotations

from desk.handover import flow
from desk.handover import said as noting
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.current import planned
from desk.questions.asking import Asker
from desk.questions.plan_asked import said, schedule_in, unknown_schedule
from desk.readers import Reader
from desk.words import Tongue


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Must run in a unit of work that writes."""
    configuration = planned(moment)
    named, rest = schedule_in(configuration, text)
    if rest or not configuration.schedules:
        return unknown_schedule(configuration, rest, "/oncall handover", asker, t)
    if asker.person is None:
        return said(t("I do not know you yet: ask an admin to add you to livedesk.yaml, under people."), (), asker, t)
    row = noting.own(moment, named, asker.person, t)
    if isinstance(row, str):
        return said(row, (), asker, t)
    known = configuration.people[asker.person]
    language = known.languages[0] if known.languages else "en"
    return flow.as_answer(moment, row, Reader(asker.person, t, asker.zone, language))
