from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import Connection

from desk import messages
from desk.messages import Fill, Message
from handlers.clock.clocks import wall_now
from handlers.platform import GiveUp, Outcome, Pacing, TryLater, Unclear
from handlers.sender import Sender
from store import outbox, tables
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.fakes.platform import ScriptedPlatform

Said = Literal["notice", "history", "incident", "page"]


async def nothing_to_fill(message: Message, platform: str, rich: bool) -> Fill:
    del message, platform, rich
    return Fill()


def sender(store: Store, platform: ScriptedPlatform, **given: Any) -> Sender:
    return Sender(store, WORKSPACE, {"slack": platform}, nothing_to_fill, holder="one", **given)


def say(store: Store, headline: str, channel: str = "C1", kind: Said = "notice") -> int:
    body = messages.dump(Message(kind, headline))
    return store.write(lambda c: outbox.say(c, WORKSPACE, "slack", channel, body, NOON, wall_now()))


async def test_it_posts_once_and_edits_afterwards(store: Store) -> None:
    platform = ScriptedPlatform()
    message = say(store, "first")
    await sender(store, platform).drain()
    body = messages.dump(Message("notice", "second"))
    store.write(lambda c: outbox.revise(c, message, body, NOON, wall_now()))
    await sender(store, platform).drain()

    assert [headline for _, headline, _ in platform.posted] == ["first"]
    assert platform.edited == [("C1/1", "second")]


async def test_it_finds_what_was_posted_when_the_answer_was_lost(store: Store) -> None:
    """The post arrived, its answer did not: a second try must look first, and edit instead of posting again."""
    platform = ScriptedPlatform()
    platform.next_outcomes = [lambda: Unclear("the connection broke")]
    say(store, "once only")

    await sender(store, platform).drain()

    assert [headline for _, headline, _ in platform.posted] == ["once only"]
    assert len(platform.searches) == 1
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"sent": 1}


async def test_it_looks_for_what_a_killed_sender_may_have_posted(store: Store) -> None:
    platform = ScriptedPlatform()
    say(store, "once only")
    (claimed,) = store.write(lambda c: outbox.claim(c, WORKSPACE, "killed", wall_now(), timedelta(seconds=60)))
    await platform.post("C1", None, messages.load(claimed.body), Fill(), claimed.key)

    store.write(outbox.lapse_all)
    await sender(store, platform).drain()

    assert len(platform.posted) == 1
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"sent": 1}


async def test_it_waits_as_long_as_the_platform_asks(store: Store) -> None:
    platform = ScriptedPlatform()
    platform.next_outcomes = [lambda: TryLater("ratelimited", timedelta(milliseconds=300))]
    say(store, "later")
    started = time.monotonic()

    await sender(store, platform).drain()

    assert len(platform.posted) == 1
    assert time.monotonic() - started >= 0.3


async def test_it_never_repeats_what_cannot_work_and_says_so(store: Store) -> None:
    platform = ScriptedPlatform()
    platform.next_outcomes = [lambda: GiveUp("channel_not_found: invite the bot")]
    told: list[str] = []

    def tell(connection: Connection, claimed: outbox.Claimed, reason: str) -> None:
        assert outbox.counts(connection, WORKSPACE) == {"failed": 1}, "told and recorded at once, or neither"
        told.append(f"{claimed.destination}: {reason}")

    say(store, "nowhere")
    await sender(store, platform, on_failed=tell).drain()

    assert platform.posted == []
    assert told == ["C1: channel_not_found: invite the bot"]
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"failed": 1}


async def test_what_cannot_be_told_keeps_nothing_from_being_recorded(store: Store) -> None:
    platform = ScriptedPlatform()
    platform.next_outcomes = [lambda: GiveUp("channel_not_found")]
    told: list[str] = []

    def stumble(connection: Connection, claimed: outbox.Claimed, outcome: Any) -> None:
        outbox.say(connection, WORKSPACE, "slack", "C2", {}, NOON, wall_now())
        raise RuntimeError(outcome.reason)

    def tell(connection: Connection, claimed: outbox.Claimed, reason: str) -> None:
        told.append(reason)

    say(store, "nowhere")
    await sender(store, platform, on_failed=tell, on_trouble=stumble).drain()

    assert told == ["channel_not_found"]
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"failed": 1}, "nothing is left of what stumbled"


