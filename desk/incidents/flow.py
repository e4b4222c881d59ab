"""Incidents: opened, collected into, ended, and shown. What pages somebody is `desk.oncall.flow`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from analytics.sketch import DistinctSketch
from desk.incidents import card as cards
from desk.incidents import figures, rules, severity, showing, snapshots
from desk.incidents.why import Why
from desk.moment import Moment
from desk.oncall import flow as oncall
from desk.oncall.escalation import route
from desk.words import Tongue
from store import incidents
from store.incidents import Incident

LIVEDESK = "livedesk"  # who did what nobody did
REFRESH = timedelta(seconds=20)  # a card is edited no more often than this for new numbers alone


def meet(moment: Moment, rises: Sequence[tuple[rules.Rise, Why]]) -> None:
    """Open, join, collect or calm: what each rise of one tick means for the incidents that are open."""
    for rise, why in rises:
        open_scopes = [
            rules.OpenScope(
                scope.id, scope.incident, scope.market, scope.category, scope.opened_at, scope.calm_at is not None
            )
            for scope in incidents.open_scopes(moment.connection, moment.workspace, rise.show)
        ]
        resolved_at = incidents.last_resolved(
            moment.connection, moment.workspace, rise.show, rise.market, rise.category, LIVEDESK
        )
        decision = rules.decide(rise, open_scopes, resolved_at)
        if isinstance(decision, rules.Open):
            _open(moment, rise, why)
        elif isinstance(decision, rules.Join):
            _join(moment, decision.incident, rise, why)
        elif isinstance(decision, rules.Collect):
            _collect(moment, decision, rise, why)


def _open(moment: Moment, rise: rules.Rise, why: Why) -> None:
    made, seen = figures.judged(moment, rise)
    language = why.languages[0] if why.languages else None
    its = route(moment.configuration.routing, rise.market, rise.category, language, made.severity)
    stale = moment.now - rise.at > rules.STALE_AFTER
    incident = incidents.open_incident(
        moment.connection,
        workspace=moment.workspace,
        show=rise.show,
        category=rise.category,
        state="open",
        version=1,
        severity=made.severity,
        began_at=rise.began_at,
        opened_at=rise.at,
        updated_at=moment.now,
        configuration=moment.configuration.version,
        team=its.team if its else None,
        policy=its.policy if its else None,
        why={**_why(rise, why, stale), "judged": seen},
    )
    _add_scope(moment, incident, rise, why)
    _record(moment, incident, LIVEDESK, "opened", {"severity": made.severity, "market": rise.market})
    showing.show_card(moment, incident, rich=False, choose_samples=True)
    if not stale and oncall.begin(moment, incident):
        # In the same transaction, so that what is sent first says already who is paged and what comes next.
        showing.show_card(moment, incident, rich=False)
    snapshots.plan_opening(moment, incident)


def _join(moment: Moment, incident: int, rise: rules.Rise, why: Why) -> None:
    _add_scope(moment, incident, rise, why)
    market = showing.market_name(moment, rise.market)
    _record(moment, incident, LIVEDESK, "joined", {"market": rise.market})
    row = showing.get(moment, incident)
    t, _ = showing.voice(moment, row)
    showing.say_history(moment, row, t("Rising in {market} too", market=market), None)
    _worsen(moment, row, rise, higher=True)
    showing.show_card(moment, incident, rich=True, choose_samples=True)


def _collect(moment: Moment, decision: rules.Collect, rise: rules.Rise, why: Why) -> None:
    scope = next(one for one in incidents.scopes(moment.connection, decision.incident) if one.id == decision.scope)
    was_calm = scope.calm_at is not None
    incidents.change_scope(
        moment.connection,
        scope.id,
        observed=rise.observed,
        peak=max(scope.peak, rise.observed),
        share=rise.share if rise.observed >= scope.peak else scope.share,
        complaints=scope.complaints + why.complaints,
        viewers=_merge(scope.viewers, why.viewers),
        calm_at=rise.at if rise.calm else None,
    )
    row = showing.get(moment, decision.incident)
    worse = _worsen(moment, row, rise, higher=rise.observed > scope.peak)
    if rise.calm and was_calm and row.state == "acknowledged":
        return  # somebody is at it, and the card says already that it has calmed down
    if rise.calm and _all_calm(moment, decision.incident):
        _end(moment, row, rise.at)
        return
    if worse or rise.calm != was_calm or moment.now - row.updated_at >= REFRESH:
        incidents.note(moment.connection, row.id, updated_at=moment.now)
        showing.show_card(moment, row.id, rich=True, choose_samples=True)


def _worsen(moment: Moment, row: Incident, rise: rules.Rise, *, higher: bool) -> bool:
    """Severity follows the worst that was seen; what becomes bad enough to page pages then. Whether it became worse.

    What is known beside the size is looked up only when the rise is `higher` than it has been and could be worse.
    """
    was = cards.as_severity(row.severity)
    size, market = figures.size_of(rise), figures.severities_of(moment, rise.market)
    could_be = severity.at_worst(size, market) if higher else severity.by_size(size, market)
    if rules.worse(was, could_be) == was:
        if higher:
            snapshots.grown(moment, row.id)
        return False
    made, seen = figures.judged(moment, rise)
    now_is = rules.worse(was, made.severity)
    if now_is == was:
        return False
    its = route(moment.configuration.routing, rise.market, row.category, None, now_is)
    paged = incidents.pages_of(moment.connection, row.id)
    # Until somebody has been paged, the rule for the new severity says who is; after that the policy goes on.
    policy = row.policy if paged or its is None else its.policy
    incidents.note(moment.connection, row.id, severity=now_is, policy=policy, why={**row.why, "judged": seen})
    _record(moment, row.id, LIVEDESK, "worsened", {"from": was, "to": now_is})
    snapshots.worsened(moment, row.id, was, now_is)
    for page in paged:
        if page.message is not None:
            showing.show_page(moment, page.message, page.person, rich=True)
    if was == "P3" and row.state == "open" and moment.now - rise.at <= rules.STALE_AFTER:
        oncall.begin(moment, row.id)
    return True


def finish(moment: Moment, show: str, at: datetime) -> None:
    """A show is over: what nobody took in hand is over with it. What somebody has stays theirs to resolve."""
    for row in incidents.open_ones(moment.connection, moment.workspace, show):
        if row.state == "open":
            t, _ = showing.voice(moment, row)
            _resolve_by_itself(moment, row, at, t("The show has ended"))


def _end(moment: Moment, row: Incident, at: datetime) -> None:
    """A spike that ends by itself says so, and wakes nobody any more."""
    if row.state == "acknowledged":
        # Somebody is at it and will say when it is done; the card tells them that the spike has gone.
        incidents.note(moment.connection, row.id, updated_at=moment.now)
        t, _ = showing.voice(moment, row)
        showing.say_history(moment, row, t("It has calmed down."), None, at=at)
        showing.show_card(moment, row.id, rich=True)
        return
    t, _ = showing.voice(moment, row)
    _resolve_by_itself(moment, row, at, t("The spike ended by itself"))


def _resolve_by_itself(moment: Moment, row: Incident, at: datetime, said: str) -> None:
    resolved = {"state": "resolved", "resolved_at": at, "resolved_by": LIVEDESK, "updated_at": moment.now}
    if not incidents.change(moment.connection, row.id, row.version, **resolved):
        return
    incidents.close_scopes(moment.connection, row.id)
    oncall.stop(moment, row.id, acknowledged_by=None)
    _record(moment, row.id, LIVEDESK, "ended", {})
    snapshots.ended(moment, row.id, said, None, at=at)
    showing.show_card(moment, row.id, rich=True)


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the one who tapped. `done` is False when nothing was changed."""

    text: str
    done: bool


