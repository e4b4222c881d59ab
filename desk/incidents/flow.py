"""Incidents: opened, collected into, ended, and shown. What pages somebody is `desk.oncall.flow`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from desk.acknowledged import flow as acknowledged
from desk.acknowledged.keeping import CONFIRM
from desk.byhand import callers
from desk.incidents import card as cards
from desk.incidents import figures, life, patience, rules, said, showing, signals, snapshots
from desk.incidents.rules import LIVEDESK
from desk.incidents.said import Answer
from desk.incidents.why import Why, merged
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.oncall import flow as oncall
from desk.oncall.routing import route
from desk.words import Tongue
from store import incidents, mutes
from store.incidents import Incident, Scope

REFRESH = timedelta(seconds=20)  # a card is edited no more often than this for new numbers alone


def meet(moment: Moment, rises: Sequence[tuple[rules.Rise, Why]]) -> None:
    """Open, join, collect or calm: what each rise of one tick means for the incidents that are open.

    New numbers alone of what is known already wait for the next tick where there is something new to tell in this one.
    """
    standing: dict[str, list[Scope]] = {}  # by show, as far as they are known not to have changed

    def open_in(show: str) -> list[Scope]:
        if show not in standing:
            standing[show] = incidents.open_scopes(moment.connection, moment.workspace, show)
        return standing[show]

    def is_new(rise: rules.Rise) -> bool:
        known = ((scope.market, scope.category) for scope in open_in(rise.show))
        return rise.alarm and (rise.market, rise.category) not in known

    refresh = REFRESH * 2 if any(is_new(rise) for rise, _ in rises) else REFRESH
    for rise, why in rises:
        scopes = {scope.id: scope for scope in open_in(rise.show)}
        decision = _decided(moment, rise, list(scopes.values()))
        if isinstance(decision, rules.Collect):
            _collect(moment, scopes[decision.scope], rise, why, refresh)
            if rise.calm:  # it may have ended with it
                standing.clear()
            continue
        if isinstance(decision, rules.LeaveAlone):
            continue
        standing.clear()
        if isinstance(decision, rules.Open):
            _open(moment, rise, why.explained())
        elif isinstance(decision, rules.Reopen):
            life.reopen(moment, decision, rise, why.explained())
        else:
            _join(moment, decision.incident, rise, why)


def _decided(moment: Moment, rise: rules.Rise, scopes: Sequence[Scope]) -> rules.Decision:
    """How its scope last ended is looked up only where that could matter."""
    open_scopes = [
        rules.OpenScope(
            scope.id, scope.incident, scope.market, scope.category, scope.opened_at, scope.calm_at is not None
        )
        for scope in scopes
    ]
    is_open = any((one.market, one.category) == (rise.market, rise.category) for one in open_scopes)
    if is_open or not rules.is_news(rise):
        return rules.decide(rise, open_scopes)
    closed, team = life.closed_scope(moment, rise)
    within = patience.reopen_within(moment.configuration, team, rise.market)
    return rules.decide(rise, open_scopes, closed, within, life.kin_resolved_at(moment, rise))


def _open(moment: Moment, rise: rules.Rise, why: Why) -> None:
    made, seen = figures.judged(moment, rise)
    language = why.languages[0] if why.languages else None
    zone = showing.market_zone(moment, rise.market)
    its = route(moment.configuration.routing, rise.market, rise.category, language, made.severity, moment.now, zone)
    stale = moment.now - rise.at > rules.STALE_AFTER
    mute = mutes.over(moment.connection, moment.workspace, rise.show, rise.category, moment.now)
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
        muted=mute.id if mute else None,
    )
    _add_scope(moment, incident, rise, why)
    detail = {"severity": made.severity, "market": rise.market, "version": 1}
    _record(moment, incident, LIVEDESK, "opened", {**detail, "mute": mute.id} if mute else detail)
    row = showing.get(moment, incident)
    life.plan_expiry(moment, row)
    showing.pick_samples(moment, row, why.said)
    showing.show_card(moment, incident, rich=False)
    if not stale and oncall.begin(moment, incident):
        # In the same transaction, so that what is sent first says already who is paged and what comes next.
        showing.show_card(moment, incident, rich=False)
    snapshots.plan_opening(moment, incident)


def _join(moment: Moment, incident: int, rise: rules.Rise, why: Why) -> None:
    scopes = incidents.scopes(moment.connection, incident)
    known = [one for one in scopes if (one.market, one.category) == (rise.market, rise.category)]
    if known:  # from before the incident came back
        life.open_scope_again(moment, known[-1], rise, why)
    else:
        _add_scope(moment, incident, rise, why)
    market = showing.market_name(moment, rise.market)
    _record(moment, incident, LIVEDESK, "joined", {"market": rise.market})
    row = showing.get(moment, incident)
    if signals.note(moment, row, rise, why):
        row = showing.get(moment, incident)
    t, _ = showing.voice(moment, row)
    if row.muted is None:
        other_half = rise.category != row.category
        said = signals.joined(t, rise.category) if other_half else t("Rising in {market} too", market=market)
        showing.say_history(moment, row, said, None)
    _worsen(moment, row, rise, higher=True)
    showing.show_card(moment, incident, rich=True, choose_samples=True)


def _collect(moment: Moment, scope: Scope, rise: rules.Rise, why: Why, refresh: timedelta) -> None:
    """`refresh`: the least time from one edit of the card for new numbers alone to the next."""
    was_calm = scope.calm_at is not None
    incidents.change_scope(
        moment.connection,
        scope.id,
        observed=rise.observed,
        peak=max(scope.peak, rise.observed),
        share=rise.share if rise.observed >= scope.peak else scope.share,
        complaints=scope.complaints + why.complaints,
        viewers=merged(scope.viewers, why.viewers),
        complained_at=rise.at if why.complaints else scope.complained_at,
        calm_at=rise.at if rise.calm else None,
    )
    row = showing.get(moment, scope.incident)
    if signals.note(moment, row, rise, why):
        row = showing.get(moment, scope.incident)
    worse = _worsen(moment, row, rise, higher=rise.observed > scope.peak)
    if rise.calm and was_calm and row.state == "acknowledged":
        return  # somebody is at it, and the card says already that it has calmed down
    if rise.calm and _all_calm(moment, scope.incident):
        _end(moment, row, rise.at)
        return
    if worse or rise.calm != was_calm or moment.now - row.updated_at >= refresh:
        incidents.note(moment.connection, row.id, updated_at=moment.now)
        showing.show_card(moment, row.id, rich=True, choose_samples=True)


def _worsen(moment: Moment, row: Incident, rise: rules.Rise, *, higher: bool) -> bool:
    """Severity follows the worst that was seen; what becomes bad enough to page pages then. Whether it became worse.

    What is known beside the size is looked up only when the rise is `higher` than it has been and could be worse.
    """
    was = cards.as_severity(row.severity)
    if rules.worse(was, figures.could_be(moment, rise, higher=higher)) == was:
        if higher:
            snapshots.grown(moment, row)
        return False
    made, seen = figures.judged(moment, rise)
    now_is = rules.worse(was, made.severity)
    if now_is == was:
        return False
    zone, language = showing.market_zone(moment, rise.market), next(iter(row.why.get("languages", ())), None)
    its = route(moment.configuration.routing, rise.market, row.category, language, now_is, moment.now, zone)
    paged = [page for page in incidents.pages_of(moment.connection, row.id) if page.opening == row.reopened]
    # Until somebody has been paged, the rule for the new severity says who is; after that the policy goes on.
    policy = row.policy if paged or its is None else its.policy
    incidents.note(moment.connection, row.id, severity=now_is, policy=policy, why={**row.why, "judged": seen})
    _record(moment, row.id, LIVEDESK, "worsened", {"from": was, "to": now_is})
    snapshots.worsened(moment, row.id, was, now_is)
    for page in paged:
        if page.message is not None:
            showing.show_page(moment, page.message, page.person, rich=True)
    if row.state == "open" and moment.now - rise.at <= rules.STALE_AFTER:
        oncall.worsened(moment, row.id, was)
    return True


def finish(moment: Moment, show: str, at: datetime) -> None:
    """A show is over: what nobody took in hand is over with it. What somebody has stays theirs to resolve."""
    for row in incidents.open_ones(moment.connection, moment.workspace, show):
        if row.state == "open":
            t, _ = showing.voice(moment, row)
            life.end_by_itself(moment, row, at, t("The show has ended"))
    muting.show_ended(moment, show)


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
    life.end_by_itself(moment, row, at, signals.ended(t, row.category))


# ── buttons ──────────────────────────────────────────────────────────────────────────────────────────────────────


def act(moment: Moment, incident: int, verb: str, who: str, t: Tongue, version: int | None = None) -> Answer:
    """Do what a button on an incident says, for `who` (a person's key, or `platform:name`).

    Everything that is pending for the incident is cancelled in the same transaction, so that nobody is woken for
    what somebody already has in hand. `version` is the state that the person saw; None is whatever it is now.
    """
    row = incidents.get(moment.connection, moment.workspace, incident)
    if row is None:
        return Answer(t("Incident {number} is not known here any more.", number=incident), False)
    if verb == CONFIRM:
        return acknowledged.confirm(moment, row, who, t, version)
    result = rules.transition(cast(rules.State, row.state), verb)
    if isinstance(result, rules.Over):
        return Answer(said.over(moment, row, t), False)
    if isinstance(result, rules.AlreadySo):
        return Answer(said.already(moment, row, t), False)
    if version is not None and version != row.version:
        return Answer(said.moved_on(moment, row, t), False)
    if isinstance(result, rules.Onward):
        return _escalate(moment, row, who, t)
    if not life.turn(moment, row, result.to, who, result.to, **_values(result.to, who, moment.now)):
        return Answer(t("Somebody else was first. The card shows how it stands."), False)
    room, _ = showing.voice(moment, row)
    if result.to == "resolved":
        snapshots.ended(moment, row.id, room("Resolved by"), who)
    else:
        showing.say_history(moment, row, room("Acknowledged by"), who)
        if row.category == rules.MANUAL:
            callers.taken(moment, row.id, who)
        acknowledged.begin(moment, row.id)
    showing.show_card(moment, row.id, rich=True)
    if result.to == "acknowledged":
        return Answer(t("It is yours. Nobody else will be woken for it."), True)
    return Answer(t("Resolved. Thank you."), True)


def _escalate(moment: Moment, row: Incident, who: str, t: Tongue) -> Answer:
    if row.muted is not None:
        return Answer(t("It is muted, so nobody was paged. Unmute it first."), False)
    told = oncall.escalate_now(moment, row, t)
    _record(moment, row.id, who, "escalated", {})
    room, _ = showing.voice(moment, row)
    showing.say_history(moment, row, room("Escalated by"), who)
    showing.show_card(moment, row.id, rich=True)
    return Answer(told or t("Escalated: the next step of the policy has been taken."), True)


def _values(to: str, who: str, now: datetime) -> dict[str, Any]:
    if to == "acknowledged":
        return {"acknowledged_at": now, "acknowledged_by": who}
    return {"resolved_at": now, "resolved_by": who}


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
        complained_at=rise.at,
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
        **signals.facts(rise, why),
    }


def _record(moment: Moment, incident: int, who: str, what: str, detail: Mapping[str, Any]) -> None:
    incidents.record(moment.connection, incident, moment.now, who, what, detail)


def _all_calm(moment: Moment, incident: int) -> bool:
    return all(scope.calm_at is not None for scope in incidents.scopes(moment.connection, incident) if scope.open)
