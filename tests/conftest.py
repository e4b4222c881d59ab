from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store
from store.workspaces import ensure
from tests import databases
from tests.factories import NOON

databases.compile_once()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: none of it is left when the other processes are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """The tests themselves, and all modules, stay until the end: nobody need look through them for garbage."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else extension modules complain at the end of what they think was leaked


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return databases.sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[databases.Postgres]:
    with databases.postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of each kind."""
    if request.param == "sqlite":
        with databases.sqlite_database(request.getfixturevalue("sqlite_template"), tmp_path) as url:
            yield url
    else:
        with request.getfixturevalue("postgres").database() as url:
            yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    opened.write(lambda connection: ensure(connection, "test", NOON))
    yield opened
    opened.close()
