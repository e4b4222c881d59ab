from __future__ import annotations

import pytest

from store import rollups
from store.engine import Store
from store.rollups import CellKey, CellRow
from tests.factories import WORKSPACE

SPAN = {"in_workspace": WORKSPACE, "of_seconds": 10, "of_show": "drop", "from_start": 0, "to_end": 60}


def cell(start: int, market: str, lang: str, category: str, count: int, show: str = "drop") -> CellRow:
    return CellRow(CellKey(start, show, market, lang, "", "chat_comment", category), count, 0, 0.0, 0.0, None, {})


def test_it_adds_up_the_complaints_of_one_category_by_tick_and_market(store: Store) -> None:
    cells = [
        cell(10, "us", "en", "payment", 3),
        cell(10, "us", "es", "payment", 2),
        cell(10, "eu", "de", "payment", 1),
        cell(10, "us", "en", "delivery", 7),
        cell(10, "us", "en", "", 40),
        cell(20, "us", "en", "payment", 4),
        cell(30, "us", "en", "payment", 9),
        cell(10, "us", "en", "payment", 5, show="another"),
    ]
    store.write(lambda c: rollups.save(c, WORKSPACE, 10, cells))

    found = store.read(lambda c: rollups.complaints(c, WORKSPACE, "drop", 10, 30, "payment"))

    assert sorted(found) == [(10, "eu", 1), (10, "us", 5), (20, "us", 4)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_finds_complaints_without_reading_the_other_cells(store: Store) -> None:
    query = rollups._COMPLAINTS.compile(store.engine)
    given = tuple({**SPAN, "category": "payment"}[name] for name in query.positiontup or ())

    plan = store.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", given).all())

    assert "ix_rollups_complaints" in plan[0].detail
