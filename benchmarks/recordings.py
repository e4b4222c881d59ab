"""Recorded chats, replayed through the whole desk: what would have been an incident, and when.

Real comments, real understanding, real ticks, detectors and incidents on a real database; only the clock is led, tick
by tick, as if the show were live. A recording without instants of its own begins at a fixed one.

    python -m benchmarks.recordings --data DIR
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from analytics.understand import Understanding
from desk.analyse.flow import Analyst
from desk.configuration.model import Configuration
from desk.intake import flow as intake
from desk.intake.event import FeedbackEvent
from desk.moment import Moment
from desk.watch.rules import TICK
from desk.watch.stragglers import Patience
from handlers.clock.clocks import wall_now
from handlers.feedback.files import choose_mapping, read_file
from handlers.feedback.records import FeedbackFile
from store import incidents, rollups, workspaces
from store.engine import Store
from store.migrate import upgrade

START = datetime(2026, 3, 1, 12, tzinfo=UTC)  # of recordings that count from the start of a video
SETTLE = timedelta(milliseconds=200)
KEY = intake.ViewerKey("bench", b"a key for measuring, no secret at all")


@dataclass(frozen=True, slots=True)
class Found:
    """One incident of a recording. `began` and `opened` as in the store; `minute` of the show it was opened in."""

    show: str
    category: str
    severity: str
    began: datetime
    opened: datetime
    minute: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    file: str
    comments: int
    complaints: int
    hours: float
    found: tuple[Found, ...]


def comments(path: Path) -> Iterator[FeedbackEvent]:
    file = FeedbackFile(path)
    outline = file.outline()
    mapping = choose_mapping(file, outline, START)
    rows = read_file(file, outline, mapping, source=path.name, now=wall_now(), start=START, market="all")
    yield from (row.item for row in rows if isinstance(row.item, FeedbackEvent))


def replay(path: Path, folder: Path) -> Replayed:
    """Play one file, each of its shows apart."""
    store = Store(f"sqlite:///{folder / (path.name + '.db')}")
    upgrade(store.engine)
    workspace = store.write(lambda c: workspaces.ensure(c, "bench", START))
    analyst = Analyst(Understanding())
    every = sorted(comments(path), key=lambda one: (one.show or "", one.at))
    hours, complaints = 0.0, 0
    found: list[Found] = []
    for show, said in groupby(every, key=lambda one: one.show or ""):
        of_show = list(said)
        _play(store, workspace, analyst, of_show)
        first, last = of_show[0].at, of_show[-1].at
        hours += (last - first).total_seconds() / 3600
        for one in store.read(lambda c: incidents.between(c, workspace, first, last + timedelta(hours=1))):
            if one.show == show:
                minute = (one.opened_at - first).total_seconds() / 60
                words = tuple(one.why.get("words", ()))
                found.append(Found(show, one.category, one.severity, one.began_at, one.opened_at, minute, words))
        counted = store.read(
            lambda c: rollups.counts(c, workspace, show, int(first.timestamp()) - TICK, int(last.timestamp()) + TICK)
        )
        complaints += sum(cell.count for cell in counted if cell.category)
    store.close()
    return Replayed(path.name, len(every), complaints, hours, tuple(found))


def _play(store: Store, workspace: int, analyst: Analyst, said: list[FeedbackEvent]) -> None:
    last = int(said[-1].at.timestamp() // TICK)
    batches = {tick: list(group) for tick, group in groupby(said, key=lambda one: int(one.at.timestamp() // TICK))}
    for tick in range(min(batches), last + 61):
        if tick not in batches and tick > last and (tick - last) % 6:
            continue
        now = datetime.fromtimestamp((tick + 1) * TICK, UTC) + SETTLE
        if tick in batches:
            delivery = intake.Delivery("recording", batches[tick])
            store.write(lambda c: intake.accept(c, workspace, KEY, [delivery], now))
        while True:
            since, batch = store.read(lambda c: analyst.fetch(c, workspace))
            understood = analyst.understand(batch, {})
            step = store.write(
                lambda c: analyst.commit(
                    Moment(c, workspace, Configuration(), now, wall_now()),
                    since,
                    batch,
                    understood,
                    1,
                    Patience(SETTLE),
                )
            )
            if not step.more:
                break


def table(replayed: list[Replayed]) -> str:
    lines = [
        "| recording | hours | comments | complaints per 1,000 | incidents P1/P2 | P3 |",
        "|---|---|---|---|---|---|",
    ]
    for one in replayed:
        paging = [found for found in one.found if found.severity in ("P1", "P2")]
        rate = 1000 * one.complaints / max(one.comments, 1)
        lines.append(
            f"| {one.file} | {one.hours:.1f} | {one.comments} | {rate:.1f} | {len(paging)} | "
            f"{len(one.found) - len(paging)} |"
        )
    lines.append("")
    for one in replayed:
        for found in one.found:
            lines.append(
                f"- {one.file}, {found.show}: {found.severity} {found.category}, opened {found.opened:%H:%M:%S} UTC "
                f"(minute {found.minute:.0f}), began {found.began:%H:%M:%S}; leading words: {', '.join(found.words)}"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with chat/*.ndjson.gz")
    data: Path = parser.parse_args().data
    with tempfile.TemporaryDirectory() as folder:
        print(table([replay(path, Path(folder)) for path in sorted((data / "chat").glob("*.ndjson.gz"))]))


if __name__ == "__main__":
    main()
