"""Statements that are made once. SQLAlchemy compiles a statement once however often it is made, but making it anew for
every transaction costs more than SQLite needs to run it; what every event passes is therefore kept in modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite

Upsert = Callable[[Connection], Any]


def upsert(make: Callable[[Any], Any]) -> Upsert:
    """A statement that begins with the database's own insert, the one that knows `on_conflict_…`.

    >>> keep = upsert(lambda insert: insert(readings).on_conflict_do_nothing())  # doctest: +SKIP
    >>> connection.execute(keep(connection), rows)  # doctest: +SKIP
    """
    made = {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}
    return lambda connection: made[connection.dialect.name]


class _Compiled(NamedTuple):
    sql: str
    names: list[str]  # of the columns, in the order of the statement's parameters
    places: list[int]  # of those columns in a row
    process: Sequence[tuple[int, Callable[[Any], Any]]]  # what a column's type makes of a value, by its place in a row
    positional: bool


class Bulk:
    """An insert of many rows, each a tuple of `columns` in their order.

    A row that goes through SQLAlchemy's own `executemany` passes a dictionary and a loop for each of its parameters,
    which takes several times as long as SQLite needs to store it. Here every column is prepared in one go, and the
    rows go to the driver as they are.
    """

    def __init__(self, table: Table, columns: Sequence[str], make: Callable[[Any], Any]) -> None:
        """`make` is as for `upsert`. A column that is left out is null: defaults of Python's are not for rows like
        these."""
        self._table, self._columns, self._made = table, list(columns), upsert(make)
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Write rows; how many were written. None at all are none."""
        if not rows:
            return 0
        known = self._compiled.get(connection.dialect.name)
        if known is None:
            known = self._compiled[connection.dialect.name] = self._compile(connection)
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, process in known.process:
            columns[place] = [process(value) for value in columns[place]]
        told = list(zip(*(columns[place] for place in known.places), strict=True))
        if known.positional:
            return connection.exec_driver_sql(known.sql, told).rowcount
        return connection.exec_driver_sql(
            known.sql, [dict(zip(known.names, row, strict=True)) for row in told]
        ).rowcount

    def _compile(self, connection: Connection) -> _Compiled:
        dialect: Dialect = connection.dialect
        compiled = self._made(connection).compile(dialect=dialect, column_keys=self._columns)
        names = list(compiled.positiontup if compiled.positional else self._columns)
        process = []
        for place, name in enumerate(self._columns):
            prepare = self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
            if prepare is not None:
                process.append((place, prepare))
        places = [self._columns.index(name) for name in names]
        return _Compiled(str(compiled), names, places, process, compiled.positional)
