"""`/live complaints [show]`: what people complained of, when, and where."""

from __future__ import annotations

from datetime import UTC, datetime

from desk.messages import Message, Paragraph, Part, Table, Text, When
from desk.moment import Moment
from desk.questions import charts
from desk.questions.asking import Asker, meant
from desk.questions.figures import ShowFigures, of_show, peak_minute
from desk.questions.unknown import unknown_show
from desk.words import Tongue, category_name


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    show = meant(moment, text)
    if show is None or show.first is None or show.last is None:
        return unknown_show(moment, text, show, asker, t)
    figures = of_show(moment, show.key, show.first, show.last)
    by_category = figures.by_category()
    if not by_category:
        return Message(
            kind="answer",
            headline=t("No complaints in {show}", show=show.title),
            parts=(Paragraph((Text(t("{n} comments, none of them a complaint.", n=figures.comments)),)),),
            locale=str(t.locale),
            zone=str(asker.zone),
        )
    top, count = by_category.most_common(1)[0]
    total = sum(by_category.values())
    peak_at, peak = peak_minute(figures)
    parts: list[Part] = [
        Paragraph(
            (
                Text(
                    t("{n} complaints, {share} of all comments.", n=total, share=t.percent(total / figures.comments)),
                    "strong",
                ),
                Text(" " + t("The worst minute had {n}, at", n=peak) + " "),
                When(datetime.fromtimestamp(peak_at, UTC)),
                Text(t(".")),
            )
        ),
        _table(moment, figures, t),
    ]
    headline = t(
        "{show}: {share} of the complaints are about {category}",
        show=show.title,
        share=t.percent(count / total),
        category=category_name(t, top),
    )
    return Message(
        kind="answer",
        headline=headline,
        parts=tuple(parts),
        chart=charts.complaints(moment, show, figures, asker, t),
        footer=(Text(t("Counted by machine from what viewers wrote; a comment has one main category.")),),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _table(moment: Moment, figures: ShowFigures, t: Tongue) -> Table:
    markets = [market for market in sorted(figures.complaints) if figures.complaints[market]][:4]
    names = [
        moment.configuration.markets[market].name if market in moment.configuration.markets else market or "—"
        for market in markets
    ]
    rows = []
    for category, total in figures.by_category().most_common(6):
        each = (str(figures.complaints[market][category]) for market in markets)
        rows.append((category_name(t, category), str(total), *each))
    return Table((t("About"), t("All"), *names), tuple(rows))
