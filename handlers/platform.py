"""What a platform must be able to do. Slack, the terminal, e-mail, webhooks and (later) Discord each implement it.

The sender (`handlers/sender.py`) is the only caller of `post`, `edit`, `delete` and `find`. None of the four raises
for what the platform answers: every answer, and every answer that did not come, is one of the types below.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from desk.messages import Fill, Message

KEY_LENGTH = 25  # of Discord's nonce, the shortest of the platforms


@dataclass(frozen=True, slots=True)
class Delivered:
    """The platform has it. `address` finds it again: an opaque text in the platform's own form."""

    address: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """It certainly did not arrive, and may be sent again after `after`. `whole_workspace`: pause everything.

    An edit or a deletion may be repeated whatever became of it, so for them this also covers a lost answer.
    """

    reason: str
    after: timedelta
    whole_workspace: bool = False


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It did not arrive and never will as it is. `reason` tells an admin what to do. `gone`: nothing else would arrive
    there either, because the address itself is refused (no such mailbox, a deactivated account)."""

    reason: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """A new message may or may not have arrived (a lost answer, a time-out): `find` must look before it is posted
    again. Only `post` answers this."""

    reason: str


Outcome = Delivered | TryLater | GiveUp | Unclear


@dataclass(frozen=True, slots=True)
class Found:
    address: str


@dataclass(frozen=True, slots=True)
class Absent:
    pass


@dataclass(frozen=True, slots=True)
class Unknown:
    reason: str


Search = Found | Absent | Unknown


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast one destination, and all of them together, may be written to. `at_once`: so many under way together; a
    platform whose server may hang says few, so that it never takes every place the sender has. `burst`: so many pages
    and first words of an incident may go to a destination before it is their turn; what follows there waits for longer.
    `patience`: what could not be sent for so long is given up; None: never."""

    per_destination: timedelta
    per_minute: int
    at_once: int = 8
    burst: int = 0
    patience: timedelta | None = None


class Platform(Protocol):
    """`destination` is the platform's own name for a channel or person; `thread` is the address of the message that
    a post answers; `key` (at most `KEY_LENGTH` characters) is stable across tries and edits of the same message and
    lets `find` recognise it. A message whose `fill` has no chart yet is drawn without one, and a later edit may bring
    it. `since` is wall time, as the platform's own clock runs."""

    name: str
    pacing: Pacing

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome: ...

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome: ...

    async def delete(self, address: str) -> Outcome:
        """Remove it; `Delivered` also when it was gone already."""
        ...

    async def find(self, destination: str, thread: str | None, key: str, since: datetime) -> Search: ...


DoNotDisturb = Mapping[str, tuple[datetime, datetime] | None]


class Shifts(Protocol):
    """What a platform can show of a shift, and say of people; a platform may have none of it. Both `set_…` may be
    repeated: doing them twice is the same as once. Nothing raises for what the platform answers."""

    async def set_members(self, group: str, accounts: Sequence[str]) -> Outcome:
        """Make these the members of a user group, and nobody else. `accounts` is never empty."""
        ...

    async def set_topic(self, channel: str, schedule: str, part: str) -> Outcome:
        """Put our part of a schedule (`desk.following.topic`) into a channel's topic, and leave the rest as it is."""
        ...

    async def members(self, group: str) -> Sequence[str] | TryLater | GiveUp:
        """The accounts in a user group."""
        ...

    async def do_not_disturb(self, accounts: Sequence[str]) -> DoNotDisturb | TryLater | GiveUp:
        """For each account that the platform tells of: from when to when they are not disturbed next, or None."""
        ...
