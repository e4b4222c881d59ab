from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.databases import on_sqlite
from tests.stories.mortal import Nursery

# Stories of what is said and when: what they ask of the database, others of the same topics ask of both kinds. `make
# oracle` plays all of them on both; with the other tests that would take longer than a run may.
ON_SQLITE = {
    "test_asked_by_mail",
    "test_bundles",
    "test_changed_shifts",
    "test_coming_back",
    "test_confirming",
    "test_demo_signals",
    "test_handover",
    "test_held",
    "test_marks",
    "test_page_by_hand",
    "test_reaching",
    "test_resolving",
    "test_shifts",
    "test_signals",
}


@pytest.hookimpl(tryfirst=True)  # before the fixture's own kinds are taken
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__.rpartition(".")[2]
    if name in ON_SQLITE and "database_url" in metafunc.fixturenames and os.environ.get("LIVEDESK_ORACLE") != "full":
        metafunc.definition.add_marker(on_sqlite)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Bots that die, from one process that has everything imported."""
    opened = Nursery()
    yield opened
    opened.close()