async def test_it_gives_up_on_a_platform_that_is_not_plugged_in(store: Store) -> None:
    body = messages.dump(Message("notice", "to nowhere"))
    store.write(lambda c: outbox.say(c, WORKSPACE, "icq", "C1", body, NOON, wall_now()))

    await sender(store, ScriptedPlatform()).drain()

    ((_, _, reason, _),) = store.read(lambda c: outbox.failures(c, WORKSPACE))
    assert "icq" in reason


async def test_it_paces_a_channel_without_holding_up_the_others(store: Store) -> None:
    platform = ScriptedPlatform(Pacing(timedelta(milliseconds=200), 10_000))
    for number in range(3):
        say(store, f"busy {number}")
    say(store, "other", channel="C2")
    started = time.monotonic()

    await sender(store, platform).drain()

    assert time.monotonic() - started >= 0.4
    assert [headline for _, headline, _ in platform.posted].index("other") <= 1
    assert len(platform.posted) == 4


async def test_pages_and_new_incidents_keep_a_part_of_every_minute(store: Store) -> None:
    """However much history and however many edits there are: who is paged does not wait for them."""
    platform = ScriptedPlatform(Pacing(timedelta(0), 20))
    made = sender(store, platform)
    for number in range(30):
        say(store, f"line {number}", f"C{number}", "history")
    for _ in range(10):
        await send_one(made)
    assert len(platform.posted) == 15

    say(store, "incident", "C1", "incident")
    say(store, "page", "D1", "page")
    for _ in range(10):
        await send_one(made)

    assert [headline for _, headline, _ in platform.posted[15:]] == ["page", "incident"]


async def test_a_new_message_does_not_wait_because_another_was_edited_there(store: Store) -> None:
    platform = ScriptedPlatform(Pacing(timedelta(minutes=1), 10_000))
    made = sender(store, platform)
    older = say(store, "card", "C1", "incident")
    await send_one(made)
    store.write(lambda c: outbox.revise(c, older, messages.dump(Message("incident", "newer")), NOON, wall_now()))
    await send_one(made)
    assert platform.edited == [("C1/1", "newer")]  # nor does an edit for the post before it

    made._paces["slack"].posts["C1"] = time.monotonic()  # a minute after the card
    say(store, "another", "C1", "incident")
    store.write(lambda c: outbox.revise(c, older, messages.dump(Message("incident", "newest")), NOON, wall_now()))
    await send_one(made)

    assert [headline for _, headline, _ in platform.posted] == ["card", "another"]
    assert platform.edited == [("C1/1", "newer")]


async def test_the_first_word_of_an_incident_goes_before_its_turn_and_what_follows_waits_for_longer(
    store: Store,
) -> None:
    """A line of history in the channel, half a second ago, does not hold up the alarm there."""
    platform = ScriptedPlatform(Pacing(timedelta(minutes=1), 10_000, burst=2))
    made = sender(store, platform)
    began = time.monotonic()
    say(store, "line 1", "C1", "history")
    await send_one(made)

    say(store, "line 2", "C1", "history")
    for number in range(4):
        say(store, f"incident {number}", "C1", "incident")
        await send_one(made)

    assert [headline for _, headline, _ in platform.posted] == ["line 1", "incident 0", "incident 1"]
    assert made._paces["slack"].posts["C1"] >= began + 180  # as if each had waited for its turn


async def test_a_platform_that_allows_no_bursts_gets_none(store: Store) -> None:
    platform = ScriptedPlatform(Pacing(timedelta(minutes=1), 10_000))
    made = sender(store, platform)
    say(store, "line", "C1", "history")
    await send_one(made)
    say(store, "incident", "C1", "incident")
    await send_one(made)

    assert [headline for _, headline, _ in platform.posted] == ["line"]


