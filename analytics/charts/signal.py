"""What viewers do, or a source no longer does, minute by minute against what is usual, and where it began."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict, cast

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

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
    SMALL,
    calm,
    canvas,
    count_axis,
    plain_axes,
    write,
)
from analytics.charts.timeline import mark, time_axis, x_of
from analytics.charts.wording import Words, clock, instant, number, percent, short, words


class Signal(TypedDict):
    """`minutes` are the starts of minutes; `observed` and `usual` are shares (0 to 1) where `share`, else a minute.

    `signal` is one of payment_failures, stalls, exits, abandoned_carts, silence.
    """

    locale: str
    zone: str
    signal: str
    markets: list[str]
    minutes: list[str]
    observed: list[float]
    usual: float
    share: bool
    began_at: str
    ended_at: str | None


LOW = ("abandoned_carts", "silence")  # of which too little is the trouble

WORDS: Words = {
    "en": {
        "payment_failures": "{where}: up to {worst} of payments fail since {at}, usually {usual}",
        "payment_failures.over": "{where}: up to {worst} of payments failed from {at} to {end}, usually {usual}",
        "payment_failures.unit": "share of payment attempts that fail",
        "stalls": "{where}: {worst} viewers a minute stall since {at}, usually {usual}",
        "stalls.over": "{where}: {worst} viewers a minute stalled from {at} to {end}, usually {usual}",
        "stalls.unit": "viewers whose player stalls, a minute",
        "exits": "{where}: {worst} viewers a minute leave since {at}, usually {usual}",
        "exits.over": "{where}: {worst} viewers a minute left from {at} to {end}, usually {usual}",
        "exits.unit": "viewers who leave, a minute",
        "abandoned_carts": "{where}: down to {worst} of carts go to the checkout since {at}, usually {usual}",
        "abandoned_carts.over": "{where}: down to {worst} of carts went to checkout, {at} to {end}, usually {usual}",
        "abandoned_carts.unit": "checkouts for each cart",
        "silence": "{where}: nothing heard since {at}, usually {usual} events a minute",
        "silence.over": "{where}: nothing was heard from {at} to {end}, usually {usual} events a minute",
        "silence.unit": "events a minute of the silent source",
        "alt": "{title}. {unit}, minute by minute: {last} in the last minute, {usual} usually.",
        "band": "usual: {usual}",
        "began": "began {at}",
        "ended": "over {at}",
        "none": "Nothing to show of this signal",
        "empty": "There are no minutes to draw yet.",
        "and": " and ",
        "more": "{first} and {n} more markets",
        "anywhere": "This show",
    },
    "zh_CN": {
        "payment_failures": "{where}：{at} 起最高 {worst} 的支付失败，平时 {usual}",
        "payment_failures.over": "{where}：{at} 至 {end}，最高 {worst} 的支付失败，平时 {usual}",
        "payment_failures.unit": "支付失败占比",
        "stalls": "{where}：{at} 起每分钟 {worst} 位观众卡顿，平时 {usual} 位",
        "stalls.over": "{where}：{at} 至 {end}，每分钟 {worst} 位观众卡顿，平时 {usual} 位",
        "stalls.unit": "每分钟卡顿的观众数",
        "exits": "{where}：{at} 起每分钟 {worst} 位观众离开，平时 {usual} 位",
        "exits.over": "{where}：{at} 至 {end}，每分钟 {worst} 位观众离开，平时 {usual} 位",
        "exits.unit": "每分钟离开的观众数",
        "abandoned_carts": "{where}：{at} 起最低仅 {worst} 的加购进入结算，平时 {usual}",
        "abandoned_carts.over": "{where}：{at} 至 {end}，最低仅 {worst} 的加购进入结算，平时 {usual}",
        "abandoned_carts.unit": "每次加购对应的结算数",
        "silence": "{where}：{at} 起没有收到任何数据，平时每分钟 {usual} 条",
        "silence.over": "{where}：{at} 至 {end} 没有收到任何数据，平时每分钟 {usual} 条",
        "silence.unit": "该来源每分钟的数据条数",
        "alt": "{title}。图中逐分钟显示{unit}：最近一分钟 {last}，平时 {usual}。",
        "band": "平时：{usual}",
        "began": "{at} 开始",
        "ended": "{at} 结束",
        "none": "该信号没有可显示的数据",
        "empty": "目前还没有可以绘制的数据。",
        "and": "、",
        "more": "{first}等 {n} 个市场",
        "anywhere": "本场直播",
    },
}


def finding(data: Data) -> str:
    shown = cast(Signal, data)
    say, zone = words(WORDS, shown["locale"]), shown["zone"]
    if not shown["minutes"]:
        return say["none"]
    return say[shown["signal"] + (".over" if shown["ended_at"] else "")].format(
        where=_where(shown),
        worst=_said(shown, shown["observed"][_worst(shown)]),
        usual=_said(shown, shown["usual"]),
        at=clock(instant(shown["began_at"]), zone),
        end=clock(instant(shown["ended_at"]), zone) if shown["ended_at"] else "",
    )


def alt(data: Data) -> str:
    shown = cast(Signal, data)
    say = words(WORDS, shown["locale"])
    if not shown["minutes"]:
        return f"{finding(data)}. {say['empty']}"
    unit = say[f"{shown['signal']}.unit"]
    last, usual = _said(shown, shown["observed"][-1]), _said(shown, shown["usual"])
    return say["alt"].format(title=finding(data), unit=unit[:1].upper() + unit[1:], last=last, usual=usual)


def draw(data: Data) -> Figure:
    shown = cast(Signal, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    if not shown["minutes"]:
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    axes = plain_axes(figure, (LEFT, 0.125, RIGHT, top - 0.105))
    starts = [instant(minute) for minute in shown["minutes"]]
    middles: Any = [x_of(start + timedelta(seconds=30)) for start in starts]
    begin, end = starts[0], starts[-1] + timedelta(minutes=1)
    usual = shown["usual"]
    axes.plot([x_of(begin), x_of(end)], [usual, usual], color=BLUE, linewidth=1.8, linestyle=(0, (5, 2)), zorder=2)
    axes.plot(middles, cast(Any, shown["observed"]), color=INK, linewidth=2.6, marker="o", markersize=4.5, zorder=3)
    _value_axis(axes, shown, max([*shown["observed"], usual]) * 1.06)
    time_axis(axes, begin, end, zone, locale)

    began = instant(shown["began_at"])
    mark(axes, began, say["began"].format(at=clock(began, zone)))
    if shown["ended_at"]:
        ended = instant(shown["ended_at"])
        mark(axes, ended, say["ended"].format(at=clock(ended, zone)), color=BLUE, y=1.075)
    write(figure, 0.03, top - 0.055, say[f"{shown['signal']}.unit"], size=SMALL, color=MUTED, va="center")
    label = say["band"].format(usual=_said(shown, usual))
    write(axes, x_of(begin), usual, " " + label, size=BODY, color=BLUE, va="bottom")
    at = _worst(shown)
    axes.plot(middles[at], shown["observed"][at], marker="o", markersize=10, color=RED, zorder=4)
    axes.annotate(
        _said(shown, shown["observed"][at]),
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


def _worst(shown: Signal) -> int:
    """The index of the worst minute since it began, or of all where none is that new."""
    began = instant(shown["began_at"]) - timedelta(minutes=1)
    since = [place for place, minute in enumerate(shown["minutes"]) if instant(minute) >= began]
    places = since or range(len(shown["minutes"]))
    choose = min if shown["signal"] in LOW else max
    return choose(places, key=lambda place: shown["observed"][place])


def _said(shown: Signal, value: float) -> str:
    return percent(value, shown["locale"]) if shown["share"] else number(value, shown["locale"])


def _value_axis(axes: Axes, shown: Signal, top: float) -> None:
    if not shown["share"]:
        count_axis(axes, top, shown["locale"])
        return
    axes.set_ylim(0, max(top, 0.05) * 1.18)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, shown["locale"])))


def _where(shown: Signal) -> str:
    say, markets = words(WORDS, shown["locale"]), shown["markets"]
    if len(markets) > 2:
        more = len(markets) if shown["locale"].startswith("zh") else len(markets) - 1
        return say["more"].format(first=short(markets[0], 24), n=more)
    return say["and"].join(short(market, 24) for market in markets) or say["anywhere"]


CHART = Chart(draw, alt, finding)
