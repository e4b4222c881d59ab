"""How many watched, and where more left than usual, along the run of show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypedDict, cast

from matplotlib.figure import Figure

from analytics.charts.base import Chart, Data, Segment
from analytics.charts.canvas import (
    BLUE,
    BODY,
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
from analytics.charts.fonts import font
from analytics.charts.timeline import run_of_show, time_axis, x_of
from analytics.charts.wording import Words, clock, instant, number, percent, short, words

MARKED = 3  # peaks with a label
ARROW: Any = {"arrowstyle": "-|>", "color": RED, "linewidth": 0, "mutation_scale": 22, "shrinkA": 0, "shrinkB": 0}


class ExitPeak(TypedDict):
    """One of `analytics.retention.exit_peaks`, as a dictionary: seconds since the first tick, rates a minute."""

    at: float
    start: float
    end: float
    rate: float
    usual: float
    times_usual: float
    lost: float
    segment: str | None


class Retention(TypedDict):
    """`viewers` present at the start of each tick of `tick_seconds`, the first of which starts at `started_at`."""

    locale: str
    zone: str
    show: str
    started_at: str
    tick_seconds: float
    viewers: list[float]
    peaks: list[ExitPeak]
    segments: list[Segment]


WORDS: Words = {
    "en": {
        "none": "{show}: nobody was counted",
        "empty": "This source tells neither who joins nor how many watch.",
        "steady": "{show}: up to {most} viewers, and no moment at which clearly more left",
        "title": "{show}: about {lost} more than usual left at {at}",
        "during": "{show}: about {lost} more than usual left at {at}, during “{segment}”",
        "alt": "{title}. At most {most} viewers, {last} at the end ({share}). {list}",
        "each": "At {at} {times} times the usual exits, {lost} viewers",
        "unit": "viewers",
        "label": "−{lost}  (×{times})",
        "comma": ". ",
        "stop": ".",
    },
    "zh_CN": {
        "none": "{show}：没有观众数据",
        "empty": "该来源既不提供进出记录，也不提供观看人数。",
        "steady": "{show}：最多 {most} 人观看，没有明显的流失时刻",
        "title": "{show}：{at} 比平时多流失约 {lost} 人",
        "during": "{show}：{at}“{segment}”时比平时多流失约 {lost} 人",
        "alt": "{title}。最多 {most} 人观看，结束时 {last} 人（{share}）。{list}",
        "each": "{at} 的流失是平时的 {times} 倍，{lost} 人",
        "unit": "观看人数",
        "label": "−{lost}（{times} 倍）",
        "comma": "；",
        "stop": "。",
    },
}


def finding(data: Data) -> str:
    shown = cast(Retention, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not any(shown["viewers"]):
        return say["none"].format(show=short(shown["show"]))
    if not shown["peaks"]:
        return say["steady"].format(show=short(shown["show"]), most=number(max(shown["viewers"]), locale))
    worst = max(shown["peaks"], key=lambda peak: peak["lost"])
    return say["during" if worst["segment"] else "title"].format(
        show=short(shown["show"]),
        lost=number(worst["lost"], locale),
        at=clock(_at(shown, worst["at"]), shown["zone"]),
        segment=short(worst["segment"] or "", 30),
    )


def alt(data: Data) -> str:
    shown = cast(Retention, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not any(shown["viewers"]):
        return f"{finding(data)}. {say['empty']}"
    most = max(shown["viewers"])
    each = [
        say["each"].format(
            at=clock(_at(shown, peak["at"]), shown["zone"]),
            times=number(peak["times_usual"], locale),
            lost=number(peak["lost"], locale),
        )
        for peak in shown["peaks"][:5]
    ]
    return (
        say["alt"]
        .format(
            title=finding(data),
            most=number(most, locale),
            last=number(shown["viewers"][-1], locale),
            share=percent(shown["viewers"][-1] / most, locale),
            list=say["comma"].join(each) + say["stop"] if each else "",
        )
        .strip()
    )


def draw(data: Data) -> Figure:
    shown = cast(Retention, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    if not any(shown["viewers"]):
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    axes = plain_axes(figure, (LEFT + 0.015, 0.125, RIGHT, top - 0.105))
    ticks = len(shown["viewers"])
    begin, end = _at(shown, 0), _at(shown, ticks * shown["tick_seconds"])
    x: Any = [x_of(_at(shown, (tick + 0.5) * shown["tick_seconds"])) for tick in range(ticks)]
    viewers: Any = shown["viewers"]
    axes.fill_between(x, viewers, color=SKY, alpha=0.3, linewidth=0)
    axes.plot(x, viewers, color=BLUE, linewidth=2.6)
    count_axis(axes, max(shown["viewers"]) * 1.1, locale)
    time_axis(axes, begin, end, zone, locale)
    run_of_show(axes, shown["segments"], begin, end)
    low, high = x_of(begin), x_of(end)
    for rank, peak in enumerate(sorted(shown["peaks"], key=lambda one: -one["lost"])[: 2 * MARKED]):
        left, right = x_of(_at(shown, peak["start"])), x_of(_at(shown, peak["end"]))
        axes.axvspan(left, right, 0, 0.9, facecolor=RED, alpha=0.25, hatch="////", edgecolor=RED, linewidth=0, zorder=1)
        first, last = (int(peak[edge] / shown["tick_seconds"]) for edge in ("start", "end"))
        height = max(shown["viewers"][max(0, first - 1) : last + 2])
        middle = (left + right) / 2
        axes.annotate("", (middle, height), xytext=(0, 13), textcoords="offset points", arrowprops=ARROW)
        if rank >= MARKED:
            continue
        share = (middle - low) / (high - low)
        label = say["label"].format(lost=number(peak["lost"], locale), times=number(peak["times_usual"], locale))
        axes.annotate(
            label,
            (middle, height),
            xytext=(0, 13),
            textcoords="offset points",
            ha="left" if share < 0.12 else "right" if share > 0.88 else "center",
            fontproperties=font(BODY, label),
            color=RED,
            parse_math=False,
            zorder=6,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.8},
        )
    write(figure, 0.03, top - 0.055, say["unit"], size=SMALL, color=MUTED, va="center")
    return figure


def _at(shown: Retention, seconds: float) -> datetime:
    return instant(shown["started_at"]) + timedelta(seconds=seconds)


CHART = Chart(draw, alt, finding)
