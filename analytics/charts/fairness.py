"""Who carries how many hours on call, and how many of them at night; weekends and wake-ups beside each name."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict, cast

from babel.dates import format_skeleton
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from analytics.charts.base import Chart, Data
from analytics.charts.canvas import (
    BLUE,
    BODY,
    GRID,
    INK,
    MUTED,
    PAPER,
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
from analytics.charts.wording import Words, babel, instant, number, percent, short, words, zone_name, zone_of

MOST_LANES = 8
NAMES = 0.2
COLUMNS = 0.61  # where bars end and the columns of figures begin
THICKEST = 0.12


class Person(TypedDict):
    """`person` is the name to show; `hours` include those at `night`. `wake_ups` None: not known."""

    person: str
    hours: float
    night: float
    nights: int
    weekends: int
    wake_ups: int | None


class Fairness(TypedDict):
    """`schedule` is what the figures are of, in words; people stand in the order given."""

    locale: str
    zone: str
    schedule: str
    start: str
    end: str
    people: list[Person]


WORDS: Words = {
    "en": {
        "title": "{schedule}: {person} carries {share} of the hours on call",
        "even": "{schedule}: hours on call are shared evenly",
        "none": "{schedule}: nobody was on call",
        "empty": "The period holds no shift.",
        "alt": "{title}. {list}.",
        "each": "{person} {hours} h, nights: {nights}, weekends: {weekends}",
        "comma": "; ",
        "day": "by day",
        "night": "at night (22–07)",
        "hours": "{n} h",
        "weekends": "weekends",
        "wake_ups": "wake-ups",
        "nights": "nights",
        "others": "+{n} more",
    },
    "zh_CN": {
        "title": "{schedule}：{person} 承担了 {share} 的值班时间",
        "even": "{schedule}：值班时间分配均匀",
        "none": "{schedule}：无人值班",
        "empty": "这段时间没有班次。",
        "alt": "{title}。{list}。",
        "each": "{person} {hours} 小时、{nights} 夜、{weekends} 个周末",
        "comma": "；",
        "day": "白天",
        "night": "夜间（22–07）",
        "hours": "{n} 小时",
        "weekends": "周末",
        "wake_ups": "夜间呼叫",
        "nights": "夜",
        "others": "另有 {n} 人",
    },
}


def finding(data: Data) -> str:
    shown = cast(Fairness, data)
    say, name = words(WORDS, shown["locale"]), short(shown["schedule"])
    hours = [one["hours"] for one in shown["people"]]
    if not sum(hours):
        return say["none"].format(schedule=name)
    if len(hours) > 1 and max(hours) <= 1.15 * sum(hours) / len(hours):
        return say["even"].format(schedule=name)
    most = max(shown["people"], key=lambda one: one["hours"])
    share = percent(most["hours"] / sum(hours), shown["locale"])
    return say["title"].format(schedule=name, person=short(most["person"]), share=share)


def alt(data: Data) -> str:
    shown = cast(Fairness, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not sum(one["hours"] for one in shown["people"]):
        return f"{finding(data)}. {say['empty']}"
    each = say["comma"].join(
        say["each"].format(
            person=one["person"],
            hours=number(one["hours"], locale),
            nights=number(one["nights"], locale),
            weekends=number(one["weekends"], locale),
        )
        for one in shown["people"]
    )
    return say["alt"].format(title=finding(data), list=each)


def draw(data: Data) -> Figure:
    shown = cast(Fairness, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not sum(one["hours"] for one in shown["people"]):
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    legend(figure, top - 0.045, [(say["day"], SKY, ""), (say["night"], BLUE, "")])
    people = shown["people"][:MOST_LANES]
    upper = top - 0.16
    height = min(upper - 0.1, THICKEST * len(people))
    axes = plain_axes(figure, (NAMES, upper - height, COLUMNS, upper), grid=False)
    axes.set_xlim(0, max(one["hours"] for one in people) * 1.28)  # room for the hours behind the longest bar
    axes.set_ylim(len(people), 0)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    columns = [(say["nights"], "nights"), (say["weekends"], "weekends")]
    if any(one["wake_ups"] is not None for one in people):
        columns.append((say["wake_ups"], "wake_ups"))
    step = (RIGHT - COLUMNS) / len(columns)
    for position, (label, _) in enumerate(columns):
        x = COLUMNS + (position + 1) * step
        write(figure, x, upper + 0.01, fitted(label, SMALL, step * 1080 - 4), size=SMALL, color=MUTED, ha="right")
    for lane, one in enumerate(people):
        axes.axhline(lane + 1, color=GRID, linewidth=0.8, zorder=-2)
        y = 1 - (lane + 0.5) / len(people)
        name = fitted(one["person"], BODY, NAMES * 1080 - 40)
        write(axes, -0.015, y, name, transform=axes.transAxes, ha="right", va="center")
        day = one["hours"] - one["night"]
        axes.add_patch(Rectangle((0, lane + 0.2), day, 0.6, facecolor=SKY, edgecolor=PAPER))
        axes.add_patch(Rectangle((day, lane + 0.2), one["night"], 0.6, facecolor=BLUE, edgecolor=PAPER))
        text = say["hours"].format(n=number(one["hours"], locale))
        write(axes, one["hours"], lane + 0.5, " " + text, size=SMALL, va="center", color=INK)
        for position, (_, key) in enumerate(columns):
            figure_ = cast(dict[str, int | None], one)[key]
            x = COLUMNS + (position + 1) * step
            shown_figure = "–" if figure_ is None else number(figure_, locale)
            write(figure, x, upper - height + y * height, shown_figure, ha="right", va="center")
    zone = zone_of(shown["zone"])
    last = instant(shown["end"]) - timedelta(microseconds=1)
    first, final = (
        format_skeleton("MMMd", at.astimezone(zone), locale=babel(locale)) for at in (instant(shown["start"]), last)
    )
    small = f"{first} – {final} · {zone_name(shown['zone'], locale)}"
    write(figure, RIGHT, 0.028, small, size=SMALL, ha="right", va="bottom", color=MUTED)
    if len(shown["people"]) > len(people):
        more = say["others"].format(n=len(shown["people"]) - len(people))
        write(figure, 0.03, 0.028, more, size=SMALL, va="bottom", color=MUTED)
    return figure


CHART = Chart(draw, alt, finding)
