"""Connections and transactions: writers that take turns, readers beside them.

A unit of work is a function of a `Connection`; it runs in one transaction, in a worker thread, and what it returns
is handed back once the commit is durable. Inside it `wake(connection, topic)` asks for listeners to be told, which
happens after the commit and never for a transaction that was rolled back.

Units that write take turns, on PostgreSQL as on SQLite: most of them read how something stands, decide, and write, and
two of them at once would each decide on what the other is changing. Only units that add without looking (`append`) may
run beside them. A unit that has much to work out steps aside for it (`store/beforehand.py`), and is run again.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Engine, Insert, Table, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from store.beforehand import Beforehand, StepAside
from store.turns import Turns

T = TypeVar("T")
BUSY_SECONDS = 10  # another process (an import, say) may hold SQLite's one write lock for a moment
FROZEN_SECONDS = 15  # a writer that does nothing for so long inside its transaction loses it, and with it its turn
TURN = 0x6C697665  # PostgreSQL's advisory lock of whoever writes; any number that nobody else in the database uses
APPENDERS = 2


class Store:
    """The database. `write`, `append` and `read` block; `writing`, `appending`, `reading` are their awaitable twins."""

    def __init__(self, url: str, *, readers: int = 4) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("an SQLite store needs a file, such as sqlite:///var/livedesk.db")
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(self.url, writers=True, pool=1 if self.is_sqlite else 1 + APPENDERS)
        self._reader = _engine(self.url, writers=False, pool=readers)
        # Queueing for a turn in Python is fair, queueing in the database is not.
        self._turns = Turns("store-write")
        # SQLite has one write lock for the whole file: what is added waits for its turn there too.
        self._append_threads = (
            None if self.is_sqlite else ThreadPoolExecutor(APPENDERS, thread_name_prefix="store-append")
        )
        self._read_threads = ThreadPoolExecutor(readers, thread_name_prefix="store-read")
        self._aside_threads = ThreadPoolExecutor(1, thread_name_prefix="store-aside")
        self._listeners: dict[str, list[Callable[[], object]]] = defaultdict(list)
        self._listeners_lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    def listen(self, topic: str, told: Callable[[], object]) -> None:
        """Call `told` (from a worker thread) after each commit in which `topic` was woken."""
        with self._listeners_lock:
            self._listeners[topic].append(told)

    def write(self, unit: Callable[[Connection], T]) -> T:
        known = Beforehand()
        while True:
            try:
                return self._submit_write(known.given_to(unit)).result()
            except StepAside as aside:
                aside.work()

    def append(self, unit: Callable[[Connection], T]) -> T:
        """Write beside others: for units that decide nothing by what another unit may be changing.

        Intake decides one thing, whether an event is late: its receipt may be a tick out there, and nothing else is.
        """
        return self._submit_append(unit).result()

    def read(self, unit: Callable[[Connection], T]) -> T:
        return self._read_threads.submit(self._run_read, unit).result()

    async def writing(self, unit: Callable[[Connection], T], *, soon: bool = False) -> T:
        """`soon`: before all that waits for its turn and is not."""
        known = Beforehand()
        while True:
            try:
                return await asyncio.wrap_future(self._submit_write(known.given_to(unit), soon=soon))
            except StepAside as aside:
                await asyncio.wrap_future(self._aside_threads.submit(aside.work))

    async def appending(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._submit_append(unit))

    async def reading(self, unit: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._read_threads.submit(self._run_read, unit))

    def close(self) -> None:
        self._turns.shutdown()
        if self._append_threads is not None:
            self._append_threads.shutdown(wait=True)
        self._read_threads.shutdown(wait=True)
        self._aside_threads.shutdown(wait=True)
        self._writer.dispose()
        self._reader.dispose()

    def _submit_write(self, unit: Callable[[Connection], T], *, soon: bool = False) -> Future[T]:
        return self._turns.submit(lambda: self._run_write(unit, takes_turn=not self.is_sqlite), soon=soon)

    def _submit_append(self, unit: Callable[[Connection], T]) -> Future[T]:
        if self._append_threads is None:
            return self._submit_write(unit)
        return self._append_threads.submit(self._run_write, unit, takes_turn=False)

    def _run_write(self, unit: Callable[[Connection], T], *, takes_turn: bool) -> T:
        with self._writer.connect() as connection:
            connection.info["wakes"] = set()
            with connection.begin():
                if takes_turn:  # SQLite's own lock is taken by BEGIN IMMEDIATE
                    connection.execute(select(func.pg_advisory_xact_lock(TURN)))
                result = unit(connection)
            topics: set[str] = connection.info.pop("wakes")
        for topic in topics:
            for told in self._listeners.get(topic, ()):
                told()
        return result

    def _run_read(self, unit: Callable[[Connection], T]) -> T:
        with self._reader.connect() as connection, connection.begin():
            return unit(connection)


def wake(connection: Connection, topic: str) -> None:
    """Tell the listeners of `topic` once this transaction has been committed."""
    connection.info.setdefault("wakes", set()).add(topic)


def is_woken(connection: Connection, topic: str) -> bool:
    """Whether this transaction has asked for `topic`."""
    return topic in connection.info.get("wakes", ())


def insert(connection: Connection, table: Table) -> Any:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update` on this database."""
    made: Insert
    made = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    return made


def _frozen_writers_give_way(url: URL) -> dict[str, Any]:
    """A process that is stopped, or whose machine is gone, in the middle of its turn must not keep it."""
    if url.get_backend_name() == "sqlite":
        return {}
    return {"options": f"-c idle_in_transaction_session_timeout={FROZEN_SECONDS * 1000}"}


def _engine(url: URL, *, writers: bool, pool: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        # Long lists of rows go out in one statement; SQLite allows 32,766 parameters in one.
        insertmanyvalues_page_size=1000,
        connect_args=_frozen_writers_give_way(url) if writers else {},
    )
    if url.get_backend_name() == "sqlite":
        begin = "BEGIN IMMEDIATE" if writers else "BEGIN"

        @event.listens_for(engine, "connect")
        def prepare(connection: sqlite3.Connection, _: object) -> None:
            connection.isolation_level = None  # the driver must not begin transactions of its own
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",  # accepted means durable, also when the power goes
                f"busy_timeout={BUSY_SECONDS * 1000}",
                "foreign_keys=ON",
                "temp_store=MEMORY",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin_transaction(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

    return engine
