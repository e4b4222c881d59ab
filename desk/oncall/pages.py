"""The pages of an incident: sent at once, or held until the hours of whoever they are for."""

from __future__ import annotations

from desk.configuration.model import Person, Urgency
from desk.contacts.flow import ways_to
from desk.disturbing import flow as disturbing
from desk.incidents import card as cards
from desk.incidents import showing
from desk.incidents.rules import LIVEDESK
from desk.incidents.together import page_to_join
from desk.messages import Severity
from desk.moment import Moment
from desk.oncall.escalation import Notify, Position, Reached, hold_of
from desk.oncall.facts import markets_of
from desk.oncall.policies import policy_named
from desk.oncall.steps import HELD
from desk.oncall.urgency import urgency
from desk.outbox.flow import say
from desk.reach import flow as reach
from desk.reach.flow import tell
from desk.words import Tongue
from store import due, incidents
from store.incidents import Incident, Page


def notify(
    moment: Moment, row: Incident, decision: Notify, steps: int, said: str = "", *, low: bool = False
) -> dict[str, int]:
    """Page the people of a step, or hold their pages; the message of those whom a page of this minute tells of it, too.
    `steps` is how many the policy has; `said` what the thread says of it, if not the step; pages
    of `low` urgency ring once."""
    t, team = showing.voice(moment, row)
    shared: dict[str, int] = {}
    at_once = [reached for reached in decision.people if reached.until is None]
    for reached in decision.people:
        waiting = next((page for page in held(moment, row.id) if page.person == reached.person), None)
        if waiting is not None and reached.until is not None:
            continue  # one page is enough for a morning
        if waiting is not None:
            due.cancel(moment.connection, moment.workspace, HELD, str(waiting.id), moment.now)
            incidents.change_page(moment.connection, waiting.id, "held", state="cancelled", settled_at=moment.now)
        message = None
        if reached.until is None:
            message, joined = _page_message(moment, row, reached, low)
            if joined:
                shared[reached.person] = message
        page = _write_page(moment, row, decision.position, reached, message)
        detail = {"person": reached.person, "step": decision.position.step + 1, "why": reached.why}
        if reached.until is None:
            incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "paged", detail)
            continue
        due.put(moment.connection, moment.workspace, HELD, str(page), reached.until)
        until_then = {**detail, "until": reached.until.isoformat()}
        incidents.record(moment.connection, row.id, moment.now, LIVEDESK, "held", until_then)
        zone = moment.configuration.people[reached.person].zone
        until = t.local_time(reached.until, zone, moment.now)
        line = t("Held (step {step} of {steps}) until {at} for", at=until, step=detail["step"], steps=steps)
        showing.say_history(moment, row, line, reached.person)
    if at_once:
        line = said or t("Paged (step {step} of {steps}):", step=decision.position.step + 1, steps=steps)
        showing.say_history(moment, row, line, None, notify=[reached.person for reached in at_once])
        _tell_of_silence(moment, row, [reached.person for reached in at_once], t)
    if decision.channels:
        facts = showing.card_facts(moment, row, t)
        for channel in decision.channels:
            say(moment, moment.channel(channel), cards.card(facts, team, t), incident=row.id, rich=False)
    return shared


def deliver(moment: Moment, page_id: int) -> None:
    """The hours of somebody whose page was held have begun."""
    page = incidents.get_page(moment.connection, moment.workspace, page_id)
    if page is None or page.state != "held":
        return
    row = showing.get(moment, page.incident)
    if row.state == "open" and row.muted is None:
        # A night holds what is of low urgency alone, a step's hours hold anything.
        _deliver(moment, row, page, low=urgency_of(moment, row) != "high")
        showing.show_card(moment, row.id, rich=True)


def held(moment: Moment, incident: int) -> list[Page]:
    """The pages of an incident that wait for somebody's hours."""
    return [page for page in incidents.pages_of(moment.connection, incident) if page.state == "held"]


def release(moment: Moment, row: Incident) -> None:
    """It is urgent now: nobody's night holds a page any more, only the hours that a step itself names."""
    policy = policy_named(moment.configuration, row.policy)
    for page in held(moment, row.id):
        person = moment.configuration.people.get(page.person)
        step = policy.steps[page.step] if policy is not None and page.step < len(policy.steps) else None
        until = hold_of(step, person, moment.now, low=False) if step is not None and person is not None else None
        due.cancel(moment.connection, moment.workspace, HELD, str(page.id), moment.now)
        if until is None:
            _deliver(moment, row, page, low=False)
        else:
            due.put(moment.connection, moment.workspace, HELD, str(page.id), until)
            incidents.change_page(moment.connection, page.id, "held", held_until=until)


def insist(moment: Moment, row: Incident) -> None:
    """It is urgent now: who was told of it once is called again, as their rules say."""
    for page in incidents.pages_of(moment.connection, row.id):
        if page.state == "paged" and page.message is not None:
            reach.join(moment, row, page.message, page.person)


def urgency_of(moment: Moment, row: Incident, severity: Severity | None = None) -> Urgency:
    """How soon somebody must know of it, at its severity or another."""
    policy = policy_named(moment.configuration, row.policy)
    scopes = incidents.scopes(moment.connection, row.id)
    markets = markets_of(moment.configuration, [scope.market for scope in scopes if scope.open])
    return urgency(policy, markets, severity or cards.as_severity(row.severity))


def withdraw(moment: Moment, incident: int) -> None:
    """Nobody needs to know of it any more: what waits for somebody's hours is not sent."""
    for page in held(moment, incident):
        due.cancel(moment.connection, moment.workspace, HELD, str(page.id), moment.now)
        withdrawn = {"person": page.person, "until": _iso(page)}
        incidents.record(moment.connection, incident, moment.now, LIVEDESK, "withdrawn", withdrawn)


def can_be_called(moment: Moment, person: Person) -> bool:
    """Whether there is a way to somebody that can be relied on."""
    return any(way.verified for way in ways_to(moment, person))


def _page_message(moment: Moment, row: Incident, reached: Reached, low: bool) -> tuple[int, bool]:
    """The message that pages somebody, and whether it is one that had just paged them for something else."""
    if (joined := page_to_join(moment, row, reached.person)) is not None:
        if not low:
            reach.join(moment, row, joined, reached.person)
        return joined, True
    t, team = showing.voice(moment, row)
    person = moment.configuration.people[reached.person]
    facts = showing.card_facts(moment, row, t)
    page = cards.page(facts, reached.person, reached.why, team, str(person.zone), t)
    reach.supersede(moment, row.id, reached.person)
    return reach.call(moment, row, reached.person, page, once=low), False


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


def _deliver(moment: Moment, row: Incident, page: Page, *, low: bool) -> None:
    """Send a page that was held. It counts as sent now: it wakes nobody in the night in which it was decided."""
    known = moment.configuration.people.get(page.person)
    if known is None or not can_be_called(moment, known):
        incidents.change_page(moment.connection, page.id, "held", state="cancelled", settled_at=moment.now)
        tell(moment, row, f"{page.person} has no contact to be paged at")
        return
    message, joined = _page_message(moment, row, Reached(page.person, page.why), low)
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
