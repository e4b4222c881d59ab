from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from desk.analyse.flow import Step
from desk.watch.flow import DETECTOR, Memory
from store import tables, watching
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import PATIENCE, SETTLE, SHOW, TICK, Evening

AMBIENT = ["love this", "how much is the set?", "so pretty"]
NO_SOUND = [("", "no sound again")] * 4


def states(store: Store, show: str = SHOW) -> dict[str, dict[str, bytes]]:
    return store.read(lambda c: watching.states(c, WORKSPACE, show, DETECTOR))


def forget(store: Store) -> None:
    store.write(lambda c: c.execute(update(tables.detectors).values(states=b"")))


def step(evening: Evening) -> Step:
    since, batch = evening.store.read(lambda c: evening.analyst.fetch(c, WORKSPACE))
    understood = evening.analyst.understand(batch, {})
    return evening.store.write(
        lambda c: evening.analyst.commit(evening.moment(c), since, batch, understood, 1, PATIENCE)
    )


def test_it_goes_on_with_the_detectors_it_remembers(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(6, AMBIENT, {"us": NO_SOUND})
    forget(store)

    evening.pass_ticks(1, AMBIENT, {"us": NO_SOUND})
    remembered = states(store)["us"]["stream_quality"]
    forget(store)
    evening.restart().pass_ticks(1, AMBIENT, {"us": NO_SOUND})

    told_nothing = states(store)["us"]["stream_quality"]
    assert len(remembered) > len(told_nothing)  # it keeps the last minute's ticks, and the other has seen one


def test_it_knows_the_same_whether_it_remembers_or_was_restarted(store: Store) -> None:
    evening = Evening(store)
    evening.pass_ticks(6, AMBIENT, {"us": NO_SOUND})
    detectors = evening.analyst._watched.take(SHOW, int(evening.at.timestamp()), evening.configuration.version)

    assert detectors is not None
    assert {market: {name: one.dump() for name, one in by.items()} for market, by in detectors.items()} == states(store)


def test_it_goes_on_after_every_kill_as_if_nothing_had_happened(store: Store) -> None:
    evening = Evening(store)
    for complaints in [0] * 12 + [8] * 4:
        evening.at += TICK
        said = [(f"v{number}", text) for number, text in enumerate(AMBIENT * 6)]
        said += [(f"c{number}", "no sound again") for number in range(complaints)]
        for show in ("killed", "spared"):
            evening.say(said, show=show)
        evening.at += SETTLE
        evening.analyst._watched.forget("killed")
        evening.work()
        evening.at -= SETTLE

    assert states(store, "killed") == states(store, "spared") != {}
    assert len(evening.incidents()) == 2


def test_it_uses_what_it_remembers_only_where_the_database_stands_there_too() -> None:
    memory = Memory()
    memory.keep("aurora", 120, 1, {})
    memory.keep("borealis", 120, 1, {})
    memory.keep("cirrus", 120, 1, {})

    assert memory.take("aurora", 110, 1) is None  # a rolled-back transaction had closed ten seconds more
    assert memory.take("borealis", 120, 2) is None  # another configuration asks for other evidence
    assert memory.take("cirrus", 120, 1) == {}
    assert memory.take("cirrus", 120, 1) is None  # what is taken is the taker's


def test_it_closes_one_show_at_a_time_and_says_that_there_is_more(store: Store) -> None:
    evening = Evening(store)
    shows = ("aurora", "borealis", "cirrus")
    evening.at += TICK
    for show in shows:
        evening.say([("v", text) for text in AMBIENT], show=show)
    evening.at += SETTLE

    steps = [step(evening) for _ in range(4)]
    closed = store.read(lambda c: watching.closed_until(c, WORKSPACE, list(shows)))

    assert [(one.closed, one.more) for one in steps] == [(True, True), (True, True), (True, False), (False, False)]
    assert set(closed.values()) == {int((NOON + TICK).timestamp())}


def test_it_begins_with_the_show_that_is_furthest_behind(store: Store) -> None:
    evening = Evening(store)
    evening.at += TICK
    evening.say([("v", "love this")], show="behind")
    evening.at += timedelta(seconds=20)
    evening.say([("v", "love this")], show="abreast")
    evening.at += SETTLE

    step(evening)
    closed = store.read(lambda c: watching.closed_until(c, WORKSPACE, ["abreast", "behind"]))

    assert closed["behind"] == int((NOON + 3 * TICK).timestamp())
    assert closed["abreast"] == int((NOON + 2 * TICK).timestamp())
