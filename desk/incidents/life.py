"""The life of an incident: open, acknowledged, resolved, open again, expired.

Every change of state goes through `turn`. In one transaction it changes the state (which only works on the version
that was read), writes who did it and when, and cancels what was pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from desk.acknowledged import keeping
from desk.incidents import card as cards
from desk.incidents import figures, patience, rules, showing, snapshots
from desk.incidents.rules import LIVEDESK
from desk.incidents.why import Why, merged
from desk.moment import Moment
from desk.mutes.rules import LAPSE
from desk.oncall import flow as oncall
from desk.oncall.routing import route
from desk.signals import partner
from store import due, incidents, mutes
from store.incidents import Incident, Scope

EXPIRE = "expire"  # kind of the due row that ends what nobody ended


def turn(
    moment: Moment,
    row: Incident,
    to: rules.State,
    who: str,
    what: str,
    detail: Mapping[str, Any] | None = None,
    **values: Any,
) -> bool:
    """Change the state of an incident that was read as `row`; False, with nothing done, when somebody was first.

    `what` is the word for it in the record. `values` are further columns.
    """
    changed = incidents.change(moment.connection, row.id, row.version, state=to, updated_at=moment.now, **values)
    if not changed:
        return False
    oncall.stop(moment, row.id, acknowledged_by=who if to == "acknowledged" else None)
    for kind in (keeping.ASK, keeping.EXPIRES):
        due.cancel(moment.connection, moment.workspace, kind, str(row.id), moment.now)
    if to in rules.OVER:
        incidents.close_scopes(moment.connection, row.id, values.get("resolved_at", moment.now), who)
        due.cancel(moment.connection, moment.workspace, EXPIRE, str(row.id), moment.now)
        _end_its_mutes(moment, row, who)
    told = {**(detail or {}), "from": row.state, "version": row.version + 1}
    incidents.record(moment.connection, row.id, moment.now, who, what, told)
    return True


def _end_its_mutes(moment: Moment, row: Incident, who: str) -> None:
    """Somebody has closed what was muted alone; of what ended by itself, the end of its mute still tells."""
    for mute in mutes.of_incident(moment.connection, moment.workspace, row.id) if who != LIVEDESK else ():
        mutes.end(moment.connection, mute.id, moment.now, who)
        due.cancel(moment.connection, moment.workspace, LAPSE, str(mute.id), moment.now)


def end_by_itself(moment: Moment, row: Incident, at: datetime, said: str) -> None:
    """The complaints have stopped at `at`, and nobody has it in hand."""
    if not turn(moment, row, "resolved", LIVEDESK, "ended", resolved_at=at, resolved_by=LIVEDESK):
        return
    snapshots.ended(moment, row.id, said, None, at=at)
    showing.show_card(moment, row.id, rich=True)


# ── coming back ──────────────────────────────────────────────────────────────────────────────────────────────────


def closed_scope(moment: Moment, rise: rules.Rise) -> tuple[rules.ClosedScope | None, str | None]:
    """How the scope of a rise last ended, and the team that was told of it."""
    found = incidents.last_closed(moment.connection, moment.workspace, rise.show, rise.market, rise.category)
    if found is None:
        return None, None
    state = cast(rules.State, found.state)
    return rules.ClosedScope(found.scope, found.incident, found.at, found.by != LIVEDESK, state), found.team


def kin_resolved_at(moment: Moment, rise: rules.Rise) -> datetime | None:
    """When somebody last resolved what viewers say, or do, of the same trouble."""
    kin = partner(rise.category)
    if kin is None:
        return None
    found = incidents.last_closed(moment.connection, moment.workspace, rise.show, rise.market, kin)
    return found.at if found is not None and found.by != LIVEDESK else None


def reopen(moment: Moment, decision: rules.Reopen, rise: rules.Rise, why: Why) -> None:
    """The same incident goes on: its card, its thread, its number. Paging begins anew."""
    row = showing.get(moment, decision.incident)
    made, judged = figures.judged(moment, rise)
    severity = rules.worse(cards.as_severity(row.severity), made.severity)
    language = why.languages[0] if why.languages else None
    zone = showing.market_zone(moment, rise.market)
    its = route(moment.configuration.routing, rise.market, rise.category, language, severity, moment.now, zone)
    stale = moment.now - rise.at > rules.STALE_AFTER
    mute = mutes.over(moment.connection, moment.workspace, row.show, row.category, moment.now)
    detail = {"market": rise.market, "time": row.reopened + 2, "severity": severity}
    turned = turn(
        moment, row, "open", LIVEDESK, "reopened", {**detail, "mute": mute.id} if mute else detail,
        severity=severity, policy=its.policy if its else row.policy, step_round=0, step=0,
        acknowledged_at=None, acknowledged_by=None, resolved_at=None, resolved_by=None,
        reopened=row.reopened + 1, reopened_at=rise.at, muted=mute.id if mute else None,
        why={**{name: value for name, value in row.why.items() if name != "was_muted"}, "judged": judged},
    )  # fmt: skip
    if not turned:
        return
    scope = next(one for one in incidents.scopes(moment.connection, row.id) if one.id == decision.scope)
    open_scope_again(moment, scope, rise, why)
    plan_expiry(moment, row)
    if mute is None:
        _say_it_is_back(moment, row)
    showing.show_card(moment, row.id, rich=row.card is not None, choose_samples=True)
    if not stale:
        oncall.begin(moment, row.id)


def _say_it_is_back(moment: Moment, before: Incident) -> None:
    """In the thread, and to whoever had resolved it: they thought that it was done."""
    t, _ = showing.voice(moment, before)
    again = cards.again(before.reopened + 1, t)
    who = before.resolved_by
    if who is None or who == LIVEDESK:
        showing.say_history(moment, before, t("{again}: it had ended by itself.", again=again), None)
    elif who in moment.configuration.people:
        said = t("{again}, after it was resolved by", again=again)
        showing.say_history(moment, before, said, None, notify=[who])
    else:
        showing.say_history(moment, before, t("{again}, after it was resolved by", again=again), who)


def open_scope_again(moment: Moment, scope: Scope, rise: rules.Rise, why: Why) -> None:
    """A scope that was closed belongs to its incident again. Its peak is that of this time."""
    incidents.change_scope(
        moment.connection,
        scope.id,
        open=True,
        opened_at=rise.at,
        calm_at=None,
        observed=rise.observed,
        peak=rise.observed,
        usual=rise.usual,
        share=rise.share,
        complaints=scope.complaints + why.complaints,
        viewers=merged(scope.viewers, why.viewers),
        complained_at=rise.at,
    )


# ── expiring ─────────────────────────────────────────────────────────────────────────────────────────────────────


def plan(moment: Moment) -> None:
    """Every incident that is open has a time at which it is looked at again; also those of an earlier release."""
    for row in incidents.open_ones(moment.connection, moment.workspace):
        plan_expiry(moment, row)


def plan_expiry(moment: Moment, row: Incident) -> None:
    """Look again when it may have expired. Nothing is written for each complaint: that look knows the newest."""
    at = moment.now + _patience(moment, row, incidents.scopes(moment.connection, row.id))
    due.plan_once(moment.connection, moment.workspace, EXPIRE, str(row.id), at)


def expire(moment: Moment, incident: int) -> None:
    """End what nobody ended and nobody complains about any more; look again later when somebody still does."""
    row = showing.get(moment, incident)
    if row.state in rules.OVER:
        return
    scopes = incidents.scopes(moment.connection, row.id)
    after = _patience(moment, row, scopes)
    happened = (row.reopened_at, row.acknowledged_at, *(scope.complained_at for scope in scopes))
    at = patience.expires_at((row.opened_at, *happened), after)
    if at > moment.now:
        due.put(moment.connection, moment.workspace, EXPIRE, str(row.id), at)
        return
    ended = {"resolved_at": moment.now, "resolved_by": LIVEDESK}
    if not turn(moment, row, "expired", LIVEDESK, "expired", {"after": after.total_seconds()}, **ended):
        return
    t, _ = showing.voice(moment, row)
    said = t("Expired: nobody resolved it, and for {time} nothing of it was seen", time=t.duration(after))
    snapshots.ended(moment, row.id, said, None)
    showing.show_card(moment, row.id, rich=True)


def _patience(moment: Moment, row: Incident, scopes: Sequence[Scope]) -> timedelta:
    markets = [scope.market for scope in scopes if scope.open]
    return patience.expire_after(moment.configuration, row.team, markets)
