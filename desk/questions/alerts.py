"""`/live alerts [market] [days]`: whether the alerts deserved it, in the eyes of those who got them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from desk.backtest.facts import Period
from desk.backtest.rules import Asked, Comparison
from desk.backtest.suggestion import HIGHEST, Suggestion
from desk.configuration.model import Configuration
from desk.marks import flow as marks
from desk.marks.rules import NOISE, Alert, Rate, rates
from desk.messages import Bullets, Command, Message, Paragraph, Part, Span, Table, Text
from desk.moment import Moment
from desk.questions.asking import Asker
from desk.words import Tongue, category_name

DAYS, MOST_DAYS = 30, 366
MOST_REPLAYED = 31  # days of which a better sensitivity is looked for
_COUNT = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Meant:
    """`unknown` is what was typed for a market that there is not, `days` None for a number that makes no sense."""

    market: str | None
    days: int | None
    unknown: str = ""


def _meant(configuration: Configuration, text: str) -> _Meant:
    words = text.split()
    days: int | None = DAYS
    if words and _COUNT.fullmatch(words[-1]):
        days = int(words.pop())
        days = days if 0 < days <= MOST_DAYS else None
    if not words:
        return _Meant(None, days)
    named = " ".join(words)
    market = market_meant(configuration, named)
    return _Meant(market, days, "" if market is not None else named[:40])


def market_meant(configuration: Configuration, named: str) -> str | None:
    """The key of the market that is called so, by key or name."""
    wanted = named.strip().casefold()
    known = configuration.markets.values()
    return next((one.key for one in known if wanted in (one.key.casefold(), one.name.casefold())), None)


def answer(moment: Moment, text: str, asker: Asker, t: Tongue) -> Message:
    meant = _meant(moment.configuration, text)
    if meant.unknown or meant.days is None:
        return _wrong(moment, meant, asker, t)
    alerts = _alerts(moment, meant)
    period = period_words(meant.days, t)
    message = Message("answer", "", locale=str(t.locale), zone=str(asker.zone))
    where = market_name(moment.configuration, meant.market) if meant.market else ""
    if not alerts:
        said = t("No alerts in {market}, {period}", market=where, period=period) if where else ""
        return _with(message, said or t("No alerts, {period}", period=period), ())
    marked = [one for one in alerts if one.verdict is not None]
    noise = sum(one.verdict == NOISE for one in marked)
    headline = t(
        "Noise: {noise} of {marked} marked alerts ({alerts} in all, {period})",
        noise=noise,
        marked=len(marked),
        alerts=len(alerts),
        period=period,
    )
    if not marked:
        headline = t("{alerts} alerts, none of them marked ({period})", alerts=len(alerts), period=period)
    parts: list[Part] = [rates_table(moment.configuration, rates(alerts, meant.market), t)]
    if not marked:
        parts.append(Paragraph((Text(t("Tap “Useful” or “Noise” on an alert, also when it is long over.")),)))
    elif longer(moment, text) is not None:
        parts.append(
            Paragraph((Text(t("Whether another sensitivity would have left noise out follows here."), "muted"),))
        )
    small = t(
        "Noise rate: of the marked alerts, with its 95 % interval (Wilson). An alert of several markets counts in each."
    )
    return _with(message, headline, parts, small)


def longer(moment: Moment, text: str) -> Asked | None:
    """What is to be replayed for a second answer: where something was marked as noise, other sensitivities."""
    meant = _meant(moment.configuration, text)
    if meant.unknown or meant.days is None:
        return None
    days = min(meant.days, MOST_REPLAYED)
    alerts = _alerts(moment, _Meant(meant.market, days))
    known = moment.configuration.markets
    if not any(one.verdict == NOISE and not known.keys().isdisjoint(one.markets) for one in alerts):
        return None
    return Asked(Period(moment.now - timedelta(days=days), moment.now, meant.market), replays=False)


def tell(configuration: Configuration, asked: Asked, found: Comparison, asker: Asker, t: Tongue) -> Message:
    """The second answer."""
    parts = suggestions(configuration, found.suggestions, t)
    days = round((asked.period.end - asked.period.start) / timedelta(days=1))
    message = Message("answer", "", locale=str(t.locale), zone=str(asker.zone))
    headline = t("What another sensitivity would have done, {period}", period=period_words(days, t))
    return _with(message, headline, parts, caution(t))


def caution(t: Tongue) -> str:
    return t("Replayed from the stored counts through the same rules; nothing was changed. The file is yours to edit.")


def suggestions(configuration: Configuration, found: Sequence[Suggestion], t: Tongue) -> list[Part]:
    """Each market's suggestion in a sentence, and the line to write into the file."""
    items = []
    for one in found:
        name = market_name(configuration, one.market)
        said = t(
            "{market}: marked as noise {noise}, as useful {useful}, of {alerts} in all.",
            market=name,
            alerts=one.alerts,
            noise=one.noise,
            useful=one.useful,
        )
        spans: list[Span] = [Text(said + " ")]
        if one.sensitivity is None:
            spans.append(Text(_nothing(one, t)))
        else:
            spans += [Text(_better(one, t) + " "), Text(_where(one, t) + " "), Command(one.line)]
        items.append(tuple(spans))
    return [Bullets(tuple(items))] if items else [Paragraph((Text(t("Nothing was marked as noise there.")),))]


