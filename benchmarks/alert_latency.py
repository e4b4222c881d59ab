"""How long an alert takes, from the moment its deciding tick can close to `chat.postMessage` at the sandbox.

    python -m benchmarks.alert_latency [--incidents 200] [--per-second 500] [--speed 2]

A stream of 500 events a second runs all the time. Again and again viewers of one show and market begin to complain,
until an incident is posted; somebody resolves it, and the next begins elsewhere. The clock runs `--speed` times as fast
as the wall (twice, if not said), so that ticks are 5 s long and judged twice as often as in use; everything else, the
0.1 s that a tick waits at least for stragglers included, is wall time. A tick can close when it has ended and its last
event has been accepted, whichever comes later.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.load import (
    CHANNELS,
    COMPLAINTS,
    MARKETS,
    SHOWS,
    SOURCES,
    TICK,
    Load,
    check_complaints,
    configuration,
    roster,
)
from benchmarks.rig import Rig, Used, percentiles, rig
from handlers.clock.clocks import wall_now

SPEED = 2.0  # how many times as fast as the wall the clock runs: ticks of 5 s
A_BURST = 6  # complaints at once
EVERY = 0.2  # seconds between two bursts
REST = 1.2  # seconds after an incident is resolved: Slack allows a bot some 200 calls a minute
GIVE_UP = 60.0
QUIET = 20  # ticks of the stream alone, before anybody complains


@dataclass(frozen=True, slots=True)
class Alert:
    """Seconds. `latency` from when the tick could close, `onset` from the first complaint, to the card at Slack;
    `begun` from when it could close to the start of the transaction that closed it; `page` like `latency`, to the
    direct message of whoever is paged."""

    latency: float
    begun: float
    onset: float
    page: float | None
    severity: str


async def play(made: Rig, load: Load, incidents: int) -> list[Alert]:
    alerts: list[Alert] = []
    seen = 0
    for show, market, category in itertools.islice(_places(), incidents):
        began = time.monotonic()
        complaining = asyncio.create_task(_complain(load, show, market, category))
        try:
            row = await _incident(made, seen)
        finally:
            complaining.cancel()
            with suppress(asyncio.CancelledError):
                await complaining
        if row is None:
            raise SystemExit(f"nothing was posted within {GIVE_UP:.0f} s of complaints about {category} in {market}")
        seen = row["id"]
        if (row["show"], row["category"]) != (show, category):
            print(f"another incident: {dict(row)}")
            await _resolve(made, row, market)
            continue
        alerts.append(await _timed(made, load, row, began))
        await _resolve(made, row, market)
        await asyncio.sleep(REST)
        if len(alerts) % 20 == 0:
            print(f"  {len(alerts)} incidents", flush=True)
    return alerts


def _places() -> Iterator[tuple[str, str, str]]:
    """Where it happens: always another channel than the last time, each place again only after all the others."""
    for number in itertools.count():
        category = list(COMPLAINTS)[number // len(MARKETS) % len(COMPLAINTS)]
        show = SHOWS[(number + number // (len(MARKETS) * len(COMPLAINTS))) % len(SHOWS)]
        yield show, MARKETS[number % len(MARKETS)], category


async def _complain(load: Load, show: str, market: str, category: str) -> None:
    while True:
        await load.complain(show, market, category, A_BURST)
        await asyncio.sleep(EVERY)


def _rows(made: Rig, query: str, *values: object) -> list[sqlite3.Row]:
    with sqlite3.connect(f"file:{made.store.url.database}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(query, values).fetchall()


async def _incident(made: Rig, after: int) -> sqlite3.Row | None:
    """The next incident whose card has been posted."""
    query = (
        "SELECT i.id, i.show, i.category, i.severity, i.opened_at, i.version, m.key, m.begun_at, m.address, "
        "(SELECT d.key FROM pages p JOIN messages d ON d.id = p.message WHERE p.incident = i.id LIMIT 1) AS page "
        "FROM incidents i JOIN messages m ON m.id = i.card WHERE i.id > ? AND m.address IS NOT NULL ORDER BY i.id LIMIT 1"
    )
    deadline = time.monotonic() + GIVE_UP
    while time.monotonic() < deadline:
        if found := _rows(made, query, after):
            return found[0]
        await asyncio.sleep(0.05)
    return None


async def _timed(made: Rig, load: Load, row: sqlite3.Row, began: float) -> Alert:
    ended = datetime.fromisoformat(row["opened_at"] + "+00:00")
    now, moment = made.clock.now(), time.monotonic()
    could_close = moment - (now - ended).total_seconds() / made.clock.speed()
    start = int(ended.timestamp()) - TICK
    could_close = max(could_close, load.accepted.get((row["show"], start), 0.0))
    posted = await _arrived(made, row["key"])
    page = None
    if row["page"]:
        with suppress(TimeoutError):
            async with asyncio.timeout(5):
                while (page := await _arrived(made, row["page"])) is None:
                    await asyncio.sleep(0.05)
    assert posted is not None
    begun = datetime.fromisoformat(row["begun_at"] + "+00:00").timestamp() + moment - time.time()
    return Alert(
        posted - could_close, begun - could_close, posted - began, page - could_close if page else None, row["severity"]
    )


async def _arrived(made: Rig, key: str) -> float | None:
    calls = await made.control.calls("chat.postMessage", key=key)
    return calls[0]["at_ns"] / 1e9 if calls else None


async def _resolve(made: Rig, row: sqlite3.Row, market: str) -> None:
    """Press the button on the card, as somebody who has dealt with it, until the incident is resolved: a card that has
    changed since says so to whoever taps what it showed before."""
    channel, _, ts = row["address"].rpartition("/")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        (state,) = _rows(made, "SELECT state FROM incidents WHERE id = ?", row["id"])[0]
        if state == "resolved":
            return
        message = next(one for one in await made.control.messages(channel) if one["ts"] == ts)
        ours = f"resolve|incident:{row['id']}|"
        value = next((found for found in _values(message) if found.startswith(ours)), None)
        if value is not None:
            await made.control.click("U0OLGAPETR", channel, ts, value=value)
        await asyncio.sleep(0.1)
    raise SystemExit(f"incident {row['id']} in {market} was not resolved within 10 s")


def _values(message: dict[str, Any]) -> Iterator[str]:
    for block in message.get("blocks", []):
        for element in block.get("elements", []):
            if isinstance(element, dict) and "value" in element:
                yield str(element["value"])


def table(alerts: list[Alert], load: Load, used: Used, seconds: float, speed: float) -> None:
    print(f"{len(alerts)} incidents in {len(CHANNELS)} channels, {load.sent / seconds:,.0f} events/s for {seconds:.0f} s; "
          f"the bot used {100 * used.cpu / seconds:.0f} % of its core")  # fmt: skip
    print(f"{'ms':<58}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    pages = [alert.page for alert in alerts if alert.page is not None]
    for name, values in (
        ("tick can close → card at the sandbox", [alert.latency for alert in alerts]),
        ("  of that, until the transaction that closes it begins", [alert.begun for alert in alerts]),
        (f"tick can close → page at the sandbox ({len(pages)})", pages),
        (f"first complaint → card (ticks are {TICK / speed:g} s here, 10 s in use)", [alert.onset for alert in alerts]),
        ("feedback accepted (request of ten events)", load.took),
    ):
        if values:
            print(f"{name:<58}" + "".join(f"{1000 * one:>8.0f}" for one in percentiles(values, 50, 95, 99, 100)))


async def measure(incidents: int, per_second: int, speed: float, folder: Path) -> None:
    check_complaints()
    async with rig(folder, configuration(), SOURCES, speed=speed, roster=roster()) as made:
        load = Load(made)
        streaming = asyncio.create_task(load.stream(per_second))
        began, before = time.monotonic(), made.used()
        await asyncio.wait([streaming], timeout=QUIET * TICK / speed)
        load.took.clear()
        playing = asyncio.create_task(play(made, load, incidents))
        await asyncio.wait([streaming, playing], return_when=asyncio.FIRST_COMPLETED)
        if streaming.done():
            playing.cancel()
            streaming.result()
        table(await playing, load, made.used() - before, time.monotonic() - began, speed)
        print(f"stream late by at most {1000 * load.behind:.0f} ms; finished {wall_now():%Y-%m-%d %H:%M} UTC")
        streaming.cancel()
        with suppress(asyncio.CancelledError):
            await streaming


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--incidents", type=int, default=200)
    asked.add_argument("--per-second", type=int, default=500)
    asked.add_argument("--speed", type=float, default=SPEED, help="of the clock; ticks are 10 s / speed of wall time")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.incidents, given.per_second, given.speed, Path(folder)))


if __name__ == "__main__":
    main()
