"""What viewers do, as counts: figures that are always figures, a state that does not grow, alarms that neither flicker
nor linger."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields
from random import Random
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.behaviour import (
    ABANDONED_CARTS,
    EXITS,
    FLOORS,
    PAYMENT_FAILURES,
    STALLS,
    Behaviour,
    Found,
    Seen,
)
from analytics.detectors import update_all
from benchmarks.behaviour_bench import poisson

KINDS = ("payment_failed", "purchase", "stall", "leave", "join", "add_to_cart", "checkout", "heartbeat")
PAYING = {"payment_failed": 0, "purchase": 8}
SELLING = {"join": 6, "leave": 6, "add_to_cart": 6, "checkout": 4, "purchase": 4}


def watch(market: Behaviour, ticks: Iterable[Mapping[str, Any]], start: int = 0) -> list[dict[str, Found]]:
    """What each tick of ten seconds means. A tick is its counts by kind; what else `Seen` has goes by its name."""
    names = {one.name for one in fields(Seen)}
    told = []
    for number, tick in enumerate(ticks, start):
        counts = {kind: float(count) for kind, count in tick.items() if kind not in names}
        seen = Seen(10.0 * (number + 1), 10.0, counts, **{name: tick[name] for name in tick.keys() & names})
        shown = market.ticks(seen)
        verdicts = update_all([detector for _, detector, _ in shown], [one for _, _, one in shown])
        told.append(
            {signal: market.found(signal, seen, verdict) for (signal, *_), verdict in zip(shown, verdicts, strict=True)}
        )
    return told


def alarms(told: Iterable[Mapping[str, Found]], signal: str) -> list[bool]:
    return [signal in one and one[signal].alarm for one in told]


def sizes(state: Any) -> int:
    """How many values a state holds, however deep."""
    if isinstance(state, Mapping):
        return sum(map(sizes, state.values()))
    return sum(map(sizes, state)) if isinstance(state, list) else 1


counts = st.dictionaries(st.sampled_from(KINDS), st.integers(0, 5000), max_size=len(KINDS))
ticks = st.builds(
    lambda counted, comments, present, explained, planned: {
        **counted, "comments": comments, "present": present, "explained": explained, "planned": planned,
    },
    counts, st.integers(0, 5000), st.none() | st.floats(0, 1e6), st.booleans(), st.booleans(),
)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(st.lists(ticks, min_size=1, max_size=25))
def test_it_gives_figures_whatever_comes(stream: list[dict[str, Any]]) -> None:
    market = Behaviour()

    for told in watch(market, stream):
        for found in told.values():
            figures = (found.rate, found.usual, found.share, found.usual_share, found.among, found.viewers)
            assert all(math.isfinite(one) and one >= 0 for one in figures), found
            assert found.share <= 1
            assert found.usual_share <= 1
            assert not (found.alarm and found.calm), found
    assert math.isfinite(market.present())
    assert market.present() >= 0


@settings(deadline=None, max_examples=20)
@given(st.lists(ticks, min_size=2, max_size=30), st.data())
def test_it_goes_on_after_a_restart_as_if_nothing_had_happened(
    stream: list[dict[str, Any]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(stream) - 1))
    whole, first, second = Behaviour(), Behaviour(), Behaviour()
    expected = watch(whole, stream)

    begun = watch(first, stream[:cut])
    second.load(first.dump())

    assert [*begun, *watch(second, stream[cut:], cut)] == expected


def test_its_state_does_not_grow_with_the_show() -> None:
    chance = Random(5)

    def evening(length: int) -> list[dict[str, Any]]:
        return [
            {kind: poisson(chance, 4.0) for kind in KINDS} | {"comments": 5, "present": 800.0} for _ in range(length)
        ]

    market = Behaviour()
    watch(market, evening(130))  # twenty minutes and more: all windows are full
    early = market.dump()
    watch(market, evening(400), 130)
    late = market.dump()

    assert late.keys() == early.keys() == {"market", *FLOORS}
    assert sizes(orjson.loads(late["market"])) == sizes(orjson.loads(early["market"]))
    assert sum(map(len, late.values())) < 12_000  # bytes


def test_it_hears_nothing_of_what_does_not_happen() -> None:
    market = Behaviour()

    told = watch(market, [{}] * 50)

    assert told == [{}] * 50
    assert market.dump().keys() == {"market"}


@pytest.mark.parametrize("signal", FLOORS)
def test_it_watches_only_what_it_is_asked_to(signal: str) -> None:
    told = watch(Behaviour({signal: None}), [dict.fromkeys(KINDS, 5)] * 10)

    assert {name for one in told for name in one} == {signal}


# ── nobody there ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_alarms_at_nothing_while_nobody_is_there() -> None:
    told = watch(Behaviour(), [{"present": 0.0, "join": 0, "leave": 0, "stall": 0}] * 100)

    assert not any(found.alarm for one in told for found in one.values())


def test_it_does_not_divide_by_an_audience_of_none() -> None:
    """Stalls and exits of whom nobody counted."""
    told = watch(Behaviour(), [{"present": 0.0, "stall": 3, "leave": 2, "comments": 4}] * 30)

    assert told[-1][STALLS].share == 0.0
    assert told[-1][EXITS].share == 0.0


def test_more_leaves_than_joins_leave_nobody_and_no_fewer() -> None:
    market = Behaviour()

    watch(market, [{"join": 3, "leave": 50}, {"join": 2}])

    assert market.present() == 2.0


# ── more is more ─────────────────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 8), st.integers(0, 8), st.integers(1, 12))
def test_more_failures_of_as_many_attempts_are_told_as_more(few: int, many: int, lasting: int) -> None:
    few, many = sorted((few, many))

    def after(failing: int) -> tuple[Found, int]:
        fault = [{"payment_failed": failing, "purchase": 8 - failing}] * lasting
        told = watch(Behaviour(), [*[PAYING] * 60, *fault])
        raised = alarms(told, PAYMENT_FAILURES)
        return told[-1][PAYMENT_FAILURES], raised.index(True) if True in raised else len(raised)

    (milder, later), (worse, sooner) = after(few), after(many)

    assert worse.rate >= milder.rate
    assert worse.share >= milder.share
    assert worse.viewers >= milder.viewers
    assert sooner <= later


@settings(deadline=None, max_examples=12)
@given(st.integers(0, 60), st.integers(0, 60))
def test_more_stalls_of_as_many_viewers_alarm_no_later(few: int, many: int) -> None:
    few, many = sorted((few, many))

    def first(stalling: int) -> float:
        told = watch(Behaviour(), [{"present": 500.0, "stall": n} for n in [*[1] * 60, *[stalling] * 18]])
        raised = alarms(told, STALLS)
        return raised.index(True) if True in raised else math.inf

    assert first(many) <= first(few)


# ── the beginning ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_gateway_that_is_down_from_the_first_order_is_no_usual_thing() -> None:
    told = watch(Behaviour(), [{"payment_failed": 2}] * 12)

    assert any(alarms(told, PAYMENT_FAILURES))


def test_the_first_payment_that_fails_wakes_nobody() -> None:
    told = watch(Behaviour(), [{"payment_failed": 1}, *[{"purchase": 1}] * 60])

    assert not any(alarms(told, PAYMENT_FAILURES))


def test_nobody_is_woken_for_leaving_before_it_is_known_how_long_viewers_stay() -> None:
    told = watch(
        Behaviour(), [{"join": 30, "leave": 2, "comments": 9}] * 6 + [{"join": 30, "leave": 60, "comments": 9}] * 20
    )

    assert not any(alarms(told, EXITS))


def test_carts_wake_nobody_before_it_is_known_how_many_go_on() -> None:
    told = watch(Behaviour(), [{"add_to_cart": 9}] * 90)

    assert not any(alarms(told, ABANDONED_CARTS))


# ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────

FAULTS = {
    PAYMENT_FAILURES: {"payment_failed": 4, "purchase": 1},
    STALLS: {"stall": 20},
    ABANDONED_CARTS: {"checkout": 0, "purchase": 0, "payment_failed": 0},
    EXITS: {"leave": 40},
}


@pytest.mark.parametrize("signal", FLOORS)
def test_an_alarm_goes_through_a_pause_for_breath_and_ends_once(signal: str) -> None:
    usual: dict[str, Any] = {**SELLING, "comments": 6, "stall": 0}
    fault = {**usual, **FAULTS[signal]}
    market = Behaviour()
    before = watch(market, [{**usual, "join": 2000}, *[usual] * 60])
    during = watch(market, [fault] * 24, 61)
    pause = watch(market, [usual], 85)
    again = watch(market, [fault] * 3, 86)
    after = watch(market, [usual] * 60, 89)

    assert not any(alarms(before, signal))
    raised = alarms([*during, *pause, *again, *after], signal)
    assert any(raised[:24])
    if signal != EXITS:  # of which an alarm is only what still goes on
        began = raised.index(True)
        ended = len(raised) - raised[::-1].index(True)
        assert all(raised[began:ended]), "it flickered"
        assert all(raised[24:28])
    assert not raised[-1]
    assert after[-1][signal].calm


def test_calm_takes_longer_than_the_last_of_the_trouble() -> None:
    market = Behaviour()
    watch(market, [PAYING] * 60)
    watch(market, [{"payment_failed": 6, "purchase": 2}] * 12, 60)

    after = watch(market, [PAYING] * 30, 72)

    calm = [one[PAYMENT_FAILURES].calm for one in after]
    assert not any(calm[:6])
    assert calm[-1]
    assert calm == sorted(calm), "it was calm, and then no longer"


# ── who is there, and who is gone ────────────────────────────────────────────────────────────────────────────────

TALKING = {"comments": 8}


def falling(per_tick: float, length: int, begin: float = 2000.0) -> list[dict[str, Any]]:
    """Counts of viewers that come down by so many a tick, while the chat goes on."""
    return [{**TALKING, "present": begin - per_tick * (number + 1)} for number in range(length)]


def steady(length: int, around: float = 2000.0, seed: int = 3) -> list[dict[str, Any]]:
    """Counts as viewers come and go, and no more of the one than of the other."""
    chance = Random(seed)
    return [{**TALKING, "present": around + chance.randint(-9, 9)} for _ in range(length)]


@pytest.mark.parametrize("a_tick", [40, 100, 200])
def test_exits_are_read_from_counts_of_viewers_where_no_source_tells_of_leaves(a_tick: int) -> None:
    market = Behaviour()
    before = watch(market, steady(60, around=4000.0))
    during = watch(market, falling(a_tick, 18, begin=4000.0), 60)

    assert not any(alarms(before, EXITS))
    assert any(alarms(during[:12], EXITS))
    assert during[11][EXITS].viewers == pytest.approx(12 * a_tick, abs=60)  # of the last two minutes


def test_a_crowd_that_is_told_of_at_once_does_not_hide_those_who_leave_later() -> None:
    """A source that finds a show under way tells in its first tick of everybody who is there."""
    usual = {"join": 6, "leave": 6, "comments": 6}
    market = Behaviour()
    watch(market, [{**usual, "join": 2000}, *[usual] * 60])
    leaving = watch(market, [{**usual, "leave": 60}] * 16, 61)

    assert any(alarms(leaving, EXITS))


def test_it_sees_those_leave_who_were_counted_alike_for_long() -> None:
    """A platform that rounds: the count stands still, then falls."""
    market = Behaviour()
    watch(market, [{**TALKING, "present": 1500.0}] * 60)
    during = watch(market, falling(60, 18, 1500.0), 60)

    assert any(alarms(during, EXITS))


def test_counts_of_viewers_say_nothing_of_exits_where_leaves_are_told() -> None:
    """The platform counts anew while the players tell of each who goes."""
    market = Behaviour()
    watch(market, [{**one, "leave": 5, "join": 5} for one in steady(60)])
    during = watch(market, [{**one, "leave": 5, "join": 5} for one in falling(40, 18)], 60)

    assert not any(alarms(during, EXITS))


def test_exits_are_read_from_heartbeats_where_nothing_else_is_told() -> None:
    market = Behaviour()
    chance = Random(4)
    before = watch(market, [{**TALKING, "heartbeat": 100 + chance.randint(-3, 3)} for _ in range(120)])
    fewer = [{**TALKING, "heartbeat": 100 - 15 * (number // 6 + 1)} for number in range(24)]
    during = watch(market, fewer, 120)

    assert not any(alarms(before, EXITS))
    assert during[-1][EXITS].viewers > 0
    assert market.present() == pytest.approx(6 * 40, abs=1)


@pytest.mark.parametrize("every", [3, 6])
def test_a_count_that_comes_seldom_is_held_against_the_ticks_between(every: int) -> None:
    """A steady audience that is counted every half or whole minute does not leave in bursts."""
    market = Behaviour()
    told = watch(market, [one if number % every == 0 else TALKING for number, one in enumerate(steady(180, seed=8))])

    assert not any(alarms(told, EXITS))


def test_an_old_count_is_not_believed_for_ever() -> None:
    market = Behaviour()
    watch(market, [{"present": 900.0}, *[{"join": 2}] * 29])
    assert market.present() == 900.0

    watch(market, [{"join": 2}] * 3, 30)

    assert market.present() == 64.0


def test_the_end_of_a_show_is_no_exit_peak() -> None:
    market = Behaviour()
    watch(market, [{**SELLING, "join": 200}, *[{**SELLING, "comments": 6}] * 60])
    end = watch(market, [{"leave": 40, "comments": 0}] * 12, 61)

    assert not any(alarms(end, EXITS))


def test_leaving_that_the_run_of_show_explains_says_nothing() -> None:
    market = Behaviour()
    watch(market, [{**SELLING, "join": 200}, *[{**SELLING, "comments": 6}] * 60])
    told = watch(market, [{**SELLING, "leave": 40, "comments": 6, "explained": True}] * 6, 61)

    assert all(EXITS not in one for one in told)


def test_what_another_version_kept_begins_anew() -> None:
    market, other = Behaviour(), Behaviour()
    watch(market, [SELLING] * 20)
    kept = market.dump()
    kept["market"] = orjson.dumps({**orjson.loads(kept["market"]), "version": 0})

    other.load(kept)

    assert other.dump().keys() == {"market"}
    assert other.present() == 0.0


def test_viewers_are_never_more_than_what_they_did() -> None:
    """A sketch may estimate more viewers than there were events."""
    seen = Seen(10.0, 10.0, {"stall": 3.0}, {"stall": 9.0})

    assert seen.people("stall") == 3.0
    assert seen.people("leave") == 0.0
