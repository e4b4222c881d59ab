"""What a schedule is responsible for: which markets, which policies, and which team looks after it."""

from __future__ import annotations

from collections.abc import Iterable

from desk.configuration.model import Configuration, Policy, Team
from desk.oncall.demand import cover
from desk.oncall.escalation import schedules_of
from desk.oncall.policies import policy_named


def markets_of(configuration: Configuration, schedule: str) -> tuple[str, ...]:
    """The markets whose pages may come to it, first or later; all of them when no rule leads to it."""
    covers = [cover(configuration, market) for market in configuration.markets]
    own = tuple(one.market for one in covers if schedule == one.schedule or schedule in one.backups)
    return own or tuple(configuration.markets)


def is_concerned(configuration: Configuration, schedule: str, markets: Iterable[str], policy: str | None) -> bool:
    """Whether something of these markets, under this policy, is a schedule's."""
    known = policy_named(configuration, policy)
    if known is not None and schedule in schedules_of(known):
        return True
    return bool(set(markets) & set(markets_of(configuration, schedule)))


def policy_of(configuration: Configuration, schedule: str) -> Policy | None:
    """The policy of the first rule that leads to a schedule: one that begins with it before one that ends with it."""
    known = configuration.policies
    ruled = [known[rule.policy] for rule in configuration.routing if rule.policy is not None and rule.policy in known]
    asking = [one for one in (*ruled, *known.values()) if schedule in schedules_of(one)]
    return next((one for one in asking if begins_with(one, schedule)), asking[0] if asking else None)


def begins_with(policy: Policy, schedule: str) -> bool:
    """Whether a policy's first step asks a schedule."""
    first = [target for step in policy.steps[:1] for target in step.notify]
    return any(target.kind == "schedule" and target.name == schedule for target in first)


def team_of(configuration: Configuration, schedule: str) -> Team | None:
    """The team of the markets that the schedule comes first for; else the one whose people take turns in it."""
    teams = configuration.teams
    for market in configuration.markets:
        its = cover(configuration, market)
        if its.schedule == schedule and its.team is not None and its.team in teams:
            return teams[its.team]
    plan = configuration.schedules.get(schedule)
    turns = {person for layer in plan.layers for person in layer.rotation.members} if plan else set()
    return next((team for team in teams.values() if turns & set(team.members)), None)
