"""Whom each step of a policy notifies. Never into silence: a step that finds nobody falls through to the next at once
and says so, and a policy that finds nobody at all says that, with every reason.

These are rules only. The caller keeps the `Position`, comes back at `due_at` unless somebody acknowledged, and asks
`resolve.who` for the schedules that `schedules_of` names, and `following` for those of `nexts_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from desk.configuration.model import Person, Policy, Step, Target
from desk.oncall.hours import begins, every_day, words
from desk.oncall.preference import ordered
from desk.oncall.resolve import Answer
from desk.oncall.walltime import local


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where in a policy: `round` 0 is the first time through its steps."""

    round: int = 0
    step: int = 0


START = Position()
_TRIES = 8  # to find an hour that suits a step and a night; where none does, the last that was tried


@dataclass(frozen=True, slots=True)
class Reached:
    """A person to notify, and how the policy came to them (`schedule emea: layer weekdays, turn 14`). `until`: their
    page is decided now and waits for this instant, because of the step's hours or of their night; None: at once."""

    person: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step is decided from, beside who is on call. What is missing counts as nobody, or as not known."""

    after: Mapping[str, Answer] = field(default_factory=dict)  # by schedule: who comes on call next
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by name: its members
    people: Mapping[str, Person] = field(default_factory=dict)  # their clocks and languages
    language: str = ""  # of the viewers
    low: bool = False  # urgency: pages wait for their receiver's morning
    paged: Collection[str] = ()  # who has had a page of this incident, since it opened or came back


NOTHING_KNOWN = Facts()


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
    facts: Facts = NOTHING_KNOWN,
) -> Notify | Exhausted | NobodyReached:
    """What to do at a position of a policy.

    `answers` are those of `resolve.who` at `now` by schedule; one that is missing counts as nobody. `anybody_before`
    says whether an earlier position notified somebody. `unreachable` are people who have no contact to be paged at:
    a page to them would be a silence that looks like a page. Somebody whose page is held counts as notified: the steps
    go on at their time all the same.
    """
    fell_through: list[str] = []
    # Within one moment every round finds the same, so a whole round that finds nobody is enough to know.
    for _ in policy.steps:
        position = _within(policy, position)
        if position.round > policy.repeat:
            break
        step = policy.steps[position.step]
        people, channels, missing = _resolve(step, now, answers, unreachable, facts)
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


def nexts_of(policy: Policy) -> tuple[str, ...]:
    """The schedules of which a policy asks who comes next, each once."""
    named = (target.name for step in policy.steps for target in step.notify if target.kind == "next")
    return tuple(dict.fromkeys(named))


def hold_of(step: Step, person: Person, now: datetime, *, low: bool) -> datetime | None:
    """Until when a page of a step waits for a person: None is not at all. Of a step that skips people outside of its
    hours, only what low urgency asks."""
    windows = [step.only] if step.only is not None and step.otherwise == "hold" else []
    windows += [every_day(*person.day)] if low else []
    until = now
    for _ in range(_TRIES):
        moved = until
        for window in windows:
            moved = begins(window, person.zone, moved) or moved
        if moved == until:
            break
        until = moved
    return until if until > now else None


def _within(policy: Policy, position: Position) -> Position:
    """The same place, or the next round's start when the round has no such step (any more)."""
    return position if position.step < len(policy.steps) else Position(position.round + 1, 0)


def _resolve(
    step: Step, now: datetime, answers: Mapping[str, Answer], unreachable: Collection[str], facts: Facts
) -> tuple[tuple[Reached, ...], tuple[str, ...], list[str]]:
    """People (each once), channels, and in words what found nobody."""
    people: dict[str, Reached] = {}
    channels: dict[str, None] = {}
    missing: list[str] = []
    for target in step.notify:
        if target.kind == "channel":
            channels[target.name] = None
            continue
        found, reason = _found(target, answers, facts)
        if reason:
            missing.append(reason)
        for reached in found:
            if reached.person in people:
                continue
            if reached.person in unreachable:
                missing.append(f"{reached.person} has no contact to be paged at")
                continue
            person = facts.people.get(reached.person) or Person(reached.person, reached.person)
            if outside := _skipped(step, person, now):
                missing.append(outside)
                continue
            people[reached.person] = replace(reached, until=hold_of(step, person, now, low=facts.low))
    chosen = _preferred(step, list(people.values()), now, facts) if step.prefer else tuple(people.values())
    return chosen, tuple(channels), missing


def _found(target: Target, answers: Mapping[str, Answer], facts: Facts) -> tuple[list[Reached], str]:
    """Whom one target names, or why nobody."""
    if target.kind == "person":
        return [Reached(target.name, "named by the policy")], ""
    if target.kind == "group":
        if target.name not in facts.groups:
            return [], f"group {target.name} does not exist"
        members = facts.groups[target.name]
        return [
            Reached(one, f"group {target.name}") for one in members
        ], "" if members else f"group {target.name} is empty"
    asked, label = (answers, "schedule") if target.kind == "schedule" else (facts.after, "next on schedule")
    answer = asked.get(target.name)
    if answer is None or not answer.oncall:
        return [], f"{label} {target.name} {f'has {answer.why}' if answer else 'does not exist'}"
    return [Reached(person, f"schedule {target.name}, {answer.why}") for person in answer.people], ""


def _skipped(step: Step, person: Person, now: datetime) -> str:
    """Why a step passes over somebody because of their hour; '' when it does not."""
    if step.only is None or step.otherwise == "hold" or begins(step.only, person.zone, now) == now:
        return ""
    return f"{person.key} is outside of {words(step.only)} ({local(now, person.zone):%H:%M} there)"


def _preferred(step: Step, people: list[Reached], now: datetime, facts: Facts) -> tuple[Reached, ...]:
    """One of them: of those who can be told soonest, the one that the step prefers."""
    if not people:
        return ()
    soonest = [one for one in people if one.until is None] or people
    person, why = ordered([one.person for one in soonest], step.prefer, facts.people, facts.language, now, facts.paged)[
        0
    ]
    reached = next(one for one in soonest if one.person == person)
    return (replace(reached, why=f"{reached.why}; {why}") if why else reached,)
