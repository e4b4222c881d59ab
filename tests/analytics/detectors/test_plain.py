"""The fast form of the live detector against the plain one: the same verdicts, and scores that differ by rounding."""

from __future__ import annotations

import math
import struct
from random import Random

import numpy as np
import pytest

from analytics.behaviour import EXITS, PAYMENT_FAILURES, STALLS, detector
from analytics.detectors import HiddenMarkov, Prior, update_all
from analytics.detectors.base import Tick, Verdict
from tests.analytics.detectors.evenings import Evening
from tests.analytics.detectors.plain import Plain

ROUNDING = 2e-3  # of a score: a belief is kept with ten bits of mantissa, and each tick may round a cell the other way


def evenings(seed: int) -> list[tuple[HiddenMarkov, Plain, list[Tick]]]:
    """Series of all kinds, watched side by side, each with a rise, a rush, a stall and a raid somewhere."""
    chance = Random(seed)
    found = []
    for number in range(10):
        prior, sensitivity = (
            Prior(chance.choice([0.005, 0.02, 0.2]), chance.choice([0.4, 0.7])),
            chance.choice([0.6, 1, 2]),
        )
        evening = Evening(seed * 100 + number, minutes=60, comments=chance.choice([3, 30, 200]), share=prior.share)
        evening.add(chance.uniform(5, 30), chance.choice([1, 4, 15]), complaints=chance.choice([2, 6, 40]))
        evening.add(chance.uniform(30, 50), 2, complaints=8, by=chance.choice([1, 6]))
        evening.multiply(chance.uniform(5, 50), 4, times=4)
        evening.stall(chance.uniform(5, 50), chance.choice([1, 3]))
        ticks = [one for one in evening.ticks() if chance.random() > 0.01]
        kind = number % 5
        if kind < 2:
            fast = HiddenMarkov(prior, sensitivity)
        else:
            fast = detector((PAYMENT_FAILURES, STALLS, EXITS)[kind - 2], None, sensitivity)  # type: ignore[assignment]
        if number == 1:
            ticks = [one._replace(total=None, distinct=None) for one in ticks]
        found.append((fast, Plain(fast._prior, sensitivity, fast._given), ticks))
    return found


def alike(fast: Verdict, plain: Verdict, threshold: float) -> bool:
    """The same but for rounding; where the score lies on an edge of a decision, rounding may decide."""
    if abs(fast.score - plain.score) > ROUNDING:
        return False
    on_edge = any(abs(plain.score - edge) <= ROUNDING for edge in (threshold, threshold / 2, 0.25))
    decided = on_edge or (fast.alarm, fast.calm) == (plain.alarm, plain.calm)
    return decided and math.isclose(fast.expected, plain.expected, rel_tol=0.01, abs_tol=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_it_judges_side_by_side_as_the_plain_model_does_alone(seed: int) -> None:
    watched = evenings(seed)
    by_end = [{tick.ended: tick for tick in ticks} for _, _, ticks in watched]
    alarms = 0
    for number in range(1, 361):
        told = [
            (place, by_end[place][10.0 * number]) for place in range(len(watched)) if 10.0 * number in by_end[place]
        ]
        verdicts = update_all([watched[place][0] for place, _ in told], [tick for _, tick in told])
        for (place, tick), verdict in zip(told, verdicts, strict=True):
            plain = watched[place][1].update(tick)
            assert alike(verdict, plain, watched[place][1].threshold), (number, place, verdict, plain)
            alarms += plain.alarm
    assert alarms > 20


def test_it_goes_on_from_a_state_that_was_written_before_series_were_judged_side_by_side() -> None:
    """Head, pairs of the window, and the grid by dispersion, state and odds."""
    ticks = list(Evening(seed=21, minutes=40).add(minute=20, minutes=5, complaints=12).ticks())
    plain = Plain(Prior(0.03, 0.6))
    for tick in ticks[:123]:
        plain.update(tick)
    exponents = plain.belief.astype(np.float32).view(np.uint32)
    kept = ((exponents - ((127 - 62) << 23)) >> 13).astype("<u2").transpose(1, 0, 2)
    state = struct.pack(
        "<B??H11d", 3, False, plain.alarmed, len(plain.recent), plain.ended, plain.since or math.nan, plain.shift,
        plain.silent, plain.calm_for, *plain.comments, *plain.repeated, 0.03, 0.6,
    )  # fmt: skip
    state += struct.pack(f"<{2 * len(plain.recent)}d", *(number for pair in plain.recent for number in pair))
    state += kept.tobytes()

    restored = HiddenMarkov()
    restored.load(state)

    assert restored.dump() == state
    for tick in ticks[123:]:
        assert alike(restored.update(tick), plain.update(tick), plain.threshold)
