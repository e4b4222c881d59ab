"""From click to payment by market: how many went on at each step, how sure that is, and where money was lost."""

from __future__ import annotations

from typing import TypedDict, cast

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

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
    SMALL,
    calm,
    canvas,
    fitted,
    plain_axes,
    write,
)
from analytics.charts.wording import Words, number, percent, short, words

MOST_MARKETS = 5
COLUMNS = ("cart", "checkout", "paid")
NAMES = 0.21


class Step(TypedDict):
    """As `analytics.funnel.Step`."""

    name: str
    count: int
    lost: int
    rate: float | None
    low: float | None
    high: float | None


class Market(TypedDict):
    """As `analytics.funnel.Funnel`; `market` is the name to show."""

    market: str
    steps: list[Step]
    worst: str | None


class Funnels(TypedDict):
    locale: str
    show: str
    markets: list[Market]


WORDS: Words = {
    "en": {
        "none": "{show}: nobody clicked a product",
        "empty": "Product clicks, carts and orders have not come in.",
        "worst": "{show}: {market} loses buyers at {step}: only {rate} go on, elsewhere {other}",
        "title": "{show}: {rate} of those who clicked bought",
        "alt": "{title}. {list}.",
        "each": "{market}: {clicks} clicks, {cart} carts, {checkout} checkouts, {paid} paid",
        "click": "clicked",
        "cart": "to the cart",
        "checkout": "to checkout",
        "paid": "paid",
        "step_cart": "adding to the cart",
        "step_checkout": "going to checkout",
        "step_paid": "paying",
        "clicks": "{n} clicks",
        "lost": "{n} lost",
        "nobody": "nobody",
        "comma": "; ",
        "foot": "share of the step before; the dark line is how sure (95 %)",
    },
    "zh_CN": {
        "none": "{show}：没有人点击商品",
        "empty": "尚未收到商品点击、加购和订单数据。",
        "worst": "{show}：{market}在{step}环节流失买家：仅 {rate} 继续，其他市场 {other}",
        "title": "{show}：点击商品的人中有 {rate} 下单付款",
        "alt": "{title}。{list}。",
        "each": "{market}：点击 {clicks}，加购 {cart}，结算 {checkout}，付款 {paid}",
        "click": "点击",
        "cart": "加入购物车",
        "checkout": "去结算",
        "paid": "付款",
        "step_cart": "加购",
        "step_checkout": "结算",
        "step_paid": "付款",
        "clicks": "{n} 次点击",
        "lost": "流失 {n}",
        "nobody": "无人",
        "comma": "；",
        "foot": "占上一步的比例；深色线为 95% 置信区间",
    },
}


