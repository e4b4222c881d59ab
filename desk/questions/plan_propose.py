"""`/oncall propose [market]`: a follow-the-sun schedule to look at before anybody takes it. Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.messages import Bullets, Message, Paragraph, Part, Span, Table, Text
from desk.oncall.demand import prime_times
from desk.oncall.fairness import fairness
from desk.oncall.propose import AHEAD, Proposal, as_yaml, propose
from desk.oncall.resolve import final_schedule
from desk.oncall.spans import common, joined, length, without
from desk.oncall.walltime import DAY, utc
from desk.questions import charts
from desk.questions.asking import Asker
from desk.questions.plan_asked import hours, name_of, people_spans, said
from desk.words import Tongue

NAME = "proposed"
WEEK = timedelta(days=7)


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    wanted = text.strip().casefold()
    markets = [
        market.key
        for market in configuration.markets.values()
        if wanted and wanted in (market.key.casefold(), market.name.casefold())
    ]
    if (wanted and not markets) or not configuration.people:
        parts = (Bullets(tuple((Text(f"/oncall propose {key}"),) for key in configuration.markets)),)
        return said(t("I know no market called “{text}”", text=text[:60]), parts, asker, t)
    proposal = propose(configuration, NAME, now, markets=markets)
    message_parts = [*words(configuration, proposal, now, t), *_code(proposal)]
    return told(configuration, proposal, message_parts, now, asker, t)


def told(
    configuration: Configuration, proposal: Proposal, parts: list[Part], now: datetime, asker: Asker, t: Tongue
) -> Message:
    claimed = length(common(proposal.claims, [(utc(now), utc(now) + WEEK)]))
    headline = t(
        "{n} places follow the sun, {hours} of 168 hours a week in working hours",
        n=len(proposal.places),
        hours=t.number(claimed / timedelta(hours=1)),
    )
    rows = final_schedule(proposal.schedule, now, utc(now) + WEEK)
    drawn = charts.oncall(configuration, now, proposal.schedule.name, rows, asker, t)
    small = t("Nothing was written. To take it, paste it into livedesk.yaml.")
    return said(headline, parts, asker, t, chart=drawn, footer=(Text(small),))


def words(configuration: Configuration, proposal: Proposal, now: datetime, t: Tongue) -> list[Part]:
    """The places, what they cover of each market's prime time, what shows need beyond, and who would carry what."""
    plan = proposal.schedule
    items: list[tuple[Span, ...]] = []
    for layer, place in zip(plan.layers, proposal.places, strict=True):
        window = f"{_clock(place.taken_from)}–{_clock(place.taken_to)}"
        items.append(
            (Text(layer.name, "strong"), Text(f" · {window} {place.zone.key} · "), *people_spans(place.people))
        )
    parts: list[Part] = [Bullets(tuple(items))]
    rows = final_schedule(plan, now, utc(now) + WEEK)
    staffed = joined((row.start, row.end) for row in rows if row.person is not None)
    shares = []
    for market in configuration.markets.values():
        prime = prime_times(market, now, utc(now) + WEEK)
        if whole := length(prime):
            share = 1 - length(without(prime, staffed)) / whole
            shares.append(t("{market} {share}", market=market.name, share=t.percent(share)))
    if shares:
        parts.append(Paragraph((Text(t("Prime time covered: {list}.", list=t.listed(shares))),)))
    if plan.overrides:
        names = [name_of(configuration, one.person or "") for one in plan.overrides[:5]]
        text = t("Shows outside of these hours, as overrides: {list}.", list=t.listed(list(dict.fromkeys(names))))
        parts.append(Paragraph((Text(text),)))
    if proposal.uncovered:
        shows = list(dict.fromkeys(configuration.shows[want.show].title for want in proposal.uncovered))
        parts.append(Paragraph((Text(t("Nobody is free for {list}.", list=t.listed(shows)), "strong"),)))
    if proposal.left_out:
        spans: list[Span] = [Text(t("Left out, for they read none of the languages:") + " ")]
        parts.append(Paragraph((*spans, *people_spans(proposal.left_out))))
    with_it = replace(configuration, schedules={**configuration.schedules, plan.name: plan})
    loads = fairness(with_it, [plan.name], now, utc(now) + AHEAD)
    rows_of = tuple(
        (name_of(configuration, one.person), hours(t, one.hours), t.number(one.nights), t.number(len(one.weekends)))
        for one in loads
    )
    header = (t("in {n} days", n=AHEAD // DAY), t("hours"), t("nights"), t("weekends"))
    return [*parts, Table(header, rows_of)]


def _code(proposal: Proposal) -> list[Part]:
    return [Paragraph((Text(line.strip(), "code"),)) for line in as_yaml(proposal)]


def _clock(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
