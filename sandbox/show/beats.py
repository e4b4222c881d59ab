"""The story of the demo: what happens when, and how much of it. Seconds are counted from the start of the show.

Every beat is either something the bot must notice (the payment failure, the sound in Europe), something it must show
without waking anybody (the exit peak, the repeated questions), or something it must not fall for (the product drop,
the angry spammer).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from sandbox.show.plan import minutes


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that lasts from `start` to `end`, in one market or (None) in all."""

    start: float
    end: float
    market: str | None = None

    def covers(self, at: float) -> bool:
        return self.start <= at < self.end


QUESTIONS: Final = Beat(minutes("0:45"), minutes("20:00"))  # the same three, in every language that is watching
ASKED_EACH: Final = 27  # how often each of the three is asked

EXIT_PEAK: Final = minutes("10:15")  # two minutes into the ingredient list, patience ends
EXIT_WIDTH: Final = 18.0  # standard deviation of the peak

SPAM: Final = Beat(minutes("12:00"), minutes("14:00"), "us")
SPAM_COMMENTS: Final = 25

DROP: Final = Beat(minutes("16:00"), minutes("17:30"))
DROP_FACTOR: Final = 5.0
DROP_FADES_IN: Final = 45.0  # after the drop, interest falls by a factor of e in this time

OUTAGE: Final = Beat(minutes("21:00"), minutes("27:00"), "us")  # no payment goes through; then it is fixed
OUTAGE_COMPLAINTS_A_MINUTE: Final = 32.0

HICCUP: Final = Beat(minutes("31:00"), minutes("33:00"), "eu")  # the player stalls and the sound is gone
HICCUP_COMPLAINTS_A_MINUTE: Final = 11.0

POLL: Final = Beat(minutes("28:30"), minutes("30:30"))  # "A or B?", answered in the chat

COMPLAINING_SHARE: Final = 0.025  # of ordinary comments, all through the show, a few of every category


def excitement(at: float) -> float:
    """What everything people do is multiplied with: 1, at the product drop 5, and back again."""
    if at < DROP.start:
        return 1.0
    if DROP.covers(at):
        return DROP_FACTOR
    return 1.0 + (DROP_FACTOR - 1.0) * math.exp(-(at - DROP.end) / DROP_FADES_IN)


def leaving_rate(at: float, market: str) -> float:
    """How likely a viewer with average patience leaves, per second."""
    usual = 0.011 / 60
    bored = 0.3 / 60 * math.exp(-0.5 * ((at - EXIT_PEAK) / EXIT_WIDTH) ** 2)
    return usual + bored + (usual if market == OUTAGE.market and OUTAGE.covers(at) else 0.0)
