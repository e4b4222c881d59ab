from __future__ import annotations

from collections.abc import Callable

import pytest

from store import due
from store.engine import Store
from tests.factories import NOON, WORKSPACE


@pytest.mark.parametrize("plan", [due.put, due.plan_once])
def test_it_plans_as_often_as_is_wanted_on_one_connection(store: Store, plan: Callable[..., None]) -> None:
    """A server plans a statement anew for the first ten times or so, and once for all after that."""
    for number in range(30):
        store.write(lambda c, number=number: plan(c, WORKSPACE, "escalate", str(number), NOON))  # type: ignore[misc]
        store.write(lambda c, number=number: plan(c, WORKSPACE, "escalate", str(number), NOON))  # type: ignore[misc]

    assert len(store.read(lambda c: due.waiting(c, WORKSPACE, NOON))) == 30
