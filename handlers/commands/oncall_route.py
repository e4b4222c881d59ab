"""`bot.py oncall route`: a dry run of routing and escalation, from the configuration file, and a database where one is
named."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from desk.messages import Severity
from desk.oncall.routed import Asked, dry_run
from desk.questions import plan_route
from desk.signals import SIGNALS
from handlers.commands.oncall_asked import RefusedError, instant, known_beside
from handlers.commands.oncall_plans import Answered, Question
from handlers.configuration.scalars import CHANNEL_IDS

SEVERITIES = ("P1", "P2", "P3")


def route(
    asked: Question,
    market: str | None,
    category: str | None,
    language: str | None,
    severity: str,
    at: str | None,
    database: str | None = None,
) -> Answered:
    """What would become of such an incident; with a `database` (its URL), also who is in a chat's groups and which ways
    are verified. Raises RefusedError for what the file, or Livedesk, does not know."""
    configuration = asked.configuration
    if market is not None and market not in configuration.markets:
        known = ", ".join(configuration.markets) or "none"
        raise RefusedError(f"there is no market {market!r} in this file; there are: {known}")
    categories = (*plan_route.CATEGORIES, *SIGNALS)
    if category is not None and category not in categories:
        raise RefusedError(f"there is no category {category!r}; there are: {', '.join(categories)}")
    if severity.upper() not in SEVERITIES:
        raise RefusedError(f"--severity {severity!r} is none of {', '.join(SEVERITIES)}")
    when = instant("--at", at) if at is not None else asked.now
    what = Asked(market, category, language, cast(Severity, severity.upper()), when)
    found = dry_run(configuration, what, known_beside(configuration, database, asked.now), tuple(CHANNEL_IDS))
    zone = configuration.markets[market].zone if market else ZoneInfo("UTC")
    facts = {
        "rule": found.rule,
        "team": found.route.team if found.route else None,
        "policy": found.policy.key if found.policy else None,
        "urgency": found.urgency,
        "steps": found.steps,
        "ends_at": found.ends_at,
        "reasons": found.reasons,
        "reached_by": found.called,
        "left_out": found.unread,
    }
    return facts, plan_route.told(configuration, found, asked.asker(zone), asked.t)
