"""Every timer survives a kill between any two steps.

Three tales of everything that has a time are told by bots that are killed outright (SIGKILL) before or after a commit
or a call to the platform, and started again. One is of pages: escalation, the end of a mute, an exhausted policy,
digests, the notice of a gap, expiry. One is of a change of shifts: its notices, the hand-over note, changes from chat,
requests that lapse, who cannot be reached, what follows the shift, rules of notification, held pages, acknowledgements
that end, a page by hand. The third is of people without chat: notices by mail and webhook, in the morning where it is
night, by the next way where one fails; requests and notes that are answered by links. Whatever the step, what is said
and stored in the end is what an evening without a kill leaves.

Here some steps, and lives that end again and again; `LIVEDESK_ORACLE=full` kills at each (see `make oracle`).
"""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, select

from desk.acknowledged.keeping import ASK, EXPIRES
from desk.changes import flow as changes
from desk.following import flow as following
from desk.handover import flow as handover
from desk.oncall.requests import LAPSE
from desk.oncall.steps import HELD
from desk.reach.flow import NOTIFY
from desk.reachable import flow as reachable
from desk.shifts import flow as shifts
from desk.telling import flow as telling
from sandbox.server import Sandbox, running
from store import outbox, tables
from store.engine import Store
from store.tables_handover import handover_history, handovers, pages_by_hand, shift_notices
from store.tables_oncall import oncall_changes, oncall_overrides, oncall_requests
from store.tables_reaching import contact_failures, contacts, page_ways
from store.tables_shift import followed
from store.workspaces import ensure
from tests.factories import NOON
from tests.handlers.email.server import MailServer, mail_server
from tests.handlers.webhook.test_platform import Receiver, receiver
from tests.stories.mortal import Nursery, Order
from tests.stories.tales import MAIL_HOUSE, NO_MAILBOX, SHIFTS_HOUSE, TALES
from tests.stories.test_gaps import WITH_SHOWS

FULL = os.environ.get("LIVEDESK_ORACLE") == "full"
KILLED = -signal.SIGKILL
# Numbers that a rolled-back transaction has used up, and what a message says when it left late.
_LINK = re.compile(r"\S+/v1/acknowledge/lda_[\w.-]+")
_ACCIDENTAL = re.compile(r"(?<=[Ii]ncident )\d+|(?<=incidents )\d+|\d+(?= paged by hand)|delayed \d+ (s|min)\n?")


# What only looks: it is done once more whenever a bot opens the house, and says what it has not said yet.
LOOKS = (following.KIND, reachable.KIND)
HOUSES = {"pages": WITH_SHOWS, "shifts": SHIFTS_HOUSE, "mails": MAIL_HOUSE}
PEOPLE = ("U0MAYATORR", "U0JONPARK1", "U0ANAWEBER", "U0BENKRUGR")


@dataclass
class Outcome:
    """What is left of an evening: said and stored."""

    said: list[tuple[str, str]] = field(default_factory=list)
    stored: dict[str, list[Any]] = field(default_factory=dict)
    steps: int = 0
    lives: int = 1


