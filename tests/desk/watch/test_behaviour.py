"""What viewers do, through the desk: where nobody tells who leaves, and what comes late, twice or from nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import KEY, SETTLE, SHOW, TICK, Evening

CHAT = ["love this", "how much is the set?", "so pretty", "hello from Ohio", "what a colour", "wow"]
BUYING = {"join": 4, "leave": 4, "add_to_cart": 6, "checkout": 4, "purchase": 4}
FAILING = {**BUYING, "purchase": 1, "payment_failed": 4}


class Crowd:
    """The viewers of one market of a show, as a shop and a chat tell of them."""

    def __init__(self, store: Store, market: str = "us") -> None:
        self.evening = Evening(store)
        self.market = market
        self.numbers = iter(range(10**6))

    def doing(self, done: Mapping[str, int], skew: timedelta = timedelta(0)) -> list[FeedbackEvent]:
        """Events of the ten seconds before now, each of a viewer of its own, stamped by a clock that is `skew` off."""
        return [
            self.event(kind, self.evening.at - TICK * (place + 1) / (times + 1) + skew)
            for kind, times in done.items()
            for place in range(times)
        ]

    def event(self, kind: str, at: Any, **given: Any) -> FeedbackEvent:
        number = next(self.numbers)
        values = {"show": SHOW, "market": self.market, "viewer": f"s{number}", **given}
        return FeedbackEvent("shop", f"d{number}", at, kind, **values)

    def deliver(self, events: list[FeedbackEvent]) -> None:
        delivery, now = intake.Delivery("shop", events), self.evening.at
        self.evening.store.write(lambda c: intake.accept(c, WORKSPACE, KEY, [delivery], now))

    def pass_tick(self, events: Iterable[FeedbackEvent] = (), *, chat: bool = True) -> None:
        """`events` arrive, and the tick that has just ended is judged."""
        if found := list(events):
            self.deliver(found)
        if chat:
            self.evening.say([(f"v{next(self.numbers)}", text) for text in CHAT], self.market)
        self.evening.at += SETTLE
        self.evening.work()
        self.evening.at -= SETTLE

    def watch(self, ticks: int, done: Mapping[str, int], skew: timedelta = timedelta(0)) -> None:
        for _ in range(ticks):
            self.evening.at += TICK
            self.pass_tick(self.doing(done, skew))

    def count(self, viewers: Iterable[float | None]) -> None:
        """A tick each, in which the platform counts so many viewers (None: it does not count)."""
        for counted in viewers:
            self.evening.at += TICK
            at = self.evening.at - TICK / 2
            self.pass_tick([] if counted is None else [self.event("viewer_count", at, viewer=None, value=counted)])

    def opened(self) -> list[str]:
        return [one.category for one in self.evening.incidents()]


# ── exits, where no source tells of leaves ───────────────────────────────────────────────────────────────────────


def test_counts_of_viewers_that_come_down_are_exits(store: Store) -> None:
    crowd = Crowd(store)
    crowd.count([1500.0] * 48)
    crowd.count([1500.0 - 40 * (number + 1) for number in range(18)])

    [incident] = crowd.evening.incidents()
    assert (incident.category, incident.severity) == ("exits", "P3")
    its = incident.why["signals"]["exits/us"]
    assert its["viewers"] > 100
    assert its["among"] < 1500


def test_a_platform_that_counts_every_half_minute_is_read_alike(store: Store) -> None:
    crowd = Crowd(store)
    crowd.count([1500.0 if number % 3 == 0 else None for number in range(60)])
    assert crowd.opened() == []

    crowd.count([1500.0 - 60 * (number + 1) if number % 3 == 0 else None for number in range(18)])

    assert crowd.opened() == ["exits"]


def test_counts_say_nothing_where_leaves_are_told(store: Store) -> None:
    crowd = Crowd(store)
    crowd.watch(40, {"join": 4, "leave": 4})
    for number in range(20):
        crowd.evening.at += TICK
        at = crowd.evening.at - TICK / 2
        counted = crowd.event("viewer_count", at, viewer=None, value=1500.0 - 60 * number)
        crowd.pass_tick([counted, *crowd.doing({"join": 4, "leave": 4})])

    assert crowd.opened() == []


def test_an_audience_of_none_is_no_incident(store: Store) -> None:
    crowd = Crowd(store)
    crowd.count([0.0] * 60)

    assert crowd.opened() == []


# ── what comes late, twice, from a wrong clock or from nobody ────────────────────────────────────────────────────


def test_a_shop_that_delivers_five_minutes_at_once_is_no_wave_of_failed_payments(store: Store) -> None:
    crowd = Crowd(store)
    crowd.watch(36, {**BUYING, "payment_failed": 1})
    piled: list[FeedbackEvent] = []
    for _ in range(30):
        crowd.evening.at += TICK
        piled += crowd.doing({**BUYING, "payment_failed": 1})
        crowd.pass_tick()

    crowd.pass_tick(piled)
    crowd.watch(18, {**BUYING, "payment_failed": 1})

    assert set(crowd.opened()) <= {"silence"}  # nothing had been received, which is true and worth saying


def test_a_backlog_stamped_on_arrival_is_no_wave_either(store: Store) -> None:
    crowd = Crowd(store)
    crowd.watch(36, {**BUYING, "payment_failed": 1})
    for _ in range(30):
        crowd.evening.at += TICK
        crowd.pass_tick()

    crowd.evening.at += TICK
    crowd.pass_tick([event for _ in range(30) for event in crowd.doing({**BUYING, "payment_failed": 1})])
    crowd.watch(18, {**BUYING, "payment_failed": 1})

    assert set(crowd.opened()) <= {"silence"}


def test_the_same_failures_sent_again_and_again_count_once(store: Store) -> None:
    """A shop that repeats its last batch whenever it is not sure."""
    crowd = Crowd(store)
    crowd.watch(36, BUYING)
    batch = crowd.doing({"payment_failed": 3})

    for _ in range(12):
        crowd.evening.at += TICK
        crowd.pass_tick([*crowd.doing(BUYING), *batch])

    assert crowd.opened() == []


@pytest.mark.parametrize("skew", [timedelta(seconds=-8), timedelta(seconds=40), timedelta(minutes=4)])
def test_payments_are_judged_by_a_clock_that_is_wrong(store: Store, skew: timedelta) -> None:
    crowd = Crowd(store)
    crowd.watch(36, BUYING, skew)
    crowd.watch(36, FAILING, skew)

    assert "payment_failures" in crowd.opened()


def test_what_nobody_did_is_counted_all_the_same(store: Store) -> None:
    """A shop that names no viewers: every failure is taken for somebody's."""
    crowd = Crowd(store)

    def nameless(done: Mapping[str, int]) -> None:
        crowd.evening.at += TICK
        at = crowd.evening.at - TICK / 2
        crowd.pass_tick([crowd.event(kind, at, viewer=None) for kind, times in done.items() for _ in range(times)])

    for _ in range(36):
        nameless(BUYING)
    for _ in range(8):
        nameless(FAILING)

    assert crowd.opened() == ["payment_failures"]


def test_a_market_that_the_configuration_does_not_know_is_watched_too(store: Store) -> None:
    crowd = Crowd(store, market="atlantis")
    crowd.watch(36, BUYING)
    crowd.watch(8, FAILING)

    [incident] = crowd.evening.incidents()
    assert (incident.category, incident.team) == ("payment_failures", "emea")  # the route that asks for no market
