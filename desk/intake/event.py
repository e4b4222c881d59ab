"""The one event model: what the audience of a show said, did or felt (docs/architecture.md, "Events")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

KINDS = frozenset(
    {
        *("chat_comment", "post_comment", "support_message", "review", "poll_answer"),  # said
        *("join", "leave", "heartbeat", "viewer_count", "stall"),  # watched
        *("product_click", "add_to_cart", "checkout", "payment_failed", "purchase", "refund"),  # bought
        *("reaction", "like", "gift", "satisfaction", "emotion"),  # felt
    }
)
SPOKEN = frozenset({"chat_comment", "post_comment", "support_message", "review", "poll_answer"})  # kinds with words


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    """One event as a source told it, checked (`desk.intake.rules.read_event`) but not yet stored.

    `(source, event_id)` is its identity: sending it twice stores it once. `at` is an aware UTC instant. `show` is
    None for reviews, tickets and repeat purchases. `value` is exact. `viewer` is the source's own name for a viewer,
    and lives only until intake has hashed it.
    """

    source: str
    event_id: str
    at: datetime
    kind: str
    show: str | None = None
    market: str | None = None
    viewer: str | None = None
    text: str | None = None
    lang: str | None = None
    value: Decimal | None = None
    currency: str | None = None
    product: str | None = None
    reply_to: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one event was not taken: the field at fault and what a good value looks like."""

    field: str
    reason: str
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one event: `accepted`, `duplicate`, or `refused` with field and reason.

    `late` says of an accepted event that its tick was closed already: it is stored and shown in reports, and raises
    no alarm.
    """

    status: str
    event_id: str | None = None
    field: str | None = None
    reason: str | None = None
    late: bool = False
