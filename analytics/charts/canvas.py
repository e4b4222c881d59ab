"""The house drawing: sizes, colours, title, time axis and run of show, shared by all charts.

A chart is read on a phone, at night. So: the title says the finding, text is large (the smallest is 13 pixels on a
canvas of 900), there are few colours and they can be told apart by everybody (Okabe and Ito's set), each also by
hatching, shape or a name beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analytics.charts.fonts import FIRST, font
from analytics.charts.wording import number

SIZE, DPI = (9.0, 5.4), 120  # 1080 × 648 pixels: sharp on a phone, small enough to load there
TITLE, BODY, SMALL = 19.0, 14.0, 12.5

INK, MUTED, GRID, PAPER = "#1a1a1a", "#555555", "#dddddd", "#ffffff"
BLUE, ORANGE, GREEN, GREY, RED, SKY = "#0072B2", "#E69F00", "#009E73", "#B8B8B8", "#D55E00", "#56B4E9"

LEFT, RIGHT = 0.09, 0.955
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]+")


# Where a line may break: after a space, and between any two characters of scripts that write without spaces.
_DENSE = r"\u0e00-\u0eff\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"[{_DENSE}]|[^\s{_DENSE}]+|\s+")


def canvas(title: str) -> tuple[Figure, float]:
    """(an empty figure with its title at the top left, the height in 0…1 at which the title ends)."""
    figure = Figure(figsize=SIZE, dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    lines = balanced(title, TITLE, 0.94 * SIZE[0] * DPI, 2)
    write(figure, 0.03, 0.97, "\n".join(lines), size=TITLE, va="top", linespacing=1.2)
    return figure, 0.97 - 0.083 * len(lines)


def calm(title: str, sentence: str) -> Figure:
    """A figure for when there is nothing to draw: the sentence says so, in place of an empty axis."""
    figure, _ = canvas(title)
    lines = wrapped(sentence, BODY + 2, 0.8 * SIZE[0] * DPI, 3)
    write(figure, 0.5, 0.46, "\n".join(lines), size=BODY + 2, ha="center", va="center", color=MUTED, linespacing=1.4)
    return figure


def write(on: Figure | Axes, x: float, y: float, text: str, *, size: float = BODY, **style: Any) -> Any:
    """Put text on a figure or axes. Dollar signs stay dollar signs."""
    style.setdefault("color", INK)
    said = clean(text)
    return on.text(x, y, said, fontproperties=font(size, said), parse_math=False, **style)


def clean(text: str) -> str:
    """Text without characters that cannot be seen (line breaks of our own excepted)."""
    return "\n".join(_INVISIBLE.sub(" ", line) for line in text.split("\n"))


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """Width of one line in pixels. Remembered, as shaping text over twenty fonts takes milliseconds."""
    said = clean(text)
    measured: float = _ruler().get_text_width_height_descent(said, font(size, said), ismath=False)[0]
    return measured


@cache
def _ruler() -> Any:  # matplotlib has no types for it
    renderer: Any = RendererAgg
    return renderer(1, 1, DPI)


def fitted(text: str, size: float, pixels: float) -> str:
    """As much of `text` as fits, with an ellipsis where it was cut; empty when not even a few letters do."""
    text = " ".join(clean(text).split())
    if width(text, size) <= pixels:
        return text
    room, kept = pixels - width("…", size), 0
    for character in text:
        room -= width(character, size)
        if room < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…" if kept >= 2 else ""


def wrapped(text: str, size: float, pixels: float, most: int) -> list[str]:
    """`text` in at most `most` lines of `pixels`; the last one is cut where it must be."""
    pieces = _PIECES.findall(" ".join(clean(text).split()))
    lines: list[str] = []
    line = ""
    for index, piece in enumerate(pieces):
        # Pieces are measured one by one: the sum is a little more than the whole, and far quicker to have.
        if not line or sum(width(one, size) for one in [*_PIECES.findall(line), piece]) <= pixels:
            line += piece
            continue
        if len(lines) == most - 1:
            return [*lines, fitted(line + "".join(pieces[index:]), size, pixels)]
        done, line = _at_a_pause(line.rstrip())
        lines.append(done)
        line = (line + piece).lstrip()
    return [*lines, fitted(line, size, pixels)]


def _at_a_pause(line: str) -> tuple[str, str]:
    """(what stays on the line, what moves on): text without spaces is better broken after its punctuation."""
    pause = max(line.rfind(mark) for mark in "，：；、。！？") + 1
    return (line[:pause], line[pause:]) if pause > 0.4 * len(line) else (line, "")


def balanced(text: str, size: float, pixels: float, most: int) -> list[str]:
    """`wrapped`, with lines of about equal length: no last word is left alone on a line."""
    lines = wrapped(text, size, pixels, most)
    if len(lines) == 1 or lines[-1].endswith("…"):
        return lines
    for share in (0.55, 0.62, 0.7, 0.8, 0.9):
        tried = wrapped(text, size, pixels * share, most)
        if len(tried) == len(lines) and not tried[-1].endswith("…"):
            return tried
    return lines


def plain_axes(figure: Figure, bounds: tuple[float, float, float, float], *, grid: bool = True) -> Axes:
    """Axes at (left, bottom, right, top) in 0…1 with nothing on them that is not data."""
    left, bottom, right, top = bounds
    axes = figure.add_axes((left, bottom, right - left, top - bottom), facecolor="none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(labelsize=SMALL, labelfontfamily=list(FIRST), colors=MUTED, length=0, pad=5, labelcolor=MUTED)
    if grid:
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
    return axes


def count_axis(axes: Axes, top: float, locale: str, ticks: int = 4) -> None:
    """A y axis of whole numbers from 0, with room above `top`."""
    axes.set_ylim(0, max(top, 1) * 1.18)
    axes.yaxis.set_major_locator(MaxNLocator(ticks, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, locale)))


def legend(figure: Figure, y: float, entries: Sequence[tuple[str, str, str]]) -> None:
    """One line of (name, colour, hatch) at height `y`, each a swatch and its name, cut to share the width."""
    pixels = SIZE[0] * DPI
    room = (RIGHT - 0.03) * pixels / max(1, len(entries)) - 44
    x = 0.03
    for name, color, hatch in entries:
        figure.add_artist(
            Rectangle((x, y - 0.014), 0.022, 0.03, facecolor=color, edgecolor=PAPER, hatch=hatch, linewidth=0)
        )
        label = fitted(name, BODY, max(room, 60))
        write(figure, x + 0.029, y, label, va="center")
        x += 0.029 + width(label, BODY) / pixels + 0.028
