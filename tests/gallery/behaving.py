"""Signals: what viewers do, and a source that says nothing any more."""

from __future__ import annotations

from tests.gallery.looks import Look
from tests.gallery.states import paying, state
from tests.gallery.world import World

BUYING = {"add_to_cart": 6, "checkout": 4, "purchase": 4, "join": 6, "leave": 6}


def usual(w: World, ticks: int = 36) -> None:
    w.ticks(1, done={"us": {"join": 1500}})
    w.ticks(ticks, done={"us": BUYING})


@state
async def payment_failures(w: World, look: Look) -> None:
    usual(w)
    w.ticks(6, done={"us": {**BUYING, "purchase": 1, "payment_failed": 4}})
    await look.card(w, thread=True)
    await look.page(w)
    w.ticks(40, done={"us": BUYING})
    await look.card(w, "over", thread=True)


@state
async def both_halves(w: World, look: Look) -> None:
    """What viewers do and what they say of it."""
    usual(w)
    w.ticks(10, {"us": paying(w)}, {"us": {**BUYING, "purchase": 1, "payment_failed": 4}}, each=4)
    await look.card(w, thread=True)
    w.evening.tap("resolve", w.reader.person)
    await look.card(w, "over", thread=True)


@state
async def stalls(w: World, look: Look) -> None:
    w.ticks(1, done={"us": {"join": 500}})
    w.ticks(60, done={"us": {**BUYING, "stall": 1}})
    w.ticks(12, done={"us": {**BUYING, "stall": 20}})
    await look.card(w, thread=True)
    w.ticks(40, done={"us": BUYING})
    await look.card(w, "over", thread=True)


@state
async def exits(w: World, look: Look) -> None:
    usual(w, 60)
    w.ticks(16, done={"us": {**BUYING, "join": 6, "leave": 60}})
    await look.card(w, thread=True)
    w.ticks(40, done={"us": BUYING})
    await look.card(w, "over", thread=True)


@state
async def abandoned_carts(w: World, look: Look) -> None:
    usual(w, 60)
    w.ticks(24, done={"us": {"add_to_cart": 6, "join": 6, "leave": 6}})
    await look.card(w, thread=True)
    w.ticks(50, done={"us": BUYING})
    await look.card(w, "over", thread=True)


@state
async def silence(w: World, look: Look) -> None:
    w.ticks(40, done={"us": BUYING})  # without a crowd at once, after which any pause would be usual
    w.ticks(20)
    await look.card(w, thread=True)
    w.ticks(20, done={"us": BUYING})
    await look.card(w, "over", thread=True)
