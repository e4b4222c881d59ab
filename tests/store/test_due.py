"""What must happen later, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

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


def test_planning_again_and_again_moves_the_one_that_waits(store: Store) -> None:
    """PostgreSQL prepares what it is asked often, and then knows the partial index only by a literal condition."""
    for number in range(25):
        at = NOON + timedelta(minutes=number)
        store.write(lambda c, at=at: due.put(c, WORKSPACE, "digest", "emea", at, {"date": at.isoformat()}))
        store.write(lambda c, at=at: due.plan_once(c, WORKSPACE, "highlights", "emea", at))

    rows = store.read(lambda c: due.waiting(c, WORKSPACE, NOON + timedelta(days=1)))

    assert [(row.kind, row.due_at) for row in rows] == [("highlights", NOON), ("digest", NOON + timedelta(minutes=24))]


def test_a_waiting_row_carries_what_it_was_given(store: Store) -> None:
    store.write(lambda c: due.put(c, WORKSPACE, "gaps", "emea", NOON, {"told": {"emea": []}}))

    row = store.read(lambda c: due.waiting_row(c, WORKSPACE, "gaps", "emea"))

    assert row is not None
    assert (row.due_at, row.payload) == (NOON, {"told": {"emea": []}})
    assert store.read(lambda c: due.waiting_row(c, WORKSPACE, "gaps", "nobody")) is None
