"""What an incident looks like: its card, its pages and the history in the card's thread, kept true by editing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.sketch import DistinctSketch
from desk.acknowledged import keeping
from desk.configuration.model import Team
from desk.contacts.methods import ONCE
from desk.incidents import card as cards
from desk.incidents import signals
from desk.incidents.answers import Suggestion, suggest
from desk.incidents.bundle import bundle, page_bundle
from desk.incidents.charts import chart_of
from desk.incidents.reasons import seen
from desk.incidents.rules import OVER
from desk.incidents.together import RANG, card_to_join
from desk.incidents.why import Said, on_air, sample_quotes, title_of
from desk.messages import ChartRef, Message, Part, Quote
from desk.moment import Moment
from desk.oncall.escalation import Position
from desk.oncall.policies import policy_named
from desk.oncall.steps import ESCALATE, is_last, next_step_words
from desk.outbox.flow import edit, say
from desk.words import Tongue, category_name, tongue
from store import due, incidents, marks, mutes, outbox, page_ways
from store.incidents import Incident, Page, Scope

SAMPLES = 3
BY_HAND = "by_hand"  # in an incident's `why`: who paged for it by hand, with their words
UTC = ZoneInfo("UTC")


def show_card(moment: Moment, incident: int, *, rich: bool, choose_samples: bool = False) -> None:
    """Say or edit the card, and edit the pages, to what is true now."""
    row = get(moment, incident)
    if row.card is None and row.muted is not None:
        return  # nobody is told before the mute ends
    t, team = voice(moment, row)
    where = destination(moment, team)
    if row.card is None and where is None:
        return
    facts = card_facts(moment, row, t, choose_samples)
    if row.card is None and where is not None:
        joined = card_to_join(moment, row, where)
        if joined is None:
            made = say(moment, where, cards.card(facts, team, t), incident=row.id, rich=rich)
            why = {**get(moment, incident).why, RANG: row.severity}
            incidents.note(moment.connection, row.id, card=made, why=why)
        else:
            incidents.note(moment.connection, row.id, card=joined)
            _edit_card(moment, joined, facts, rich)
    elif row.card is not None:
        _edit_card(moment, row.card, facts, rich)
        _edit_copies(moment, row, cards.card(facts, team, t), rich)
    _edit_question(moment, row)
    for page in incidents.pages_of(moment.connection, row.id):
        if page.message is not None and not _is_calling(row, page):
            show_page(moment, page.message, page.person, rich=rich)


def _edit_question(moment: Moment, row: Incident) -> None:
    """The owner was asked whether they are still at it: once that is settled, the question says how."""
    asked = row.why.get(keeping.ASKED)
    if asked is None:
        return
    message, owner, asked_at_version = asked
    if row.state == "acknowledged" and row.acknowledged_by == owner and row.version == asked_at_version:
        return
    t, _ = voice(moment, row)
    zone = moment.configuration.people[owner].zone if owner in moment.configuration.people else UTC
    edit(moment, message, keeping.settled(row.id, row.state, row.acknowledged_by == owner, str(zone), t), rich=False)
    why = {name: value for name, value in get(moment, row.id).why.items() if name != keeping.ASKED}
    incidents.note(moment.connection, row.id, why=why)


def _is_calling(row: Incident, page: Page) -> bool:
    """Whether a page still waits for its person."""
    return row.state == "open" and page.state == "paged"


def _edit_card(moment: Moment, card: int, facts: cards.CardFacts, rich: bool) -> None:
    """A message may show further incidents, which rose together with this one."""
    rows = incidents.on_card(moment.connection, card)
    t, team = voice(moment, rows[0])
    shown = [facts if one.id == facts.incident else card_facts(moment, one, t, with_chart=False) for one in rows]
    edit(moment, card, bundle(shown, team, t), rich=rich)


def show_page(moment: Moment, message: int, person: str, *, rich: bool) -> None:
    """Edit a page, in every message that carries it, to what is true now of all it tells of; a message that is not
    needed any more and not sent, never is. What went out as e-mail, say, stays as it was."""
    pages = incidents.pages_on(moment.connection, message)
    by_id = {number: get(moment, number) for number in dict.fromkeys(page.incident for page in pages)}
    calling = any(_is_calling(by_id[page.incident], page) for page in pages)
    told = [(one.message, one.method) for one in page_ways.of_call(moment.connection, message)]
    made = None
    for said, method in told or [(message, moment.platform)]:
        if not calling and outbox.withdraw(moment.connection, said):
            continue
        if method in ONCE and outbox.is_begun(moment.connection, said):
            if not calling:
                outbox.drop(moment.connection, said)  # it was tried in vain, and would be again
            continue
        made = made or page_message(moment, message, person, calling=calling)
        edit(moment, said, without_quotes(made) if method in ONCE else made, rich=rich or method in ONCE)


def page_message(moment: Moment, message: int, person: str, *, calling: bool) -> Message:
    """What the pages that a message carries say now."""
    pages = incidents.pages_on(moment.connection, message)
    rows = [get(moment, number) for number in dict.fromkeys(page.incident for page in pages)]
    t, team = voice(moment, rows[0])
    known = moment.configuration.people.get(person)
    zone = str(known.zone) if known else "UTC"
    if len(rows) == 1:
        facts = card_facts(moment, rows[0], t)
        return cards.page(facts, person, pages[0].why, team, zone, t, calling=calling)
    together = [card_facts(moment, one, t, with_chart=False) for one in rows]
    return page_bundle(together, person, [page.why for page in pages], team, zone, t, calling=calling)


def without_quotes(message: Message) -> Message:
    """For where nothing can be taken back: viewers' words must be erasable everywhere, so none go there."""
    return replace(message, parts=tuple(part for part in message.parts if not isinstance(part, Quote)), chart=None)


