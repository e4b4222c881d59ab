"""Paging: the steps of an incident's escalation policy, taken one after the other until somebody acknowledges.

The next step is always a row with a due time, written in the transaction that took this one. So no restart forgets
it, and whoever acknowledges cancels it in the same transaction that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desk.byhand import callers
from desk.contacts.flow import ways_of
from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.rules import LIVEDESK, MANUAL
from desk.messages import Command, Message, Paragraph, Severity, Text
from desk.moment import Moment
from desk.oncall import pages
from desk.oncall.current import current, planned
from desk.oncall.escalation import START, NobodyReached, Notify, Position, Reached, escalate, schedules_of
from desk.oncall.facts import facts_of, user_groups_of
from desk.oncall.pages import held, urgency_of
from desk.oncall.policies import policy_named, target_of
from desk.oncall.resolve import who
from desk.oncall.routing import route
from desk.oncall.steps import ESCALATE
from desk.outbox.flow import say
from desk.reach import flow as reach
from desk.reach.flow import tell
from desk.words import Tongue, tongue
from store import due, incidents, shifts
from store.incidents import Incident


def begin(moment: Moment, incident: int) -> bool:
    """Start paging for an incident, if it is bad enough, its route names a policy and nobody has muted it; whether it
    did."""
    row = showing.get(moment, incident)
    if row.muted is not None or row.policy is None or urgency_of(moment, row) == "none":
        return False
    if policy_named(moment.configuration, row.policy) is not None:
        _take(moment, row, START)
    else:
        _policy_is_gone(moment, row)  # while it was muted, say
    return True


def call(moment: Moment, incident: int, people: Sequence[Reached], wait: timedelta | None) -> tuple[str, ...]:
    """Page people whom somebody has named, beside the policy; who of them could be reached. After `wait` the policy
    begins with its first step, unless somebody acknowledged; None leaves its timer as it is."""
    row = showing.get(moment, incident)
    reached = tuple(one for one in people if pages.can_be_called(moment, moment.configuration.people[one.person]))
    t, _ = showing.voice(moment, row)
    due_at = moment.now + (wait or timedelta())
    pages.notify(moment, row, Notify(START, reached, (), START, due_at), 0, t("Paged by hand:"))
    if wait is not None and reached and policy_named(moment.configuration, row.policy) is not None:
        incidents.note(moment.connection, row.id, step_round=START.round, step=START.step)
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), due_at)
    return tuple(one.person for one in reached)


def worsened(moment: Moment, incident: int, was: Severity) -> None:
    """It has become worse: what is urgent enough only now begins to page, and what waited for somebody's morning does
    not any more."""
    row = showing.get(moment, incident)
    before, now_is = urgency_of(moment, row, was), urgency_of(moment, row)
    rung = any(page.opening == row.reopened for page in incidents.pages_of(moment.connection, incident))
    under_way = rung or due.planned(moment.connection, moment.workspace, ESCALATE, str(incident)) is not None
    if before == "none" or not under_way:  # the rule for what it was may have named no policy, or a quieter one
        begin(moment, incident)
    elif before == "low" and now_is == "high":
        policy = policy_named(moment.configuration, row.policy)
        waited = bool(held(moment, incident))
        pages.insist(moment, row)
        _release(moment, row)
        if policy is not None and row.step_round > policy.repeat and not waited:
            resume(moment, incident)


def resume(moment: Moment, incident: int) -> None:
    """Somebody had it and has it no more: paging goes on where it stood, or anew when every step had been taken. By the
    rules now in force where its policy is gone."""
    row = showing.get(moment, incident)
    if row.policy is None or row.muted is not None or urgency_of(moment, row) == "none":
        return
    policy = policy_named(moment.configuration, row.policy)
    if policy is None:
        _policy_is_gone(moment, row)
        return
    _take(moment, row, START if row.step_round > policy.repeat else Position(row.step_round, row.step))


def step(moment: Moment, incident: int) -> None:
    """The next step is due: nobody acknowledged in time."""
    row = showing.get(moment, incident)
    if row.state != "open" or row.muted is not None:
        return
    if policy_named(moment.configuration, row.policy) is not None:
        _take(moment, row, Position(row.step_round, row.step))
    else:
        _policy_is_gone(moment, row)
    showing.show_card(moment, incident, rich=True)  # who is paged, and what comes next


def escalate_now(moment: Moment, row: Incident, t: Tongue) -> str | None:
    """Take the next step without waiting for it; a sentence when there is none to take."""
    policy = policy_named(moment.configuration, row.policy)
    if policy is None:
        if row.policy is not None:
            due.cancel(moment.connection, moment.workspace, ESCALATE, str(row.id), moment.now)
            _policy_is_gone(moment, row, urgent=True)
        if policy_named(moment.configuration, showing.get(moment, row.id).policy) is not None:
            return None
        return t("No escalation policy is set for this incident: add a routing rule to livedesk.yaml.")
    if row.step_round > policy.repeat and not held(moment, row.id):
        return t("The policy has no further step; its last one has been taken.")
    # Somebody asks for help now, so nobody's night holds a page any more.
    _release(moment, row)
    if row.step_round > policy.repeat:
        return t("Every step had been taken; the pages that were held have gone out.")
    due.cancel(moment.connection, moment.workspace, ESCALATE, str(row.id), moment.now)
    _take(moment, row, Position(row.step_round, row.step), urgent=True)
    return None


def stop(moment: Moment, incident: int, acknowledged_by: str | None) -> None:
    """Cancel what is pending: the next step, and pages that nobody has sent yet or that wait for somebody's hours."""
    due.cancel(moment.connection, moment.workspace, ESCALATE, str(incident), moment.now)
    pages.withdraw(moment, incident)
    incidents.settle_pages(moment.connection, incident, moment.now, acknowledged_by=acknowledged_by)
    reach.stop(moment, incident)


