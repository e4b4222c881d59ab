"""What the store and the workspace know after a show, loaded once and held still for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from desk import messages
from sandbox.control import Control
from store import audit, events, incidents, outbox, readings, reports, rollups
from store.audit import Digest, Fate, Said
from store.engine import Store
from store.incidents import Incident, Page, Scope
from store.reports import Wanted

EVER = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
Ref = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`words` are (redacted text, language) by event, `translated` by (language, target, text)."""

    fates: Sequence[Fate]
    rows: int
    sources: Sequence[Mapping[str, Any]]
    languages: Mapping[str, int]
    incidents: Sequence[tuple[Incident, Sequence[Scope]]]
    pages: Sequence[Page]
    said: Sequence[Said]
    words: Mapping[Ref, tuple[str, str]]
    translated: Mapping[tuple[str, str, str], str]
    digests: Sequence[Digest]
    outbox: Mapping[str, int]  # state → revisions
    calls: Sequence[Mapping[str, Any]]  # of the Web API methods that post and edit
    doubled: Sequence[Mapping[str, Any]]


async def gather(store: Store, workspace: int, show: str, start: datetime, control: Control) -> Evidence:
    calls = [*await control.calls("chat.postMessage"), *await control.calls("chat.update")]
    doubled = await control.doubled()
    return await store.reading(lambda c: _load(c, workspace, show, start, calls, doubled))


def _load(
    connection: Connection,
    workspace: int,
    show: str,
    start: datetime,
    calls: Sequence[Mapping[str, Any]],
    doubled: Sequence[Mapping[str, Any]],
) -> Evidence:
    said = audit.said(connection, workspace)
    quotes = [quote for one in said if one.kind == "highlights" for quote in messages.load(one.body).quotes()]
    words = readings.words(connection, [(quote.day, quote.event) for quote in quotes])
    wanted = [
        Wanted(words[quote.day, quote.event][1], quote.language or "", words[quote.day, quote.event][0])
        for quote in quotes
        if (quote.day, quote.event) in words
    ]
    translated = reports.translated(connection, wanted)
    first, last = int(start.timestamp()), int((start + timedelta(hours=2)).timestamp())
    return Evidence(
        fates=audit.fates(connection, workspace),
        rows=audit.stored_events(connection, workspace),
        sources=events.source_counts(connection, workspace),
        languages=rollups.by_language(connection, workspace, show, first, last),
        incidents=[
            (one, incidents.scopes(connection, one.id)) for one in incidents.between(connection, workspace, *EVER)
        ],
        pages=incidents.pages_between(connection, workspace, *EVER),
        said=said,
        words=words,
        translated={key[:3]: text for key, (text, _) in translated.items()},
        digests=audit.digests_made(connection, workspace),
        outbox=outbox.counts(connection, workspace),
        calls=calls,
        doubled=doubled,
    )
