from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.mortal import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Bots that die, from one process that has everything imported."""
    opened = Nursery()
    yield opened
    opened.close()
