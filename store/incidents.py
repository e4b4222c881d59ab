"""Incidents, their scopes and history, and the pages sent for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from store.tables import incident_history, incident_scopes, incidents, messages, pages


@dataclass(frozen=True, slots=True)
class Incident:
    id: int
    workspace: int
    show: str
    category: str
    state: str
    version: int
    severity: str
    began_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    updated_at: datetime
    configuration: int
    team: str | None
    policy: str | None
    step_round: int
    step: int
    why: Mapping[str, Any]
    card: int | None
    reopened: int = 0
    reopened_at: datetime | None = None
    muted: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    id: int
    incident: int
    show: str
    market: str
    category: str
    opened_at: datetime
    calm_at: datetime | None
    observed: float
    peak: float
    usual: float
    share: float
    complaints: int
    viewers: bytes | None
    open: bool
    complained_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The newest end of a scope, and how its incident stands now."""

    scope: int
    incident: int
    at: datetime
    by: str
    state: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Page:
    id: int
    incident: int
    person: str
    market: str
    step_round: int
    step: int
    paged_at: datetime
    state: str
    settled_at: datetime | None
    message: int | None
    why: str
    opening: int = 0
    held_until: datetime | None = None  # of a page in the state `held`: it waits for its person's hours


_INCIDENT = [incidents.c[name] for name in Incident.__slots__]
_SCOPE = [incident_scopes.c[name] for name in Scope.__slots__]
_PAGE = [pages.c[name] for name in Page.__slots__]


def get(connection: Connection, workspace: int, incident: int) -> Incident | None:
    query = select(*_INCIDENT).where(incidents.c.workspace == workspace, incidents.c.id == incident)
    row = connection.execute(query).first()
    return Incident(*tuple(row)) if row else None


def open_ones(connection: Connection, workspace: int, show: str | None = None) -> list[Incident]:
    """Open and acknowledged incidents, oldest first."""
    query = select(*_INCIDENT).where(
        incidents.c.workspace == workspace, incidents.c.state.in_(("open", "acknowledged"))
    )
    if show is not None:
        query = query.where(incidents.c.show == show)
    return [Incident(*tuple(row)) for row in connection.execute(query.order_by(incidents.c.id))]


def recent(connection: Connection, workspace: int, show: str | None, limit: int) -> list[Incident]:
    """The incidents that changed last, newest first, of one show or of all."""
    query = select(*_INCIDENT).where(incidents.c.workspace == workspace)
    if show is not None:
        query = query.where(incidents.c.show == show)
    return [
        Incident(*tuple(row)) for row in connection.execute(query.order_by(incidents.c.updated_at.desc()).limit(limit))
    ]


def categories(connection: Connection, workspace: int) -> list[str]:
    """Everything that was ever an incident's category."""
    query = select(incidents.c.category).where(incidents.c.workspace == workspace).distinct()
    return sorted(connection.execute(query).scalars())


def silenced(connection: Connection, mute: int) -> list[Incident]:
    """The incidents that a mute keeps silent, or kept silent to their end; oldest first."""
    query = select(*_INCIDENT).where(incidents.c.muted == mute).order_by(incidents.c.id)
    return [Incident(*tuple(row)) for row in connection.execute(query)]


def between(connection: Connection, workspace: int, start: datetime, end: datetime) -> list[Incident]:
    """Incidents opened in [start, end), oldest first."""
    query = (
        select(*_INCIDENT)
        .where(incidents.c.workspace == workspace, incidents.c.opened_at >= start, incidents.c.opened_at < end)
        .order_by(incidents.c.opened_at)
    )
    return [Incident(*tuple(row)) for row in connection.execute(query)]


def ended_between(connection: Connection, workspace: int, start: datetime, end: datetime) -> list[Incident]:
    """Incidents that were resolved, or expired, in [start, end), in that order."""
    query = (
        select(*_INCIDENT)
        .where(
            incidents.c.workspace == workspace,
            incidents.c.state.in_(("resolved", "expired")),
            incidents.c.resolved_at >= start,
            incidents.c.resolved_at < end,
        )
        .order_by(incidents.c.resolved_at, incidents.c.id)
    )
    return [Incident(*tuple(row)) for row in connection.execute(query)]


def on_card(connection: Connection, card: int) -> list[Incident]:
    """The incidents that one message shows, oldest first."""
    query = select(*_INCIDENT).where(incidents.c.card == card).order_by(incidents.c.id)
    return [Incident(*tuple(row)) for row in connection.execute(query)]


