"""Paging somebody by hand: an incident like any other, of a category of its own and of no show.

Its one scope is whom it pages. So a second page for the same schedule or person joins what is open, and everything that
is done to incidents (acknowledging, escalating, resolving, muting, expiring) is done to it as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.byhand.rules import WITHIN, Call
from desk.configuration.model import Configuration, Policy
from desk.incidents import life, showing
from desk.incidents.rules import MANUAL
from desk.messages import Message, Paragraph, PersonName, Text
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.oncall import flow as oncall
from desk.oncall.concerns import begins_with, policy_of, team_of
from desk.oncall.current import current
from desk.oncall.escalation import Reached
from desk.oncall.policies import built_in, policy_named, takes_turns, target_of
from desk.oncall.resolve import who
from desk.oncall.steps import ESCALATE
from desk.readers import reader
from desk.telling.flow import tell
from store import due, handovers, incidents, mutes
from store.incidents import Incident

SEVERITY = "P1"  # a person asks for a person: it wakes


@dataclass(frozen=True, slots=True)
class Paged:
    """`people` were paged now; `muted` is the mute that kept it silent; `owner` has it in hand already."""

    incident: int
    people: tuple[str, ...]
    joined: bool
    muted: mutes.Mute | None = None
    owner: str | None = None
    why_nobody: str = ""
    alone: bool = False  # the file has no policy that goes on: they are paged again, and whoever comes next


def paged_lately(moment: Moment, caller: str) -> list[datetime]:
    """When somebody has paged lately, oldest first."""
    return handovers.paged_since(moment.connection, moment.workspace, caller, moment.now - WITHIN)


def page(moment: Moment, call: Call, caller: str) -> Paged:
    """Page whom a call names, for `caller` (a person's key). It names a schedule or a person."""
    scope = next(
        (
            one
            for one in incidents.open_scopes(moment.connection, moment.workspace, "")
            if (one.market, one.category) == (call.target[:80], MANUAL)
        ),
        None,
    )
    incident = scope.incident if scope else _open(moment, call, caller)
    handovers.paged(moment.connection, moment.workspace, caller, call.target, moment.now, incident)
    row = showing.get(moment, incident)
    if scope is not None:
        if caller not in {one.who for one in showing.by_hand(row.why)}:
            muting.give_way(moment, row, caller)
            row = showing.get(moment, incident)
        _add_words(moment, row, call, caller)
        incidents.change_scope(moment.connection, scope.id, complained_at=moment.now)
        row = showing.get(moment, incident)
    if row.muted is not None:
        return Paged(incident, (), scope is not None, mutes.get(moment.connection, moment.workspace, row.muted))
    if row.state == "acknowledged":
        _tell_owner(moment, row, call, caller)
        showing.show_card(moment, incident, rich=True)
        return Paged(incident, (), True, owner=row.acknowledged_by)
    showing.show_card(moment, incident, rich=False)
    people, why = _ring(moment, row, call, again=scope is not None)
    showing.show_card(moment, incident, rich=False)
    alone = target_of(row.policy) is not None
    return Paged(incident, people, scope is not None, why_nobody=why, alone=alone)


def _open(moment: Moment, call: Call, caller: str) -> int:
    policy, team = _route(moment.configuration, call)
    mute = mutes.over(moment.connection, moment.workspace, "", MANUAL, moment.now)
    incident = incidents.open_incident(
        moment.connection,
        workspace=moment.workspace,
        show="",
        category=MANUAL,
        state="open",
        version=1,
        severity=SEVERITY,
        began_at=moment.now,
        opened_at=moment.now,
        updated_at=moment.now,
        configuration=moment.configuration.version,
        team=team,
        policy=policy.key if policy else built_in(call.target),
        why={showing.BY_HAND: [_words(moment, call, caller)]},
        muted=mute.id if mute else None,
    )
    incidents.add_scope(
        moment.connection,
        incident=incident,
        workspace=moment.workspace,
        show="",
        market=call.target[:80],
        category=MANUAL,
        opened_at=moment.now,
        observed=0.0,
        peak=0.0,
        usual=0.0,
        share=0.0,
        complaints=0,
        viewers=None,
        open=True,
        complained_at=moment.now,
    )
    detail = {"severity": SEVERITY, "target": call.target, "version": 1, **({"mute": mute.id} if mute else {})}
    incidents.record(moment.connection, incident, moment.now, caller, "opened", detail)
    life.plan_expiry(moment, showing.get(moment, incident))
    return incident


def _words(moment: Moment, call: Call, caller: str) -> dict[str, str]:
    return {"who": caller, "text": call.text, "at": moment.now.isoformat()}


def _add_words(moment: Moment, row: Incident, call: Call, caller: str) -> None:
    asked = [*row.why.get(showing.BY_HAND, ()), _words(moment, call, caller)]
    incidents.note(moment.connection, row.id, why={**row.why, showing.BY_HAND: asked}, updated_at=moment.now)
    incidents.record(moment.connection, row.id, moment.now, caller, "paged_again", {"target": call.target})
    t, _ = showing.voice(moment, row)
    if row.muted is None:
        showing.say_history(moment, row, t("Paged again: “{text}”", text=call.text), caller)


def _ring(moment: Moment, row: Incident, call: Call, *, again: bool) -> tuple[tuple[str, ...], str]:
    """(who was paged, and why nobody was). A policy that begins with the schedule does it by itself; else the people
    are called first, and the policy after them."""
    policy = policy_named(moment.configuration, row.policy)
    followed = target_of(row.policy) is not None  # what follows where the file has no policy begins with them
    if policy is not None and not again and (followed or (call.schedule and begins_with(policy, call.schedule))):
        oncall.begin(moment, row.id)
        return _people(moment, row), ""
    people, why = _named(moment, call)
    # What was paged for before may have run through its policy already: then it begins anew.
    planned = due.planned(moment.connection, moment.workspace, ESCALATE, str(row.id))
    goes_on = again and (policy is None or planned is not None)
    wait = policy.steps[0].wait if policy is not None and policy.steps and not goes_on else None
    reached = oncall.call(moment, row.id, people, wait)
    if reached or goes_on:
        return reached, "" if reached else why
    if policy is not None:
        oncall.begin(moment, row.id)
    return _people(moment, row), why


def _people(moment: Moment, row: Incident) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.person for page in incidents.pages_of(moment.connection, row.id)))


