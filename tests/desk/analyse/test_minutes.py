from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from analytics.rollups import Cells, coarser
from desk.analyse import cells
from desk.analyse.flow import CONSUMER
from store import events, rollups
from store.engine import Store
from tests.factories import WORKSPACE
from tests.stories.evening import SHOW, TICK, Evening

AMBIENT = ["love this", "how much is the set?", "no sound again", "wie lange dauert die Lieferung"]


def stored(store: Store, seconds: int) -> Cells:
    return cells.from_rows(store.read(lambda c: rollups.load(c, WORKSPACE, seconds, SHOW, 0, 2**40)))


def sums(found: Cells) -> dict[tuple[object, ...], tuple[object, ...]]:
    """What cells say, sketches as the number of viewers in them."""
    return {
        tuple(key): (cell.count, cell.sentiment_n, cell.sentiment_sum, cell.values, round(cell.distinct))
        for key, cell in found.items()
    }


def settle_some(evening: Evening) -> None:
    derived = evening.store.read(lambda c: evening.analyst.derive(c, WORKSPACE))
    evening.store.write(lambda c: evening.analyst.settle(c, WORKSPACE, 1, derived))


def settle(evening: Evening) -> None:
    while evening.analyst.owes:
        settle_some(evening)


def assert_derived(store: Store, until: int) -> None:
    """Minutes and hours say exactly what the ticks of all closed minutes say."""
    ticks = {key: cell for key, cell in stored(store, rollups.TICK).items() if key.start < until}
    for seconds in (rollups.MINUTE, rollups.HOUR):
        assert sums(stored(store, seconds)) == sums(coarser(ticks, seconds))


def test_it_derives_minutes_and_hours_that_equal_their_ticks(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(30, AMBIENT)

    settle(evening)

    assert stored(store, rollups.MINUTE)
    assert_derived(store, int(evening.at.timestamp()))


def test_it_adds_what_comes_late_to_what_was_derived(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(30, AMBIENT)
    settle(evening)
    before = Counter({key.start: cell.count for key, cell in stored(store, rollups.HOUR).items()})

    evening.at -= timedelta(minutes=3)
    evening.say([("late", "my parcel never came"), ("later", "love it")])
    evening.at += timedelta(minutes=3)
    evening.work()
    settle(evening)

    assert sum(before.values()) < sum(cell.count for cell in stored(store, rollups.HOUR).values())
    assert_derived(store, int(evening.at.timestamp()))


def test_it_goes_on_after_a_restart_between_any_two_steps(store: Store) -> None:
    evening = Evening(store)
    for number in range(24):
        evening.pass_ticks(1, AMBIENT)
        if number % 5 == 0:
            settle_some(evening)
        evening = evening.restart()

    settle(evening)

    assert_derived(store, int(evening.at.timestamp()))


def test_it_looks_again_for_what_was_derived_and_never_written(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(30, AMBIENT)
    store.read(lambda c: evening.analyst.derive(c, WORKSPACE))

    assert evening.analyst.owes
    settle(evening)
    assert_derived(store, int(evening.at.timestamp()))


def test_it_derives_a_little_at_a_time(store: Store) -> None:
    """The database has one writer, and an alarm may wait for it."""
    evening = Evening(store)
    evening.pass_ticks(30, AMBIENT)
    settle(evening)
    evening.pass_ticks(30, AMBIENT)
    already = {key.start for key in stored(store, rollups.MINUTE)}

    settle_some(evening)

    assert len({key.start for key in stored(store, rollups.MINUTE)} - already) == 1


def test_it_derives_the_minute_in_which_a_recording_ends(store: Store) -> None:
    evening = Evening(store)
    for _ in range(8):
        evening.at += TICK
        evening.say([("v", text) for text in AMBIENT])
    evening.at += timedelta(days=1)
    evening.work()

    settle(evening)

    counted = sum(cell.count for cell in stored(store, rollups.TICK).values())
    assert sum(cell.count for cell in stored(store, rollups.MINUTE).values()) == counted


def test_it_derives_nothing_for_a_worker_that_lost_its_lease(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(12, AMBIENT)
    store.write(lambda c: events.hold(c, CONSUMER, 7))

    with pytest.raises(events.FencedOffError):
        settle_some(evening)

    assert stored(store, rollups.MINUTE) == {}
    assert evening.analyst.owes
