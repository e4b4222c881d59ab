"""What would become of an incident: which rule takes it, and whom its policy would page, when. Nothing is paged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from desk.configuration.model import Configuration, Policy, Route, Urgency
from desk.messages import Severity
from desk.oncall.escalation import START, NobodyReached, Notify, Reached, escalate, schedules_of
from desk.oncall.facts import facts_of, markets_of
from desk.oncall.resolve import who
from desk.oncall.routing import route
from desk.oncall.urgency import urgency


@dataclass(frozen=True, slots=True)
class Asked:
    """An incident as it might be. None and '' are what is not known."""

    market: str | None
    category: str | None
    language: str | None
    severity: Severity
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """One step, if nobody acknowledges before it: at `at`, whom it would page or hold a page for."""

    at: datetime
    round: int
    step: int
    people: tuple[Reached, ...]
    channels: tuple[str, ...]
    fell_through: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """`rule` is the number of the routing rule that decides, from 0; None: none matches. `ends_at` is when the policy
    is exhausted; `reasons` are why it reaches nobody, where it does."""

    asked: Asked
    rule: int | None
    route: Route | None
    policy: Policy | None
    urgency: Urgency
    steps: tuple[Taken, ...] = ()
    ends_at: datetime | None = None
    reasons: tuple[str, ...] = ()


def dry_run(configuration: Configuration, asked: Asked) -> Routed:
    """What the rules and the policy would do from `asked.at` on, while nobody acknowledges and nothing changes.

    The viewers' language, where none is asked about, is the first of the market.
    """
    market = configuration.markets.get(asked.market or "")
    spoken = asked.language or (market.languages[0] if market and market.languages else None)
    zone = market.zone if market else None
    rule = route(configuration.routing, asked.market, asked.category, spoken, asked.severity, asked.at, zone)
    number = next((n for n, one in enumerate(configuration.routing) if one is rule), None)
    policy = configuration.policies.get(rule.policy or "") if rule else None
    markets = [asked.market] if asked.market else []
    how = urgency(policy, markets_of(configuration, markets), asked.severity)
    if policy is None or how == "none":
        return Routed(asked, number, rule, policy, how)
    now, position = asked.at, START
    steps: list[Taken] = []
    reasons: tuple[str, ...] = ()
    paged: dict[str, None] = {}
    unreachable = [person.key for person in configuration.people.values() if not person.contacts]
    while True:
        facts = facts_of(
            configuration, policy, now, markets=markets, language=spoken or "", low=how == "low", paged=tuple(paged)
        )
        answers = {name: who(configuration.schedules[name], now) for name in schedules_of(policy)}
        decision = escalate(
            policy, position, now, answers, anybody_before=bool(steps), unreachable=unreachable, facts=facts
        )
        if not isinstance(decision, Notify):
            if isinstance(decision, NobodyReached):
                reasons = decision.reasons
            # That nobody answered is said when what is held has had its time, too.
            held = [one.until + policy.steps[-1].wait for step in steps for one in step.people if one.until is not None]
            return Routed(asked, number, rule, policy, how, tuple(steps), max([now, *held]), reasons)
        taken = decision.position
        steps.append(Taken(now, taken.round, taken.step, decision.people, decision.channels, decision.fell_through))
        paged |= dict.fromkeys(reached.person for reached in decision.people)
        position, now = decision.then, decision.due_at
