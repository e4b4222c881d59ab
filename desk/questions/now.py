"""`/live now`: how the show goes, at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from desk.incidents.why import segment_at
from desk.messages import Facts, Message, Paragraph, Part, Span, Table, Text, When
from desk.moment import Moment
from desk.questions.asking import Asker, MeantShow, meant, shows
from desk.questions.figures import FUNNEL, of_show
from desk.words import Tongue, category_name
from store import events, incidents

RECENT = 300  # seconds that count as "now"


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    show = meant(moment, text)
    if show is None or show.first is None or not (show.live or text):
        return _none(moment, asker, t)
    now = min(int(moment.now.timestamp()), (show.last or show.first) + RECENT)
    figures = of_show(moment, show.key, now - RECENT, now)
    minutes = RECENT / 60
    whole = of_show(moment, show.key, show.first, now)
    segment = segment_at(moment, show.key, datetime.fromtimestamp(now, UTC))
    pairs: list[tuple[str, tuple[Span, ...]]] = []
    if segment is not None:
        pairs.append((t("On air"), (Text(segment.title),)))
    pairs.append((t("Comments"), (Text(t("{rate} a minute", rate=t.number(figures.comments / minutes))),)))
    if (mood := figures.mood()).n:
        pairs.append((t("Mood"), (Text(f"{mean_word(mood.mean, t)} ({mood.mean:+.2f})"),)))
    share = figures.complained / figures.comments if figures.comments else 0.0
    pairs.append((t("Complaints"), (Text(t("{share} of comments", share=t.percent(share))),)))
    open_ones = incidents.open_ones(moment.connection, moment.workspace, show.key)
    parts: list[Part] = [Facts(tuple(pairs))]
    for one in open_ones:
        state = t("in hand") if one.state == "acknowledged" else t("muted") if one.muted else t("open")
        parts.append(
            Paragraph(
                (
                    Text(f"{one.severity} · {category_name(t, one.category)}", "strong"),
                    Text(f" · {state} · " + t("since") + " "),
                    When(one.began_at),
                )
            )
        )
    if any(whole.count(kind) for kind in (*FUNNEL, "join")):
        parts.append(_funnel(moment, whole.kinds, t))
    waiting = events.backlog(moment.connection, moment.workspace, "analyst")
    if waiting > 500:
        parts.append(Paragraph((Text(t("{n} events still wait to be understood.", n=waiting), "muted"),)))
    return Message(
        kind="answer",
        headline=headline(show, len(open_ones), t),
        parts=tuple(parts),
        footer=(Text(t("Rates over the last five minutes; clicks to payments since the start.")),),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def headline(show: MeantShow, open_incidents: int, t: Tongue) -> str:
    if open_incidents == 1:
        return t("{show}: one incident is open", show=show.title)
    if open_incidents:
        return t("{show}: {n} incidents are open", show=show.title, n=open_incidents)
    return t("{show}: all is well", show=show.title) if show.live else t("{show} has ended", show=show.title)


def mean_word(mean: float, t: Tongue) -> str:
    if mean >= 0.15:
        return t("good")
    return t("poor") if mean <= -0.15 else t("mixed")


def _funnel(moment: Moment, kinds: Mapping[str, Mapping[str, int]], t: Tongue) -> Table:
    rows = []
    for market in sorted(kinds):
        counts = kinds[market]
        if not market:
            continue
        known = moment.configuration.markets.get(market)
        viewers = counts.get("join", 0) - counts.get("leave", 0)
        rows.append(
            (
                known.name if known else market,
                str(max(viewers, 0)),
                *(str(counts.get(kind, 0)) for kind in FUNNEL),
                str(counts.get("payment_failed", 0)),
            )
        )
    header = (t("Market"), t("Watching"), t("Clicks"), t("Carts"), t("Checkouts"), t("Paid"), t("Failed"))
    return Table(header, tuple(rows))


def _none(moment: Moment, asker: Asker, t: Tongue) -> Message:
    planned = [
        show
        for show in moment.configuration.shows.values()
        if show.starts_at is not None and show.starts_at > moment.now
    ]
    parts: list[Part] = []
    if planned:
        first = min(planned, key=lambda show: show.starts_at or moment.now)
        assert first.starts_at is not None
        parts.append(
            Paragraph(
                (Text(t("Next:") + " "), Text(first.title, "strong"), Text(" · "), When(first.starts_at, "date_time"))
            )
        )
    ended = next((one for one in shows(moment) if one.last is not None), None)
    if ended is not None and ended.last is not None:
        parts.append(
            Paragraph(
                (
                    Text(t("Last heard:") + " "),
                    Text(ended.title, "strong"),
                    Text(" · "),
                    When(datetime.fromtimestamp(ended.last, UTC), "date_time"),
                )
            )
        )
    if not parts:
        parts.append(Paragraph((Text(t("Nothing has been heard yet: send events to /v1/feedback.")),)))
    return Message(
        kind="answer",
        headline=t("No show is live"),
        parts=tuple(parts),
        locale=str(t.locale),
        zone=str(asker.zone),
    )
