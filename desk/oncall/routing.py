"""Which routing rule an incident takes, and which rules none can ever take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.configuration.model import Hours, Route
from desk.messages import Severity
from desk.oncall.hours import within
from desk.oncall.model import WEEKDAYS
from desk.oncall.walltime import DAY
from desk.signals import SPOKEN_OF_AS

_UTC = ZoneInfo("UTC")


def route(
    rules: Sequence[Route],
    market: str | None,
    category: str | None,
    language: str | None,
    severity: Severity,
    at: datetime | None = None,
    zone: ZoneInfo | None = None,
) -> Route | None:
    """The first routing rule that matches; an empty condition matches everything, None only that.

    `at` is when, and `zone` the market's clock (UTC when it is not known), for the hours of a rule. Without `at`, a
    rule with hours matches nothing: it is asked who is told at any hour.

    A rule for a complaint holds for the signal that it speaks of too: whichever comes first opens the incident, and
    that must not decide who gets it.
    """
    for rule in rules:
        if (
            _matches(rule.markets, market)
            and (_matches(rule.categories, category) or SPOKEN_OF_AS.get(category or "") in rule.categories)
            and _speaks(rule.languages, language)
            and _matches(rule.severities, severity)
            and (rule.hours is None or (at is not None and _is_in(rule.hours, at, zone)))
        ):
            return rule
    return None


def shadowed(rules: Sequence[Route]) -> Iterator[tuple[int, int]]:
    """(rule, the earlier rule that takes everything it could match), for rules that can never match.

    Rules are compared in pairs: one that several earlier ones cover together is not found.
    """
    for later, rule in enumerate(rules):
        for earlier in range(later):
            if _covers(rules[earlier], rule):
                yield later, earlier
                break


def _matches(wanted: Collection[str], value: str | None) -> bool:
    return not wanted or value in wanted


def _speaks(wanted: Collection[str], language: str | None) -> bool:
    """`pt` is `pt-BR` too; a rule for `pt-BR` is for that alone."""
    return not wanted or language in wanted or (language or "").partition("-")[0] in wanted


def _is_in(hours: Hours, at: datetime, zone: ZoneInfo | None) -> bool:
    return within(hours.window, hours.zone or zone or _UTC, at)


def _covers(earlier: Route, later: Route) -> bool:
    spoken = {
        name for name in later.categories if name in earlier.categories or SPOKEN_OF_AS.get(name) in earlier.categories
    }
    return (
        _includes(earlier.markets, later.markets)
        and (not earlier.categories or (bool(later.categories) and spoken == later.categories))
        and (
            not earlier.languages
            or (bool(later.languages) and all(_speaks(earlier.languages, one) for one in later.languages))
        )
        and _includes(earlier.severities, later.severities)
        and (earlier.hours is None or (later.hours is not None and _spans(earlier.hours, later.hours)))
    )


def _includes(wide: Collection[str], narrow: Collection[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _spans(wide: Hours, narrow: Hours) -> bool:
    """Whether one rule's hours hold all of another's: on the same clock, minute by minute of a week."""
    if wide.zone != narrow.zone:
        return False
    return _minutes(narrow) <= _minutes(wide)


def _minutes(hours: Hours) -> set[int]:
    found: set[int] = set()
    window = hours.window
    length = window.end - window.start if window.end > window.start else window.end - window.start + DAY
    for number, name in enumerate(WEEKDAYS):
        if name in window.days:
            first = (number * DAY + window.start) // timedelta(minutes=1)
            found |= {minute % 10_080 for minute in range(first, first + -(-length // timedelta(minutes=1)))}
    return found