def _take(moment: Moment, row: Incident, position: Position, *, urgent: bool = False) -> None:
    policy = policy_named(moment.configuration, row.policy)
    assert policy is not None, f"policy {row.policy!r} of incident {row.id} was looked at before"
    answers = {name: who(current(moment, name), moment.now) for name in schedules_of(policy)}
    paged = [page for page in incidents.pages_of(moment.connection, row.id) if page.opening == row.reopened]
    scopes = incidents.scopes(moment.connection, row.id)
    low = not urgent and urgency_of(moment, row) == "low"
    facts = facts_of(
        planned(moment),
        policy,
        moment.now,
        markets=[scope.market for scope in scopes if scope.open],
        language=next(iter(row.why.get("languages", ())), ""),
        low=low,
        paged=[page.person for page in paged],
        accounts=shifts.members(moment.connection, moment.workspace, user_groups_of(moment.configuration, policy)),
    )
    decision = escalate(
        policy,
        position,
        moment.now,
        answers,
        anybody_before=bool(paged),
        unreachable=[person for person, ways in ways_of(moment).items() if not any(way.verified for way in ways)],
        facts=facts,
    )
    reasons = decision.reasons if isinstance(decision, NobodyReached) else decision.fell_through
    for reason in reasons:
        tell(moment, row, reason)
    if not isinstance(decision, Notify):
        _exhausted(moment, row, policy.key, policy.repeat + 1, policy.steps[-1].wait)
        return
    joined = pages.notify(moment, row, decision, len(policy.steps), low=low)
    # After the last step a due row still comes: it is what says that nobody answered.
    incidents.note(moment.connection, row.id, step_round=decision.then.round, step=decision.then.step)
    due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), decision.due_at)
    for person, message in joined.items():
        showing.show_page(moment, message, person, rich=False)


