"""Paging: the steps of an incident's escalation policy, taken one after the other until somebody acknowledges.

The next step is always a row with a due time, written in the transaction that took this one. So no restart forgets
it, and whoever acknowledges cancels it in the same transaction that says so.
"""

from __future__ import annotations

from desk.configuration.model import Policy
from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.together import page_to_join
from desk.messages import Command, Message, Paragraph, Text
from desk.moment import Moment
from desk.oncall.escalation import START, NobodyReached, Notify, Position, escalate, schedules_of
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


def step(moment: Moment, incident: int) -> None:
    """The next step is due: nobody acknowledged in time."""
    row = showing.get(moment, incident)
    if row.state == "open" and row.muted is None:
        _take(moment, row, Position(row.step_round, row.step))
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
    answers = {name: who(moment.configuration.schedules[name], moment.now) for name in schedules_of(policy)}
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
        _exhausted(moment, row, policy)
        return
    joined = _notify(moment, row, decision, len(policy.steps))
    # After the last step a due row still comes: it is what says that nobody answered.
    incidents.note(moment.connection, row.id, step_round=decision.then.round, step=decision.then.step)
    due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), decision.due_at)
    for person, message in joined.items():
        showing.show_page(moment, message, person, rich=False)


def _ways(moment: Moment, person: str) -> list[tuple[str, str]]:
    """(platform, destination) by which a person can be reached, the installation's own platform first."""
    contacts = moment.configuration.people[person].contacts
    return [(name, contacts[name]) for name in (moment.platform, *moment.others) if name in contacts]


def _notify(moment: Moment, row: Incident, decision: Notify, steps: int) -> dict[str, int]:
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
        said = t("Paged (step {step} of {steps}):", step=decision.position.step + 1, steps=steps)
        showing.say_history(moment, row, said, None, notify=[reached.person for reached in decision.people])
    for channel in decision.channels:
        say(moment, moment.channel(channel), cards.card(facts, team, t), incident=row.id, rich=False)
    return shared


def _exhausted(moment: Moment, row: Incident, policy: Policy) -> None:
    """Nobody was reached, or nobody answered: never silence, always a notice where an admin looks."""
    incidents.note(moment.connection, row.id, step_round=policy.repeat + 1, step=0)
    t, _ = showing.voice(moment, row)
    _tell(moment, row, t("Nobody acknowledged: the escalation policy “{policy}” is exhausted", policy=policy.key))
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "exhausted", {"policy": policy.key})
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
                    Text(
                        english(
                            "All steps of “{policy}” have been taken for incident {number}. Take it or call somebody, "
                            "and check the policy.",
                            policy=policy.key,
                            number=row.id,
                        )
                        + " "
                    ),
                    Command(f"/live incidents {row.id}"),
                )
            ),
        ),
    )
    say(moment, moment.channel(moment.configuration.admin_channel), message)


def _tell(moment: Moment, row: Incident, text: str) -> None:
    showing.say_history(moment, row, text, None)
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "told", {"text": text})
