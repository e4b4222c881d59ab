"""When the live detector wakes somebody, and when it must not."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from analytics.detectors import HiddenMarkov, Prior, update_all
from analytics.detectors.base import Tick
from benchmarks.behaviour_bench import poisson
from tests.analytics.detectors.evenings import Evening, alarms, watch

counts = st.tuples(st.integers(0, 60), st.integers(0, 200), st.integers(0, 60))


@dataclass
class Series:
    """One of several that are watched side by side, each begun when it likes. `ticks` by number, None where silent."""

    detector: HiddenMarkov
    begins: int
    seconds: float
    ticks: list[tuple[int, int, int] | None]
    alone: bool
    left_out: set[int] = field(default_factory=set)

    def at(self, number: int) -> Tick | None:
        """None before it begins and where its tick is left out."""
        if number < self.begins or number in self.left_out:
            return None
        complaints, others, distinct = self.ticks[number % len(self.ticks)] or (0, 0, 0)
        known = (None, None) if self.alone else (complaints + others, min(distinct, complaints))
        return Tick(self.seconds * (number + 1), self.seconds, complaints, *known)


def series() -> st.SearchStrategy[Series]:
    return st.builds(
        Series,
        detector=st.builds(
            HiddenMarkov,
            prior=st.builds(Prior, share=st.sampled_from([0.005, 0.02, 0.4])),
            sensitivity=st.sampled_from([0.5, 1.0, 3.0]),
        ),
        begins=st.integers(0, 5),
        seconds=st.sampled_from([10.0, 10.0, 3600.0]),
        # A third of all comments, or many times as many as before, moves the grid along.
        ticks=st.lists(st.none() | counts | st.just((4_000, 9_000, 4_000)), min_size=1, max_size=12),
        alone=st.booleans(),
        left_out=st.sets(st.integers(3, 20), max_size=3),
    )


@given(st.lists(series(), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_it_gives_the_same_verdicts_side_by_side_as_one_by_one(watched: list[Series]) -> None:
    apart = [HiddenMarkov(one.detector._prior, one.detector._sensitivity) for one in watched]

    for number in range(20):
        told = [(index, tick) for index, one in enumerate(watched) if (tick := one.at(number))]
        together = update_all([watched[index].detector for index, _ in told], [tick for _, tick in told])

        assert together == [apart[index].update(tick) for index, tick in told]
        assert [one.detector.dump() for one in watched] == [one.dump() for one in apart]


def test_it_takes_no_tick_when_one_of_those_side_by_side_is_impossible() -> None:
    detectors = [HiddenMarkov(), HiddenMarkov()]
    fresh = [one.dump() for one in detectors]

    with pytest.raises(ValueError, match="negative"):
        update_all(detectors, [Tick(10.0, 10.0, 1, 2, 1), Tick(10.0, 10.0, -1, 2, 1)])

    assert [one.dump() for one in detectors] == fresh


def test_it_alarms_within_half_a_minute_when_the_sound_breaks() -> None:
    evening = Evening(seed=1, minutes=40).add(minute=20, minutes=5, complaints=12)

    verdicts = watch(HiddenMarkov(), evening.ticks())

    [raised] = alarms(verdicts)
    assert 20 < raised <= 20.5


def test_it_says_since_when_what_was_usual_and_when_it_was_over() -> None:
    evening = Evening(seed=2, minutes=40).add(minute=20, minutes=5, complaints=12)

    verdicts = watch(HiddenMarkov(), evening.ticks())

    at_peak, after = verdicts[20 * 6 + 6], verdicts[28 * 6]
    assert at_peak.since == pytest.approx(20 * 60, abs=20)
    assert at_peak.usual_share == pytest.approx(0.03, rel=0.5)
    assert at_peak.observed > 4 * at_peak.expected
    assert not at_peak.calm
    assert after.calm
    assert not after.alarm


@pytest.mark.parametrize("seed", range(6))
def test_it_sleeps_through_an_evening_without_news(seed: int) -> None:
    assert alarms(watch(HiddenMarkov(), Evening(seed, minutes=120).ticks())) == []


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([10.0, 60.0, 3600.0]))
@settings(max_examples=40, deadline=None)
def test_it_never_alarms_on_a_constant_stream(complaints: int, others: int, seconds: float) -> None:
    """But for a live show that begins with a large part of its comments complaining."""
    assume(seconds > 60 or complaints <= 0.1 * others)
    detector = HiddenMarkov()
    ticks = (Tick(seconds * i, seconds, complaints, complaints + others, complaints) for i in range(1, 200))

    assert not any(verdict.alarm for verdict in watch(detector, ticks))


@given(st.integers(6, 400), st.floats(0.0, 1.0))
@example(6, 0.9)
@example(12, 1.0)
@settings(max_examples=40, deadline=None)
def test_it_hears_a_show_that_begins_with_something_broken(complaints: int, others: float) -> None:
    """A third of the first comments and more complain of one thing, and go on to; of few, 36 % and more."""
    assume(complaints >= 12 or others <= 0.9)
    total = complaints + round(2 * complaints * others)
    told = watch(HiddenMarkov(), (Tick(10.0 * i, 10.0, complaints, total, complaints) for i in range(1, 30)))

    assert any(verdict.alarm for verdict in told[:12])


@given(st.lists(counts, min_size=2, max_size=40), st.data())
@settings(max_examples=40, deadline=None)
def test_it_goes_on_as_if_nothing_had_happened_after_a_restart(
    stream: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    ticks = [
        Tick(10.0 * (index + 1), 10.0, complaints, complaints + others, min(distinct, complaints))
        for index, (complaints, others, distinct) in enumerate(stream)
    ]
    cut = data.draw(st.integers(0, len(ticks)))
    uninterrupted, restarted, before = HiddenMarkov(), HiddenMarkov(), HiddenMarkov()
    watch(before, ticks[:cut])
    restarted.load(before.dump())

    assert watch(restarted, ticks[cut:]) == watch(uninterrupted, ticks)[cut:]


def test_it_keeps_its_state_small_however_long_the_show() -> None:
    detector = HiddenMarkov()
    watch(detector, Evening(seed=3, minutes=180).ticks())

    assert len(detector.dump()) < 1_500


def test_it_ignores_one_angry_viewer() -> None:
    evening = Evening(seed=4, minutes=40).add(minute=20, minutes=2, complaints=8, by=1)

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


def test_it_ignores_a_raid_of_a_few_accounts() -> None:
    evening = Evening(seed=5, minutes=40).add(minute=20, minutes=3, complaints=24, by=8)

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


def test_it_still_hears_a_crowd_that_repeats_itself_a_little() -> None:
    evening = Evening(seed=6, minutes=40).add(minute=20, minutes=3, complaints=24, by=20)

    assert len(alarms(watch(HiddenMarkov(), evening.ticks()))) == 1


def test_it_ignores_a_product_drop() -> None:
    evening = Evening(seed=7, minutes=60).multiply(minute=20, minutes=4, times=6)

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


def test_it_hears_a_spike_inside_a_product_drop() -> None:
    evening = Evening(seed=8, minutes=60).multiply(minute=20, minutes=6, times=4).add(22, 4, complaints=50)

    raised = alarms(watch(HiddenMarkov(), evening.ticks()))

    assert len(raised) == 1
    assert 22 < raised[0] <= 22.5


def test_it_ignores_greetings_that_dilute_the_share_and_their_end() -> None:
    evening = Evening(seed=9, minutes=60)
    for tick in range(20 * 6, 28 * 6):
        evening.total[tick] += 4 * 40

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


@pytest.mark.parametrize("minutes", [1, 5])
def test_it_ignores_the_backlog_of_a_stalled_feed(minutes: int) -> None:
    evening = Evening(seed=10, minutes=60).stall(minute=20, minutes=minutes)

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


def test_it_treats_missing_ticks_like_silent_ones() -> None:
    evening = list(Evening(seed=11, minutes=60).ticks())
    gap = evening[: 20 * 6] + evening[25 * 6 :]

    assert alarms(watch(HiddenMarkov(), gap)) == []


def test_it_wakes_nobody_for_fewer_than_four_viewers() -> None:
    evening = Evening(seed=12, minutes=60, comments=1, share=0.0).add(minute=40, minutes=0.5, complaints=1)

    assert alarms(watch(HiddenMarkov(), evening.ticks())) == []


def test_it_keeps_one_alarm_through_a_pause_for_breath() -> None:
    evening = Evening(seed=13, minutes=40).add(20, 2, complaints=12).add(22.5, 2, complaints=12)

    assert len(alarms(watch(HiddenMarkov(), evening.ticks()))) == 1


def test_it_does_not_let_a_spike_become_the_usual() -> None:
    evening = Evening(seed=14, minutes=60).add(20, 10, complaints=12).add(40, 4, complaints=12)

    verdicts = watch(HiddenMarkov(), evening.ticks())

    assert verdicts[29 * 6].usual_share == pytest.approx(0.03, rel=0.5)
    assert len(alarms(verdicts)) == 2


def test_it_does_not_explain_a_steady_tenfold_rise_away_as_another_usual() -> None:
    evening = Evening(seed=20, minutes=40, comments=100, share=0.012).add(minute=20, minutes=10, complaints=14)
    evening.complaints[121] -= 8  # the first tick is small, and none of the others is extraordinary by itself

    verdicts = watch(HiddenMarkov(), evening.ticks())

    assert len(alarms(verdicts)) == 1
    assert verdicts[24 * 6].alarm
    assert verdicts[24 * 6].usual_share < 0.05


def test_it_needs_more_evidence_when_asked_to_be_less_sensitive() -> None:
    def first(sensitivity: float) -> float:
        evening = Evening(seed=15, minutes=40).add(minute=20, minutes=8, complaints=4)
        return next(iter(alarms(watch(HiddenMarkov(sensitivity=sensitivity), evening.ticks()))), 99.0)

    assert first(0.5) <= first(1.0) < first(3.0)


def test_it_starts_from_the_earlier_shows_share_where_it_is_told() -> None:
    """Four complaints in the first minute are news where hardly anybody complains, and usual where a third does."""
    evening = Evening(seed=16, minutes=2, comments=12, share=0.35)

    known = watch(HiddenMarkov(Prior(share=0.33, spread=0.3)), evening.ticks())
    unheard_of = watch(HiddenMarkov(Prior(share=0.005, spread=0.3)), evening.ticks())

    assert max(verdict.score for verdict in known) < 0.3 < max(verdict.score for verdict in unheard_of)


def test_it_watches_reviews_by_the_hour() -> None:
    hours = [(2 + hour % 3, 60 + 10 * (hour % 4)) for hour in range(24 * 14)]
    hours[200:204] = [(25, 90)] * 4
    ticks = (Tick(3600.0 * (i + 1), 3600.0, x, n, x) for i, (x, n) in enumerate(hours))

    verdicts = watch(HiddenMarkov(), ticks)

    raised = [hour for hour in range(1, len(hours)) if verdicts[hour].alarm and not verdicts[hour - 1].alarm]
    assert raised == [200]
    assert not verdicts[210].alarm


def test_it_watches_counts_without_totals() -> None:
    evening = Evening(seed=17, minutes=60, comments=300).add(minute=40, minutes=5, complaints=60)
    ticks = (Tick(tick.ended, tick.seconds, tick.complaints, None, None) for tick in evening.ticks())

    assert alarms(watch(HiddenMarkov(), ticks)) == [40.17]


@pytest.mark.parametrize("scale", [1, 1_000, 1_000_000])
def test_it_follows_counts_of_any_size(scale: int) -> None:
    detector = HiddenMarkov()
    climb = [scale * (1 + index // 40) for index in range(400)]

    verdicts = watch(detector, (Tick(10.0 * (i + 1), 10.0, x, None, None) for i, x in enumerate(climb)))

    assert verdicts[-1].expected == pytest.approx(climb[-1], rel=0.3)


@pytest.mark.parametrize(
    ("tick", "reason"),
    [
        (Tick(10.0, 10.0, 1, 2, 1), "in order"),
        (Tick(20.0, 10.0, -1, 2, 1), "negative"),
        (Tick(20.0, 10.0, 1, -2, 1), "negative"),
        (Tick(20.0, 10.0, float("nan"), 2, 1), "negative"),
        (Tick(20.0, 0.0, 1, 2, 1), "must last"),
        (Tick(20.0, 10.0, 1, None, 1), "all of its ticks or in none"),
    ],
)
def test_it_refuses_impossible_ticks_with_a_reason(tick: Tick, reason: str) -> None:
    detector = HiddenMarkov()
    detector.update(Tick(10.0, 10.0, 1, 20, 1))

    with pytest.raises(ValueError, match=reason):
        detector.update(tick)


@pytest.mark.parametrize("state", [b"", b"\x01", HiddenMarkov().dump()[:-1], HiddenMarkov().dump() + b"more"])
def test_it_refuses_a_state_it_did_not_write(state: bytes) -> None:
    with pytest.raises(ValueError, match="start it anew"):
        HiddenMarkov().load(state)


@given(st.lists(counts, max_size=30))
@settings(max_examples=60, deadline=None)
def test_it_gives_a_probability_whatever_comes(stream: list[tuple[int, int, int]]) -> None:
    """Also when a source's total is less than its complaints, or its distinct viewers more."""
    ticks = (Tick(10.0 * (i + 1), 10.0, x, n, d) for i, (x, n, d) in enumerate(stream))

    assert all(0.0 <= verdict.score <= 1.0 for verdict in watch(HiddenMarkov(), ticks))


@pytest.mark.parametrize("usual", [0.05, 0.33, 1.0])
@pytest.mark.parametrize("complaints", [16, 40, 200, 1000])
def test_it_hears_a_wall_of_complaints_however_high(usual: float, complaints: int) -> None:
    """Many times what the greatest rise makes of the usual: that is no show in which so many always complain."""
    chance = Random(3)
    detector = HiddenMarkov()

    def tick(number: int, mean: float) -> bool:
        said = poisson(chance, mean)
        return detector.update(Tick(10.0 * number, 10.0, said, said + poisson(chance, 150), said)).alarm

    quiet = [tick(number, usual) for number in range(1, 61)]
    wall = [tick(number, complaints) for number in range(61, 65)]

    assert not any(quiet)
    assert wall[-1]
