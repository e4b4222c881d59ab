from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from handlers.feedback.limits import TokenBuckets


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 100), st.lists(st.tuples(st.floats(0, 10), st.integers(0, 50)), max_size=60))
def test_it_lets_through_no_more_than_the_rate_and_one_full_bucket(rate: int, calls: list[tuple[float, int]]) -> None:
    clock = Clock()
    buckets = TokenBuckets(lambda source: rate, 50, clock)
    passed = 0

    for pause, events in calls:
        clock.now += pause
        if buckets.take("shop", events) == 0:
            passed += events

        assert passed <= max(2 * rate, 50) + clock.now * rate + 1e-6


@given(st.integers(1, 100), st.lists(st.integers(1, 50), min_size=1, max_size=60))
def test_it_lets_a_request_through_after_the_time_it_named(rate: int, requests: list[int]) -> None:
    clock = Clock()
    buckets = TokenBuckets(lambda source: rate, 50, clock)

    for events in requests:
        wait = buckets.take("shop", events)
        if wait:
            clock.now += wait + 1e-9

            assert buckets.take("shop", events) == 0


def test_it_follows_a_rate_that_was_changed() -> None:
    rates = {"shop": 1}
    clock = Clock()
    buckets = TokenBuckets(lambda source: rates[source], 10, clock)
    buckets.take("shop", 10)
    slow = buckets.take("shop", 10)

    rates["shop"] = 100

    assert slow == 10
    assert buckets.take("shop", 10) == 0.1
