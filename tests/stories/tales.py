"""What a mortal bot lives through (`mortal.py`): evenings told in chapters, with everything in them that has a time.

A chapter says when it is, and what comes from outside; what is due by then is done by the sweep. A life that ends in
the middle of a chapter is followed by one that begins it anew, so every deed may be done twice: somebody who got no
answer does it again, or looks first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from desk.configuration.model import Configuration
from desk.digest import flow as digest
from desk.following import flow as following
from desk.gaps import flow as gaps
from desk.handover import confirming
from desk.handover import said as notes
from desk.incidents import flow as incident_flow
from desk.incidents import life
from desk.incidents.rules import Rise
from desk.incidents.why import Why
from desk.moment import Moment
from desk.mutes import flow as muting
from desk.oncall import requests
from desk.oncall.changing import paint
from desk.oncall.painting import Paint
from desk.oncall.requests import NotDone
from desk.questions import change_linked
from desk.questions import flow as questions
from desk.reachable import flow as reachability
from desk.shifts import flow as shifts
from desk.words import tongue
from handlers.clock.clocks import wall_now
from store import contacts, handovers, incidents, oncall_changes
from store.engine import Store
from store.incidents import Incident
from store.tables_oncall import oncall_requests
from tests.factories import NOON, WORKSPACE
from tests.stories.shifts import asker

SHOW = "aurora-skincare"
WALL, SOME = 60.0, 12.0  # complaints a minute: P1 and P2
GROUP, AMERICAS, EMEA = "S0EMEAONC1", "C0AMERICAS", "C0EMEAOPS1"


@dataclass
class Bot:
    """One life of it, at one moment of the story."""

    store: Store
    configuration: Configuration
    at: datetime

    def moment(self, connection: Connection) -> Moment:
        return Moment(connection, WORKSPACE, self.configuration, self.at, wall_now())

    def begin(self) -> None:
        """What opening the house does (`load_configuration`): plan what the configuration asks for."""

        def plan(connection: Connection) -> None:
            moment = self.moment(connection)
            digest.plan(moment)
            life.plan(moment)
            gaps.plan(moment)
            shifts.plan(moment)
            following.plan(moment)
            reachability.soon(moment)

        self.store.write(plan)

    def rises(self, category: str, observed: float = WALL) -> None:
        """The analyst's transaction: that the incident is there is the cursor which it moves."""

        def unit(connection: Connection) -> None:
            if _number(connection, category) is None:
                incident_flow.meet(self.moment(connection), [rise(self.at, category, observed=observed)])

        self.store.write(unit)

    def tap(self, verb: str, who: str, category: str) -> None:
        """Somebody taps, and taps again when the bot did not answer."""
        act = muting.act if verb.startswith("mute") else incident_flow.act

        def unit(connection: Connection) -> None:
            number = _number(connection, category)
            assert number is not None
            act(self.moment(connection), number, verb, who, tongue("en"))

        self.store.write(unit)

    def mutes(self, category: str) -> None:
        """Somebody mutes; they look at the card before they would do so again."""
        (row,) = [one for one in self.store.read(all_incidents) if one.category == category]
        if row.muted is None:
            self.tap("mute_30m", "maya", category)

    def pages(self, who: str, text: str) -> None:
        """Somebody pages by hand, unless the channel shows that they have."""

        def unit(connection: Connection) -> None:
            if _number(connection, "manual") is None:
                questions.answer(self.moment(connection), "oncall", f"page {text}", asker(who))

        self.store.write(unit)

    def overrides(self, who: str, *paints: Paint) -> None:
        """Somebody changes who is on call, unless the record of changes shows that they have."""

        def unit(connection: Connection) -> None:
            since = min(one.start for one in paints), max(one.end for one in paints)
            if not [one for one in oncall_changes.touching(connection, WORKSPACE, *since) if one.made_by == who]:
                paint(self.moment(connection), "override", paints, who, "slack")

        self.store.write(unit)

    def asks(self, kind: str, who: str, start: datetime, end: datetime, asked: str | None = None) -> None:
        """Somebody asks others, or one of them, for a swap or a cover; the second time they hear that they have."""

        def unit(connection: Connection) -> None:
            made = requests.ask(self.moment(connection), kind, "emea", who, start, end, asked)
            assert not isinstance(made, NotDone) or made.why == "asked_before", made

        self.store.write(unit)

    def withdraws(self, who: str, start: datetime) -> None:
        """Whoever asked for this shift asks no more."""

        def unit(connection: Connection) -> None:
            made = requests.withdraw(self.moment(connection), _request(connection, start), who)
            assert not isinstance(made, NotDone) or made.why == "withdrawn", made

        self.store.write(unit)

    def follows(self, verb: str, who: str, start: datetime) -> None:
        """Whoever is asked for this shift follows a link in the mail and presses its button."""

        def unit(connection: Connection) -> None:
            shown = change_linked.act(self.moment(connection), verb, _request(connection, start), who, "")
            assert shown is not None

        self.store.write(unit)

    def confirms_by_link(self, who: str, leaver: str) -> None:
        """The next person follows the link in their mail, and says that they have the note."""

        def unit(connection: Connection) -> None:
            note = handovers.newest_of(connection, WORKSPACE, "emea", leaver)
            assert note is not None
            assert confirming.confirm(self.moment(connection), note.id, note.version, who) is not None

        self.store.write(unit)

    def is_known_by(self, *ways: tuple[str, str, str]) -> None:
        """(person, method, address), verified long before the story begins."""

        def unit(connection: Connection) -> None:
            for person, method, address in ways:
                made = contacts.add(connection, WORKSPACE, person, method, address, "file", self.at)
                contacts.verify(connection, made.id, self.at)

        self.store.write(unit)

    def confirms(self, who: str, leaver: str) -> None:
        """The next person taps that they have the note."""

        def unit(connection: Connection) -> None:
            note = handovers.newest_of(connection, WORKSPACE, "emea", leaver)
            assert note is not None
            notes.act(self.moment(connection), note.id, "have_it", note.version, asker(who), tongue("en"))

        self.store.write(unit)


