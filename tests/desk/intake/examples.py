"""A comment that is fine, what spoils it, and the two ways to read it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desk.intake.event import FeedbackEvent, Refused
from desk.intake.rules import Defaults, read_event

FRIDAY_SHOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

# Written for these tests: what breaks parsers, stores, terminals and chat clients.
NAUGHTY = [
    "",
    " ",
    "\x00",
    "sold\x00out",
    "\ud800",
    "half \udfff a character",
    "\u202egnp.exe",
    "a\u2066b\u2069c",
    "\u200b\u200b",
    "\ufeffbom",
    "line\r\nbreak\rand\x85more\u2028and\u2029more",
    "\x1b[2J\x1b]0;owned\x07",
    "<!channel> @everyone <@U123>",
    "&amp; <b>bold</b> *stars* `ticks`",
    "'; DROP TABLE events; --",
    "{{7*7}} ${jndi:ldap://x} %s %n %x",
    "NaN",
    "null",
    "None",
    "1e999",
    "１２３",
    "١٢٣",
    "👩‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "ﷺ",
    "می‌خواهم",
    "हिन्दी",
    "ประเทศไทย",
    "https://example.com/?a=1&b=<script>",
    "9" * 400,
    "x" * 9_000,
    "-",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "file:///etc/passwd",
    "../../../../etc/passwd",
    "\U000e0001\U000e007f",
    "\ufff9secret\ufffb",
]


def comment(**changes: Any) -> dict[str, Any]:
    event = {"event_id": "msg-1", "at": "2026-03-27T12:00:00Z", "kind": "chat_comment", "text": "sold out again?"}
    return {**event, **changes}


def read(value: object, **defaults: Any) -> FeedbackEvent | Refused:
    return read_event(value, source="shop", now=FRIDAY_SHOW, defaults=Defaults(**defaults))


def accepted(value: object, **defaults: Any) -> FeedbackEvent:
    event = read(value, **defaults)
    assert isinstance(event, FeedbackEvent), event
    return event


def refused(value: object) -> Refused:
    refusal = read(value)
    assert isinstance(refusal, Refused), refusal
    return refusal
