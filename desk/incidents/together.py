"""Which message an incident, or a page, may become a line of, because it comes within a minute of it."""

from __future__ import annotations

from desk.contacts.methods import ONCE
from desk.incidents.bundle import TOGETHER, joins
from desk.incidents.card import as_severity
from desk.incidents.rules import MANUAL
from desk.moment import Moment
from store import incidents, outbox, page_ways
from store.incidents import Incident

RANG = "rang"  # in an incident's `why`: its severity when its own card was posted


def card_to_join(moment: Moment, row: Incident, where: tuple[str, str]) -> int | None:
    """The message at a place that shows what this incident rose together with; None: it gets a card of its own."""
    if row.category == MANUAL:
        return None  # it rose with nothing
    found = incidents.newest_card(moment.connection, moment.workspace, *where, moment.now - TOGETHER)
    if found is None:
        return None
    shown = incidents.on_card(moment.connection, found)
    first = shown[0]
    severity = as_severity(row.severity)
    rang = as_severity(first.why.get(RANG, first.severity))
    if severity < rang and not outbox.is_begun(moment.connection, found):
        # It has not left yet, and will ring for this one, too.
        rang = severity
        incidents.note(moment.connection, first.id, why={**first.why, RANG: rang})
    return found if joins(severity, row.opened_at, rang, first.opened_at, len(shown)) else None


def page_to_join(moment: Moment, row: Incident, person: str) -> int | None:
    """The page that has just woken a person, when there is nothing worse to wake them for."""
    if row.category == MANUAL:
        return None  # somebody wants them now
    page = incidents.newest_page(moment.connection, moment.workspace, person, moment.now - TOGETHER)
    if page is None or page.message is None:
        return None
    carried = incidents.pages_on(moment.connection, page.message)
    if any(one.incident == row.id for one in carried):
        return None  # escalated to the same person again: that must ring again
    first = incidents.get(moment.connection, moment.workspace, carried[0].incident)
    if first is None:
        return None
    severity, rang = as_severity(row.severity), as_severity(first.severity)
    if not outbox.is_begun(moment.connection, page.message):
        rang = min(rang, severity)  # it will ring for both
    elif (way := page_ways.of_message(moment.connection, page.message)) is not None and way.method in ONCE:
        return None  # what was sent so cannot be edited
    fits = joins(severity, moment.now, rang, carried[0].paged_at, len(carried))
    return page.message if fits else None