def rise(at: datetime, category: str, show: str = SHOW, observed: float = WALL) -> tuple[Rise, Why]:
    """A wall of them is bad enough to wake somebody."""
    found = Rise(show, "us", category, at, at, True, False, observed, 1.0, 0.3, 0.02, 40)
    return found, Why(12, None, ("declined",), "", ("en",))


def all_incidents(connection: Connection) -> list[Incident]:
    return incidents.between(connection, WORKSPACE, NOON - timedelta(days=1), NOON + timedelta(days=2))


def _number(connection: Connection, category: str) -> int | None:
    """Not 1 and 2: on PostgreSQL a transaction that was never committed uses up a number all the same."""
    return next((one.id for one in all_incidents(connection) if one.category == category), None)


def _request(connection: Connection, start: datetime) -> int:
    """The newest one for the shift that starts then."""
    table = oncall_requests.c
    query = select(table.id).where(table.workspace == WORKSPACE, table.starts_at == start).order_by(table.id.desc())
    number: int = connection.execute(query).scalars().first() or 0
    assert number
    return number


Deed = Callable[[Bot], None]


def nothing(bot: Bot) -> None:
    del bot


# When, and what comes from outside. What is due by then is done by the sweep.
Chapters = tuple[tuple[str, timedelta, Deed], ...]

PAGES: Chapters = (
    ("open and page", timedelta(0), lambda bot: bot.rises("payment")),
    ("escalate", timedelta(minutes=5), nothing),
    ("acknowledge", timedelta(minutes=6), lambda bot: bot.tap("acknowledge", "jon", "payment")),
    ("resolve", timedelta(minutes=10), lambda bot: bot.tap("resolve", "jon", "payment")),
    ("open another", timedelta(minutes=20), lambda bot: bot.rises("delivery")),
    ("mute it", timedelta(minutes=21), lambda bot: bot.mutes("delivery")),
    ("the mute ends", timedelta(minutes=51), nothing),
    ("escalate again", timedelta(minutes=56), nothing),
    ("the policy is exhausted", timedelta(minutes=66), nothing),
    ("digests and gaps", timedelta(hours=5), nothing),  # 17:00 UTC is 09:00 in Los Angeles
    ("expire", timedelta(hours=14), nothing),
)