def finding(data: Data) -> str:
    shown = cast(Funnels, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    clicks = sum(_count(one, "click") for one in shown["markets"])
    if not clicks:
        return say["none"].format(show=short(shown["show"]))
    losing = _losing(shown)
    if losing is not None:
        market, step = losing
        others = [one for one in shown["markets"] if one is not market]
        before = _before(step["name"])
        came = sum(_count(one, before) for one in others)
        went = sum(min(_count(one, before), _count(one, step["name"])) for one in others)
        return say["worst"].format(
            show=short(shown["show"]),
            market=short(market["market"], 24),
            step=say["step_" + step["name"]],
            rate=percent(step["rate"] or 0.0, locale),
            other=percent(went / came, locale) if came else "–",
        )
    paid = sum(_count(one, "paid") for one in shown["markets"])
    return say["title"].format(show=short(shown["show"]), rate=percent(min(1.0, paid / clicks), locale))


def alt(data: Data) -> str:
    shown = cast(Funnels, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not any(_count(one, "click") for one in shown["markets"]):
        return f"{finding(data)}. {say['empty']}"
    each = say["comma"].join(
        say["each"].format(
            market=one["market"],
            clicks=number(_count(one, "click"), locale),
            **{name: number(_count(one, name), locale) for name in COLUMNS},
        )
        for one in shown["markets"][:MOST_MARKETS]
    )
    return say["alt"].format(title=finding(data), list=each)


def draw(data: Data) -> Figure:
    shown = cast(Funnels, data)
    say, locale = words(WORDS, shown["locale"]), shown["locale"]
    if not any(_count(one, "click") for one in shown["markets"]):
        return calm(finding(data), say["empty"])
    figure, top = canvas(finding(data))
    losing = _losing(shown)
    markets = shown["markets"][:MOST_MARKETS]
    if losing is not None and losing[0] not in markets:
        markets = [*markets[:-1], losing[0]]
    axes = plain_axes(figure, (NAMES, 0.1, RIGHT, top - 0.1), grid=False)
    axes.set_xlim(0, len(COLUMNS))
    axes.set_ylim(len(markets), 0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    room = 0.9  # of a column, for a bar at 100 %
    for column, name in enumerate(COLUMNS):
        write(axes, column, -0.1 * len(markets) / 3, say[name], color=MUTED, va="bottom")
    for row, market in enumerate(markets):
        axes.axhline(row, color=GRID, linewidth=0.8)
        y = 1 - (row + 0.5) / len(markets)
        label = fitted(market["market"], BODY + 1, NAMES * 1080 - 44)
        write(axes, -0.02, y, label, size=BODY + 1, transform=axes.transAxes, ha="right", va="bottom")
        clicks = say["clicks"].format(n=number(_count(market, "click"), locale))
        write(axes, -0.02, y, clicks, size=SMALL, color=MUTED, transform=axes.transAxes, ha="right", va="top")
        for column, name in enumerate(COLUMNS):
            step = next(one for one in market["steps"] if one["name"] == name)
            worst = losing is not None and losing[0] is market and losing[1] is step
            color = RED if worst else BLUE
            axes.add_patch(Rectangle((column, row + 0.54), room, 0.2, facecolor="#eeeeee", linewidth=0))
            if step["rate"] is None or step["low"] is None or step["high"] is None:
                write(axes, column, row + 0.46, say["nobody"], size=BODY, color=MUTED, va="bottom")
                continue
            axes.add_patch(Rectangle((column, row + 0.54), room * step["rate"], 0.2, facecolor=color, linewidth=0))
            axes.plot([column + room * step["low"], column + room * step["high"]], [row + 0.64] * 2, color=INK, lw=2.2)
            share = ("▼ " if worst else "") + percent(step["rate"], locale)
            write(axes, column, row + 0.47, share, size=BODY + 4, color=color if worst else INK, va="bottom")
            lost = say["lost"].format(n=number(step["lost"], locale))
            write(axes, column + room, row + 0.47, lost, size=SMALL, color=MUTED, va="bottom", ha="right")
            if worst:
                box = FancyBboxPatch(
                    (column - 0.03, row + 0.06),
                    room + 0.06,
                    0.82,
                    boxstyle="round,pad=0,rounding_size=0.04",
                    edgecolor=RED,
                    facecolor=PAPER,
                    linewidth=2.2,
                    zorder=-1,
                )
                axes.add_patch(box)
    write(figure, RIGHT, 0.028, say["foot"], size=SMALL, ha="right", va="bottom", color=MUTED)
    return figure


def _count(market: Market, name: str) -> int:
    return next((step["count"] for step in market["steps"] if step["name"] == name), 0)


def _before(name: str) -> str:
    return ("click", *COLUMNS)[COLUMNS.index(name)]


def _losing(shown: Funnels) -> tuple[Market, Step] | None:
    """The market and step that lose most people against the rest, if any is clearly worse."""
    found = [
        (step["lost"], market, step)
        for market in shown["markets"]
        for step in market["steps"]
        if step["name"] == market["worst"]
    ]
    if not found:
        return None
    _, market, step = max(found, key=lambda one: one[0])
    return market, step


CHART = Chart(draw, alt, finding)
