"""What becomes of a rise in complaints or of a signal, and what a button may do to an incident. Rates are a minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from desk import signals
from desk.messages import Severity
from desk.signals import SILENCE, is_signal, partner

State = Literal["open", "acknowledged", "resolved"]

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
class Open:
    """Open an incident for this scope."""


@dataclass(frozen=True, slots=True)
class Join:
    """Make this scope part of an incident that rose with it in another market."""

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


Decision = Open | Join | Collect | LeaveAlone


def decide(rise: Rise, open_scopes: Sequence[OpenScope], resolved_at: datetime | None = None) -> Decision:
    """At most one open incident per scope: a rise in an open one is collected, never opened again.

    `resolved_at` is when somebody last resolved this scope. They do that while the last complaints still fade, so it
    is not opened again at once; if the complaints go on, it is a few minutes later.
    """
    for scope in open_scopes:
        if (scope.market, scope.category) == (rise.market, rise.category):
            return Collect(scope.scope, scope.incident, calm=rise.calm)
    if not rise.alarm or rise.observed <= rise.usual:
        return LeaveAlone()  # an alarm that only lingers, after its complaints have stopped, is no rise
    if resolved_at is not None and abs(rise.at - resolved_at) < RESOLVED_RESTS:
        return LeaveAlone()
    if resolved_at is not None and rise.category == SILENCE and rise.began_at <= resolved_at:
        return LeaveAlone()  # somebody knows of this very silence, however long it goes on
    for scope in open_scopes:
        if _is_kin(scope, rise) and rise.at - scope.opened_at <= RISING_TOGETHER:
            return Join(scope.incident)
    return Open()


def _is_kin(scope: OpenScope, rise: Rise) -> bool:
    """The same in another market, or what viewers do and what they say of the same trouble in the same market."""
    if scope.category == rise.category:
        return True
    return scope.market == rise.market and scope.category == partner(rise.category)


def severity_of(rise: Rise) -> Severity:
    """How bad a rise is: of complaints by `severity`, of signals by what they cost."""
    if is_signal(rise.category):
        return signals.severity(rise.category, rise.share, rise.usual_share, rise.distinct, bool(rise.show))
    return severity(rise.observed, rise.usual, rise.distinct)


def severity(observed: float, usual: float, distinct: int) -> Severity:
    """How bad it is: P1 and P2 page somebody, P3 is posted.

    The excess decides, with the number of viewers as a floor, so that a handful of loud people is never a P1. Twenty
    complaints a minute above the usual is a wall of them: nobody at the desk can read anything else.
    """
    excess = observed - usual
    times = observed / max(usual, 1.0)
    if excess >= 20 and times >= 5 and distinct >= 15:
        return "P1"
    if excess >= 8 and times >= 2.5 and distinct >= 6:
        return "P2"
    return "P3"


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
    if state == "resolved":
        return AlreadySo() if verb == "resolve" else Over()
    if verb == "resolve":
        return Change("resolved")
    if verb == "escalate":
        return Onward()
    return AlreadySo() if state == "acknowledged" else Change("acknowledged")
