"""How long somebody waits who types a command while several shows are on.

    python -m benchmarks.commands [--commands 300] [--per-second 500] [--speed 1]

The load is that of `benchmarks.alert_latency`: 500 events a second in three shows and eight markets. People type one
command after the other, in turn with an answer in words and with a chart; every chart shows new numbers, so each is
drawn. At a `--speed` of 2 the clock runs twice as fast as the wall and twice as many ticks are judged as in use.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

from benchmarks.alert_latency import QUIET
from benchmarks.load import CHANNELS, COMPLAINTS, MARKETS, PEOPLE, SHOWS, SOURCES, TICK, Load, configuration, roster
from benchmarks.rig import Rig, percentiles, rig

PAUSE = 0.3  # seconds between an answer and the next command
TYPED = ("/live now", "/live complaints {show}", "/oncall", "/live sentiment {show}")
CHARTS = ("complaints", "sentiment")


async def ask(made: Rig, count: int) -> dict[str, list[float]]:
    """Milliseconds from the moment a command was handed to delivery, by what was waited for."""
    found: dict[str, list[float]] = defaultdict(list)
    people, channels, shows = map(itertools.cycle, (PEOPLE, CHANNELS.values(), SHOWS))
    for typed in itertools.islice(itertools.cycle(TYPED), count):
        text = typed.format(show=next(shows))
        has_chart = any(name in text for name in CHARTS)
        until = "chart" if has_chart else "answer"
        result = await made.control.command(next(people), next(channels), text, until=until)
        shown_ms = result.chart_ms if has_chart else result.answer_ms
        if result.error or result.ack_ms is None or shown_ms is None:
            raise SystemExit(f"{text} was not answered: {result.error or result.text[:200]}")
        found["acknowledged"].append(result.ack_ms)
        found["answered with a chart" if has_chart else "answered in words"].append(shown_ms)
        await asyncio.sleep(PAUSE)
    return found


async def measure(count: int, per_second: int, speed: float, folder: Path) -> None:
    async with rig(folder, configuration(), SOURCES, speed=speed, roster=roster()) as made:
        load = Load(made)
        streaming = asyncio.create_task(load.stream(per_second))
        await asyncio.wait([streaming], timeout=QUIET * TICK / speed)
        for show in SHOWS:  # something to draw; one viewer a show is no incident
            await load.complain(show, next(iter(MARKETS)), next(iter(COMPLAINTS)), 1)
        asking = asyncio.create_task(ask(made, count))
        await asyncio.wait([streaming, asking], return_when=asyncio.FIRST_COMPLETED)
        if streaming.done():
            asking.cancel()
            streaming.result()
        found = await asking
        streaming.cancel()
        with suppress(asyncio.CancelledError):
            await streaming
    print(f"{count} commands at {per_second} events/s, one core, clock {speed:g} times as fast as the wall")
    print(f"{'ms':<32}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    for name, values in found.items():
        print(f"{name:<32}" + "".join(f"{one:>8.0f}" for one in percentiles(values, 50, 95, 99, 100)))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--commands", type=int, default=300)
    asked.add_argument("--per-second", type=int, default=500)
    asked.add_argument("--speed", type=float, default=1.0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.commands, given.per_second, given.speed, Path(folder)))


if __name__ == "__main__":
    main()
