"""Who is paged: `groups:`, `policies:` and `routing:`."""

from __future__ import annotations

from datetime import timedelta

from desk.configuration.model import Group, Hours, Policy, Route, Step, Target
from desk.oncall.model import WEEKDAYS, Restriction
from desk.signals import SIGNALS
from handlers.configuration import words
from handlers.configuration.schedules import PERSON, RESTRICTION, WEEKDAY
from handlers.configuration.shapes import Field, ListOf, Record, Reference, Said, Shape
from handlers.configuration.vocabulary import CATEGORIES

# Written out here because their type lives beside heavy imports; a test holds them equal to the desk's.
SEVERITIES = ("P1", "P2", "P3")

MARKET = Reference("markets", "market")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

WINDOW = Record(
    "window",
    {
        "from": Field(words.WINDOW_START, "local time at which it starts", required=True),
        "to": Field(
            words.WINDOW_END, "local time at which it ends; at or before `from` it is the next day's", required=True
        ),
    },
    build=lambda said: (said["from"], said["to"]),
)

URGENCY = Record(
    "urgency",
    {
        "P2": Field(
            words.one_of("high", "low"), "high pages at once, low in each receiver's morning; high if left out"
        ),
        "P3": Field(words.one_of("low", "none"), "low pages in each receiver's morning; none, nobody, if left out"),
    },
    build=lambda said: {severity: said[severity] for severity in ("P2", "P3") if severity in said},
)


# ── groups ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_group(said: Said) -> None:
    if not said.trees.keys() & {"members", "user_group"}:
        said.reading.refuse(
            said.line, said.at, "names nobody; give it members, a user_group, or both", "members: [ana]"
        )


GROUP = Record(
    "group",
    {
        "members": Field(ListOf(PERSON, at_least=1, when_empty="names nobody"), "who belongs to it, first asked first"),
        "user_group": Field(
            words.USER_GROUP, "and whoever is in this group of a platform: those of them who stand under people"
        ),
    },
    build=lambda said: Group(key=said.key, **said.given(members="members", user_group="user_group")),
    check=_check_group,
    extra={"anyOf": [{"required": ["members"]}, {"required": ["user_group"]}]},
)


# ── policies ─────────────────────────────────────────────────────────────────────────────────────────────────────

_KINDS = ("schedule", "next", "person", "group", "channel")


def _check_target(said: Said) -> None:
    if len(said.trees) != 1:
        reason = f"must be exactly one of {', '.join(_KINDS[:-1])} or {_KINDS[-1]}"
        said.reading.refuse(said.line, said.at, reason, "{schedule: emea}")


TARGET = Record(
    "target",
    {
        "schedule": Field(Reference("schedules", "schedule"), "whoever is on call there at that moment"),
        "next": Field(Reference("schedules", "schedule"), "whoever comes on call there after those who are now"),
        "person": Field(PERSON, "one person, on call or not"),
        "group": Field(Reference("groups", "group"), "everybody of a group, on call or not"),
        "channel": Field(words.CHANNEL, "everybody in a channel"),
    },
    build=lambda said: next(Target(kind, said[kind]) for kind in _KINDS if kind in said),  # type: ignore[arg-type]
    check=_check_target,
    extra={"minProperties": 1, "maxProperties": 1},
)


def _check_step(said: Said) -> None:
    if "else" in said.trees and "only" not in said.trees:
        said.note("else", "means nothing without `only`, the hours outside of which it counts")
    only = said.get("only")
    if isinstance(only, Restriction) and only.start == only.end and len(only.days) == len(WEEKDAYS):
        said.note("only", "is the whole day, every day, so it leaves nobody out")
    targets = said.get("notify") or ()
    people = [target for target in targets if isinstance(target, Target) and target.kind != "channel"]
    if "only" in said.trees and targets and not people:
        said.note("only", "means nothing for channels alone: a channel has no clock of its own")
    if "prefer" in said.trees and targets and all(target.kind == "person" for target in people) and len(people) < 2:
        said.note("prefer", "has nobody to choose between; name a group, a schedule, or several people")


