"""The two things that really go wrong: payment in one market, and the sound in another."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Final

from sandbox.show.audience import Crowd, Viewer
from sandbox.show.beats import HICCUP, HICCUP_COMPLAINTS_A_MINUTE, OUTAGE, OUTAGE_COMPLAINTS_A_MINUTE, Beat
from sandbox.show.chat import comment
from sandbox.show.library import Deck
from sandbox.show.moments import Moment
from sandbox.show.plan import Plan
from sandbox.show.shopping import failure, order, purchase

ECHO_SECONDS: Final = 50.0  # complaints trickle on for so long after the cause is gone
TRIES_AGAIN: Final = 0.4
PAYS_AFTER_FIX: Final = 0.4
RELIEVED: Final = 16  # comments of relief after the fix
QUIET_STALLS_PER_MINUTE: Final = 0.8  # players stall a little everywhere and always
STALLING_VIEWERS: Final = 75


def outage(plan: Plan, crowd: Crowd, deck: Deck, chance: Random) -> Iterator[Moment]:
    """Viewers check out, payment fails, they say so in English and Spanish, each about once; then it works again.

    Nothing but the shop's side is broken: the rest of the chat goes on.
    """
    buying = order(plan, crowd, "cream")
    stuck: list[Viewer] = []
    for at, viewer in _complainers(OUTAGE, OUTAGE_COMPLAINTS_A_MINUTE, "outage", crowd, deck, chance):
        stuck.append(viewer)
        # The early ones cannot have started before the outage did; some are told by others while they wait.
        failed_at = max(OUTAGE.start + chance.uniform(0, 3), min(at, OUTAGE.end) - chance.uniform(3, 12))
        yield Moment(failed_at - chance.uniform(4, 10), "shop", "checkout", viewer.market, viewer.id, buying)
        yield failure(failed_at, crowd, viewer, buying, "gateway_timeout")
        yield comment(at, crowd, viewer, deck.deal(viewer.lang, "outage"), chance)
        again_at = failed_at + chance.uniform(25, 80)
        if chance.random() < TRIES_AGAIN and again_at < OUTAGE.end and viewer.is_there(again_at):
            yield failure(again_at, crowd, viewer, buying, "gateway_timeout")

    for viewer in stuck:
        pays_at = OUTAGE.end + chance.triangular(8, 260, 30)
        if chance.random() < PAYS_AFTER_FIX and viewer.is_there(pays_at):
            yield Moment(pays_at - chance.uniform(3, 6), "shop", "checkout", viewer.market, viewer.id, buying)
            yield from purchase(plan, pays_at, crowd, viewer, buying, chance)
    waiting = [viewer for viewer in stuck if viewer.is_there(OUTAGE.end + 150)]
    for viewer in chance.sample(waiting, RELIEVED):
        at = OUTAGE.end + chance.uniform(12, 150)
        yield comment(at, crowd, viewer, deck.deal(viewer.lang, "relief"), chance)


def hiccup(crowd: Crowd, deck: Deck, chance: Random) -> Iterator[Moment]:
    """Players stall and the sound is gone; fewer write about it than about money."""
    for at, viewer in _complainers(HICCUP, HICCUP_COMPLAINTS_A_MINUTE, "no_sound", crowd, deck, chance):
        yield comment(at, crowd, viewer, deck.deal(viewer.lang, "no_sound"), chance)
    present = crowd.there(HICCUP.start)
    for viewer in chance.sample(present, min(STALLING_VIEWERS, len(present))):
        at, seconds = chance.uniform(HICCUP.start - 3, HICCUP.end - 5), chance.uniform(2.5, 14)
        if viewer.is_there(at):
            yield _stall(at, viewer, seconds)


def quiet_stalls(plan: Plan, crowd: Crowd, chance: Random) -> Iterator[Moment]:
    at = 0.0
    while (at := at + chance.expovariate(QUIET_STALLS_PER_MINUTE / 60)) < plan.length:
        if viewer := crowd.somebody(at):
            yield _stall(at, viewer, chance.uniform(0.3, 2.0))


def _stall(at: float, viewer: Viewer, seconds: float) -> Moment:
    return Moment(at, "player", "stall", viewer.market, viewer.id, {"value": f"{seconds:.1f}"})


def _complainers(
    beat: Beat, a_minute: float, topic: str, crowd: Crowd, deck: Deck, chance: Random
) -> Iterator[tuple[float, Viewer]]:
    """When somebody complains and who: evenly spaced with some jitter, never the same viewer twice nor one who has
    only just come, and fewer and fewer after the end."""
    said = set[str]()

    def has_not_yet(viewer: Viewer, at: float) -> bool:
        return (
            viewer.id not in said and viewer.joins_at < min(at, beat.end) - 30 and (viewer.lang, topic) in deck.library
        )

    at = beat.start + 6.0
    while at < beat.end + ECHO_SECONDS:
        fading = 1.0 if at < beat.end else 1.0 + 6.0 * (at - beat.end) / ECHO_SECONDS
        viewer = crowd.somebody(at, partial(has_not_yet, at=at))
        if viewer is None:
            return
        said.add(viewer.id)
        yield at, viewer
        at += 60 / a_minute * fading * chance.uniform(0.5, 1.5)