async def test_what_nobody_has_seen_goes_before_an_edit(store: Store) -> None:
    platform = ScriptedPlatform(Pacing(timedelta(0), 10_000))
    older = say(store, "card", "C1", "incident")
    await sender(store, platform).drain()
    store.write(lambda c: outbox.revise(c, older, messages.dump(Message("incident", "newer")), NOON, wall_now()))
    newer = say(store, "card", "C2", "incident")

    claimed = store.write(lambda c: outbox.claim(c, WORKSPACE, "one", wall_now(), timedelta(minutes=1)))

    assert [one.message for one in claimed] == [newer, older]


async def test_it_keeps_sending_when_one_message_fails_unexpectedly(store: Store) -> None:
    async def broken(message: Message, platform: str, rich: bool) -> Fill:
        if message.headline == "broken":
            raise RuntimeError("no words for this")
        return Fill()

    platform = ScriptedPlatform()
    say(store, "broken")
    say(store, "fine", channel="C2")
    running = asyncio.create_task(Sender(store, WORKSPACE, {"slack": platform}, broken, holder="one").run())
    async with asyncio.timeout(10):
        while not platform.posted:
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert [headline for _, headline, _ in platform.posted] == ["fine"]


@pytest.mark.parametrize("turns", range(6))
async def test_it_ends_when_it_is_told_to_in_the_moment_in_which_it_is_woken(store: Store, turns: int) -> None:
    one = sender(store, ScriptedPlatform())
    running = asyncio.create_task(one.run())
    while not one.is_resting and not running.done():
        await asyncio.sleep(0)

    one.wake()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()

    done, _ = await asyncio.wait([running], timeout=5)
    assert done


def first_words(message: Message) -> str:
    part: Any = message.parts[0] if message.parts else None
    return str(part.spans[0].text) if part else ""


