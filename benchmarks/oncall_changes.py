"""How long a change of many schedules holds up everybody else who writes.

    python -m benchmarks.oncall_changes

30 schedules of 50 people in 5 layers (weekly, daily on weekdays, every 4 hours in two blocks a day, custom lengths,
hourly), in an SQLite file. The file is loaded, loaded again with every schedule changed, and with one; somebody goes on
leave for three days in every schedule; an override is set and undone; and what has become due is done. Told are, for
each: how long it took in all, and the longest turn of a writer in it, by the clock and in processor time.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, TypeVar

from sqlalchemy import Connection

from desk.moment import Moment
from desk.oncall.changing import go_away, paint, undo
from desk.oncall.painting import Paint
from handlers.clock.clocks import ScaledClock
from handlers.clock.jobs import Sweeper
from handlers.opening import load_configuration
from store import workspaces
from store.engine import Store
from store.migrate import upgrade

T = TypeVar("T")
SCHEDULES, PEOPLE = 30, 50
NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WORKDAYS = ["mon", "tue", "wed", "thu", "fri"]


class Timed(Store):
    longest = busiest = 0.0

    def _run_write(self, unit: Callable[[Connection], T], *, takes_turn: bool) -> T:
        def timed(connection: Connection) -> T:
            began, busy = perf_counter(), thread_time()
            try:
                return unit(connection)
            finally:
                self.longest = max(self.longest, perf_counter() - began)
                self.busiest = max(self.busiest, thread_time() - busy)

        return super()._run_write(timed, takes_turn=takes_turn)


def house(changed: int) -> str:
    """JSON is YAML. In the first `changed` schedules the second layer changes hands an hour later."""
    people = [f"person-{number:02}" for number in range(PEOPLE)]
    zones = ("Europe/Berlin", "America/New_York", "Asia/Shanghai")
    opens = {"days": WORKDAYS, "from": "09:00", "to": "17:00"}

    def schedule(number: int) -> dict[str, Any]:
        def layer(name: str, zone: str, first: int, *blocks: dict[str, Any], **rotation: Any) -> dict[str, Any]:
            members = people[first:] + people[:first]
            its = {"start": "2025-01-06", "members": members[number:] + members[:number], **rotation}
            return {
                "name": name,
                "timezone": zone,
                "rotation": its,
                **({"restrictions": list(blocks)} if blocks else {}),
            }

        blocks = ({**opens, "to": "12:00"}, {**opens, "from": "13:00", "to": "02:00"})
        hand_off = "01:00" if number < changed else "00:00"
        return {
            "timezone": "Europe/Berlin",
            "holidays": True,
            "layers": [
                layer("all hours", "Europe/Berlin", 0, type="weekly", hand_off="09:00"),
                layer("berlin days", "Europe/Berlin", 10, opens, type="daily", hand_off=hand_off),
                layer("hangzhou", "Asia/Shanghai", 20, *blocks, type="hourly", every=4),
                layer("new york", "America/New_York", 5, opens, type="custom", lengths=[2, 2, 3]),
                layer("los angeles", "America/Los_Angeles", 7, opens, type="hourly"),
            ],
        }

    return json.dumps(
        {
            "people": {
                key: {"timezone": zones[n % 3], "country": ("DE", "US", "CN")[n % 3], "contacts": {"slack": f"U{n:09}"}}
                for n, key in enumerate(people)
            },
            "teams": {"all": {"timezone": "Europe/Berlin", "channels": ["slack:C0ALL00001"], "members": people}},
            "schedules": {f"schedule-{number:02}": schedule(number) for number in range(SCHEDULES)},
        }
    )


def run(folder: Path) -> None:
    store = Timed(f"sqlite:///{folder / 'livedesk.db'}")
    upgrade(store.engine)
    workspace = store.write(lambda c: workspaces.ensure(c, "benchmark", NOW))
    path = folder / "livedesk.yaml"
    at = NOW

    def timed(what: str, do: Callable[[], T]) -> T:
        store.longest, store.busiest, began = 0.0, 0.0, perf_counter()
        done = do()
        turn = f"{store.longest * 1000:6.0f} ms ({store.busiest * 1000:.0f} ms of processor time)"
        print(f"{what:42} {perf_counter() - began:7.2f} s in all, the longest turn {turn}")
        return done

    def load(changed: int) -> Callable[[], Any]:
        path.write_text(house(changed), "utf-8")
        return lambda: load_configuration(store, workspace, path, at)

    def sweep() -> None:
        asyncio.run(Sweeper(store, workspace, lambda: configuration, ScaledClock(at, 0.0)).sweep())

    timed("the file is loaded for the first time", load(0))
    configuration = timed("every schedule is another", load(SCHEDULES))
    configuration = timed("one schedule is another", load(SCHEDULES - 1))
    away = [at + 3 * DAY, at + 6 * DAY]
    on = lambda unit: store.write(lambda c: unit(Moment(c, workspace, configuration, at, at)))  # noqa: E731
    timed(
        "leave of somebody, in every schedule",
        lambda: on(lambda m: go_away(m, "person-03", *away, "person-03", "slack")),
    )
    span = Paint("schedule-07", "person-09", at + DAY, at + 2 * DAY)
    made = timed("an override", lambda: on(lambda m: paint(m, "override", [span], "person-01", "slack")))
    timed("its undoing", lambda: on(lambda m: undo(m, made.number, "person-01", "slack")))
    at += timedelta(minutes=2)
    timed("whoever has other shifts is told", sweep)
    store.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_for_it:
        run(Path(made_for_it))
