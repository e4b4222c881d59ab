"""What the rules of paging ask of a configuration and an incident, put together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from desk.configuration.model import Configuration, Market, Policy
from desk.oncall.escalation import Facts, nexts_of
from desk.oncall.following import following


def facts_of(
    configuration: Configuration,
    policy: Policy,
    now: datetime,
    *,
    markets: Sequence[str],
    language: str = "",
    low: bool = False,
    paged: Collection[str] = (),
    accounts: Mapping[str, Sequence[str]] | None = None,
) -> Facts:
    """The facts for the steps of a policy. `language` is the viewers'; '' is the first of their market. `accounts` are
    those in a platform's user groups, by `platform:id`."""
    known = markets_of(configuration, markets)
    spoken = language or next((one.languages[0] for one in known if one.languages), "")
    return Facts(
        after={name: following(configuration.schedules[name], now) for name in nexts_of(policy)},
        groups={name: members_of(configuration, name, accounts or {}) for name in groups_of(policy)},
        people=configuration.people,
        language=spoken,
        low=low,
        paged=paged,
    )


def markets_of(configuration: Configuration, markets: Sequence[str]) -> list[Market]:
    return [configuration.markets[one] for one in dict.fromkeys(markets) if one in configuration.markets]


def groups_of(policy: Policy) -> tuple[str, ...]:
    """The groups that a policy names, each once."""
    named = (target.name for step in policy.steps for target in step.notify if target.kind == "group")
    return tuple(dict.fromkeys(named))


def user_groups_of(configuration: Configuration, policy: Policy) -> list[str]:
    """The platforms' user groups among them, as `platform:id`."""
    named = (configuration.groups[name].user_group for name in groups_of(policy) if name in configuration.groups)
    return [target for target in dict.fromkeys(named) if target is not None]


def members_of(configuration: Configuration, name: str, accounts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A group's own members first, then those of its user group who stand under people."""
    group = configuration.groups.get(name)
    if group is None:
        return ()
    found = list(group.members)
    if group.user_group is not None:
        platform = group.user_group.partition(":")[0]
        inside = set(accounts.get(group.user_group, ()))
        found += [key for key, person in configuration.people.items() if person.contacts.get(platform) in inside]
    return tuple(dict.fromkeys(found))
