"""Signals: what viewers do and sources leave undone, as incidents name them beside the categories of complaints."""

from __future__ import annotations

from desk.messages import Severity

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


def severity(signal: str, share: float, usual_share: float, viewers: int, of_show: bool) -> Severity:
    """How bad a signal is: P1 and P2 page somebody, P3 is posted.

    Payments that fail lose money by the minute. Of viewers who leave nobody needs to be woken: the script is mended by
    day. A source that says nothing leaves us deaf, which matters as far as it was what we heard the show by.
    """
    if signal == PAYMENT_FAILURES:
        if share >= 0.5 and viewers >= 15:
            return "P1"
        return "P2" if share >= max(0.15, 2.5 * usual_share) and viewers >= 5 else "P3"
    if signal == STALLS:
        if share >= 0.3 and viewers >= 40:
            return "P1"
        return "P2" if share >= 0.1 and viewers >= 12 else "P3"
    if signal == ABANDONED_CARTS:
        return "P2" if viewers >= 15 else "P3"
    if signal == SILENCE:
        return "P2" if of_show and share >= 0.3 else "P3"
    return "P3"
