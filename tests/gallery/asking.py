"""What is answered to commands about incidents and alerts."""

from __future__ import annotations

from datetime import timedelta

from tests.gallery.behaving import BUYING, usual
from tests.gallery.looks import Look
from tests.gallery.states import failing, paying, quiet, state
from tests.gallery.world import World


def evening(w: World) -> None:
    """One incident resolved, one that ended by itself, a signal that is over, and one in hand."""
    usual(w)
    w.ticks(6, done={"us": {**BUYING, "purchase": 1, "payment_failed": 4}})
    w.evening.tap("acknowledge", w.reader.person, 1)
    w.ticks(40, done={"us": BUYING})
    w.evening.tap("resolve", w.reader.person, 1)
    w.ticks(130, done={"us": BUYING})
    w.ticks(8, {"sea": w.said("complaint.delivery", "th", "id")}, {"us": BUYING})
    w.ticks(30, done={"us": BUYING})
    w.ticks(8, {"us": paying(w)}, {"us": BUYING})
    w.evening.tap("acknowledge", w.reader.person, 3)


@state
async def asked_incidents(w: World, look: Look) -> None:
    evening(w)
    await w.deliver()
    await w.ask("/live incidents")
    await w.ask("/live incidents 1")
    await w.ask("/live now")
    await look.card(w)


@state
async def asked_mutes(w: World, look: Look) -> None:
    quiet(w)
    await w.ask("/live mutes")
    await w.ask("/live mute payment 30m")
    await w.ask("/live mute delivery aurora until the show ends")
    await w.ask("/live mute exits")
    w.ticks(1)
    await w.ask("/live unmute payment")
    await w.ask("/live mutes")
    await look.card(w)


@state
async def asked_alerts(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    card = await w.card()
    await w.tap(card, "noise", w.reader.user)
    w.ticks(60)
    w.evening.at += timedelta(minutes=1)
    await w.ask("/live alerts")
    await w.settled(2)
    await look.card(w)


@state
async def asked_backtest(w: World, look: Look) -> None:
    quiet(w)
    failing(w)
    card = await w.card()
    await w.tap(card, "useful", w.reader.user)
    w.ticks(60)
    await w.ask("/live backtest 1 3", until="followup")
    await w.settled(2)
    await look.card(w)
