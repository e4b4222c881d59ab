"""What a verdict says of a series, as incidents take it: how much, since when, and in whose words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from analytics.detectors.base import Verdict
from desk.incidents.rules import Rise
from desk.incidents.why import Why, on_air
from desk.moment import Moment
from desk.watch.counts import Counts
from desk.watch.said import Lately
from store import readings
from store.readings import Spoken

LEADING_WORDS = 4
MOST_DECISIONS = 300
LOOK_BACK = timedelta(minutes=3)
LONGEST_AGO = timedelta(minutes=30)  # that a rise is said to have begun


def rise_of(
    moment: Moment,
    show: str,
    market: str,
    category: str,
    at: int,
    verdict: Verdict,
    counted: Counts,
    said: Lately | None,
) -> tuple[Rise, Why]:
    """`said` is None where the words do not matter: they are chosen when an incident begins."""
    tick = counted.seconds
    end = datetime.fromtimestamp(at + tick, UTC)
    since = verdict.since if verdict.since is not None else at
    began = max(datetime.fromtimestamp(since, UTC), end - LONGEST_AGO)
    observed, share, viewers = counted.minute(at, market, category)
    # An incident begins with the minute that opened it, for that is what its card speaks of; then tick by tick.
    complaints, sketch = (
        counted.of_minute(at, market, category)
        if said is not None
        else (counted.complaints[at, market, category], counted.sketch(at, market, category))
    )
    rise = Rise(
        show=show,
        market=market,
        category=category,
        at=end,
        began_at=began,
        alarm=verdict.alarm,
        calm=verdict.calm,
        observed=observed,
        usual=verdict.expected * 60 / tick,
        share=share,
        usual_share=verdict.usual_share,
        distinct=viewers,
    )
    why = Why(
        complaints=complaints,
        viewers=sketch.to_bytes() if sketch else None,
        words=[],
        on_air=on_air(moment, show, end),
        languages=[],
        look=partial(_leading, moment, rise, said) if said is not None else None,
        said=partial(_said, said) if said is not None else None,
    )
    return rise, why


def _leading(moment: Moment, rise: Rise, said: Lately) -> tuple[list[str], list[str]]:
    """The words that decided most of the newest complaints, and the languages they were in."""
    if not rise.alarm:
        return [], []
    words: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for categories, lang in _decisions(moment, rise, said):
        languages[lang] += 1
        words.update({word.casefold() for name, why in categories if name == rise.category for word in why})
    return (
        [word for word, _ in words.most_common(LEADING_WORDS)],
        [lang for lang, _ in languages.most_common()],
    )


def _decisions(moment: Moment, rise: Rise, said: Lately) -> Iterable[tuple[Iterable[tuple[str, Sequence[str]]], str]]:
    """The newest complaints first: their categories, each with the words that decided, and their language."""
    start = rise.at - LOOK_BACK
    known = said.of(rise.show, [rise.market], rise.category, start, rise.at) if rise.market else None
    if known is not None:
        for one in known[: -MOST_DECISIONS - 1 : -1]:
            yield [(found.name, found.why) for found in one.categories], one.said.lang
        return
    for categories, lang in readings.decisions(
        moment.connection,
        moment.workspace,
        start,
        rise.at,
        show=rise.show or None,
        market=rise.market or None,
        category=rise.category,
        limit=MOST_DECISIONS,
    ):
        yield [(one["name"], one["why"]) for one in categories], lang


def _said(
    known: Lately, show: str, markets: Collection[str], category: str, start: datetime, end: datetime
) -> list[Spoken] | None:
    found = known.of(show, markets, category, start, end)
    return None if found is None else [one.said for one in found]
