"""A unit that has much to work out: others write meanwhile, and it decides by what is stored when it runs again."""

from __future__ import annotations

from threading import current_thread

from sqlalchemy import Connection, select, update

from store.beforehand import TIMES, beforehand
from store.engine import Store
from store.tables import workspaces
from tests.factories import WORKSPACE


def name(connection: Connection) -> str:
    found: str = connection.execute(select(workspaces.c.name).where(workspaces.c.id == WORKSPACE)).scalar_one()
    return found


def add(connection: Connection, letter: str) -> str:
    now = name(connection) + letter
    connection.execute(update(workspaces).where(workspaces.c.id == WORKSPACE).values(name=now))
    return now


def test_others_write_while_it_is_worked_out(store: Store, database_url: str) -> None:
    before, other = store.read(name), Store(database_url)

    def unit(connection: Connection) -> str:
        added = add(connection, "a")
        known = beforehand(connection)
        assert known is not None
        if "answer" not in known.found:
            known.step_aside(lambda: known.found.update(answer=other.write(lambda c: add(c, "b"))))
        return f"{added} {known.found['answer']}"

    try:
        assert store.write(unit) == f"{before}ba {before}b", "what was written by the first try is gone"
    finally:
        other.close()
    assert store.read(name) == before + "ba"


async def test_the_awaitable_twin_works_it_out_beside_readers_and_writers(store: Store) -> None:
    def unit(connection: Connection) -> str:
        known = beforehand(connection)
        assert known is not None
        if not known.found:
            known.step_aside(lambda: known.found.update(thread=current_thread().name))
        return str(known.found["thread"])

    assert (await store.writing(unit)).startswith("store-aside")


def test_a_unit_that_never_knows_enough_goes_on_after_a_few_times(store: Store) -> None:
    worked: list[str] = []

    def unit(connection: Connection) -> str:
        known = beforehand(connection)
        assert known is not None
        known.step_aside(lambda: worked.append(current_thread().name))
        return add(connection, "!")

    assert store.write(unit).endswith("!")
    assert len(worked) == TIMES
    assert not any(thread.startswith("store-write") for thread in worked)
    assert store.write(lambda c: beforehand(c) is not None), "each unit begins anew"


def test_who_reads_has_nobody_to_step_aside_for(store: Store) -> None:
    assert store.read(beforehand) is None
