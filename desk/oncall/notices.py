"""What people want to be told of their shifts, and how a hand-over waits: the settings, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

BEFORE = timedelta(0)
AT_MOST_EVERY = timedelta(hours=8)
SHORTEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ShiftNotice:
    """Of a schedule, or of a person; None leaves it to the schedule, or else to Livedesk."""

    before: timedelta | None = None  # so long before a shift, beside what is told at its start; 0: not ahead
    start: bool | None = None
    end: bool | None = None
    at_most_every: timedelta | None = None  # of starts of one schedule; what is left out is named in the one before
    shortest: timedelta | None = None  # a shorter shift ends without a word, unless something is open


UNSAID = ShiftNotice()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for one person in one schedule."""

    before: timedelta = BEFORE
    start: bool = True
    end: bool = True
    at_most_every: timedelta = AT_MOST_EVERY
    shortest: timedelta = SHORTEST


def chosen(person: ShiftNotice, schedule: ShiftNotice) -> Chosen:
    """The person's word first, then the schedule's, each field for itself.

    >>> chosen(ShiftNotice(end=False), ShiftNotice(end=True, start=False)).end
    False
    """
    ours = Chosen()

    def of(name: str) -> object:
        for one in (person, schedule):
            if (value := getattr(one, name)) is not None:
                return value
        return getattr(ours, name)

    return Chosen(**{name: of(name) for name in Chosen.__slots__})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class HandOver:
    """`send_after`: a note that its writer has not sent goes by itself so long after the hand-over. `confirm_within`:
    how long the next person has before they are reminded, and as long again before the team is told."""

    send_after: timedelta = timedelta(minutes=15)
    confirm_within: timedelta = timedelta(minutes=15)


WAITS = HandOver()
