"""Feedback from a file: every row an event, or the reason why it is none.

A row without an id of its own is known by the file and its line, `file:` + the first 16 hexadecimal digits of the
file's SHA-256 + the line's number. So two viewers who write the same stay two, and the same file read twice adds
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from desk.intake.event import FeedbackEvent, Refused
from desk.intake.rules import NO_DEFAULTS, Defaults, read_event
from handlers.feedback.body import UnreadableError, decode
from handlers.feedback.presets import MappingError, RowMapping, choose
from handlers.feedback.records import FeedbackFile, Outline

_SECONDS: Final = re.compile(r"\s*(-?[0-9]{1,12}(?:\.[0-9]{1,9})?)\s*")
_UTC_SUFFIX: Final = " UTC"  # as REES46 and BigQuery write it


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file; `number` is the line on which it starts, from 1."""

    number: int
    item: FeedbackEvent | Refused


def choose_mapping(file: FeedbackFile, outline: Outline, start: datetime | None, **flags: Any) -> RowMapping:
    """The mapping for this file (`presets.choose` says what `flags` are); MappingError for one that cannot work."""
    mapping = choose(outline.columns, is_whole=outline.delimiter is not None, **flags)
    at = mapping.value_of(outline.first, "at")
    if start is None and _seconds(at) is not None:
        raise MappingError(
            f"the times in {file.path} count from the start of the show: say when that was, "
            "for example --start 2026-03-27T20:00:00+08:00"
        )
    return mapping


def read_file(
    file: FeedbackFile,
    outline: Outline,
    mapping: RowMapping,
    *,
    source: str,
    now: datetime,
    start: datetime | None = None,
    market: str | None = None,
    show: str | None = None,
    defaults: Defaults = NO_DEFAULTS,
    after: int = 0,
) -> Iterator[Row]:
    """The rows after line `after`, in order, one at a time.

    `start` is what times in seconds count from. `market` and `show` are said for the whole file and count more than
    what its rows say; `defaults`, of the source, count less. Raises UnreadableFileError where the file breaks off;
    what came before it is good.
    """
    said = {name: value for name, value in (("market", market), ("show", show)) if value is not None}
    if mapping.resolution:
        defaults = replace(defaults, resolution=mapping.resolution)
    identity = f"file:{file.digest[:16]}:"
    for record in file.records(outline, after):
        if isinstance(record.value, Refused):
            yield Row(record.number, record.value)
            continue
        event = mapping.event(record.value)
        event.setdefault("event_id", f"{identity}{record.number}")
        event.update(said)
        if isinstance(event.get("attributes"), str):
            event["attributes"] = _parsed(event["attributes"])
        at = event.get("at")
        if isinstance(at, str) and at.endswith(_UTC_SUFFIX):
            event["at"] = f"{at.removesuffix(_UTC_SUFFIX)}Z"
        elif (seconds := _seconds(at)) is not None:
            instant = _instant(seconds, start)
            if isinstance(instant, str):
                yield Row(record.number, Refused("at", instant, event["event_id"]))
                continue
            event["at"] = instant
        yield Row(record.number, read_event(event, source=source, now=now, defaults=defaults))


def _seconds(at: object) -> float | None:
    """A time that counts from the start of the show; None for any other."""
    if isinstance(at, bool):
        return None
    if isinstance(at, int | float):
        return at
    match = _SECONDS.fullmatch(at) if isinstance(at, str) else None
    return float(match[1]) if match else None


def _instant(seconds: float, start: datetime | None) -> datetime | str:
    """The instant, or why there is none."""
    if start is None:
        return "is a number of seconds, but nothing says from when they count; for example --start 2026-03-27T20:00Z"
    try:
        return start + timedelta(seconds=seconds)
    except (OverflowError, ValueError):  # too far for the calendar; not a number
        return "is no number of seconds since the start of the show"


def _parsed(attributes: str) -> object:
    """A column of JSON; what is none is left for the rules to refuse."""
    try:
        return decode(attributes.encode("utf-8", "replace"))
    except UnreadableError:
        return attributes
