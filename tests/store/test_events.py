from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import events
from store.engine import Store
from tests.factories import NOON, WORKSPACE, new_event


def append(store: Store, ids: Sequence[str]) -> list[bool]:
    return store.write(lambda c: events.append(c, WORKSPACE, [new_event(one) for one in ids], NOON))


def stored(store: Store) -> list[events.StoredEvent]:
    return store.read(lambda c: events.after(c, WORKSPACE, 0, 10_000))


def test_it_stores_an_event_once_however_often_it_comes(store: Store) -> None:
    assert append(store, ["a", "b", "a"]) == [True, True, False]
    assert append(store, ["b", "c"]) == [False, True]
    assert len(stored(store)) == 3


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.integers(0, 30).map(str), max_size=12), max_size=6))
def test_it_says_of_each_event_whether_it_was_new(store: Store, batches: list[list[str]]) -> None:
    known = {one.id for one in stored(store)}
    before = len(known)
    seen: set[str] = set()
    for batch in batches:
        answers = append(store, [f"{before}-{one}" for one in batch])

        for one, new in zip(batch, answers, strict=True):
            assert new == (one not in seen)
            seen.add(one)

    assert len(stored(store)) == before + len(seen)


def test_it_gives_back_what_it_was_given(store: Store) -> None:
    exact = Decimal("1234567890.10")
    one = new_event("a", value=exact, currency="EUR", text="привет \U0001f642", at=NOON + timedelta(microseconds=7))
    store.write(lambda c: events.append(c, WORKSPACE, [one], NOON))

    back = stored(store)[0]

    assert (back.value, back.currency, back.text, back.at) == (exact, "EUR", one.text, one.at)
    assert (back.day, back.received_at, back.viewer) == (NOON.date(), NOON, one.viewer)


def test_it_hands_out_ids_in_the_order_of_their_commits(store: Store) -> None:
    """A reader that follows ids must never pass over an event whose transaction was slower."""
    overtaken: list[int] = []
    stop = threading.Event()

    def follow() -> None:
        position, seen = 0, set()
        while True:
            done = stop.is_set()
            batch = store.read(lambda c: events.after(c, WORKSPACE, position, 1000))
            for one in batch:
                seen.add(one.id)
                position = one.id
            if done and not batch:
                overtaken.extend({one.id for one in stored(store)} - seen)
                return

    def write(writer: int) -> None:
        for number in range(20):
            append(store, [f"{writer}-{number}-{k}" for k in range(5)])

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(k,)) for k in range(3)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    reader.join()

    assert overtaken == []
    assert len(stored(store)) == 300


def test_it_lets_only_the_newest_holder_move_the_cursor(store: Store) -> None:
    append(store, ["a", "b"])
    store.write(lambda c: events.advance(c, "analyst", 0, 1, fence=2))

    with pytest.raises(events.FencedOffError):
        store.write(lambda c: events.advance(c, "analyst", 1, 2, fence=1))

    assert store.read(lambda c: events.position(c, "analyst")) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_finds_the_next_events_without_reading_all_that_went_before(store: Store) -> None:
    query = events._AFTER.compile(store.engine)

    plan = store.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (5, WORKSPACE, 500, 0)).all())

    assert [row.detail for row in plan] == ["SEARCH events USING INDEX ix_events_workspace_id (workspace=? AND id>?)"]


def test_it_counts_what_each_source_sent(store: Store) -> None:
    for _ in range(2):
        store.write(
            lambda c: events.count_source(
                c, WORKSPACE, "tiktok-us", NOON, received=5, accepted=3, duplicate=1, late=1, refused=1
            )
        )

    (counted,) = store.read(lambda c: events.source_counts(c, WORKSPACE))

    assert (counted["received"], counted["accepted"], counted["late"]) == (10, 6, 2)
