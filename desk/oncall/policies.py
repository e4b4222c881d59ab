"""The policy that an incident goes by: one of the file, or what follows a page by hand where the file names none."""

from __future__ import annotations

from datetime import timedelta

from desk.configuration.model import Configuration, Policy, Step, Target

_BY_HAND = "by hand:"  # no key of the file has a colon
AGAIN = timedelta(minutes=5)


def built_in(target: str) -> str:
    """The key of what follows a page by hand to a target: a schedule's key, or `@` and a person's."""
    return _BY_HAND + target


def target_of(policy: str | None) -> str | None:
    """Whom the policy of this key follows; None for one of the file.

    >>> target_of(built_in("@ana")), target_of("payments")
    ('@ana', None)
    """
    return policy.removeprefix(_BY_HAND) if policy is not None and policy.startswith(_BY_HAND) else None


def policy_named(configuration: Configuration, key: str | None) -> Policy | None:
    """The policy of a key; None when it, or whom it follows, is not in the file (any more)."""
    target = target_of(key)
    return configuration.policies.get(key or "") if target is None else _following(configuration, target)


def _following(configuration: Configuration, target: str) -> Policy | None:
    """Whoever was paged is paged again after five minutes, and beside them whoever comes next in the schedule; all of
    it twice. Of a person, whoever is on call where they take turns."""
    person = target.removeprefix("@") if target.startswith("@") else None
    if person is not None:
        if person not in configuration.people:
            return None
        first = Target("person", person)
        own = next((name for name in configuration.schedules if takes_turns(configuration, name, person)), None)
        beside = Target("schedule", own) if own is not None else None
    elif target in configuration.schedules:
        first, beside = Target("schedule", target), Target("next", target)
    else:
        return None
    second = (first, beside) if beside is not None else (first,)
    return Policy(built_in(target), (Step((first,), AGAIN), Step(second, AGAIN)), repeat=1)


def takes_turns(configuration: Configuration, schedule: str, person: str | None) -> bool:
    """Whether somebody is a member of a layer of a schedule."""
    return any(person in layer.rotation.members for layer in configuration.schedules[schedule].layers)
