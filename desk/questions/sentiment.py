"""`/live sentiment [show] [market]`: how the audience felt, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.emotion import OUTSIDE_VOICES, Felt, Sums, share
from desk.incidents.why import segment_at
from desk.messages import Message, Paragraph, Part, Span, Table, Text, When
from desk.moment import Moment
from desk.questions import charts
from desk.questions.asking import Asker, meant_in
from desk.questions.figures import ShowFigures, busiest_minute, lowest_minute, of_show
from desk.questions.now import mean_word
from desk.questions.unknown import unknown_show
from desk.words import Tongue


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    show, market = meant_in(moment, text)
    if show is None or show.first is None or show.last is None:
        return unknown_show(moment, text, show, asker, t)
    figures = of_show(moment, show.key, show.first, show.last, [market] if market else ())
    named = moment.configuration.markets[market].name if market else ""
    title = f"{show.title} · {named}" if named else show.title
    scores, felt = figures.mood(), figures.feelings()
    parts: list[Part] = []
    if scores.n:
        headline = t("{show}: the mood was {word}", show=title, word=mean_word(scores.mean, t))
        parts.append(Paragraph((Text(_average(scores, felt, t), "strong"),)))
        if (low := lowest_minute(figures)) is not None:
            parts.append(_low(moment, show.key, low, t))
    else:
        headline = t("Nobody has written in {show}", show=title)
        parts.append(Paragraph((Text(t("There is no mood to measure without comments.")),)))
    if (beside := _beside(figures, felt, t)) is not None:
        parts.append(beside)
    if (table := _table(moment, figures, t)) is not None:
        parts.append(table)
    return Message(
        kind="answer",
        headline=headline,
        parts=tuple(parts),
        chart=charts.sentiment(moment, show, figures, asker, t, named),
        footer=_footer(felt, t) if scores.n else (),
        locale=str(t.locale),
        zone=str(asker.zone),
    )


def _average(scores: Sums, felt: Felt, t: Tongue) -> str:
    said: dict[str, object] = {"mean": f"{scores.mean:+.2f}", "n": felt.said.n, "scores": felt.outside.n}
    if not felt.outside.n:
        return t("{mean} on average over {n} comments.", **said)
    if not felt.said.n:
        return t("{mean} on average, from {scores} scores from outside alone: nobody wrote.", **said)
    return t("{mean} on average over {n} comments, with {scores} scores from outside.", **said)


def _low(moment: Moment, show: str, low: tuple[int, float], t: Tongue) -> Paragraph:
    at = datetime.fromtimestamp(low[0], UTC)
    segment = segment_at(moment, show, at)
    spans: list[Span] = [Text(t("Lowest at") + " "), When(at), Text(f" ({low[1]:+.2f})")]
    if segment is not None:
        spans.append(Text(t(", during “{segment}”", segment=segment.title)))
    return Paragraph((*spans, Text(t("."))))


def _beside(figures: ShowFigures, felt: Felt, t: Tongue) -> Paragraph | None:
    """Satisfaction and reactions in words, None when there was neither."""
    spans: list[Span] = []
    if felt.satisfied.n:
        rated = t.percent(share(felt.satisfied))
        spans.append(Text(t("Satisfaction {share} of the best mark ({n} rated).", share=rated, n=felt.satisfied.n)))
    if felt.unrated:
        left = t("Ratings left out as they lie outside of their scale: {n}. Send attributes.scale.", n=felt.unrated)
        spans.append(Text(" " + left if spans else left, "muted"))
    if (busiest := busiest_minute(figures)) is not None:
        at, most = busiest
        said = t("Reactions (likes, gifts, comments of emoji alone): {n}, most at", n=t.number(felt.gestures))
        spans += [Text((" " if spans else "") + said + " "), When(datetime.fromtimestamp(at, UTC))]
        spans.append(Text(t(": {n} in the minute.", n=t.number(most))))
    return Paragraph(tuple(spans)) if spans else None


def _footer(felt: Felt, t: Tongue) -> tuple[Text, ...]:
    scale = t("−1 is all complaints, +1 all praise. Read by machine: trust the change more than the number.")
    if felt.outside.n:
        scale += " " + t("Scores from outside count as at most {n} comments a minute.", n=OUTSIDE_VOICES)
    return (Text(scale),)


def _table(moment: Moment, figures: ShowFigures, t: Tongue) -> Table | None:
    rows = []
    for market in sorted(figures.felt):
        scores, felt = figures.mood(market), figures.feelings(market)
        if not market and not (felt.said.n or felt.satisfied.n or felt.gestures):
            continue  # a machine's scores of the host, say: they are of the show, and of no market
        known = moment.configuration.markets.get(market)
        rows.append(
            (
                known.name if known else market or "—",
                f"{scores.mean:+.2f}" if scores.n else "—",
                str(felt.said.n),
                f"{t.percent(share(felt.satisfied))} ({felt.satisfied.n})" if felt.satisfied.n else "—",
                str(felt.gestures),
            )
        )
    if not rows:
        return None
    return Table((t("Market"), t("Mean"), t("Comments"), t("Satisfaction"), t("Reactions")), tuple(rows))
