"""Opening the house: the database at its newest tables, one process that leads, the configuration as a version."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from desk.changes import flow as changes
from desk.configuration.model import Configuration
from desk.contacts.methods import masked
from desk.digest import flow as digest
from desk.following import flow as following
from desk.gaps import flow as gaps
from desk.incidents import life
from desk.moment import Moment
from desk.oncall.foreseen import foresee
from desk.questions.change_log import ignored
from desk.reachable import flow as reachability
from desk.shifts import flow as shifts
from handlers.clock.clocks import wall_now
from handlers.commands.doctor import Check, Finding, broken, fine, odd
from handlers.configuration import dump, load_file, restore
from handlers.settings import DatabasePolicy, Settings
from store import leases, outbox, workspaces
from store.engine import Store
from store.migrate import current, newest, upgrade


class OpeningError(Exception):
    """The house cannot be opened; the message says what to do."""


def open_store(policy: DatabasePolicy) -> Store:
    """The database, reached and brought to its newest tables. A server's are only checked: there, migrating is a
    decision (`bot.py migrate`), because another version may be running on it."""
    store = Store(policy.url)
    try:
        found = current(store.engine)
        if found != newest():
            if store.is_sqlite:
                upgrade(store.engine)
            else:
                raise OpeningError(
                    f"the database's tables are at {found or 'nothing'}, this version needs {newest()}: "
                    "run `bot.py migrate`"
                )
    except OperationalError as error:
        store.close()
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        raise OpeningError(f"the database cannot be used ({reason}): check LIVEDESK_DATABASE_URL") from None
    except OpeningError:
        store.close()
        raise
    return store


def existing_store(policy: DatabasePolicy) -> Store:
    """The database for one who only reads: it is neither made nor migrated. OpeningError when it cannot be read."""
    parsed = make_url(policy.url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        raise OpeningError(
            f"there is no database {parsed.database} yet: `bot.py serve` makes it, "
            "or name another one with LIVEDESK_DATABASE_URL"
        )
    store = Store(policy.url)
    try:
        if (found := current(store.engine)) == newest():
            return store
    except OperationalError as error:
        store.close()
        reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        raise OpeningError(f"the database cannot be used ({reason}): check LIVEDESK_DATABASE_URL") from None
    store.close()
    raise OpeningError(
        f"the database's tables are at {found or 'nothing'}, this version needs {newest()}: run `bot.py migrate`"
    )


class Lead:
    """The file lock of the one process that may analyse and send with an SQLite database; nothing on a server."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._path = Path(f"{parsed.database}.lock") if parsed.get_backend_name() == "sqlite" else None
        self._file: IO[str] | None = None

    def take(self, store: Store) -> None:
        """OpeningError when another process leads. What a killed leader left claimed is free at once."""
        if self._path is None:
            return
        self._file = self._path.open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise OpeningError(
                f"another bot.py serve is using this database ({self._path} is locked): stop it first, "
                "or give this one a database of its own with LIVEDESK_DATABASE_URL"
            ) from None
        store.write(lambda c: leases.release_all(c, wall_now()))
        store.write(outbox.lapse_all)

    def release(self) -> None:
        if self._file is not None:
            self._file.close()


def load_configuration(
    store: Store, workspace: int, path: Path, now: datetime, further: tuple[str, ...] = ()
) -> Configuration:
    """Read the file, keep it as a version, and plan what it asks for. `ConfigurationError` leaves the old one be.

    `further` is by what else than chat this installation can send.
    """
    body = dump(load_file(path))
    # Read here, for it takes its time: whoever writes waits for its turn meanwhile.
    read = replace(restore(body, 0), further_ways=further)
    known = stored_configuration(store, workspace)

    def begin(connection: Connection) -> Configuration:
        older = workspaces.newest_configuration(connection, workspace)
        version = workspaces.keep_configuration(connection, workspace, body, now)
        configuration = replace(read, version=version)
        moment = Moment(connection, workspace, configuration, now, wall_now())
        before: Moment | None = None
        if older is not None and older[0] != version:
            was = known if known is not None and known.version == older[0] else restore(older[1], older[0])
            before = replace(moment, configuration=was)
        foresee(connection, changes.reload_asks(before, moment))
        digest.plan(moment)
        life.plan(moment)
        gaps.plan(moment)
        shifts.plan(moment, before)
        following.plan(moment)
        reachability.soon(moment)
        if before is not None:
            changes.reloaded(before, moment)
        return configuration

    # In one transaction: a version that is kept has been told to those whose shifts it changes.
    return store.write(begin)


def stored_configuration(store: Store, workspace: int) -> Configuration | None:
    """The newest version that was loaded."""
    found = store.read(lambda c: workspaces.newest_configuration(c, workspace))
    return restore(found[1], found[0]) if found else None


def database_checks(settings: Settings) -> list[Check]:
    """What `bot.py doctor` looks at in the database: reached, migrated, and what waits in it."""

    def look() -> Iterator[Finding]:
        store = Store(settings.database().url)
        try:
            found = current(store.engine)
            if found is None:
                yield odd("the database is empty", "serve makes the tables in SQLite; on a server run: bot.py migrate")
                return
            if found != newest():
                yield broken(f"its tables are at {found}, not {newest()}", "run: bot.py migrate")
                return
            yield fine(f"reached, tables at {found}")
            workspace = store.read(lambda c: workspaces.find(c, settings.workspace))
            if workspace is None:
                yield odd(f"the workspace {settings.workspace!r} is new here", "serve makes it")
                return
            yield from _changes_for_nothing(store, workspace)
            failed = store.read(lambda c: outbox.failures(c, workspace, limit=3))
            for platform, destination, reason, at in failed:
                where = f"{platform}:{masked(platform, destination)}"
                yield odd(f"a message to {where} failed at {at:%Y-%m-%d %H:%M} UTC", reason)
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
            yield broken(f"it cannot be used ({reason})", "check LIVEDESK_DATABASE_URL")
        finally:
            store.close()

    return [Check("database", look)]


def _changes_for_nothing(store: Store, workspace: int) -> Iterator[Finding]:
    """Stored overrides and leave of people or schedules that the newest loaded file does not know."""
    configuration = stored_configuration(store, workspace)
    if configuration is None:
        return
    now = wall_now()
    found = store.read(lambda c: ignored(Moment(c, workspace, configuration, now, now)))
    if found:
        names = ", ".join(sorted({one.schedule or str(one.person) for one in found})[:5])
        yield odd(
            f"{len(found)} changes from chat count for nothing: the file knows no such person or schedule",
            f"they stand for {names}: put it back into livedesk.yaml, or undo them (bot.py oncall log)",
        )
