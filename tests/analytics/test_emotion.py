"""The curve is less sure when few speak, the same in any order, and never a machine's alone to bend."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.emotion import (
    ENOUGH,
    FEW,
    MOST_STEPS,
    OUTSIDE_VOICES,
    Felt,
    Sums,
    is_emoji_alone,
    lowest,
    mood,
    reach,
    satisfaction,
    share,
    steps,
    together,
    weighed,
)
from analytics.rollups import SENTIMENT_STEPS, Counted, merge, roll_up

FRIDAY_SHOW = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)

# As roll-ups hold them: multiples of a binary fraction, so that adding is exact.
scores = st.integers(-SENTIMENT_STEPS, SENTIMENT_STEPS).map(lambda step: step / SENTIMENT_STEPS)


def sums(values: list[float]) -> Sums:
    return Sums(len(values), sum(values), sum(value * value for value in values))


some = st.lists(scores, max_size=8).map(sums)
felt = st.builds(Felt, said=some, outside=some, satisfied=some, gestures=st.integers(0, 99))


@given(st.lists(scores, min_size=1, max_size=20), st.integers(1, 20), st.integers(1, 20), st.floats(0.02, 1))
def test_it_is_less_sure_the_fewer_say_the_same(values: list[float], fewer: int, more: int, usual: float) -> None:
    narrow, wide = (reach(sums(values * (fewer + extra)), usual) for extra in (more, 0))

    assert wide > narrow > 0


@given(st.lists(felt, max_size=10), st.integers(1, 20))
def test_it_keeps_every_mean_within_its_interval_and_the_interval_within_the_scale(
    some_minutes: list[Felt], times: int
) -> None:
    minutes = some_minutes * times

    drawn = steps(minutes)

    assert len(drawn) <= MOST_STEPS
    assert sum(step.length for step in drawn) == len(minutes)
    for step in drawn:
        assert (step.mean is None) == (step.n < FEW)
        assert step.mean is None or -1 <= step.low <= step.mean + 1e-9
        assert step.mean is None or step.mean - 1e-9 <= step.high <= 1


@given(st.lists(felt, max_size=12), st.randoms(use_true_random=False))
def test_it_adds_up_to_the_same_in_any_order_and_grouping(parts: list[Felt], chance: random.Random) -> None:
    whole = together(parts)
    cut = chance.randint(0, len(parts))
    shuffled = chance.sample(parts, len(parts))

    assert together(shuffled) == whole
    assert together(parts[cut:]).plus(together(parts[:cut])) == whole


@given(st.lists(st.tuples(st.sampled_from(["chat_comment", "emotion"]), scores, st.integers(0, 119))), st.data())
def test_it_draws_the_same_curve_whatever_order_events_came_in(events: list[Any], data: st.DataObject) -> None:
    counted = [
        Counted(FRIDAY_SHOW + timedelta(seconds=at), market="de", kind=kind, sentiment=score)
        for kind, score, at in events
    ]
    mixed = data.draw(st.permutations(counted))
    half = len(mixed) // 2

    assert curve(roll_up(counted)) == curve(merge(roll_up(mixed[half:]), roll_up(mixed[:half])))


def curve(cells: Any) -> Any:
    """Both minutes of the show, from cells as a question reads them."""
    minutes = [Felt(), Felt()]
    for key, cell in cells.items():
        of = Sums(cell.sentiment_n, cell.sentiment_sum, cell.sentiment_squares)
        at = int((key.start - FRIDAY_SHOW.timestamp()) // 60)
        minutes[at] = minutes[at].plus(Felt(outside=of) if key.kind == "emotion" else Felt(said=of))
    return steps(minutes)


@given(some, st.lists(scores, min_size=1, max_size=30), st.integers(1, 1000))
def test_it_lets_a_machine_bend_a_minute_by_no_more_than_its_voices(
    said: Sums, machine: list[float], times: int
) -> None:
    """However often it reports: beside n people it draws the mean at most 3/(n + 3) of the way to its own."""
    outside = sums(machine * times)

    both = weighed(said, outside)

    assert both.n <= said.n + OUTSIDE_VOICES + 1e-9
    if said.n:
        way = OUTSIDE_VOICES / (said.n + OUTSIDE_VOICES)
        assert abs(both.mean - said.mean) <= way * abs(outside.mean - said.mean) + 1e-9


@given(st.lists(felt, max_size=10))
def test_it_weighs_each_minute_by_itself(minutes: list[Felt]) -> None:
    assert mood(minutes).n <= sum(minute.said.n for minute in minutes) + OUTSIDE_VOICES * len(minutes) + 1e-6


@given(scores)
def test_it_says_nothing_new_where_the_machine_agrees(score: float) -> None:
    people, machine = sums([score] * 20), sums([score] * 60)

    assert weighed(people, machine).mean == pytest.approx(people.mean)


def test_it_calls_no_minute_the_lowest_in_which_three_spoke_where_others_had_more() -> None:
    three, many = Felt(said=sums([-1.0] * FEW)), Felt(said=sums([-0.2] * ENOUGH))

    few_and_many, few_alone = lowest(steps([three, many])), lowest(steps([three, Felt()]))

    assert few_and_many is not None
    assert few_and_many.first == 1
    assert few_alone is not None
    assert few_alone.first == 0
    assert lowest(steps([Felt()])) is None


@pytest.mark.parametrize(
    ("value", "scale", "mark"),
    [
        ("0", 10, 0.0),
        ("9", 10, 0.9),
        ("9", "10", 0.9),
        ("4.5", 5.0, 0.9),
        ("5", None, 1.0),
        ("87", 100, 0.87),
        ("87", None, None),  # a percentage that does not say so
        ("11", 10, None),
        ("3", 0, None),
        ("3", -5, None),
        ("3", True, None),
        ("3", "stars", None),
        ("3", "nan", None),
        ("3", "inf", None),
        ("3", float("inf"), None),
        ("3", "1e999999", None),
        ("3", [5], None),
        ("3", {"of": 5}, None),
    ],
)
def test_it_takes_a_rating_as_a_share_of_its_scale(value: str, scale: object, mark: float | None) -> None:
    score = satisfaction(Decimal(value), scale)

    assert (None if score is None else round(share(sums([score])), 6)) == mark


@given(st.decimals(0, 5, places=3), st.decimals(0, 5, places=3))
def test_it_keeps_the_order_of_ratings(one: Decimal, other: Decimal) -> None:
    marks = [satisfaction(value, None) for value in sorted((one, other))]

    assert marks[0] is not None
    assert marks[1] is not None
    assert -1 <= marks[0] <= marks[1] <= 1


@pytest.mark.parametrize("text", ["🔥", "❤️ ❤️", "👩🏽‍🚀🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", ":fire::heart:", " 👏👏 "])
def test_it_knows_a_comment_of_emoji_alone(text: str) -> None:
    assert is_emoji_alone(text)


@pytest.mark.parametrize("text", ["", " ", "🔥 hot", "666", "5️⃣", "!!!", "👍?", "\u200d", ":)", "好👍", "[phone]"])
def test_it_takes_nothing_else_for_emoji(text: str) -> None:
    assert not is_emoji_alone(text)


@pytest.mark.parametrize("text", ["🔥" * 25_000 + "a", ":a" * 50_000, "\u200d" * 100_000, " " * 100_000 + "x"])
def test_it_looks_through_a_flood_in_no_time(text: str) -> None:
    begun = time.process_time()

    assert not is_emoji_alone(text)

    assert time.process_time() - begun < 0.5