STEP = Record(
    "step",
    {
        "notify": Field(
            ListOf(TARGET, at_least=1, when_empty="notifies nobody"), "who is told, all at once", required=True
        ),
        "wait": Field(words.duration(_SECOND, _DAY), "until the next step, when nobody acknowledged; 5m if left out"),
        "only": Field(
            RESTRICTION, "only people whose own clock is within these hours; channels are told at every hour"
        ),
        "else": Field(
            words.one_of("skip", "hold"),
            "what becomes of the others: skip passes them over, hold keeps their page until the hours begin; "
            "skip if left out",
        ),
        "prefer": Field(
            ListOf(words.one_of("awake", "language"), at_least=1, when_empty="prefers nothing; leave it out"),
            "page one of them alone: who is awake, who reads the viewers' language, in this order of weight; "
            "everybody if left out",
        ),
    },
    build=lambda said: Step(**said.given(notify="notify", wait="wait", only="only", otherwise="else", prefer="prefer")),
    check=_check_step,
)


def _check_policy(said: Said) -> None:
    steps = list(said.items("steps"))
    if steps and all(isinstance(step, Step) and _may_skip_all(step) for step, _, _ in steps):
        said.note("steps", "every step has hours, so at some hours it ends in nobody; end with a step without `only`")


def _may_skip_all(step: Step) -> bool:
    return step.only is not None and step.otherwise == "skip" and all(one.kind != "channel" for one in step.notify)


POLICY = Record(
    "policy",
    {
        "steps": Field(
            ListOf(STEP, at_least=1, repeats=True, when_empty="a policy needs at least one step"),
            "one after the other, until somebody acknowledges",
            required=True,
        ),
        "repeat": Field(words.whole(0, 9), "how many more times the steps run, 0 if left out"),
        "urgency": Field(URGENCY, "who is woken; left out: as the market has it"),
        "acknowledgement_expires": Field(
            words.duration(timedelta(minutes=5), _DAY),
            "an acknowledgement that its owner does not confirm ends after so long, and paging goes on; never if left "
            "out",
        ),
    },
    build=lambda said: Policy(
        key=said.key,
        **said.given(
            steps="steps",
            repeat="repeat",
            urgency="urgency",
            acknowledgement_expires="acknowledgement_expires",
        ),
    ),
    check=_check_policy,
)


# ── routing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def condition(item: Shape) -> ListOf:
    return ListOf(item, at_least=1, when_empty="matches nothing; leave it out to match everything")


HOURS = Record(
    "rule's hours",
    {
        "days": Field(
            ListOf(WEEKDAY, at_least=1, repeats=True, when_empty="names no day; leave it out for every day"),
            "days on which the hours start, every day if left out",
        ),
        **WINDOW.fields,
        "timezone": Field(words.ZONE, "on whose clock; the market's if left out"),
    },
    build=lambda said: Hours(
        Restriction(frozenset(said.get("days", WEEKDAYS)), said["from"], said["to"]), said.get("timezone")
    ),
)


def _check_route(said: Said) -> None:
    if "team" not in said.trees and "policy" not in said.trees:
        reason = "leads nowhere: give it a team (whose channel is told), a policy (who is paged), or both"
        said.reading.refuse(said.line, said.at, reason, "team: emea")


ROUTE = Record(
    "routing rule",
    {
        "markets": Field(condition(MARKET), "matches these markets, all if left out"),
        "categories": Field(
            condition(words.one_of(*CATEGORIES, *SIGNALS)),
            "matches these complaints and signals, all if left out; payment matches payment_failures too, and "
            "stream_quality stalls",
        ),
        "severities": Field(condition(words.one_of(*SEVERITIES)), "matches these severities, all if left out"),
        "languages": Field(
            condition(words.LANGUAGE), "matches viewers' languages, all if left out; pt matches pt-BR too"
        ),
        "hours": Field(HOURS, "matches within these hours, always if left out"),
        "team": Field(Reference("teams", "team"), "whose first channel gets the incident"),
        "policy": Field(Reference("policies", "policy"), "who is paged; left out: posted only"),
    },
    build=lambda said: Route(
        markets=frozenset(said.get("markets", ())),
        categories=frozenset(said.get("categories", ())),
        severities=frozenset(said.get("severities", ())),
        languages=frozenset(said.get("languages", ())),
        **said.given(hours="hours", team="team", policy="policy"),
    ),
    check=_check_route,
    extra={"anyOf": [{"required": ["team"]}, {"required": ["policy"]}]},
)
