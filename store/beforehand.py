"""What a unit of work wants to know before it goes on, and what would hold up every other writer if it were worked out
in its turn.

Such a unit steps aside: its transaction is rolled back, the work is done beside the writers, and the unit runs again
from its beginning. So it still decides by what is stored at that time; what was worked out meanwhile for something that
is no longer so is of no use to it, and it steps aside once more. After a few times it stays, and works it out in its
turn. A process that dies in between has written nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")
TIMES = 3
_KEY = "beforehand"


class StepAside(Exception):
    """Do `work` outside of the transaction, and run the unit again."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__("a unit of work steps aside")
        self.work = work


@dataclass(slots=True)
class Beforehand:
    """Of one unit, for as long as it is tried: `found` is what was worked out, by whatever whoever asks knows it by."""

    found: dict[Any, Any] = field(default_factory=dict)
    _times: int = 0

    def step_aside(self, work: Callable[[], object]) -> None:
        """Raises `StepAside`; returns where the unit has done so too often."""
        if self._times < TIMES:
            self._times += 1
            raise StepAside(work)

    def given_to(self, unit: Callable[[Connection], T]) -> Callable[[Connection], T]:
        """The unit, which finds this by `beforehand`."""

        def run(connection: Connection) -> T:
            info = connection.info  # held: a connection that was lost has none to ask for any more
            info[_KEY] = self
            try:
                return unit(connection)
            finally:
                info.pop(_KEY, None)

        return run


def beforehand(connection: Connection) -> Beforehand | None:
    """None for whoever only reads, and so holds up nobody."""
    found: Beforehand | None = connection.info.get(_KEY)
    return found