def stored(connection: Connection) -> dict[str, list[Any]]:
    """Everything that the story is about, without the numbers of rows."""
    one, two, three, four = tables.incidents.c, tables.pages.c, tables.incident_history.c, tables.mutes.c
    due = tables.due.c
    note, change, asked, shown = handovers.c, oncall_changes.c, oncall_requests.c, followed.c
    told, way = shift_notices.c, page_ways.c
    queries = {
        "incidents": select(
            one.category, one.state, one.version, one.opened_at, one.acknowledged_by, one.acknowledged_at,
            one.resolved_by, one.resolved_at, one.step_round, one.step, one.policy,
        ),
        "pages": select(
            one.category, two.person, two.step_round, two.step, two.paged_at, two.state, two.settled_at, two.opening
        ).join(tables.incidents, one.id == two.incident),
        "history": select(one.category, three.at, three.actor, three.what).join(
            tables.incidents, one.id == three.incident
        ),
        "mutes": select(four.category, four.muted_at, four.until, four.ended_at, four.ended_by),
        "digests": select(tables.digests.c.team, tables.digests.c.local_date),
        "due": select(due.kind, due.due_at, due.state).where(due.kind.not_in(LOOKS) | (due.state == "waiting")),
        "notes": select(
            note.schedule, note.leaver, note.comer, note.state, note.version, note.made_at, note.shown_at,
            note.sent_at, note.sent_by, note.told_at, note.reminded_at, note.team_told_at, note.confirmed_by,
        ),
        "what became of notes": select(
            handover_history.c.version, handover_history.c.at, handover_history.c.actor, handover_history.c.what
        ),
        "notices": select(told.schedule, told.person, told.kind, told.edge, told.at, told.told),
        "by hand": select(pages_by_hand.c.caller, pages_by_hand.c.target, pages_by_hand.c.at),
        "changes": select(change.kind, change.made_at, change.made_by, change.starts_at, change.ends_at),
        "overrides": select(
            oncall_overrides.c.schedule, oncall_overrides.c.person, oncall_overrides.c.starts_at
        ),
        "requests": select(asked.kind, asked.person, asked.state, asked.version, asked.decided_at),
        "ways": select(way.person, way.method, way.address, way.at, way.stuck_at, way.failed_at),
        "contacts": select(contacts.c.person, contacts.c.method, contacts.c.address, contacts.c.verified_at),
        "failures": select(contact_failures.c.method, contact_failures.c.address, contact_failures.c.reason),
        "shown": select(shown.schedule, shown.kind, shown.target, shown.wanted, shown.revision, shown.state),
        "waiting": select(tables.outbox.c.state).where(tables.outbox.c.state.in_(("pending", "claimed", "failed"))),
    }  # fmt: skip
    return {name: sorted(map(repr, connection.execute(query))) for name, query in queries.items()}


@dataclass
class Stage:
    tale: str
    nursery: Nursery
    url: str
    folder: Path

    async def evening(self, deaths: Iterator[int] | None = None) -> Outcome:
        """Tell the story to its end. `deaths` are the steps at which one life after the other ends, 0 for never;
        without any it is a rehearsal."""
        progress = self.folder / "progress.json"
        progress.unlink(missing_ok=True)
        outcome, first = Outcome(lives=0), 0
        house, chapters = HOUSES[self.tale], len(TALES[self.tale])
        async with AsyncExitStack() as stack:
            box = await stack.enter_async_context(running(rate_scale=0.0, file_delay=0.05))
            mails, hooks = MailServer(unknown=NO_MAILBOX), Receiver()
            if self.tale == "mails":
                await stack.enter_async_context(mail_server(mails))
                hooks = await stack.enter_async_context(receiver())
            while first < chapters:
                order = Order(
                    self.url, box.api_url, house, first, next(deaths) if deaths else 0, str(progress),
                    tale=self.tale, rehearsal=deaths is None,
                    mail_port=mails.port, hooks=hooks.url.removesuffix("/hook"),
                )  # fmt: skip
                (end,) = await self.nursery.bear(order)
                outcome.lives += 1
                assert end in (0, KILLED)
                if progress.exists():
                    told = json.loads(progress.read_text("utf-8"))
                    first, outcome.steps = told["next"], told["steps"]
                assert end == KILLED or first == chapters
                self.pass_time()
            outcome.said += [*mailed(mails), *posted(hooks)]
            await self.look(box, outcome)
        return outcome

    def pass_time(self) -> None:
        """On a server the minute goes by after which the claims of a dead sender run out."""
        if not self.url.startswith("sqlite"):
            store = Store(self.url)
            store.write(outbox.lapse_all)
            store.close()

    async def look(self, box: Sandbox, outcome: Outcome) -> None:
        assert await box.control.doubled() == []
        rooms = [*(await box.control.channels()), *(await self.rooms(box))]
        for room in dict.fromkeys(rooms):
            for message in await box.control.messages(room):
                thread = await box.control.messages(room, message["ts"]) if message.get("reply_count") else [message]
                outcome.said += [(room, _ACCIDENTAL.sub("", one["text"]).strip()) for one in thread]
        state = await box.control.state()
        outcome.said += [("topic", one["topic"]) for one in state["channels"]]
        outcome.said += [("group", " ".join(one["users"])) for one in state["usergroups"]]
        outcome.said = sorted(told_again(outcome.said))
        store = Store(self.url)
        outcome.stored = store.read(stored)
        store.close()

    async def rooms(self, box: Sandbox) -> list[str]:
        return [await box.control.open_dm(user) for user in PEOPLE]


