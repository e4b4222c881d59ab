"""An evening in a test: comments arrive, time moves on, and the real flows do the rest on a real database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from analytics.understand import Understanding
from desk import sweep
from desk.analyse.flow import Analyst
from desk.configuration.model import Configuration
from desk.incidents import flow as incident_flow
from desk.incidents.said import Answer
from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.mutes.rules import VERBS
from desk.questions import flow as questions
from desk.questions.asking import Asker
from desk.watch.stragglers import Patience
from desk.words import tongue
from handlers.clock.clocks import wall_now
from handlers.configuration import load_text
from store import due, incidents, outbox
from store.engine import Store
from tests.factories import NOON, WORKSPACE

SHOW = "aurora-skincare"
SETTLE = timedelta(milliseconds=200)
PATIENCE = Patience(SETTLE)  # whatever the lags, so that the clock is the test's alone
TICK = timedelta(seconds=10)
UNDERSTANDING = Understanding()  # what the texts that are said again and again mean is found once for all evenings
KEY = intake.ViewerKey("test", b"a key for tests, no secret at all")

HOUSE = """
people:
  maya: {name: Maya Torres, timezone: America/Los_Angeles, contacts: {slack: U0MAYATORR}}
  jon: {name: Jon Park, timezone: America/Los_Angeles, contacts: {slack: U0JONPARK1}}
  ana: {name: Ana Weber, timezone: Europe/Berlin, contacts: {slack: U0ANAWEBER}}
teams:
  americas:
    {name: Americas, timezone: America/Los_Angeles, channels: ["slack:C0AMERICAS"], members: [maya, jon], markets: [us]}
  emea: {name: EMEA, timezone: Europe/Berlin, channels: ["slack:C0EMEAOPS1"], members: [ana], markets: [eu]}
markets:
  us: {name: United States, timezone: America/Los_Angeles, languages: [en, es]}
  eu: {name: Europe, timezone: Europe/Berlin, languages: [de, fr]}
schedules:
  americas:
    timezone: America/Los_Angeles
    layers:
      - name: weekly
        rotation: {type: weekly, start: 2026-01-05, members: [maya]}
policies:
  page:
    steps:
      - {notify: [{schedule: americas}], wait: 5m}
      - {notify: [{person: jon}], wait: 10m}
routing:
  - {markets: [us], team: americas, policy: page}
  - {team: emea, policy: page}
admin_channel: "slack:C0ADMIN001"
"""


class Evening:
    """The desk on a store, with the time in the test's hand. `at` is the clock."""

    def __init__(self, store: Store, at: datetime = NOON, house: str = HOUSE) -> None:
        self.store = store
        self.at = at
        self.configuration: Configuration = replace(load_text(house, "livedesk.yaml"), version=1)
        self.analyst = Analyst(UNDERSTANDING)
        self._sent = 0

    def moment(self, connection: Connection) -> Moment:
        return Moment(connection, WORKSPACE, self.configuration, self.at, wall_now())

    def restart(self) -> Evening:
        """What a process that was killed finds when it comes back: the database, and nothing else."""
        fresh = Evening(self.store, self.at)
        fresh.configuration, fresh._sent = self.configuration, self._sent
        return fresh

    def say(self, texts: Iterable[tuple[str, str]], market: str = "us", **given: Any) -> None:
        """(viewer, text) comments, spread over the ten seconds before now."""
        said = list(texts)
        events = []
        for number, (viewer, text) in enumerate(said):
            self._sent += 1
            at = self.at - TICK + TICK * number / max(len(said), 1)
            values: dict[str, Any] = {"show": SHOW, "market": market, "kind": "chat_comment", **given}
            events.append(FeedbackEvent("tiktok", f"e{self._sent}", at, viewer=viewer, text=text, **values))
        self.store.write(lambda c: intake.accept(c, WORKSPACE, KEY, [intake.Delivery("tiktok", events)], self.at))

    def work(self) -> None:
        """Analyse all there is, and close the ticks that have ended."""
        while True:
            since, batch = self.store.read(lambda c: self.analyst.fetch(c, WORKSPACE))
            understood = self.analyst.understand(batch, {})
            step = self.store.write(
                lambda c: self.analyst.commit(self.moment(c), since, batch, understood, 1, PATIENCE)
            )
            if not step.more:
                return

    def pass_ticks(
        self, count: int, ambient: Iterable[str] = (), extra: Mapping[str, Iterable[tuple[str, str]]] | None = None
    ) -> None:
        """Let ticks go by: `ambient` texts by new viewers in each market, `extra` (market → comments) on top."""
        for _ in range(count):
            self.at += TICK
            for market in ("us", "eu"):
                self.say([(f"v{self._sent}-{number}", text) for number, text in enumerate(ambient)], market)
                if extra and market in extra:
                    self.say(
                        [
                            (viewer or f"c{self._sent}-{number}", text)
                            for number, (viewer, text) in enumerate(extra[market])
                        ],
                        market,
                    )
            self.at += SETTLE
            self.work()
            self.at -= SETTLE

    def sweep(self) -> int:
        """Do what is due; how many rows were done."""
        done = 0
        for row in self.store.read(lambda c: due.waiting(c, WORKSPACE, self.at)):
            done += self.store.write(lambda c, row=row: sweep.settle(self.moment(c), row))
        return done

    def tap(self, verb: str, who: str, incident: int = 1, version: int | None = None) -> Answer:
        act = muting.act if verb in VERBS else incident_flow.act
        return self.store.write(lambda c: act(self.moment(c), incident, verb, who, tongue("en"), version))

    def ask(self, command: str, text: str = "") -> Any:
        asker = Asker("maya", ZoneInfo("America/Los_Angeles"), "en", None)
        run = self.store.write if questions.changes(command, text) else self.store.read
        return run(lambda c: questions.answer(self.moment(c), command, text, asker))

    def incidents(self) -> list[incidents.Incident]:
        span = (self.at - timedelta(days=2), self.at + timedelta(days=2))
        return self.store.read(lambda c: incidents.between(c, WORKSPACE, *span))

    def pages(self, incident: int = 1) -> list[incidents.Page]:
        return self.store.read(lambda c: incidents.pages_of(c, incident))

    def record(self, incident: int = 1) -> list[tuple[str, str]]:
        """(what, who) of everything that happened to an incident."""
        lines = self.store.read(lambda c: incidents.history(c, incident))
        return [(line["what"], line["actor"]) for line in lines]

    def said(self, destination: str) -> list[str]:
        """Headlines that wait to be sent to a channel or person, oldest first."""
        waiting = self.store.read(lambda c: outbox.pending(c, WORKSPACE))
        return [body["headline"] for _, where, body in waiting if where == destination]
