"""The emotional curve of a show: mean sentiment a minute, with an interval that widens when few speak.

Below it, in a lane of its own, reactions a minute. How scores are weighed and how sure they are: `analytics.emotion`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NotRequired, TypedDict, cast

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from analytics import emotion
from analytics.charts.base import Chart, Data, Segment
from analytics.charts.canvas import (
    BLUE,
    GREEN,
    LEFT,
    MUTED,
    RED,
    RIGHT,
    SKY,
    SMALL,
    calm,
    canvas,
    plain_axes,
    write,
)
from analytics.charts.timeline import run_of_show, time_axis, x_of
from analytics.charts.wording import Words, clock, compact, instant, number, percent, short, words
from analytics.emotion import Felt, Step, Sums

MINUTE = timedelta(minutes=1)
HEADROOM = 1.25  # how much further the axis of sentiment goes above nought than below it: segments are named there
FOOTROOM = 0.5  # how far below the lowest point the axis ends at least, as a share of how far it goes above nought
LANE = (0.125, 0.235)  # the heights between which the lane of reactions lies, 0…1


class Scores(TypedDict):
    """Of each minute: how many scores in −1…1, Σ score, Σ score²."""

    n: list[int]
    sum: list[float]
    squares: list[float]


class Satisfaction(TypedDict):
    """Of the whole show: ratings, and their mean as a share of the best one."""

    n: int
    share: float


class Sentiment(Scores):
    """`minutes` are their starts; the scores are those of comments, `outside` those measured elsewhere.

    `market` is the name of the one that is shown, empty for all. `gestures`: reactions, likes, gifts and comments of
    emoji alone, of each minute.
    """

    locale: str
    zone: str
    show: str
    market: NotRequired[str]
    minutes: list[str]
    outside: NotRequired[Scores]
    gestures: NotRequired[list[int]]
    satisfaction: NotRequired[Satisfaction]
    segments: list[Segment]


WORDS: Words = {
    "en": {
        "none": "{show}: no mood to show",
        "silent": "Too few comments to tell a mood.",
        "title": "{show}: the mood was {word} ({mean}), lowest at {at}",
        "during": "{show}: the mood was {word} ({mean}), lowest at {at} during “{segment}”",
        "alt": "{title}. Sentiment from −1 (all negative) to +1 (all positive), mean {mean} over {n} comments; "
        "lowest {low} at {at}, highest {high} at {best}.",
        "alt_outside": " Weighed in: {n} scores from outside.",
        "alt_satisfaction": " Satisfaction {share} of the best mark ({n} rated).",
        "alt_gestures": " Below it reactions a minute, {n} in all.",
        "good": "good",
        "fair": "mixed",
        "bad": "bad",
        "unit": "sentiment from −1 (upset) to +1 (glad); wide shade: unsure",
        "lowest": "lowest {at}",
        "gestures": "reactions a minute (likes, gifts, emoji)",
        "satisfaction": "satisfaction {share} ({n} rated)",
    },
    "zh_CN": {
        "none": "{show}：没有可显示的情绪",
        "silent": "评论太少，无法判断情绪。",
        "title": "{show}：整体情绪{word}（{mean}），{at} 最低",
        "during": "{show}：整体情绪{word}（{mean}），{at}“{segment}”时最低",
        "alt": "{title}。情绪从 −1（全部负面）到 +1（全部正面），{n} 条评论平均 {mean}；"
        "{at} 最低 {low}，{best} 最高 {high}。",
        "alt_outside": "另计入 {n} 个外部情绪评分。",
        "alt_satisfaction": "满意度为满分的 {share}（{n} 个评分）。",
        "alt_gestures": "下方为每分钟互动数，共 {n} 次。",
        "good": "良好",
        "fair": "一般",
        "bad": "不佳",
        "unit": "情绪值：−1 不满，+1 满意；阴影越宽越不确定",
        "lowest": "{at} 最低",
        "gestures": "每分钟互动（点赞、礼物、表情）",
        "satisfaction": "满意度 {share}（{n} 个评分）",
    },
}


def finding(data: Data) -> str:
    shown = cast(Sentiment, data)
    say = words(WORDS, shown["locale"])
    low = emotion.lowest(steps(shown))
    if low is None:
        return say["none"].format(show=_named(shown))
    mean = _mean(shown)
    middle = _start(shown, low) + low.length * MINUTE / 2
    segment = next(
        (one["title"] for one in shown["segments"] if instant(one["start"]) <= middle < instant(one["end"])), None
    )
    return say["during" if segment else "title"].format(
        show=_named(shown),
        word=say["good" if mean > 0.15 else "bad" if mean < -0.15 else "fair"],
        mean=_signed(mean),
        at=clock(_start(shown, low), shown["zone"]),
        segment=short(segment or "", 30),
    )


def alt(data: Data) -> str:
    shown = cast(Sentiment, data)
    say, locale, all_steps = words(WORDS, shown["locale"]), shown["locale"], steps(shown)
    low = emotion.lowest(all_steps)
    if low is None:
        return f"{finding(data)}. {say['silent']}"
    high = max((step for step in all_steps if step.mean is not None), key=_height)
    said = say["alt"].format(
        title=finding(data),
        mean=_signed(_mean(shown)),
        n=number(sum(shown["n"]), locale),
        low=_signed(_height(low)),
        at=clock(_start(shown, low), shown["zone"]),
        high=_signed(_height(high)),
        best=clock(_start(shown, high), shown["zone"]),
    )
    outside, gestures = sum(shown.get("outside", {}).get("n", [])), sum(shown.get("gestures", []))
    if outside:
        said += say["alt_outside"].format(n=number(outside, locale))
    said += _satisfied(shown, "alt_satisfaction")
    return said + (say["alt_gestures"].format(n=number(gestures, locale)) if gestures else "")


def draw(data: Data) -> Figure:
    shown = cast(Sentiment, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    all_steps = steps(shown)
    low = emotion.lowest(all_steps)
    if low is None:
        return calm(finding(data), say["silent"])
    figure, top = canvas(finding(data))
    begin, end = instant(shown["minutes"][0]), instant(shown["minutes"][-1]) + MINUTE
    x = [x_of(_start(shown, step) + step.length * MINUTE / 2) for step in all_steps]
    has_lane = any(step.gestures for step in all_steps)

    axes = plain_axes(figure, (LEFT, LANE[1] + 0.085 if has_lane else LANE[0], RIGHT, top - 0.105), grid=False)
    _curve(axes, x, all_steps)
    time_axis(axes, begin, end, zone, locale, labels=not has_lane)
    run_of_show(axes, shown["segments"], begin, end)
    middle = _start(shown, low) + low.length * MINUTE / 2
    axes.plot([x_of(middle)], [_height(low)], marker="v", markersize=11, color=RED, zorder=5)
    _label(axes, middle, _height(low), say["lowest"].format(at=clock(_start(shown, low), zone)))
    write(figure, 0.03, top - 0.055, say["unit"], size=SMALL, color=MUTED, va="center")

    if has_lane:
        lane = plain_axes(figure, (LEFT, LANE[0], RIGHT, LANE[1]))
        _bars(lane, x, all_steps, locale)
        time_axis(lane, begin, end, zone, locale)
        run_of_show(lane, shown["segments"], begin, end, name=False)
        write(figure, 0.03, LANE[1] + 0.035, say["gestures"], size=SMALL, color=MUTED, va="center")
    if satisfied := _satisfied(shown, "satisfaction"):
        write(figure, RIGHT, top - 0.055, satisfied, size=SMALL, ha="right", va="center")
    return figure


def _curve(axes: Axes, x: Sequence[float], all_steps: Sequence[Step]) -> None:
    """Means and intervals, with room above for the names of segments and below for that of the lowest point."""
    gap, at = math.nan, cast(Any, x)
    mean: Any = [gap if step.mean is None else step.mean for step in all_steps]
    low: Any = [gap if step.mean is None else step.low for step in all_steps]
    high: Any = [gap if step.mean is None else step.high for step in all_steps]
    furthest = max(abs(bound) for step in all_steps if step.mean is not None for bound in (step.low, step.high))
    reach = min(1.0, max(0.5, furthest) * 1.12)
    deepest = min(_height(step) for step in all_steps)
    axes.set_ylim(min(-reach, deepest - FOOTROOM * reach), reach * HEADROOM)
    axes.axhline(0, color=MUTED, linewidth=1)
    axes.fill_between(at, low, high, color=SKY, alpha=0.35, linewidth=0)
    axes.plot(at, mean, color=BLUE, linewidth=2.6)
    # A lone step between gaps would have no line to be part of.
    axes.plot(at, mean, color=BLUE, linestyle="none", marker="o", markersize=3.5)
    axes.yaxis.set_major_locator(FixedLocator([-0.5, 0, 0.5] if reach < 0.95 else [-1, -0.5, 0, 0.5, 1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value, 1)))


def _bars(lane: Axes, x: Sequence[float], all_steps: Sequence[Step], locale: str) -> None:
    most = max(step.gestures for step in all_steps)
    half = [step.length * MINUTE / timedelta(days=1) * 0.4 for step in all_steps]
    bars = [
        [(at - wide, 0), (at - wide, step.gestures), (at + wide, step.gestures), (at + wide, 0)]
        for at, wide, step in zip(x, half, all_steps, strict=True)
    ]
    lane.add_collection(PolyCollection(bars, facecolors=GREEN, linewidths=0))  # a patch each would take 20 ms
    lane.set_ylim(0, most * 1.1)
    lane.yaxis.set_major_locator(FixedLocator([0, most]))
    lane.yaxis.set_major_formatter(FuncFormatter(lambda value, _: compact(value, locale)))


def _label(axes: Axes, at: datetime, value: float, text: str) -> None:
    """Name a mark, below it."""
    floor, ceiling = axes.get_ylim()
    y, gap = (value - floor) / (ceiling - floor), 0.042 / axes.get_position().height
    low, high = axes.get_xlim()
    share = (x_of(at) - low) / (high - low)
    write(
        axes,
        share,
        y - gap,
        text,
        color=RED,
        transform=axes.transAxes,
        ha="left" if share < 0.2 else "right" if share > 0.8 else "center",
        va="center",
    )


def steps(shown: Sentiment) -> list[Step]:
    """At most `emotion.MOST_STEPS` stretches with their mean and how sure it is."""
    return emotion.steps(_minutes(shown))


def _minutes(shown: Sentiment) -> list[Felt]:
    count = len(shown["minutes"])
    outside, gestures = shown.get("outside"), shown.get("gestures") or [0] * count
    return [
        Felt(said=_sums(shown, at), outside=_sums(outside, at) if outside else Sums(), gestures=gestures[at])
        for at in range(count)
    ]


def _sums(scores: Scores, at: int) -> Sums:
    return Sums(scores["n"][at], scores["sum"][at], scores["squares"][at])


def _start(shown: Sentiment, step: Step) -> datetime:
    return instant(shown["minutes"][step.first])


def _named(shown: Sentiment) -> str:
    market = shown.get("market", "")
    return f"{short(shown['show'], 26)} · {short(market, 16)}" if market else short(shown["show"])


def _satisfied(shown: Sentiment, phrase: str) -> str:
    """A phrase about ratings, empty when there are none."""
    satisfied, locale = shown.get("satisfaction"), shown["locale"]
    if not satisfied or not satisfied["n"]:
        return ""
    said = words(WORDS, locale)[phrase]
    return said.format(share=percent(satisfied["share"], locale), n=number(satisfied["n"], locale))


def _height(step: Step) -> float:
    return step.mean or 0.0


def _mean(shown: Sentiment) -> float:
    return emotion.mood(_minutes(shown)).mean


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−") if round(value, digits) else "0"


CHART = Chart(draw, alt, finding)