def _edit_copies(moment: Moment, row: Incident, message: Message, rich: bool) -> None:
    """A policy may have shown the card in further channels: no button there may outlive the incident."""
    for said, body in outbox.about(moment.connection, row.id):
        if body["kind"] == "incident" and said != row.card:
            edit(moment, said, message, rich=rich)


def card_facts(
    moment: Moment, row: Incident, t: Tongue, choose_samples: bool = False, with_chart: bool = True
) -> cards.CardFacts:
    scopes = incidents.scopes(moment.connection, row.id)
    why = dict(row.why)
    samples = [(date.fromisoformat(day), event) for day, event in why.get("samples", [])]
    if len(samples) < SAMPLES and choose_samples:
        samples = _chosen(moment, row, scopes, None)
    pages = incidents.pages_of(moment.connection, row.id)
    next_at = due.planned(moment.connection, moment.workspace, ESCALATE, str(row.id))
    if next_at is not None:
        next_at = _answered_by(moment, row, pages, next_at)
    return cards.CardFacts(
        incident=row.id,
        version=row.version,
        state=row.state,
        severity=cards.as_severity(row.severity),
        category=row.category,
        show=title_of(moment, row.show),
        began_at=row.began_at,
        # What came back may have come back in one of its markets alone.
        scopes=[_scope_facts(moment, scope, why) for scope in scopes if scope.open or row.state in OVER],
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
        paged=list(
            dict.fromkeys(page.person for page in pages if page.opening == row.reopened and page.state != "held")
        ),
        from_import=bool(why.get("stale")),
        samples=samples,
        chart=chart_of(moment, row, scopes, t) if with_chart else None,
        marks=[one.mark for one in marks.of_incident(moment.connection, row.id)],
        seen=seen(why.get("judged")),
        suggestion=_suggestion(moment, row, scopes),
        is_exhausted=next_at is None and row.muted is None and _is_exhausted(moment, row),
        reopened=row.reopened,
        reopened_at=row.reopened_at,
        held=[_held(moment, page, t) for page in pages if page.state == "held" and page.held_until is not None],
        confirm_by=due.planned(moment.connection, moment.workspace, keeping.EXPIRES, str(row.id))
        if row.state == "acknowledged"
        else None,
        muted=_muted(moment, row),
        was_muted=_was_muted(row),
        by_hand=by_hand(why),
    )


