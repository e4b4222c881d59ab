"""Slack's pace, on a clock that is set by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from sandbox.limits import POST_BURST, TIER_A_MINUTE, Limits
from sandbox.server import running
from tests.sandbox.conftest import EMEA, QUICK, roster, web_client


def post(limits: Limits, channel: str, now: float) -> int:
    return limits.retry_after("chat.postMessage", "post", channel, now)


def test_it_lets_a_small_burst_through_and_then_one_a_second() -> None:
    limits = Limits(1)

    burst = [post(limits, "C1", 100.0) for _ in range(6)]
    later = [post(limits, "C1", 101.0), post(limits, "C1", 101.0)]

    assert burst == [0, 0, 0, 0, 1, 1]
    assert later == [0, 1]


def test_it_counts_each_channel_for_itself() -> None:
    limits = Limits(1)
    for _ in range(4):
        post(limits, "C1", 100.0)

    assert (post(limits, "C1", 100.0), post(limits, "C2", 100.0)) == (1, 0)


def test_it_holds_a_tier_over_a_minute() -> None:
    limits = Limits(1)

    calls = [limits.retry_after("users.list", "t2", None, 100.0) for _ in range(21)]

    assert calls == [0] * 20 + [3]


def test_it_can_be_scaled_and_switched_off() -> None:
    fast, off = Limits(10), Limits(0)

    assert [post(fast, "C1", 0.0) for _ in range(41)].count(0) == 40
    assert [post(off, "C1", 0.0) for _ in range(1000)].count(0) == 1000


@given(st.lists(st.floats(0, 2), min_size=1, max_size=80), st.sampled_from([*TIER_A_MINUTE, "post"]))
def test_it_never_lets_more_through_than_the_pace_and_the_burst(gaps: list[float], tier: str) -> None:
    limits, now, passed = Limits(1), 0.0, 0

    for gap in gaps:
        now += gap
        passed += limits.retry_after("a.method", tier, "C1", now) == 0

    size, rate = (POST_BURST, 1.0) if tier == "post" else (TIER_A_MINUTE[tier], TIER_A_MINUTE[tier] / 60)
    assert passed <= size + rate * now + 1e-6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_it_lets_a_call_through_that_waits_as_long_as_it_was_told(gaps: list[float]) -> None:
    limits, now = Limits(1), 0.0
    for gap in gaps:
        now += gap
        wait = post(limits, "C1", now)

        if wait:
            now += wait
            assert post(limits, "C1", now) == 0


async def test_it_is_strict_by_default() -> None:
    async with running(QUICK, roster=roster(), rate_scale=1.0) as box:
        client, errors = web_client(box), []
        for _ in range(6):
            try:
                await client.chat_postMessage(channel=EMEA, text="x")
            except SlackApiError as error:
                errors.append((error.response["error"], error.response.headers["Retry-After"]))

    assert errors == [("ratelimited", "1")] * 2
