"""The charts beside answers: figures in the shape that `analytics.charts` draws, and their finding in words.

The desk names a chart and hands over JSON; it is drawn in another process at the moment of sending. The words for
those who cannot see it are made here, where the reader's language is known, without loading what draws.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.emotion import Sums, share
from desk.configuration.model import Configuration
from desk.messages import ChartRef
from desk.moment import Moment
from desk.oncall.resolve import Row
from desk.questions.asking import Asker, MeantShow
from desk.questions.figures import ShowFigures, incidents_begun, lowest_minute, peak_minute
from desk.words import Tongue, category_name

HOUR = timedelta(hours=1)


def complaints(moment: Moment, show: MeantShow, figures: ShowFigures, asker: Asker, t: Tongue) -> ChartRef | None:
    """Complaints a minute by category, with the segments on air and the incidents that were opened."""
    by_category = figures.by_category()
    if not by_category:
        return None
    worst, peak = peak_minute(figures)
    data = {
        **_setting(moment, show, figures, asker, t),
        "comments": [minute.comments for minute in figures.minutes.values()],
        "complaints": {
            category_name(t, category): [minute.complaints[category] for minute in figures.minutes.values()]
            for category, _ in by_category.most_common()
        },
        "incidents": [
            {"at": began.isoformat(), "label": category_name(t, category)}
            for began, category in incidents_begun(moment, show.key, figures)
        ],
        "until": moment.now.isoformat(),
    }
    top, count = by_category.most_common(1)[0]
    alt = t(
        "Complaints a minute in {show}: {n} in {comments} comments, {share} of them about {category}; "
        "most at {at}, {peak} in the minute.",
        show=show.title,
        n=figures.complained,
        comments=figures.comments,
        share=t.percent(count / figures.complained),
        category=category_name(t, top),
        at=t.time(_instant(worst), asker.zone),
        peak=peak,
    )
    return ChartRef("complaints", data, alt)


def sentiment(
    moment: Moment, show: MeantShow, figures: ShowFigures, asker: Asker, t: Tongue, market: str = ""
) -> ChartRef | None:
    """The mean of each minute, how sure it is, reactions, and the segments on air.

    `market` is the name of the one to which `figures` are narrowed, empty when they are of all.
    """
    minutes = [minute.felt for minute in figures.minutes.values()]
    scores, felt = figures.mood(), figures.feelings()
    if not scores.n:
        return None
    data = {
        **_setting(moment, show, figures, asker, t),
        "market": market,
        **_columns([minute.said for minute in minutes]),
        "outside": _columns([minute.outside for minute in minutes]),
        "gestures": [minute.gestures for minute in minutes],
        "satisfaction": {"n": felt.satisfied.n, "share": share(felt.satisfied)},
    }
    named = f"{show.title} · {market}" if market else show.title
    alt = t("Mood in {show}, minute by minute: {mean} on average.", show=named, mean=f"{scores.mean:+.2f}")
    if (lowest := lowest_minute(figures)) is not None:
        at, mean = lowest
        alt += " " + t("Lowest at {at}: {mean}.", at=t.time(_instant(at), asker.zone), mean=f"{mean:+.2f}")
    if felt.gestures:
        alt += " " + t("Below it reactions a minute, {n} in all.", n=felt.gestures)
    return ChartRef("sentiment", data, alt)


def _columns(scores: Sequence[Sums]) -> dict[str, list[float]]:
    """Sums of each minute, as the chart takes them."""
    return {
        "n": [one.n for one in scores],
        "sum": [one.total for one in scores],
        "squares": [one.squares for one in scores],
    }


def oncall(
    configuration: Configuration, now: datetime, name: str, rows: Sequence[Row], asker: Asker, t: Tongue
) -> ChartRef | None:
    """The turns of a schedule, one lane a person, gaps in a lane of their own."""
    if not rows:
        return None
    people = configuration.people

    def shown(person: str) -> str:
        return people[person].name if person in people else person

    data = {
        "schedule": name,
        "rows": [
            {
                "start": row.start.isoformat(),
                "end": row.end.isoformat(),
                "person": None if row.person is None else shown(row.person),
            }
            for row in rows
        ],
        "now": now.isoformat(),
        "zone": str(asker.zone),
        "locale": str(t.locale),
    }
    hours: dict[str | None, timedelta] = defaultdict(timedelta)
    for row in rows:
        hours[row.person] += row.end - row.start
    turns = [
        t("{person} {hours} h", person=t("nobody") if person is None else shown(person), hours=t.number(time / HOUR))
        for person, time in hours.items()
    ]
    return ChartRef("oncall", data, t("Turns in {schedule}: {list}.", schedule=name, list=t.listed(turns)))


def _setting(moment: Moment, show: MeantShow, figures: ShowFigures, asker: Asker, t: Tongue) -> dict[str, Any]:
    """What every chart of a show needs: its title, its minutes, what was on air, and the reader's clock."""
    return {
        "show": show.title,
        "minutes": [_instant(at).isoformat() for at in figures.minutes],
        "segments": list(segments(moment, show.key)),
        "zone": str(asker.zone),
        "locale": str(t.locale),
    }


def segments(moment: Moment, show: str) -> Iterable[dict[str, str]]:
    """The run of show as instants; empty as long as the show's start is not known."""
    planned = moment.configuration.shows.get(show)
    if planned is None or planned.starts_at is None:
        return
    for segment in planned.segments:
        yield {
            "title": segment.title,
            "start": (planned.starts_at + segment.start).isoformat(),
            "end": (planned.starts_at + segment.end).isoformat(),
        }


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