def mailed(server: MailServer) -> list[tuple[str, str]]:
    """What arrived by mail. One that was sent again, because nobody knew whether it had arrived, has the same
    Message-ID: a mailbox, and this, tells by it that they are one."""
    found = {}
    for (_, to), mail in zip(server.envelopes, server.mails, strict=True):
        body = mail.get_body(("plain",))
        assert body is not None
        said = f"{mail['Subject']}\n{_LINK.sub('(a link)', body.get_content())}"
        assert found.setdefault(mail["Message-ID"], (to, said)) == (to, said)
    return [(to, _ACCIDENTAL.sub("", said)) for to, said in found.values()]


def posted(hooks: Receiver) -> list[tuple[str, str]]:
    """The same of webhooks, by their Idempotency-Key."""
    found = {}
    for headers, body in hooks.requests:
        told = orjson.loads(body)
        links = [one.get("does", name) for name in ("answer", "confirm", "acknowledge") for one in told.get(name, ())]
        found[headers["Idempotency-Key"]] = told["person"], f"{told['headline']}\n{told['text']}\n{links}"
    return [(f"the webhook of {person}", _ACCIDENTAL.sub("", said)) for person, said in found.values()]


def told_again(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without what is said once until a bot is started again: where nothing can be sent."""
    again = [one for one in said if "could not be sent" in one[1]]
    return [one for one in said if one not in again] + list(dict.fromkeys(again))


@contextmanager
def another_database(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    from tests import databases

    if kind == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        with databases.sqlite_database(template, request.getfixturevalue("tmp_path")) as url:
            yield url
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
# Dying once is a part of dying again and again: both databases do the latter, one of them the former, too.
ONCE = KINDS if FULL else KINDS[:1]
SHARES = 96 if FULL else 1  # each a test of its own, for processes to share them, and none to last for minutes
SEEDS = 24 if FULL else 1
_UNDISTURBED: dict[tuple[str, str], Outcome] = {}  # by kind and tale


@dataclass(frozen=True)
class Teller:
    """`evening(deaths)` is one on a database of its own."""

    request: pytest.FixtureRequest
    folder: Path
    nursery: Nursery
    kind: str
    tale: str

    async def evening(self, deaths: Iterator[int] | None = None) -> Outcome:
        with another_database(self.request, self.kind) as url:
            store = Store(url)
            store.write(lambda connection: ensure(connection, "test", NOON))
            store.close()
            return await Stage(self.tale, self.nursery, url, self.folder).evening(deaths)

    async def undisturbed(self) -> Outcome:
        known = _UNDISTURBED.get((self.kind, self.tale))
        if known is None:
            known = _UNDISTURBED[self.kind, self.tale] = await self.evening()
            of = {"pages": assert_it_is_of_pages, "shifts": assert_it_is_of_shifts, "mails": assert_it_is_of_mails}
            of[self.tale](known)
        return known


@pytest.fixture
def teller(request: pytest.FixtureRequest, tmp_path: Path, nursery: Nursery, kind: str, tale: str) -> Teller:
    return Teller(request, tmp_path, nursery, kind, tale)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("kind", ONCE)
@pytest.mark.parametrize("tale", TALES)
async def test_an_evening_ends_the_same_wherever_the_bot_is_killed(teller: Teller, share: int) -> None:
    undisturbed = await teller.undisturbed()

    for number in once_each(undisturbed.steps)[share::SHARES]:
        outcome = await teller.evening(one_death(number))
        # How many turns the sender takes depends on how fast a mail server answers: an evening may be over before.
        assert outcome.lives == 2 or outcome.steps < number, f"killed at step {number}"
        same(outcome, undisturbed, f"killed at step {number} of {undisturbed.steps}")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tale", TALES)
async def test_an_evening_ends_the_same_however_often_the_bot_is_killed(teller: Teller, seed: int) -> None:
    undisturbed = await teller.undisturbed()

    outcome = await teller.evening(many_deaths(Random(seed), undisturbed.steps))
    assert outcome.lives >= 8, "killed again and again: how often is drawn by chance"
    same(outcome, undisturbed, f"killed again and again, seed {seed}")


def same(outcome: Outcome, undisturbed: Outcome, when: str) -> None:
    assert outcome.stored == undisturbed.stored, when
    assert outcome.said == undisturbed.said, when


def assert_it_is_of_pages(outcome: Outcome) -> None:
    """That the undisturbed evening has every timer in it."""
    whats = " ".join(outcome.stored["history"])
    for what in ("opened", "paged", "acknowledged", "resolved", "muted", "unmuted", "exhausted", "expired"):
        assert f"'{what}'" in whats, what
    assert len(outcome.stored["pages"]) == 5, "Maya and Jon; Maya, and after the mute Maya and Jon"
    assert outcome.stored["digests"]
    assert any("Nobody is on call" in text or "without anybody" in text for _, text in outcome.said)
    assert outcome.stored["waiting"] == []


def assert_it_is_of_shifts(outcome: Outcome) -> None:
    """The same of the other one. What only looks is seen by what it said."""
    over = " ".join(row for row in outcome.stored["due"] if row.endswith("'done')"))
    for kind in (NOTIFY, HELD, ASK, EXPIRES, shifts.KIND, handover.KIND, changes.KIND, LAPSE):
        assert f"('{kind}'," in over, kind
    texts = " ".join(f"{room} {text}" for room, text in outcome.said)
    for said in (
        "a page may not reach", "Called again", "Paged now, after it was held", "Open again: not confirmed in time",
        "Have you read", "is not confirmed", "Your shifts have changed", "has your page", "keeps its last members",
        "could not be sent", "no other way is left", "the last delivery by Slack failed for good",
        "Nobody took Ben", "Nobody took Ana", "Nobody takes over emea", "[☎ emea: Ana Weber until Sat 7 Mar 13:00",
    ):  # fmt: skip
        assert said in texts, said
    assert len(outcome.stored["notices"]) == 5, "Ben's, ahead of his shift, at its start and at its end; two of Ana's"
    assert [re.search(r", (\d), 'done'\)", row)[1] for row in outcome.stored["shown"]] == ["4", "3"]  # type: ignore[index]
    assert outcome.stored["waiting"] == ["('failed',)"] * 2, "Olu's page, and what became of it"


def assert_it_is_of_mails(outcome: Outcome) -> None:
    """That notices to people without chat wait, are called back, fail, are told by another way, and are answered."""
    held = [row for row in outcome.stored["due"] if row.startswith(f"('{telling.KIND}',")]
    assert sum(row.endswith("'done')") for row in held) == 4, "a change for Dee, Eli and Cai, a request for Ben"
    cancelled = [row for row in held if row.endswith("'cancelled')")]
    assert len(cancelled) == 1, "what Ana withdrew in the night"
    texts = " ".join(f"{room} {text}" for room, text in outcome.said)
    for said in (
        "ben@example.com Ana Weber would like to swap", "ben@example.com Ana Weber asks somebody to take",
        "Ben Krüger turned down your request", "ben@example.com Ana Weber hands emea over to you",
        "ben@example.com You are on call for emea", "the webhook of cai 您的",
        "the webhook of dee Your shifts have changed",
        "Dee Okafor could not be told by e-mail", "Eli Roth could not be told by e-mail", "No other way is left",
        "['confirm']", "Ben Krüger takes Ana Weber's shift",
    ):  # fmt: skip
        assert said in texts, said
    assert texts.count("would like to swap a shift: emea, Thu 12 Mar") == 0
    assert len(outcome.stored["failures"]) == 2


def never() -> Iterator[int]:
    while True:
        yield 0


def one_death(step: int) -> Iterator[int]:
    yield step
    yield from never()


def many_deaths(chance: Random, steps: int) -> Iterator[int]:
    """Short lives, long enough for one of them to come through a chapter now and then."""
    while True:
        yield int(chance.expovariate(16 / steps)) + 5


def once_each(steps: int) -> list[int]:
    """Every step; without `FULL` one of them, another one whenever the story has become longer or shorter."""
    return list(range(1, steps + 1)) if FULL else Random(steps).sample(range(1, steps + 1), 1)
