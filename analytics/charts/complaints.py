"""Complaints a minute of a show by category, with their share of all comments and the run of show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NotRequired, TypedDict, cast

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analytics.charts.base import Chart, Data, Segment
from analytics.charts.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    LEFT,
    MUTED,
    ORANGE,
    PAPER,
    RIGHT,
    SMALL,
    calm,
    canvas,
    count_axis,
    legend,
    plain_axes,
    write,
)
from analytics.charts.timeline import mark, run_of_show, time_axis, x_of
from analytics.charts.wording import Words, clock, instant, number, percent, short, words

SHOWN = 3  # categories with a colour of their own
STYLES = ((BLUE, ""), (ORANGE, "////"), (GREEN, "...."), (GREY, ""))
MOST_BARS = 75  # more would be thinner than a phone can show


class Marked(TypedDict):
    """An incident: when it began, and what stands beside its mark."""

    at: str
    label: str


class Complaints(TypedDict):
    """`minutes` are the starts of minutes; `comments` and each list of `complaints` count within them.

    `until` is how far has been counted while the show is on: the minute that it falls into is drawn as unfinished,
    or its few complaints would look like the end of the trouble.
    """

    locale: str
    zone: str
    show: str
    minutes: list[str]
    comments: list[int]
    complaints: dict[str, list[int]]
    segments: list[Segment]
    incidents: list[Marked]
    until: NotRequired[str]


WORDS: Words = {
    "en": {
        "none": "{show}: no complaints",
        "none_of": "Nobody complained in {comments} comments.",
        "silent": "Nobody has written anything yet.",
        "title": "{show}: {share} of the complaints are about {category}, most at {at}",
        "alt": "{title}. {total} complaints, {rate} of {comments} comments; the worst minute, {at}, had {peak}. "
        "{list}.",
        "each": "{category} {count}",
        "unit": "complaints a minute",
        "share": "share of comments",
        "rest": "everything else",
        "so_far": "so far",
        "comma": ", ",
        "incidents": " Incidents at {list}.",
    },
    "zh_CN": {
        "none": "{show}：没有投诉",
        "none_of": "{comments} 条评论中没有投诉。",
        "silent": "还没有人发言。",
        "title": "{show}：{share} 的投诉关于{category}，{at} 最多",
        "alt": "{title}。共 {total} 条投诉，占 {comments} 条评论的 {rate}；最多的一分钟（{at}）有 {peak} 条。{list}。",
        "each": "{category} {count}",
        "unit": "每分钟投诉数",
        "share": "占评论比例",
        "rest": "其他",
        "so_far": "未完",
        "comma": "，",
        "incidents": "事件时间：{list}。",
    },
}


def finding(data: Data) -> str:
    shown = cast(Complaints, data)
    say = words(WORDS, shown["locale"])
    totals = _totals(shown)
    total = sum(count for _, count in totals)
    if not total:
        return say["none"].format(show=short(shown["show"]))
    at, _ = _worst(shown)
    return say["title"].format(
        show=short(shown["show"]),
        share=percent(totals[0][1] / total, shown["locale"]),
        category=short(totals[0][0], 24),
        at=at,
    )


def alt(data: Data) -> str:
    shown = cast(Complaints, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    totals = _totals(shown)
    total, comments = sum(count for _, count in totals), sum(shown["comments"])
    if not total:
        return f"{finding(data)}. {_nothing(shown)}"
    at, peak = _worst(shown)
    text = say["alt"].format(
        title=finding(data),
        total=number(total, locale),
        rate=percent(total / comments, locale) if comments else "–",
        comments=number(comments, locale),
        at=at,
        peak=number(peak, locale),
        list=say["comma"].join(
            say["each"].format(category=name, count=number(n, locale)) for name, n in totals[:5] if n
        ),
    )
    if shown["incidents"]:
        times = say["comma"].join(clock(instant(one["at"]), shown["zone"]) for one in shown["incidents"])
        text += say["incidents"].format(list=times)
    return text


def draw(data: Data) -> Figure:
    shown = cast(Complaints, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], shown["zone"]
    totals = _totals(shown)
    if not any(count for _, count in totals):
        return calm(finding(data), _nothing(shown))
    figure, top = canvas(finding(data))

    minutes = [instant(minute) for minute in shown["minutes"]]
    step = -(-len(minutes) // MOST_BARS)
    starts = minutes[::step]
    length = timedelta(minutes=step)
    begin, end = minutes[0], minutes[-1] + timedelta(minutes=1)
    names = [name for name, count in totals[:SHOWN] if count]
    rest = [name for name, count in totals[SHOWN:] if count]
    series = [(name, _a_minute(shown["complaints"][name], step)) for name in names]
    if rest:
        series.append(
            (
                say["rest"],
                _a_minute([sum(at) for at in zip(*(shown["complaints"][n] for n in rest), strict=True)], step),
            )
        )

    legend(figure, top - 0.022, [(name, *_style(index, name, say)) for index, (name, _) in enumerate(series)])
    bars = plain_axes(figure, (LEFT, 0.33, RIGHT, top - 0.13))
    heights = [0.0] * len(starts)
    unfinished = "until" in shown and instant(shown["until"]) < end
    for index, (name, values) in enumerate(series):
        color, hatch = _style(index, name, say)
        boxes = [
            (x_of(start), low, length / timedelta(days=1) * 0.86, value)
            for start, low, value in zip(starts, heights, values, strict=True)
        ]
        if unfinished:
            bars.add_patch(_bars(boxes[-1:], facecolor=PAPER, edgecolor=color, linewidth=1.4))
            boxes = boxes[:-1]
        bars.add_patch(_bars(boxes, facecolor=color, hatch=hatch, edgecolor=PAPER, linewidth=0))
        heights = [low + value for low, value in zip(heights, values, strict=True)]
    count_axis(bars, max(heights) * 1.12, locale)
    if unfinished:
        over_bars: dict[str, Any] = {"bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.5}, "zorder": 5}
        beside = (x_of(end), heights[-1] + max(heights) * 0.03)
        write(bars, *beside, say["so_far"] + " ", size=SMALL, color=MUTED, ha="right", va="bottom", **over_bars)
    time_axis(bars, begin, end, zone, locale, labels=False)
    run_of_show(bars, shown["segments"], begin, end)
    for incident in shown["incidents"]:
        mark(bars, instant(incident["at"]), incident["label"])
    write(figure, 0.03, top - 0.09, say["unit"], size=SMALL, color=MUTED, va="center")

    strip = plain_axes(figure, (LEFT, 0.125, RIGHT, 0.262))
    complained, said = _a_minute([round(n) for n in _sums(shown)], step), _a_minute(shown["comments"], step)
    shares = [one / of if of else None for one, of in zip(complained, said, strict=True)]
    middles: Any = [x_of(start + length / 2) for start in starts]
    line: Any = [float("nan") if share is None else share for share in shares]
    strip.plot(middles, line, color=INK, linewidth=1.8)
    strip.set_ylim(0, max([share for share in shares if share is not None] or [0.01]) * 1.15)
    strip.yaxis.set_major_locator(MaxNLocator(2))
    strip.yaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value, locale)))
    time_axis(strip, begin, end, zone, locale)
    run_of_show(strip, shown["segments"], begin, end, name=False)
    write(figure, 0.03, 0.287, say["share"], size=SMALL, color=MUTED, va="center")
    return figure


def _bars(boxes: list[tuple[float, float, float, float]], **style: Any) -> PathPatch:
    """(left, bottom, width, height) as one path: hatching each bar by itself takes three times as long to draw."""
    corners = [
        corner
        for x, y, wide, high in boxes
        if high
        for corner in ((x, y), (x, y + high), (x + wide, y + high), (x + wide, y), (x, y))
    ]
    codes: Any = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * (len(corners) // 5)
    return PathPatch(Path(corners or [(0.0, 0.0)], codes or None), **style)


def _style(index: int, name: str, say: Any) -> tuple[str, str]:
    return STYLES[-1] if name == say["rest"] else STYLES[index]


def _totals(shown: Complaints) -> list[tuple[str, int]]:
    """(category, complaints), the most first."""
    return sorted(((name, sum(each)) for name, each in shown["complaints"].items()), key=lambda one: (-one[1], one[0]))


def _sums(shown: Complaints) -> list[int]:
    return [sum(at) for at in zip(*shown["complaints"].values(), strict=True)]


def _worst(shown: Complaints) -> tuple[str, int]:
    """(clock time, complaints) of the worst minute."""
    sums = _sums(shown)
    index = max(range(len(sums)), key=lambda at: (sums[at], -at))
    return clock(instant(shown["minutes"][index]), shown["zone"]), sums[index]


def _a_minute(values: list[int], step: int) -> list[float]:
    """Means over `step` minutes at a time."""
    return [sum(values[at : at + step]) / len(values[at : at + step]) for at in range(0, len(values), step)]


def _nothing(shown: Complaints) -> str:
    say, comments = words(WORDS, shown["locale"]), sum(shown["comments"])
    return say["none_of"].format(comments=number(comments, shown["locale"])) if comments else say["silent"]


CHART = Chart(draw, alt, finding)
