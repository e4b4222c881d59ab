"""Questions about the on-call plan, by the word that asks: `/oncall WORD …`. One file a question, one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from desk.configuration.model import Configuration
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.duty import known_of, pages_between
from desk.oncall.walltime import DAY
from desk.questions import (
    plan_coverage,
    plan_covers,
    plan_explain,
    plan_fairness,
    plan_gaps,
    plan_propose,
    plan_route,
    plan_week,
    whoami,
)
from desk.questions.asking import Asker
from desk.words import Tongue

Answerer = Callable[[Configuration, str, Asker, datetime, Tongue], Message]

PLAN: Mapping[str, Answerer] = {
    "explain": plan_explain.answer,
    "why": plan_explain.answer,
    "coverage": plan_coverage.answer,
    "covers": plan_covers.answer,
    "gaps": plan_gaps.answer,
    "propose": plan_propose.answer,
    "week": plan_week.answer,
    "me": plan_week.me,
}


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message | None:
    """The answer to a question about the plan; None when `text` asks none, or names a schedule of that name."""
    word, _, rest = text.strip().partition(" ")
    if word.casefold() == "who" and rest.strip().casefold().startswith("covers"):
        word, _, rest = rest.strip().partition(" ")
    if text.strip() in moment.configuration.schedules:
        return None
    if word.casefold() == "fairness":
        return _fairness(moment, rest, asker, t)
    if word.casefold() == "route":
        return plan_route.answer(planned(moment), rest.strip(), asker, moment.now, t, known_of(moment))
    if word.casefold() == whoami.WHOAMI:
        return whoami.answer(moment, asker, t)
    answerer = PLAN.get(word.casefold())
    if answerer is None:
        return None
    return answerer(planned(moment), rest.strip(), asker, moment.now, t)


def _fairness(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    """Of what has been, pages included; of what is planned when the text says `next`."""
    words = text.split()
    kept = [word for word in words if word.casefold() not in ("next", "ahead", "未来")]
    pages = None
    if len(kept) == len(words):
        pages = pages_between(moment, moment.now - plan_fairness.MOST_DAYS * DAY, moment.now)
    return plan_fairness.answer(planned(moment), " ".join(kept), asker, moment.now, t, pages)
