from __future__ import annotations

from datetime import timedelta
from random import Random

from analytics.reading import FoundCategory, Reading
from desk.watch.said import AHEAD, Lately
from store.events import StoredEvent
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
SETTLED = NOON + timedelta(seconds=AHEAD + 10)


def event(number: int, at_minute: float, market: str = "us", received: float | None = None) -> StoredEvent:
    at = NOON + at_minute * MINUTE
    heard = at if received is None else NOON + received * MINUTE
    return StoredEvent(
        heard.date(),
        number,
        "tiktok",
        at,
        heard,
        "chat_comment",
        "aurora",
        market,
        b"v",
        "no sound",
        None,
        None,
        None,
        None,
    )


def reading(category: str | None) -> Reading:
    found = (FoundCategory(category, 0.9, ("sound",)),) if category else ()  # type: ignore[arg-type]
    return Reading("en", -0.5, "negative", "complaint", 0.9, found, "no sound", "m")


def test_it_finds_the_complaints_of_a_time_in_the_order_in_which_they_came() -> None:
    chance = Random(1)
    categories = ["stream_quality", "delivery", None]
    sent = [event(n, n / 30, chance.choice(["us", "de", ""])) for n in range(1, 600)]
    understood = {one.id: reading(chance.choice(categories)) for one in sent}
    lately = Lately()
    for begin in range(0, len(sent), 100):
        batch = sent[begin : begin + 100]
        lately.add(batch[0].id - 1, batch, understood)

    found = lately.of("aurora", ["us", "de"], "delivery", SETTLED, SETTLED + 5 * MINUTE)

    assert found is not None
    assert [one.said.event for one in found] == [
        one.id
        for one in sent
        if one.market and understood[one.id].category == "delivery" and SETTLED <= one.at < SETTLED + 5 * MINUTE
    ]
    assert len(found) > 10


def test_it_knows_nothing_of_what_came_before_it_or_while_another_worked() -> None:
    lately = Lately()
    lately.add(0, [event(1, 0.0)], {1: reading("delivery")})

    assert lately.of("aurora", ["us"], "delivery", SETTLED - MINUTE, SETTLED) is None  # a clock may run ahead
    assert lately.of("aurora", ["us"], "delivery", SETTLED, SETTLED + MINUTE) == []

    lately.add(7, [event(8, 10.0)], {8: reading("delivery")})  # events 2 to 7 were another's
    assert lately.of("aurora", ["us"], "delivery", SETTLED, SETTLED + MINUTE) is None


def test_it_does_not_take_the_newest_for_all() -> None:
    lately = Lately(kept=5)
    for number in range(1, 11):
        lately.add(number - 1, [event(number, number)], {number: reading("delivery")})

    assert lately.of("aurora", ["us"], "delivery", SETTLED, NOON + 11 * MINUTE) is None
    found = lately.of("aurora", ["us"], "delivery", NOON + 7 * MINUTE, NOON + 11 * MINUTE)
    assert found is not None
    assert [one.said.event for one in found] == [7, 8, 9, 10]
