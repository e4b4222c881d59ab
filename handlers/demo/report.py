"""The JSON of a headless run, from what is known afterwards. Instants are UTC in clock time, `*_ms` wall time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from desk import messages
from desk.configuration.model import Configuration
from desk.intake.event import SPOKEN
from handlers.composer import needs_translation
from handlers.demo.evidence import Evidence
from handlers.demo.person import Asked, Tap
from handlers.demo.replay import Tally
from store.audit import Fate
from store.incidents import Incident, Page, Scope

POSTED, EDITED = "chat.postMessage", "chat.update"
WAITING = ("pending", "claimed")
SHOWN = 20  # surprises that are listed
UNDETERMINED, FEWEST = "und", 5  # BCP 47's word for a language that cannot be told; comments a language must have


def assemble(
    evidence: Evidence, configuration: Configuration, tally: Tally, asked: Sequence[Asked], taps: Sequence[Tap]
) -> dict[str, Any]:
    """The report as JSON values. `charts` of incidents are added by whoever downloads them."""
    outcomes = Counter(str(call["outcome"]) for call in evidence.calls)
    return {
        "events": {
            "stored": evidence.rows,
            "duplicate": sum(one["duplicate"] for one in evidence.sources),
            "refused": sum(one["refused"] for one in evidence.sources),
            "late": tally.late,
            "sources": {
                one["source"]: {name: one[name] for name in ("accepted", "duplicate", "late", "refused")}
                for one in evidence.sources
            },
            "unexpected": [asdict(one) for one in tally.surprises[:SHOWN]],
        },
        "languages": _languages(evidence.languages),
        "incidents": [_incident(one, scopes) for one, scopes in evidence.incidents],
        "pages": [_page(one, configuration) for one in evidence.pages],
        "highlights": list(_highlights(evidence, configuration)),
        "digests": list(_digests(evidence, configuration)),
        "commands": [_command(one) for one in sorted(asked, key=lambda one: one.at)],
        "taps": [{**asdict(one), "at": iso(one.at)} for one in taps],
        "posts": {
            "sent": sum(call["method"] == POSTED and call["outcome"] == "ok" for call in evidence.calls),
            "failed": evidence.outbox.get("failed", 0),
            "duplicate": len(evidence.doubled),
            "edited": sum(call["method"] == EDITED and call["outcome"] == "ok" for call in evidence.calls),
            "waiting": sum(evidence.outbox.get(state, 0) for state in WAITING),
            "not_at_once": {outcome: n for outcome, n in outcomes.items() if outcome != "ok"},
        },
        "lost": len(lost(tally.taken, evidence.fates)) + max(0, evidence.rows - len(evidence.fates)),
    }


def lost(taken: Iterable[tuple[str, str]], fates: Iterable[Fate]) -> list[tuple[str, str]]:
    """Identities that the bot said it has and that are not there exactly once, or were said and never understood."""
    known = {(one.source, one.event_id): one for one in fates}
    gone = [identity for identity in taken if identity not in known or known[identity].rows != 1]
    silent = [
        identity
        for identity, one in known.items()
        if one.rows == 1 and one.kind in SPOKEN and one.has_text and not one.readings
    ]
    return sorted(gone) + silent


def _languages(spoken: Mapping[str, int]) -> list[str]:
    """From the most spoken one; what could not be told, and what was heard so rarely that it may be a mistake, not."""
    told = [lang for lang, times in spoken.items() if lang != UNDETERMINED and times >= FEWEST]
    return sorted(told, key=lambda lang: -spoken[lang])


def iso(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, such as 2026-03-06T12:21:40Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None


def _incident(one: Incident, scopes: Sequence[Scope]) -> dict[str, Any]:
    first = scopes[0]
    return {
        "id": one.id,
        "market": first.market,
        "category": one.category,
        "scopes": [{"market": scope.market, "category": scope.category} for scope in scopes],
        "severity": one.severity,
        "began_at": iso(one.began_at),
        "opened_at": iso(one.opened_at),
        "acknowledged_at": iso(one.acknowledged_at),
        "resolved_at": iso(one.resolved_at),
        "resolved_by": one.resolved_by,
        "state": one.state,
        "team": one.team,
        "complaints": sum(scope.complaints for scope in scopes),
        "why": {name: value for name, value in one.why.items() if name != "samples"},
        "chart": None,
    }


def _page(one: Page, configuration: Configuration) -> dict[str, Any]:
    person = configuration.people[one.person]
    return {
        "incident": one.incident,
        "person": one.person,
        "market": one.market,
        "paged_at": iso(one.paged_at),
        "acknowledged_at": iso(one.settled_at) if one.state == "acknowledged" else None,
        "local_time": one.paged_at.astimezone(person.zone).isoformat(timespec="seconds"),
        "zone": str(person.zone),
        "state": one.state,
        "why": one.why,
    }


def _highlights(evidence: Evidence, configuration: Configuration) -> Iterable[dict[str, Any]]:
    for one in evidence.said:
        if one.kind != "highlights":
            continue
        quotes = []
        for quote in messages.load(one.body).quotes():
            text, lang = evidence.words[quote.day, quote.event]
            target = quote.language or lang
            quotes.append(
                {
                    "text": text,
                    "lang": lang,
                    "translation": evidence.translated.get((lang, target, text)),
                    "wants_translation": needs_translation(lang, target, text),
                    "note": quote.note,
                }
            )
        yield {"team": _team(one.destination, configuration), "at": iso(one.made_at), "quotes": quotes}


def _digests(evidence: Evidence, configuration: Configuration) -> Iterable[dict[str, Any]]:
    said = {one.message: one for one in evidence.said}
    for one in evidence.digests:
        message = said.get(one.message or 0)
        yield {
            "team": one.team,
            "local_time": one.made_at.astimezone(configuration.teams[one.team].zone).isoformat(timespec="seconds"),
            "local_date": one.local_date.isoformat(),
            "posted": message is not None and message.address is not None and message.state == "sent",
            "headline": str(message.body["headline"]) if message else "",
        }


def _team(destination: str, configuration: Configuration) -> str:
    """Whose channel it is; the destination itself when it is nobody's."""
    for key, team in configuration.teams.items():
        if any(channel.rpartition(":")[2] == destination for channel in team.channels):
            return key
    return destination


def _command(one: Asked) -> Mapping[str, Any]:
    return {**asdict(one), "at": iso(one.at)}
