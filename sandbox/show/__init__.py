"""The demo's show: forty minutes of live commerce in three markets, simulated from a seed and always the same.

Viewers come, chat, click, buy and go (`audience`, `chat`, `shopping`, `signals`), two things go wrong (`trouble`), and
all of it is sent as sources send: a little late, sometimes twice, sometimes broken (`posting`). When what happens
stands in `beats`; the show and its texts are data in examples/demo; docs/demo.md tells it minute by minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from sandbox.show import chat, shopping, signals, trouble
from sandbox.show.audience import gather, presence
from sandbox.show.beats import HICCUP, OUTAGE
from sandbox.show.library import Deck, Library, Line, read_library
from sandbox.show.moments import Moment
from sandbox.show.plan import Plan, read_plan
from sandbox.show.posting import Answer, Batch, TimedPost, batches, post, refused, resent

__all__ = [
    "PLAN", "SEED", "SOURCES", "START", "Answer", "Batch", "Expected", "Library", "Line", "Plan", "TimedPost",
    "batches", "events", "expected", "read_library",
]  # fmt: skip

SEED: Final = 7
PLAN: Final = read_plan()
START: Final = PLAN.starts_at
SOURCES: Final = (*(audience.source for audience in PLAN.audiences), "shop", "player")


@dataclass(frozen=True, slots=True)
class Expected:
    """How many of the show's posts intake must store, know already, and refuse."""

    stored: int
    duplicate: int
    refused: int


def events(seed: int = SEED) -> Iterator[TimedPost]:
    """Everything that is sent during the show, in the order of sending; the same for the same seed."""
    yield from _posts(seed)


def expected(seed: int = SEED) -> Expected:
    """What a report of the show must count, from the show itself."""
    answers = [post.answer for post in _posts(seed)]
    return Expected(answers.count("accepted"), answers.count("duplicate"), answers.count("refused"))


@lru_cache(maxsize=2)
def _posts(seed: int) -> tuple[TimedPost, ...]:
    posts = post(PLAN, _moments(seed), seed, _chance(seed, "delivery"))
    posts += [*resent(posts, _chance(seed, "resent")), *refused(PLAN, seed, _chance(seed, "refused"))]
    return tuple(sorted(posts, key=lambda post: post.offset))


def _chance(seed: int, part: str) -> Random:
    """A stream of chance for each part, so that a change in one leaves the others as they were."""
    return Random(f"{seed}/{part}")


def _moments(seed: int) -> Iterator[Moment]:
    deck = Deck(read_library(), _chance(seed, "texts"))
    crowds = [gather(PLAN, audience, _chance(seed, f"crowd/{audience.market}")) for audience in PLAN.audiences]
    for crowd in crowds:
        chance = _chance(seed, f"market/{crowd.audience.market}")
        yield from presence(PLAN, crowd, chance)
        yield from chat.ordinary(PLAN, crowd, deck, chance)
        yield from chat.asides(PLAN, crowd, deck, chance)
        yield from shopping.funnel(PLAN, crowd, chance)
        yield from shopping.earlier_orders(PLAN, crowd, deck, chance)
        yield from trouble.quiet_stalls(PLAN, crowd, chance)
        yield from signals.applause(PLAN, crowd, chance)
        yield from signals.poll(crowd, chance)
        if crowd.audience.market == OUTAGE.market:
            yield from trouble.outage(PLAN, crowd, deck, chance)
        if crowd.audience.market == HICCUP.market:
            yield from trouble.hiccup(crowd, deck, chance)
    everywhere = _chance(seed, "everywhere")
    yield from chat.repeated_questions(crowds, deck, everywhere)
    yield from chat.angry_spammer(crowds, deck, everywhere)
    yield from signals.host_voice(PLAN, everywhere)
