"""Which policy an incident takes, and whom each of its steps notifies. Never into silence: a step that finds nobody
falls through to the next at once and says so, and a policy that finds nobody at all says that, with every reason.

These are rules only. The caller keeps the `Position`, comes back at `due_at` unless somebody acknowledged, and asks
`resolve.who` for the schedules that `schedules_of` names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.configuration.model import Policy, Route, Step
from desk.messages import Severity
from desk.oncall.resolve import Answer
from desk.signals import SPOKEN_OF_AS


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where in a policy: `round` 0 is the first time through its steps."""

    round: int = 0
    step: int = 0


START = Position()


@dataclass(frozen=True, slots=True)
class Reached:
    """A person to notify, and how the policy came to them (`schedule emea: layer weekdays, turn 14`)."""

    person: str
    why: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Notify these now. At `due_at`, unless somebody acknowledged, ask again with `then`."""

    position: Position  # of the step that found somebody
    people: tuple[Reached, ...]
    channels: tuple[str, ...]
    then: Position
    due_at: datetime
    fell_through: tuple[str, ...] = ()  # what found nobody on the way here, in words


@dataclass(frozen=True, slots=True)
class Exhausted:
    """Every round is over. Somebody was notified and nobody acknowledged."""

    fell_through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NobodyReached:
    """The policy ended without having notified anybody: an alarm in its own right, for the admins."""

    reasons: tuple[str, ...]


def escalate(
    policy: Policy,
    position: Position,
    now: datetime,
    answers: Mapping[str, Answer],
    *,
    anybody_before: bool = False,
    unreachable: Collection[str] = (),
) -> Notify | Exhausted | NobodyReached:
    """What to do at a position of a policy.

    `answers` are those of `resolve.who` at `now` by schedule; one that is missing counts as nobody. `anybody_before`
    says whether an earlier position notified somebody. `unreachable` are people who have no contact to be paged at:
    a page to them would be a silence that looks like a page.
    """
    fell_through: list[str] = []
    # Within one moment every round finds the same, so a whole round that finds nobody is enough to know.
    for _ in policy.steps:
        position = _within(policy, position)
        if position.round > policy.repeat:
            break
        step = policy.steps[position.step]
        people, channels, missing = _resolve(step, answers, unreachable)
        label = f"step {position.step + 1}" + (f" of round {position.round + 1}" if position.round else "")
        fell_through += [f"{label}, {reason}" for reason in missing]
        after = _within(policy, Position(position.round, position.step + 1))
        if people or channels:
            return Notify(position, people, channels, after, now + step.wait, tuple(fell_through))
        if not step.notify:
            fell_through.append(f"{label} names nobody")
        position = after
    if anybody_before:
        return Exhausted(tuple(fell_through))
    return NobodyReached(tuple(fell_through) or (f"policy {policy.key} has no steps left",))


def schedules_of(policy: Policy) -> tuple[str, ...]:
    """The schedules that a policy asks, each once, in the order of its steps."""
    named = (target.name for step in policy.steps for target in step.notify if target.kind == "schedule")
    return tuple(dict.fromkeys(named))


def _within(policy: Policy, position: Position) -> Position:
    """The same place, or the next round's start when the round has no such step (any more)."""
    return position if position.step < len(policy.steps) else Position(position.round + 1, 0)


def _resolve(
    step: Step, answers: Mapping[str, Answer], unreachable: Collection[str]
) -> tuple[tuple[Reached, ...], tuple[str, ...], list[str]]:
    """People (each once), channels, and in words what found nobody."""
    people: dict[str, Reached] = {}
    channels: dict[str, None] = {}
    missing: list[str] = []
    for target in step.notify:
        if target.kind == "channel":
            channels[target.name] = None
            continue
        if target.kind == "schedule":
            answer = answers.get(target.name)
            if answer is None or not answer.oncall:
                reason = f"has {answer.why}" if answer else "does not exist"
                missing.append(f"schedule {target.name} {reason}")
                continue
            found = [Reached(person, f"schedule {target.name}, {answer.why}") for person in answer.people]
        else:
            found = [Reached(target.name, "named by the policy")]
        for reached in found:
            if reached.person in unreachable:
                missing.append(f"{reached.person} has no contact to be paged at")
            else:
                people.setdefault(reached.person, reached)
    return tuple(people.values()), tuple(channels), missing


def route(
    rules: Sequence[Route], market: str | None, category: str | None, language: str | None, severity: Severity
) -> Route | None:
    """The first routing rule that matches; an empty condition matches everything, None only that.

    A rule for a complaint holds for the signal that it speaks of too: whichever comes first opens the incident, and
    that must not decide who gets it.
    """
    for rule in rules:
        if (
            _matches(rule.markets, market)
            and (_matches(rule.categories, category) or SPOKEN_OF_AS.get(category or "") in rule.categories)
            and _matches(rule.languages, language)
            and _matches(rule.severities, severity)
        ):
            return rule
    return None


def _matches(wanted: Collection[str], value: str | None) -> bool:
    return not wanted or value in wanted
