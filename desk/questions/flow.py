"""What somebody types, answered. Every answer is a message; a wrong question is answered with examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desk.backtest.rules import Asked, Comparison
from desk.configuration.model import Configuration
from desk.messages import Bullets, Command, Message, Paragraph, Text
from desk.moment import Moment
from desk.questions import (
    alerts,
    backtest,
    changing,
    complaints,
    handover,
    home,
    incidents,
    mutes,
    now,
    oncall,
    page,
    questions,
    sentiment,
)
from desk.questions.asking import Asker
from desk.words import Tongue, tongue

Answerer = Callable[[Moment, str, Asker, Tongue], Message]
Longer = Callable[[Moment, str], Asked | None]
Teller = Callable[[Configuration, Asked, Comparison, Asker, Tongue], Message]

LIVE: Mapping[str, Answerer] = {
    "now": now.answer,
    "complaints": complaints.answer,
    "sentiment": sentiment.answer,
    "questions": questions.answer,
    "alerts": alerts.answer,
    "backtest": backtest.answer,
    "oncall": oncall.answer,
    "home": home.answer,
    "incidents": incidents.answer,
    "mutes": mutes.answer,
}
# These change something, so they are answered in a unit of work that writes.
CHANGES: Mapping[str, Answerer] = {"mute": mutes.mute, "unmute": mutes.unmute}
ONCALL_CHANGES: Mapping[str, Answerer] = {"page": page.answer, "handover": handover.answer}


def changes(command: str, text: str) -> bool:
    """Whether what was typed changes something."""
    if command == "oncall":
        return changing.changes(text) or text.strip().partition(" ")[0].casefold() in ONCALL_CHANGES
    return command == "live" and text.strip().partition(" ")[0].casefold() in CHANGES


# Questions with a second answer, which takes long: what is to be replayed for it (None: nothing), and how it is told.
LONGER: Mapping[str, tuple[Longer, Teller]] = {
    "alerts": (alerts.longer, alerts.tell),
    "backtest": (backtest.longer, backtest.tell),
}


def longer(moment: Moment, command: str, text: str) -> tuple[Asked, Teller] | None:
    """What is to be replayed for a second answer to a question, and who tells it; None when `answer` says it all."""
    word, _, rest = text.strip().partition(" ")
    known = LONGER.get(word.casefold()) if command == "live" else None
    asked = known[0](moment, rest.strip()) if known else None
    return (asked, known[1]) if known and asked is not None else None


def answer(moment: Moment, command: str, text: str, asker: Asker) -> Message:
    """The answer to `/live complaints aurora` (command "live", text "complaints aurora").

    Where `changes` says so, the moment's connection must be one that writes.
    """
    t = tongue(asker.locale)
    if command == "oncall":
        if text.strip().casefold() == "help" and text.strip() not in moment.configuration.schedules:
            return help_(asker, t)
        if (changed := changing.answer(moment, text, asker, t)) is not None:
            return changed
        word, _, rest = text.strip().partition(" ")
        if (changer := ONCALL_CHANGES.get(word.casefold())) and text.strip() not in moment.configuration.schedules:
            return changer(moment, rest.strip(), asker, t)
        return oncall.answer(moment, text, asker, t)
    word, _, rest = text.strip().partition(" ")
    if not word or word.casefold() == "help":
        return help_(asker, t)
    answerer = LIVE.get(word.casefold()) or CHANGES.get(word.casefold())
    if answerer is None:
        return help_(asker, t, unknown=word[:40])
    return answerer(moment, rest.strip(), asker, t)


def help_(asker: Asker, t: Tongue, unknown: str = "") -> Message:
    said = (
        t("I don't know “{word}”. This is what you can ask:", word=unknown)
        if unknown
        else t("This is what you can ask:")
    )
    lines = (
        ("/live now", t("how the show goes: viewers, comments, what is open")),
        ("/live complaints", t("complaints of the newest show, with a chart; add a show's name for another one")),
        ("/live sentiment", t("how the audience felt, minute by minute; add a show's name, a market's, or both")),
        ("/live questions", t("what viewers asked most, how many wonder silently, and what was answered")),
        ("/live incidents", t("what is open and what was, with who had it; add a number for its whole record")),
        ("/live mute", t("silence complaints for a while: a category, a show if you like, and for how long")),
        ("/live mutes", t("what is muted, by whom and until when")),
        ("/live alerts", t("how many alerts were noise, as marked; add a market's name, and how many days")),
        (
            "/live backtest",
            t("what another sensitivity would have done: add how many days and the number, such as 7 1.4"),
        ),
        ("/oncall", t("who is on call, until when, and who is next; add a schedule's name for its week")),
        (
            "/oncall explain",
            t("why this person is on call; also week, me, covers, gaps, coverage, fairness, propose, route"),
        ),
        (
            "/oncall take",
            t("take over now; also override, swap, cover me, leave, and log for what was changed"),
        ),
        ("/oncall page", t("page somebody by hand: a schedule or a person, then what it is about")),
        ("/oncall handover", t("your hand-over note: what happened, your remarks, and who takes over")),
        ("/oncall calendar", t("your shifts as a link for your own calendar; add stop to end it")),
        ("/oncall whoami", t("as whom I know you: your key, clock, teams, and what reaches you")),
        ("/oncall contact", t("how a page reaches you; add e-mail or a webhook, verify, test")),
        ("/live help", t("this list")),
    )
    return Message(
        kind="answer",
        headline=said,
        parts=(Bullets(tuple((Command(command), Text(" — " + what)) for command, what in lines)),),
        footer=(Text(t("Answers are for you alone; share them with the button below.")),),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def nothing(headline: str, advice: str, asker: Asker, t: Tongue) -> Message:
    """An answer without figures: what is missing, and what to do about it."""
    return Message(
        kind="answer",
        headline=headline,
        parts=(Paragraph((Text(advice),)),),
        locale=str(t.locale),
        zone=str(asker.zone),
    )
