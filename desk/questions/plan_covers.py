"""`/oncall covers SHOW`: who is on call in each market of a show, and whether they read its viewers' languages."""

from __future__ import annotations

from datetime import datetime

from desk.configuration.model import Configuration
from desk.messages import (
    Bullets,
    Command,
    Heading,
    Message,
    Paragraph,
    Part,
    PersonName,
    Span,
    Text,
    When,
    between,
)
from desk.oncall.covers import MarketCover, ShowCover, covers, find_shows
from desk.questions.asking import Asker
from desk.questions.plan_asked import said
from desk.words import Tongue

MOST_NAMED = 6


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    found = find_shows(configuration, text, now, asker.zone)
    if not found:
        return unknown(configuration, text, asker, t)
    return told(configuration, covers(configuration, found[0]), [show.key for show in found[1:]], asker, t)


def told(configuration: Configuration, found: ShowCover, others: list[str], asker: Asker, t: Tongue) -> Message:
    """Who covers a show; `others` are shows that fit the words, too."""
    if found.start is None or found.end is None:
        return said(t("{show} has no time yet, so nobody can say who covers it", show=found.title), (), asker, t)
    parts: list[Part] = [Paragraph((Text(t("Live") + " "), *between(found.start, found.end)))]
    open_ones = []
    for market in found.markets:
        name = configuration.markets[market.market].name
        unrouted = market.by.schedule is None and not market.by.people
        if unrouted or any(one.person is None for one in market.stretches):
            open_ones.append(name)
        parts += [Heading(name), *_market(market, t)]
    headline = (
        t("{show}: nobody for a part of it in {markets}", show=found.title, markets=t.listed(open_ones))
        if open_ones
        else t("{show}: covered in every market", show=found.title)
    )
    footer: list[Span] = [Text(t("Or do you mean:") + " ")] if others else []
    for number, key in enumerate(others[:3]):
        footer += [Text(", "), Command(f"/oncall covers {key}")] if number else [Command(f"/oncall covers {key}")]
    return said(headline, parts, asker, t, footer=tuple(footer))


def unknown(configuration: Configuration, text: str, asker: Asker, t: Tongue) -> Message:
    if not configuration.shows:
        advice = Paragraph((Text(t("Write shows with their times under shows: in livedesk.yaml.")),))
        return said(t("No show is planned"), (advice,), asker, t)
    items = tuple((Command(f"/oncall covers {key}"),) for key in list(configuration.shows)[:MOST_NAMED])
    parts = (Paragraph((Text(t("These I know:")),)), Bullets(items))
    return said(t("I know no show called “{text}”", text=text[:60]), parts, asker, t)


def _market(one: MarketCover, t: Tongue) -> list[Part]:
    if one.by.schedule is None:
        if one.by.people:
            spans: list[Span] = [Text(t("Paged by name:") + " ")]
            for number, person in enumerate(one.by.people):
                spans += [Text(", "), PersonName(person)] if number else [PersonName(person)]
            return [Paragraph(tuple(spans))]
        return [Paragraph((Text(t("No routing rule pages anybody for this market."), "strong"),))]
    items: list[tuple[Span, ...]] = []
    for stretch in one.stretches[:MOST_NAMED]:
        who: list[Span] = [Text(t("nobody"), "strong")] if stretch.person is None else [PersonName(stretch.person)]
        when: list[Span] = [When(stretch.start, "time"), Text("–"), When(stretch.end, "time"), Text(" · ")]
        items.append((*when, *who, *_fit(one, stretch.person, t)))
    small = t("{schedule}, by policy {policy}", schedule=one.by.schedule, policy=one.by.policy)
    if one.by.backups and any(stretch.person is None for stretch in one.stretches):
        small += "; " + t("then {list}", list=t.listed(list(one.by.backups)))
    return [Bullets(tuple(items)), Paragraph((Text(small, "muted"),))]


def _fit(one: MarketCover, person: str | None, t: Tongue) -> list[Span]:
    if person is None:
        return []
    reads = one.speaks.get(person, ())
    if not reads:
        return [Text(" · "), Text(t("reads none of the market's languages"), "strong")]
    return [Text(" · " + t("reads {languages}", languages=t.listed([t.language(code) for code in reads])))]
