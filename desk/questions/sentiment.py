"""`/live sentiment [show]`: how the audience felt, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime

from desk.incidents.why import segment_at
from desk.messages import Message, Paragraph, Part, Span, Table, Text, When
from desk.moment import Moment
from desk.questions import charts
from desk.questions.asking import Asker, meant
from desk.questions.figures import ShowFigures, lowest_minute, of_show
from desk.questions.now import mean_word
from desk.questions.unknown import unknown_show
from desk.words import Tongue


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    show = meant(moment, text)
    if show is None or show.first is None or show.last is None:
        return unknown_show(moment, text, show, asker, t)
    figures = of_show(moment, show.key, show.first, show.last)
    n = sum(n for n, _ in figures.mood.values())
    if not n:
        return Message(
            kind="answer",
            headline=t("Nobody has written in {show}", show=show.title),
            parts=(Paragraph((Text(t("There is no mood to measure without comments.")),)),),
            locale=str(t.locale),
            zone=str(asker.zone),
        )
    mean = sum(total for _, total in figures.mood.values()) / n
    parts: list[Part] = [
        Paragraph((Text(t("{mean} on average over {n} comments.", mean=f"{mean:+.2f}", n=n), "strong"),))
    ]
    if (lowest := lowest_minute(figures)) is not None:
        at = datetime.fromtimestamp(lowest[0], UTC)
        segment = segment_at(moment, show.key, at)
        spans: list[Span] = [Text(t("Lowest at") + " "), When(at), Text(f" ({lowest[1]:+.2f})")]
        if segment is not None:
            spans.append(Text(t(", during “{segment}”", segment=segment.title)))
        parts.append(Paragraph((*spans, Text("."))))
    parts.append(_table(moment, figures, t))
    return Message(
        kind="answer",
        headline=t("{show}: the mood was {word}", show=show.title, word=mean_word(mean, t)),
        parts=tuple(parts),
        chart=charts.sentiment(moment, show, figures, asker, t),
        footer=(
            Text(t("−1 is all complaints, +1 all praise. Read by machine: trust the change more than the number.")),
        ),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _table(moment: Moment, figures: ShowFigures, t: Tongue) -> Table:
    rows = []
    for market, (n, total) in sorted(figures.mood.items()):
        if n:
            known = moment.configuration.markets.get(market)
            rows.append((known.name if known else market or "—", f"{total / n:+.2f}", str(n)))
    return Table((t("Market"), t("Mean"), t("Comments")), tuple(rows))
