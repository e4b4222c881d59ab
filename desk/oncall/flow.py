"""Paging: the steps of an incident's escalation policy, taken one after the other until somebody acknowledges.

The next step is always a row with a due time, written in the transaction that took this one. So no restart forgets
it, and whoever acknowledges cancels it in the same transaction that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.together import page_to_join
from desk.messages import Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.escalation import START, NobodyReached, Notify, Position, Reached, escalate, route, schedules_of
from desk.oncall.resolve import who
from desk.oncall.steps import ESCALATE, PAGING
from desk.outbox.flow import say
from desk.words import Tongue, tongue
from store import due, incidents
from store.incidents import Incident

LIVEDESK = "livedesk"


def begin(moment: Moment, incident: int) -> bool:
    """Start paging for an incident, if it is bad enough, its route names a policy and nobody has muted it; whether it
    did."""
    row = showing.get(moment, incident)
    if row.muted is not None or row.policy not in moment.configuration.policies:
        return False
    if cards.as_severity(row.severity) not in PAGING:
        return False
    _take(moment, row, START)
    return True


def call(moment: Moment, incident: int, people: Sequence[Reached], wait: timedelta | None) -> tuple[str, ...]:
    """Page people whom somebody has named, beside the policy; who of them could be reached. After `wait` the policy
    begins with its first step, unless somebody acknowledged; None leaves its timer as it is."""
    row = showing.get(moment, incident)
    reached = tuple(one for one in people if _ways(moment, one.person))
    t, _ = showing.voice(moment, row)
    due_at = moment.now + (wait or timedelta())
    _notify(moment, row, Notify(START, reached, (), START, due_at), t("Paged by hand:"))
    if wait is not None and reached and row.policy in moment.configuration.policies:
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), due_at)
    return tuple(one.person for one in reached)


def step(moment: Moment, incident: int) -> None:
    """The next step is due: nobody acknowledged in time."""
    row = showing.get(moment, incident)
    if row.state != "open" or row.muted is not None:
        return
    if row.policy in moment.configuration.policies:
        _take(moment, row, Position(row.step_round, row.step))
    else:
        _policy_is_gone(moment, row)
    showing.show_card(moment, incident, rich=True)  # who is paged, and what comes next


def escalate_now(moment: Moment, row: Incident, t: Tongue) -> str | None:
    """Take the next step without waiting for it; a sentence when there is none to take."""
    policy = moment.configuration.policies.get(row.policy or "")
    if policy is None:
        return t("No escalation policy is set for this incident: add a routing rule to livedesk.yaml.")
    if row.step_round > policy.repeat:
        return t("The policy has no further step; its last one has been taken.")
    due.cancel(moment.connection, moment.workspace, ESCALATE, str(row.id), moment.now)
    _take(moment, row, Position(row.step_round, row.step))
    return None


def stop(moment: Moment, incident: int, acknowledged_by: str | None) -> None:
    """Cancel what is pending: the next step, and pages that nobody has sent yet."""
    due.cancel(moment.connection, moment.workspace, ESCALATE, str(incident), moment.now)
    incidents.settle_pages(moment.connection, incident, moment.now, acknowledged_by=acknowledged_by)


def _take(moment: Moment, row: Incident, position: Position) -> None:
    policy = moment.configuration.policies[row.policy or ""]
    answers = {name: who(current(moment, name), moment.now) for name in schedules_of(policy)}
    decision = escalate(
        policy,
        position,
        moment.now,
        answers,
        anybody_before=any(page.opening == row.reopened for page in incidents.pages_of(moment.connection, row.id)),
        unreachable=[person for person in moment.configuration.people if not _ways(moment, person)],
    )
    reasons = decision.reasons if isinstance(decision, NobodyReached) else decision.fell_through
    for reason in reasons:
        _tell(moment, row, reason)
    if not isinstance(decision, Notify):
        _exhausted(moment, row, policy.key, policy.repeat + 1)
        return
    t, _ = showing.voice(moment, row)
    said = t("Paged (step {step} of {steps}):", step=decision.position.step + 1, steps=len(policy.steps))
    joined = _notify(moment, row, decision, said)
    # After the last step a due row still comes: it is what says that nobody answered.
    incidents.note(moment.connection, row.id, step_round=decision.then.round, step=decision.then.step)
    due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), decision.due_at)
    for person, message in joined.items():
        showing.show_page(moment, message, person, rich=False)


def _ways(moment: Moment, person: str) -> list[tuple[str, str]]:
    """(platform, destination) by which a person can be reached, the installation's own platform first."""
    contacts = moment.configuration.people[person].contacts
    return [(name, contacts[name]) for name in (moment.platform, *moment.others) if name in contacts]