def _nothing(one: Suggestion, t: Tongue) -> str:
    return t(
        "No sensitivity up to {highest} would have left any of them out without losing a useful one (it is {current}).",
        highest=f"{HIGHEST:g}",
        current=f"{one.current:g}",
    )


def _better(one: Suggestion, t: Tongue) -> str:
    values: dict[str, object] = {
        "sensitivity": f"{one.sensitivity:g}",
        "current": f"{one.current:g}",
        "avoided": one.avoided,
    }
    if not one.useful:
        return t(
            "At sensitivity {sensitivity} (now {current}) {avoided} of those marked noise would not have come; whether "
            "useful ones would be lost nobody can tell, as none was marked.",
            **values,
        )
    if one.later:
        return t(
            "At sensitivity {sensitivity} (now {current}) {avoided} of those marked noise would not have come, and "
            "none of the useful ones would have been lost; they would come {seconds} s later.",
            **values,
            seconds=t.number(one.later),
        )
    return t(
        "At sensitivity {sensitivity} (now {current}) {avoided} of those marked noise would not have come, and none of "
        "the useful ones would have been lost.",
        **values,
    )


def _where(one: Suggestion, t: Tongue) -> str:
    return t("To have it so, write under markets, {market}:", market=one.market)


def market_name(configuration: Configuration, market: str) -> str:
    known = configuration.markets.get(market)
    return known.name if known else market or "—"


def _alerts(moment: Moment, meant: _Meant) -> list[Alert]:
    start = moment.now - timedelta(days=meant.days or DAYS)
    found = marks.alerts(moment, start, moment.now + timedelta(seconds=1))
    return [one for one in found if meant.market is None or meant.market in one.markets]


def period_words(days: int, t: Tongue) -> str:
    return t("last 24 hours") if days == 1 else t("last {days} days", days=days)


def rates_table(configuration: Configuration, told: Sequence[Rate], t: Tongue) -> Table:
    rows = []
    for one in told:
        rate, interval = "—", "—"
        if one.marked:
            low, high = one.interval
            rate, interval = t.percent(one.share), f"{t.percent(low)} – {t.percent(high)}"
        name = market_name(configuration, one.market) if not one.category else ""
        category = category_name(t, one.category) if one.category else t("all")
        rows.append((name, category, str(one.alerts), str(one.useful), str(one.noise), rate, interval))
    header = (t("Market"), t("Category"), t("Alerts"), t("Useful"), t("Noise"), t("Noise rate"), t("95 % interval"))
    return Table(header, tuple(rows))


def _wrong(moment: Moment, meant: _Meant, asker: Asker, t: Tongue) -> Message:
    message = Message("answer", "", locale=str(t.locale), zone=str(asker.zone))
    if meant.unknown:
        known = t.listed([one.name for one in moment.configuration.markets.values()][:12])
        return _with(
            message,
            t("I know no market called “{text}”", text=meant.unknown),
            (
                Paragraph(
                    (
                        Text(
                            t("These I know: {markets}.", markets=known) if known else t("The file names no markets."),
                        ),
                    )
                ),
            ),
        )
    return _with(
        message,
        t("Ask for 1 to {most} days", most=MOST_DAYS),
        (Paragraph((Text(t("For example:") + " "), Command("/live alerts 14"))),),
    )


def _with(message: Message, headline: str, parts: Sequence[Part], small: str = "") -> Message:
    return replace(message, headline=headline, parts=tuple(parts), footer=(Text(small),) if small else ())
