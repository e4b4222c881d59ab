from __future__ import annotations

from datetime import date, timedelta

from store import reports
from store.engine import Store
from tests.factories import NOON, WORKSPACE

DAY = date(2026, 3, 6)


def test_it_makes_a_digest_of_a_date_once(store: Store) -> None:
    covers = (NOON - timedelta(days=1), NOON)

    made = [store.write(lambda c: reports.begin_digest(c, WORKSPACE, "emea", DAY, covers, NOON)) for _ in range(2)]

    assert made == [True, False]


def test_it_knows_a_delivery_it_has_seen_until_it_is_forgotten(store: Store) -> None:
    keep = timedelta(hours=1)

    seen = [
        store.write(lambda c, at=at: reports.first_delivery(c, "slack", "Ev1", at, keep))
        for at in (NOON, NOON + timedelta(minutes=5), NOON + timedelta(hours=3))
    ]

    assert seen == [True, False, True]
