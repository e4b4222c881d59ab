"""The emotional curve of a show: mean sentiment a minute, with an interval that widens when few speak."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypedDict, cast

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from analytics.charts.base import Chart, Data, Segment
from analytics.charts.canvas import (
    BLUE,
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
from analytics.charts.wording import Words, clock, instant, number, short, words

FEW = 3  # comments below which a step is not drawn
PRIOR = 4.0  # comments' worth of the show's own spread, so that a few that agree by chance do not look certain
Z95 = 1.96
MOST_STEPS = 60


class Sentiment(TypedDict):
    """Of each minute (`minutes` are their starts): comments with a sentiment, Σ sentiment, Σ sentiment²."""

    locale: str
    zone: str
    show: str
    minutes: list[str]
    n: list[int]
    sum: list[float]
    squares: list[float]
    segments: list[Segment]


class Step(NamedTuple):
    """Some minutes together. `mean` within [low, high] at 95 %; None when too few spoke."""

    start: datetime
    length: timedelta
    n: int
    mean: float | None
    low: float
    high: float


WORDS: Words = {
    "en": {
        "none": "{show}: no mood to show",
        "silent": "Too few comments to tell a mood.",
        "title": "{show}: the mood was {word} ({mean}), lowest at {at}",
        "during": "{show}: the mood was {word} ({mean}), lowest at {at} during “{segment}”",
        "alt": "{title}. Sentiment from −1 (all negative) to +1 (all positive), mean {mean} over {n} comments; "
        "lowest {low} at {at}, highest {high} at {best}.",
        "good": "good",
        "fair": "mixed",
        "bad": "bad",
        "unit": "sentiment from −1 (upset) to +1 (glad); shaded: how sure (95 %)",
        "lowest": "lowest {at}",
    },
    "zh_CN": {
        "none": "{show}：没有可显示的情绪",
        "silent": "评论太少，无法判断情绪。",
        "title": "{show}：整体情绪{word}（{mean}），{at} 最低",
        "during": "{show}：整体情绪{word}（{mean}），{at}“{segment}”时最低",
        "alt": "{title}。情绪从 −1（全部负面）到 +1（全部正面），{n} 条评论平均 {mean}；"
        "{at} 最低 {low}，{best} 最高 {high}。",
        "good": "良好",
        "fair": "一般",
        "bad": "不佳",
        "unit": "情绪值：−1 不满，+1 满意；阴影：95% 置信区间",
        "lowest": "{at} 最低",
    },
}


def finding(data: Data) -> str:
    shown = cast(Sentiment, data)
    say = words(WORDS, shown["locale"])
    known = _known(shown)
    if not known:
        return say["none"].format(show=short(shown["show"]))
    mean, lowest = _mean(shown), min(known, key=_height)
    middle = lowest.start + lowest.length / 2
    segment = next(
        (one["title"] for one in shown["segments"] if instant(one["start"]) <= middle < instant(one["end"])), None
    )
    return say["during" if segment else "title"].format(
        show=short(shown["show"]),
        word=say["good" if mean > 0.15 else "bad" if mean < -0.15 else "fair"],
        mean=_signed(mean),
        at=clock(lowest.start, shown["zone"]),
        segment=short(segment or "", 30),
    )


def alt(data: Data) -> str:
    shown = cast(Sentiment, data)
    say, known = words(WORDS, shown["locale"]), _known(shown)
    if not known:
        return f"{finding(data)}. {say['silent']}"
    lowest, highest = min(known, key=_height), max(known, key=_height)
    return say["alt"].format(
        title=finding(data),
        mean=_signed(_mean(shown)),
        n=number(sum(shown["n"]), shown["locale"]),
        low=_signed(lowest.mean or 0.0),
        at=clock(lowest.start, shown["zone"]),
        high=_signed(highest.mean or 0.0),
        best=clock(highest.start, shown["zone"]),
    )


def draw(data: Data) -> Figure:
    shown = cast(Sentiment, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    known = _known(shown)
    if not known:
        return calm(finding(data), say["silent"])
    figure, top = canvas(finding(data))
    axes = plain_axes(figure, (LEFT, 0.125, RIGHT, top - 0.105), grid=False)

    all_steps = steps(shown)
    begin, end = all_steps[0].start, all_steps[-1].start + all_steps[-1].length
    x: Any = [x_of(step.start + step.length / 2) for step in all_steps]
    gap = math.nan
    mean: Any = [gap if step.mean is None else step.mean for step in all_steps]
    low: Any = [gap if step.mean is None else step.low for step in all_steps]
    high: Any = [gap if step.mean is None else step.high for step in all_steps]
    reach = min(1.0, max(0.5, *(abs(bound) for step in known for bound in (step.low, step.high))) * 1.12)
    axes.set_ylim(-reach, reach)
    axes.axhline(0, color=MUTED, linewidth=1)
    axes.fill_between(x, low, high, color=SKY, alpha=0.35, linewidth=0)
    axes.plot(x, mean, color=BLUE, linewidth=2.6)
    # A lone step between gaps would have no line to be part of.
    axes.plot(x, mean, color=BLUE, linestyle="none", marker="o", markersize=3.5)
    time_axis(axes, begin, end, zone, locale)
    run_of_show(axes, shown["segments"], begin, end)
    axes.yaxis.set_major_locator(FixedLocator([-0.5, 0, 0.5] if reach < 0.95 else [-1, -0.5, 0, 0.5, 1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _signed(value, 1)))
    lowest = min(known, key=_height)
    middle = lowest.start + lowest.length / 2
    axes.plot([x_of(middle)], [_height(lowest)], marker="v", markersize=11, color=RED, zorder=5)
    mark_y = (_height(lowest) + reach) / (2 * reach)
    _label(axes, middle, mark_y, say["lowest"].format(at=clock(lowest.start, zone)))
    write(figure, 0.03, top - 0.055, say["unit"], size=SMALL, color=MUTED, va="center")
    return figure


def _label(axes: Any, at: datetime, y: float, text: str) -> None:
    low, high = axes.get_xlim()
    share = (x_of(at) - low) / (high - low)
    write(
        axes,
        share,
        max(0.03, y - 0.075),
        text,
        color=RED,
        transform=axes.transAxes,
        ha="left" if share < 0.2 else "right" if share > 0.8 else "center",
        va="center",
    )


def steps(shown: Sentiment) -> list[Step]:
    """At most `MOST_STEPS` stretches with their mean and how sure it is.

    The spread of a stretch is drawn towards that of the whole show by `PRIOR` comments' worth; the mean is not.
    """
    minutes = [instant(minute) for minute in shown["minutes"]]
    size = max(1, -(-len(minutes) // MOST_STEPS))
    total = sum(shown["n"])
    mean = _mean(shown)
    overall = max(0.02, sum(shown["squares"]) / total - mean * mean) if total else 1.0
    made = []
    for at in range(0, len(minutes), size):
        span = slice(at, at + size)
        n, sums, squares = sum(shown["n"][span]), sum(shown["sum"][span]), sum(shown["squares"][span])
        length = timedelta(minutes=len(minutes[span]))
        if n < FEW:
            made.append(Step(minutes[at], length, n, None, 0.0, 0.0))
            continue
        here = sums / n
        spread = (max(0.0, squares - n * here * here) + PRIOR * overall) / (n + PRIOR)
        reach = Z95 * math.sqrt(spread / n)
        made.append(Step(minutes[at], length, n, here, max(-1.0, here - reach), min(1.0, here + reach)))
    return made


def _known(shown: Sentiment) -> list[Step]:
    return [step for step in steps(shown) if step.mean is not None]


def _height(step: Step) -> float:
    return step.mean or 0.0


def _mean(shown: Sentiment) -> float:
    total = sum(shown["n"])
    return sum(shown["sum"]) / total if total else 0.0


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", "−") if round(value, digits) else "0"


CHART = Chart(draw, alt, finding)
