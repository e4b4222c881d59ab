"""What the page behind a link of a mailed request for a shift shows, and what its button does: the same as the button
in chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from desk.messages import Bullets, Message, Paragraph, Span, When, plain
from desk.moment import Moment
from desk.oncall.requests import NotDone, decidable, find, find_offer, open_for
from desk.oncall.said import card, offer_card, voice, zone
from desk.oncall.showing import AGREE, DECLINE, OFFER, REFUSE, TAKE_IT, label, will_be
from desk.questions import change_cover, change_swap
from desk.questions.asking import Asker
from desk.questions.change_asked import range_words
from desk.questions.change_shifts import ref_of, why_not_done
from desk.questions.plan_asked import name_of
from desk.reach.answering import Shown
from desk.words import Tongue

FOR_OFFERS = (AGREE, DECLINE)  # the number is an offer's; else a request's


def show(moment: Moment, verb: str, number: int, person: str) -> Shown | None:
    """How a request, or an offer for one, stands for the person of a link; None when it or they are not known here any
    more. Changes nothing: mail scanners and previews follow links."""
    known = moment.configuration.people.get(person)
    offer = find_offer(moment, number) if verb in FOR_OFFERS else None
    request = find(moment, offer.request if offer else number) if offer or verb not in FOR_OFFERS else None
    if known is None or request is None or request.schedule not in moment.configuration.schedules:
        return None
    t, locale = voice(moment, request)
    seen = offer_card(moment, request, offer) if offer else card(moment, request, person)
    shown = Shown(seen.headline, "", label(verb, request, t), False, locale)
    found = decidable(moment, number, person) if offer else open_for(moment, number, person)
    if isinstance(found, NotDone):
        return replace(shown, text=why_not_done(moment.configuration, found, t))
    asked_by = name_of(moment.configuration, request.person)
    if verb == TAKE_IT:
        return replace(shown, text=will_be(moment.configuration, request, t, zone(moment, request, person)), open=True)
    if verb == OFFER:
        return _with_choices(moment, shown, _asker(moment, person, locale), number, t)
    if verb == REFUSE:
        said = t("{person} is told, and can ask somebody else.", person=asked_by)
        return replace(shown, text=said, open=True)
    if verb == AGREE:
        return replace(shown, text=_words(moment, seen, t), open=True)
    offered_by = name_of(moment.configuration, offer.person) if offer else ""
    said = t("{person} is told, and can offer another shift.", person=offered_by)
    return replace(shown, text=said, open=True)


def act(moment: Moment, verb: str, number: int, person: str, chosen: str) -> Shown | None:
    """Answer as the button does; what became of it. `chosen` is the shift that is offered, as the page named it. Must
    run in a unit of work that writes."""
    before = show(moment, verb, number, person)
    if before is None or not before.open:
        return before
    t = _tongue_of(moment, verb, number)
    asker = _asker(moment, person, before.locale)
    if verb == OFFER:
        if chosen not in dict(before.choices):
            return before
        message = change_swap.given(moment, f"{number}:{chosen}", asker, t)
    else:
        message = change_cover.decided(moment, verb, number, asker, t)
    after = show(moment, verb, number, person)
    done = message.headline != t("Nothing was changed")
    below = _words(moment, message, t)
    # What was done stands in the headline of the page by now.
    said = below if done and below else f"{message.headline}. {below}" if below else message.headline
    return replace(after or before, text=said, open=False, done=done, choices=())


def _asker(moment: Moment, person: str, locale: str) -> Asker:
    return Asker(person, moment.configuration.people[person].zone, locale, None, "mail:")


def _tongue_of(moment: Moment, verb: str, number: int) -> Tongue:
    offer = find_offer(moment, number) if verb in FOR_OFFERS else None
    request = find(moment, offer.request if offer else number)
    assert request is not None, "it has just been shown"
    return voice(moment, request)[0]


def _with_choices(moment: Moment, shown: Shown, asker: Asker, number: int, t: Tongue) -> Shown:
    """With the shifts that they may offer."""
    request = find(moment, number)
    assert request is not None, "it has just been shown"
    fit = change_swap.offerable(moment, request.schedule, (request.starts_at, request.ends_at), asker)
    if not fit:
        return replace(shown, text=t("You have no shift ahead that you could offer"))
    choices = tuple(
        (ref_of(one), f"{one.schedule} · {range_words(one.start, one.end, asker, t)}")
        for one in fit[: change_swap.MOST_OFFERED]
    )
    said = t("{person} then decides; nothing changes before.", person=name_of(moment.configuration, request.person))
    return replace(shown, text=said, open=True, choices=choices)


def _words(moment: Moment, message: Message, t: Tongue) -> str:
    """What a message says below its headline, in one line."""
    place = ZoneInfo(message.zone)
    names: Mapping[str, str] = {key: one.name for key, one in moment.configuration.people.items()}

    def at(when: When) -> str:
        return t.time(when.at, place) if when.style == "time" else t.day_time(when.at, place)

    lines: list[tuple[Span, ...]] = []
    for part in message.parts:
        lines += part.items if isinstance(part, Bullets) else [part.spans] if isinstance(part, Paragraph) else []
    return " · ".join(plain(spans, names, at) for spans in lines)
