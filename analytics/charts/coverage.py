"""Each market's prime time and shows over a week, against the hours in which somebody is on call for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, TypedDict, cast

from babel.dates import format_date
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analytics.charts.base import Chart, Data
from analytics.charts.canvas import (
    BLUE,
    BODY,
    GRID,
    MUTED,
    ORANGE,
    PAPER,
    RED,
    RIGHT,
    SKY,
    SMALL,
    calm,
    canvas,
    fitted,
    legend,
    plain_axes,
    write,
)
from analytics.charts.timeline import x_of
from analytics.charts.wording import Words, babel, instant, percent, short, words, zone_name, zone_of

WEEK = timedelta(days=7)
MOST_LANES = 6
NAMES = 0.22
THICKEST = 0.2

Span = tuple[datetime, datetime]


class Market(TypedDict):
    """Half-open spans `[start, end]` of instants; `market` is the name to show. `backup` is only where a later step
    of the policy has somebody and the first has nobody."""

    market: str
    prime: list[list[str]]
    shows: list[list[str]]
    staffed: list[list[str]]
    backup: list[list[str]]


class Coverage(TypedDict):
    locale: str
    zone: str
    now: str
    markets: list[Market]


WORDS: Words = {
    "en": {
        "none": "Coverage: no market has a prime time",
        "empty": "Write markets with their time zones in livedesk.yaml.",
        "full": "Somebody is on call through every market's prime time",
        "title": "{market}: nobody is on call for {share} of prime time",
        "alt": "{title}. {list}.",
        "each": "{market} {share}",
        "comma": ", ",
        "prime": "prime time",
        "open": "nobody",
        "show": "show",
        "staffed": "on call",
        "backup": "backup alone",
        "others": "+{n} more",
    },
    "zh_CN": {
        "none": "值班覆盖：没有任何市场有黄金时段",
        "empty": "请在 livedesk.yaml 中写明各市场的时区。",
        "full": "每个市场的黄金时段都有人值班",
        "title": "{market}：黄金时段有 {share} 无人值班",
        "alt": "{title}。{list}。",
        "each": "{market} {share}",
        "comma": "，",
        "prime": "黄金时段",
        "open": "无人",
        "show": "直播",
        "staffed": "值班",
        "backup": "仅后备",
        "others": "另有 {n} 个",
    },
}


def finding(data: Data) -> str:
    shown = cast(Coverage, data)
    say = words(WORDS, shown["locale"])
    shares = [(_share(market), market["market"]) for market in shown["markets"] if market["prime"]]
    if not shares:
        return say["none"]
    worst, name = min(shares, key=lambda pair: pair[0])
    if worst >= 1:
        return say["full"]
    return say["title"].format(market=short(name), share=percent(1 - worst, shown["locale"]))


def alt(data: Data) -> str:
    shown = cast(Coverage, data)
    say = words(WORDS, shown["locale"])
    each = [
        say["each"].format(market=short(market["market"]), share=percent(_share(market), shown["locale"]))
        for market in shown["markets"]
        if market["prime"]
    ]
    if not each:
        return f"{finding(data)}. {say['empty']}"
    return say["alt"].format(title=finding(data), list=say["comma"].join(each))


def draw(data: Data) -> Figure:
    shown = cast(Coverage, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], zone_of(shown["zone"])
    if not any(market["prime"] for market in shown["markets"]):
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    legend(
        figure,
        top - 0.045,
        [
            (say["prime"], "#e4e4e4", ""),
            (say["staffed"], BLUE, ""),
            (say["backup"], SKY, "...."),
            (say["show"], ORANGE, ""),
            (say["open"], RED, "////"),
        ],
    )
    now = instant(shown["now"])
    lanes = sorted(shown["markets"], key=_share)[:MOST_LANES]  # what is missed may not be what is left out
    lanes = [market for market in shown["markets"] if market in lanes]
    upper = top - 0.17
    height = min(upper - 0.1, THICKEST * len(lanes))
    axes = plain_axes(figure, (NAMES, upper - height, RIGHT, upper), grid=False)
    level = axes.get_xaxis_transform()
    axes.set_xlim(x_of(now), x_of(now + WEEK))
    axes.set_ylim(len(lanes), 0)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    beside = 0.014 / height

    date = now.astimezone(zone).date()
    midnights = [datetime.combine(date + timedelta(days=day), datetime.min.time(), tzinfo=zone) for day in range(10)]
    for start, end in pairwise(midnights):
        left, right = x_of(max(start, now)), x_of(min(end, now + WEEK))
        if right <= left:
            continue
        axes.axvline(left, color=GRID, linewidth=0.8, zorder=-2)
        if right - left > 0.45:
            label = format_date(start.astimezone(zone).date(), "EEE d", locale=babel(locale))
            middle = (left + right) / 2
            write(axes, middle, 1 + beside, label, size=SMALL, color=MUTED, ha="center", va="bottom", transform=level)
    for lane, market in enumerate(lanes):
        axes.axhline(lane + 1, color=GRID, linewidth=0.8, zorder=-2)
        y = 1 - (lane + 0.5) / len(lanes)
        name = fitted(market["market"], BODY, NAMES * 1080 - 40)
        write(axes, -0.012, y, name, transform=axes.transAxes, ha="right", va="center")
        own, backup = _spans(market["staffed"]), _spans(market["backup"])
        looks: list[tuple[list[Span], float, float, dict[str, Any]]] = [
            (_spans(market["prime"]), 0.08, 0.84, {"facecolor": "#e4e4e4", "edgecolor": "none"}),
            (own, 0.5, 0.26, {"facecolor": BLUE, "edgecolor": PAPER, "linewidth": 0.6}),
            (backup, 0.5, 0.26, {"facecolor": SKY, "edgecolor": PAPER, "hatch": "....", "linewidth": 0.6}),
            (_spans(market["shows"]), 0.2, 0.2, {"facecolor": ORANGE, "edgecolor": PAPER, "linewidth": 0.6}),
        ]
        wanted = [*_spans(market["prime"]), *_spans(market["shows"])]
        open_look = {"facecolor": PAPER, "edgecolor": RED, "hatch": "////", "linewidth": 1.2}
        looks.append((_without(wanted, [*own, *backup]), 0.5, 0.26, open_look))
        for spans, low, tall, look in looks:
            for start, end in spans:
                left, right = max(x_of(start), x_of(now)), min(x_of(end), x_of(now + WEEK))
                if left < right:
                    axes.add_patch(Rectangle((left, lane + low), right - left, tall, **look))
    if len(shown["markets"]) > len(lanes):
        more = say["others"].format(n=len(shown["markets"]) - len(lanes))
        write(figure, 0.03, 0.028, more, size=SMALL, va="bottom", color=MUTED)
    write(figure, RIGHT, 0.028, zone_name(shown["zone"], locale), size=SMALL, ha="right", va="bottom", color=MUTED)
    return figure


def _share(market: Market) -> float:
    """How much of the market's prime time has anybody, 0 to 1."""
    prime = _spans(market["prime"])
    whole = _seconds(prime)
    if not whole:
        return 1.0
    return 1 - _seconds(_without(prime, [*_spans(market["staffed"]), *_spans(market["backup"])])) / whole


def _spans(written: list[list[str]]) -> list[Span]:
    return [(instant(start), instant(end)) for start, end in written]


def _seconds(spans: list[Span]) -> float:
    return sum((end - start).total_seconds() for start, end in spans)


def _without(spans: list[Span], taken: list[Span]) -> list[Span]:
    """What of `spans` none of `taken` holds; spans that overlap each other are looked at one by one."""
    left: list[Span] = []
    for start, end in spans:
        for opens, closes in sorted(taken):
            if closes <= start or opens >= end:
                continue
            if start < opens:
                left.append((start, opens))
            start = max(start, closes)
            if start >= end:
                break
        if start < end:
            left.append((start, end))
    return left


CHART = Chart(draw, alt, finding)
