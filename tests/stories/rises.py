"""An evening without comments: what the detector says of one scope is said by the test, and the rest is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from desk.incidents import flow as incident_flow
from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.messages import Message, load
from handlers.configuration import load_text
from store import outbox
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SHOW, Evening

IMPORTANT, URGENT = 12.0, 40.0  # complaints a minute: P2 and P1


class Rises(Evening):
    def __init__(self, store: Store, house: str, at: datetime = NOON) -> None:
        self.store = store
        self.at = at
        self.house = house
        self.configuration = replace(load_text(house, "livedesk.yaml"), version=1)

    def restart(self) -> Rises:
        """What a process that was killed finds when it comes back."""
        return Rises(self.store, self.house, self.at)

    def rise(self, observed: float, market: str = "us", *, calm: bool = False, language: str = "en") -> None:
        """One tick's word of a scope: so many complaints a minute, or that it has calmed down."""
        said = Rise(
            SHOW, market, "payment", self.at, self.at, not calm, calm, observed, 1.0, 0.4, 0.02, round(observed)
        )  # fmt: skip
        why = Why(0 if calm else round(observed), None, (), "", (language,))
        self.store.write(lambda c: incident_flow.meet(self.moment(c), [(said, why)]))

    def pass_time(self, length: timedelta, step: timedelta = timedelta(minutes=1)) -> None:
        """Let time go by, doing what is due when it is due."""
        end = self.at + length
        while self.at < end:
            self.at = min(self.at + step, end)
            self.sweep()

    def messages(self, destination: str, kind: str) -> list[Message]:
        """The newest form of what waits for a channel or person."""
        waiting = self.store.read(lambda c: outbox.pending(c, WORKSPACE))
        return [load(body) for _, where, body in waiting if where == destination and body["kind"] == kind]