# Noon, here, is one o'clock in Berlin, when Ben comes on call after Ana; nobody comes after him at nine in the evening.
# The policy names Nia, who has no contact, and Olu, who has left the workspace. What is less than a wall of complaints
# waits for eight in Los Angeles.
SHIFTS_HOUSE = f"""
people:
  ana: {{name: Ana Weber, timezone: Europe/Berlin, languages: [de, en], contacts: {{slack: U0ANAWEBER}}}}
  ben:
    name: Ben Krüger
    timezone: Europe/Berlin
    contacts: {{slack: U0BENKRUGR}}
    shift_notice: {{before: 1h}}
    notify: [{{after: 0, by: slack}}, {{after: 2m, by: slack}}]
  maya: {{name: Maya Torres, timezone: America/Los_Angeles, contacts: {{slack: U0MAYATORR}}}}
  nia: {{name: Nia Adeyemi, timezone: Europe/Berlin}}
  olu: {{name: Olu Bakare, timezone: Europe/Berlin, contacts: {{slack: U0NOLONGER}}}}
teams:
  emea:
    {{name: EMEA, timezone: Europe/Berlin, channels: ["slack:{EMEA}"], members: [ana, ben, nia, olu], markets: [eu]}}
  americas:
    {{name: Americas, timezone: America/Los_Angeles, channels: ["slack:{AMERICAS}"], members: [maya], markets: [us]}}
markets:
  us: {{name: United States, timezone: America/Los_Angeles, languages: [en, es]}}
  eu: {{name: Europe, timezone: Europe/Berlin, languages: [de, fr]}}
schedules:
  emea:
    timezone: Europe/Berlin
    follow: {{user_group: "slack:{GROUP}", channel_topic: "slack:{EMEA}"}}
    handover: {{send_after: 15m, confirm_within: 15m}}
    layers:
      - name: morning
        rotation: {{type: daily, start: 2026-01-05, members: [ana]}}
        restrictions: [{{from: "09:00", to: "13:00"}}]
      - name: evening
        rotation: {{type: daily, start: 2026-01-05, members: [ben]}}
        restrictions: [{{from: "13:00", to: "21:00"}}]
policies:
  day:
    acknowledgement_expires: 30m
    steps:
      - {{notify: [{{schedule: emea}}], wait: 5m}}
      - {{notify: [{{person: nia}}], wait: 5m}}
      - {{notify: [{{person: olu}}], wait: 5m}}
  night:
    urgency: {{P2: low}}
    steps:
      - {{notify: [{{person: maya}}], wait: 10m}}
routing:
  - {{markets: [us], team: americas, policy: night}}
  - {{team: emea, policy: day}}
admin_channel: "slack:C0ADMIN001"
"""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


TUESDAY = Paint("emea", "ben", utc("10T08:00"), utc("10T12:00"))  # Ana's morning

SHIFTS: Chapters = (
    ("the group follows, and who cannot be reached", timedelta(minutes=-70), nothing),
    ("a shift ahead", timedelta(minutes=-60), nothing),
    ("a change from chat", timedelta(minutes=-50), lambda bot: bot.overrides("maya", TUESDAY)),
    ("it is told", timedelta(minutes=-49), nothing),
    ("a cover", timedelta(minutes=-45), lambda bot: bot.asks("cover", "ben", utc("06T12:00"), utc("06T20:00"))),
    ("a swap", timedelta(minutes=-44), lambda bot: bot.asks("swap", "ana", utc("07T08:00"), utc("07T12:00"))),
    ("a page is held", timedelta(minutes=-40), lambda bot: bot.rises("delivery", SOME)),
    ("the shift changes", timedelta(0), nothing),
    ("the note is sent", timedelta(minutes=15), nothing),
    ("a page by hand", timedelta(minutes=20), lambda bot: bot.pages("maya", "emea the studio has no sound")),
    ("it rings again", timedelta(minutes=22), nothing),
    ("acknowledge", timedelta(minutes=23), lambda bot: bot.tap("acknowledge", "ben", "manual")),
    ("a reminder of the note", timedelta(minutes=30), nothing),
    ("the team is told of it", timedelta(minutes=45), nothing),
    ("the note is confirmed", timedelta(minutes=46), lambda bot: bot.confirms("ben", "ana")),
    ("still on it?", timedelta(minutes=48), nothing),
    ("open again, and nobody can be reached", timedelta(minutes=53), nothing),
    ("resolve", timedelta(minutes=54), lambda bot: bot.tap("resolve", "ben", "manual")),
    ("the held page", timedelta(hours=4), nothing),
    ("the cover lapses, and nobody comes", timedelta(hours=8), nothing),
    ("the note goes to the channel", timedelta(hours=8, minutes=20), nothing),
    ("the swap lapses in the morning", timedelta(hours=20), nothing),
)

