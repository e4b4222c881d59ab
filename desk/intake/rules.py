"""What a source may say: any JSON value becomes a `FeedbackEvent`, or a `Refused` that tells its author what to send.

docs/intake.md says the same rules to an integrator.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from desk.intake.event import FeedbackEvent, Refused
from desk.intake.fields import (
    CLOCK_SKEW,
    EXAMPLES,
    MARKET_LENGTH,
    NAME_LENGTH,
    REPLY_TO_LENGTH,
    RESOLUTION,
    FieldError,
    read_attributes,
    read_currency,
    read_event_id,
    read_instant,
    read_kind,
    read_language,
    read_name,
    read_text,
    read_value,
    read_viewer,
    refuse,
)

TEXT_NEEDED: Final = frozenset({"chat_comment", "post_comment", "support_message"})
TEXT_OR_VALUE_NEEDED: Final = frozenset({"review", "poll_answer"})
VALUE_NEEDED: Final = frozenset({"viewer_count", "satisfaction", "emotion"})


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a source does not say itself. `resolution` is how coarse its clock is (a minute, say); zero: exact."""

    market: str | None = None
    show: str | None = None
    resolution: timedelta = timedelta(0)


NO_DEFAULTS: Final = Defaults()


def read_event(
    value: object, *, source: str, now: datetime, defaults: Defaults = NO_DEFAULTS
) -> FeedbackEvent | Refused:
    """The event that a parsed JSON value means, or why it means none.

    Never raises. Top-level keys that are not known are ignored, so that a source can add one before we read it.
    `at` may also be an aware datetime, for readers of files that have to work it out.
    """
    if not isinstance(value, dict):
        return Refused("event", f"an event is a JSON object such as {{{EXAMPLES['event_id']}, {EXAMPLES['at']}, …}}")
    event_id: str | None = None
    try:
        get = value.get
        event_id = read_event_id(get("event_id"))
        at = read_instant(get("at"), now + CLOCK_SKEW + defaults.resolution)
        kind = read_kind(get("kind"))
        text = read_text(get("text"))
        number = read_value(get("value"))
        _check_needs(kind, text, number)
        attributes = read_attributes(get("attributes"))
        if defaults.resolution:
            attributes.setdefault(RESOLUTION, defaults.resolution.total_seconds())
        return FeedbackEvent(
            source,
            event_id,
            at,
            kind,
            read_name("show", get("show"), NAME_LENGTH) or defaults.show,
            read_name("market", get("market"), MARKET_LENGTH) or defaults.market,
            read_viewer(get("viewer")),
            text,
            read_language(get("lang")),
            number,
            read_currency(get("currency")),
            read_name("product", get("product"), NAME_LENGTH),
            read_name("reply_to", get("reply_to"), REPLY_TO_LENGTH),
            attributes,
        )
    except FieldError as fault:
        return Refused(fault.field, fault.reason, event_id)


def _check_needs(kind: str, text: str | None, value: Decimal | None) -> None:
    """What a kind must say to mean anything, and the range in which its number does."""
    if text is None:
        if kind in TEXT_NEEDED:
            refuse("text", f"is missing or empty: a {kind} is its words")
        if value is None and kind in TEXT_OR_VALUE_NEEDED:
            refuse("text", f"is missing: a {kind} has words, a value, or both")
    if value is None:
        if kind in VALUE_NEEDED:
            refuse("value", f"is missing: a {kind} is its number")
        return
    if kind == "emotion":
        if not -1 <= value <= 1:
            raise FieldError("value", f'{value} is no emotion: from -1 (worst) to 1 (best); for example "value": 0.4')
    elif value < 0:
        refuse("value", f"{value} is negative: a {kind} counts from nought (a refund too is a positive amount)")
    elif kind == "viewer_count" and value != value.to_integral_value():
        raise FieldError("value", f'{value} is no number of people; for example "value": 1250')
