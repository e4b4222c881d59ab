"""Where the time of one event goes: microseconds of each stage between the HTTP body and the closed tick.

    python -m benchmarks.stages [--events 50000] [--comments]

Everything runs in one thread of one process, stage after stage, on an SQLite file, through the functions that the bot
itself calls; the clock of a stage stops while a stage inside it runs. What is left out is the network, and threads
that wait for each other: `benchmarks.ingest` has both.
"""

from __future__ import annotations

import argparse
import functools
import gc
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from analytics.reading import Said
from analytics.understand import Understanding
from benchmarks.workload import Event, demo_events, mix
from desk.analyse import flow as analysing
from desk.configuration.model import Configuration
from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent, Refused
from desk.intake.rules import read_event
from desk.moment import Moment
from desk.watch import flow as watching
from desk.watch.stragglers import Patience
from handlers.configuration import load_file
from handlers.feedback import body as bodies
from store import workspaces
from store.engine import Store
from store.migrate import upgrade

ROOT = Path(__file__).resolve().parents[1]
A_REQUEST = 100  # events; what a source that gathers for a moment sends
SETTLE = timedelta(seconds=0.2)
KEY = intake.ViewerKey("bench", b"a key for benchmarks, no secret at all")


class Stopwatch:
    """Seconds by stage, each without the stages inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    def _turn(self) -> None:
        now = process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def run(self, stage: str, work: Callable[..., Any], *args: Any, **given: Any) -> Any:
        self._turn()
        self._running.append(stage)
        try:
            return work(*args, **given)
        finally:
            self._turn()
            self._running.pop()

    def watch(self, owner: Any, name: str, stage: str) -> None:
        """From now on `owner.name` is timed as `stage`."""
        inner = getattr(owner, name)

        @functools.wraps(inner)
        def timed(*args: Any, **given: Any) -> Any:
            return self.run(stage, inner, *args, **given)

        setattr(owner, name, timed)


def measure(events: list[tuple[str, Event]], folder: Path, remembered: int = 20_000) -> dict[str, float]:
    """Seconds by stage for all of the events."""
    store = Store(f"sqlite:///{folder / 'stages.db'}")
    upgrade(store.engine)
    now = datetime.now(UTC)
    workspace = store.write(lambda c: workspaces.ensure(c, "bench", now))
    configuration = load_file(ROOT / "examples" / "livedesk.yaml")
    understanding = Understanding(remembered=remembered)
    _warm()
    analyst = analysing.Analyst(understanding)
    languages = {key: market.languages for key, market in configuration.markets.items()}
    watch = Stopwatch()
    _watch(watch, store, understanding, analyst)

    requests = [(source, bodies_of(chunk)) for source, chunk in gathered(events)]
    for number, (source, body) in enumerate(requests):
        values = watch.run("parse", _parse, body)
        items = watch.run("check", _check, values, source, now)
        watch.run(
            "transactions",
            store.write,
            lambda c: intake.accept(c, workspace, KEY, [intake.Delivery(source, items)], now),
        )
        if number % 5 == 4 or number == len(requests) - 1:
            _analyse(watch, store, workspace, analyst, configuration, languages)
    store.close()
    return dict(watch.seconds)


def _warm() -> None:
    """Load the models and vocabularies that the demo's comments need, as a bot that has run for a minute has."""
    Understanding().read([Said(event["text"]) for _, event in demo_events() if event.get("text")])
    gc.collect()
    gc.freeze()  # as the bot's worker does


def _analyse(
    watch: Stopwatch,
    store: Store,
    workspace: int,
    analyst: analysing.Analyst,
    configuration: Configuration,
    languages: Any,
) -> None:
    more = True
    while more:
        since, batch = watch.run("fetch", store.read, lambda c: analyst.fetch(c, workspace))
        understood = watch.run("understand: cleaning, cache", analyst.understand, batch, languages)
        at = datetime.now(UTC)
        step = watch.run(
            "transactions",
            store.write,
            lambda c: analyst.commit(
                Moment(c, workspace, configuration, at, at), since, batch, understood, 1, Patience(SETTLE)
            ),
        )
        more = step.more
        if analyst.owes:
            derived = watch.run("transactions", store.read, lambda c: analyst.derive(c, workspace))
            watch.run("transactions", store.write, lambda c: analyst.settle(c, workspace, 1, derived))


def _watch(watch: Stopwatch, store: Store, understanding: Understanding, analyst: analysing.Analyst) -> None:
    watch.watch(understanding._language, "identify", "understand: language")
    watch.watch(understanding._redactor, "redact", "understand: redaction")
    watch.watch(understanding._sentiment, "score", "understand: sentiment")
    watch.watch(understanding._intent, "classify", "understand: intent, category")
    watch.watch(intake, "accept", "append")
    watch.watch(analysing.readings, "keep", "readings")
    watch.watch(analysing, "_row", "readings")
    watch.watch(analyst, "_roll_up", "roll-ups: ticks")
    watch.watch(analyst, "derive", "roll-ups: minutes, hours")
    watch.watch(analyst, "settle", "roll-ups: minutes, hours")
    watch.watch(analysing.minutes, "add_late", "roll-ups: minutes, hours")
    watch.watch(analyst, "_note_shows", "shows noted")
    watch.watch(watching, "advance", "ticks: detectors")
    watch.watch(watching.incidents, "meet", "incidents")
    watch.watch(analyst, "commit", "cursor, next close")


def gathered(events: list[tuple[str, Event]]) -> list[tuple[str, list[Event]]]:
    """Requests of `A_REQUEST` events of one source each, in the order in which they fill."""
    waiting: dict[str, list[Event]] = defaultdict(list)
    full = []
    for source, event in events:
        waiting[source].append(event)
        if len(waiting[source]) == A_REQUEST:
            full.append((source, waiting.pop(source)))
    return full + list(waiting.items())


def bodies_of(events: list[Event]) -> bytes:
    import orjson

    return b"\n".join(orjson.dumps(event) for event in events)


def _parse(body: bytes) -> list[object]:
    return list(bodies.split(body, is_lines=True))


def _check(values: list[object], source: str, now: datetime) -> list[FeedbackEvent | Refused]:
    return [read_event(value, source=source, now=now) for value in values]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=50_000)
    asked.add_argument("--comments", action="store_true", help="the demo's comments alone")
    asked.add_argument("--no-cache", action="store_true", help="remember no readings")
    given = asked.parse_args()
    events = mix(given.events, comments_only=given.comments)
    with tempfile.TemporaryDirectory() as folder:
        seconds = measure(events, Path(folder), remembered=0 if given.no_cache else 20_000)
    total = sum(seconds.values())
    print(f"{len(events):,} events, {total:.1f} s, {len(events) / total:,.0f} events/s")
    for stage, took in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"{stage:<32} {1e6 * took / len(events):8.1f} µs/event {100 * took / total:5.1f} %")


if __name__ == "__main__":
    main()
