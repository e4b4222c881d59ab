"""What was told to teams: digests (once per team and local date), highlights (never the same twice), translations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from store.engine import insert
from store.tables import deliveries, digests, highlighted, translations


def begin_digest(
    connection: Connection,
    workspace: int,
    team: str,
    local_date: date,
    covers: tuple[datetime, datetime],
    now: datetime,
) -> bool:
    """Reserve a team's digest of a local date; False when it was made before."""
    made = connection.execute(
        insert(connection, digests)
        .values(
            workspace=workspace,
            team=team,
            local_date=local_date,
            covers_from=covers[0],
            covers_to=covers[1],
            made_at=now,
        )
        .on_conflict_do_nothing()
        .returning(digests.c.team)  # not the row count, which SQLAlchemy keeps for updates and deletes alone
    )
    return made.first() is not None


def last_digest(connection: Connection, workspace: int, team: str) -> tuple[date, datetime] | None:
    """(local date, end of what it covered) of a team's newest digest."""
    query = (
        select(digests.c.local_date, digests.c.covers_to)
        .where(digests.c.workspace == workspace, digests.c.team == team)
        .order_by(digests.c.local_date.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.local_date, row.covers_to) if row else None


def keep_digest_message(connection: Connection, workspace: int, team: str, local_date: date, message: int) -> None:
    connection.execute(
        digests.update()
        .where(digests.c.workspace == workspace, digests.c.team == team, digests.c.local_date == local_date)
        .values(message=message)
    )


def already_highlighted(connection: Connection, workspace: int, team: str, show: str) -> set[tuple[date, int]]:
    query = select(highlighted.c.day, highlighted.c.event).where(
        highlighted.c.workspace == workspace, highlighted.c.team == team, highlighted.c.show == show
    )
    return {(row.day, row.event) for row in connection.execute(query)}


def keep_highlighted(
    connection: Connection, workspace: int, team: str, show: str, chosen: Iterable[tuple[date, int]], now: datetime
) -> None:
    rows = [
        {"workspace": workspace, "team": team, "day": day, "event": event, "show": show, "at": now}
        for day, event in chosen
    ]
    if rows:
        connection.execute(insert(connection, highlighted).on_conflict_do_nothing(), rows)


class Wanted(NamedTuple):
    """A text to be read in another language. `terms` is what the glossary says of it ("" for nothing)."""

    source: str
    target: str
    text: str
    terms: str = ""


def text_digest(text: str, terms: str = "") -> str:
    """What a translation is found by. With and without terms it begins alike, so that all that was ever made of a text
    can be found together."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return digest[: len(digest) - len(terms)] + terms


def translated(connection: Connection, wanted: Iterable[Wanted]) -> dict[Wanted, tuple[str, str]]:
    """(translation, provider) of those that are known."""
    found = {}
    for one in dict.fromkeys(wanted):
        query = select(translations.c.translated, translations.c.provider).where(
            translations.c.source == one.source,
            translations.c.target == one.target,
            translations.c.digest == text_digest(one.text, one.terms),
        )
        if row := connection.execute(query).first():
            found[one] = (row.translated, row.provider)
    return found


def keep_translation(connection: Connection, of: Wanted, translation: str, provider: str, now: datetime) -> None:
    connection.execute(
        insert(connection, translations)
        .values(
            source=of.source,
            target=of.target,
            digest=text_digest(of.text, of.terms),
            provider=provider,
            translated=translation,
            at=now,
        )
        .on_conflict_do_nothing()
    )


def first_delivery(connection: Connection, platform: str, delivery: str, at: datetime, keep: timedelta) -> bool:
    """True the first time a delivery is seen; what is older than `keep` is forgotten."""
    connection.execute(delete(deliveries).where(deliveries.c.at < at - keep))
    made = connection.execute(
        insert(connection, deliveries)
        .values(platform=platform, delivery=delivery, at=at)
        .on_conflict_do_nothing()
        .returning(deliveries.c.delivery)
    )
    return made.first() is not None
