"""`bot.py source`: keys for sources of feedback, and what each source has sent."""

from __future__ import annotations

import sys
from datetime import datetime

import orjson

from handlers.feedback.keys import SourceKeys
from handlers.opening import OpeningError, open_store
from handlers.settings import Settings, SettingsError
from store import events, workspaces


def make_key(settings: Settings, source: str, *, hmac: bool, revoke: bool, now: datetime) -> int:
    """Print a new bearer token or HMAC secret; it is stored so that it can never be shown again."""
    if not source.strip() or len(source) > 200:
        print("a source's name has 1 to 200 characters, such as tiktok-us", file=sys.stderr)
        return 2
    try:
        sealing = settings.keys().secret_key
        store = open_store(settings.database())
    except SettingsError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return 1
    try:
        workspace = store.write(lambda c: workspaces.ensure(c, settings.workspace, now))
        keys = SourceKeys(store, workspace, sealing)
        if revoke:
            print(f"{keys.revoke(source, now)} keys of {source} ended")
        elif hmac:
            print(keys.new_secret(source, now))
        else:
            print(keys.new_bearer(source, now))
        return 0
    finally:
        store.close()


def list_sources(settings: Settings, *, as_json: bool) -> int:
    """Print the counters of every source."""
    try:
        store = open_store(settings.database())
    except OpeningError as failed:
        print(failed, file=sys.stderr)
        return 1
    try:
        names = ("source", "received", "accepted", "duplicate", "late", "refused", "last_seen_at")
        workspace = store.read(lambda c: workspaces.find(c, settings.workspace))
        found = store.read(lambda c: events.source_counts(c, workspace)) if workspace is not None else []
        rows = [{name: row[name] for name in names} for row in found]
    finally:
        store.close()
    if as_json:
        print(orjson.dumps(rows).decode())
        return 0
    if not rows:
        print("no source has sent anything yet")
        return 0
    lines = [names, *(tuple(str(row[name])[:19] for name in names) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return 0
