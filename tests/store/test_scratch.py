from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from store import due, tables, workspaces
from store.engine import Store
from store.scratch import REHEARSED, Scratch
from tests.factories import NOON, WORKSPACE


@pytest.fixture
def url(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def test_it_writes_where_nobody_else_sees_it(store: Store, url: str) -> None:
    store.write(lambda c: due.put(c, WORKSPACE, "escalate", "1", NOON))

    with Scratch(url) as scratch:
        assert scratch.run(lambda c: due.waiting(c, WORKSPACE, NOON)) == []
        scratch.run(lambda c: due.put(c, WORKSPACE, "escalate", "2", NOON))
        scratch.run(lambda c: due.put(c, WORKSPACE, "escalate", "2", NOON))
        here = scratch.run(lambda c: due.waiting(c, WORKSPACE, NOON))
        scratch.clear()
        assert scratch.run(lambda c: due.waiting(c, WORKSPACE, NOON)) == []

    assert [one.ref for one in here] == ["2"]
    assert [one.ref for one in store.read(lambda c: due.waiting(c, WORKSPACE, NOON))] == ["1"]


def test_it_reads_everything_else_and_can_write_none_of_it(store: Store, url: str) -> None:
    with Scratch(url) as scratch:
        assert scratch.run(lambda c: workspaces.find(c, "test")) == WORKSPACE
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            scratch.run(lambda c: workspaces.ensure(c, "another", NOON))
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            scratch.run(lambda c: c.execute(insert(tables.shows).values(workspace=1, show="a", origin="x", title="")))

    assert store.read(lambda c: workspaces.find(c, "another")) is None


def test_it_reads_while_another_writes(store: Store, url: str) -> None:
    with Scratch(url) as scratch:
        for name in ("one", "two"):
            store.write(lambda c, name=name: workspaces.ensure(c, name, NOON))  # type: ignore[misc]
            assert scratch.run(lambda c, name=name: workspaces.find(c, name)) is not None  # type: ignore[misc]


def test_it_leaves_nothing_behind(store: Store, url: str) -> None:
    with Scratch(url) as scratch:
        scratch.run(lambda c: due.put(c, WORKSPACE, "escalate", "2", NOON))

    for table in REHEARSED:
        assert store.read(lambda c, table=table: c.execute(select(table)).all()) == []  # type: ignore[misc]