def newest_card(connection: Connection, workspace: int, platform: str, destination: str, since: datetime) -> int | None:
    """The newest card that was first said at a place at `since` or later and shows something that is not over."""
    query = (
        select(messages.c.id)
        .join(incidents, incidents.c.card == messages.c.id)
        .where(
            incidents.c.workspace == workspace,
            incidents.c.state.in_(("open", "acknowledged")),
            messages.c.platform == platform,
            messages.c.destination == destination,
            messages.c.created_at >= since,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    found: int | None = connection.execute(query).scalar()
    return found


def open_incident(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(incidents.insert().values(**values).returning(incidents.c.id)).scalar_one()
    return made


def change(connection: Connection, incident: int, version: int, **values: Any) -> bool:
    """Change an incident's state if it still has `version`, which then grows; False when somebody was first."""
    changed = connection.execute(
        update(incidents)
        .where(incidents.c.id == incident, incidents.c.version == version)
        .values(version=version + 1, **values)
    )
    return changed.rowcount == 1


def note(connection: Connection, incident: int, **values: Any) -> None:
    """Write facts that are no change of state (counts, the card, the step)."""
    connection.execute(update(incidents).where(incidents.c.id == incident).values(**values))


def add_scope(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(
        incident_scopes.insert().values(**values).returning(incident_scopes.c.id)
    ).scalar_one()
    return made


def change_scope(connection: Connection, scope: int, **values: Any) -> None:
    connection.execute(update(incident_scopes).where(incident_scopes.c.id == scope).values(**values))


def scopes(connection: Connection, incident: int) -> list[Scope]:
    query = select(*_SCOPE).where(incident_scopes.c.incident == incident).order_by(incident_scopes.c.id)
    return [Scope(*tuple(row)) for row in connection.execute(query)]


def scopes_of_opened(
    connection: Connection, workspace: int, start: datetime, end: datetime
) -> Mapping[int, Sequence[Scope]]:
    """The scopes of each incident that was opened in [start, end), in the order in which they rose."""
    query = (
        select(*_SCOPE)
        .join(incidents, incidents.c.id == incident_scopes.c.incident)
        .where(incidents.c.workspace == workspace, incidents.c.opened_at >= start, incidents.c.opened_at < end)
        .order_by(incident_scopes.c.id)
    )
    found: dict[int, list[Scope]] = {}
    for row in connection.execute(query):
        scope = Scope(*tuple(row))
        found.setdefault(scope.incident, []).append(scope)
    return found


def open_scopes(connection: Connection, workspace: int, show: str) -> list[Scope]:
    query = select(*_SCOPE).where(
        incident_scopes.c.workspace == workspace, incident_scopes.c.show == show, incident_scopes.c.open
    )
    return [Scope(*tuple(row)) for row in connection.execute(query)]


def last_closed(connection: Connection, workspace: int, show: str, market: str, category: str) -> Closed | None:
    """When a scope was last closed, by whom, and with which incident."""
    query = (
        select(
            incident_scopes.c.id,
            incident_scopes.c.incident,
            incident_scopes.c.closed_at,
            incident_scopes.c.closed_by,
            incidents.c.state,
            incidents.c.team,
        )
        .select_from(incident_scopes.join(incidents, incidents.c.id == incident_scopes.c.incident))
        .where(
            incident_scopes.c.workspace == workspace,
            incident_scopes.c.show == show,
            incident_scopes.c.market == market,
            incident_scopes.c.category == category,
            incident_scopes.c.closed_at.is_not(None),
        )
        .order_by(incident_scopes.c.closed_at.desc(), incident_scopes.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return Closed(*tuple(row)) if row else None


def close_scopes(connection: Connection, incident: int, at: datetime, by: str) -> None:
    connection.execute(
        update(incident_scopes)
        .where(incident_scopes.c.incident == incident, incident_scopes.c.open)
        .values(open=False, closed_at=at, closed_by=by)
    )


def record(
    connection: Connection, incident: int, at: datetime, actor: str, what: str, detail: Mapping[str, Any]
) -> None:
    connection.execute(
        incident_history.insert().values(incident=incident, at=at, actor=actor, what=what, detail=dict(detail))
    )


def history(connection: Connection, incident: int) -> list[Mapping[str, Any]]:
    query = select(incident_history).where(incident_history.c.incident == incident).order_by(incident_history.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(pages.insert().values(**values).returning(pages.c.id)).scalar_one()
    return made


def get_page(connection: Connection, workspace: int, page_id: int) -> Page | None:
    query = select(*_PAGE).where(pages.c.workspace == workspace, pages.c.id == page_id)
    row = connection.execute(query).first()
    return Page(*tuple(row)) if row else None


def change_page(connection: Connection, page_id: int, was: str, **values: Any) -> bool:
    """Change a page that is still in the state `was`; False when it has moved on."""
    changed = connection.execute(update(pages).where(pages.c.id == page_id, pages.c.state == was).values(**values))
    return changed.rowcount == 1


def pages_of(connection: Connection, incident: int) -> list[Page]:
    query = select(*_PAGE).where(pages.c.incident == incident).order_by(pages.c.id)
    return [Page(*tuple(row)) for row in connection.execute(query)]


def pages_between(connection: Connection, workspace: int, start: datetime, end: datetime) -> list[Page]:
    query = (
        select(*_PAGE)
        .where(pages.c.workspace == workspace, pages.c.paged_at >= start, pages.c.paged_at < end)
        .order_by(pages.c.id)
    )
    return [Page(*tuple(row)) for row in connection.execute(query)]


def pages_on(connection: Connection, message: int) -> list[Page]:
    """The pages that one message carries, oldest first."""
    query = select(*_PAGE).where(pages.c.message == message).order_by(pages.c.id)
    return [Page(*tuple(row)) for row in connection.execute(query)]


def newest_page(connection: Connection, workspace: int, person: str, since: datetime) -> Page | None:
    """The newest page of a person, if it was sent at `since` or later and they have not answered it."""
    query = (
        select(*_PAGE)
        .where(
            pages.c.workspace == workspace,
            pages.c.person == person,
            pages.c.paged_at >= since,
            pages.c.state == "paged",
            pages.c.message.is_not(None),
        )
        .order_by(pages.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return Page(*tuple(row)) if row else None


def settle_pages(connection: Connection, incident: int, now: datetime, *, acknowledged_by: str | None) -> None:
    """End every open page of an incident: acknowledged for the one who did, cancelled for the others and for those
    that are still held."""
    open_pages = (pages.c.incident == incident, pages.c.state.in_(("paged", "held")))
    if acknowledged_by is not None:
        connection.execute(
            update(pages)
            .where(*open_pages, pages.c.person == acknowledged_by)
            .values(state="acknowledged", settled_at=now)
        )
    connection.execute(update(pages).where(*open_pages).values(state="cancelled", settled_at=now))
