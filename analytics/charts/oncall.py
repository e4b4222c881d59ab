"""Who is on call over the next seven days: one lane a person, gaps in plain sight, now marked."""

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
    INK,
    MUTED,
    PAPER,
    RED,
    RIGHT,
    SKY,
    SMALL,
    calm,
    canvas,
    fitted,
    plain_axes,
    write,
)
from analytics.charts.timeline import x_of
from analytics.charts.wording import Words, babel, clock, instant, number, short, words, zone_name, zone_of

WEEK = timedelta(days=7)
MOST_LANES = 7
NAMES = 0.2  # width of the names, left of the lanes
THICKEST = 0.15  # of a lane: one person's week is a band and not a wall


class Row(TypedDict):
    """A stretch of the final schedule, half-open. `person` is the name to show; None: nobody."""

    start: str
    end: str
    person: str | None


class OnCall(TypedDict):
    """`rows` of the final schedule from `now` on; people may overlap where several are on call at a time."""

    locale: str
    zone: str
    schedule: str
    now: str
    rows: list[Row]


WORDS: Words = {
    "en": {
        "now": "now",
        "nobody": "nobody",
        "title": "{schedule}: {person} is on call until {until}",
        "ends": "{schedule}: {person} is on call all week",
        "next": ", then {person}",
        "gap_now": "{schedule}: nobody is on call until {until}",
        "gap_all": "{schedule}: nobody is on call all week",
        "gaps": " Nobody for {hours} hours in the week, first from {at}.",
        "none": "{schedule}: nothing is planned",
        "empty": "The next seven days hold no shift.",
        "alt": "{title}. {list}.",
        "each": "{person} {hours} h",
        "others": "{n} others",
        "comma": ", ",
    },
    "zh_CN": {
        "now": "现在",
        "nobody": "无人",
        "title": "{schedule}：{person} 值班至{until}",
        "ends": "{schedule}：{person} 整周值班",
        "next": "，之后是{person}",
        "gap_now": "{schedule}：{until} 前无人值班",
        "gap_all": "{schedule}：整周无人值班",
        "gaps": "本周共有 {hours} 小时无人值班，最早从 {at} 开始。",
        "none": "{schedule}：没有排班",
        "empty": "未来七天没有任何班次。",
        "alt": "{title}。{list}。",
        "each": "{person} {hours} 小时",
        "others": "其他 {n} 人",
        "comma": "，",
    },
}


def finding(data: Data) -> str:
    shown = cast(OnCall, data)
    say, now = words(WORDS, shown["locale"]), instant(shown["now"])
    rows = _rows(shown)
    if not rows:
        return say["none"].format(schedule=short(shown["schedule"]))
    current = [row for row in rows if row[0] <= now < row[1]]
    people = list(dict.fromkeys(row[2] for row in current if row[2]))
    if not people:
        later = [row for row in rows if row[2] and row[0] > now]
        if not later:
            return say["gap_all"].format(schedule=short(shown["schedule"]))
        until = _day_time(min(row[0] for row in later), shown)
        return say["gap_now"].format(schedule=short(shown["schedule"]), until=until)
    person = say["comma"].join(people)
    end = min(row[1] for row in current if row[2])
    if end >= now + WEEK:
        return say["ends"].format(schedule=short(shown["schedule"]), person=person)
    title = say["title"].format(schedule=short(shown["schedule"]), person=person, until=_day_time(end, shown))
    after = [row[2] or say["nobody"] for row in rows if row[0] <= end < row[1] and row[2] not in people]
    return title + (say["next"].format(person=after[0]) if after else "")


