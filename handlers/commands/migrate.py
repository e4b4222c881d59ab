"""`bot.py migrate`: the database's tables, up to the newest version or back."""

from __future__ import annotations

import sys

from alembic.util.exc import CommandError
from sqlalchemy.exc import OperationalError

from handlers.settings import DatabasePolicy
from store.engine import Store
from store.migrate import current, downgrade, newest, upgrade


def migrate(policy: DatabasePolicy, *, down_to: str | None, check: bool) -> int:
    """0 when the tables are (now) where they should be; 1 when they are not; 2 for a revision that is none."""
    store = Store(policy.url)
    try:
        before = current(store.engine)
        if check:
            print(f"tables at {before or 'nothing'}, newest is {newest()}")
            return 0 if before == newest() else 1
        if down_to is not None:
            downgrade(store.engine, down_to)
        else:
            upgrade(store.engine)
        print(f"tables were at {before or 'nothing'}, are at {current(store.engine) or 'nothing'}")
        return 0
    except CommandError as wrong:
        print(f"no such revision: {wrong}", file=sys.stderr)
        return 2
    except OperationalError as failed:
        reason = str(failed.orig).strip().splitlines()[0] if failed.orig else "no answer"
        print(f"the database cannot be used ({reason}): check LIVEDESK_DATABASE_URL", file=sys.stderr)
        return 1
    finally:
        store.close()
