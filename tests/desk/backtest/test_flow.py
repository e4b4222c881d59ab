"""The oracle: what a replay makes of the stored roll-ups is what the live bot made of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from desk.backtest.facts import Came, Facts, Period
from desk.backtest.flow import TooLongError, load, replay, run, with_sensitivity
from desk.backtest.rules import Asked
from store import tables, watching
from store.engine import Store
from store.scratch import Scratch
from tests.desk.backtest.evenings import marked_evening
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import SETTLE, TICK, Evening
from tests.stories.test_evenings import AMBIENT, FAILING

CATEGORIES = {
    "payment": FAILING,
    "stream_quality": ["no sound again", "the video is lagging", "screen is black"],
    "delivery": ["where is my parcel", "still not delivered", "my order never arrived"],
}
DAY = Period(NOON - timedelta(days=1), NOON + timedelta(days=1))


def random_evening(store: Store, seed: int) -> Evening:
    """Minutes of a show with spikes, silences, a market that comes late, and people who tap."""
    chance = random.Random(seed)
    evening = Evening(store)
    spike: dict[str, tuple[str, int, int]] = {}
    for number in range(chance.randint(60, 75)):
        if chance.random() < 0.03:
            for _ in range(chance.choice([12, 54, 66, 90])):
                evening.at += TICK
                evening.at += SETTLE
                evening.work()
                evening.at -= SETTLE
        evening.at += TICK
        for market in ("us", "eu"):
            if market == "eu" and number < 12:
                continue
            texts = [(f"v{number}-{k}", chance.choice(AMBIENT)) for k in range(chance.randint(2, 6))]
            if market not in spike and number > 15 and chance.random() < 0.08:
                spike[market] = chance.choice(list(CATEGORIES)), chance.randint(2, 9), chance.randint(3, 14)
            if market in spike:
                category, size, left = spike[market]
                texts += [(f"c{number}-{k}", chance.choice(CATEGORIES[category])) for k in range(size)]
                spike[market] = category, size, left - 1
                if left <= 1:
                    del spike[market]
            evening.say(texts, market)
        evening.at += SETTLE
        evening.work()
        if chance.random() < 0.08:
            for incident in evening.incidents():
                evening.at += timedelta(milliseconds=1)
                evening.tap(chance.choice(["acknowledge", "resolve", "escalate"]), "maya", incident.id)
        evening.at = evening.at.replace(second=evening.at.second // 10 * 10, microsecond=0)
    return evening


def facts(evening: Evening, period: Period = DAY) -> Facts:
    return evening.store.read(lambda c: load(c, WORKSPACE, evening.configuration, period))


def replayed(evening: Evening, known: Facts, period: Period = DAY, **given: Any) -> list[Came]:
    found: list[Came] = []
    configuration = given.pop("configuration", evening.configuration)
    with Scratch(evening.store.url.render_as_string(hide_password=False)) as scratch:
        for show in known.shows:
            found += replay(scratch, WORKSPACE, configuration, show, period, SETTLE, **given)
    return found


def plain(some: list[Came]) -> list[Came]:
    return sorted((replace(one, incident=0, mark=None) for one in some), key=lambda one: (one.opened_at, one.scopes))


@pytest.mark.parametrize("seed", range(3))
def test_it_makes_of_the_roll_ups_what_was_made_of_them_live(store: Store, seed: int) -> None:
    evening = random_evening(store, seed)
    known = facts(evening)

    assert known.happened, "an evening without an alert shows nothing"
    assert plain(replayed(evening, known)) == plain(list(known.happened))


def test_it_makes_of_a_recording_what_was_made_of_it(store: Store) -> None:
    evening = Evening(store)
    evening.at = NOON
    for number in range(80):
        evening.at += TICK if number != 40 else timedelta(minutes=25)
        evening.say([(f"v{number}-{k}", text) for k, text in enumerate(AMBIENT)])
        if 50 <= number < 56:
            evening.say([(f"c{number}-{k}", FAILING[k % 5]) for k in range(7)])
    with store._writer.begin() as connection:  # as an import stores it: long after
        received = evening.at + timedelta(hours=5)
        connection.execute(tables.events.update().values(received_at=received))
    evening.at = received + timedelta(seconds=1)
    evening.work()
    evening.at += timedelta(minutes=2)
    evening.work()
    known = facts(evening)

    assert [one.category for one in known.happened] == ["payment"]
    assert [replace(one, paged=False) for one in plain(replayed(evening, known))] == plain(list(known.happened))


def test_it_writes_nothing(store: Store) -> None:
    evening = random_evening(store, 1)
    before = everything(store)

    run(store, WORKSPACE, evening.configuration, Asked(DAY, with_sensitivity(evening.configuration, None, 1.5)), SETTLE)

    assert everything(store) == before


def everything(store: Store) -> dict[str, list[Any]]:
    return store.read(lambda c: {table.name: c.execute(select(table)).all() for table in tables.metadata.sorted_tables})


@pytest.fixture(scope="module")
def marked(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evening]:
    with marked_evening(sqlite_template, tmp_path_factory.mktemp("marked")) as evening:
        yield evening


def test_it_suggests_a_sensitivity_that_a_replay_bears_out(marked: Evening) -> None:
    found = run(marked.store, WORKSPACE, marked.configuration, Asked(DAY), SETTLE)
    (suggestion,) = found.suggestions

    assert (suggestion.market, suggestion.noise, suggestion.useful, suggestion.avoided) == ("us", 1, 1, 1)
    assert suggestion.sensitivity is not None
    settings = with_sensitivity(marked.configuration, "us", suggestion.sensitivity)
    tried = run(marked.store, WORKSPACE, marked.configuration, Asked(DAY, settings), SETTLE)
    assert (tried.noise_avoided, tried.useful_lost) == (1, 0)
    below = with_sensitivity(marked.configuration, "us", round(suggestion.sensitivity - 0.1, 1))
    assert run(marked.store, WORKSPACE, marked.configuration, Asked(DAY, below), SETTLE).noise_avoided == 0


def test_it_counts_only_what_was_opened_in_the_period_and_the_market(marked: Evening) -> None:
    first, second = marked.incidents()
    early = Period(NOON, second.opened_at)
    known = facts(marked, early)

    assert [one.incident for one in known.happened] == [first.id]
    assert [one.opened_at for one in replayed(marked, known, early)] == [first.opened_at]
    in_eu = replace(DAY, market="eu")
    assert facts(marked, in_eu).happened == []
    assert replayed(marked, facts(marked, in_eu), in_eu) == []


def test_it_hears_one_market_alone_where_that_is_asked(marked: Evening) -> None:
    known = facts(marked)

    assert replayed(marked, known, only="eu") == []
    assert plain(replayed(marked, known, only="us")) == plain(list(known.happened))


def test_it_has_nothing_where_nothing_was_heard(marked: Evening) -> None:
    long_ago = Period(NOON - timedelta(days=30), NOON - timedelta(days=20))

    assert facts(marked, long_ago) == Facts([], [], 0.0)
    found = run(marked.store, WORKSPACE, marked.configuration, Asked(long_ago), SETTLE)
    assert (found.shows, found.rows) == (0, [])


def test_it_ends_when_its_time_is_over(marked: Evening) -> None:
    def over() -> None:
        raise TooLongError

    with pytest.raises(TooLongError):
        run(marked.store, WORKSPACE, marked.configuration, Asked(DAY), SETTLE, check=over)


def test_it_judges_the_same_however_many_ticks_in_one_go(store: Store) -> None:
    """A market that comes late begins with its first tick, also in a backlog."""
    states = []
    for show, at_once in (("one-by-one", False), ("at-once", True)):
        evening = Evening(store)
        evening._sent = 10_000 * at_once  # its events are not those of the other
        for number in range(30):
            evening.at += TICK
            evening.say([(f"v{number}-{k}", text) for k, text in enumerate(AMBIENT)], show=show)
            if number >= 15:
                evening.say([(f"e{number}-{k}", text) for k, text in enumerate(AMBIENT)], "eu", show=show)
            if not at_once:
                evening.at += SETTLE
                evening.work()
                evening.at -= SETTLE
        evening.at += SETTLE
        evening.work()
        states.append(store.read(lambda c, show=show: watching.states(c, WORKSPACE, show, "hidden_markov")))  # type: ignore[misc]

    assert set(states[0]) == {"us", "eu"}
    assert states[0] == states[1]
