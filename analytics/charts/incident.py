"""Complaints of one incident against what is usual, and where it began."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, NotRequired, TypedDict, cast

from matplotlib.figure import Figure

from analytics.charts.base import Chart, Data
from analytics.charts.canvas import (
    BLUE,
    BODY,
    INK,
    LEFT,
    MUTED,
    PAPER,
    RED,
    RIGHT,
    SKY,
    SMALL,
    calm,
    canvas,
    count_axis,
    plain_axes,
    write,
)
from analytics.charts.timeline import mark, time_axis, x_of
from analytics.charts.wording import Words, clock, instant, number, short, words

DISPERSION = 0.35  # of complaints in a minute: variance = mean + dispersion × mean² (docs/detection.md)
Z90 = 1.645
HARDLY_ANY = 1.0  # complaints a minute: below that, a multiple of the usual says nothing


class Incident(TypedDict):
    """`minutes` are the starts of whole minutes and `observed` the complaints within them.

    `usual` is complaints a minute, one figure or one for each minute; `low` and `high` bound nine usual minutes in
    ten, and are worked out where they are missing.
    """

    locale: str
    zone: str
    category: str
    markets: list[str]
    minutes: list[str]
    observed: list[float]
    usual: float | list[float]
    began_at: str
    ended_at: str | None
    low: NotRequired[list[float]]
    high: NotRequired[list[float]]


WORDS: Words = {
    "en": {
        "title": "{where}: {times} times the usual complaints about {category} since {at}",
        "over": "{where}: complaints about {category} were {times} times the usual from {at} to {end}",
        "new": "{where}: {peak} complaints a minute about {category} since {at}, usually hardly any",
        "new.over": "{where}: {peak} complaints a minute about {category} from {at} to {end}, usually hardly any",
        "alt": "{title}. At most {peak} a minute, {usual} usually; {last} in the last minute.",
        "unit": "complaints a minute",
        "band": "usual: {usual}",
        "began": "began {at}",
        "ended": "over {at}",
        "none": "No complaints about {category} to show",
        "empty": "There are no minutes to draw yet.",
        "and": " and ",
        "more": "{first} and {n} more markets",
    },
    "zh_CN": {
        "title": "{where}：{at} 起，{category}投诉是平时的 {times} 倍",
        "over": "{where}：{at} 至 {end}，{category}投诉曾是平时的 {times} 倍",
        "new": "{where}：{at} 起每分钟 {peak} 条{category}投诉，平时几乎没有",
        "new.over": "{where}：{at} 至 {end} 每分钟 {peak} 条{category}投诉，平时几乎没有",
        "alt": "{title}。最多每分钟 {peak} 条，平时 {usual} 条；最近一分钟 {last} 条。",
        "unit": "每分钟投诉数",
        "band": "平时：{usual}",
        "began": "{at} 开始",
        "ended": "{at} 结束",
        "none": "没有可显示的{category}投诉",
        "empty": "目前还没有可以绘制的数据。",
        "and": "、",
        "more": "{first}等 {n} 个市场",
    },
}


def finding(data: Data) -> str:
    shown = cast(Incident, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    if not shown["minutes"]:
        return say["none"].format(category=short(shown["category"], 24))
    peak, usual = max(shown["observed"]), _typical(shown)
    values = {
        "where": _where(shown),
        "category": short(shown["category"], 24),
        "at": clock(instant(shown["began_at"]), zone),
        "peak": number(peak, locale),
        "times": number(peak / usual, locale) if usual else "",
        "end": clock(instant(shown["ended_at"]), zone) if shown["ended_at"] else "",
    }
    if usual < HARDLY_ANY:
        return say["new.over" if shown["ended_at"] else "new"].format(**values)
    return say["over" if shown["ended_at"] else "title"].format(**values)


def alt(data: Data) -> str:
    shown = cast(Incident, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not shown["minutes"]:
        return f"{finding(data)}. {say['empty']}"
    return say["alt"].format(
        title=finding(data),
        peak=number(max(shown["observed"]), locale),
        usual=number(_typical(shown), locale),
        last=number(shown["observed"][-1], locale),
    )


def draw(data: Data) -> Figure:
    shown = cast(Incident, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    if not shown["minutes"]:
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    axes = plain_axes(figure, (LEFT, 0.125, RIGHT, top - 0.105))

    starts = [instant(minute) for minute in shown["minutes"]]
    edges: Any = [x_of(start) for start in starts] + [x_of(starts[-1] + timedelta(minutes=1))]
    usual = _usual(shown)
    low, high = shown.get("low") or _band(usual, -1), shown.get("high") or _band(usual, 1)
    axes.stairs(high, edges, baseline=cast(Any, low), fill=True, color=SKY, alpha=0.35, zorder=1)
    axes.stairs(usual, edges, baseline=None, color=BLUE, linewidth=1.8, linestyle=(0, (5, 2)), zorder=2)
    middles: Any = [x_of(start + timedelta(seconds=30)) for start in starts]
    axes.plot(middles, cast(Any, shown["observed"]), color=INK, linewidth=2.6, marker="o", markersize=4.5, zorder=3)
    count_axis(axes, max([*shown["observed"], *high]) * 1.06, locale)
    time_axis(axes, starts[0], starts[-1] + timedelta(minutes=1), zone, locale)

    began = instant(shown["began_at"])
    mark(axes, began, say["began"].format(at=clock(began, zone)))
    if shown["ended_at"]:
        ended = instant(shown["ended_at"])
        mark(axes, ended, say["ended"].format(at=clock(ended, zone)), color=BLUE, y=1.075)
    write(figure, 0.03, top - 0.055, say["unit"], size=SMALL, color=MUTED, va="center")
    label = say["band"].format(usual=number(_typical(shown), locale))
    write(axes, edges[0], high[0], " " + label, size=BODY, color=BLUE, va="bottom")
    at = max(range(len(starts)), key=lambda index: shown["observed"][index])
    axes.plot(middles[at], shown["observed"][at], marker="o", markersize=10, color=RED, zorder=4)
    axes.annotate(
        number(shown["observed"][at], locale),
        (middles[at], shown["observed"][at]),
        xytext=(0, 9),
        textcoords="offset points",
        ha="center",
        fontsize=BODY + 3,
        color=RED,
        zorder=7,
        family="Noto Sans",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.85},  # a dashed line may stand behind it
    )
    return figure


def _usual(shown: Incident) -> list[float]:
    usual = shown["usual"]
    return list(usual) if isinstance(usual, list) else [float(usual)] * len(shown["minutes"])


def _typical(shown: Incident) -> float:
    usual = _usual(shown)
    return sum(usual) / len(usual) if usual else 0.0


def _band(usual: list[float], side: int) -> list[float]:
    return [max(0.0, mean + side * Z90 * math.sqrt(mean + DISPERSION * mean * mean)) for mean in usual]


def _where(shown: Incident) -> str:
    say, markets = words(WORDS, shown["locale"]), shown["markets"]
    if len(markets) > 2:
        more = len(markets) if shown["locale"].startswith("zh") else len(markets) - 1
        return say["more"].format(first=short(markets[0], 24), n=more)
    return say["and"].join(short(market, 24) for market in markets) or "–"


CHART = Chart(draw, alt, finding)
