"""How the series of `hidden_markov` are kept between ticks: states as bytes, each of one series."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

import numpy as np

from analytics.detectors.members import Member, Prior
from analytics.detectors.series import Series

VERSION = 3
# Version, alone, alarmed, pairs of the last minute, and eleven numbers, NaN for None.
_HEAD = np.dtype([("version", "u1"), ("alone", "?"), ("alarmed", "?"), ("pairs", "<u2"), ("numbers", "<f8", 11)])
_PAIR = 16  # bytes


def dumped(series: Series, places: Sequence[int]) -> list[bytes]:
    """The states of the series at `places`, 1.2 to 2.2 kB each."""
    head = np.zeros(len(places), _HEAD)
    head["version"], head["alone"] = VERSION, series.alone
    head["alarmed"], head["pairs"] = series.alarmed[places], series.filled[places]
    priors = [series.members[at].prior for at in places]
    numbers = (
        series.ended[places],
        series.since[places],
        [series.shift[at] for at in places],
        series.silent[places],
        series.calm_for[places],
        *series.comments[:, places],
        *series.repeated[:, places],
        [prior.share for prior in priors],
        [prior.spread for prior in priors],
    )
    for column, values in enumerate(numbers):
        head["numbers"][:, column] = values
    heads = head.tobytes()
    recent = series.recent[..., places].transpose(2, 0, 1).astype("<f8").tobytes()
    # By dispersion, state and odds, as it was when the first of these were written.
    grids = series.belief[places].transpose(0, 2, 1, 3).astype("<u2").tobytes()
    window, grid = _PAIR * len(series.recent), len(grids) // len(places)
    states = []
    for number, pairs in enumerate(head["pairs"].tolist()):
        end = (number + 1) * window
        states.append(
            heads[number * _HEAD.itemsize : (number + 1) * _HEAD.itemsize]
            + recent[end - _PAIR * pairs : end]
            + grids[number * grid : (number + 1) * grid]
        )
    return states


def not_begun(prior: Prior) -> bytes:
    """The state of a series that has seen no tick."""
    head = np.zeros(1, _HEAD)
    head["version"] = VERSION
    head["numbers"] = np.nan, np.nan, 0, 0, 0, 0, 0, 0, 0, prior.share, prior.spread
    return head.tobytes()


def loaded(state: bytes, member: Callable[[Prior, bool], Member]) -> tuple[Prior, Series | None]:
    """The prior of what `dumped` wrote, and the one series, None where it had not begun. `member` makes it one, given
    that prior and whether it is alone.

    ValueError: the state is of another version or tuning.
    """
    if len(state) < _HEAD.itemsize or state[0] != VERSION:
        raise ValueError("a state of another version is not for this detector; start it anew")
    head = np.frombuffer(state, _HEAD, 1)[0]
    ended, since, shift, silent, calm_for, *sums, share, spread = head["numbers"].tolist()
    prior, alone, recent = Prior(share, spread), bool(head["alone"]), int(head["pairs"])
    its = member(prior, alone)
    states, dispersions, odds = its.tuning.shape
    begin = _HEAD.itemsize + _PAIR * recent
    if len(state) - begin not in (0, 2 * states * dispersions * odds):
        raise ValueError("a state of another tuning is not for this detector; start it anew")
    if len(state) == begin:
        return prior, None
    made = Series([its], alone=alone)
    pairs = struct.unpack_from(f"<{2 * recent}d", state, _HEAD.itemsize)
    made.recent = np.array(pairs, np.float64).reshape(recent, 2, 1)
    made.filled[0] = recent
    made.belief[0] = np.frombuffer(state, "<u2", offset=begin).reshape(dispersions, states, odds).transpose(1, 0, 2)
    made.ended[0], made.since[0], made.silent[0], made.calm_for[0] = ended, since, int(silent), calm_for
    made.comments[:, 0], made.repeated[:, 0] = sums[:2], sums[2:]
    made.alarmed[0] = bool(head["alarmed"])
    made.place(0, int(shift))
    return prior, made
