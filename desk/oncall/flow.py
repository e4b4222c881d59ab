"""Paging: the steps of an incident's escalation policy, taken one after the other until somebody acknowledges.

The next step is always a row with a due time, written in the transaction that took this one. So no restart forgets
it, and whoever acknowledges cancels it in the same transaction that says so.
"""

from __future__ import annotations

from desk.configuration.model import Policy, Urgency
from desk.disturbing import flow as disturbing
from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.together import page_to_join
from desk.messages import Message, Paragraph, Severity, Text
from desk.moment import Moment
from desk.oncall.current import current
from desk.oncall.escalation import (
    START,
    NobodyReached,
    Notify,
    Position,
    Reached,
    escalate,
    hold_of,
    schedules_of,
)
from desk.oncall.facts import facts_of, markets_of, user_groups_of
from desk.oncall.resolve import who
from desk.oncall.steps import ESCALATE, HELD
from desk.oncall.urgency import urgency
from desk.outbox.flow import say
from desk.words import Tongue, tongue
from store import due, incidents, shifts
from store.incidents import Incident, Page

LIVEDESK = "livedesk"


def begin(moment: Moment, incident: int) -> bool:
    """Start paging for an incident, if it is bad enough, its route names a policy and nobody has muted it; whether it
    did."""
    row = showing.get(moment, incident)
    if row.muted is not None or row.policy not in moment.configuration.policies:
        return False
    if _urgency(moment, row) == "none":
        return False
    _take(moment, row, START)
    return True


def worsened(moment: Moment, incident: int, was: Severity) -> None:
    """It has become worse: what is urgent enough only now begins to page, and what waited for somebody's morning does
    not any more."""
    row = showing.get(moment, incident)
    before, now_is = _urgency(moment, row, was), _urgency(moment, row)
    if before == "none":
        begin(moment, incident)
    elif before == "low" and now_is == "high":
        _release(moment, row)


def resume(moment: Moment, incident: int) -> None:
    """Somebody had it and has it no more: paging goes on where it stood, or anew when every step had been taken."""
    row = showing.get(moment, incident)
    policy = moment.configuration.policies.get(row.policy or "")
    if policy is None or row.muted is not None or _urgency(moment, row) == "none":
        return
    _take(moment, row, START if row.step_round > policy.repeat else Position(row.step_round, row.step))


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
    held = _held(moment, row.id)
    if row.step_round > policy.repeat and not held:
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
    for page in _held(moment, incident):
        due.cancel(moment.connection, moment.workspace, HELD, str(page.id), moment.now)
        withdrawn = {"person": page.person, "until": _iso(page)}
        incidents.record(moment.connection, incident, moment.now, LIVEDESK, "withdrawn", withdrawn)
    incidents.settle_pages(moment.connection, incident, moment.now, acknowledged_by=acknowledged_by)


def deliver(moment: Moment, page_id: int) -> None:
    """The hours of somebody whose page was held have begun."""
    page = incidents.get_page(moment.connection, moment.workspace, page_id)
    if page is None or page.state != "held":
        return
    row = showing.get(moment, page.incident)
    if row.state == "open" and row.muted is None:
        _deliver(moment, row, page)
        showing.show_card(moment, row.id, rich=True)


def _take(moment: Moment, row: Incident, position: Position, *, urgent: bool = False) -> None:
    policy = moment.configuration.policies[row.policy or ""]
    answers = {name: who(current(moment, name), moment.now) for name in schedules_of(policy)}
    paged = [page for page in incidents.pages_of(moment.connection, row.id) if page.opening == row.reopened]
    scopes = incidents.scopes(moment.connection, row.id)
    facts = facts_of(
        moment.configuration,
        policy,
        moment.now,
        markets=[scope.market for scope in scopes if scope.open],
        language=next(iter(row.why.get("languages", ())), ""),
        low=not urgent and _urgency(moment, row) == "low",
        paged=[page.person for page in paged],
        accounts=shifts.members(moment.connection, moment.workspace, user_groups_of(moment.configuration, policy)),
    )
    decision = escalate(
        policy,
        position,
        moment.now,
        answers,
        anybody_before=bool(paged),
        unreachable=[person for person in moment.configuration.people if not _ways(moment, person)],
        facts=facts,
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


def _urgency(moment: Moment, row: Incident, severity: Severity | None = None) -> Urgency:
    """How soon somebody must know of it, at its severity or another."""
    policy = moment.configuration.policies.get(row.policy or "")
    scopes = incidents.scopes(moment.connection, row.id)
    markets = markets_of(moment.configuration, [scope.market for scope in scopes if scope.open])
    return urgency(policy, markets, severity or cards.as_severity(row.severity))


def _ways(moment: Moment, person: str) -> list[tuple[str, str]]:
    """(platform, destination) by which a person can be reached, the installation's own platform first."""
    contacts = moment.configuration.people[person].contacts
    return [(name, contacts[name]) for name in (moment.platform, *moment.others) if name in contacts]


def _notify(moment: Moment, row: Incident, decision: Notify, steps: int) -> dict[str, int]:
    """Page the people of a step, or hold their pages; those whom a page of this minute tells of it, too, with that
    page's message."""
    t, team = showing.voice(moment, row)
    shared: dict[str, int] = {}
    at_once = [reached for reached in decision.people if reached.until is None]
    for reached in decision.people:
        waiting = next((page for page in _held(moment, row.id) if page.person == reached.person), None)
        if waiting is not None and reached.until is not None:
            continue  # one page is enough for a morning
        if waiting is not None:
            due.cancel(moment.connection, moment.workspace, HELD, str(waiting.id), moment.now)
            incidents.change_page(moment.connection, waiting.id, "held", state="cancelled", settled_at=moment.now)
        message = None
        if reached.until is None:
            message, joined = _page_message(moment, row, reached)
            if joined:
                shared[reached.person] = message
        page = _write_page(moment, row, decision.position, reached, message)
        detail = {"person": reached.person, "step": decision.position.step + 1, "why": reached.why}
        if reached.until is None:
            incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "paged", detail)
            continue
        due.put(moment.connection, moment.workspace, HELD, str(page), reached.until)
        held = {**detail, "until": reached.until.isoformat()}
        incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "held", held)
        zone = moment.configuration.people[reached.person].zone
        until = t.local_time(reached.until, zone, moment.now)
        said = t("Held until {at} (step {step} of {steps}) for", at=until, step=detail["step"], steps=steps)
        showing.say_history(moment, row, said, reached.person)
    if at_once:
        said = t("Paged (step {step} of {steps}):", step=decision.position.step + 1, steps=steps)
        showing.say_history(moment, row, said, None, notify=[reached.person for reached in at_once])
        _tell_of_silence(moment, row, [reached.person for reached in at_once], t)
    if decision.channels:
        facts = showing.card_facts(moment, row, t)
        for channel in decision.channels:
            say(moment, moment.channel(channel), cards.card(facts, team, t), incident=row.id, rich=False)
    return shared