def pick_samples(moment: Moment, row: Incident, said: Said | None) -> None:
    """Choose what an incident that has just opened shows of what was said, if it is shown; `said` as in its `Why`."""
    _, team = voice(moment, row)
    if row.muted is None and destination(moment, team) is not None:
        _chosen(moment, row, incidents.scopes(moment.connection, row.id), said)


def _chosen(moment: Moment, row: Incident, scopes: Sequence[Scope], said: Said | None) -> list[tuple[date, int]]:
    samples = sample_quotes(moment, row, scopes, SAMPLES, said)
    why = {**row.why, "samples": [[day.isoformat(), event] for day, event in samples]}
    incidents.note(moment.connection, row.id, why=why)
    return samples


def by_hand(why: Mapping[str, Any]) -> list[cards.ByHand]:
    """Who paged by hand and what for, oldest first; none for what a detector opened."""
    return [cards.ByHand(one["who"], one["text"], datetime.fromisoformat(one["at"])) for one in why.get(BY_HAND, ())]


def _held(moment: Moment, page: Page, t: Tongue) -> cards.HeldFacts:
    known = moment.configuration.people.get(page.person)
    until = t.local_time(page.held_until or page.paged_at, known.zone if known else UTC, moment.now)
    return cards.HeldFacts(page.person, until)


def _answered_by(moment: Moment, row: Incident, pages: Sequence[Page], next_at: datetime) -> datetime:
    """When the next step is really taken: behind the last one, whoever gets a held page has their time first."""
    policy = policy_named(moment.configuration, row.policy)
    held = [page.held_until for page in pages if page.state == "held" and page.held_until is not None]
    if policy is None or not held or not is_last(policy, Position(row.step_round, row.step)):
        return next_at
    return max(next_at, max(held) + policy.steps[-1].wait)


def _is_exhausted(moment: Moment, row: Incident) -> bool:
    policy = policy_named(moment.configuration, row.policy)
    return policy is not None and row.step_round > policy.repeat


def _muted(moment: Moment, row: Incident) -> cards.MutedFacts | None:
    mute = mutes.get(moment.connection, moment.workspace, row.muted) if row.muted and row.state not in OVER else None
    return cards.MutedFacts(mute.muted_at, mute.until, mute.muted_by) if mute else None


def _was_muted(row: Incident) -> cards.MutedFacts | None:
    if row.muted is not None or "was_muted" not in row.why:
        return None
    start, end, who = row.why["was_muted"]
    return cards.MutedFacts(datetime.fromisoformat(start), datetime.fromisoformat(end), who)


def _suggestion(moment: Moment, row: Incident, scopes: Sequence[Scope]) -> Suggestion | None:
    if not moment.configuration.answers or not scopes:
        return None
    _, team = voice(moment, row)
    viewers = next(iter(row.why.get("languages", ())), "")
    market = scopes[0].market
    return suggest(moment.configuration.answers, market, row.category, team.language if team else "en", viewers)


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
    more: Sequence[Part] = (),
    chart: ChartRef | None = None,
) -> None:
    """One line in the card's thread, with a picture of how it stood where there is one."""
    row = get(moment, row.id)
    t, team = voice(moment, row)
    where = destination(moment, team)
    if row.card is None or where is None:
        return
    if len(incidents.on_card(moment.connection, row.card)) > 1:
        text = f"{category_name(t, row.category).capitalize()} · {text}"
    line = cards.history_line(text, at or moment.now, who, team, t, notify=notify, more=more, chart=chart)
    say(moment, where, line, incident=row.id, thread_of=row.card, rich=chart is None)


def find(moment: Moment, incident: int) -> Incident | None:
    """An incident that somebody named."""
    return incidents.get(moment.connection, moment.workspace, incident)


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
    """The name of a market; of the person or schedule that somebody paged by hand."""
    person = moment.configuration.people.get(market[1:]) if market.startswith("@") else None
    known = moment.configuration.markets.get(market)
    return person.name if person else known.name if known else (market or cards.NOWHERE)


def market_zone(moment: Moment, market: str) -> ZoneInfo | None:
    """The zone of a market; of the person whom somebody paged by hand."""
    person = moment.configuration.people.get(market[1:]) if market.startswith("@") else None
    known = moment.configuration.markets.get(market)
    return person.zone if person else known.zone if known else None