def act(moment: Moment, incident: int, verb: str, who: str, t: Tongue) -> Answer:
    """Do what a button on an incident says, for `who` (a person's key, or `platform:name`).

    Everything that is pending for the incident is cancelled in the same transaction, so that nobody is woken for
    what somebody already has in hand.
    """
    row = incidents.get(moment.connection, moment.workspace, incident)
    if row is None:
        return Answer(t("Incident {number} is not known here any more.", number=incident), False)
    result = rules.transition(cast(rules.State, row.state), verb)
    if isinstance(result, rules.Over):
        return Answer(_over(moment, row, t), False)
    if isinstance(result, rules.AlreadySo):
        return Answer(_already(moment, row, t), False)
    if isinstance(result, rules.Onward):
        told = oncall.escalate_now(moment, row, t)
        _record(moment, row.id, who, "escalated", {})
        room, _ = showing.voice(moment, row)
        showing.say_history(moment, row, room("Escalated by"), who)
        showing.show_card(moment, row.id, rich=True)
        return Answer(told or t("Escalated: the next step of the policy has been taken."), True)
    changed = incidents.change(moment.connection, row.id, row.version, **_values(result.to, who, moment.now))
    if not changed:
        return Answer(t("Somebody else was first. The card shows how it stands."), False)
    oncall.stop(moment, row.id, acknowledged_by=who if result.to == "acknowledged" else None)
    if result.to == "resolved":
        incidents.close_scopes(moment.connection, row.id)
    _record(moment, row.id, who, result.to, {})
    room, _ = showing.voice(moment, row)
    if result.to == "resolved":
        snapshots.ended(moment, row.id, room("Resolved by"), who)
    else:
        showing.say_history(moment, row, room("Acknowledged by"), who)
    showing.show_card(moment, row.id, rich=True)
    if result.to == "acknowledged":
        return Answer(t("It is yours. Nobody else will be woken for it."), True)
    return Answer(t("Resolved. Thank you."), True)


