"""Events a second from HTTP to store with everything understood, the bot pinned to one core; peers beside it.

    python -m benchmarks.ingest [--events 50000] [--comments] [--live] [--no-peers]

Requests of a hundred events come over eight connections, as fast as they are answered. The clock stops when the last
event is read, counted into roll-ups and its show's ticks are judged. Without `--live`, events carry the demo's own
times: each ten-second tick of the show is judged with its 33 series, some 40 events each. With `--live` they happen as
they are sent, so a tick holds thousands.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.rig import BOT_CORE, ROOT, Rig, cores, rig
from benchmarks.stages import A_REQUEST, gathered
from benchmarks.workload import LONGER, Event, demo_events, mix
from desk.analyse.flow import CONSUMER
from sandbox.show import SOURCES
from store import events as stored
from store import watching

CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Speed:
    """`wall` and `cpu` in seconds for all events; `cpu` of the bot with its children."""

    events: int
    wall: float
    cpu: float
    accepted_wall: float

    def line(self, name: str) -> str:
        return (
            f"{name:<44} {self.events / self.wall:>9,.0f}/s wall {self.events / self.cpu:>9,.0f}/s CPU "
            f"{1e6 * self.cpu / self.events:>7.0f} µs"
        )


def configuration() -> str:
    """The demo's, with sources that may send as fast as they can."""
    text = (ROOT / "examples" / "livedesk.yaml").read_text("utf-8")
    fast = "".join(f"  {source}: {{per_second: 100000}}\n" for source in SOURCES if source != "shop")
    return text.replace("  shop: {per_second: 500}\n", f"  shop: {{per_second: 100000}}\n{fast}")


async def measure(events: list[tuple[str, Event]], *, live: bool) -> Speed:
    with tempfile.TemporaryDirectory() as folder:
        last = max(datetime.fromisoformat(event["at"]) for _, event in events)
        async with rig(Path(folder), configuration(), SOURCES, at=last + 20 * LONGER) as made:
            await _warm(made)
            requests = [(source, chunk) for source, chunk in gathered(events)]
            began, before = time.monotonic(), made.used()
            queue = iter(requests)

            async def connection() -> None:
                for source, chunk in queue:
                    if live:
                        now = made.clock.now().isoformat()
                        chunk = [{**event, "at": now} for event in chunk]
                    await made.post(source, chunk)

            await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
            accepted = time.monotonic() - began
            await _done(made, live)
            used = made.used() - before
            print(f"waited for the core: {used.waited:.1f} s")
            return Speed(len(events), time.monotonic() - began, used.cpu, accepted)


async def _warm(made: Rig) -> None:
    """A first show of another name, so that models, caches and connections are there."""
    warm: dict[str, list[Event]] = {}
    for source, event in demo_events():
        if event.get("text"):
            warm.setdefault(source, []).append({**event, "event_id": f"warm-{event['event_id']}", "show": "warm"})
    for source, several in warm.items():
        for start in range(0, len(several), A_REQUEST):
            await made.post(source, several[start : start + A_REQUEST])
    await _done(made, live=True)
    await asyncio.sleep(2.0)


async def _done(made: Rig, live: bool) -> None:
    """Until everything is analysed and, of a recording, every tick but its last is closed."""
    while True:
        waiting, behind = made.store.read(
            lambda c: (
                stored.backlog(c, made.workspace, CONSUMER),
                [one for one in watching.live(c, made.workspace) if one.show and one.closed_until + 10 <= one.newest],
            )
        )
        if not waiting and (live or not behind):
            return
        await asyncio.sleep(0.02)


def peer(kind: str, lines: Path, at_most: int) -> Speed | str:
    """A peer on the bot's core, or why there is none."""
    python = os.environ.get("LIVEDESK_BENCH_PYTHON", sys.executable)
    command = [python, "-m", "benchmarks.peers", "--kind", kind, "--lines", str(lines), "--at-most", str(at_most)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {BOT_CORE % cores()}),
    )
    told: dict[str, Any] = json.loads(done.stdout)
    if "missing" in told:
        return f"left out: {told['missing']} is not installed (pip install '.[bench]', or set LIVEDESK_BENCH_PYTHON)"
    return Speed(told["events"], told["wall"], told["cpu"], told["wall"])


def compare(count: int, *, comments_only: bool, live: bool, peers: bool) -> None:
    events = mix(count, comments_only=comments_only)
    what = "the demo's comments alone" if comments_only else "the demo's mix"
    how = "happening as they are sent" if live else "a recorded show, every tick judged"
    print(f"{len(events):,} events: {what}; {how}")
    ours = asyncio.run(measure(events, live=live))
    print(ours.line("Livedesk, HTTP to closed ticks, one core"))
    print(f"{'  of that, accepted and durable':<44} {ours.events / ours.accepted_wall:>9,.0f}/s wall")
    if not peers:
        return
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "events.ndjson"
        lines.write_bytes(b"".join(orjson.dumps({"source": source, **event}) + b"\n" for source, event in events))
        for kind, at_most, name in (
            ("straightforward", 4000, "straightforward peer"),
            ("fast", len(events), "fast peer, far less understood"),
        ):
            theirs = peer(kind, lines, at_most)
            if isinstance(theirs, str):
                print(f"{name}: {theirs}")
                continue
            ratio = (theirs.cpu / theirs.events) / (ours.cpu / ours.events)
            print(f"{theirs.line(name)}   Livedesk/peer {ratio:.2f} by CPU")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=50_000)
    asked.add_argument("--comments", action="store_true", help="the demo's comments alone")
    asked.add_argument("--live", action="store_true", help="events happen as they are sent")
    asked.add_argument("--no-peers", action="store_true")
    given = asked.parse_args()
    compare(given.events, comments_only=given.comments, live=given.live, peers=not given.no_peers)


if __name__ == "__main__":
    main()