def _named(moment: Moment, call: Call) -> tuple[Sequence[Reached], str]:
    """(whom a call means now, why there is nobody)."""
    if call.person is not None:
        return [Reached(call.person, "named by the caller")], ""
    assert call.schedule is not None
    answer = who(current(moment, call.schedule), moment.now)
    return [Reached(person, f"schedule {call.schedule}, {answer.why}") for person in answer.people], answer.why


def _route(configuration: Configuration, call: Call) -> tuple[Policy | None, str | None]:
    """The policy that goes on when nobody answers, and the team that is told: those of the schedule, or of the first
    schedule in which the person takes turns."""
    schedule = call.schedule
    if schedule is None:
        schedule = next(
            (name for name in configuration.schedules if takes_turns(configuration, name, call.person)), None
        )
    own = next((team for team in configuration.teams.values() if call.person in team.members), None)
    team = own or (team_of(configuration, schedule) if schedule else None)
    return (policy_of(configuration, schedule) if schedule else None), team.key if team else None


def _tell_owner(moment: Moment, row: Incident, call: Call, caller: str) -> None:
    """Who has it hears of a further page: it is about what they have in hand."""
    if row.acknowledged_by not in moment.configuration.people or row.acknowledged_by is None:
        return
    to = reader(moment.configuration, row.acknowledged_by)
    t = to.t
    message = Message(
        kind="notice",
        headline=t("Incident {number}, which you have, was paged for again", number=row.id),
        parts=(Paragraph((PersonName(caller), Text(f": “{call.text}”"))),),
        locale=str(t.locale),
        zone=str(to.zone),
    )
    tell(moment, row.acknowledged_by, message, night="tells")
