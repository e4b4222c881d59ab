"""Two who do the same at the same moment, on real databases: two processes that sweep, two people who tap, and a tap
that comes with the escalation it is to prevent."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from desk import sweep
from desk.incidents import flow as incident_flow
from desk.incidents.bundle import MOST
from desk.incidents.said import Answer
from desk.oncall.steps import ESCALATE
from desk.words import tongue
from store import due, incidents, outbox, tables
from store.due import Due
from store.engine import Store
from tests.factories import NOON, WORKSPACE
from tests.stories.evening import HOUSE, Evening
from tests.stories.mortal import Nursery, Order, all_incidents, rise

FULL = os.environ.get("LIVEDESK_ORACLE") == "full"
MANY = 150 if FULL else 10
ROUNDS = 200 if FULL else 8
EN = tongue("en")
ESCALATES_AT = NOON + timedelta(minutes=5)


def open_incidents(store: Store, count: int) -> list[int]:
    """As many incidents, each of its own show and paged for."""
    evening = Evening(store)
    for number in range(count):
        one = rise(evening.at, "payment", f"show-{number}")
        store.write(lambda c, one=one: incident_flow.meet(evening.moment(c), [one]))  # type: ignore[misc]
    return [one.id for one in store.read(all_incidents)]


def pages(store: Store) -> Counter[tuple[int, str, int]]:
    """How often each person was paged for each step of each incident."""
    query = select(tables.pages.c.incident, tables.pages.c.person, tables.pages.c.step)
    return Counter(store.read(lambda c: [tuple(row) for row in c.execute(query)]))


@pytest.mark.slow
async def test_two_processes_that_sweep_take_each_step_once(
    store: Store, database_url: str, tmp_path: Path, nursery: Nursery
) -> None:
    numbers = open_incidents(store, MANY)
    bell = tmp_path / "bell"
    orders = [
        Order(database_url, "", HOUSE, 0, 0, str(tmp_path / f"{name}.json"), True, ESCALATES_AT.isoformat(), str(bell))
        for name in ("one", "other")
    ]

    assert await nursery.bear(*orders) == [0, 0]

    told = [json.loads((tmp_path / f"{name}.json").read_text("utf-8")) for name in ("one", "other")]
    rung_again = -(-MANY // MOST)  # a message of a minute tells of so many
    done = MANY * 2 + rung_again
    assert sum(one["done"] for one in told) == done, "each step, each picture of the opening, each second ring"
    assert sum(one["seen"] for one in told) > done, "some that one did had been seen by the other, too"
    assert pages(store) == Counter({(one, who, step): 1 for one in numbers for who, step in (("maya", 0), ("jon", 1))})
    waiting = store.read(lambda c: due.waiting(c, WORKSPACE, NOON + timedelta(days=1), limit=1000))
    assert sorted(int(row.ref) for row in waiting if row.kind == ESCALATE) == sorted(numbers), "one next step each"
    history = tables.incident_history.c
    query = select(history.incident, func.count()).where(history.what == "paged").group_by(history.incident)
    records = store.read(lambda c: c.execute(query).all())
    assert {count for _, count in records} == {2}


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each returns, all begun at the same moment in a thread of its own."""
    barrier = Barrier(len(deeds))

    def begin(deed: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return [one.result(30) for one in [threads.submit(begin, deed) for deed in deeds]]


def step_of(store: Store, incident: int) -> Due:
    row = store.read(lambda c: due.waiting_row(c, WORKSPACE, ESCALATE, str(incident)))
    assert row is not None
    return row


@pytest.mark.slow
def test_an_acknowledgement_and_the_escalation_it_races_have_one_outcome(store: Store, database_url: str) -> None:
    """Either it came first, and nobody else is woken; or the step was taken first, and everybody's page is settled."""
    other = Store(database_url)  # as another process would have it
    evening = Evening(store, ESCALATES_AT)
    first = Counter[bool]()
    try:
        for number in open_incidents(store, ROUNDS):
            row = step_of(store, number)
            tap = lambda c, n=number: incident_flow.act(evening.moment(c), n, "acknowledge", "maya", EN)  # noqa: E731
            deeds = [
                lambda row=row: other.write(lambda c: sweep.settle(evening.moment(c), row)),
                lambda tap=tap: store.write(tap),
            ]
            # Whoever is asked to begin first is a little ahead, so let each be.
            swept, answer = at_once(*deeds) if number % 2 else at_once(*deeds[::-1])[::-1]

            assert answer == Answer("It is yours. Nobody else will be woken for it.", True)
            incident = store.read(lambda c, n=number: incidents.get(c, WORKSPACE, n))
            assert incident is not None
            assert (incident.state, incident.acknowledged_by) == ("acknowledged", "maya")
            found = [(one.person, one.state) for one in store.read(lambda c, n=number: incidents.pages_of(c, n))]
            woken = [("jon", "cancelled")] if swept else []
            assert found == [("maya", "acknowledged"), *woken]
            assert store.read(lambda c, n=number: due.planned(c, WORKSPACE, ESCALATE, str(n))) is None
            first[swept] += 1
    finally:
        other.close()
    assert store.read(lambda c: calls_for(c, "U0JONPARK1")) == [], "what nobody needs any more is never sent"
    print(f"the step was first in {first[True]} of {ROUNDS} rounds")


def calls_for(connection: Any, user: str) -> list[str]:
    """Pages to somebody that still wait to be sent and would ring."""
    return [
        str(body["headline"])
        for _, destination, body in outbox.pending(connection, WORKSPACE)
        if destination == user and body["kind"] == "page" and body["actions"]
    ]


@pytest.mark.slow
def test_of_two_who_acknowledge_at_once_one_has_it(store: Store, database_url: str) -> None:
    other = Store(database_url)
    evening = Evening(store, NOON + timedelta(minutes=1))

    def tap(where: Store, who: str, number: int) -> Callable[[], Answer]:
        return lambda: where.write(lambda c: incident_flow.act(evening.moment(c), number, "acknowledge", who, EN, 1))

    try:
        for number in open_incidents(store, ROUNDS):
            answers = at_once(tap(store, "maya", number), tap(other, "jon", number))

            incident = store.read(lambda c, n=number: incidents.get(c, WORKSPACE, n))
            assert incident is not None
            assert sorted(one.done for one in answers) == [False, True]
            assert incident.acknowledged_by == ("maya", "jon")[[one.done for one in answers].index(True)]
            assert incident.version == 2
    finally:
        other.close()
