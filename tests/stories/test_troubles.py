"""A page that cannot be sent, told of whatever was killed in between: the real sender and desk, a scripted chat."""

from __future__ import annotations

from datetime import timedelta

from desk.messages import Fill, Message
from handlers.clock.clocks import wall_now
from handlers.platform import GiveUp, Outcome, TryLater
from handlers.sender import Sender
from handlers.troubles import Troubles
from store import outbox, tables
from store.engine import Store
from tests.factories import WORKSPACE
from tests.fakes.platform import ScriptedPlatform
from tests.stories.evening import Evening
from tests.stories.test_reaching import opened, trouble


class Refusing(ScriptedPlatform):
    """Takes what goes to channels; for people it has `answer`."""

    def __init__(self, answer: Outcome) -> None:
        super().__init__()
        self.answer = answer

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        if destination.startswith("U"):
            return self.answer
        return await super().post(destination, thread, message, fill, key)


def sender(evening: Evening, answer: Outcome) -> Sender:
    async def fill(message: Message, platform: str, rich: bool) -> Fill:
        del message, platform, rich
        return Fill()

    troubles = Troubles(WORKSPACE, lambda: evening.configuration, lambda: evening.at)
    chat = Refusing(answer)
    return Sender(evening.store, WORKSPACE, {"slack": chat}, fill, holder="one", on_trouble=troubles.tell)


def said(evening: Evening) -> list[str]:
    query = tables.outbox.select().where(tables.outbox.c.workspace == WORKSPACE)
    bodies = evening.store.read(lambda c: [row.body["headline"] for row in c.execute(query)])
    return [one for one in bodies if one.startswith("A page to")]


def at_once(store: Store) -> None:
    """The time goes by after which what waits is tried again."""
    past = wall_now() - timedelta(seconds=1)
    store.write(lambda c: c.execute(tables.outbox.update().values(not_before=past)))


def claimed_and_killed(store: Store) -> None:
    """A sender takes what waits, and is killed before it has done anything."""
    at_once(store)
    wall = wall_now()
    assert store.write(lambda c: outbox.claim(c, WORKSPACE, "dead", wall, timedelta(minutes=1)))
    store.write(outbox.lapse_all)


async def test_a_page_that_waits_is_told_of_once_also_when_a_try_was_killed(store: Store) -> None:
    evening = trouble(opened(store))
    made = sender(evening, TryLater("no answer", timedelta(minutes=1)))
    await made.drain()
    assert said(evening) == [], "one lost answer is no reason"

    claimed_and_killed(store)
    for _ in range(3):
        at_once(store)
        await made.drain()

    (line,) = said(evening)
    assert "by Slack waits: no answer" in line


async def test_a_page_that_never_will_be_sent_is_told_of_with_the_failure(store: Store) -> None:
    """In one transaction: what was begun beside it and not finished is not there, nor is the failure."""
    evening = trouble(opened(store))

    await sender(evening, GiveUp("user_not_found", gone=True)).drain()

    (line,) = said(evening)
    assert "by Slack failed: user_not_found" in line
