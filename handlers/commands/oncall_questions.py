"""The questions themselves: each reads its options, asks the desk, and gives facts and words."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from desk.configuration.model import Configuration
from desk.oncall.coverage import coverage as coverage_of
from desk.oncall.covers import covers as covered
from desk.oncall.covers import find_shows
from desk.oncall.explain import explain as explained
from desk.oncall.fairness import fairness as fairness_of
from desk.oncall.fairness import suggestions
from desk.oncall.filling import candidates
from desk.oncall.gaps import gaps as gaps_of
from desk.oncall.model import WEEKDAYS
from desk.oncall.propose import as_yaml
from desk.oncall.propose import propose as proposed
from desk.oncall.resolve import final_schedule
from desk.oncall.walltime import DAY, utc
from desk.oncall.week import by_day, shifts_of
from desk.questions import plan_coverage, plan_covers, plan_explain, plan_fairness, plan_gaps, plan_propose, plan_week
from handlers.commands.oncall_asked import RefusedError, checked, instant, named
from handlers.commands.oncall_plans import Answered, Question, plain


def explain(asked: Question, schedule: str | None, at: str | None) -> Answered:
    when = instant("--at", at) if at is not None else asked.now
    names = [named(asked.configuration, schedule).name] if schedule else _all(asked.configuration)
    found = [explained(asked.configuration.schedules[name], when) for name in names]
    zone = asked.configuration.schedules[names[0]].zone
    message = plan_explain.told(asked.configuration, found, asked.asker(zone), asked.t)
    return found[0] if schedule else found, message


def week(asked: Question, schedule: str | None, start: str | None, zone: str | None) -> Answered:
    name = named(asked.configuration, schedule).name if schedule else _all(asked.configuration)[0]
    begins = instant("--from", start) if start is not None else asked.now
    plan = asked.configuration.schedules[name]
    asker = asked.asker(_zone(zone, plan.zone))
    rows = final_schedule(plan, begins, utc(begins) + plan_week.WEEK)
    facts = {"schedule": name, "zone": asker.zone, "days": by_day(rows, asker.zone)}
    return facts, plan_week.told(asked.configuration, name, begins, asker, asked.t)


def me(asked: Question, person: str, start: str | None, end: str | None) -> Answered:
    known = asked.configuration.people.get(person)
    if known is None:
        raise RefusedError(f"there is nobody called {person!r} under people: in this file")
    begins, ends = span(asked.now, start, end, plan_week.AHEAD)
    shifts = shifts_of(asked.configuration.schedules, person, begins, ends)
    message = plan_week.mine(asked.configuration, person, shifts, begins, asked.asker(known.zone, person), asked.t)
    return {"person": person, "zone": known.zone, "shifts": shifts}, message


def covers(asked: Question, show: str) -> Answered:
    shows = asked.configuration.shows
    zone = next(iter(asked.configuration.schedules.values())).zone if asked.configuration.schedules else ZoneInfo("UTC")
    found = (shows[show],) if show in shows else find_shows(asked.configuration, show, asked.now, zone)
    if not found:
        raise RefusedError(f"there is no show {show!r} in this file; there are: {', '.join(shows) or 'none'}")
    facts = covered(asked.configuration, found[0])
    others = [other.key for other in found[1:]]
    zone = asked.configuration.markets[facts.markets[0].market].zone if facts.markets else zone
    return facts, plan_covers.told(asked.configuration, facts, others, asked.asker(zone), asked.t)


def gaps(asked: Question, start: str | None, end: str | None, days: int) -> Answered:
    begins, ends = span(asked.now, start, end, days * DAY)
    found = gaps_of(asked.configuration, begins, ends)
    facts = [{**plain(gap), "candidates": plain(candidates(asked.configuration, gap))} for gap in found]
    zone = asked.configuration.schedules[found[0].schedule].zone if found else ZoneInfo("UTC")
    message = plan_gaps.told(asked.configuration, found, ends - begins, asked.asker(zone), asked.t)
    return facts, replace(message, actions=())


def coverage(asked: Question, start: str | None, zone: str | None) -> Answered:
    begins = instant("--from", start) if start is not None else asked.now
    found = coverage_of(asked.configuration, begins, begins + plan_coverage.WEEK)
    facts = [{**plain(one), "prime_share": one.prime_share, "show_share": one.show_share} for one in found]
    asker = asked.asker(_zone(zone, ZoneInfo("UTC")))
    return facts, plan_coverage.told(asked.configuration, found, begins, asker, asked.t)


def fairness(asked: Question, schedule: str | None, start: str | None, end: str | None) -> Answered:
    names = [named(asked.configuration, schedule).name] if schedule else _all(asked.configuration)
    begins, ends = span(asked.now, start, end, plan_fairness.DAYS * DAY)
    loads = fairness_of(asked.configuration, names, begins, ends)
    swaps = [swap for name in names for swap in suggestions(asked.configuration, name, begins, ends)]
    asker = asked.asker(asked.configuration.schedules[names[0]].zone)
    message = plan_fairness.told(asked.configuration, names, loads, swaps, (begins, ends), asker, asked.t)
    return {"schedules": names, "start": begins, "end": ends, "people": loads, "suggestions": swaps}, message


def propose(asked: Question, name: str, market: str | None, turn: str, weekdays: bool, start: str | None) -> Answered:
    configuration = asked.configuration
    if market is not None and market not in configuration.markets:
        known = ", ".join(configuration.markets) or "none"
        raise RefusedError(f"there is no market {market!r} in this file; there are: {known}")
    if turn not in ("weekly", "daily"):
        raise RefusedError(f"--rotation {turn!r} is neither weekly nor daily")
    if not configuration.people:
        raise RefusedError("there is nobody under people: in this file")
    begins = instant("--from", start) if start is not None else asked.now
    proposal = proposed(
        configuration,
        name,
        begins,
        markets=[market] if market else (),
        turn="daily" if turn == "daily" else "weekly",
        days=frozenset(WEEKDAYS[:5] if weekdays else WEEKDAYS),
    )
    lines = as_yaml(proposal)
    facts = {
        "yaml": "\n".join(lines) + "\n",
        "places": proposal.places,
        "left_out": proposal.left_out,
        "uncovered": proposal.uncovered,
    }
    parts = plan_propose.words(configuration, proposal, begins, asked.t)
    message = plan_propose.told(configuration, proposal, parts, begins, asked.asker(ZoneInfo("UTC")), asked.t)
    return facts, message


def span(now: datetime, start: str | None, end: str | None, length: timedelta) -> tuple[datetime, datetime]:
    """The range asked for: from now, and `length` long, where nothing else is said. Raises RefusedError."""
    begins = instant("--from", start) if start is not None else now
    if end is None:
        return begins, begins + length
    return checked((begins, instant("--to", end)), start or "(now)", end)


def _all(configuration: Configuration) -> list[str]:
    if not configuration.schedules:
        raise RefusedError("there is no schedule in this file; write one under schedules:")
    return list(configuration.schedules)


def _zone(text: str | None, otherwise: ZoneInfo) -> ZoneInfo:
    if text is None:
        return otherwise
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedError(f"--zone {text!r} is not a time zone; write one such as Europe/Berlin") from None