class Reading(ScriptedPlatform):
    """Keeps the first words of everything that was posted or edited."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        self.read.append(first_words(message))
        return await super().post(destination, thread, message, fill, key)

    async def edit(self, address: str, message: Message, fill: Fill, key: str) -> Outcome:
        self.read.append(first_words(message))
        return await super().edit(address, message, fill, key)


async def test_it_says_how_late_a_post_is_and_the_next_edit_does_not(store: Store) -> None:
    platform = Reading()
    body = messages.dump(Message("incident", "first"))
    long_ago = wall_now() - timedelta(seconds=30)
    message = store.write(lambda c: outbox.say(c, WORKSPACE, "slack", "C1", body, NOON, long_ago))
    await sender(store, platform).drain()

    second = messages.dump(Message("incident", "second"))
    store.write(lambda c: outbox.revise(c, message, second, NOON, wall_now()))
    await sender(store, platform).drain()

    assert platform.read == ["delayed 30 s", ""]


async def test_it_counts_from_what_was_never_seen_not_from_its_newest_form(store: Store) -> None:
    """Taken over half a minute ago, and since then only new numbers: the reader hears of it half a minute late."""
    platform = Reading()
    body = messages.dump(Message("incident", "open"))
    message = store.write(lambda c: outbox.say(c, WORKSPACE, "slack", "C1", body, NOON, wall_now()))
    await sender(store, platform).drain()

    for headline, ago in (("in hand", 30), ("in hand, other numbers", 1)):
        newer = messages.dump(Message("incident", headline))
        at = wall_now() - timedelta(seconds=ago)
        store.write(lambda c, newer=newer, at=at: outbox.revise(c, message, newer, NOON, at))  # type: ignore[misc]
    await sender(store, platform).drain()

    assert [headline for _, headline in platform.edited] == ["in hand, other numbers"]
    assert platform.read == ["", "delayed 30 s"]


class Hanging(ScriptedPlatform):
    """A platform whose server takes its time."""

    name = "email"

    def __init__(self, pacing: Pacing) -> None:
        super().__init__(pacing)
        self.under_way = self.most = 0
        self.free = asyncio.Event()

    async def post(self, destination: str, thread: str | None, message: Message, fill: Fill, key: str) -> Outcome:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.free.wait()
        self.under_way -= 1
        return await super().post(destination, thread, message, fill, key)


async def test_a_platform_that_hangs_leaves_places_for_the_others(store: Store) -> None:
    slow, quick = Hanging(Pacing(timedelta(0), 10_000, at_once=2)), ScriptedPlatform()
    for number in range(12):
        body = messages.dump(Message("page", f"mail {number}"))
        where = f"m{number}@example.com"
        store.write(lambda c, where=where, body=body: outbox.say(c, WORKSPACE, "email", where, body, NOON, wall_now()))
    say(store, "at once")
    made = Sender(store, WORKSPACE, {"slack": quick, "email": slow}, nothing_to_fill, holder="one")
    running = asyncio.create_task(made.run())

    async with asyncio.timeout(20):
        while not quick.posted:
            await asyncio.sleep(0.01)
        assert slow.posted == []
        slow.free.set()
        while len(slow.posted) < 12:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert slow.most == 2


async def test_it_finishes_what_is_under_way_when_it_is_told_to_stop(store: Store) -> None:
    """A bot that is started again at once would have to wait until the claim has run out."""
    slow = Hanging(Pacing(timedelta(0), 10_000))
    body = messages.dump(Message("page", "page"))
    store.write(lambda c: outbox.say(c, WORKSPACE, "email", "ana@example.com", body, NOON, wall_now()))
    running = asyncio.create_task(Sender(store, WORKSPACE, {"email": slow}, nothing_to_fill, holder="one").run())
    async with asyncio.timeout(20):
        while not slow.under_way:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.sleep(0)
    slow.free.set()
    await asyncio.gather(running, return_exceptions=True)

    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"sent": 1}


async def send_one(made: Sender) -> None:
    claimed, _ = await made._take()
    await asyncio.gather(*(made._send(one) for one in claimed))


async def test_it_gives_up_once_a_platforms_patience_has_ended_and_tells_of_every_trouble(store: Store) -> None:
    platform = ScriptedPlatform(Pacing(timedelta(0), 10_000, patience=timedelta(hours=1)))
    platform.next_outcomes = [lambda: TryLater("no answer", timedelta(0))] * 2
    body = messages.dump(Message("page", "late"))
    begun = wall_now() - timedelta(minutes=59)
    message = store.write(lambda c: outbox.say(c, WORKSPACE, "slack", "U1", body, NOON, begun))
    heard: list[str] = []

    def trouble(connection: Connection, one: outbox.Claimed, outcome: Any) -> None:
        heard.append(f"{one.attempts} {type(outcome).__name__} {outcome.reason}")

    made = sender(store, platform, on_trouble=trouble)
    await send_one(made)
    past = wall_now() - timedelta(minutes=61)
    store.write(
        lambda c: c.execute(tables.messages.update().where(tables.messages.c.id == message).values(begun_at=past))
    )
    await send_one(made)

    assert heard == ["0 TryLater no answer", "1 GiveUp given up after 60 minutes: no answer"]
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"failed": 1}


async def test_an_alarm_does_not_wait_until_what_must_wait_has_been_put_back(store: Store) -> None:
    """Both are claimed at once; to put one back is a write, and writers queue."""
    platform = ScriptedPlatform(Pacing(timedelta(minutes=1), 10_000))
    made = sender(store, platform)
    for headline in ("first", "second"):
        say(store, headline, "C1", "incident")
    free = asyncio.Event()
    put_back = made._put_back

    async def held_up(some: Any) -> None:
        await free.wait()
        await put_back(some)

    made._put_back = held_up  # type: ignore[method-assign]
    claimed, _ = await made._take()
    assert [one.body["headline"] for one in claimed] == ["first"]
    free.set()
    await asyncio.gather(*made._tasks)
    assert store.read(lambda c: outbox.counts(c, WORKSPACE)) == {"claimed": 1, "pending": 1}
