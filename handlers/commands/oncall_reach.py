"""`bot.py oncall reach`: who comes on call, and whether a page would reach them, as far as the file tells."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from desk.contacts.methods import CODED, Way, ways
from desk.messages import Bullets, Message, Paragraph, PersonName, Text
from desk.questions.plan_asked import said
from desk.reachable.flow import line
from desk.reachable.rules import coming, problems
from desk.words import method_name
from handlers.commands.oncall_plans import Answered, Question
from handlers.configuration.scalars import CHANNEL_IDS


def reach(asked: Question, days: int) -> Answered:
    """Facts: `{"person", "from", "schedule", "ways": [{"method", "verified"}], "problem"}` for each who comes on call;
    `verified` is null for what only a code in chat verifies. No address is shown."""
    configuration, t = asked.configuration, asked.t
    people = coming(configuration, asked.now, timedelta(days=days))
    known: dict[str, tuple[Way, ...]] = {
        key: ways(person, tuple(CHANNEL_IDS), CODED) for key, person in configuration.people.items()
    }
    found = problems(people, known)
    wrong = {one.coming.person: one for one in found}
    facts = [
        {
            "person": one.person,
            "from": one.start,
            "schedule": one.schedule,
            "ways": [
                {"method": way.method, "verified": None if way.method in CODED else True} for way in known[one.person]
            ],
            "problem": wrong[one.person].kind if one.person in wrong else None,
        }
        for one in people
    ]
    items = [line(one, t) for one in found]
    items += [
        (PersonName(one.person), Text(" · " + t("by {ways}", ways=_named(known[one.person], asked))))
        for one in people
        if one.person not in wrong
    ]
    headline = (
        t("A page reaches everybody who comes on call in the next {n} days", n=days)
        if not found
        else t("{n} of {all} who come on call may not be reached by a page", n=len(found), all=len(people))
    )
    note = Paragraph((Text(t("From the file alone: e-mail and webhooks count once they are verified in chat.")),))
    zone = next((schedule.zone for schedule in configuration.schedules.values()), ZoneInfo("UTC"))
    parts = (Bullets(tuple(items)), note) if items else (note,)
    message: Message = said(headline, parts, asked.asker(zone), t)
    return facts, message


def _named(found: tuple[Way, ...], asked: Question) -> str:
    return asked.t.listed([method_name(asked.t, way.method) for way in found if way.counts])
