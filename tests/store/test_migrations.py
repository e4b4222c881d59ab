from __future__ import annotations

import pytest
from sqlalchemy import inspect

from store.engine import Store
from store.migrate import current, differences, downgrade, newest, upgrade
from store.tables import metadata


def test_it_makes_the_tables_that_the_code_describes(store: Store) -> None:
    assert current(store.engine) == newest()
    assert differences(store.engine) == []


def test_it_goes_down_to_nothing_and_up_again(database_url: str) -> None:
    store = Store(database_url)
    try:
        downgrade(store.engine)
        assert set(inspect(store.engine).get_table_names()) == {"alembic_version"}

        upgrade(store.engine)
        assert set(inspect(store.engine).get_table_names()) == {"alembic_version", *metadata.tables}
    finally:
        store.close()


def test_it_refuses_an_sqlite_store_in_memory() -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Store("sqlite://")
