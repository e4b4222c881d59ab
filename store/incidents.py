"""Incidents, their scopes and history, and the pages sent for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

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

_OF_WORKSPACE = incidents.c.workspace == bindparam("in_workspace")
_GET = select(*_INCIDENT).where(_OF_WORKSPACE, incidents.c.id == bindparam("of_incident"))
_OPEN_ONES = (
    select(*_INCIDENT).where(_OF_WORKSPACE, incidents.c.state.in_(("open", "acknowledged"))).order_by(incidents.c.id)
)
_OPEN_ONES_OF_SHOW = _OPEN_ONES.where(incidents.c.show == bindparam("of_show"))
_ON_CARD = select(*_INCIDENT).where(incidents.c.card == bindparam("on_card")).order_by(incidents.c.id)


def get(connection: Connection, workspace: int, incident: int) -> Incident | None:
    row = connection.execute(_GET, {"in_workspace": workspace, "of_incident": incident}).first()
    return Incident(*tuple(row)) if row else None


def open_ones(connection: Connection, workspace: int, show: str | None = None) -> list[Incident]:
    """Open and acknowledged incidents, oldest first."""
    if show is None:
        found = connection.execute(_OPEN_ONES, {"in_workspace": workspace})
    else:
        found = connection.execute(_OPEN_ONES_OF_SHOW, {"in_workspace": workspace, "of_show": show})
    return [Incident(*tuple(row)) for row in found]


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
    return [Incident(*tuple(row)) for row in connection.execute(_ON_CARD, {"on_card": card})]


_NEWEST_CARD = (
    select(messages.c.id)
    .join(incidents, incidents.c.card == messages.c.id)
    .where(
        _OF_WORKSPACE,
        incidents.c.state.in_(("open", "acknowledged")),
        messages.c.platform == bindparam("on_platform"),
        messages.c.destination == bindparam("at_place"),
        messages.c.created_at >= bindparam("since"),
    )
    .order_by(messages.c.id.desc())
    .limit(1)
)


def newest_card(connection: Connection, workspace: int, platform: str, destination: str, since: datetime) -> int | None:
    """The newest card that was first said at a place at `since` or later and shows something that is not over."""
    asked = {"in_workspace": workspace, "on_platform": platform, "at_place": destination, "since": since}
    found: int | None = connection.execute(_NEWEST_CARD, asked).scalar()
    return found


_OPEN = incidents.insert().returning(incidents.c.id)
_NOTE = update(incidents).where(incidents.c.id == bindparam("of_incident"))
_CHANGE = _NOTE.where(incidents.c.version == bindparam("of_version"))
_ADD_SCOPE = incident_scopes.insert().returning(incident_scopes.c.id)
_CHANGE_SCOPE = update(incident_scopes).where(incident_scopes.c.id == bindparam("of_scope"))
_SCOPES = select(*_SCOPE).where(incident_scopes.c.incident == bindparam("of_incident")).order_by(incident_scopes.c.id)


def open_incident(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(_OPEN, values).scalar_one()
    return made


def change(connection: Connection, incident: int, version: int, **values: Any) -> bool:
    """Change an incident's state if it still has `version`, which then grows; False when somebody was first."""
    which = {"of_incident": incident, "of_version": version}
    return connection.execute(_CHANGE, {**which, "version": version + 1, **values}).rowcount == 1


def note(connection: Connection, incident: int, **values: Any) -> None:
    """Write facts that are no change of state (counts, the card, the step)."""
    connection.execute(_NOTE, {"of_incident": incident, **values})


def add_scope(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(_ADD_SCOPE, values).scalar_one()
    return made


def change_scope(connection: Connection, scope: int, **values: Any) -> None:
    connection.execute(_CHANGE_SCOPE, {"of_scope": scope, **values})


def scopes(connection: Connection, incident: int) -> list[Scope]:
    return [Scope(*tuple(row)) for row in connection.execute(_SCOPES, {"of_incident": incident})]


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


_IN_SHOW = (incident_scopes.c.workspace == bindparam("in_workspace"), incident_scopes.c.show == bindparam("of_show"))
_OPEN_SCOPES = select(*_SCOPE).where(*_IN_SHOW, incident_scopes.c.open)
_LAST_CLOSED = (
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
        *_IN_SHOW,
        incident_scopes.c.market == bindparam("in_market"),
        incident_scopes.c.category == bindparam("of_category"),
        incident_scopes.c.closed_at.is_not(None),
    )
    .order_by(incident_scopes.c.closed_at.desc(), incident_scopes.c.id.desc())
    .limit(1)
)
_CLOSE_SCOPES = (
    update(incident_scopes)
    .where(incident_scopes.c.incident == bindparam("of_incident"), incident_scopes.c.open)
    .values(open=False, closed_at=bindparam("at"), closed_by=bindparam("by"))
)
_RECORD = incident_history.insert()


def open_scopes(connection: Connection, workspace: int, show: str) -> list[Scope]:
    found = connection.execute(_OPEN_SCOPES, {"in_workspace": workspace, "of_show": show})
    return [Scope(*tuple(row)) for row in found]


def last_closed(connection: Connection, workspace: int, show: str, market: str, category: str) -> Closed | None:
    """When a scope was last closed, by whom, and with which incident."""
    asked = {"in_workspace": workspace, "of_show": show, "in_market": market, "of_category": category}
    row = connection.execute(_LAST_CLOSED, asked).first()
    return Closed(*tuple(row)) if row else None


def close_scopes(connection: Connection, incident: int, at: datetime, by: str) -> None:
    connection.execute(_CLOSE_SCOPES, {"of_incident": incident, "at": at, "by": by})


def record(
    connection: Connection, incident: int, at: datetime, actor: str, what: str, detail: Mapping[str, Any]
) -> None:
    row = {"incident": incident, "at": at, "actor": actor, "what": what, "detail": dict(detail)}
    connection.execute(_RECORD, row)


def history(connection: Connection, incident: int) -> list[Mapping[str, Any]]:
    query = select(incident_history).where(incident_history.c.incident == incident).order_by(incident_history.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


_PAGE_ONE = pages.insert().returning(pages.c.id)
_PAGES_OF = select(*_PAGE).where(pages.c.incident == bindparam("of_incident")).order_by(pages.c.id)
_PAGES_ON = select(*_PAGE).where(pages.c.message == bindparam("on_message")).order_by(pages.c.id)


def page(connection: Connection, **values: Any) -> int:
    made: int = connection.execute(_PAGE_ONE, values).scalar_one()
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
    return [Page(*tuple(row)) for row in connection.execute(_PAGES_OF, {"of_incident": incident})]


def pages_between(connection: Connection, workspace: int, start: datetime, end: datetime) -> list[Page]:
    query = (
        select(*_PAGE)
        .where(pages.c.workspace == workspace, pages.c.paged_at >= start, pages.c.paged_at < end)
        .order_by(pages.c.id)
    )
    return [Page(*tuple(row)) for row in connection.execute(query)]


def pages_on(connection: Connection, message: int) -> list[Page]:
    """The pages that one message carries, oldest first."""
    return [Page(*tuple(row)) for row in connection.execute(_PAGES_ON, {"on_message": message})]


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
