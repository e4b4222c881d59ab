from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desk.backtest.facts import Period
from desk.backtest.flow import with_sensitivity
from desk.backtest.rules import Asked
from handlers.backtesting import BacktestFailed, Backtesting
from store import incidents, marks
from store.engine import Store
from tests.desk.backtest.evenings import marked_evening
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SETTLE, SHOW, Evening

DAY = Period(NOON - timedelta(days=1), NOON + timedelta(days=1))


@pytest.fixture(scope="module")
def evening(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    with marked_evening(sqlite_template, tmp_path_factory.mktemp("marked")) as told:
        yield told


def backtesting(evening: Evening, longest: timedelta = timedelta(minutes=2)) -> Backtesting:
    return Backtesting(evening.store.url.render_as_string(hide_password=False), WORKSPACE, SETTLE, longest)


async def test_it_replays_in_a_process_of_its_own(evening: Evening) -> None:
    asked = Asked(DAY, with_sensitivity(evening.configuration, None, 90.0))

    found = await backtesting(evening).compare(evening.configuration, asked)

    assert [(row.real is not None, row.now is not None, row.then is not None) for row in found.rows] == [
        (True, True, False)
    ] * 2


async def test_it_ends_when_it_takes_too_long(evening: Evening) -> None:
    with pytest.raises(BacktestFailed) as failed:
        await backtesting(evening, timedelta(0)).compare(evening.configuration, Asked(DAY))

    assert failed.value.minutes == 1


async def test_it_says_that_it_failed_when_the_database_is_gone(evening: Evening, tmp_path: Path) -> None:
    gone = Backtesting(f"sqlite:///{tmp_path / 'none.db'}", WORKSPACE, SETTLE)

    with pytest.raises(BacktestFailed) as failed:
        await gone.compare(evening.configuration, Asked(DAY))

    assert failed.value.minutes == 0


async def test_it_lets_go_of_its_process_when_nobody_waits_any_more(evening: Evening) -> None:
    slow = backtesting(evening)
    asking = asyncio.create_task(slow.compare(evening.configuration, Asked(DAY)))
    await asyncio.sleep(0)
    while slow.process is None:
        await asyncio.sleep(0.01)
    process = slow.process

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    await asyncio.to_thread(process.join, 10)
    assert process.exitcode is not None


async def test_it_reads_either_database(store: Store) -> None:
    told = Evening(store)
    told.pass_ticks(3, ["love this"])
    add_alert(told)
    asked = Asked(DAY, with_sensitivity(told.configuration, "us", 2.0))

    found = await backtesting(told).compare(told.configuration, asked)

    assert (found.shows, found.real.incidents, found.now.incidents) == (1, 1, 0)
    assert [(one.market, one.noise, one.sensitivity) for one in found.suggestions] == [("us", 1, None)]


def add_alert(evening: Evening) -> None:
    """One that was marked as noise, and that no replay makes."""

    def unit(connection: Connection) -> None:
        opened = {"workspace": WORKSPACE, "show": SHOW, "category": "payment", "opened_at": NOON}
        number = incidents.open_incident(
            connection, **opened, state="open", version=1, severity="P2", began_at=NOON, updated_at=NOON,
            configuration=1, why={},
        )  # fmt: skip
        incidents.add_scope(
            connection, **opened, incident=number, market="us", observed=1, peak=1, usual=1, share=1, complaints=1,
            open=True,
        )  # fmt: skip
        marks.keep(connection, WORKSPACE, number, "maya", "noise", NOON)

    evening.store.write(unit)