def _page_message(moment: Moment, row: Incident, reached: Reached) -> tuple[int, bool]:
    """The message that pages somebody, and whether it is one that had just paged them for something else."""
    if (joined := page_to_join(moment, row, reached.person)) is not None:
        return joined, True
    t, team = showing.voice(moment, row)
    person = moment.configuration.people[reached.person]
    facts = showing.card_facts(moment, row, t)
    page = cards.page(facts, reached.person, reached.why, team, str(person.zone), t)
    return say(moment, _ways(moment, reached.person)[0], page, incident=row.id, rich=False), False


def _write_page(moment: Moment, row: Incident, position: Position, reached: Reached, message: int | None) -> int:
    scopes = incidents.scopes(moment.connection, row.id)
    return incidents.page(
        moment.connection,
        workspace=moment.workspace,
        incident=row.id,
        person=reached.person,
        market=scopes[0].market if scopes else "",
        step_round=position.round,
        step=position.step,
        paged_at=moment.now,
        state="paged" if reached.until is None else "held",
        message=message,
        why=reached.why,
        configuration=moment.configuration.version,
        opening=row.reopened,
        held_until=reached.until,
    )


def _tell_of_silence(moment: Moment, row: Incident, people: list[str], t: Tongue) -> None:
    for person, until in disturbing.silent_until(moment, people).items():
        showing.say_history(moment, row, disturbing.words(moment, person, until, t), None)


# ── held pages ───────────────────────────────────────────────────────────────────────────────────────────────────


def _held(moment: Moment, incident: int) -> list[Page]:
    return [page for page in incidents.pages_of(moment.connection, incident) if page.state == "held"]


def _release(moment: Moment, row: Incident) -> None:
    """It is urgent now: nobody's night holds a page any more, only the hours that a step itself names."""
    policy = moment.configuration.policies.get(row.policy or "")
    for page in _held(moment, row.id):
        person = moment.configuration.people.get(page.person)
        step = policy.steps[page.step] if policy is not None and page.step < len(policy.steps) else None
        until = hold_of(step, person, moment.now, low=False) if step is not None and person is not None else None
        due.cancel(moment.connection, moment.workspace, HELD, str(page.id), moment.now)
        if until is None:
            _deliver(moment, row, page)
        else:
            due.put(moment.connection, moment.workspace, HELD, str(page.id), until)
            incidents.change_page(moment.connection, page.id, "held", held_until=until)


def _deliver(moment: Moment, row: Incident, page: Page) -> None:
    """Send a page that was held. It counts as sent now: it wakes nobody in the night in which it was decided."""
    known = page.person in moment.configuration.people
    if not known or not _ways(moment, page.person):
        incidents.change_page(moment.connection, page.id, "held", state="cancelled", settled_at=moment.now)
        _tell(moment, row, f"{page.person} has no contact to be paged at")
        return
    message, joined = _page_message(moment, row, Reached(page.person, page.why))
    incidents.change_page(moment.connection, page.id, "held", state="paged", paged_at=moment.now, message=message)
    detail = {"person": page.person, "step": page.step + 1, "why": page.why, "held_until": _iso(page)}
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "paged", detail)
    t, _ = showing.voice(moment, row)
    showing.say_history(moment, row, t("Paged now, after it was held:"), None, notify=[page.person])
    _tell_of_silence(moment, row, [page.person], t)
    if joined:
        showing.show_page(moment, message, page.person, rich=False)


def _iso(page: Page) -> str:
    return page.held_until.isoformat() if page.held_until else ""


# ── the end of a policy ──────────────────────────────────────────────────────────────────────────────────────────


def _exhausted(moment: Moment, row: Incident, policy: Policy) -> None:
    """Nobody was reached, or nobody answered: never silence, always a notice where an admin looks."""
    incidents.note(moment.connection, row.id, step_round=policy.repeat + 1, step=0)
    t, _ = showing.voice(moment, row)
    held = _held(moment, row.id)
    if held:
        # Nobody can acknowledge what has not reached them: that is looked at when the last of them has had their time.
        last = max(page.held_until or moment.now for page in held)
        due.put(moment.connection, moment.workspace, ESCALATE, str(row.id), last + policy.steps[-1].wait)
        people = t.listed([page.person for page in held])
        _tell(moment, row, t("Every step is taken; pages are held for {people}", people=people))
        return
    _tell(moment, row, t("Nobody acknowledged: the escalation policy “{policy}” is exhausted", policy=policy.key))
    incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "exhausted", {"policy": policy.key})
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
                            policy=policy.key,
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
