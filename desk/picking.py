"""From what was said to what is shown: the few comments that represent the many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from analytics.highlights import Candidate, choose
from store.readings import Spoken

Ref = tuple[date, int]


def candidates(said: Sequence[Spoken]) -> list[Candidate]:
    """What was said, as the choice sees it: refs and features, no more."""
    return [
        Candidate(
            ref=(one.day, one.event),
            text=one.redacted,
            lang=one.lang,
            intent=one.intent,
            sentiment=one.sentiment,
            viewer=one.viewer,
            at=one.at,
        )
        for one in said
    ]


def pick(offered: Sequence[Candidate], count: int, already: Collection[Ref] = ()) -> list[Candidate]:
    """At most `count` of them, representative and different; none that was shown `already`."""
    return choose(offered, already=set(already), k=count)
