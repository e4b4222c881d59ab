"""Why a calendar is not taken: every reason at once, each with the event that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST = 80


class CalendarError(Exception):
    """A calendar that is not taken, and nothing of it; `str` has one reason a line."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(dict.fromkeys(reasons))
        super().__init__("\n".join(self.reasons))


class EventError(Exception):
    """What is wrong with one event."""


def plain(text: str) -> str:
    """What others wrote, on one line and harmless to a terminal."""
    text = _UNSPEAKABLE.sub(" ", text).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
