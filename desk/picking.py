"""From what was said to what is shown: the few comments that represent the many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from analytics.highlights import Candidate, choose
from analytics.text import clip
from analytics.vocabulary.teams import TeamWords
from desk.configuration.model import Configuration
from desk.configuration.words import words_of
from store.readings import Spoken

Ref = tuple[date, int]


def candidates(said: Sequence[Spoken], configuration: Configuration | None = None) -> list[Candidate]:
    """What was said, as the choice sees it: refs and features, no more.

    With a configuration, comments with words that a team lists as toxic may stand for nobody.
    """
    words = words_of(configuration) if configuration else {}
    muting = {market: own for market, own in words.items() if own.says("toxic")}
    return [
        Candidate(
            ref=(one.day, one.event),
            text=one.redacted,
            lang=one.lang,
            intent=one.intent,
            sentiment=one.sentiment,
            viewer=one.viewer,
            at=one.at,
            is_muted=bool(muting) and _is_toxic(one, muting.get(one.market or "") or muting.get("")),
        )
        for one in said
    ]


def _is_toxic(one: Spoken, words: TeamWords | None) -> bool:
    own = words.get(one.lang) if words else None
    return own is not None and any(hit.tag == "toxic" for hit in own.spot(clip(one.redacted)).hits)


def pick(offered: Sequence[Candidate], count: int, already: Collection[Ref] = ()) -> list[Candidate]:
    """At most `count` of them, representative and different; none that was shown `already`."""
    return choose(offered, already=set(already), k=count)
