"""From a click to a paid order, market by market; and what shoppers say afterwards, of this order or an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from sandbox.show.audience import Crowd, Viewer
from sandbox.show.beats import OUTAGE, excitement
from sandbox.show.library import Deck
from sandbox.show.moments import Moment
from sandbox.show.plan import Plan

CLICKS_PER_MINUTE: Final = 3.6  # in a market, while nothing special is on
BEFORE_SERUM: Final = 0.5  # of it, as long as no product is on air
INTO_CART, TO_CHECKOUT, PAID_AT_ONCE = 0.5, 0.62, 0.95
REPEAT_PURCHASE: Final = 0.15
RATES_PURCHASE: Final = 0.35
DECLINES: Final = ("card_declined", "3ds_failed", "insufficient_funds")


def is_broken(market: str, at: float) -> bool:
    """Whether no payment can go through: the story's outage."""
    return market == OUTAGE.market and OUTAGE.covers(at)


def order(plan: Plan, crowd: Crowd, product: str) -> dict[str, Any]:
    """The fields that carts, checkouts and payments of one product share in a market."""
    currency = crowd.audience.currency
    return {"product": product, "value": str(plan.prices[product][currency]), "currency": currency}


def funnel(plan: Plan, crowd: Crowd, chance: Random) -> Iterator[Moment]:
    """Clicks on what is on air; some go into the cart, to the checkout, and are paid."""
    at = 0.0
    while at < plan.length:
        segment = plan.on_air(at)
        rate = CLICKS_PER_MINUTE / 60 * excitement(at) * (1 if segment.product else BEFORE_SERUM)
        at += chance.expovariate(rate)
        viewer = crowd.somebody(at)
        if viewer and at < plan.length:
            yield from _one_shopper(plan, crowd, viewer, at, segment.product or "serum", chance)


def _one_shopper(
    plan: Plan, crowd: Crowd, viewer: Viewer, clicks_at: float, product: str, chance: Random
) -> Iterator[Moment]:
    market = crowd.audience.market
    buying = order(plan, crowd, product)

    def goes_on(chance_of_it: float, at: float) -> bool:
        return chance.random() < chance_of_it and viewer.is_there(at) and at < plan.length

    yield Moment(clicks_at, "shop", "product_click", market, viewer.id, {"product": product})
    at = clicks_at + chance.uniform(3, 15)
    if not goes_on(INTO_CART, at):
        return
    yield Moment(at, "shop", "add_to_cart", market, viewer.id, buying)
    at += chance.uniform(5, 30)
    if not goes_on(TO_CHECKOUT, at):
        return
    yield Moment(at, "shop", "checkout", market, viewer.id, buying)
    at += chance.uniform(4, 15)
    if not goes_on(1.0, at):
        return
    if is_broken(market, at):
        yield failure(at, crowd, viewer, buying, "gateway_timeout")
    elif chance.random() > PAID_AT_ONCE:
        yield failure(at, crowd, viewer, buying, chance.choice(DECLINES))
    else:
        yield from purchase(plan, at, crowd, viewer, buying, chance)


def failure(at: float, crowd: Crowd, viewer: Viewer, buying: dict[str, Any], reason: str) -> Moment:
    fields = buying | {"attributes": {"reason": reason}}
    return Moment(at, "shop", "payment_failed", crowd.audience.market, viewer.id, fields)


def purchase(
    plan: Plan, at: float, crowd: Crowd, viewer: Viewer, buying: dict[str, Any], chance: Random
) -> Iterator[Moment]:
    """A paid order and, from some, how satisfied they are with buying it (1 to 5)."""
    market = crowd.audience.market
    repeated = {"attributes": {"repeat": True}} if chance.random() < REPEAT_PURCHASE else {}
    yield Moment(at, "shop", "purchase", market, viewer.id, buying | repeated)
    asked_at = at + chance.uniform(20, 60)
    if chance.random() < RATES_PURCHASE and asked_at < plan.length:
        stars = chance.choices((5, 4, 3, 2), (55, 30, 11, 4))[0]
        fields = {"value": stars, "product": buying["product"]}
        yield Moment(asked_at, "shop", "satisfaction", market, viewer.id, fields)


def earlier_orders(plan: Plan, crowd: Crowd, deck: Deck, chance: Random) -> Iterator[Moment]:
    """Reviews, tickets and refunds of earlier orders. They belong to no show, and there are few of them."""
    market, library = crowd.audience.market, deck.library
    for kind, topic, times in (("review", "review", 8), ("support_message", "support", 4)):
        for number in range(times):
            customer = f"{market}-customer-{number + 1:03d}-{topic}"
            lang = chance.choice([lang for lang in crowd.audience.languages if (lang, topic) in library])
            fields: dict[str, Any] = {"text": deck.deal(lang, topic)}
            if kind == "review":
                fields |= {"value": chance.choice((4, 5, 5)), "product": chance.choice(list(plan.prices))}
            yield Moment(chance.uniform(0, plan.length), "shop", kind, market, customer, fields, in_show=False)
    for number in range(3):
        fields = order(plan, crowd, chance.choice(list(plan.prices)))
        customer = f"{market}-customer-{number + 1:03d}-refund"
        yield Moment(chance.uniform(0, plan.length), "shop", "refund", market, customer, fields, in_show=False)
