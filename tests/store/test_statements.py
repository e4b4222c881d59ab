from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import DateTime, select
from sqlalchemy.dialects import sqlite

from store.columns import Instant
from store.engine import Store
from store.statements import Bulk
from store.tables import rollup_values
from tests.factories import WORKSPACE

COLUMNS = [column.name for column in rollup_values.columns]


def cell(start: int, total: str) -> tuple[Any, ...]:
    known = {"workspace": WORKSPACE, "seconds": 10, "start": start, "currency": "EUR", "total": Decimal(total)}
    return tuple(known.get(name, "") for name in COLUMNS)


def stored(store: Store) -> list[tuple[Any, ...]]:
    return store.read(lambda c: [tuple(row) for row in c.execute(select(rollup_values).order_by("start"))])


def test_it_writes_rows_as_their_columns_types_say(store: Store) -> None:
    keep = Bulk(rollup_values, COLUMNS, lambda insert: insert(rollup_values).on_conflict_do_nothing())
    rows = [cell(0, "10.10"), cell(10, "0.000001"), cell(20, "12345678901234567890.5")]

    assert store.write(lambda c: keep(c, rows)) == 3
    assert stored(store) == rows


def test_it_says_how_many_were_new(store: Store) -> None:
    keep = Bulk(rollup_values, COLUMNS, lambda insert: insert(rollup_values).on_conflict_do_nothing())
    store.write(lambda c: keep(c, [cell(0, "1")]))

    assert store.write(lambda c: keep(c, [cell(0, "2"), cell(10, "2")])) == 1
    assert store.write(lambda c: keep(c, [])) == 0
    assert stored(store) == [cell(0, "1"), cell(10, "2")]


def test_it_takes_columns_in_any_order_and_replaces_what_it_is_told_to(store: Store) -> None:
    names = list(reversed(COLUMNS))
    keep = Bulk(
        rollup_values,
        names,
        lambda insert: (made := insert(rollup_values)).on_conflict_do_update(
            index_elements=[column.name for column in rollup_values.primary_key], set_={"total": made.excluded.total}
        ),
    )
    store.write(lambda c: keep(c, [tuple(reversed(cell(0, "1")))]))
    store.write(lambda c: keep(c, [tuple(reversed(cell(0, "3")))]))

    assert stored(store) == [cell(0, "3")]


zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=zones))
def test_an_instant_is_the_text_that_sqlalchemy_would_write(instant: datetime) -> None:
    dialect = sqlite.dialect()
    write = Instant().dialect_impl(dialect).bind_processor(dialect)
    theirs = DateTime().dialect_impl(dialect).bind_processor(dialect)
    read = Instant().dialect_impl(dialect).result_processor(dialect, None)
    assert write is not None
    assert theirs is not None
    assert read is not None

    text = write(instant)

    assert text == theirs(instant.astimezone(UTC).replace(tzinfo=None))
    assert read(text) == instant
    assert read(text).tzinfo is UTC


def test_a_naive_time_has_no_place_in_the_store() -> None:
    dialect = sqlite.dialect()
    write = Instant().dialect_impl(dialect).bind_processor(dialect)
    assert write is not None
    with pytest.raises(ValueError, match="naive"):
        write(datetime(2026, 3, 6))
