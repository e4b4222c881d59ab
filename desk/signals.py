"""Signals: what viewers do and sources leave undone, as incidents name them beside the categories of complaints."""

from __future__ import annotations

PAYMENT_FAILURES, STALLS, EXITS = "payment_failures", "stalls", "exits"
ABANDONED_CARTS, SILENCE = "abandoned_carts", "silence"
SIGNALS = (EXITS, ABANDONED_CARTS, PAYMENT_FAILURES, STALLS, SILENCE)

# Complaints that speak of the same trouble: in one show and market they are one incident with it.
SPOKEN_OF_AS = {PAYMENT_FAILURES: "payment", STALLS: "stream_quality"}
_DONE_AS = {complaint: signal for signal, complaint in SPOKEN_OF_AS.items()}


def is_signal(category: str) -> bool:
    return category in SIGNALS


def partner(category: str) -> str | None:
    """The signal that a complaint speaks of, or the complaint that speaks of a signal.

    >>> partner("payment"), partner("payment_failures"), partner("delivery")
    ('payment_failures', 'payment', None)
    """
    return SPOKEN_OF_AS.get(category) or _DONE_AS.get(category)