def alt(data: Data) -> str:
    shown = cast(OnCall, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    rows = _rows(shown)
    if not rows:
        return f"{finding(data)}. {say['empty']}"
    each = say["comma"].join(
        say["each"].format(person=name or say["nobody"], hours=number(_hours(rows, name), locale))
        for name in _lanes(rows)
    )
    text = say["alt"].format(title=finding(data), list=each)
    gaps = [row for row in rows if row[2] is None]
    if gaps:
        hours = number(_hours(rows, None), locale)
        text += say["gaps"].format(hours=hours, at=_day_time(gaps[0][0], shown))
    return text


def draw(data: Data) -> Figure:
    shown = cast(OnCall, data)
    say, locale, zone = words(WORDS, shown["locale"]), shown["locale"], zone_of(shown["zone"])
    rows = _rows(shown)
    if not rows:
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    now = instant(shown["now"])
    lanes = _lanes(rows)
    shown_lanes = lanes if len(lanes) <= MOST_LANES else [*lanes[: MOST_LANES - 1], ""]
    upper = top - 0.1
    height = min(upper - 0.08, THICKEST * len(shown_lanes))
    axes = plain_axes(figure, (NAMES, upper - height, RIGHT, upper), grid=False)
    beside = 0.014 / height  # from the lanes to the words above and below, in heights of the axes
    level = axes.get_xaxis_transform()
    axes.set_xlim(x_of(now), x_of(now + WEEK))
    axes.set_ylim(len(shown_lanes), 0)
    axes.set_yticks([])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)

    for number_of_day, (start, end) in enumerate(_days(now, shown)):
        left, right = x_of(max(start, now)), x_of(min(end, now + WEEK))
        if number_of_day % 2:
            axes.axvspan(left, right, color="#f4f4f4", zorder=-3, linewidth=0)
        if right - left > 0.45:
            label = format_date(start.astimezone(zone).date(), "EEE d", locale=babel(locale))
            middle = (left + right) / 2
            write(axes, middle, 1 + beside, label, size=SMALL, color=MUTED, ha="center", va="bottom", transform=level)
    pixels = NAMES * 1080 - 40
    for lane, name in enumerate(shown_lanes):
        axes.axhline(lane + 1, color=GRID, linewidth=0.8, zorder=-2)
        gap = name is None
        label = say["nobody"] if gap else name or say["others"].format(n=len(lanes) - len(shown_lanes) + 1)
        text = fitted(label, BODY, pixels)
        # In axes fractions, so that a name stands level with its lane whatever its script.
        y = 1 - (lane + 0.5) / len(shown_lanes)
        write(axes, -0.012, y, text, transform=axes.transAxes, ha="right", va="center", color=RED if gap else INK)
    for start, end, person in rows:
        lane = shown_lanes.index(person) if person in shown_lanes else len(shown_lanes) - 1
        left, right = x_of(start), x_of(end)
        on_now = start <= now < end
        look: dict[str, Any] = {"facecolor": BLUE if on_now else SKY, "edgecolor": PAPER, "linewidth": 1.2}
        if person is None:
            look = {"facecolor": PAPER, "edgecolor": RED, "hatch": "////", "linewidth": 1.6}
        axes.add_patch(Rectangle((left, lane + 0.2), right - left, 0.6, **look))
        if person is not None and (right - left) > 0.36 and start > now:
            write(
                axes,
                left + 0.03,
                lane + 0.5,
                clock(start, shown["zone"]),
                size=SMALL,
                va="center",
                color=PAPER if on_now else INK,
            )
    axes.axvline(x_of(now), color=RED, linewidth=3)
    write(axes, x_of(now), -beside, "▲ " + say["now"], size=SMALL, color=RED, va="top", transform=level)
    zone_text = zone_name(shown["zone"], locale)
    write(figure, RIGHT, 0.028, zone_text, size=SMALL, ha="right", va="bottom", color=MUTED)
    return figure


def _rows(shown: OnCall) -> list[tuple[datetime, datetime, str | None]]:
    """Rows of the coming week, cut to it, oldest first."""
    now = instant(shown["now"])
    rows = [
        (max(now, instant(row["start"])), min(now + WEEK, instant(row["end"])), row["person"]) for row in shown["rows"]
    ]
    return sorted((row for row in rows if row[0] < row[1]), key=lambda row: row[:2])


def _lanes(rows: list[tuple[datetime, datetime, str | None]]) -> list[str | None]:
    """People in the order of their first shift; the lane of gaps last."""
    names = list(dict.fromkeys(person for _, _, person in rows if person is not None))
    return [*names, None] if any(person is None for _, _, person in rows) else list(names)


def _hours(rows: list[tuple[datetime, datetime, str | None]], person: str | None) -> float:
    return sum((end - start).total_seconds() / 3600 for start, end, who in rows if who == person)


def _days(now: datetime, shown: OnCall) -> list[tuple[datetime, datetime]]:
    """Local days that touch the week: midnight to midnight on the wall, 23 or 25 hours where clocks change."""
    zone = zone_of(shown["zone"])
    date = now.astimezone(zone).date()
    midnights = [datetime.combine(date + timedelta(days=day), datetime.min.time(), tzinfo=zone) for day in range(10)]
    return [(start, end) for start, end in pairwise(midnights) if start < now + WEEK and end > now]


def _day_time(at: datetime, shown: OnCall) -> str:
    local = at.astimezone(zone_of(shown["zone"]))
    return f"{format_date(local.date(), 'EEE', locale=babel(shown['locale']))} {local:%H:%M}"


CHART = Chart(draw, alt, finding)
