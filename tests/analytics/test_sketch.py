"""Distinct viewers: exact when few, mergeable in any order, refused when it is something else."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.sketch import DistinctSketch, merged

hashes = st.integers(min_value=0, max_value=2**64 - 1)


@given(st.lists(hashes, max_size=150))
def test_it_counts_few_viewers_exactly(viewers: list[int]) -> None:
    assert round(DistinctSketch(viewers).estimate()) == len(set(viewers))


@given(st.lists(st.lists(hashes, max_size=120), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_it_gives_one_number_whatever_the_order_of_merging(groups: list[list[int]], chance: random.Random) -> None:
    everyone = DistinctSketch(viewer for group in groups for viewer in group)
    parts = [DistinctSketch(group) for group in groups]
    chance.shuffle(parts)

    one_by_one = parts[0]
    for part in parts[1:]:
        one_by_one = part.merge(one_by_one)

    assert one_by_one.estimate() == everyone.estimate() == merged(parts).estimate()


@pytest.mark.parametrize("viewers", [1_000, 20_000])
def test_it_stays_within_seven_percent_and_one_kilobyte_for_a_crowd(viewers: int) -> None:
    chance = random.Random(7)
    sketch = DistinctSketch(chance.getrandbits(64) for _ in range(viewers))

    assert sketch.estimate() == pytest.approx(viewers, rel=0.07)
    assert len(sketch.to_bytes()) <= 1200


def test_it_merges_crowds_in_any_order() -> None:
    chance = random.Random(8)
    crowd = [chance.getrandbits(64) for _ in range(3_000)]
    left, right = DistinctSketch(crowd[:2_000]), DistinctSketch(crowd[1_000:])

    assert left.merge(right).estimate() == right.merge(left).estimate() == DistinctSketch(crowd).estimate()


@given(st.lists(hashes, max_size=300))
def test_it_survives_being_stored(viewers: list[int]) -> None:
    sketch = DistinctSketch(viewers)

    again = DistinctSketch.from_bytes(sketch.to_bytes())
    again.add(1)
    sketch.add(1)

    assert again.estimate() == sketch.estimate()


def test_it_leaves_both_sides_of_a_merge_alone() -> None:
    one, other = DistinctSketch([1]), DistinctSketch([2])

    one.merge(other)

    assert (round(one.estimate()), round(other.estimate())) == (1, 1)


@pytest.mark.parametrize("data", [b"", b"junk", b"\x02\x01\x07\x0b"])
def test_it_refuses_bytes_that_are_no_sketch(data: bytes) -> None:
    with pytest.raises(ValueError, match="no sketch of distinct viewers"):
        DistinctSketch.from_bytes(data)
