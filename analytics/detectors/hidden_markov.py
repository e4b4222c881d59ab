"""Complaint spikes as a hidden Markov model, filtered exactly tick by tick.

What is hidden is (1) the usual odds of a complaint among comments, which wander slowly, (2) how much more the counts
vary than chance alone would make them, and (3) whether something is going on: nothing, a dilution (many comments that
complain of nothing), or a rise of one of four sizes. All three live on one small grid, and every tick moves and
re-weighs that grid by Bayes' rule, so there is no separate baseline that a spike could poison: while a rise explains
the complaints better, the usual odds stay where they are. The score is the probability that a rise worth waking
someone is going on. docs/detection.md tells the method with its sources and figures; many series are judged side by
side (series.py), and the grid's arithmetic is in belief.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from analytics.detectors.base import Tick, Verdict
from analytics.detectors.belief import COUNTS, LIVE, Tuning
from analytics.detectors.kept import dumped, loaded, not_begun
from analytics.detectors.members import Member, Prior, logit
from analytics.detectors.series import Series, table

BLOCK = 64  # series side by side: arrays of 147 kB, a few of which the cache holds


class HiddenMarkov:
    """`sensitivity` multiplies the evidence an alarm needs: above 1 pages later and less.

    >>> detector = HiddenMarkov()
    >>> quiet = [detector.update(Tick(10.0 * i, 10, 1, 40, 1)) for i in range(1, 61)]
    >>> any(verdict.alarm for verdict in quiet)
    False
    >>> [detector.update(Tick(600.0 + 10 * i, 10, 15, 55, 14)).alarm for i in range(1, 3)]
    [True, True]
    """

    name = "hidden_markov"

    def __init__(self, prior: Prior | None = None, sensitivity: float = 1.0, tuning: Tuning | None = None) -> None:
        if not sensitivity > 0:
            raise ValueError(f"sensitivity must be above 0 (1 is usual), got {sensitivity}")
        self._prior = prior or Prior()
        self._sensitivity = sensitivity
        self._given = tuning
        self._series: Series | None = None  # None before the first tick
        self._at = 0  # its place there

    @property
    def threshold(self) -> float:
        """The score from which on an alarm is raised."""
        if self._series is not None:
            return self._series.members[self._at].threshold
        return self._member(self._prior, alone=False).threshold

    def update(self, tick: Tick) -> Verdict:
        """Take one closed tick. Ticks come in order; those left out count as unheard, as does one without comments.

        ValueError: a tick that is not later than the last, of no length, or with impossible counts.
        """
        return self.update_together([self], [tick])[0]

    @staticmethod
    def update_together(detectors: Sequence[HiddenMarkov], ticks: Sequence[Tick]) -> list[Verdict]:
        """`update` of each with its tick, all in one go: some thirty times faster, and the same to the bit.

        They stay together from then on: who is shown the same detectors with every tick is not kept waiting for them to
        be put in order. ValueError: as for `update`, and then none has taken its tick.
        """
        if not detectors:
            return []
        known = detectors[0]._series
        if known is not None and _are(known, detectors):  # as with the tick before, so nothing is to be put in order
            told = table(ticks)
            if not known.refuses(told):
                return known.update(ticks, told)
        _check(detectors, ticks)
        for detector, tick in zip(detectors, ticks, strict=True):
            detector._begin(tick)
        verdicts: dict[int, Verdict] = {}
        for series, block in _blocks(detectors, ticks):
            own = [ticks[index] for index in block]
            verdicts |= zip(block, series.update(own, table(own)), strict=True)
        return [verdicts[index] for index in range(len(ticks))]

    @staticmethod
    def dump_together(detectors: Sequence[HiddenMarkov]) -> list[bytes]:
        """`dump` of each."""
        places: dict[int, list[int]] = {}
        for index, detector in enumerate(detectors):
            places.setdefault(id(detector._series), []).append(index)
        states: dict[int, bytes] = {}
        for indices in places.values():
            series = detectors[indices[0]]._series
            if series is None:
                states |= {index: not_begun(detectors[index]._prior) for index in indices}
            else:
                states |= zip(indices, dumped(series, [detectors[index]._at for index in indices]), strict=True)
        return [states[index] for index in range(len(detectors))]

    def dump(self) -> bytes:
        """The state, 1.2 to 2.2 kB."""
        return self.dump_together([self])[0]

    def load(self, state: bytes) -> None:
        """Go on where `dump` left off, prior and all. ValueError: the state is of another version or tuning."""
        self._prior, self._series = loaded(state, self._member)
        self._at = 0

    def _member(self, prior: Prior, alone: bool) -> Member:
        tuning = self._given or (COUNTS if alone else LIVE)
        doubt = math.log(tuning.every / tuning.lasts)  # log odds against any given moment being part of a rise
        needed = self._sensitivity * (logit(tuning.threshold) + doubt) - doubt
        return Member(prior, tuning, 1.0 / (1.0 + math.exp(-needed)))

    def _begin(self, tick: Tick) -> None:
        if self._series is None:
            self._series, self._at = Series.begun(self._member(self._prior, tick.total is None), tick), 0

    def _check(self, tick: Tick) -> None:
        series = self._series
        ended = None if series is None else float(series.ended[self._at])
        if ended is not None and tick.ended <= ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {ended}")
        if tick.seconds <= 0 or not tick.complaints >= 0 or (tick.total or 0) < 0 or (tick.distinct or 0) < 0:
            raise ValueError(f"counts and lengths must not be negative, and a tick must last: {tick}")
        if series is not None and (tick.total is None) != series.alone:
            raise ValueError("a series has totals in all of its ticks or in none")


def _are(series: Series, detectors: Sequence[HiddenMarkov]) -> bool:
    """Whether these are the members of `series`, in its order."""
    return len(detectors) == len(series) and all(
        one._series is series and one._at == place for place, one in enumerate(detectors)
    )


def _check(detectors: Sequence[HiddenMarkov], ticks: Sequence[Tick]) -> None:
    for detector, tick in zip(detectors, ticks, strict=True):
        detector._check(tick)


def _blocks(detectors: Sequence[HiddenMarkov], ticks: Sequence[Tick]) -> Iterator[tuple[Series, list[int]]]:
    """What can be updated in one go, put together where it is not yet; all have begun."""
    kinds: dict[tuple[object, float], list[int]] = {}
    for index, (detector, tick) in enumerate(zip(detectors, ticks, strict=True)):
        assert detector._series is not None
        kinds.setdefault((detector._series.kind, tick.seconds), []).append(index)
    for alike in kinds.values():
        for first in range(0, len(alike), BLOCK):
            block = alike[first : first + BLOCK]
            yield _together([detectors[index] for index in block]), block


def _together(detectors: Sequence[HiddenMarkov]) -> Series:
    parts = [(one._series, one._at) for one in detectors if one._series is not None]
    series = parts[0][0]
    if parts == [(series, place) for place in range(len(series))]:
        return series
    made = Series.joined(parts)
    for place, one in enumerate(detectors):
        one._series, one._at = made, place
    return made