def _values(to: str, who: str, now: datetime) -> dict[str, Any]:
    if to == "acknowledged":
        return {"state": to, "acknowledged_at": now, "acknowledged_by": who, "updated_at": now}
    return {"state": to, "resolved_at": now, "resolved_by": who, "updated_at": now}


def _over(moment: Moment, row: Incident, t: Tongue) -> str:
    at = t.day_time(row.resolved_at or moment.now, _zone(moment, row))
    if row.resolved_by == LIVEDESK:
        return t("This is already over: the spike ended by itself ({at}). Nothing was changed.", at=at)
    return t(
        "This is already over: {who} resolved it ({at}). Nothing was changed.",
        who=_name(moment, row.resolved_by),
        at=at,
    )


def _already(moment: Moment, row: Incident, t: Tongue) -> str:
    if row.state == "acknowledged":
        at = t.day_time(row.acknowledged_at or moment.now, _zone(moment, row))
        return t("{who} already has it ({at}).", who=_name(moment, row.acknowledged_by), at=at)
    return _over(moment, row, t)


# ── small facts ──────────────────────────────────────────────────────────────────────────────────────────────────


def _add_scope(moment: Moment, incident: int, rise: rules.Rise, why: Why) -> None:
    incidents.add_scope(
        moment.connection,
        incident=incident,
        workspace=moment.workspace,
        show=rise.show,
        market=rise.market,
        category=rise.category,
        opened_at=rise.at,
        observed=rise.observed,
        peak=rise.observed,
        usual=rise.usual,
        share=rise.share,
        complaints=why.complaints,
        viewers=why.viewers,
        open=True,
    )


def _why(rise: rules.Rise, why: Why, stale: bool) -> Mapping[str, Any]:
    return {
        "observed_per_minute": round(rise.observed, 1),
        "usual_per_minute": round(rise.usual, 2),
        "share": round(rise.share, 4),
        "usual_share": round(rise.usual_share, 4),
        "viewers": rise.distinct,
        "words": list(why.words),
        "languages": list(why.languages[:3]),
        "on_air": why.on_air,
        "stale": stale,
    }


def _record(moment: Moment, incident: int, who: str, what: str, detail: Mapping[str, Any]) -> None:
    incidents.record(moment.connection, incident, moment.now, who, what, detail)


def _all_calm(moment: Moment, incident: int) -> bool:
    return all(scope.calm_at is not None for scope in incidents.scopes(moment.connection, incident))


def _merge(one: bytes | None, other: bytes | None) -> bytes | None:
    if one is None or other is None:
        return one or other
    return DistinctSketch.from_bytes(one).merge(DistinctSketch.from_bytes(other)).to_bytes()


def _zone(moment: Moment, row: Incident) -> ZoneInfo:
    team = moment.configuration.teams.get(row.team or "")
    return team.zone if team else ZoneInfo("UTC")


def _name(moment: Moment, who: str | None) -> str:
    person = moment.configuration.people.get(who or "")
    return person.name if person else (who or "?").partition(":")[2] or (who or "?")
