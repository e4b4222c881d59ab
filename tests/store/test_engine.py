from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from store.engine import Store
from store.tables import workspaces
from tests.factories import WORKSPACE


def one_more(connection: Connection) -> None:
    """What most of our units do: look, decide, write."""
    name = connection.execute(select(workspaces.c.name).where(workspaces.c.id == WORKSPACE)).scalar_one()
    connection.execute(update(workspaces).where(workspaces.c.id == WORKSPACE).values(name=name + "|"))


def test_no_unit_decides_on_what_another_is_changing(store: Store, database_url: str) -> None:
    before = store.read(lambda c: c.execute(select(workspaces.c.name)).scalar_one())
    other = Store(database_url)  # as another process would have it
    try:
        with ThreadPoolExecutor(8) as threads:
            for done in [threads.submit((store, other)[number % 2].write, one_more) for number in range(60)]:
                done.result()
    finally:
        other.close()

    assert store.read(lambda c: c.execute(select(workspaces.c.name)).scalar_one()) == before + "|" * 60


def test_what_is_added_need_not_wait_for_a_turn(store: Store) -> None:
    """On SQLite it must: there is one write lock for the whole file."""
    begun, added, late = Event(), Event(), not store.is_sqlite

    def long_one(_: Connection) -> bool:
        begun.set()
        return added.wait(10) if late else True

    with ThreadPoolExecutor(1) as threads:
        long = threads.submit(store.write, long_one)
        assert begun.wait(10)
        store.append(lambda _: None)
        added.set()

        assert long.result()


def test_a_frozen_writer_loses_its_turn(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL; SQLite's lock goes with the process that holds it."""
    if store.is_sqlite:
        assert store.write(lambda _: True)
        return
    monkeypatch.setattr("store.engine.FROZEN_SECONDS", 1)
    frozen, begun, written = Store(database_url), Event(), Event()

    def freeze(connection: Connection) -> None:
        begun.set()
        written.wait(20)
        one_more(connection)

    with ThreadPoolExecutor(1) as threads:
        asleep = threads.submit(frozen.write, freeze)
        assert begun.wait(10)
        store.write(one_more)
        written.set()

        with pytest.raises(DBAPIError):
            asleep.result()
    frozen.close()
