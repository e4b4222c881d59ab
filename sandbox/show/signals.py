"""What people feel and show without words: likes, reactions, gifts, a poll, and the measured voice of the host."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from sandbox.show.audience import Crowd
from sandbox.show.beats import HICCUP, POLL, excitement
from sandbox.show.moments import Moment
from sandbox.show.plan import Plan

LIKES_PER_MINUTE, REACTIONS_PER_MINUTE, GIFTS_PER_MINUTE = 3.6, 4.2, 0.5
REACTIONS: Final = ("❤️", "😍", "🔥", "👏", "😂", "😮")
GIFTS: Final = (("rose", "0.05"), ("lipstick", "0.99"), ("sunglasses", "2.49"), ("spotlight", "4.99"))
POLL_ANSWERS: Final = 45
EMOTION_SECONDS: Final = 30.0


def applause(plan: Plan, crowd: Crowd, chance: Random) -> Iterator[Moment]:
    """Likes (several taps in one event), reactions and gifts of one market."""
    for kind, per_minute in (
        ("like", LIKES_PER_MINUTE), ("reaction", REACTIONS_PER_MINUTE), ("gift", GIFTS_PER_MINUTE)
    ):  # fmt: skip
        at = 0.0
        while (at := at + chance.expovariate(per_minute / 60 * excitement(at))) < plan.length:
            viewer = crowd.somebody(at)
            if viewer is None:
                continue
            fields: dict[str, object]
            if kind == "like":
                fields = {"value": chance.randint(1, 15)}
            elif kind == "reaction":
                fields = {"attributes": {"reaction": chance.choice(REACTIONS)}}
            else:
                gift, dollars = chance.choices(GIFTS, (60, 25, 10, 5))[0]
                fields = {"value": dollars, "currency": "USD", "attributes": {"gift": gift}}
            yield Moment(at, crowd.audience.source, kind, crowd.audience.market, viewer.id, fields)


def poll(crowd: Crowd, chance: Random) -> Iterator[Moment]:
    """ "A or B: which scent next?", answered by one letter, which needs no language."""
    present = crowd.there(POLL.start)
    for viewer in chance.sample(present, min(POLL_ANSWERS, len(present))):
        at = chance.triangular(POLL.start + 4, POLL.end, POLL.start + 20)
        if not viewer.is_there(at):
            continue
        fields = {"text": chance.choices("AB", (62, 38))[0], "attributes": {"poll": "next-scent"}}
        yield Moment(at, crowd.audience.source, "poll_answer", crowd.audience.market, viewer.id, fields)


def host_voice(plan: Plan, chance: Random) -> Iterator[Moment]:
    """An emotion score measured elsewhere, from the speed and the pitch of the host's voice: −1 to 1."""
    for number in range(int(plan.length / EMOTION_SECONDS)):
        at = (number + 1) * EMOTION_SECONDS - 2
        worried = 0.5 if HICCUP.covers(at) else 0.0
        score = max(-1.0, min(1.0, 0.25 + 0.1 * (excitement(at) - 1) - worried + chance.gauss(0, 0.08)))
        voice = {"words_per_minute": round(140 + 60 * score + chance.gauss(0, 6)), "of": "host"}
        yield Moment(at, "player", "emotion", None, None, {"value": f"{score:.2f}", "attributes": voice})
