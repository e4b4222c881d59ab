"""A house in which shifts change: two people in Berlin by day and night, one in Los Angeles; for stories of shifts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desk.changes import flow as changes
from desk.handover import said
from desk.messages import Message, load
from desk.questions.asking import Asker
from desk.shifts import flow as shifts
from desk.words import tongue
from store import handovers, outbox
from store.engine import Store
from store.handovers import Handover
from tests.factories import WORKSPACE
from tests.stories.evening import Evening

BERLIN = ZoneInfo("Europe/Berlin")
ANA, BEN, MAYA, WEI = "U0ANAWEBER", "U0BENKRUGR", "U0MAYATORR", "U0WEICHEN1"
ZONES = {"ana": BERLIN, "ben": BERLIN, "maya": ZoneInfo("America/Los_Angeles"), "wei": ZoneInfo("Asia/Shanghai")}

# Ana works from nine to one, Ben from one to nine in the evening; the night is nobody's.
HOUSE = """
people:
  ana: {name: Ana Weber, timezone: Europe/Berlin, languages: [de, en], contacts: {slack: U0ANAWEBER}}
  ben: {name: Ben Krüger, timezone: Europe/Berlin, languages: [de], contacts: {slack: U0BENKRUGR}}
  maya: {name: Maya Torres, timezone: America/Los_Angeles, contacts: {slack: U0MAYATORR}}
  wei: {name: Wei Chen, timezone: Asia/Shanghai, languages: [zh, en], contacts: {slack: U0WEICHEN1}}
teams:
  emea: {name: EMEA, timezone: Europe/Berlin, channels: ["slack:C0EMEAOPS1"], members: [ana, ben], markets: [us, eu]}
markets:
  us: {name: United States, timezone: America/Los_Angeles, languages: [en, es]}
  eu: {name: Europe, timezone: Europe/Berlin, languages: [de, fr]}
shows:
  tonight: {title: Tonight, starts_at: "2026-03-06T15:00:00Z", ends_at: "2026-03-06T16:00:00Z", markets: [eu]}
schedules:
  emea:
    timezone: Europe/Berlin
    layers:
      - name: morning
        rotation: {type: daily, start: 2026-01-05, members: [ana]}
        restrictions: [{from: "09:00", to: "13:00"}]
      - name: evening
        rotation: {type: daily, start: 2026-01-05, members: [ben]}
        restrictions: [{from: "13:00", to: "21:00"}]
policies:
  page:
    steps:
      - {notify: [{schedule: emea}], wait: 5m}
      - {notify: [{person: maya}], wait: 10m}
routing:
  - {markets: [us, eu], team: emea, policy: page}
admin_channel: "slack:C0ADMIN001"
"""


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=BERLIN).astimezone(UTC)


class Shifts(Evening):
    """An evening whose notices of shifts are planned. `at` is the clock."""

    def __init__(self, store: Store, at: datetime, house: str = HOUSE, *, planned: bool = True) -> None:
        super().__init__(store, at, house)
        if planned:
            self.plan()

    def plan(self) -> None:
        self.store.write(lambda c: shifts.plan(self.moment(c)))

    def killed(self) -> Shifts:
        """The bot comes back after it was killed: with the database, the file, and nothing else."""
        fresh = Shifts(self.store, self.at, planned=False)
        fresh.configuration, fresh._sent = self.configuration, self._sent
        fresh.plan()
        return fresh

    def until(self, at: datetime, every: timedelta = timedelta(minutes=1)) -> None:
        """Let time go by, with a sweep after each step; what is due at once after a sweep is swept too."""
        while self.at < at:
            self.at = min(self.at + every, at)
            while self.sweep():
                pass

    def told(self, destination: str) -> list[Message]:
        """What waits to be sent to a channel or person, each in its newest form, oldest first."""
        waiting = self.store.read(lambda c: outbox.pending(c, WORKSPACE))
        return [load(body) for _, where, body in waiting if where == destination]

    def note(self, leaver: str = "ana") -> Handover:
        found = self.store.read(lambda c: handovers.newest_of(c, WORKSPACE, "emea", leaver))
        assert found is not None
        return found

    def press(self, verb: str, person: str | None, number: int = 1, version: int | None = None) -> str:
        """What somebody is told who taps a button of a note."""
        seen = self.store.read(lambda c: handovers.get(c, WORKSPACE, number))
        asked = version if version is not None else seen.version if seen else 1
        return self.store.write(lambda c: said.act(self.moment(c), number, verb, asked, asker(person), tongue("en")))

    def write(self, person: str | None, remarks: str, number: int = 1, version: int | None = None) -> str | None:
        seen = self.store.read(lambda c: handovers.get(c, WORKSPACE, number))
        asked = version if version is not None else seen.version if seen else 1
        return self.store.write(
            lambda c: said.remark(self.moment(c), number, asked, remarks, asker(person), tongue("en"))
        )

    def history(self, number: int = 1) -> list[tuple[str, str]]:
        """(what, who) of everything that happened to a note."""
        return [(line["what"], line["actor"]) for line in self.store.read(lambda c: handovers.history(c, number))]

    def changed(self, before: Any, after: Any, by: str, schedule: str = "emea") -> None:
        self.store.write(lambda c: changes.changed(self.moment(c), schedule, before, after, by))


def asker(person: str | None, locale: str = "en") -> Asker:
    return Asker(person, ZONES.get(person or "", BERLIN), locale, None, "slack:Somebody")


def texts(message: Message) -> str:
    """Everything that a message says, as one text; instants as they are, people by key."""

    def of(value: Any) -> Iterable[str]:
        if isinstance(value, tuple):
            for one in value:
                yield from of(one)
        elif isinstance(value, str):
            yield value
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                if name not in ("type", "style"):
                    yield from of(getattr(value, name))
        elif isinstance(value, datetime):
            yield value.isoformat()

    return " ".join(" ".join((message.headline, *of(message.parts), *of(message.footer))).split())
