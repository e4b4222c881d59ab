"""The kinds of values that fields are made of, each with its reader and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from handlers.configuration import scalars
from handlers.configuration.scalars import UnreadableError
from handlers.configuration.shapes import ListOf, Value


def _word(parse: Callable[[str], Any], pattern: str, *examples: str) -> Value:
    return Value(parse, {"type": "string", "pattern": pattern, "examples": list(examples)})


def _before_end_of_day(text: str) -> timedelta:
    """Where a window starts; 24:00 would be the next day, which `days` says."""
    found = scalars.read_time(text)
    return timedelta(hours=found.hour, minutes=found.minute, seconds=found.second)


TITLE = Value(scalars.read_text, {"type": "string", "minLength": 1, "maxLength": 150})
PROSE = Value(
    scalars.read_prose, {"type": "string", "minLength": 1, "maxLength": 500, "description": "up to 500 characters"}
)
ZONE = _word(scalars.read_zone, scalars.ZONE, "Europe/Berlin", "America/Los_Angeles", "Asia/Shanghai")
TIME = _word(scalars.read_time, scalars.TIME, "09:00")
WINDOW_START = _word(_before_end_of_day, scalars.TIME, "09:00")
WINDOW_END = _word(scalars.read_window_edge, scalars.TIME_OR_END_OF_DAY, "17:00", "24:00")
DATE = _word(scalars.read_date, scalars.DATE, "2026-01-05")
INSTANT = _word(scalars.read_instant, scalars.INSTANT, "2026-03-29T07:00:00Z", "2026-03-29T09:00:00+02:00")
RECORDING = _word(scalars.read_recording, scalars.RECORDING, "https://www.youtube.com/watch?v=EXAMPLE&t={seconds}s")
OFFSET = Value(
    scalars.read_offset,
    {"type": ["string", "number"], "pattern": scalars.OFFSET, "minimum": 0, "examples": ["12:30", "1:05:00", 14]},
)
LANGUAGE = _word(scalars.matching(scalars.LANGUAGE, "a language code", "de"), scalars.LANGUAGE, "en", "de", "zh")
COUNTRY = _word(scalars.matching(scalars.COUNTRY, "a country's two letters", "DE"), scalars.COUNTRY, "DE", "US", "CN")
CURRENCY = _word(scalars.matching(scalars.CURRENCY, "three letters of ISO 4217", "EUR"), scalars.CURRENCY, "EUR", "USD")
CHANNEL = _word(scalars.read_channel, scalars.CHANNEL, "slack:C0EMEAOPS1")
USER_GROUP = _word(scalars.read_user_group, scalars.CHANNEL, "slack:S0EMEAONC1")
LANGUAGES = ListOf(LANGUAGE)


def one_of(*words: str) -> Value:
    return Value(scalars.one_of(words), {"enum": list(words), "type": "string"})


def _bool(text: str) -> bool:
    # YAML 1.1's words for it; 1.2 knows only the first pair.
    if text.lower() in ("true", "yes", "on"):
        return True
    if text.lower() in ("false", "no", "off"):
        return False
    raise UnreadableError(f"{text[:40]!r} is neither true nor false", "true")


BOOL = Value(_bool, {"type": "boolean"}, literal=True)


def whole(lowest: int, highest: int) -> Value:
    """A whole number in a range, as decimal digits (`010` would be 8 in YAML 1.1, so it is refused)."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[+-]?(0|[1-9][0-9]{0,18})", text):
            raise UnreadableError(f"{text[:40]!r} is not a whole number", str(max(lowest, 1)))
        if not lowest <= int(text) <= highest:
            raise UnreadableError(f"{text} is not between {lowest} and {highest}")
        return int(text)

    return Value(parse, {"type": "integer", "minimum": lowest, "maximum": highest}, literal=True)


def number(above: float, highest: float) -> Value:
    """A decimal number above a bound, up to and with another."""

    def parse(text: str) -> float:
        if not re.fullmatch(r"[+-]?([0-9]{1,12})(\.[0-9]{1,12})?", text):
            raise UnreadableError(f"{text[:40]!r} is not a number", "1.5")
        if not above < float(text) <= highest:
            raise UnreadableError(f"{text} is not above {above:g} and up to {highest:g}")
        return float(text)

    return Value(parse, {"type": "number", "exclusiveMinimum": above, "maximum": highest}, literal=True)


def duration(lowest: timedelta, highest: timedelta) -> Value:
    """A duration such as `90s` or `1h30m`, from `lowest` to `highest`."""

    def parse(text: str) -> timedelta:
        value = scalars.read_duration(text)
        if not lowest <= value <= highest:
            raise UnreadableError(f"{text} is not between {short(lowest)} and {short(highest)}")
        return value

    return Value(parse, {"type": "string", "pattern": scalars.DURATION, "minLength": 2, "examples": ["90s", "5m"]})


def short(value: timedelta) -> str:
    """A duration as the file writes it.

    >>> short(timedelta(minutes=90)), short(timedelta(0))
    ('1h30m', '0s')
    """
    seconds = int(value.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
