"""`/live questions [show]`: what viewers asked, who would know it too, and what was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from desk.messages import Action, Message, Paragraph, Part, Quote, Text
from desk.moment import Moment
from desk.questions.asked import MOST_ASKED, Asked, answered_on_air, askers, note, of_show, take_back
from desk.questions.asking import Asker, meant
from desk.questions.unknown import unknown_show
from desk.words import Tongue

MOST_SHOWN = 5  # with a button each, which is what Slack sets in one row
ANSWERED, TAKE_BACK = "answered", "unanswered"


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    show = meant(moment, text)
    if show is None or show.first is None:
        return unknown_show(moment, text, show, asker, t, command="/live questions")
    found = of_show(moment, show)
    message = Message(kind="answer", headline="", locale=str(t.locale), zone=str(asker.zone))
    if not found:
        return replace(
            message,
            headline=t("Nobody asked anything in {show}", show=show.title),
            parts=(Paragraph((Text(t("A comment counts as a question when it asks the shop for something.")),)),),
        )
    shown = found[:MOST_SHOWN]
    language = asker.team.language if asker.team else t.locale.language
    parts: list[Part] = []
    actions: list[Action] = []
    for number, one in enumerate(shown, 1):
        day, event = one.cluster.medoid
        parts.append(Paragraph((Text(f"{number} · {askers(one, t)}", "strong"),)))
        parts.append(Quote(day, event, language, note(one, t, asker.zone)))
        if one.answered is None:
            actions.append(Action(ANSWERED, _ref(one), 0, t("{n} was answered on air", n=number)))
    total = sum(len(one.cluster.members) for one in found)
    if total >= MOST_ASKED:
        parts.append(Paragraph((Text(t("Of the first {n} questions alone.", n=t.number(MOST_ASKED)), "muted"),)))
    return replace(
        message,
        headline=_headline(found, show.title, t),
        parts=tuple(parts),
        actions=tuple(actions),
        footer=_small(found, t),
    )


def act(moment: Moment, ref: str, verb: str, who: str, t: Tongue) -> Message:
    """Note that a question was answered on air, or take it back; ValueError unless `ref` is like `2026-03-06:17`."""
    day, _, number = ref.partition(":")
    question = date.fromisoformat(day), int(number)
    message = Message(kind="answer", headline="", locale=str(t.locale))
    done = take_back(moment, question) if verb == TAKE_BACK else answered_on_air(moment, question, who)
    if done is None:
        return replace(message, headline=t("This question is not known here any more; nothing was changed."))
    if verb == TAKE_BACK:
        said = t("Taken back: it counts as not answered.") if done else t("Nothing to take back.")
        return replace(message, headline=said)
    return replace(
        message,
        headline=t("Noted: answered on air.") if done else t("It was noted as answered before."),
        actions=(Action(TAKE_BACK, f"question:{ref}", 0, t("Take it back")),),
    )


def _ref(one: Asked) -> str:
    day, event = one.cluster.id
    return f"question:{day.isoformat()}:{event}"


def _headline(found: list[Asked], title: str, t: Tongue) -> str:
    waiting = sum(one.answered is None for one in found)
    if len(found) == 1:
        return t("{show}: one question", show=title)
    if waiting == len(found):
        return t("{show}: {n} different questions", show=title, n=len(found))
    return t("{show}: {n} different questions, {waiting} not answered yet", show=title, n=len(found), waiting=waiting)


def _small(found: list[Asked], t: Tongue) -> tuple[Text, ...]:
    small = t("Grouped by machine, across languages.")
    if any(one.silent is not None for one in found[:MOST_SHOWN]):
        small += " " + t("Silent viewers: 90 % certain, if those who write wonder about the same as those who watch.")
    else:
        small += " " + t("Silent viewers are not known: no source tells how many were there.")
    return (Text(small),)
