"""The states of an incident, each brought about from a quiet evening."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.gallery.looks import Look
from tests.gallery.world import World

State = Callable[[World, Look], Awaitable[None]]
STATES: dict[str, State] = {}


def state(brought: State) -> State:
    """Add a state, under the name of its function."""
    STATES[brought.__name__] = brought
    return brought


def paying(w: World) -> list[str]:
    return w.said("outage", "en", "es")


def quiet(w: World, *markets: str, ticks: int = 24) -> None:
    w.ticks(ticks, markets=markets or ("us",))


def failing(w: World, ticks: int = 8, each: int = 6) -> None:
    w.ticks(ticks, {"us": paying(w)}, each=each)


@state
async def opened(w: World, look: Look) -> None:
    quiet(w)
    failing(w, 4)
    await look.card(w)
    await look.page(w)
    failing(w, 2)
    await look.card(w, "later", thread=True)


@state
async def for_information(w: World, look: Look) -> None:
    """A P3: nobody is paged."""
    quiet(w, "sea")
    w.ticks(12, {"sea": w.said("complaint.delivery", "th", "id")}, each=1)
    await look.card(w, thread=True)


@state
async def worse(w: World, look: Look) -> None:
    quiet(w)
    w.ticks(10, {"us": paying(w)}, each=1)
    failing(w, 3, each=3)
    failing(w, 6, each=12)
    await look.card(w, thread=True)
    await look.page(w)


@state
async def joined(w: World, look: Look) -> None:
    quiet(w, "us", "eu", "sea")
    failing(w, 5)
    w.ticks(6, {"us": paying(w), "eu": paying(w), "sea": paying(w)})
    await look.card(w, thread=True)
    await look.page(w)


@state
async def bundled(w: World, look: Look) -> None:
    quiet(w)
    late = w.said("complaint.delivery", "en", "es", "pt")
    w.ticks(8, {"us": [text for pair in zip(paying(w), late * 9, strict=False) for text in pair]}, each=12)
    await look.card(w, thread=True)
    await look.page(w)
    w.evening.tap("acknowledge", w.reader.person, 1)
    await look.card(w, "one-taken")
    w.evening.tap("resolve", w.reader.person, 1)
    await look.card(w, "one-over")
    await look.page(w, "page-one-over")


@state
async def delayed(w: World, look: Look) -> None:
    quiet(w)
    await w.deliver()
    await w.box.control.fault("chat.postMessage", "ratelimited", times=2, seconds=6)
    failing(w, 4)
    while not await w.box.control.messages(w.reader.channel):  # it waits as long as it has been told to
        await w.deliver()
        await asyncio.sleep(0.5)
    await look.card(w)
    await look.page(w)


@state
async def muted(w: World, look: Look) -> None:
    quiet(w)
    failing(w, 6)
    w.evening.tap("mute_30m", w.reader.person)
    await look.card(w, thread=True)
    await look.page(w)
    failing(w, 12)
    w.evening.tap("unmute", w.reader.person)
    failing(w, 2)
    await look.card(w, "unmuted", thread=True)


@state
async def missed_while_muted(w: World, look: Look) -> None:
    quiet(w)
    await w.ask("/live mute payment 30m")
    failing(w)
    w.ticks(24)
    w.evening.at += timedelta(minutes=30)
    w.evening.sweep()
    await look.card(w)


@state
async def acknowledged(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    w.evening.tap("acknowledge", w.reader.person)
    failing(w, 3)
    await look.card(w, thread=True)
    await look.page(w)
    w.ticks(18)
    await look.card(w, "calm", thread=True)


@state
async def reopened(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    w.evening.tap("resolve", w.reader.person)
    w.ticks(24)
    failing(w)
    await look.card(w, thread=True)
    await look.page(w)


@state
async def expired(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    w.evening.tap("acknowledge", w.reader.person)
    w.ticks(12)
    for _ in range(14):
        w.evening.at += timedelta(hours=1)
        w.evening.sweep()
    await look.card(w, thread=True)


@state
async def ended_by_itself(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    w.ticks(30)
    await look.card(w, thread=True)
    await look.page(w)


@state
async def resolved(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    w.evening.tap("acknowledge", w.reader.person)
    failing(w, 3)
    w.ticks(6)
    w.evening.tap("resolve", w.reader.person)
    await look.card(w, thread=True)
    await look.page(w)


@state
async def escalated(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    failing(w, 32)
    await look.card(w, "second-step")
    failing(w, 30)
    failing(w, 32)
    await look.card(w, "exhausted", thread=True)
    await look.page(w)
    await look.admin(w)


@state
async def marked(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    card = await w.card()
    for verb, user in (("useful", w.reader.user), ("noise", "U0OLGAPETR")):
        await w.tap(card, verb, user)
    await look.card(w)
    w.ticks(30)
    await w.tap(card, "noise", w.reader.user)
    await look.card(w, "over")


@state
async def many_scripts(w: World, look: Look) -> None:
    """Arabic, Thai, Indonesian, German: the reader needs each translated."""
    quiet(w, "eu", "sea")
    late = w.said("complaint.delivery", "ar", "de", "fr", "it")
    w.ticks(8, {"eu": late, "sea": w.said("complaint.delivery", "th", "vi", "id", "ja")})
    await look.card(w, thread=True)


@state
async def hostile(w: World, look: Look) -> None:
    """What viewers write to break a card."""
    quiet(w)
    long = "payment failed " + "ขอเงินคืน" * 60
    bad = [f"<!channel> payment failed *bold* `x` <https://evil.example|click> {n}" for n in range(4)]
    w.ticks(
        8,
        {
            "us": [
                long,
                "my card was declined \u202e evil \u0301" + "\u0301" * 40,
                *bad,
                "الدفع فشل مرة أخرى payment failed",
            ]
        },
    )
    await look.card(w)


@state
async def unknown_market(w: World, look: Look) -> None:
    w.ticks(24, markets=("us",))
    for _ in range(30):
        w.evening.at += timedelta(seconds=10)
        w.evening.say([(f"c{n}", text) for n, text in zip(w.next(8), paying(w), strict=False)], "atlantis")
        w.settle()
    await look.card(w)


@state
async def highlights(w: World, look: Look) -> None:
    w.ticks(62, markets=("us", "eu", "sea"))
    await look.card(w)
