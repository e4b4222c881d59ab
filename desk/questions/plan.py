"""Questions about the on-call plan, by the word that asks: `/oncall WORD …`. One file a question, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from desk.configuration.model import Configuration
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.current import planned
from desk.questions import plan_covers, plan_explain, plan_gaps, plan_week
from desk.questions.asking import Asker
from desk.words import Tongue

Answerer = Callable[[Configuration, str, Asker, datetime, Tongue], Message]

PLAN: Mapping[str, Answerer] = {
    "explain": plan_explain.answer,
    "why": plan_explain.answer,
    "covers": plan_covers.answer,
    "gaps": plan_gaps.answer,
    "week": plan_week.answer,
    "me": plan_week.me,
}


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message | None:
    """The answer to a question about the plan; None when `text` asks none, or names a schedule of that name."""
    word, _, rest = text.strip().partition(" ")
    if word.casefold() == "who" and rest.strip().casefold().startswith("covers"):
        word, _, rest = rest.strip().partition(" ")
    answerer = PLAN.get(word.casefold())
    if answerer is None or text.strip() in moment.configuration.schedules:
        return None
    return answerer(planned(moment), rest.strip(), asker, moment.now, t)
