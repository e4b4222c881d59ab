"""`/oncall coverage`: each market's prime time and shows against the hours in which somebody is on call for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.configuration.model import Configuration
from desk.messages import Bullets, ChartRef, Message, Paragraph, Span, Text, When
from desk.oncall.coverage import Coverage, coverage
from desk.oncall.spans import Span as Stretch
from desk.oncall.spans import length
from desk.oncall.walltime import utc
from desk.questions.asking import Asker
from desk.questions.plan_asked import hours, said
from desk.words import Tongue

WEEK = timedelta(days=7)


def answer(configuration: Configuration, text: str, asker: Asker, now: datetime, t: Tongue) -> Message:
    del text
    return told(configuration, coverage(configuration, now, utc(now) + WEEK), now, asker, t)


def told(configuration: Configuration, found: Sequence[Coverage], now: datetime, asker: Asker, t: Tongue) -> Message:
    """The coverage of a week from `now` on, market by market, with the chart."""
    if not found:
        advice = Paragraph((Text(t("Write markets with their time zones under markets: in livedesk.yaml.")),))
        return said(t("No market is known, so no coverage can be shown"), (advice,), asker, t)
    items = []
    for one in found:
        spans: list[Span] = [Text(configuration.markets[one.market].name, "strong"), Text(" · ")]
        if one.by.schedule is None:
            items.append((*spans, Text(t("no routing rule leads to a schedule"))))
            continue
        spans.append(Text(t("prime time {share} covered", share=t.percent(one.prime_share or 0))))
        if one.shows:
            spans.append(Text(", " + t("shows {share}", share=t.percent(one.show_share or 0))))
        if one.backup:
            spans.append(Text(" · " + t("{hours} of the week by a backup alone", hours=hours(t, length(one.backup)))))
        missing = one.open_shows or one.open_prime
        if missing:
            spans += [Text(" · " + t("nobody from") + " "), When(missing[0][0], "date_time")]
            spans += [Text(" " + t("to") + " "), When(missing[0][1], "date_time")]
        items.append(tuple(spans))
    drawn = chart(configuration, found, now, asker, t)
    return said(headline(configuration, found, t), (Bullets(tuple(items)),), asker, t, chart=drawn)


def headline(configuration: Configuration, found: Sequence[Coverage], t: Tongue) -> str:
    shares = [(one.prime_share, one) for one in found if one.prime_share is not None]
    worst, lowest = min(shares, key=lambda pair: pair[0], default=(1.0, None))
    if lowest is None or worst >= 1:
        return t("Every market's prime time has somebody on call this week")
    name = configuration.markets[lowest.market].name
    return t("{market}: {share} of prime time has nobody on call this week", market=name, share=t.percent(1 - worst))


def chart(configuration: Configuration, found: Sequence[Coverage], now: datetime, asker: Asker, t: Tongue) -> ChartRef:
    lanes = [
        {
            "market": configuration.markets[one.market].name,
            "prime": _plain(one.prime),
            "shows": _plain(one.shows),
            "staffed": _plain(one.staffed),
            "backup": _plain(one.backup),
        }
        for one in found
    ]
    data = {"now": utc(now).isoformat(), "zone": str(asker.zone), "locale": str(t.locale), "markets": lanes}
    shares = [
        t("{market} {share}", market=configuration.markets[one.market].name, share=t.percent(one.prime_share or 0))
        for one in found
    ]
    return ChartRef(
        "coverage", data, t("Prime time with somebody on call, next seven days: {list}.", list=t.listed(shares))
    )


def _plain(spans: Sequence[Stretch]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in spans]
