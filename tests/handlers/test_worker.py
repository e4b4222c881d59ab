"""When the analyst's steps go before intake."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from desk.analyse.flow import Analyst
from handlers.right_of_way import RightOfWay
from handlers.worker import Worker
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SETTLE, TICK, UNDERSTANDING, Evening


class Noted(RightOfWay):
    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        self.times += 1
        with super().taken():
            yield


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def speed(self) -> float:
        return 1.0


@pytest.fixture
def evening(store: Store) -> Evening:
    return Evening(store, NOON)


async def test_only_a_step_that_may_close_a_tick_goes_before_intake(evening: Evening) -> None:
    way, hands = Noted(), Hands(NOON)
    analyst = Analyst(UNDERSTANDING)
    worker = Worker(evening.store, WORKSPACE, analyst, lambda: evening.configuration, hands, SETTLE, "one", way)
    try:
        evening.say([("ana", "hello from Lisbon")])
        opened = await worker.step()
        assert opened is not None
        assert opened.next_close is not None
        assert way.times == 0

        hands.at = opened.next_close - timedelta(milliseconds=1)
        waited = await worker.step()
        assert waited is not None
        assert not waited.closed
        assert way.times == 0

        hands.at = opened.next_close + TICK
        closed = await worker.step()
        assert closed is not None
        assert closed.closed
        assert way.times == 1
    finally:
        worker.close()


async def test_behind_a_backlog_no_step_goes_before_intake(evening: Evening) -> None:
    way, hands = Noted(), Hands(NOON + 6 * TICK)
    analyst = Analyst(UNDERSTANDING)
    worker = Worker(evening.store, WORKSPACE, analyst, lambda: evening.configuration, hands, SETTLE, "one", way)
    try:
        for _ in range(3):
            evening.say([(f"v{number}", "hello") for number in range(400)])
            evening.at += TICK
        first = await worker.step()
        second = await worker.step()
        assert first is not None
        assert second is not None
        assert [first.more, second.more] == [True, True]
        assert way.times == 0
    finally:
        worker.close()
