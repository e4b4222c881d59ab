"""Where an incident stands in its escalation policy, said for people."""

from __future__ import annotations

from desk.configuration.model import Configuration, Policy, Target
from desk.oncall.escalation import Position
from desk.oncall.policies import policy_named
from desk.words import Tongue

ESCALATE = "escalate"  # kind of the due row that takes the next step
HELD = "held"  # kind of the due row that sends a page when its person's hours begin


def next_step_words(configuration: Configuration, policy: str | None, position: Position, t: Tongue) -> str:
    """Whom the step at a position notifies, in words; behind the last one, what comes then."""
    known = policy_named(configuration, policy)
    if known is None or is_last(known, position):
        return t("nobody is left to page") if configuration.admin_channel is None else t("the admins are told")
    step = known.steps[position.step]
    words = [target_words(configuration, target, t) for target in step.notify]
    return t("one of {people}", people=t.listed(words)) if step.prefer else t.listed(words)


def is_last(policy: Policy, position: Position) -> bool:
    """Whether a position lies behind the last step."""
    return position.step >= len(policy.steps) or position.round > policy.repeat


def target_words(configuration: Configuration, target: Target, t: Tongue) -> str:
    if target.kind == "person":
        person = configuration.people.get(target.name)
        return person.name if person else target.name
    if target.kind == "schedule":
        return t("whoever is on call for {schedule}", schedule=target.name)
    if target.kind == "next":
        return t("whoever is next on call for {schedule}", schedule=target.name)
    if target.kind == "group":
        return t("the group {group}", group=target.name)
    return t("a channel")
