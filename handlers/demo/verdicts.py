"""What should have been, held against a report: every rule of the demo in one sentence, and what fell short of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.show.beats import EXIT_PEAK, EXIT_WIDTH, HICCUP, OUTAGE

DETECTED_WITHIN = timedelta(minutes=2)
FEWEST_LANGUAGES = 8
PAYMENT = ("payment", "payment_failures")  # what viewers say, and what they do: one incident
SOUND = ("stream_quality", "stalls")
ALSO_KNOWN = timedelta(minutes=3)  # after the sound in Europe has gone, its incident may still open


@dataclass(frozen=True, slots=True)
class Expected:
    """`night_owl` is who is on call for the payment failure; `mornings` are the local dates of each team's digest."""

    start: datetime
    stored: int
    duplicate: int
    refused: int
    night_owl: str
    mornings: Mapping[str, date]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`fell_short` is empty when the rule held."""

    rule: str
    fell_short: str

    @property
    def holds(self) -> bool:
        return not self.fell_short


def judge(report: Mapping[str, Any], expected: Expected) -> list[Verdict]:
    """Every rule, in the order of the show. `report` is what `report.assemble` made, or its JSON read back."""
    payment, others = _incidents(report, expected)
    return [
        Verdict("Every event is stored, known or refused as it should be", "; ".join(_events(report, expected))),
        Verdict("Nothing that was taken is lost", f"{report['lost']} events" if report["lost"] else ""),
        Verdict(
            f"At least {FEWEST_LANGUAGES} languages are told apart",
            "" if len(report["languages"]) >= FEWEST_LANGUAGES else f"only {', '.join(report['languages'])}",
        ),
        Verdict("The payment failure is one incident within two minutes", "; ".join(_payment(payment, expected))),
        Verdict(
            "Nothing else is an incident but the sound in Europe and those who leave the ingredient list",
            "; ".join(_others(others, expected)),
        ),
        Verdict(
            f"{expected.night_owl} alone is paged for the payments, and acknowledges",
            "; ".join(_night(report, payment, expected)),
        ),
        Verdict("Whoever is paged for anything else is on that incident", "; ".join(_pages(report, payment, others))),
        Verdict("A late tap on something over is told so", _late_tap(report, payment)),
        Verdict("Highlights are shown, translated where need be", "; ".join(_highlights(report))),
        Verdict("Each team has one digest, in its own morning", "; ".join(_digests(report, expected))),
        Verdict("Every command is answered", "; ".join(_commands(report))),
        Verdict("Everything is posted, and once", "; ".join(_posts(report))),
    ]


def _events(report: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    for name in ("stored", "duplicate", "refused"):
        if report["events"][name] != getattr(expected, name):
            yield f"{report['events'][name]} {name}, not {getattr(expected, name)}"
    for one in report["events"]["unexpected"]:
        yield f"{one['source']} {one['event_id']} was {one['answered']}, not {one['expected']} ({one['reason']})"


Incidents = Sequence[Mapping[str, Any]]


def _incidents(report: Mapping[str, Any], expected: Expected) -> tuple[Incidents, Incidents]:
    """Those of the payment failure, and all others."""
    scopes = [{"market": OUTAGE.market, "category": category} for category in PAYMENT]
    payment = [one for one in report["incidents"] if any(scope in one["scopes"] for scope in scopes)]
    return payment, [one for one in report["incidents"] if one not in payment]


def _payment(payment: Incidents, expected: Expected) -> Iterator[str]:
    if len(payment) != 1:
        yield f"{len(payment)} incidents"
        return
    onset = expected.start + timedelta(seconds=OUTAGE.start)
    after = datetime.fromisoformat(payment[0]["opened_at"]) - onset
    if not timedelta(0) <= after <= DETECTED_WITHIN:
        yield f"opened {after.total_seconds():.0f} s after payments began to fail"
    wanted = [{"market": OUTAGE.market, "category": category} for category in PAYMENT]
    if sorted(payment[0]["scopes"], key=str) != sorted(wanted, key=str):
        yield f"its scopes are {payment[0]['scopes']}"


def _others(others: Incidents, expected: Expected) -> Iterator[str]:
    """The sound in Europe, by what players do and what viewers say; and that many leave during the ingredient list,
    which is true, and wakes nobody."""
    sound = [one for one in others if _is_of(one, SOUND, {HICCUP.market}, HICCUP.start, HICCUP.end, expected)]
    leaving = [
        one
        for one in others
        if one["severity"] == "P3"
        and _is_of(one, ("exits",), None, EXIT_PEAK - 3 * EXIT_WIDTH, EXIT_PEAK + 3 * EXIT_WIDTH, expected)
    ]
    for one in others:
        if one not in sound and one not in leaving:
            yield f"{one['market']} {one['category']} ({one['severity']}) at {one['opened_at']}"
    if len(sound) > 1:
        yield "more than one for the sound"
    if len(leaving) > 1:
        yield "more than one for those who leave"


def _is_of(
    one: Mapping[str, Any],
    categories: Sequence[str],
    markets: set[str | None] | None,
    start: float,
    end: float,
    expected: Expected,
) -> bool:
    """Whether an incident is about these categories (and markets) alone, and opened in time."""
    opened = datetime.fromisoformat(one["opened_at"])
    began, ended = (expected.start + timedelta(seconds=at) for at in (start, end))
    return began <= opened <= ended + ALSO_KNOWN and all(
        scope["category"] in categories and (markets is None or scope["market"] in markets) for scope in one["scopes"]
    )


def _night(report: Mapping[str, Any], payment: Incidents, expected: Expected) -> Iterator[str]:
    ids = [one["id"] for one in payment]
    pages = [one for one in report["pages"] if one["incident"] in ids]
    if [one["person"] for one in pages] != [expected.night_owl]:
        yield f"paged: {', '.join(one['person'] for one in pages) or 'nobody'}"
        return
    if not pages[0]["acknowledged_at"]:
        yield f"not acknowledged (the page is {pages[0]['state']})"
    hour = datetime.fromisoformat(pages[0]["local_time"]).hour
    if not hour < 6:
        yield f"paged at {pages[0]['local_time']}, which is not her night"


def _pages(report: Mapping[str, Any], payment: Incidents, others: Incidents) -> Iterator[str]:
    known = {one["id"] for one in (*payment, *others)}
    sound = {one["id"] for one in others}
    for one in report["pages"]:
        if one["incident"] not in known:
            yield f"{one['person']} was paged for incident {one['incident']}, which is in no list"
        if one["incident"] in sound and one["state"] == "paged":
            yield f"{one['person']}'s page for incident {one['incident']} is still open"


def _late_tap(report: Mapping[str, Any], payment: Incidents) -> str:
    ids = {one["id"] for one in payment}
    resolved = [one for one in report["taps"] if one["verb"] == "resolve" and one["incident"] in ids]
    if len(resolved) != 2:
        return f"Resolve was tapped {len(resolved)} times, not twice"
    if "already over" not in resolved[1]["told"]:
        return f"told: {resolved[1]['told']!r}"
    return ""


def _highlights(report: Mapping[str, Any]) -> Iterator[str]:
    if not report["highlights"]:
        yield "none"
    for one in report["highlights"]:
        missing = [quote for quote in one["quotes"] if quote["wants_translation"] and not quote["translation"]]
        if missing:
            yield f"{one['team']} at {one['at']}: {len(missing)} of {len(one['quotes'])} without their translation"


def _digests(report: Mapping[str, Any], expected: Expected) -> Iterator[str]:
    made = Counter((one["team"], one["local_date"]) for one in report["digests"])
    wanted = {(team, day.isoformat()) for team, day in expected.mornings.items()}
    for team, day in sorted(wanted - set(made)):
        yield f"{team} has none for {day}"
    for (team, day), times in made.items():
        if (team, day) not in wanted or times > 1:
            yield f"{team} has {times} for {day}"
    yield from (f"{one['team']}'s was not posted" for one in report["digests"] if not one["posted"])


def _commands(report: Mapping[str, Any]) -> Iterator[str]:
    if not report["commands"]:
        yield "none was asked"
    for one in report["commands"]:
        if one["problem"]:
            yield f"{one['text']} ({one['person']}): {one['problem']}"


def _posts(report: Mapping[str, Any]) -> Iterator[str]:
    posts = report["posts"]
    if not posts["sent"]:
        yield "nothing was posted"
    for name in ("failed", "duplicate", "waiting"):
        if posts[name]:
            yield f"{posts[name]} {name}"
