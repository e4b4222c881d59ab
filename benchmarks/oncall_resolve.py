"""How long the resolver takes, beside a naive walk that looks at every minute.

    python -m benchmarks.oncall_resolve

The schedule: 50 people, 5 layers in 4 zones (weekly, daily on weekdays, every 4 hours in two blocks a day, custom
lengths, hourly), a leave each, public holidays, 12 overrides; the rotations started in 2015. The naive walk reads the
same schedule the way a script would: local time of each minute through `zoneinfo`, windows by comparing times of day,
turns by counting shifts since the start. It knows nothing of skipped or repeated hours, leave or holidays, so it does
less, and it is given a rotation that started this year, so that it need not walk eleven.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

from desk.oncall.model import WEEKDAYS, Layer, Leave, Override, Restriction, Rotation, Schedule
from desk.oncall.resolve import final_schedule, who
from desk.oncall.rotation import turns

PEOPLE = tuple(f"person-{number:02}" for number in range(50))
WORKDAYS = frozenset(WEEKDAYS[:5])
YEAR = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
UNITS = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1), "hourly": timedelta(hours=1)}


def hours(opens: int, closes: int) -> Restriction:
    return Restriction(WORKDAYS, timedelta(hours=opens), timedelta(hours=closes))


def made(start: date) -> Schedule:
    berlin, shanghai = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
    new_york, los_angeles = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
    return Schedule(
        "follow-the-sun",
        berlin,
        layers=(
            Layer("all hours", berlin, Rotation("weekly", PEOPLE, start, time(9))),
            Layer("berlin days", berlin, Rotation("daily", PEOPLE[10:], start), (hours(9, 17),)),
            Layer("hangzhou", shanghai, Rotation("hourly", PEOPLE[20:], start, every=4), (hours(9, 12), hours(13, 2))),
            Layer("new york", new_york, Rotation("custom", PEOPLE[5:], start, lengths=(2, 2, 3)), (hours(9, 17),)),
            Layer("los angeles", los_angeles, Rotation("hourly", PEOPLE[7:], start), (hours(9, 17),)),
        ),
        overrides=tuple(
            Override(PEOPLE[1], datetime(2026, month, 3, tzinfo=UTC), datetime(2026, month, 4, tzinfo=UTC))
            for month in range(1, 13)
        ),
        leave=tuple(
            Leave(person, first := datetime(2026, 1 + number % 12, 3, tzinfo=UTC), first + timedelta(days=14))
            for number, person in enumerate(PEOPLE)
        ),
        holidays=True,
        countries={person: ("DE", "US", "CN")[number % 3] for number, person in enumerate(PEOPLE)},
        zones={person: (berlin, new_york, shanghai)[number % 3] for number, person in enumerate(PEOPLE)},
    )


class NaiveWalk:
    """Remembers nothing but the counters of each layer; must be given every minute from the rotations' start."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.shift = [(-1, -1)] * len(schedule.layers)  # of each layer: the worked shift it is in, and its turn

    def oncall(self, at: datetime) -> str | None:
        found: str | None = None
        for override in self.schedule.overrides:
            if override.start <= at < override.end:
                found = override.person
        for number, layer in enumerate(self.schedule.layers):
            wall = at.astimezone(layer.zone).replace(tzinfo=None)
            rotation = layer.rotation
            since = wall - datetime.combine(rotation.start, rotation.hand_off)
            if since < timedelta(0) or not self._is_open(layer, wall):
                continue
            if rotation.type == "custom":
                days, shift = since.days % sum(rotation.lengths), 0
                while days >= rotation.lengths[shift]:
                    days -= rotation.lengths[shift]
                    shift += 1
                shift += since.days // sum(rotation.lengths) * len(rotation.lengths)
            else:
                shift = since // (rotation.every * UNITS[rotation.type])
            known, turn = self.shift[number]
            if shift != known:
                turn += 1
                self.shift[number] = shift, turn
            found = rotation.members[turn % len(rotation.members)]
        return found

    @staticmethod
    def _is_open(layer: Layer, wall: datetime) -> bool:
        if not layer.restrictions:
            return True
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        for restriction in layer.restrictions:
            for day in (midnight, midnight - timedelta(days=1)):
                closes = restriction.end + timedelta(days=restriction.end <= restriction.start)
                if WEEKDAYS[day.weekday()] in restriction.days and restriction.start <= wall - day < closes:
                    return True
        return False


def took(action: Callable[[], object]) -> float:
    """Seconds of processor time: everything here computes and nothing waits, so other programs do not count."""
    start = process_time()
    action()
    return process_time() - start


def shown(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2f} {unit}"
    return f"{seconds / 1e-6:.1f} µs"


def main() -> None:
    schedule = made(date(2015, 1, 5))
    drawn = random.Random(7)
    instants = [YEAR[0] + drawn.randrange(365 * 1440) * MINUTE for _ in range(5000)]
    who(schedule, YEAR[0])  # imports, and the libraries' own caches
    turns.cache_clear()

    first = took(lambda: who(replace(schedule), instants[0]))
    cold_year = took(lambda: final_schedule(schedule, *YEAR))
    year = statistics.median(took(lambda: final_schedule(schedule, *YEAR)) for _ in range(5))
    month = statistics.median(
        took(lambda: final_schedule(schedule, instants[0], instants[0] + timedelta(days=28))) for _ in range(5)
    )
    fresh = replace(schedule)
    amortised = took(lambda: [who(fresh, at) for at in instants]) / len(instants)
    warm = took(lambda: [who(fresh, at) for at in instants]) / len(instants)
    hourly = Schedule("hourly", schedule.zone, (replace(schedule.layers[4], restrictions=()),))
    hourly_year = statistics.median(took(lambda: final_schedule(hourly, *YEAR)) for _ in range(3))

    walk = NaiveWalk(made(date(2026, 1, 5)))
    days = 14
    per_minute = took(lambda: [walk.oncall(YEAR[0] + number * MINUTE) for number in range(days * 1440)]) / (days * 1440)

    rows = [
        ("one instant, first question of all", first, ""),
        ("one instant, mean of 5,000 of a year, from nothing", amortised, "aim: under 1 ms"),
        ("one instant, mean of the same again", warm, ""),
        ("four weeks, final schedule", month, ""),
        ("a year, final schedule, turns not counted yet", cold_year, "aim: under 300 ms"),
        ("a year, final schedule", year, ""),
        ("a year of one layer handed off every hour", hourly_year, ""),
        ("naive: one minute", per_minute, f"measured over {days} days"),
        (
            "naive: a year, minute by minute",
            per_minute * 365 * 1440,
            f"{per_minute * 365 * 1440 / year:,.0f} times as long",
        ),
    ]
    width = max(len(name) for name, _, _ in rows)
    print("50 people, 5 layers, 4 zones, rotations since 2015; processor time")
    for name, seconds, note in rows:
        print(f"{name:<{width}}  {shown(seconds):>10}  {note}".rstrip())


if __name__ == "__main__":
    main()
