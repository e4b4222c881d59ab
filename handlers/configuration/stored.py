"""A configuration as JSON, to be kept as a numbered version, and back.

Equal configurations give equal JSON (sets are sorted), so that loading an unchanged file needs no new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desk.configuration.model import Configuration

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def dump(configuration: Configuration) -> dict[str, Any]:
    """Everything that is the file's: all but `version` and `further_ways`. Zones by name, instants and times in ISO
    8601, durations in seconds (exact to the microsecond up to 285 years)."""
    value: dict[str, Any] = _plain(configuration)
    del value["version"], value["further_ways"]
    return value


def restore(value: Mapping[str, Any], version: int = 0) -> Configuration:
    """The configuration that `dump` wrote; unknown keys (of a newer release) are ignored."""
    return replace(_adapter().validate_python(dict(value)), version=version)


@cache
def _adapter() -> TypeAdapter[Configuration]:
    from pydantic import TypeAdapter  # not needed to answer who is on call, and slow to import

    return TypeAdapter(Configuration)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return value
