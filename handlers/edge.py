"""What a chat platform brings into the house: its platform, the routes it serves, and the jobs that keep it going."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.answering import Answering
from handlers.deliveries import Deliveries
from handlers.platform import Platform, Shifts

if TYPE_CHECKING:
    from fastapi import APIRouter

    from handlers.settings import Settings


@dataclass(frozen=True, slots=True)
class Needs:
    """What the house gives to a platform's edge."""

    settings: Settings
    answering: Answering
    deliveries: Deliveries
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Edge:
    platform: Platform
    routes: Sequence[APIRouter] = ()
    shifts: Shifts | None = None  # None: the platform shows nothing of them


OpenEdge = Callable[[Needs], AbstractAsyncContextManager[Edge]]
