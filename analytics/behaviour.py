"""What the viewers of one market of a show do, told to detectors: payments that fail, players that stall, viewers who
leave, carts that never come to the checkout. Counts alone, as everywhere below the desk.

Each kind of trouble is something of concern among what it can befall, so each has its own measure:

- *payment failures*: viewers whose payment fails among all who try to pay;
- *stalls*: viewers whose player stalls among those present;
- *exits*: viewers who leave among those present, where the run of show does not explain it;
- *abandoned carts*: checkouts that are missing, given the carts filled before. How long people take to the checkout
  is unknown and differs by product, so carts ripen at three speeds, and the slowest of them is believed: after a
  product drop carts come first and checkouts later.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache

import orjson

from analytics.detectors.base import SpikeDetector, Tick, Verdict, dump_all
from analytics.detectors.belief import Tuning
from analytics.detectors.hidden_markov import HiddenMarkov
from analytics.detectors.members import Prior
from analytics.detectors.shortfall import Shortage, Shortfall

PAYMENT_FAILURES, STALLS, EXITS, ABANDONED_CARTS = "payment_failures", "stalls", "exits", "abandoned_carts"
FLOORS = {PAYMENT_FAILURES: 4.0, STALLS: 8.0, EXITS: 12.0, ABANDONED_CARTS: 8.0}  # viewers; for carts, checkouts
WINDOW = 120.0  # seconds over which floors are asked and figures are told
CARTS_WINDOW = 180.0

# What an ordinary stretch of so many viewers is for the hidden Markov model: its grid lies around one in fifty.
PRESENT_FOR_STALLS, PRESENT_FOR_EXITS = 50.0, 10.0
RIPEN = (15.0, 50.0, 150.0)  # seconds from cart to checkout: at most, of these
EXITS_HOLD = 30.0  # seconds for which an exit peak must last: at the end of a show joins stop by then
UNPLANNED_HOLD = 80.0  # where nobody said when segments change: those who go with one are gone by then
RISING = 0.5  # score above which it lasts
STILL_LEAVING = 2.2  # times the usual, in the last two ticks
WARMS_UP = 300.0  # seconds in which it is learnt how long viewers stay here: seconds, or the whole evening
STILL_JOINING = 0.4  # of the usual joins of half a minute, without which the show is taken to be over
TOLD_BY = 3.0  # usual joins, or comments, in half a minute, from which on they can tell that
PATIENT = 600.0  # seconds over which joins and comments are usual
COUNT_HOLDS = 300.0  # seconds for which a platform's count of viewers is believed
MINUTES = 20  # whose figures are kept for the chart
VERSION = 1

_PAYMENTS = Tuning(
    times=(0.25, 1.0, 1.6, 2.6, 6.0, 20.0), floors=(0.0, 0.0, 0.8, 1.5, 2.5, 5.0), every=14400.0, lasts=600.0,
    dispersions=(0.02, 0.1, 0.35), dispersed=(0.4, 0.4, 0.2), reset=3e-5, surge=0.0, window=WINDOW, threshold=0.92,
)  # fmt: skip
_STALLS = Tuning(
    times=(0.25, 1.0, 1.6, 2.8, 8.0, 25.0), floors=(0.0, 0.0, 3.0, 6.0, 10.0, 20.0), every=14400.0, lasts=600.0,
    surge=0.0, reset=3e-5, window=WINDOW, threshold=0.8,
)  # fmt: skip
_EXITS = Tuning(
    times=(0.25, 1.0, 2.0, 3.3, 6.0, 14.0), floors=(0.0, 0.0, 4.0, 8.0, 14.0, 30.0), every=14400.0,
    dispersions=(0.05, 0.2, 0.5), surge=0.0, reset=3e-5, window=WINDOW, threshold=0.85,
)  # fmt: skip
_PRIORS = {PAYMENT_FAILURES: Prior(0.04, 0.7), STALLS: Prior(0.02, 1.0), EXITS: Prior(0.05, 2.0)}


@lru_cache(maxsize=256)
def _tuning(signal: str, floor: float) -> Tuning:
    """One object for each, as detectors of one tuning are updated side by side."""
    base = {PAYMENT_FAILURES: _PAYMENTS, STALLS: _STALLS, EXITS: _EXITS}[signal]
    return replace(base, min_viewers=floor, min_extra=floor * 0.9)


def detector(signal: str, floor: float | None = None, sensitivity: float = 1.0) -> SpikeDetector:
    """A fresh detector of a signal. `floor`: fewest viewers (of carts, missing checkouts) before it is an alarm."""
    least = FLOORS[signal] if floor is None else floor
    if signal == ABANDONED_CARTS:
        return Shortfall(sensitivity, Shortage(missing=least))
    return HiddenMarkov(_PRIORS[signal], sensitivity, _tuning(signal, least))


@dataclass(frozen=True, slots=True)
class Seen:
    """What one market did in one closed tick.

    `counts` are events by kind, `viewers` those behind them who had done no such thing for a minute or two (never more
    than the events; where they are unknown, the events). `present` is the platform's count of viewers, where it told
    one. `explained`: a segment has just changed or the planned end is near, so that leaving says nothing.
    """

    ended: float
    seconds: float
    counts: Mapping[str, float]
    viewers: Mapping[str, float] = field(default_factory=dict)
    comments: float = 0.0
    present: float | None = None
    explained: bool = False
    planned: bool = False  # whether a run of show says when segments change

    def people(self, kind: str) -> float:
        return min(self.counts.get(kind, 0.0), self.viewers.get(kind, self.counts.get(kind, 0.0)))


@dataclass(frozen=True, slots=True)
class Found:
    """What a signal says at the end of a tick. Rates are a minute; `share` of `among`, over the last minutes.

    For abandoned carts, `rate` is checkouts that are missing and `share` the part of the carts that did not go on.
    """

    signal: str
    alarm: bool
    calm: bool
    since: float | None
    rate: float
    usual: float
    share: float
    usual_share: float
    among: float
    viewers: float


@dataclass(slots=True)
class _State:
    joined: float = 0.0  # joins less leaves, never below 0
    counted: float = 0.0  # the platform's last count …
    counted_ago: float = math.inf  # … and its age
    beats: float = 0.0  # heartbeats of the minute that runs, …
    last_beats: float = -1.0  # … and of the one before; -1: none yet
    beating: float = 0.0  # seconds of the minute that runs
    leaves_told: bool = False
    unread: float = 0.0  # seconds since a count or a minute of heartbeats was compared with the one before
    usual_joins: float = -1.0  # a tick; -1: none yet
    usual_comments: float = -1.0
    followed: float = 0.0  # seconds over which those two were learnt
    lately: list[list[float]] = field(default_factory=list)  # [joins, comments] of the last half minute
    ripening: list[list[float]] = field(default_factory=lambda: [[0.0, 0.0] for _ in RIPEN])
    windows: dict[str, list[list[float]]] = field(default_factory=dict)  # signal → [concerned, among, usual] a tick
    minutes: dict[str, list[list[float]]] = field(default_factory=dict)  # signal → [minute, concerned, among, seconds]
    watched_for: float = 0.0  # seconds for which it has been watched who leaves
    peak_for: float = 0.0  # seconds for which more leave than usual


_KEPT = tuple(one.name for one in fields(_State))


class Behaviour:
    """One market of one show. `ticks` says what its detectors are to be shown, `found` what their verdicts mean.

    State does not grow: sums, the last eighteen ticks' figures, and the detectors' own.
    """

    def __init__(self, floors: Mapping[str, float | None] | None = None, sensitivity: float = 1.0) -> None:
        """`floors` names the signals to watch, each with its floor or None for ours; all of them if left out."""
        self._floors = dict.fromkeys(FLOORS) if floors is None else dict(floors)
        self._sensitivity = sensitivity
        self._detectors: dict[str, SpikeDetector] = {}
        self._is = _State()

    def ticks(self, seen: Seen) -> list[tuple[str, SpikeDetector, Tick]]:
        """The detectors that have something to hear of this tick. One begins with the first event of its kind; that of
        exits where counts of viewers are compared for the first time, as one that stands still is usual too."""
        lost, of = self._presence(seen)
        present = self.present()
        shown = []
        failed = seen.people("payment_failed")
        paid = seen.counts.get("purchase", 0.0)
        shown += self._shown(PAYMENT_FAILURES, seen, failed, failed + paid, failed + paid)
        stalled = seen.people("stall")
        shown += self._shown(STALLS, seen, stalled, stalled + present / PRESENT_FOR_STALLS, present)
        if seen.explained:
            self._note_minute(EXITS, seen, lost, of)
        else:
            shown += self._shown(EXITS, seen, lost, lost + of / PRESENT_FOR_EXITS, of)
        carts = self._ripe(seen.people("add_to_cart"), seen.seconds)
        went_on = max(seen.people("checkout"), seen.counts.get("purchase", 0.0))
        if ABANDONED_CARTS in self._detectors or carts > 0:
            shown += self._shown(ABANDONED_CARTS, seen, went_on, carts, carts)
        return shown

    def present(self) -> float:
        """Viewers, as the platform counts them, or as joins and leaves or heartbeats tell."""
        now = self._is
        if now.counted_ago <= COUNT_HOLDS:
            return now.counted
        return max(now.joined, now.last_beats, 0.0)

    def found(self, signal: str, seen: Seen, verdict: Verdict) -> Found:
        """What the verdict on a tick of `ticks` means."""
        return self.tells(signal, seen, verdict, alarm=self.hears(signal, seen, verdict))

    def hears(self, signal: str, seen: Seen, verdict: Verdict) -> bool:
        """Take the verdict on a tick of `ticks`; whether it is alarming. Of most nobody asks what they mean."""
        self._is.windows[signal][-1][2] = verdict.expected
        return verdict.alarm if signal != EXITS else self._is_a_peak(seen, verdict)

    def tells(self, signal: str, seen: Seen, verdict: Verdict, *, alarm: bool) -> Found:
        """What a verdict means that was heard; `alarm` as `hears` said."""
        window = self._is.windows[signal]
        concerned, among, usual = (sum(tick[place] for tick in window) for place in range(3))
        minutes = max(len(window) * seen.seconds, 60.0) / 60
        if signal == ABANDONED_CARTS:
            missing = max(0.0, usual - concerned)
            share, usual_share = 1 - min(1.0, concerned / among) if among else 0.0, 1 - verdict.usual_share
            return Found(
                signal, alarm, verdict.calm, verdict.since, missing / minutes, 0.0, share, usual_share, among, missing
            )
        if signal == PAYMENT_FAILURES:
            usual_share = verdict.usual_share
        else:  # of those present, over the window; a mean over its ticks
            among /= len(window)
            usual_share = usual / among if among else 0.0
        share = concerned / among if among else 0.0
        return Found(
            signal, alarm, verdict.calm, verdict.since, concerned / minutes, usual / minutes,
            min(1.0, share), min(1.0, usual_share), among, concerned,
        )  # fmt: skip

    def _shown(
        self, signal: str, seen: Seen, concerned: float, total: float, among: float
    ) -> list[tuple[str, SpikeDetector, Tick]]:
        if signal not in self._floors:
            return []
        if signal not in self._detectors:
            if signal != ABANDONED_CARTS and (concerned if signal == STALLS else total) <= 0:
                return []
            self._begin(signal, seen, max(total - concerned, 1.0))
        self._note_minute(signal, seen, concerned, among)
        window = self._is.windows.setdefault(signal, [])
        window.append([concerned, among, 0.0])
        length = CARTS_WINDOW if signal == ABANDONED_CARTS else WINDOW
        del window[: -max(1, round(length / seen.seconds))]
        distinct = None if signal == ABANDONED_CARTS else concerned
        return [(signal, self._detectors[signal], Tick(seen.ended, seen.seconds, concerned, total, distinct))]

    def _begin(self, signal: str, seen: Seen, exposure: float) -> None:
        """A fresh detector. It takes a tick in which nothing was wrong before the one that it begins with, for what is
        wrong from the first moment is not to be taken for usual."""
        made = self._detectors[signal] = detector(signal, self._floors[signal], self._sensitivity)
        if signal in (PAYMENT_FAILURES, STALLS):
            made.update(Tick(seen.ended - seen.seconds, seen.seconds, 0.0, exposure, 0.0))

    def _note_minute(self, signal: str, seen: Seen, concerned: float, among: float) -> None:
        if signal not in self._detectors:
            return
        kept, minute = self._is.minutes.setdefault(signal, []), (seen.ended - seen.seconds) // 60
        if not kept or kept[-1][0] != minute:
            kept.append([minute, 0.0, 0.0, 0.0])
            del kept[:-MINUTES]
        for place, more in enumerate((concerned, among, seen.seconds), 1):
            kept[-1][place] += more

    def minutes(self, signal: str) -> list[tuple[int, float, float, float]]:
        """(start in seconds since 1970, concerned, among, seconds of it that were seen) of the last minutes."""
        kept = self._is.minutes.get(signal, [])
        return [(int(minute * 60), concerned, among, seconds) for minute, concerned, among, seconds in kept]

    # ── who is there, and who is gone ────────────────────────────────────────────────────────────────────────────

    def _presence(self, seen: Seen) -> tuple[float, float]:
        """(viewers lost, those who could have left). Leaves where a source tells them; else what its counts of viewers,
        or its players' heartbeats, have come down by, less often."""
        now = self._is
        joins, left = seen.counts.get("join", 0.0), seen.people("leave")
        before = self.present()
        now.leaves_told = now.leaves_told or left > 0
        now.joined = max(0.0, now.joined + joins - seen.counts.get("leave", 0.0))
        now.unread += seen.seconds
        lost, of = left, before + joins
        fell = self._fallen(seen, joins)
        if not now.leaves_told:
            lost, of = (fell, before * now.unread / seen.seconds) if fell is not None else (0.0, 0.0)
        if fell is not None:
            now.unread = 0.0
        self._follow(joins, seen)
        return lost, of

    def _fallen(self, seen: Seen, joins: float) -> float | None:
        """By how much a fresh count, or a minute of heartbeats, lies below the one before; None without a fresh one."""
        now = self._is
        now.beats += seen.counts.get("heartbeat", 0.0)
        now.beating += seen.seconds
        now.counted_ago += seen.seconds
        fell = None
        if seen.present is not None:
            if now.counted_ago <= COUNT_HOLDS:
                fell = max(0.0, now.counted + joins - seen.present)
            now.counted, now.counted_ago = max(0.0, seen.present), 0.0
        if now.beating >= 60:
            if now.counted_ago > COUNT_HOLDS and now.last_beats > 0:
                fell = max(0.0, now.last_beats - now.beats)
            now.last_beats, now.beats, now.beating = now.beats, 0.0, 0.0
        return fell

    def _follow(self, joins: float, seen: Seen) -> None:
        now = self._is
        now.lately.append([joins, seen.comments])
        del now.lately[: -max(1, round(EXITS_HOLD / seen.seconds))]
        # At first it follows quickly: a source that finds a show under way tells of everybody in its first tick.
        now.followed += seen.seconds
        step = 1 - math.exp(-seen.seconds / min(PATIENT, max(EXITS_HOLD, now.followed / 2)))
        now.usual_joins = joins if now.usual_joins < 0 else now.usual_joins + step * (joins - now.usual_joins)
        said = seen.comments
        now.usual_comments = said if now.usual_comments < 0 else now.usual_comments + step * (said - now.usual_comments)

    def _is_a_peak(self, seen: Seen, verdict: Verdict) -> bool:
        """Whether those who leave leave a show that goes on: at its end everybody does, and nobody comes any more."""
        now = self._is
        now.watched_for += seen.seconds
        now.peak_for = now.peak_for + seen.seconds if verdict.alarm and verdict.score >= RISING else 0.0
        last = now.windows[EXITS][-2:]
        if (
            now.peak_for < (EXITS_HOLD if seen.planned else UNPLANNED_HOLD)
            or now.watched_for < WARMS_UP
            or sum(tick[0] for tick in last) < STILL_LEAVING * sum(tick[2] for tick in last)
        ):
            return False
        for place, usual in ((0, now.usual_joins), (1, now.usual_comments)):
            if usual * len(now.lately) >= TOLD_BY:
                lately: float = sum(tick[place] for tick in now.lately)
                return lately >= STILL_JOINING * usual * len(now.lately)
        return False

    def _ripe(self, carts: float, seconds: float) -> float:
        """Of the carts filled so far, those that should come to the checkout in this tick; the fewest that any speed
        promises."""
        promised = []
        for stage, ripen in zip(self._is.ripening, RIPEN, strict=True):
            part = 1 - math.exp(-seconds / (ripen / 2))
            stage[0] += carts
            moves = part * stage[0]
            stage[0] -= moves
            stage[1] += moves
            done = part * stage[1]
            stage[1] -= done
            promised.append(done)
        fewest = min(promised)
        return fewest if fewest > 1e-3 else 0.0

    # ── kept ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def dump(self) -> dict[str, bytes]:
        """The states of the market and of each of its detectors, by name."""
        return dump_markets({"": self})[""]

    def _dump_market(self) -> bytes:
        state = {name: getattr(self._is, name) for name in _KEPT}
        state["counted_ago"] = min(self._is.counted_ago, 1e9)
        return orjson.dumps({"version": VERSION, **state})

    def load(self, states: Mapping[str, bytes]) -> None:
        """Go on where `dump` left off. What another version wrote, or a signal that is not watched, begins anew."""
        was = orjson.loads(states["market"]) if "market" in states else {}
        if was.pop("version", None) != VERSION:
            return
        self._is = _State(**was)
        for signal in self._floors:
            if signal not in states:
                continue
            made = detector(signal, self._floors[signal], self._sensitivity)
            try:
                made.load(states[signal])
            except ValueError:
                continue
            self._detectors[signal] = made


def dump_markets(markets: Mapping[str, Behaviour]) -> dict[str, dict[str, bytes]]:
    """`dump` of each market, all of their detectors in one go."""
    states = iter(dump_all([detector for one in markets.values() for detector in one._detectors.values()]))
    return {
        market: {"market": one._dump_market(), **{signal: next(states) for signal in one._detectors}}
        for market, one in markets.items()
    }