def _release(moment: Moment, row: Incident) -> None:
    """Send what is held. After the last step, what is looked at then is looked at when they have had their time."""
    waited = bool(held(moment, row.id))
    pages.release(moment, row)
    policy = policy_named(moment.configuration, row.policy)
    if waited and policy is not None and row.step_round > policy.repeat:
        still = [page.held_until or moment.now for page in held(moment, row.id)]
        last = max(still, default=moment.now)
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), last + policy.steps[-1].wait)


def _policy_is_gone(moment: Moment, row: Incident, *, urgent: bool = False) -> None:
    """The file was changed while somebody was being paged. The rules in force say who is, from their first step."""
    was = row.policy or ""
    scopes = incidents.scopes(moment.connection, row.id)
    market = scopes[0].market if scopes else None
    language = next(iter(row.why.get("languages", ())), None)
    severity = cards.as_severity(row.severity)
    zone = showing.market_zone(moment, market) if market is not None else None
    its = route(moment.configuration.routing, market, row.category, language, severity, moment.now, zone)
    t, _ = showing.voice(moment, row)
    gone = target_of(was)
    tell(
        moment,
        row,
        t("The escalation policy “{policy}” is gone from livedesk.yaml", policy=was)
        if gone is None
        else t("Whoever was paged, “{target}”, is gone from livedesk.yaml", target=gone),
    )
    if its is None or its.policy is None:
        _exhausted(moment, row, was, row.step_round + 1)
        return
    incidents.note(moment.connection, row.id, policy=its.policy, step_round=START.round, step=START.step)
    _take(moment, showing.get(moment, row.id), START, urgent=urgent)


def _exhausted(moment: Moment, row: Incident, policy: str, after: int, patience: timedelta | None = None) -> None:
    """Nobody was reached, or nobody answered: never silence, always a notice where an admin looks. `after` is the
    round that there is not; `patience` how long whoever got a held page has after it."""
    incidents.note(moment.connection, row.id, step_round=after, step=0)
    t, _ = showing.voice(moment, row)
    waiting = held(moment, row.id)
    if waiting and patience is not None:
        # Nobody can acknowledge what has not reached them: that is looked at when the last of them has had their time.
        last = max(page.held_until or moment.now for page in waiting)
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), last + patience)
        people = t.listed([page.person for page in waiting])
        tell(moment, row, t("Every step is taken; pages are held for {people}", people=people))
        return
    tell(moment, row, _nobody_left(policy, t))
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "exhausted", {"policy": policy})
    if row.category == MANUAL:
        callers.unanswered(moment, row.id)
    if moment.configuration.admin_channel is None:
        return
    english = tongue("en")
    facts = showing.card_facts(moment, row, english, with_chart=False)
    message = Message(
        kind="notice",
        headline=english("Nobody acknowledged: {what}", what=cards.what_and_where(facts, english)),
        parts=(
            Paragraph(
                (
                    Text(_for_admins(row, policy, english) + " "),
                    Command(f"/live incidents {row.id}"),
                )
            ),
        ),
    )
    say(moment, moment.channel(moment.configuration.admin_channel), message)


def _nobody_left(policy: str, t: Tongue) -> str:
    target = target_of(policy)
    if target is None:
        return t("Nobody acknowledged: the escalation policy “{policy}” is exhausted", policy=policy)
    return t("Nobody acknowledged, and nobody is paged again: no escalation policy leads to “{target}”", target=target)


def _for_admins(row: Incident, policy: str, t: Tongue) -> str:
    target = target_of(policy)
    if target is None:
        return t(
            "All steps of “{policy}” have been taken for incident {number}. Take it or call somebody, "
            "and check the policy.",
            policy=policy,
            number=row.id,
        )
    return t(
        "Incident {number} was paged by hand for “{target}”, to which no policy leads: they were paged again, and "
        "nobody answered. Take it or call somebody; a policy with a step for that schedule, or for that person's, says "
        "who comes next.",
        number=row.id,
        target=target,
    )
