"""Taking feedback in: viewers are hashed, events become durable, and only then is anybody told that they were taken."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from desk.intake.event import FeedbackEvent, Receipt, Refused
from store import events, watching


@dataclass(frozen=True, slots=True)
class ViewerKey:
    """The key that hashes viewers, and its id, so that a new key can follow an old one."""

    id: str
    key: bytes = field(repr=False)

    def hash(self, source: str, viewer: str) -> bytes:
        """16 bytes that stand for a viewer: the same within a source, and useless without the key.

        A source is part of it because the same name on two platforms is two people.
        """
        named = f"{source}\0{viewer}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(named, key=self.key[:64], digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one source handed over at once."""

    source: str
    items: Sequence[FeedbackEvent | Refused]


def accept(
    connection: Connection, workspace: int, key: ViewerKey, deliveries: Sequence[Delivery], now: datetime
) -> list[list[Receipt]]:
    """Store what is new; a receipt for each item, in order.

    Several deliveries share one transaction, and with it one flush to disk.
    """
    taken = [item for delivery in deliveries for item in delivery.items if isinstance(item, FeedbackEvent)]
    fresh = iter(events.append(connection, workspace, [_as_new(item, key) for item in taken], now))
    shows = list({item.show or "" for item in taken})
    closed = watching.closed_until(connection, workspace, shows) if shows else {}
    answers: list[list[Receipt]] = []
    counted: dict[str, Counter[str]] = {}
    for delivery in deliveries:
        receipts = []
        count = counted.setdefault(delivery.source, Counter())
        for item in delivery.items:
            count["received"] += 1
            if isinstance(item, Refused):
                count["refused"] += 1
                receipts.append(Receipt("refused", item.event_id, item.field, item.reason))
            elif next(fresh):
                count["accepted"] += 1
                # Late: its tick was judged already. It still counts in every chart, only no alarm comes of it.
                late = item.at.timestamp() < closed.get(item.show or "", 0)
                count["late"] += late
                receipts.append(Receipt("accepted", item.event_id, late=late))
            else:
                count["duplicate"] += 1
                receipts.append(Receipt("duplicate", item.event_id))
        answers.append(receipts)
    for source, count in sorted(counted.items()):  # in one order, so that two processes cannot wait for each other
        events.count_source(
            connection,
            workspace,
            source,
            now,
            received=count["received"],
            accepted=count["accepted"],
            duplicate=count["duplicate"],
            late=count["late"],
            refused=count["refused"],
        )
    return answers


def _as_new(item: FeedbackEvent, key: ViewerKey) -> events.NewEvent:
    return events.NewEvent(
        source=item.source,
        event_id=item.event_id,
        at=item.at,
        kind=item.kind,
        show=item.show,
        market=item.market,
        viewer=key.hash(item.source, item.viewer) if item.viewer is not None else None,
        viewer_key=key.id if item.viewer is not None else None,
        text=item.text,
        lang=item.lang,
        value=item.value,
        currency=item.currency,
        product=item.product,
        reply_to=item.reply_to,
        attributes=item.attributes,
    )
