from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from handlers.clock.clocks import ScaledClock
from handlers.clock.jobs import Sweeper
from handlers.configuration import load_text
from store import due
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import HOUSE

CONFIGURATION = load_text(HOUSE, "livedesk.yaml")


async def test_what_can_never_be_done_holds_up_nothing_behind_it(store: Store) -> None:
    """More of them than one look finds, and all of them due before the row that can be done."""
    for number in range(60):
        broken = f"no number {number}"
        store.write(lambda c, ref=broken: due.put(c, WORKSPACE, "escalate", ref, NOON))  # type: ignore[misc]
    store.write(lambda c: due.put(c, WORKSPACE, "digest", "emea", NOON + timedelta(minutes=1), {"date": "2026-03-06"}))
    sweeper = Sweeper(store, WORKSPACE, lambda: CONFIGURATION, ScaledClock(NOON + timedelta(minutes=2), 0.0))

    with capture_logs() as logged:
        assert await sweeper.sweep() == 1

    assert [one["event"] for one in logged] == ["a due row failed"] * 60
    waiting = store.read(lambda c: due.waiting(c, WORKSPACE, NOON + timedelta(minutes=2), limit=1000))
    assert {row.kind for row in waiting} == {"escalate"}
    assert len(waiting) == 60, "they stay due, and are seen"
