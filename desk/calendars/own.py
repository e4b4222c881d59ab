"""`/oncall calendar`: the asker's own calendar, under a link that nobody else sees."""

from __future__ import annotations

from desk.calendars.flow import end_link, make_link
from desk.messages import Command, Message, Paragraph, Span, Text
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.words import Tongue

WORD, STOP = "calendar", "stop"


def asked(command: str, text: str) -> bool:
    """Whether somebody asks for their calendar; it is the one question whose answer is written down."""
    return command == "oncall" and text.casefold().split()[:1] == [WORD]


def answer(
    moment: Moment, text: str, asker: Asker, t: Tongue, secret: str, address: str, *, reachable: bool = True
) -> Message:
    """Make the asker a new link, `address` with `secret` in it, or end the one they have (`calendar stop`). Any other
    word changes nothing. `reachable` says whether others can follow the address."""
    if asker.person is None:
        headline = t("I don't know you, so I cannot tell which shifts are yours")
        advice = t("Ask an admin to write your contact under people: in livedesk.yaml.")
        return _message(headline, [(Text(advice),)], asker, t)
    again: tuple[Span, ...] = (Command(f"/oncall {WORD}"), Text(" " + t("makes a new one.")))
    more = text.casefold().split()[1:]
    if more and more != [STOP]:
        headline = t("I don't know “{word}”. This is what you can ask:", word=" ".join(more)[:40])
        usage = Text(" — " + t("your shifts as a link for your own calendar; add stop to end it"))
        return _message(headline, [(Command(f"/oncall {WORD}"), usage)], asker, t)
    if more:
        had = end_link(moment, "person", asker.person, asker.person)
        headline = t("Your calendar's link has ended") if had else t("You have no calendar link")
        return _message(headline, [again], asker, t)
    had = make_link(moment, "person", asker.person, secret, asker.locale, asker.person)
    paragraphs: list[tuple[Span, ...]] = [(Text(address, "code"),)]
    paragraphs.append((Text(t("Add it in your calendar's settings as a subscription, from a URL.")),))
    if not reachable:
        until = t("Until an admin sets LIVEDESK_PUBLIC_URL, this link works on the bot's own machine alone.")
        paragraphs.append((Text(until, "strong"),))
    secrecy = t("Whoever has it can read your shifts, so keep it to yourself; I cannot show it again.")
    if had:
        secrecy += " " + t("The link you had before no longer works.")
    stop = (Command(f"/oncall {WORD} {STOP}"), Text(" " + t("ends it.")))
    paragraphs.append((Text(secrecy + " "), *stop))
    return _message(t("Your shifts as a calendar"), paragraphs, asker, t)


def _message(headline: str, paragraphs: list[tuple[Span, ...]], asker: Asker, t: Tongue) -> Message:
    parts = tuple(Paragraph(spans) for spans in paragraphs)
    return Message(kind="answer", headline=headline, parts=parts, locale=str(t.locale), zone=str(asker.zone))
