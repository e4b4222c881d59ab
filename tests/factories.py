"""Values for tests: only what a test names matters, the rest is plausible."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store.events import NewEvent

NOON = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)  # Friday: 20:00 in Hangzhou, 13:00 in Berlin, 04:00 in Los Angeles
WORKSPACE = 1


def new_event(event_id: str, **given: Any) -> NewEvent:
    values: dict[str, Any] = {
        "source": "tiktok-us",
        "at": NOON,
        "kind": "chat_comment",
        "show": "aurora-skincare",
        "market": "us",
        "viewer": b"0123456789abcdef",
        "viewer_key": "k1",
        "text": "the serum looks great",
        "lang": None,
        "value": None,
        "currency": None,
        "product": None,
        "reply_to": None,
        "attributes": {},
    }
    return NewEvent(event_id=event_id, **{**values, **given})
