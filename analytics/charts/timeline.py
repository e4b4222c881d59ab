"""What lies along the time of a show: the clock of a zone, the run of show, moments worth a mark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import matplotlib.dates as _dates
from matplotlib.axes import Axes

from analytics.charts.base import Segment
from analytics.charts.canvas import DPI, GRID, MUTED, PAPER, RED, RIGHT, SIZE, SMALL, fitted, width, write
from analytics.charts.fonts import font
from analytics.charts.wording import instant, zone_name, zone_of

SHORTEST = timedelta(minutes=5)  # of a time axis: a shorter one repeats its labels
BANDS = ("#f1f1f1", "#ffffff")
dates: Any = _dates  # it has no types


def x_of(at: datetime) -> float:
    """Where an instant lies on a time axis: days since 1970, as matplotlib counts them."""
    return at.timestamp() / 86400


def time_axis(axes: Axes, start: datetime, end: datetime, zone: str, locale: str, *, labels: bool = True) -> None:
    """An x axis in local time, with the zone named below its right end."""
    tz = zone_of(zone)
    start = min(start, end - SHORTEST)
    axes.set_xlim(x_of(start), x_of(end))
    locator = dates.AutoDateLocator(tz=tz, minticks=3, maxticks=7)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=tz))
    axes.tick_params(axis="x", labelbottom=labels)
    if labels:
        figure = axes.figure
        write(figure, RIGHT, 0.028, zone_name(zone, locale), size=SMALL, ha="right", va="bottom", color=MUTED)  # type: ignore[arg-type]


def run_of_show(axes: Axes, segments: Sequence[Segment], start: datetime, end: datetime, *, name: bool = True) -> None:
    """Shade the segments in turn and name those wide enough, along the upper edge of the axes."""
    pixels = axes.get_position().width * SIZE[0] * DPI
    span = (end - start).total_seconds()
    for index, segment in enumerate(segments):
        first, last = max(start, instant(segment["start"])), min(end, instant(segment["end"]))
        if first >= last:
            continue
        axes.axvspan(x_of(first), x_of(last), color=BANDS[index % 2], zorder=-2, linewidth=0)
        axes.axvline(x_of(first), color=GRID, linewidth=1.0, zorder=-1)
        room = (last - first).total_seconds() / span * pixels - 10
        label = fitted(segment["title"], SMALL, room) if name else ""
        if label:
            axes.annotate(
                label,
                (x_of(first), 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(4, -3),
                textcoords="offset points",
                fontproperties=font(SMALL, label),
                color=MUTED,
                va="top",
                parse_math=False,
                annotation_clip=False,
            )


def mark(axes: Axes, at: datetime, label: str, color: str = RED, y: float = 1.0) -> None:
    """A dashed line at an instant with its name at its upper end, on the side where there is room."""
    x = x_of(at)
    low, high = axes.get_xlim()
    if not low <= x <= high:
        return
    axes.axvline(x, color=color, linewidth=1.8, linestyle=(0, (4, 2)), zorder=4)
    axes.plot([x], [y], marker="v", color=color, markersize=9, transform=axes.get_xaxis_transform(), clip_on=False)
    share = (x - low) / (high - low)
    room = axes.get_position().width * SIZE[0] * DPI
    label = fitted(label, SMALL, 0.45 * room)
    right = width(label, SMALL) + 24 < (1 - share) * room
    axes.annotate(
        label,
        (x, y),
        xycoords=("data", "axes fraction"),
        xytext=(8 if right else -8, 5),  # clear of the segments' names below
        textcoords="offset points",
        fontproperties=font(SMALL, label),
        color=color,
        ha="left" if right else "right",
        va="center",
        parse_math=False,
        annotation_clip=False,
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.85},
        zorder=6,
    )
