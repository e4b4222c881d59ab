"""One thing that happened in the show, before it has an id or has been sent anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moment:
    """`at` is in seconds since the start of the show; `fields` are further fields of the event as sent.

    `lag` is how many seconds later it is sent, where that is not the usual fraction of one. `in_show` is False for
    what belongs to no show, such as a review of an earlier order.
    """

    at: float
    source: str
    kind: str
    market: str | None
    viewer: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    lag: float | None = None
    in_show: bool = True
