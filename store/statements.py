"""Statements that are made once. SQLAlchemy compiles a statement once however often it is made, but making it anew for
every transaction costs more than SQLite needs to run it; what every event passes is therefore kept in modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

Upsert = Callable[[Connection], Any]


def upsert(make: Callable[[Any], Any]) -> Upsert:
    """A statement that begins with the database's own insert, the one that knows `on_conflict_…`.

    >>> keep = upsert(lambda insert: insert(readings).on_conflict_do_nothing())  # doctest: +SKIP
    >>> connection.execute(keep(connection), rows)  # doctest: +SKIP
    """
    made = {"sqlite": make(sqlite.insert), "postgresql": make(postgresql.insert)}
    return lambda connection: made[connection.dialect.name]
