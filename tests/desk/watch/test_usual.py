"""A show that begins knows what is usual in its market from earlier shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from analytics.detectors import HiddenMarkov, Prior
from analytics.detectors.base import Tick
from desk.configuration.model import Segment, Show
from desk.watch import earlier, usual
from desk.watch.usual import Hour
from store import rollups
from store.engine import Store
from store.rollups import HOUR, CellKey, CellRow
from store.watching import see_show
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SETTLE, SHOW, TICK, Evening

CALM = ["love this", "how much is the set?", "so pretty", "hello from Ohio", "what a colour", "wow"]
WAITING = "my order still has not arrived"
EARLIER = [f"aurora-{number}" for number in range(6)]


def heard(store: Store, show: str, began: datetime, comments: int, delivery: int, market: str = "us") -> None:
    """An hour of an earlier show, as its roll-ups keep it."""
    start = int(began.timestamp()) // HOUR * HOUR
    counts = {"": comments - delivery, "delivery": delivery}
    cells = [
        CellRow(CellKey(start, show, market, "en", "", "chat_comment", category), count, 0, 0.0, 0.0, None, {})
        for category, count in counts.items()
        if count
    ]

    def keep(connection: object) -> None:
        rollups.save(connection, WORKSPACE, HOUR, cells)  # type: ignore[arg-type]
        see_show(connection, WORKSPACE, show, show, began, began + timedelta(hours=1))  # type: ignore[arg-type]

    store.write(keep)


def earlier_shows(store: Store, delivery: int, market: str = "us") -> None:
    """Six evenings of 3,000 comments each."""
    for day, show in enumerate(EARLIER, start=1):
        heard(store, show, NOON - timedelta(days=day), 3000, delivery, market)


def minutes_until_paged(store: Store, complaints: Iterable[int]) -> float | None:
    """Play a show's first ticks, with so many complaints about delivery in each; when was the first incident?"""
    evening = Evening(store)
    for tick, count in enumerate(complaints):
        evening.at += TICK
        evening.say([(f"v{tick}-{number}", text) for number, text in enumerate(CALM * 4)])
        evening.say([(f"c{tick}-{number}", WAITING) for number in range(count)])
        evening.at += SETTLE
        evening.work()
        evening.at -= SETTLE
    found = [one.opened_at - NOON for one in evening.incidents() if one.category == "delivery"]
    return min(found) / timedelta(minutes=1) if found else None


USUAL_SHARE = [0, 1, 1, 2, 4, 6, 7, 7, 7, 6, 7, 6]  # a fifth of the comments, once people have said hello


def test_it_pages_nobody_for_the_share_that_its_market_always_has(store: Store) -> None:
    earlier_shows(store, delivery=600)

    assert minutes_until_paged(store, USUAL_SHARE) is None


def test_it_would_have_paged_without_earlier_shows_or_with_those_of_another_market(store: Store) -> None:
    earlier_shows(store, delivery=600, market="eu")

    assert minutes_until_paged(store, USUAL_SHARE) is not None


def test_it_is_quicker_in_the_first_minutes_where_nobody_ever_complains(store: Store) -> None:
    rise = [0, 0, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4]
    untold = first_alarm(Prior(), rise)
    earlier_shows(store, delivery=3)

    told = minutes_until_paged(store, rise)

    assert told is not None
    assert untold is None or told < untold


def first_alarm(prior: Prior, complaints: Iterable[int]) -> float | None:
    """Minutes, of a detector that is given that prior and the same ticks."""
    detector = HiddenMarkov(prior)
    for tick, count in enumerate(complaints, start=1):
        if detector.update(Tick(10.0 * tick, 10.0, count, len(CALM) * 4 + count, count)).alarm:
            return tick / 6
    return None


def test_it_looks_back_once_a_show_and_market(store: Store) -> None:
    earlier_shows(store, delivery=60)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    minutes_until_paged(store, [0] * 6)

    assert sum("shows.last_at >=" in statement for statement in asked) == 1


def test_it_goes_on_from_the_same_beginning_after_a_restart(store: Store) -> None:
    detector = HiddenMarkov(Prior(0.2, 0.4))
    detector.update(Tick(10.0, 10.0, 2, 30, 2))
    restored = HiddenMarkov()
    restored.load(detector.dump())

    further = [Tick(10.0 * number, 10.0, 6, 30, 6) for number in range(2, 40)]
    assert [restored.update(one) for one in further] == [detector.update(one) for one in further]


def test_it_does_not_ask_shows_that_have_not_ended_yet(store: Store) -> None:
    heard(store, "later", NOON + timedelta(hours=1), 3000, 900)
    heard(store, SHOW, NOON - timedelta(hours=2), 3000, 900)
    evening = Evening(store)

    found = store.read(lambda c: earlier.priors(evening.moment(c), SHOW, {"us"}, int(NOON.timestamp()), ["delivery"]))

    assert found == {}


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

shares = st.lists(st.tuples(st.integers(0, 5000), st.floats(0, 1), st.floats(0.1, 3)), max_size=12)


@given(shares)
def test_it_believes_something_possible_whatever_was_counted(told: list[tuple[int, float, float]]) -> None:
    hours = [(Hour(f"{n}", 0, said, int(said * share)), weight) for n, (said, share, weight) in enumerate(told)]

    found = usual.prior(hours)

    assert 0 < found.share < 1
    assert 0 < found.spread <= usual.NO_PRIOR.spread


@given(st.integers(1, 20), st.floats(0.001, 0.5))
def test_it_lies_between_what_it_believed_and_what_it_heard_and_nearer_with_more(shows: int, share: float) -> None:
    def after(count: int) -> Prior:
        return usual.prior((Hour(f"{n}", 0, 4000, round(4000 * share)), 1.0) for n in range(count))

    few, more = after(shows), after(shows + 1)
    low, high = sorted((usual.NO_PRIOR.share, round(4000 * share) / 4000))

    assert low * 0.99 <= more.share <= high * 1.01
    assert more.spread <= few.spread


def test_it_trusts_the_same_hour_and_product_more() -> None:
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    plan = Show("a", "A", evening, segments=(Segment(timedelta(0), timedelta(minutes=30), "Serum", "serum"),))
    before = replace(plan, key="b", starts_at=evening - timedelta(days=1))
    at = [int((evening - timedelta(days=1, hours=hours)).timestamp()) for hours in (0, 8)]

    weighed = usual.weighed([Hour("b", one, 100, 5) for one in at], {"a": plan, "b": before}, "a", evening)

    assert [weight for _, weight in weighed] == [pytest.approx(usual.SAME_PRODUCT), pytest.approx(usual.FAR)]
