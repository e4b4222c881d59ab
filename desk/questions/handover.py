"""`/oncall handover [schedule]`: the note of your shift, as it is now, with the buttons to add to it and to send it."""

from __future__ import annotations

from desk.handover import flow
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.duty import on_duty
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
    own = [duty.schedule for duty in on_duty(moment, asker.person)]
    # Whoever has just left may still write.
    asked = [named] if named else [*own, *(name for name in configuration.schedules if name not in own)]
    for schedule in asked:
        row = flow.by_hand(moment, schedule, asker.person)
        if row is not None:
            known = configuration.people[asker.person]
            language = known.languages[0] if known.languages else "en"
            to = Reader(asker.person, t, asker.zone, language)
            return flow.as_answer(moment, row, to)
    if set(asked) & set(own):
        return said(t("Your shift does not end within five weeks: there is nobody to hand over to"), (), asker, t)
    if named:
        return said(
            t("You are not on call for {schedule}, so there is nothing to hand over", schedule=named), (), asker, t
        )
    return said(t("You are not on call, so there is nothing to hand over"), (), asker, t)
