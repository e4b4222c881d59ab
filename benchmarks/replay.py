"""What a backtest costs: milliseconds of processor time a tick, of a whole show and of one of its markets.

    python -m benchmarks.replay [--minutes 60] [--markets 8]

A show in which people talk, buy and leave in every market is stored as the bot stores it, with complaints that rise in
one market after the other every ten minutes. Then it is replayed as `/live backtest` does, and one market alone as the
search for a suggestion does.
"""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics.understand import Understanding
from benchmarks.load import COMPLAINTS, MARKETS, SHOWS
from benchmarks.load import configuration as written
from desk.analyse.flow import Analyst
from desk.backtest.facts import Period
from desk.backtest.flow import load, replay
from desk.configuration.model import Configuration
from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.moment import Moment
from desk.watch.stragglers import Patience
from handlers.configuration import load_text
from store import workspaces
from store.engine import Store
from store.migrate import upgrade
from store.scratch import Scratch

START = datetime(2026, 3, 6, 12, tzinfo=UTC)
TICK, SETTLE = timedelta(seconds=10), timedelta(milliseconds=200)
TALK = ("love this", "how much is it?", "so pretty", "hello everyone", "what a colour", "wow")
DOING = {"join": 4, "leave": 4, "add_to_cart": 3, "checkout": 2, "purchase": 2}
EVERY, LASTS, RISE = 60, 12, 6  # ticks from one rise to the next, and in it; complaints a tick
KEY = intake.ViewerKey("bench", b"a key for a benchmark, no secret at all")


def play(store: Store, workspace: int, configuration: Configuration, markets: int, ticks: int) -> None:
    """The evening, tick by tick, through intake and analyst."""
    analyst, chance, numbers = Analyst(Understanding()), random.Random(4), itertools.count()

    def event(kind: str, market: str, end: datetime, text: str | None = None) -> FeedbackEvent:
        number, at = next(numbers), end - TICK * chance.uniform(0.01, 1)
        return FeedbackEvent("s", f"e{number}", at, kind, SHOWS[0], market, viewer=f"v{number}", text=text)

    for tick in range(ticks):
        now = START + TICK * (tick + 1)
        events = []
        for place, market in enumerate(MARKETS[:markets]):
            events += [event("chat_comment", market, now, chance.choice(TALK)) for _ in range(chance.randint(3, 9))]
            events += [event(kind, market, now) for kind, most in DOING.items() for _ in range(chance.randint(0, most))]
            if tick % EVERY < LASTS and tick // EVERY % markets == place and tick >= EVERY:
                said = COMPLAINTS["payment"]
                events += [event("chat_comment", market, now, chance.choice(said)) for _ in range(RISE)]
        delivery = intake.Delivery("s", events)
        # Bound by default arguments, whose types mypy does not infer in a lambda.
        store.write(lambda c, it=delivery, at=now: intake.accept(c, workspace, KEY, [it], at))  # type: ignore[misc]
        while True:
            since, batch = store.read(lambda c: analyst.fetch(c, workspace))
            understood = analyst.understand(batch, {})
            moment = (workspace, configuration, now + SETTLE, now + SETTLE)
            step = store.write(
                lambda c, m=moment, s=since, b=batch, u=understood: analyst.commit(
                    Moment(c, *m), s, b, u, 1, Patience(SETTLE)
                )  # type: ignore[misc] # as above
            )
            if not step.more:
                break


def measure(folder: Path, markets: int, minutes: int) -> None:
    store = Store(f"sqlite:///{folder / 'replay.db'}")
    upgrade(store.engine)
    workspace = store.write(lambda c: workspaces.ensure(c, "bench", START))
    configuration = load_text(written(), "livedesk.yaml")
    ticks = minutes * 6
    play(store, workspace, configuration, markets, ticks)
    period = Period(START, START + timedelta(minutes=minutes + 1))
    facts = store.read(lambda c: load(c, workspace, configuration, period))
    [show] = facts.shows
    print(f"| replayed | incidents | a tick | a show of {minutes} min |\n|---|---|---|---|")
    with Scratch(store.url.render_as_string(hide_password=False)) as scratch:
        for name, only in ((f"{markets} markets", None), ("one market", MARKETS[0])):
            began = time.process_time()
            came = replay(scratch, workspace, configuration, show, period, SETTLE, only=only)
            took = time.process_time() - began
            print(f"| {name} | {len(came)} | {1000 * took / ticks:.1f} ms | {took:.1f} s |")
    store.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--minutes", type=int, default=60)
    asked.add_argument("--markets", type=int, default=8, choices=range(1, len(MARKETS) + 1))
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.markets, given.minutes)


if __name__ == "__main__":
    main()
