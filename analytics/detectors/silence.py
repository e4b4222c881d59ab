"""A source that sent regularly and sends nothing: how improbable is it that it has just nothing to say?

The run of ticks in which nothing came is a sequential test of a Poisson rate that has dropped to none: with a usual
rate λ, a run in which λt were expected has the probability exp(−λt), and is alarming once that is one in a hundred
thousand. It is the limit of the CUSUM for counts [1] whose other rate is 0, where any arrival starts the sum anew.
Arrivals come in bunches (batches every five minutes, many at once after a drop), so λt is divided by the dispersion
that was seen, as the quasi-likelihood has it [2]: of a source that sends a hundred at a time, hundred that are
missing are one. The rate is the lower of two that forget in five and in twenty minutes, so a market that falls asleep
is followed; it learns of a silence only once that is over.

By the hour (reviews, tickets) the rate is that of the hour of the day and the day of the week, as far as they differ.

[1] J. M. Lucas, "Counted data CUSUM's", Technometrics 27 (1985).
[2] P. McCullagh, J. A. Nelder, *Generalized Linear Models*, Chapman and Hall, 2nd ed. 1989, chapter 9.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from analytics.detectors.base import Tick, Verdict
from analytics.detectors.shortfall import Dispersion

VERSION = 1
IMPROBABLE = -math.log(1e-5)
ENOUGH = 12.0  # arrivals, each divided by the dispersion, before a rate is known; and ticks in which any came
FAST, SLOW = 300.0, 1200.0  # seconds
LEAST = 120.0  # seconds without anything; a sender that starts again takes one
BROKEN_OFF = 2.0  # times the longest silence that was none, as far as that is remembered
HELD_TO_IT = 0.25  # of its weight that a tick must have to raise an alarm: at the end of a show all else falls silent
OF_AVERAGE = 0.5  # of the average, that must be usual at the hour at which a silence is told: not in the night
REMEMBERS = 3600.0  # seconds of it
LONG = 1800.0  # seconds of a tick from which on the hour of the day says what is usual
HOURS, DAYS = 24, 7
A_DAY = 86400
FEW_DAYS, WEEKS = 7.0, 28.0  # days before the hours are known, and days that they remember
BORROWED = 3.0  # ticks of the average that an hour of the day, or a day of the week, starts from
MOST_PENDING = 400  # long ticks of a silence that are kept until it is over


class Silence:
    """A tick's `complaints` are what came from the source. Its `total`, 0 to 1, is how much it may be held to it: 0
    when all else is quiet too, None for 1. `least` is the shortest silence, in seconds.

    >>> detector = Silence()
    >>> usual = [detector.update(Tick(10.0 * i, 10, 4, None, None)).alarm for i in range(1, 61)]
    >>> nothing = [detector.update(Tick(600 + 10.0 * i, 10, 0, None, None)).alarm for i in range(1, 16)]
    >>> any(usual), nothing.index(True)
    (False, 11)
    """

    name = "silence"

    def __init__(self, sensitivity: float = 1.0, least: float = LEAST) -> None:
        if not sensitivity > 0:
            raise ValueError(f"sensitivity must be above 0 (1 is usual), got {sensitivity}")
        self._evidence, self._least = IMPROBABLE * sensitivity, least
        self._ended: float | None = None
        self._fast = self._slow = (0.0, 0.0)  # (arrivals, seconds), fading
        self._heard = 0  # ticks in which anything came
        self._run = 0.0  # seconds of the present silence that count
        self._silent = 0.0  # seconds of it, whether they count or not
        self._surprise = 0.0
        self._longest = 0.0  # surprise of the longest silence that ended, fading
        self._hours = [[0.0, 0.0] for _ in range(HOURS)]  # (arrivals, ticks)
        self._days = [[0.0, 0.0] for _ in range(DAYS)]  # (arrivals, arrivals that the hours promise)
        self._pending: list[tuple[float, float]] = []  # (end, weight) of long ticks in the present silence
        self._alarmed = False
        self._dispersion = Dispersion()

    @property
    def rate(self) -> float:
        """Usual arrivals a second; 0 before anything is known."""
        rates = [came / seconds for came, seconds in (self._fast, self._slow) if seconds > 0]
        return min(rates) if rates else 0.0

    def update(self, tick: Tick) -> Verdict:
        """ValueError: out of order, of no length, or below 0. Ticks that are left out say nothing."""
        if self._ended is not None and tick.ended <= self._ended:
            raise ValueError(f"ticks must come in order: one that ends at {tick.ended} follows one at {self._ended}")
        if not tick.complaints >= 0 or tick.seconds <= 0:
            raise ValueError(f"counts must not be negative, and a tick must last: {tick}")
        self._ended = tick.ended
        weight = 1.0 if tick.total is None else min(1.0, max(0.0, tick.total))
        expected = self._expected(tick)
        if tick.complaints > 0:
            self._hear(tick, weight, expected)
        else:
            self._miss(tick, weight, expected)
        needed = max(self._evidence, BROKEN_OFF * self._longest)
        known = self._is_known(tick.seconds)
        if tick.complaints > 0 or not known:
            self._alarmed = False
        elif (
            self._surprise >= needed
            and self._silent >= self._least
            and weight >= HELD_TO_IT
            and expected >= OF_AVERAGE * self.rate * tick.seconds
        ):
            self._alarmed = True
        return Verdict(
            score=self._surprise / (self._surprise + needed),
            alarm=self._alarmed,
            expected=expected,
            observed=float(tick.complaints),
            share=0.0,
            usual_share=0.0,
            distinct=0,
            since=tick.ended - self._silent if self._silent else None,
            calm=not self._alarmed,
        )

    def _is_known(self, seconds: float) -> bool:
        if self._heard < ENOUGH or self._slow[0] / self._dispersion.value < ENOUGH:
            return False
        return self._knows_rhythm(seconds)

    def _knows_rhythm(self, seconds: float) -> bool:
        """Whether the hours of the day are known; before that, a night would look like a silence."""
        return seconds < LONG or sum(ticks for _, ticks in self._hours) * seconds >= FEW_DAYS * A_DAY

    def _expected(self, tick: Tick) -> float:
        return self._of_hour(tick.ended, tick.seconds) if tick.seconds >= LONG else self.rate * tick.seconds

    def _miss(self, tick: Tick, weight: float, expected: float) -> None:
        self._silent += tick.seconds
        self._run += weight * tick.seconds
        self._surprise += weight * expected / self._dispersion.value
        if tick.seconds >= LONG:
            self._pending = [*self._pending, (tick.ended, weight)][-MOST_PENDING:]

    def _hear(self, tick: Tick, weight: float, expected: float) -> None:
        """An arrival ends the silence, and what was usual learns of it."""
        self._heard += 1
        passed = self._run + tick.seconds
        memory = (FAST, SLOW) if tick.seconds < LONG else (WEEKS * A_DAY, WEEKS * A_DAY)
        if not self._alarmed:  # else it was broken, and that is not to become usual
            longest = min(self._surprise, self._evidence)
            self._longest = max(self._longest * math.exp(-passed / REMEMBERS), longest)
            fades = 2 * SLOW if tick.seconds < LONG else WEEKS * A_DAY
            rhythmic = self._knows_rhythm(tick.seconds)
            if rhythmic:
                self._learn_of_silence(tick.seconds, fades)
            if rhythmic and self._slow[1] > 0:
                self._dispersion.learn(tick.complaints, expected, tick.seconds, fades)
            self._fast = _faded(self._fast, tick.complaints, passed, memory[0])
            self._slow = _faded(self._slow, tick.complaints, passed, memory[1])
            if tick.seconds >= LONG:
                for ended, counted in (*self._pending, (tick.ended, 1.0)):
                    came = tick.complaints if ended == tick.ended else 0.0
                    self._learn_hour(ended, came, counted, tick.seconds)
        self._run = self._silent = self._surprise = 0.0
        self._pending = []

    def _learn_of_silence(self, seconds: float, memory: float) -> None:
        if seconds >= LONG:
            self._dispersion.learn(0.0, self._surprise * self._dispersion.value, self._run, memory)
            return
        minutes = max(1, round(self._run / 60))
        for _ in range(min(60, minutes)):  # one by one, as they passed
            self._dispersion.learn(0.0, self.rate * self._run / minutes, self._run / minutes, memory)

    # ── the hour of the day, the day of the week ─────────────────────────────────────────────────────────────────

    def _of_hour(self, ended: float, seconds: float) -> float:
        """What usually comes in the long tick that ends then."""
        average = self._slow[0] / self._slow[1] * seconds if self._slow[1] > 0 else 0.0
        came, ticks = self._hours[_hour(ended, seconds)]
        on_day, promised = self._days[_day(ended, seconds)]
        usual = (came + BORROWED * average) / (ticks + BORROWED)
        lend = BORROWED * HOURS * average / 4 or 1.0
        return usual * (on_day + lend) / (promised + lend)

    def _learn_hour(self, ended: float, came: float, weight: float, seconds: float) -> None:
        hour, day = self._hours[_hour(ended, seconds)], self._days[_day(ended, seconds)]
        promised = (hour[0] + BORROWED * 0.1) / (hour[1] + BORROWED * 0.1)
        fade = math.exp(-1 / WEEKS)  # an hour of the day comes once a day
        hour[0], hour[1] = fade * hour[0] + weight * came, fade * hour[1] + weight
        slow = math.exp(-seconds / (2 * WEEKS * A_DAY / DAYS))
        day[0], day[1] = slow * day[0] + weight * came, slow * day[1] + weight * promised

    # ── kept ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def dump(self) -> bytes:
        """The state, about 0.4 kB; with hours of the day up to 10 kB while a long silence lasts."""
        state: dict[str, Any] = {
            "version": VERSION,
            "ended": self._ended,
            "fast": self._fast,
            "slow": self._slow,
            "heard": self._heard,
            "run": self._run,
            "silent": self._silent,
            "surprise": self._surprise,
            "longest": self._longest,
            "alarmed": self._alarmed,
            "dispersion": self._dispersion.state(),
        }
        if any(ticks for _, ticks in self._hours) or self._pending:
            state |= {"hours": self._hours, "days": self._days, "pending": self._pending}
        return orjson.dumps(state)

    def load(self, state: bytes) -> None:
        """ValueError: not a state of this version."""
        was: dict[str, Any] = orjson.loads(state)
        if was.get("version") != VERSION:
            raise ValueError("a state of another version is not for this detector; start it anew")
        self._ended, self._alarmed = was["ended"], was["alarmed"]
        self._fast, self._slow = tuple(was["fast"]), tuple(was["slow"])
        self._heard = was["heard"]
        self._run, self._silent = was["run"], was["silent"]
        self._surprise, self._longest = was["surprise"], was["longest"]
        self._dispersion = Dispersion(was["dispersion"])
        if "hours" in was:
            self._hours, self._days = was["hours"], was["days"]
            self._pending = [(ended, weight) for ended, weight in was["pending"]]


def _faded(sums: tuple[float, float], came: float, seconds: float, memory: float) -> tuple[float, float]:
    fade = math.exp(-seconds / memory)
    return fade * sums[0] + came, fade * sums[1] + seconds


def _hour(ended: float, seconds: float) -> int:
    return int((ended - seconds) // 3600) % HOURS


def _day(ended: float, seconds: float) -> int:
    return int((ended - seconds) // A_DAY) % DAYS
