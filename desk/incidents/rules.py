"""What becomes of a rise in complaints or of a signal, and what a button may do to an incident. Rates are a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk.messages import Severity
from desk.signals import SILENCE, partner

State = Literal["open", "acknowledged", "resolved", "expired"]

LIVEDESK = "livedesk"  # who did what nobody did
MANUAL = "manual"  # category of what somebody pages for by hand; its scope's market is whom they page
OVER: frozenset[str] = frozenset(("resolved", "expired"))

RISING_TOGETHER = timedelta(minutes=10)  # markets that rise within this time are scopes of one incident
RESOLVED_RESTS = timedelta(minutes=3)  # a detector needs calm before it can tell a new rise from the one just resolved
STALE_AFTER = timedelta(minutes=15)  # what happened longer ago is shown, but wakes nobody


@dataclass(frozen=True, slots=True)
class Rise:
    """What the detector says of one scope (show, market, category) at the end of a tick."""

    show: str
    market: str
    category: str
    at: datetime
    began_at: datetime
    alarm: bool
    calm: bool
    observed: float
    usual: float
    share: float
    usual_share: float
    distinct: int


@dataclass(frozen=True, slots=True)
class OpenScope:
    scope: int
    incident: int
    market: str
    category: str
    opened_at: datetime
    calm: bool


@dataclass(frozen=True, slots=True)
class ClosedScope:
    """How this scope was last closed, and how its incident stands now."""

    scope: int
    incident: int
    at: datetime
    by_person: bool
    state: State


@dataclass(frozen=True, slots=True)
class Open:
    """Open an incident for this scope."""


@dataclass(frozen=True, slots=True)
class Join:
    """Make this scope part of an incident that rose with it in another market."""

    incident: int


@dataclass(frozen=True, slots=True)
class Reopen:
    """It has come back so soon that it is the same incident: the same card and thread go on."""

    scope: int
    incident: int


@dataclass(frozen=True, slots=True)
class Collect:
    """Add what came to the scope that is open already; `calm` when its excess has ended."""

    scope: int
    incident: int
    calm: bool


@dataclass(frozen=True, slots=True)
class LeaveAlone:
    """Nothing to tell anybody."""


Decision = Open | Join | Reopen | Collect | LeaveAlone


def is_news(rise: Rise) -> bool:
    """Whether a rise could open anything: an alarm that only lingers, after its complaints have stopped, could not."""
    return rise.alarm and rise.observed > rise.usual


def decide(
    rise: Rise,
    open_scopes: Sequence[OpenScope],
    closed: ClosedScope | None = None,
    reopen_within: timedelta = timedelta(0),
    kin_resolved_at: datetime | None = None,
) -> Decision:
    """At most one open incident per scope: a rise in an open one is collected, never opened again.

    `closed` is how this scope last ended. Who resolves it does so while the last complaints still fade, so it is not
    opened again at once; if the complaints go on, it is a few minutes later. What comes back within `reopen_within` is
    the same incident. One that expired had been quiet for hours: a rise after that is a new one. `kin_resolved_at` is
    when somebody last resolved the other half of the same trouble (what viewers say of it, or what they do).
    """
    for scope in open_scopes:
        if (scope.market, scope.category) == (rise.market, rise.category):
            return Collect(scope.scope, scope.incident, calm=rise.calm)
    if not is_news(rise):
        return LeaveAlone()
    if closed is not None and closed.by_person and abs(rise.at - closed.at) < RESOLVED_RESTS:
        return LeaveAlone()
    if closed is not None and closed.by_person and rise.category == SILENCE and rise.began_at <= closed.at:
        return LeaveAlone()  # somebody knows of this very silence, however long it goes on
    if kin_resolved_at is not None and abs(rise.at - kin_resolved_at) < RESOLVED_RESTS:
        return LeaveAlone()
    if closed is not None and timedelta(0) <= rise.at - closed.at < reopen_within and closed.state != "expired":
        # Another market may have brought it back already.
        return Reopen(closed.scope, closed.incident) if closed.state == "resolved" else Join(closed.incident)
    for scope in open_scopes:
        if _is_kin(scope, rise) and rise.at - scope.opened_at <= RISING_TOGETHER:
            return Join(scope.incident)
    return Open()


def _is_kin(scope: OpenScope, rise: Rise) -> bool:
    """The same in another market, or what viewers do and what they say of the same trouble in the same market."""
    if scope.category == rise.category:
        return True
    return scope.market == rise.market and scope.category == partner(rise.category)


def worse(one: Severity, other: Severity) -> Severity:
    return min(one, other)


@dataclass(frozen=True, slots=True)
class Change:
    to: State


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """The wish is fulfilled: somebody was first."""


@dataclass(frozen=True, slots=True)
class Over:
    """The incident has ended; there is nothing left to do."""


@dataclass(frozen=True, slots=True)
class Onward:
    """Go to the next step of the escalation policy, without waiting for it."""


def transition(state: State, verb: str) -> Change | AlreadySo | Over | Onward:
    """What `verb` does to an incident in `state`. ValueError for a verb that no button has.

    >>> transition("open", "acknowledge")
    Change(to='acknowledged')
    >>> transition("resolved", "acknowledge")
    Over()
    """
    if verb not in ("acknowledge", "escalate", "resolve"):
        raise ValueError(f"no button does {verb!r}")
    if state in OVER:
        return AlreadySo() if verb == "resolve" else Over()
    if verb == "resolve":
        return Change("resolved")
    if verb == "escalate":
        return Onward()
    return AlreadySo() if state == "acknowledged" else Change("acknowledged")
