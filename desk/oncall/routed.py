"""What would become of an incident: which rule takes it, and whom its policy would page, when. Nothing is paged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.configuration.model import Configuration, Policy, Route, Urgency
from desk.messages import Severity
from desk.oncall.escalation import START, Facts, NobodyReached, Notify, Reached, escalate, schedules_of
from desk.oncall.facts import facts_of, groups_of, markets_of
from desk.oncall.resolve import Answer, who
from desk.oncall.routing import route
from desk.oncall.urgency import urgency
from desk.reach.rehearsal import Called, Known, called


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
class Unread:
    """Who of a group's members in a chat would be left out: `strangers` are accounts that stand under no person; None:
    nobody has read its members."""

    group: str
    user_group: str
    strangers: int | None


@dataclass(frozen=True, slots=True)
class Routed:
    """`rule` is the number of the routing rule that decides, from 0; None: none matches. `ends_at` is when the policy
    is exhausted; `reasons` are why it reaches nobody, where it does. `passed_over` is what found nobody behind the
    last of the steps; `called` is everybody whom a step means, with
    their ways, those whom nothing reaches included; `from_file`: what the database knows is not in it."""

    asked: Asked
    rule: int | None
    route: Route | None
    policy: Policy | None
    urgency: Urgency
    steps: tuple[Taken, ...] = ()
    ends_at: datetime | None = None
    reasons: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    called: tuple[Called, ...] = ()
    unread: tuple[Unread, ...] = ()
    from_file: bool = True


def dry_run(
    configuration: Configuration, asked: Asked, known: Known | None = None, chats: Sequence[str] = ()
) -> Routed:
    """What the rules and the policy would do from `asked.at` on, while nobody acknowledges and nothing changes.

    The viewers' language, where none is asked about, is the first of the market. Without `known` whoever has a contact
    is taken to be reached by it, and user groups are empty; `chats` are the platforms that a file may name.
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
    meant: dict[str, None] = {}
    if known is None:
        unreachable = [person.key for person in configuration.people.values() if not person.contacts]
    else:
        unreachable = [person for person, theirs in known.ways.items() if not any(way.verified for way in theirs)]
    while True:
        facts = facts_of(
            configuration, policy, now, markets=markets, language=spoken or "", low=how == "low", paged=tuple(paged),
            accounts=known.accounts if known else None,
        )  # fmt: skip
        answers = {name: who(configuration.schedules[name], now) for name in schedules_of(policy)}
        meant |= dict.fromkeys(_meant(policy, answers, facts))
        decision = escalate(
            policy, position, now, answers, anybody_before=bool(steps), unreachable=unreachable, facts=facts
        )
        if not isinstance(decision, Notify):
            passed_over: tuple[str, ...] = ()
            if isinstance(decision, NobodyReached):
                reasons = decision.reasons
            else:
                passed_over = decision.fell_through
            # That nobody answered is said when what is held has had its time, too.
            held = [one.until + policy.steps[-1].wait for step in steps for one in step.people if one.until is not None]
            return Routed(
                asked, number, rule, policy, how, tuple(steps), max([now, *held]), reasons,
                passed_over=passed_over,
                called=tuple(
                    called(configuration.people[one], asked.severity, known, chats, low=how == "low")
                    for one in meant
                    if one in configuration.people
                ),
                unread=tuple(_unread(configuration, policy, known)),
                from_file=known is None,
            )  # fmt: skip
        taken = decision.position
        steps.append(Taken(now, taken.round, taken.step, decision.people, decision.channels, decision.fell_through))
        paged |= dict.fromkeys(reached.person for reached in decision.people)
        position, now = decision.then, decision.due_at


def _meant(policy: Policy, answers: Mapping[str, Answer], facts: Facts) -> Iterator[str]:
    """Everybody whom the steps mean at one moment, reachable or not, in their order."""
    for target in (target for step in policy.steps for target in step.notify):
        if target.kind == "person":
            yield target.name
        elif target.kind == "group":
            yield from facts.groups.get(target.name, ())
        elif target.kind in ("schedule", "next"):
            found = (answers if target.kind == "schedule" else facts.after).get(target.name)
            yield from found.people if found else ()


def _unread(configuration: Configuration, policy: Policy, known: Known | None) -> Iterator[Unread]:
    for name in groups_of(policy):
        group = configuration.groups.get(name)
        if group is None or group.user_group is None:
            continue
        accounts = known.accounts.get(group.user_group) if known else None
        if accounts is None:
            yield Unread(name, group.user_group, None)
            continue
        platform = group.user_group.partition(":")[0]
        ours = {person.contacts.get(platform) for person in configuration.people.values()}
        if strangers := len(set(accounts) - ours):
            yield Unread(name, group.user_group, strangers)