# Ben has e-mail alone, Cai a webhook; the mail server knows neither Dee, who has a webhook as well, nor Eli. What is
# told in their night waits for seven in the morning, 18 hours after noon here.
MAIL_HOUSE = f"""
people:
  ana: {{name: Ana Weber, timezone: Europe/Berlin, languages: [de, en], contacts: {{slack: U0ANAWEBER}}}}
  ben: {{name: Ben Krüger, timezone: Europe/Berlin, contacts: {{email: ben@example.com}}}}
  cai: {{name: Cai Li, timezone: Europe/Berlin, languages: [zh], contacts: {{webhook: "https://hooks.example.com/cai"}}}}
  dee:
    name: Dee Okafor
    timezone: Europe/Berlin
    contacts: {{email: dee@example.com, webhook: "https://hooks.example.com/dee"}}
  eli: {{name: Eli Roth, timezone: Europe/Berlin, contacts: {{email: eli@example.com}}}}
  maya: {{name: Maya Torres, timezone: America/Los_Angeles, contacts: {{slack: U0MAYATORR}}}}
teams:
  emea:
    name: EMEA
    timezone: Europe/Berlin
    channels: ["slack:{EMEA}"]
    members: [ana, ben, cai, dee, eli]
    markets: [eu]
markets:
  eu: {{name: Europe, timezone: Europe/Berlin, languages: [de, fr]}}
schedules:
  emea:
    timezone: Europe/Berlin
    handover: {{send_after: 15m, confirm_within: 15m}}
    layers:
      - name: morning
        rotation: {{type: daily, start: 2026-01-05, members: [ana]}}
        restrictions: [{{days: [mon, tue, wed, thu, fri], from: "09:00", to: "13:00"}}]
      - name: evening
        rotation: {{type: daily, start: 2026-01-05, members: [ben]}}
        restrictions: [{{days: [mon, tue, wed, thu, fri], from: "13:00", to: "21:00"}}]
      - name: late
        rotation: {{type: daily, start: 2026-01-05, members: [cai]}}
        restrictions: [{{days: [mon, tue, wed, thu, fri], from: "21:00", to: "23:00"}}]
      - name: saturday morning
        rotation: {{type: daily, start: 2026-01-05, members: [dee]}}
        restrictions: [{{days: [sat], from: "09:00", to: "13:00"}}]
      - name: saturday evening
        rotation: {{type: daily, start: 2026-01-05, members: [eli]}}
        restrictions: [{{days: [sat], from: "13:00", to: "21:00"}}]
policies:
  day:
    steps:
      - {{notify: [{{schedule: emea}}], wait: 5m}}
routing:
  - {{team: emea, policy: day}}
admin_channel: "slack:C0ADMIN001"
"""
NO_MAILBOX = frozenset(("dee@example.com", "eli@example.com"))
WAYS = (
    ("ben", "email", "ben@example.com"),
    ("cai", "webhook", "https://hooks.example.com/cai"),
    ("dee", "email", "dee@example.com"),
    ("dee", "webhook", "https://hooks.example.com/dee"),
    ("eli", "email", "eli@example.com"),
)
SATURDAY = Paint("emea", "maya", utc("07T08:00"), utc("07T20:00"))  # Dee's and Eli's
MONDAY = Paint("emea", "maya", utc("09T20:00"), utc("09T22:00"))  # Cai's
NEXT = {day: (utc(f"{day}T08:00"), utc(f"{day}T12:00")) for day in ("10", "11", "12")}  # Ana's mornings

MAILS: Chapters = (
    ("everybody has a way", timedelta(minutes=-60), lambda bot: bot.is_known_by(*WAYS)),
    ("asked by mail", timedelta(minutes=-50), lambda bot: bot.asks("swap", "ana", *NEXT["10"], "ben")),
    ("turned down from it", timedelta(minutes=-40), lambda bot: bot.follows("refuse", "ben", NEXT["10"][0])),
    ("the shift changes", timedelta(0), nothing),
    ("the note is mailed", timedelta(minutes=15), nothing),
    ("it is confirmed from it", timedelta(minutes=20), lambda bot: bot.confirms_by_link("ben", "ana")),
    ("the shift changes again", timedelta(hours=8), nothing),
    ("the note is posted", timedelta(hours=8, minutes=15), nothing),
    ("a reminder of it", timedelta(hours=8, minutes=30), nothing),
    ("the team is told of it", timedelta(hours=8, minutes=45), nothing),
    ("a change in their night", timedelta(hours=9, minutes=30), lambda bot: bot.overrides("maya", SATURDAY, MONDAY)),
    ("told of it in the morning", timedelta(hours=9, minutes=31), nothing),
    ("asked in the night", timedelta(hours=9, minutes=40), lambda bot: bot.asks("cover", "ana", *NEXT["11"], "ben")),
    ("and once more", timedelta(hours=9, minutes=41), lambda bot: bot.asks("swap", "ana", *NEXT["12"], "ben")),
    (
        "which is over before the morning",
        timedelta(hours=9, minutes=45),
        lambda bot: bot.withdraws("ana", NEXT["12"][0]),
    ),
    ("the last shift ends", timedelta(hours=10), nothing),
    ("its note", timedelta(hours=10, minutes=20), nothing),
    ("the morning", timedelta(hours=18), nothing),
    ("taken from the mail", timedelta(hours=18, minutes=10), lambda bot: bot.follows("take_it", "ben", NEXT["11"][0])),
    ("told of that", timedelta(hours=18, minutes=12), nothing),
)

TALES = {"pages": PAGES, "shifts": SHIFTS, "mails": MAILS}
