"""A copy of the tables that a rehearsal writes, over a database that it can only read.

The copies are temporary tables of one connection, empty at first, and stand in front of the real ones of the same name:
the very code that runs live reads the real roll-ups and writes its incidents where nobody else sees them. Everything
else is out of its reach, for the database itself refuses: SQLite opens the file to be read, PostgreSQL makes every
transaction read-only, which leaves temporary tables free.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Engine, create_engine, delete, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex, CreateTable

from store import tables, tables_reaching

T = TypeVar("T")

# What incidents write: their own rows, pages and what is due for them, and what would be said of them.
REHEARSED = (
    tables.incidents,
    tables.incident_scopes,
    tables.incident_history,
    tables.marks,
    tables.mutes,
    tables.pages,
    tables_reaching.page_ways,
    tables.due,
    tables.messages,
    tables.outbox,
    tables.message_quotes,
)


class Scratch:
    """`run` gives a unit one transaction, as `Store.write` does. One thread at a time."""

    def __init__(self, url: str) -> None:
        self._engine = _reading(make_url(url))
        self._connection = self._engine.connect()
        with self._connection.begin():
            for table in REHEARSED:
                # No foreign keys: half of what they point at is not here.
                made = str(CreateTable(table, include_foreign_key_constraints=[]).compile(self._engine))
                self._connection.exec_driver_sql(made.replace("CREATE TABLE", "CREATE TEMPORARY TABLE", 1))
                for index in sorted(table.indexes, key=lambda one: str(one.name)):
                    self._connection.execute(CreateIndex(index))
        if self._engine.dialect.name == "postgresql":
            with self._connection.begin():
                self._connection.exec_driver_sql("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")

    def run(self, unit: Callable[[Connection], T]) -> T:
        with self._connection.begin():
            return unit(self._connection)

    def clear(self) -> None:
        """Forget what was rehearsed."""
        with self._connection.begin():
            for table in REHEARSED:
                self._connection.execute(delete(table))

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _reading(url: URL) -> Engine:
    json = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=1, max_overflow=0, **json)

    def connect() -> sqlite3.Connection:
        path = f"file:{quote(url.database or '')}?mode=ro"
        made = sqlite3.connect(path, uri=True, isolation_level=None, check_same_thread=False)
        made.execute("PRAGMA temp_store=MEMORY")
        made.execute("PRAGMA busy_timeout=10000")
        return made

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, **json)

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