def _notify(moment: Moment, row: Incident, decision: Notify, said: str) -> dict[str, int]:
    """Page the people of a step; those whom a page of this minute tells of it, too, with that page's message."""
    t, team = showing.voice(moment, row)
    facts = showing.card_facts(moment, row, t)
    scopes = incidents.scopes(moment.connection, row.id)
    shared: dict[str, int] = {}
    for reached in decision.people:
        person = moment.configuration.people[reached.person]
        joined = page_to_join(moment, row, reached.person)
        if joined is None:
            page = cards.page(facts, reached.person, reached.why, team, str(person.zone), t)
            message = say(moment, _ways(moment, reached.person)[0], page, incident=row.id, rich=False)
        else:
            message = joined
        incidents.page(
            moment.connection,
            workspace=moment.workspace,
            incident=row.id,
            person=reached.person,
            market=scopes[0].market if scopes else "",
            step_round=decision.position.round,
            step=decision.position.step,
            paged_at=moment.now,
            state="paged",
            message=message,
            why=reached.why,
            configuration=moment.configuration.version,
            opening=row.reopened,
        )
        if joined is not None:
            shared[reached.person] = joined
        detail = {"person": reached.person, "step": decision.position.step + 1, "why": reached.why}
        incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "paged", detail)
    if decision.people:
        showing.say_history(moment, row, said, None, notify=[reached.person for reached in decision.people])
    for channel in decision.channels:
        say(moment, moment.channel(channel), cards.card(facts, team, t), incident=row.id, rich=False)
    return shared


def _policy_is_gone(moment: Moment, row: Incident) -> None:
    """The file was changed while somebody was being paged. The rules in force say who is, from their first step."""
    was = row.policy or ""
    scopes = incidents.scopes(moment.connection, row.id)
    market = scopes[0].market if scopes else None
    its = route(moment.configuration.routing, market, row.category, None, cards.as_severity(row.severity))
    t, _ = showing.voice(moment, row)
    _tell(moment, row, t("The escalation policy “{policy}” is gone from livedesk.yaml", policy=was))
    if its is None or its.policy is None:
        _exhausted(moment, row, was, row.step_round + 1)
        return
    incidents.note(moment.connection, row.id, policy=its.policy, step_round=START.round, step=START.step)
    _take(moment, showing.get(moment, row.id), START)


def _exhausted(moment: Moment, row: Incident, policy: str, after: int) -> None:
    """Nobody was reached, or nobody answered: never silence, always a notice where an admin looks. `after` is the
    round that there is not."""
    incidents.note(moment.connection, row.id, step_round=after, step=0)
    t, _ = showing.voice(moment, row)
    _tell(moment, row, t("Nobody acknowledged: the escalation policy “{policy}” is exhausted", policy=policy))
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "exhausted", {"policy": policy})
    if moment.configuration.admin_channel is None:
        return
    english = tongue("en")
    message = Message(
        kind="notice",
        headline=english("Nobody acknowledged incident {number}", number=row.id),
        parts=(
            Paragraph(
                (
                    Text(
                        english(
                            "All steps of “{policy}” have been taken. Look at the incident, and check the policy.",
                            policy=policy,
                        )
                    ),
                )
            ),
        ),
    )
    say(moment, moment.channel(moment.configuration.admin_channel), message)


def _tell(moment: Moment, row: Incident, text: str) -> None:
    showing.say_history(moment, row, text, None)
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "told", {"text": text})
