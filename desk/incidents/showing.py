"""What an incident looks like: its card, its pages and the history in the card's thread, kept true by editing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from analytics.sketch import DistinctSketch
from desk.configuration.model import Team
from desk.incidents import card as cards
from desk.incidents import signals
from desk.incidents.charts import chart_of
from desk.incidents.why import on_air, sample_quotes, title_of
from desk.messages import Message
from desk.moment import Moment
from desk.oncall.escalation import Position
from desk.oncall.steps import ESCALATE, next_step_words
from desk.outbox.flow import edit, say
from desk.words import Tongue, tongue
from store import due, incidents, outbox
from store.incidents import Incident, Scope

SAMPLES = 3


def show_card(moment: Moment, incident: int, *, rich: bool, choose_samples: bool = False) -> None:
    """Say or edit the card, and edit the pages, to what is true now."""
    row = get(moment, incident)
    t, team = voice(moment, row)
    facts = card_facts(moment, row, t, choose_samples)
    message = cards.card(facts, team, t)
    if row.card is None:
        where = destination(moment, team)
        if where is None:
            return
        made = say(moment, where, message, incident=row.id, rich=rich)
        incidents.note(moment.connection, row.id, card=made)
    else:
        edit(moment, row.card, message, rich=rich)
        _edit_copies(moment, row, message, rich)
    for page in incidents.pages_of(moment.connection, row.id):
        if page.message is not None and row.state != "open":
            person = moment.configuration.people.get(page.person)
            zone = str(person.zone) if person else "UTC"
            if outbox.withdraw(moment.connection, page.message):
                continue
            edit(moment, page.message, cards.page(facts, page.person, page.why, team, zone, t), rich=rich)


def _edit_copies(moment: Moment, row: Incident, message: Message, rich: bool) -> None:
    """A policy may have shown the card in further channels: no button there may outlive the incident."""
    for said, body in outbox.about(moment.connection, row.id):
        if body["kind"] == "incident" and said != row.card:
            edit(moment, said, message, rich=rich)


def card_facts(moment: Moment, row: Incident, t: Tongue, choose_samples: bool = False) -> cards.CardFacts:
    scopes = incidents.scopes(moment.connection, row.id)
    why = dict(row.why)
    samples = [(date.fromisoformat(day), event) for day, event in why.get("samples", [])]
    if len(samples) < SAMPLES and choose_samples:
        samples = sample_quotes(moment, row, scopes, SAMPLES)
        why["samples"] = [[day.isoformat(), event] for day, event in samples]
        incidents.note(moment.connection, row.id, why=why)
    next_at = due.planned(moment.connection, moment.workspace, ESCALATE, str(row.id))
    return cards.CardFacts(
        incident=row.id,
        version=row.version,
        state=row.state,
        severity=cards.as_severity(row.severity),
        category=row.category,
        show=title_of(moment, row.show),
        began_at=row.began_at,
        scopes=[_scope_facts(moment, scope, why) for scope in scopes],
        on_air=on_air(moment, row.show, row.opened_at),
        leading_words=why.get("words", []),
        owner=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        next_step_at=next_at,
        next_step_for=next_step_words(moment.configuration, row.policy, Position(row.step_round, row.step), t)
        if next_at
        else "",
        paged=list(dict.fromkeys(page.person for page in incidents.pages_of(moment.connection, row.id))),
        from_import=bool(why.get("stale")),
        samples=samples,
        chart=chart_of(moment, row, scopes, t),
    )


def _scope_facts(moment: Moment, scope: Scope, why: Mapping[str, Any]) -> cards.ScopeFacts:
    return cards.ScopeFacts(
        market=market_name(moment, scope.market),
        observed=scope.observed,
        peak=scope.peak,
        usual=scope.usual,
        share=scope.share,
        viewers=round(DistinctSketch.from_bytes(scope.viewers).estimate()) if scope.viewers else 0,
        calm=scope.calm_at is not None,
        category=scope.category,
        figures=signals.of_scope(why, scope.market, scope.category),
    )


def say_history(
    moment: Moment,
    row: Incident,
    text: str,
    who: str | None,
    *,
    at: datetime | None = None,
    notify: Sequence[str] = (),
) -> None:
    """One line in the card's thread."""
    row = get(moment, row.id)
    t, team = voice(moment, row)
    where = destination(moment, team)
    if row.card is None or where is None:
        return
    line = cards.history_line(text, at or moment.now, who, team, t, notify=notify)
    say(moment, where, line, incident=row.id, thread_of=row.card)


def get(moment: Moment, incident: int) -> Incident:
    """An incident that this transaction knows to be there."""
    row = incidents.get(moment.connection, moment.workspace, incident)
    assert row is not None, f"incident {incident} is gone within its own transaction"
    return row


def voice(moment: Moment, row: Incident) -> tuple[Tongue, Team | None]:
    team = moment.configuration.teams.get(row.team or "")
    return tongue(team.locale if team else "en"), team


def destination(moment: Moment, team: Team | None) -> tuple[str, str] | None:
    channel = team.channels[0] if team and team.channels else moment.configuration.admin_channel
    return moment.channel(channel) if channel else None


def market_name(moment: Moment, market: str) -> str:
    known = moment.configuration.markets.get(market)
    return known.name if known else (market or "—")
